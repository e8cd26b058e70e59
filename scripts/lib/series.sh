# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# The series as commits and back: a folder of steps becomes a tree to edit in,
# the commits of such a tree become the folder, or mails.

. "$TOP/scripts/lib/owned.sh"

# series_checkout SERIES DIR: a repository of the user's own, on a branch, with the
# branch base where the series begins. Nothing in it needs the cache: the objects are
# hard links where DIR is on the cache's disk, and copies elsewhere (700 MB).
series_checkout() {
	local series=$1 dir=$2 src path said step
	[[ ! -e $dir && ! -L $dir ]] || die "$dir exists already; give a folder that does not"
	path=$(realpath -m -- "$dir")
	[[ $path/ != "$CACHE"/* ]] || die "$dir lies in the cache, which may be removed at any time; give another folder"
	src=$(kernel_fetch "$series")
	said=$(mkdir -p -- "${path%/*}" 2>&1) || die "cannot make $dir: ${said##*: }"
	TEMPORARY=$(mktemp -d "$path.apply.XXXXXX") || die "cannot write to ${path%/*}; give another folder"
	trap 'rm -rf "$TEMPORARY"' EXIT
	said=$(git clone -q --local --no-tags --no-checkout --branch base "$src" "$TEMPORARY" 2>&1) ||
		die "cannot copy $src: $(one_line "$said")"
	(
		cd "$TEMPORARY" || exit
		git remote remove origin
		mkdir -p .git/info
		printf '/build-*/\n' >.git/info/exclude
		git branch -q --no-track pkvm-smmu base
		git symbolic-ref HEAD refs/heads/pkvm-smmu
		git read-tree HEAD
		while read -r step; do
			note "applying $step"
			commit_step "$series/$step"
		done < <(series_steps "$series")
		git reset -q --hard
	)
	chmod 755 "$TEMPORARY"
	mv -T -- "$TEMPORARY" "$path"
	printf '%s\n' "$dir"
}

# The diffs must be the same on every git.
step_diff() {
	git diff-tree -p --binary --no-commit-id --full-index --no-renames --no-ext-diff \
		--no-textconv --diff-algorithm=myers --unified=3 "$@"
}

# write_step COMMIT STEP_DIR: what the commit adds lies there as files, each file it
# changes as a patch of its own. An author who did not sign off first is named.
write_step() {
	local commit=$1 step=$2 info path n=0 message author
	mkdir -p "$step"
	message=$(git rev-list -n 1 --no-commit-header --format=%B "$commit")
	author=$(git rev-list -n 1 --no-commit-header --format='%an <%ae>' "$commit")
	grep -q '^Signed-off-by: ' <<<"$message" ||
		die "'$(head -n 1 <<<"$message")' has no Signed-off-by; git commit --amend -s"
	[[ $author == "$(sed -n 's/^Signed-off-by: //p' <<<"$message" | head -n 1)" ]] ||
		printf 'From: %s\n\n' "$author" >"$step/message"
	printf '%s\n' "$message" >>"$step/message"
	# A line of a raw diff is :MODE MODE OBJECT OBJECT STATUS.
	while read -r -d '' info && read -r -d '' path; do
		case $info in
		*\ 160000\ * | :160000\ *) die "'$(head -n 1 <<<"$message")' has a submodule, $path; a series cannot" ;;
		:000000\ 100???\ *)
			mkdir -p "$step/files/$(dirname "$path")"
			git cat-file blob "$commit:$path" >"$step/files/$path"
			[[ $info != :000000\ 100755\ * ]] || chmod +x "$step/files/$path"
			;;
		*)
			n=$((n + 1))
			printf -v info '%04d-%s' "$n" "${path//[^A-Za-z0-9.-]/-}"
			GIT_LITERAL_PATHSPECS=1 step_diff "$commit" -- "$path" >"$step/${info:0:200}.patch"
			;;
		esac
	done < <(git diff-tree -r -z --no-commit-id --no-renames --raw "$commit")
}

# step_subject STEP_DIR: of its commit message.
step_subject() { sed -n '1{/^From: /{n;d}};/./{p;q}' "$1/message"; }

# step_content STEP_DIR: a hash of all that it changes, without what the message says.
step_content() {
	(cd "$1" && find . -type f ! -name message -print0 | sort -z | xargs -0 -r sha256sum) | hash_stdin
}

