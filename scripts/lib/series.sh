# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# The series as commits and back: a folder of steps becomes a tree to edit in,
# the commits of such a tree become the folder, or mails.

# series_checkout SERIES DIR: a work tree of the user's own.
series_checkout() {
	local series=$1 dir=$2 src
	[[ ! -e $dir ]] || die "$dir exists already; give a folder that does not"
	src=$(kernel_fetch)
	make_tree "$series" "$src" "$(realpath -m "$dir")"
	printf '%s\n' "$dir"
}

# The diffs must be the same on every git, whatever its user configured.
step_diff() {
	tree_git -c diff.noprefix=false -c diff.mnemonicPrefix=false -c diff.suppressBlankEmpty=false \
		diff-tree -p --no-commit-id --full-index --no-renames --no-ext-diff --no-textconv \
		--diff-algorithm=myers --unified=3 "$@"
}

# write_step COMMIT STEP_DIR, in the tree: what the commit adds lies there as
# files, each file it changes as a patch of its own.
write_step() {
	local commit=$1 step=$2 status path n=0
	mkdir -p "$step"
	git log -1 --format=%B "$commit" | sed -e :a -e '/^\n*$/{$d;N;ba' -e '}' >"$step/message"
	grep -q '^Signed-off-by: ' "$step/message" ||
		die "'$(head -n 1 "$step/message")' has no Signed-off-by; git commit --amend -s"
	while read -r -d '' status && read -r -d '' path; do
		case $status in
		A)
			mkdir -p "$step/files/$(dirname "$path")"
			git show "$commit:$path" >"$step/files/$path"
			;;
		*)
			n=$((n + 1))
			step_diff "$commit" -- "$path" \
				>"$step/$(printf '%04d-%s' "$n" "$(tr -c 'A-Za-z0-9.\n-' - <<<"$path")").patch"
			;;
		esac
	done < <(git diff-tree -r -z --no-commit-id --no-renames --name-status "$commit")
}

# series_refresh SERIES TREE: the steps anew from base..HEAD of the tree. The
# folders change places only once all of them are written.
series_refresh() {
	local series=$1 tree=$2 new commit step n=0 subject
	git -C "$tree" rev-parse -q --verify base >/dev/null 2>&1 ||
		die "$tree is no tree made by 'apply --to'"
	[[ -z $(git -C "$tree" status --porcelain --untracked-files=no) ]] ||
		die "$tree has uncommitted changes; commit them to the step they belong to"
	[[ -z $(git -C "$tree" rev-list --merges base..HEAD) ]] ||
		die "$tree has merges; a series is one commit after another"
	[[ -n $(git -C "$tree" rev-list base..HEAD) ]] || die "$tree has no commit on top of base"

	new=$(mktemp -d "$series.XXXXXX")
	sed -n '/^#/p;/^[^#]/q' "$series/series" >"$new/series"
	for commit in $(git -C "$tree" rev-list --reverse base..HEAD); do
		n=$((n + 1))
		subject=$(git -C "$tree" log -1 --format=%f "$commit")
		step=$(printf '%04d-%s' "$n" "$subject")
		(cd "$tree" && write_step "$commit" "$new/$step") || { rm -rf "$new" && return 1; }
		echo "$step" >>"$new/series"
	done
	for step in $(series_steps "$series"); do rm -rf "${series:?}/$step"; done
	cp -r --no-preserve=mode "$new/." "$series/"
	rm -rf "$new"
	printf '%s\n' "$series"
}

# series_export SERIES DIR: mails that git am takes on a clean tree.
series_export() {
	local series=$1 dir=$2 tree
	if compgen -G "$dir/*.patch" >/dev/null; then die "$dir holds patches already"; fi
	tree=$(kernel_apply "$series")
	tree_git -C "$tree" -c format.signature= format-patch -q --zero-commit --full-index \
		--no-signature -o "$(realpath -m "$dir")" base..HEAD
	printf '%s\n' "$dir"
}
