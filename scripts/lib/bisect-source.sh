# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154  # what the files of scripts/bisect share
#
# What scripts/bisect searches: the steps of the series, this repository, or a kernel
# tree. All three become commits of one git repository, a clone that is ours; the
# user's is only read.

readonly SERIES=$TOP/hyp-patches

# series_number NAME: of the step that is called so, by its number or the beginning of
# its name; 0 is the tree before the first step.
series_number() {
	local names
	mapfile -t names < <(series_steps "$SERIES")
	if [[ $1 =~ ^(0|[1-9][0-9]*)$ && $1 -le ${#names[@]} ]]; then
		echo "$1"
	else
		printf '%s\n' "${names[@]}" | awk -v name="$1" '
			name && index($0, name) == 1 { nr++; found = NR }
			END { if (nr == 1) print found; exit nr != 1 }'
	fi
}

is_commit() { git -C "$1" rev-parse -q --verify "$2^{commit}" >/dev/null 2>&1; }

# over_path WHAT: a folder by its whole path, so that it is found again from elsewhere.
over_path() {
	case $1 in
	series | history) echo "$1" ;;
	*) realpath -m "$1" ;;
	esac
}

# need_repository DIR: one line where git cannot read it: git's own, which names the way
# out, unless there is none at all; then REMEDY follows.
need_repository() {
	local status=0
	git_said "$1" || status=$?
	case $status in
	1) usage_error "$1 is no git repository${2-}" ;;
	2) die "$1: $GIT_SAID" ;;
	esac
}

# git_line DIR COMMAND...: what git prints there, or its own error in one line.
git_line() {
	local dir=$1 status=0
	shift
	git -C "$dir" "$@" 2>"$WORK/git" || status=$?
	[[ $status -eq 0 ]] || die "$dir: $(one_line "$(<"$WORK/git")")"
}

# over_what GOOD BAD: series or history, by what these name.
over_what() {
	local name steps=0 commits=0
	for name; do
		series_number "$name" >/dev/null || need_repository "$TOP" ", and $name is no step of the series"
		if series_number "$name" >/dev/null; then
			steps=$((steps + 1))
		elif ! is_commit "$TOP" "$name"; then
			usage_error "$name is neither a step of the series nor a commit of this repository; for a kernel tree give --over DIR"
		fi
		! is_commit "$TOP" "$name" || commits=$((commits + 1))
	done
	if [[ $steps -eq 2 ]]; then
		echo series
	elif [[ $commits -eq 2 ]]; then
		echo history
	else
		usage_error "$1 and $2 are not both steps of the series, nor both commits of this repository"
	fi
}

# refuse_unfit DIR: it is a repository's own folder, with or without a work tree. What is
# uncommitted would be in no point, and what is before the cut of a shallow clone cannot
# be found.
refuse_unfit() {
	local bare inside whole prefix changed shallow
	[[ -d $1 ]] || usage_error "$1 is not a folder"
	need_repository "$1"
	bare=$(git_line "$1" rev-parse --is-bare-repository)
	inside=$(git_line "$1" rev-parse --is-inside-git-dir)
	if $bare; then
		whole=$(git_line "$1" rev-parse --absolute-git-dir)
		[[ $whole == "$(realpath "$1")" ]] || usage_error "$1 lies inside the repository $whole; give that"
	elif $inside; then
		usage_error "$1 is the inside of a repository; give the folder that holds it"
	else
		prefix=$(git_line "$1" rev-parse --show-prefix)
		[[ -z $prefix ]] ||
			usage_error "$1 lies inside the repository $(git_line "$1" rev-parse --show-toplevel); give that"
		changed=$(git_line "$1" --no-optional-locks status --porcelain --untracked-files=no)
		[[ -z $changed ]] ||
			die "$1 has uncommitted changes, which would be measured nowhere; commit or stash them"
	fi
	shallow=$(git_line "$1" rev-parse --is-shallow-repository)
	! $shallow ||
		die "the history in $1 is cut short; run git fetch --unshallow there"
}

# lacks_objects: how many objects of the commits from GOOD to BAD are not there. A clone
# with a filter has left them out, and git would fetch them one by one.
lacks_objects() {
	{
		git -C "$REPOSITORY" rev-list --objects --no-object-names --missing=print "$GOOD..$BAD" &&
			git -C "$REPOSITORY" rev-list --objects --no-object-names --missing=print --no-walk "$GOOD"
	} 2>"$WORK/git" >"$WORK/objects" || return
	sed -n 's/^?//p' "$WORK/objects" | sort -u | wc -l
}

# source_whole: all that is searched is there and can be read: the commits, and what is
# in them.
source_whole() {
	local lacking
	lacking=$(lacks_objects) || die "$REPOSITORY: $(one_line "$(head -n 3 "$WORK/git")"); git fsck tells more"
	if [[ $lacking -gt 0 && -n $(git -C "$REPOSITORY" config --get-regexp '^remote\..*\.promisor$') ]]; then
		die "$REPOSITORY is a partial clone and lacks objects of these commits ($lacking); run git fetch --refetch --no-filter there"
	elif [[ $lacking -gt 0 ]]; then
		die "$REPOSITORY lacks objects of these commits ($lacking); git fsck there tells which"
	fi
	{ git -C "$REPOSITORY" cat-file --batch --buffer <"$WORK/objects" 2>"$WORK/git" >/dev/null &&
		[[ ! -s $WORK/git ]]; } ||
		die "$REPOSITORY: $(one_line "$(head -n 3 "$WORK/git")"); git fsck tells more"
}

