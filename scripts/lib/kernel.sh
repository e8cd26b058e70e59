# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# The steps behind scripts/kernel. Each takes SERIES FLAVOUR PAGE_SIZE and prints the
# folder that has the result. What is there is read without a lock, since it appears
# when it is whole; only making it takes the lock "kernel".
#
#   src/ID             the pristine tree, a git repository with one commit
#   tree/ID-SERIES     a work tree of it with one more commit for each step
#   .../build-KEY      the output of one configuration and compiler in there
#
# The build folder lies inside the tree because kbuild then uses relative paths
# only: ccache, and two clones in other places, see the same commands.

. "$TOP/scripts/lib/apt-root.sh"

readonly KERNEL_VERSION=7.3 KERNEL_PACKAGE=linux-source-7.3

# Raised when what this file does to a tree changes its result.
readonly KERNEL_RECIPE=1

# Fixed, so that the same input gives the same commit ids and the same Image.
readonly EPOCH='2026-01-01T00:00:00Z'

readonly NO_COMPILER='unset CROSS_COMPILE, or set it to the prefix of a compiler for arm64'
given_compiler=${CROSS_COMPILE+$NO_COMPILER}
case $(uname -m) in
aarch64) CROSS_COMPILE=${CROSS_COMPILE-} ;;
*) CROSS_COMPILE=${CROSS_COMPILE-aarch64-linux-gnu-} ;;
esac
export CROSS_COMPILE

# The git that commits; what else could change a commit, neutral.sh has put aside.
tree_git() { git -c user.name=base -c user.email=base@localhost "$@"; }

# All that a compiler of the kernel gets to see of the caller's environment. Its home is
# where nothing can be made: kbuild asks for programs that set up theirs.
CLEAN_ENV=(env -i PATH="$PATH" HOME=/proc/nonexistent LC_ALL=C ${TMPDIR:+TMPDIR="$TMPDIR"})

# need_compiler: one line when the compiler for arm64 is missing, or is for another
# machine.
need_compiler() {
	local machine
	command -v "${CROSS_COMPILE}gcc" >/dev/null ||
		die "${CROSS_COMPILE}gcc is missing; ${given_compiler:-run scripts/setup}"
	machine=$("${CLEAN_ENV[@]}" "${CROSS_COMPILE}gcc" -dumpmachine) ||
		die "${CROSS_COMPILE}gcc does not run; $NO_COMPILER"
	[[ $machine == aarch64-*linux* ]] ||
		die "${CROSS_COMPILE}gcc compiles for $machine; $NO_COMPILER"
}

# The version that a Makefile of the kernel on standard input has, without the sublevel.
makefile_version() { awk -F' = ' '/^VERSION =/ { v = $2 } /^PATCHLEVEL =/ { print v "." $2; exit }'; }

# A pristine tree in $1 becomes a repository with one commit. It is added by
# force: the .gitignore of a distribution may leave out everything.
commit_base() {
	local dir=$1
	(
		cd "$dir" || exit
		[[ ! -e .gitignore ]] || sed -i '/^# Debian packaging: ignore everything/,$d' .gitignore
		tree_git init -q -b base .
		tree_git config core.compression 1
		tree_git config gc.auto 0
		mkdir -p .git/info
		printf '/build-*/\n' >.git/info/exclude
		# git add writes what it takes for big into one pack. With a file for each
		# of 100,000 objects, a copy of the repository or its removal takes minutes.
		tree_git -c core.bigFileThreshold=1 add -A -f .
		GIT_AUTHOR_DATE=$EPOCH GIT_COMMITTER_DATE=$EPOCH \
			tree_git commit -q -m "Linux $KERNEL_VERSION"
	)
}

# check_version WHAT: of the Makefile on standard input.
check_version() {
	local version
	version=$(makefile_version)
	[[ $version == "$KERNEL_VERSION" ]] ||
		die "$1 is Linux ${version:-of no version}; the series needs $KERNEL_VERSION"
}