# short_of TEXT: its words in small letters, as many as 20 characters hold.
short_of() {
	local slug
	slug=$(tr -cs '[:alnum:]' - <<<"${1##*: }")
	slug=${slug,,}
	slug=${slug#-} slug=${slug%-}
	[[ ${#slug} -le 20 ]] || { slug=${slug:0:21} && slug=${slug%-*} && slug=${slug:0:20}; }
	printf '%s\n' "${slug:-step}"
}

# known_steps SERIES: "SUBJECT-HASH CONTENT NAME" of each step, NAME without its number.
known_steps() {
	local step
	while read -r step; do
		[[ -r $1/$step/message ]] || continue
		printf '%s %s %s\n' "$(step_subject "$1/$step" | hash_stdin)" "$(step_content "$1/$step")" \
			"$(sed -E 's/^[0-9]{4}-//' <<<"$step")"
	done < <(series_steps "$1")
}

# folder_name_of STEP_DIR KNOWN: a step is called as the one of known_steps that has its subject, or
# else its content, so that a short name that somebody gave a folder stays. A new one is called
# by the first words of its subject.
folder_name_of() {
	local subject name
	subject=$(step_subject "$1")
	name=$(awk -v s="$(hash_stdin <<<"$subject")" -v c="$(step_content "$1")" '
		$1 == s { print $3; found = 1; exit }
		$2 == c && name == "" { name = $3 }
		END { if (!found && name != "") print name }' "$2")
	printf '%s\n' "${name:-$(short_of "$subject")}"
}

# check_refreshable TREE: it stands as its user wants the series to be.
check_refreshable() {
	local tree=$1 status=0 said path
	[[ -d $tree ]] || die "$tree is not a folder"
	git_said "$tree" || status=$?
	[[ $status -ne 2 ]] || die "git cannot read $tree: $GIT_SAID"
	if [[ $status -ne 0 ]] || ! git -C "$tree" rev-parse -q --verify 'base^{commit}' >/dev/null 2>&1; then
		die "$tree is no tree made by 'apply --to'"
	fi
	for path in rebase-merge rebase-apply; do
		[[ ! -e $(git -C "$tree" rev-parse --path-format=absolute --git-path "$path") ]] ||
			die "$tree is in the middle of a rebase; end it first (git rebase --continue)"
	done
	said=$(git -C "$tree" status --porcelain --untracked-files=no 2>&1) ||
		die "git cannot read $tree: $(one_line "$said")"
	[[ -z $said ]] || die "$tree has uncommitted changes; commit them to the step they belong to"
	git -C "$tree" merge-base --is-ancestor base HEAD ||
		die "$tree has a HEAD that does not descend from base; check out the branch with the series"
	[[ -z $(git -C "$tree" rev-list --merges base..HEAD) ]] ||
		die "$tree has merges; a series is one commit after another"
	[[ -n $(git -C "$tree" rev-list base..HEAD) ]] || die "$tree has no commit on top of base"
}

# check_saved SERIES: what refresh replaces can be had again: it is committed, or an
# earlier refresh wrote it. Outside a repository only the form of a step can be seen.
check_saved() {
	local series=$1 step lost status=0
	git_said "$series" || status=$?
	[[ $status -ne 2 ]] || die "git cannot read $series: $GIT_SAID"
	while read -r step; do
		[[ -d $series/$step ]] || continue
		if [[ $status -eq 0 ]]; then
			lost=$(git -C "$series" status --porcelain --untracked-files=all --ignored -- "$step" | head -n 1)
			lost=${lost:3}
		else
			lost=$(find "$series/$step" -type f ! -path '*/files/*' ! -name message \
				! -name '[0-9][0-9][0-9][0-9]-*.patch' | head -n 1)
		fi
		[[ -z $lost ]] || grep -qsx "$(hash_tree "$series/$step")" "$CACHE/refreshed" ||
			die "$lost is in no commit, and refresh replaces the steps by what $2 has; commit it or take it elsewhere"
	done < <(series_steps "$series")
}

# open_view TREE VIEW: a bare repository with the objects of TREE, and nothing of what
# its own may say: no configuration, no replaced or grafted commits. The attributes are
# those of the kernel's sources, since the heads of hunks follow from them.
open_view() {
	local tree=$1 view=$2 shallow
	git init -q --bare "$view"
	mkdir -p "$view/info"
	git -C "$tree" rev-parse --path-format=absolute --git-path objects >"$view/objects/info/alternates"
	shallow=$(git -C "$tree" rev-parse --path-format=absolute --git-path shallow)
	[[ ! -e $shallow ]] || cp "$shallow" "$view/shallow"
	git -C "$view" cat-file blob "$(git -C "$tree" rev-parse HEAD):.gitattributes" \
		>"$view/info/attributes" 2>/dev/null || : >"$view/info/attributes"
}

# tree_of_steps SERIES BASE: the tree that the steps make on top of the commit BASE, in
# the repository of GIT_DIR.
tree_of_steps() {
	local series=$1 step
	export GIT_INDEX_FILE=$GIT_DIR/check.index GIT_WORK_TREE=$GIT_DIR/empty
	mkdir "$GIT_WORK_TREE"
	cd "$GIT_WORK_TREE" || exit
	git update-ref --no-deref HEAD "$2"
	git read-tree HEAD
	while read -r step; do commit_step "$series/$step"; done < <(series_steps "$series")
	git rev-parse 'HEAD^{tree}'
}

# exchange A B: two folders swap their names in one step (renameat2, RENAME_EXCHANGE), so
# that a kill at any moment leaves one or the other. A file system that cannot needs two.
exchange() {
	local call=316
	[[ $(uname -m) != aarch64 ]] || call=276
	perl -e 'exit(syscall($ARGV[0] + 0, -100, $ARGV[1], -100, $ARGV[2], 2) ? 1 : 0)' "$call" "$1" "$2" ||
		{ mv -T "$2" "$2.old" && mv -T "$1" "$2" && mv -T "$2.old" "$1"; }
}

# series_refresh SERIES TREE: the steps anew from base..HEAD of the tree. They replace
# the old ones once they are all written and have been found to give the same tree.
series_refresh() {
	local series tree=$2 new view base head commit step left n=0
	series=$(realpath -e -- "$1")
	check_refreshable "$tree"
	check_saved "$series" "$tree"
	# What a run that was killed left there: nothing yet, or the view and more.
	for left in "$series".refresh.??????; do
		[[ ! -e $left/view ]] || rm -rf "$left"
		rmdir "$left" 2>/dev/null || true
	done
	TEMPORARY=$(mktemp -d "$series.refresh.XXXXXX") || die "cannot write to ${series%/*}, beside the series"
	trap 'rm -rf "$TEMPORARY"' EXIT
	new=$TEMPORARY/series view=$TEMPORARY/view
	base=$(git -C "$tree" rev-parse 'base^{commit}')
	head=$(git -C "$tree" rev-parse HEAD)
	open_view "$tree" "$view"

	known_steps "$series" >"$TEMPORARY/known"
	cp -a "$series" "$new"
	while read -r step; do rm -rf "${new:?}/$step"; done < <(series_steps "$series")
	sed -n '/^#/p;/^[^#]/q' "$series/series" >"$new/series"
	export GIT_DIR=$view
	for commit in $(git rev-list --reverse --topo-order "$base..$head"); do
		n=$((n + 1))
		write_step "$commit" "$TEMPORARY/step"
		printf -v step '%04d-%s' "$n" "$(folder_name_of "$TEMPORARY/step" "$TEMPORARY/known")"
		mv -T "$TEMPORARY/step" "$new/$step"
		echo "$step" >>"$new/series"
	done
	[[ $(tree_of_steps "$new" "$base") == "$(git rev-parse "$head^{tree}")" ]] ||
		die "the steps do not give the files of $tree; the series is as it was"
	unset -v GIT_DIR
	sync -f "$new"
	exchange "$new" "$series"
	mkdir -p "$CACHE"
	while read -r step; do hash_tree "$series/$step"; done < <(series_steps "$series") >>"$CACHE/refreshed"
	printf '%s\n' "$1"
}

# known_base: the commit that the series is for, where one has a name that others know.
known_base() {
	if [[ -n ${KERNEL_SRC-} ]] && is_checkout "$KERNEL_SRC"; then git -C "$KERNEL_SRC" rev-parse HEAD; fi
}

# fill_cover FILE TEXT BASE: git's cover letter gets its subject and its text.
fill_cover() {
	local subject base=$3
	subject=$(head -n 1 "$2")
	awk -v subject="$subject" -v text="$2" '
		/^Subject: / { sub(/\*\*\* SUBJECT HERE \*\*\*/, subject) }
		/^\*\*\* BLURB HERE \*\*\*$/ { while ((getline line <text) > 0) if (n++ > 1) print line; next }
		{ print }' "$1" >"$1.tmp"
	if [[ $base == commit* ]]; then printf 'base-%s\n' "$base" >>"$1.tmp"; else printf 'It applies to %s.\n' "$base" >>"$1.tmp"; fi
	mv "$1.tmp" "$1"
}

# series_export SERIES DIR: mails that git am takes on a clean tree, with a cover letter
# where the series has a text for it.
series_export() {
	local series dir=$2 path view src base author cover=()
	series=$(realpath -e -- "$1")
	if compgen -G "${dir//[][*?\\]/\\&}/*.patch" >/dev/null; then die "$dir holds patches already"; fi
	path=$(realpath -m -- "$dir")
	src=$(kernel_fetch "$series")
	scratch TEMPORARY kernel 16
	trap 'rm -rf "$TEMPORARY"' EXIT
	view=$TEMPORARY/view
	base=$(git -C "$src" rev-parse 'base^{commit}')
	open_view "$src" "$view"
	(export GIT_DIR=$view && tree_of_steps "$series" "$base") >/dev/null
	[[ ! -r $series/cover ]] || cover=(--cover-letter)
	author=$(git -C "$view" rev-list -n 1 --no-commit-header --format='%an%n%ae' HEAD)
	git -C "$view" -c user.name="${author%%$'\n'*}" -c user.email="${author##*$'\n'}" \
		format-patch -q --zero-commit --full-index --no-signature --no-attach "${cover[@]}" \
		-o "$path" "$base..HEAD"
	if [[ ${#cover[@]} -gt 0 ]]; then
		base=$(known_base)
		if [[ -n $base ]]; then
			base="commit: $base"
		elif [[ -n ${KERNEL_SRC-} ]]; then
			base="Linux $KERNEL_VERSION"
		else
			base="the sources in Debian's ${src##*/}"
		fi
		fill_cover "$path/0000-cover-letter.patch" "$series/cover" "$base"
	fi
	printf '%s\n' "$dir"
}