# source_open OVER: REPOSITORY is where the commits come from.
source_open() {
	case $1 in
	series) REPOSITORY=$(kernel_apply "$SERIES") ;;
	history) REPOSITORY=$TOP ;;
	*) REPOSITORY=$1 ;;
	esac
	! $resume || need_repository "$REPOSITORY"
	[[ $1 == series ]] || $resume || refuse_unfit "$REPOSITORY"
}

# source_commit OVER NAME: the commit that has this name there.
source_commit() {
	local n
	if [[ $1 == series ]]; then
		n=$(series_number "$2") || usage_error "no single step of the series is called '$2'"
		git -C "$REPOSITORY" rev-list --reverse --boundary base..HEAD | sed "s/^-//; $((n + 1))!d"
	else
		git -C "$REPOSITORY" rev-parse -q --verify "$2^{commit}" ||
			usage_error "$REPOSITORY has no commit $2"
	fi
}

# source_ends: GOOD and BAD as commits. A search that goes on does so between the same
# ones, whatever their names mean today.
source_ends() {
	if ! $resume; then
		GOOD=$(source_commit "${request[over]}" "${request[good]}")
		BAD=$(source_commit "${request[over]}" "${request[bad]}")
	else
		GOOD=${was[from]} BAD=${was[to]}
		{ is_commit "$REPOSITORY" "$GOOD" && is_commit "$REPOSITORY" "$BAD"; } ||
			die "$REPOSITORY no longer has the commits that the search in $out began with; start another"
	fi
}

# source_order: what is good comes before what is bad, on one line of descent.
source_order() {
	local is_before=(git -C "$REPOSITORY" merge-base --is-ancestor)
	[[ $GOOD != "$BAD" ]] || usage_error "the good and the bad end are the same commit"
	"${is_before[@]}" "$GOOD" "$BAD" && return
	! "${is_before[@]}" "$BAD" "$GOOD" ||
		usage_error "the good end comes after the bad one; swap --good and --bad"
	usage_error "the bad end does not descend from the good one; give a --good that it descends from"
}

# source_clone: our own repository in $GIT, whose objects are those of REPOSITORY. For
# history there is another one for the kernels that its commits make.
source_clone() {
	rm -rf "$GIT" "$KERNELS"
	tree_git clone -q --shared --bare "$REPOSITORY" "$GIT" 2>"$out/logs/clone.log" ||
		die "cannot clone $REPOSITORY ($(last_line "$out/logs/clone.log"))"
	[[ $1 != history ]] || kernels_open
}

# kernels_open: the repository KERNELS, for trees that are made on top of the pristine one.
kernels_open() {
	PRISTINE=$(kernel_fetch)
	tree_git init -q --bare "$KERNELS"
	echo "$PRISTINE/.git/objects" >"$KERNELS/objects/info/alternates"
}

# kernel_of_history COMMIT LOG: the tree that the series of that commit makes, in TREE,
# and its fragments, in CONFIG.
kernel_of_history() {
	local commit=$1 log=$2 from=$out/from status path
	rm -rf "$from"
	mkdir -p "$from/empty"
	for path in hyp-patches/series scripts/config/base.config; do
		status=0
		git -C "$GIT" cat-file -e "$commit:$path" 2>/dev/null || status=$?
		[[ $status -ne 0 ]] || continue
		why="it has no series or no configuration"
		# git has 1 or 128 for what is not there.
		if ! $cut_short && [[ $status -le 128 ]]; then return "$EX_UNTESTABLE"; fi
		why="git ended with status $status"
		return "$EX_FAIL"
	done
	git -C "$GIT" archive "$commit" hyp-patches scripts/config | tar x -C "$from" ||
		{ why="cannot unpack it to $from" && return "$EX_FAIL"; }
	# What failed by chance passes the second time.
	for _ in 1 2; do
		status=0
		(commit_series "$from") >"$log" 2>&1 || status=$?
		[[ $status -ne 0 ]] || break
	done
	if [[ $status -ne 0 ]]; then
		why="git ended with status $status while its series was applied"
		! $cut_short && [[ $status -le 128 ]] && has_room "$out" 32 || return "$EX_FAIL"
		why="its series does not apply"
		return "$EX_UNTESTABLE"
	fi
	CONFIG=$from/scripts/config
	TREE=$(git -C "$KERNELS" rev-parse 'HEAD^{tree}')
}

# commit_series FROM: base and the steps in there as commits of KERNELS.
commit_series() {
	local step base
	base=$(git -C "$PRISTINE" rev-parse base)
	export GIT_DIR=$KERNELS GIT_WORK_TREE=$1/empty GIT_INDEX_FILE=$1/index
	cd "$1/empty" || return
	tree_git update-ref --no-deref HEAD "$base" &&
		tree_git read-tree HEAD || return
	for step in $(series_steps "$1/hyp-patches"); do
		commit_step "$1/hyp-patches/$step" || return
	done
}

# kernel_of COMMIT LOG: what its kernel is made of: the tree TREE of the repository
# OBJECTS, with the fragments in CONFIG.
kernel_of() {
	if [[ ${request[over]} == history ]]; then
		OBJECTS=$KERNELS
		kernel_of_history "$@"
	else
		OBJECTS=$GIT CONFIG=$TOP/scripts/config
		TREE=$(git -C "$GIT" rev-parse "$1^{tree}")
	fi
}