# is_checkout DIR: whether it is the top of a repository's work tree, or a bare one. A
# folder deeper in a repository is taken as files.
is_checkout() {
	local status=0
	git_said "$1" || status=$?
	if [[ $status -eq 2 ]]; then
		# shellcheck disable=SC2153  # git_said() sets it
		die "git cannot read KERNEL_SRC=$1: $GIT_SAID"
	fi
	[[ $status -eq 0 ]] || return 1
	[[ $(git -C "$1" rev-parse --is-bare-repository) == true ]] ||
		[[ -z $(git -C "$1" rev-parse --show-prefix) && -e $1/.git ]]
}

# added_files SERIES: the paths that its steps add.
added_files() {
	local step
	while read -r step; do
		[[ ! -d $1/$step/files ]] || find "$1/$step/files" -type f -printf '%P\n'
	done < <(series_steps "$1")
}

# refuse_series_in FROM PATH: the series would have to add what is there.
refuse_series_in() {
	die "KERNEL_SRC=$1 has the series already, or a part of it ($2); give the tree it is made for, without"
}

# check_checkout FROM SERIES: what is committed there counts, and all of it is there.
check_checkout() {
	local from=$1 series=$2 said path
	said=$(git -C "$from" rev-parse -q --verify 'HEAD^{commit}' 2>&1) ||
		die "KERNEL_SRC=$from has no commit checked out${said:+: $(one_line "$said")}"
	if [[ $(git -C "$from" rev-parse --is-bare-repository) != true ]]; then
		said=$(git -C "$from" status --porcelain --untracked-files=no 2>&1) ||
			die "git cannot read KERNEL_SRC=$from: $(one_line "$said")"
		[[ -z $said ]] || die "KERNEL_SRC=$from has uncommitted changes; commit or stash them"
	fi
	# A partial clone gets what it lacks over the network, piece by piece.
	said=$(git -C "$from" rev-list --objects --no-walk --missing=print HEAD 2>&1) ||
		die "git cannot read KERNEL_SRC=$from: $(one_line "$(tail -n 3 <<<"$said")")"
	! grep -q '^?' <<<"$said" ||
		die "KERNEL_SRC=$from lacks $(grep -c '^?' <<<"$said") files of its commit (a partial clone); clone it without --filter"
	said=$(git -C "$from" cat-file blob HEAD:Makefile 2>/dev/null) ||
		die "$from is no kernel tree: it has no Makefile"
	check_version "KERNEL_SRC=$from" <<<"$said"
	while read -r path; do
		! git -C "$from" cat-file -e "HEAD:$path" 2>/dev/null || refuse_series_in "$from" "$path"
	done < <(added_files "$series")
}

# check_files FROM SERIES: kbuild takes no tree for O= that was once built in place.
check_files() {
	local from=$1 series=$2 path
	[[ -r $from && -x $from ]] || die "KERNEL_SRC=$from cannot be read; check its permissions"
	[[ -r $from/Makefile ]] || die "$from is no kernel tree: it has no Makefile"
	check_version "KERNEL_SRC=$from" <"$from/Makefile"
	for path in .config include/config include/generated arch/arm64/include/generated; do
		[[ ! -e $from/$path ]] ||
			die "KERNEL_SRC=$from was built in place (it has $path); run make -C $from ARCH=arm64 mrproper first"
	done
	while read -r path; do
		[[ ! -e $from/$path ]] || refuse_series_in "$from" "$path"
	done < <(added_files "$series")
}

# fetch_user FROM SERIES: KERNEL_SRC, copied: by commit when it is a checkout, by content
# otherwise. What is wrong with it is found before anything is copied.
fetch_user() {
	local from=$1 series=$2 id dir
	[[ $from != *$'\n'* ]] || die "KERNEL_SRC has a newline in its path"
	[[ -e $from ]] || die "KERNEL_SRC=$from is not there"
	[[ -d $from ]] || die "KERNEL_SRC=$from is not a folder"
	from=$(realpath -e -- "$from")
	if is_checkout "$from"; then
		check_checkout "$from" "$series"
		id=git-$(git -C "$from" rev-parse --short=16 'HEAD^{tree}')
	else
		check_files "$from" "$series"
		id=$(hash_tree "$from" 2>/dev/null) ||
			die "KERNEL_SRC=$from has files that cannot be read; check their permissions"
		id=dir-$id
	fi
	dir=$CACHE/src/$id
	[[ -e $dir ]] || locked kernel copy_user "$from" "$dir"
	printf '%s\n' "$dir"
}

# copy_user FROM DIR: the files of KERNEL_SRC as a pristine tree.
copy_user() {
	local from=$1 dir=$2 tmp
	[[ ! -e $dir ]] || return 0
	note "copying $from"
	src_tmp
	if [[ ${dir##*/} == git-* ]]; then
		git -C "$from" archive HEAD | tar x -C "$tmp"
	else
		tar c -C "$from" . | tar x -C "$tmp"
	fi
	commit_base "$tmp"
	publish "$tmp" "$dir"
}

# src_tmp: a new folder in `tmp`, and none that is left from a run that was killed.
src_tmp() {
	mkdir -p "$CACHE/src"
	rm -rf "$CACHE"/src/tmp.*
	tmp=$(mktemp -d "$CACHE/src/tmp.XXXXXX")
}

# The newest tree of Debian's package in the cache, or nothing.
debian_tree() {
	local dir
	for dir in "$CACHE/src/$KERNEL_PACKAGE"_*; do
		[[ ! -e $dir ]] || { printf '%s\n' "$dir" && return; }
	done
}

# Debian's package. The newest of the cache is used as long as there is one:
# a mirror that moved on must not change figures behind a user's back.
fetch_debian() {
	[[ -n $(debian_tree) ]] || locked kernel get_debian
	debian_tree
}

get_debian() {
	local tmp deb
	[[ -z $(debian_tree) ]] || return 0
	need_cmd apt-get dpkg-deb xz
	src_tmp
	note "downloading $KERNEL_PACKAGE (160 MB)"
	apt_root_update "$(dpkg --print-architecture)"
	apt_quietly run_in "$tmp" apt_root_do "$(dpkg --print-architecture)" download \
		-t "$APT_SUITE-backports" "$KERNEL_PACKAGE" ||
		die "cannot download $KERNEL_PACKAGE (or set KERNEL_SRC to a tree of your own): $APT_SAID"
	deb=$(echo "$tmp"/*.deb)
	note "unpacking it (a minute)"
	mkdir "$tmp/tree"
	dpkg-deb --fsys-tarfile "$deb" | tar xO "./usr/src/$KERNEL_PACKAGE.tar.xz" |
		tar xJ -C "$tmp/tree" --strip-components=1
	check_version "$KERNEL_PACKAGE" <"$tmp/tree/Makefile"
	commit_base "$tmp/tree"
	publish "$tmp/tree" "$CACHE/src/$(basename "$deb" _all.deb)"
	rm -rf "$tmp"
}

# kernel_fetch [SERIES]: an empty KERNEL_SRC is none.
kernel_fetch() {
	if [[ -n ${KERNEL_SRC-} ]]; then fetch_user "$KERNEL_SRC" "${1-$TOP/hyp-patches}"; else fetch_debian; fi
}

series_steps() { sed -e 's/#.*//' -e '/^[[:space:]]*$/d' "$1/series"; }

# check_steps SERIES: each step has a name that can be one, and is there.
check_steps() {
	local step
	while read -r step; do
		[[ $step =~ ^[A-Za-z0-9][A-Za-z0-9._+-]*$ ]] ||
			die "$1/series names ${step@Q}, which can be no step: letters, digits and -._+ only"
		[[ -d $1/$step ]] || die "$1/series names $step, and there is no such folder"
	done < <(series_steps "$1")
}

series_hash() {
	local step
	{
		series_steps "$1"
		for step in $(series_steps "$1"); do hash_tree "$1/$step"; done
	} | hash_stdin
}

# index_line FILE MODE PATH: what the index is to say of it, byte for byte, whatever
# attributes say. MODE is as ls shows it.
index_line() {
	local id mode=100644
	case $2 in
	l*)
		mode=120000
		id=$(readlink -n -- "$1" | git hash-object -w --no-filters --stdin)
		;;
	*)
		[[ $2 != ???x* ]] || mode=100755
		id=$(git hash-object -w --no-filters -- "$1")
		;;
	esac || return
	printf '%s %s\t%s\0' "$mode" "$id" "$3"
}

# index_lines DIR: for all of it.
index_lines() {
	local mode path
	while read -r -d '' mode && read -r -d '' path; do
		index_line "$1/$path" "$mode" "$path" || return
	done < <(find "$1" \( -type f -o -type l \) -printf '%M\0%P\0')
}

# apply_patches PATCH...: all at once; of those that do not apply the first is named.
apply_patches() {
	local patch status
	! git apply --cached --whitespace=error "$@" 2>/dev/null || return 0
	for patch; do
		status=0
		git apply --cached --whitespace=error "$patch" || status=$?
		[[ $status -eq 0 ]] || die_of "$status" "$(basename "${patch%/*}"): ${patch##*/} does not apply"
	done
}

# commit_step STEP_DIR: one commit in the repository of the current folder, made in
# its index alone: a kernel's files need not be there. The author is the first who
# signed off, unless the message begins with From:, as that of a mail may.
commit_step() {
	local step=$1 author mail first=1 patches tree commit
	[[ -r $step/message ]] || die "${step##*/} has no commit message"
	author=$(sed -n '1s/^From: //p' "$step/message")
	if [[ -n $author ]]; then
		first=3
	else
		author=$(sed -n 's/^Signed-off-by: //p' "$step/message" | head -n 1)
	fi
	[[ -n $author ]] || die "${step##*/}: its message has no Signed-off-by"
	[[ $author == *?' <'*'>' ]] || die "${step##*/}: '$author' is no author, as in 'Name <mail>'"
	mail=${author##*<}
	# An index of 90,000 lines is read and written as seldom as can be.
	if [[ -d $step/files ]]; then
		index_lines "$step/files" | git update-index -z --index-info ||
			die_of $? "${step##*/}: its files cannot be added"
	fi
	patches=("$step"/*.patch)
	[[ ! -e ${patches[0]} ]] || apply_patches "${patches[@]}"
	# git commit would look for all the files first, three times slower.
	tree=$(git write-tree) &&
		commit=$(tail -n "+$first" "$step/message" | git stripspace |
			GIT_AUTHOR_NAME=${author% <*} GIT_AUTHOR_EMAIL=${mail%>} \
				GIT_AUTHOR_DATE=$EPOCH GIT_COMMITTER_DATE=$EPOCH \
				tree_git commit-tree -p HEAD -F - "$tree") &&
		git update-ref -m "${step##*/}" HEAD "$commit"
}

# Trees that nobody asked for in a month go, with what was built in them (2 GB
# each), unless someone edited or committed there, or git cannot say.
prune_trees() {
	local marker tree changes
	find "$CACHE/tree" -maxdepth 1 -name '*.head' -mtime +30 |
		while read -r marker; do
			tree=${marker%.head}
			changes=$(git -C "$tree" status --porcelain 2>&1) || continue
			[[ -z $changes ]] || continue
			[[ $(git -C "$tree" rev-parse HEAD) == "$(<"$marker")" ]] || continue
			note "removing ${tree##*/}, unused for a month"
			rm -rf "$tree" "$marker"
		done
}

# make_tree SERIES SRC TREE: a new work tree with the steps applied. Its files are written
# once, when all of them are.
make_tree() {
	local series=$1 src=$2 tree=$3 step
	tree_git -C "$src" worktree prune
	tree_git -C "$src" worktree add -q --no-checkout --detach "$tree" base
	(
		cd "$tree" || exit
		tree_git read-tree HEAD
		for step in $(series_steps "$series"); do
			note "applying $step"
			commit_step "$series/$step"
		done
		tree_git reset -q --hard
	)
}

# A tree of the cache stands for one series. Whoever edits there would have it
# stand for another, and get figures of a kernel that no series makes.
check_unedited() {
	[[ $(git -C "$1" rev-parse HEAD) == "$(<"$1.head")" &&
		-z $(git -C "$1" status --porcelain --untracked-files=no) ]] ||
		die "$1 was edited; take your work elsewhere ('apply --to DIR'), then remove $1.head"
}

# make_cache_tree SERIES SRC TREE: the same in the cache. The file beside it that
# holds its last commit says that it is whole.
make_cache_tree() {
	local tree=$3
	[[ ! -e $tree.head ]] || return 0
	mkdir -p "$CACHE/tree"
	prune_trees
	rm -rf "$tree"
	make_tree "$@"
	git -C "$tree" rev-parse HEAD >"$tree.head.tmp"
	mv "$tree.head.tmp" "$tree.head"
}

kernel_apply() {
	local series=$1 src tree
	src=$(kernel_fetch "$series")
	tree=$CACHE/tree/${src##*/}-$(series_hash "$series")
	[[ -e $tree.head ]] || locked kernel make_cache_tree "$series" "$src" "$tree"
	check_unedited "$tree"
	touch "$tree.head" 2>/dev/null || true
	printf '%s\n' "$tree"
}

# fragments FLAVOUR PAGE_SIZE [DIR]: those of the configuration, in the order they
# apply; DIR holds them when they are not today's.
fragments() {
	local dir=${3-$TOP/scripts/config}
	printf '%s\n' "$dir/base.config" "$dir/$1.config" "$dir/page-$2.config"
}

# build_key FRAGMENT...: what a build depends on besides its sources.
build_key() {
	need_compiler
	{
		echo "$KERNEL_RECIPE"
		cat "$@"
		"${CLEAN_ENV[@]}" "${CROSS_COMPILE}gcc" --version
		"${CLEAN_ENV[@]}" "${CROSS_COMPILE}ld" --version
	} | hash_stdin
}

# What programs of a build are to have in their environment besides: see fault.sh.
WATCH=()

# How ccache looks a compilation up. By what the preprocessor makes of it is the way that
# finds most; to ask the preprocessor takes a fifth of a build of which little is there.
LOOK_UP=()

# kbuild TREE OUT ARGUMENT...: make there. It ends with the process that asked for it;
# TERM is what make passes on to its children. KBUILD_EXEC=exec: the shell becomes make.
kbuild() {
	local tree=$1 out=$2
	shift 2
	${KBUILD_EXEC-} setpriv --pdeathsig TERM "${CLEAN_ENV[@]}" "${WATCH[@]}" CCACHE_DIR="$CACHE/ccache" \
		CCACHE_BASEDIR="$tree" CCACHE_NOHASHDIR=1 CCACHE_MAXSIZE=4G "${LOOK_UP[@]}" \
		make -C "$tree" O="$out" ARCH=arm64 CROSS_COMPILE="$CROSS_COMPILE" \
		CC="ccache ${CROSS_COMPILE}gcc" LOCALVERSION= KBUILD_BUILD_TIMESTAMP="$EPOCH" \
		KBUILD_BUILD_USER=pkvm-smmu KBUILD_BUILD_HOST=localhost KBUILD_BUILD_VERSION=1 \
		-s "$@" >&2
}

kbuild_logged() { kbuild "${@:2}" 2>"$1"; }

# configure TREE OUT FRAGMENT...
configure() {
	local tree=$1 out=$2
	shift 2
	mkdir -p "$out" && cat "$@" >"$out/fragment.config" &&
		kbuild "$tree" "$out" KCONFIG_ALLCONFIG="$out/fragment.config" allnoconfig
}

# Every line of the fragments must have survived; an option that Kconfig
# dropped would be found missing much later.
check_config() {
	local config=$1 line bad=0
	shift
	while read -r line; do
		case $line in
		CONFIG_*=*) grep -qxF -- "$line" "$config" ;;
		'# CONFIG_'*' is not set')
			! grep -q "^$(cut -d' ' -f2 <<<"$line")=" "$config"
			;;
		*) true ;;
		esac || { note "Kconfig dropped '$line'" && bad=1; }
	done < <(cat "$@")
	[[ $bad -eq 0 ]] || die "the configuration is not what its fragments ask for"
}

kernel_config() {
	local series=$1 flavour=$2 page_size=$3 tree out key frags
	tree=$(kernel_apply "$series")
	mapfile -t frags < <(fragments "$flavour" "$page_size")
	key=$(build_key "${frags[@]}")
	out=$tree/build-$flavour-$page_size-$key
	[[ -e $out/configured ]] || locked kernel make_config "$tree" "$out" "${frags[@]}"
	printf '%s\n' "$out"
}

# make_config TREE OUT FRAGMENT...
make_config() {
	local out=$2
	[[ ! -e $out/configured ]] || return 0
	mkdir -p "$out"
	locked_on "$out/.lock" configure "$@"
	check_config "$out/.config" "${@:3}"
	touch "$out/configured"
}

# built Image: whether the Image is the one that was finished there.
is_built() { (cd "$1" && sha256sum --status --check built) 2>/dev/null; }

# objects OUT: how many object files lie there.
objects() { find "$1" -name '*.o' -printf . | wc -c; }

# show_progress OUT: how far the build has come, for as long as this process lives; how
# many objects there will be is what the last build here had.
show_progress() {
	local out=$1 total=900 begin now began=$SECONDS n
	[[ ! -r $CACHE/objects ]] || total=$(<"$CACHE/objects")
	begin=$(objects "$out")
	for ((n = 1; ; n++)); do
		sleep 1
		# Whoever builds may have been killed.
		[[ -e /proc/$$ ]] || return 0
		((n % 30 == 10)) || continue
		now=$(objects "$out")
		if ((now > begin && total > now)); then
			note "built $now of about $total objects, $(minutes $(((SECONDS - began) * (total - now) / (now - begin)))) left"
		elif ((now > begin)); then
			note "built $now objects"
		fi
	done
}

# make_kernel OUT
make_kernel() {
	local out=$1 log=$1/build.log progress status=0
	! is_built "$out" || return 0
	[[ $out == */build-bench-4k-* ]] || LOOK_UP=(CCACHE_DEPEND=1)
	note "building the kernel ($(nproc) jobs; a quarter of an hour on two cold cores)"
	show_progress "$out" >/dev/null &
	progress=$!
	locked_on "$out/.lock" kbuild_logged "$log" "${out%/*}" "$out" -j"$(nproc)" Image modules || status=$?
	kill "$progress"
	wait "$progress" || true
	if [[ $status -ne 0 ]]; then
		tail -n 30 "$log" >&2
		die "the kernel did not build; the whole log is $log"
	fi
	objects "$out" >"$CACHE/objects"
	(cd "$out" && sha256sum arch/arm64/boot/Image >built.tmp && mv built.tmp built)
}

kernel_build() {
	local out
	out=$(kernel_config "$@")
	is_built "$out" || locked kernel make_kernel "$out"
	printf '%s\n' "$out"
}
