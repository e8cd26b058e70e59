# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# The steps behind scripts/kernel. Each takes SERIES FLAVOUR PAGE_SIZE, prints
# the folder it made, and is to run under the lock "kernel".
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

# All that a compiler of the kernel gets to see of the caller's environment.
CLEAN_ENV=(env -i PATH="$PATH" HOME="${HOME-}" LC_ALL=C ${TMPDIR:+TMPDIR="$TMPDIR"})

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

# The version in a tree's Makefile, without the sublevel.
tree_version() {
	[[ -r $1/Makefile ]] || die "$1 is no kernel tree: it has no Makefile"
	awk -F' = ' '/^VERSION =/ { v = $2 } /^PATCHLEVEL =/ { print v "." $2; exit }' "$1/Makefile"
}

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
		tree_git add -A -f .
		GIT_AUTHOR_DATE=$EPOCH GIT_COMMITTER_DATE=$EPOCH \
			tree_git commit -q -m "Linux $KERNEL_VERSION"
	)
}

check_version() {
	local version
	version=$(tree_version "$1")
	[[ $version == "$KERNEL_VERSION" ]] ||
		die "$2 is Linux ${version:-of no version}; the series needs $KERNEL_VERSION"
}

# KERNEL_SRC, copied: by commit when it is a checkout, by content otherwise.
fetch_user() {
	local from=$1 id dir tmp
	[[ -d $from ]] || die "KERNEL_SRC=$from is not a folder"
	check_version "$from" "KERNEL_SRC=$from"
	if [[ -e $from/.git ]]; then
		[[ -z $(git -C "$from" status --porcelain --untracked-files=no) ]] ||
			die "KERNEL_SRC=$from has uncommitted changes; commit or stash them"
		id=git-$(git -C "$from" rev-parse --short=16 'HEAD^{tree}')
	else
		id=dir-$(hash_tree "$from")
	fi
	dir=$CACHE/src/$id
	if [[ ! -e $dir ]]; then
		note "copying $from"
		mkdir -p "$CACHE/src"
		tmp=$(mktemp -d "$CACHE/src/tmp.XXXXXX")
		if [[ -e $from/.git ]]; then
			git -C "$from" archive HEAD | tar x -C "$tmp"
		else
			tar c -C "$from" . | tar x -C "$tmp"
		fi
		commit_base "$tmp"
		publish "$tmp" "$dir"
	fi
	printf '%s\n' "$dir"
}

# Debian's package. The newest of the cache is used as long as there is one:
# a mirror that moved on must not change figures behind a user's back.
fetch_debian() {
	local dir tmp deb
	for dir in "$CACHE/src/$KERNEL_PACKAGE"_*; do
		[[ ! -e $dir ]] || { printf '%s\n' "$dir" && return; }
	done
	need_cmd apt-get dpkg-deb xz
	mkdir -p "$CACHE/src"
	tmp=$(mktemp -d "$CACHE/src/tmp.XXXXXX")
	note "downloading $KERNEL_PACKAGE (160 MB)"
	apt_root_update "$(dpkg --print-architecture)"
	(cd "$tmp" && apt_root_do "$(dpkg --print-architecture)" download \
		-t "$APT_SUITE-backports" "$KERNEL_PACKAGE" >&2) ||
		die "cannot download $KERNEL_PACKAGE; check the network or set KERNEL_SRC"
	deb=$(echo "$tmp"/*.deb)
	note "unpacking it (a minute)"
	mkdir "$tmp/tree"
	dpkg-deb --fsys-tarfile "$deb" | tar xO "./usr/src/$KERNEL_PACKAGE.tar.xz" |
		tar xJ -C "$tmp/tree" --strip-components=1
	check_version "$tmp/tree" "$KERNEL_PACKAGE"
	commit_base "$tmp/tree"
	dir=$CACHE/src/$(basename "$deb" _all.deb)
	publish "$tmp/tree" "$dir"
	rm -rf "$tmp"
	printf '%s\n' "$dir"
}

kernel_fetch() {
	rm -rf "$CACHE"/src/tmp.*
	if [[ -n ${KERNEL_SRC-} ]]; then fetch_user "$KERNEL_SRC"; else fetch_debian; fi
}

series_steps() { sed -e 's/#.*//' -e '/^[[:space:]]*$/d' "$1/series"; }

series_hash() {
	local step
	{
		series_steps "$1"
		for step in $(series_steps "$1"); do hash_tree "$1/$step"; done
	} | hash_stdin
}

# commit_step STEP_DIR: one commit in the repository of the current folder, made in
# its index alone: a kernel's files need not be there.
commit_step() {
	local step=$1 author patch git
	[[ -r $step/message ]] || die "${step##*/} has no commit message"
	author=$(sed -n 's/^Signed-off-by: //p' "$step/message" | head -n 1)
	[[ -n $author ]] || die "${step##*/}: its message has no Signed-off-by"
	git=$(git rev-parse --absolute-git-dir)
	[[ ! -d $step/files ]] ||
		tree_git -C "$step/files" --git-dir="$git" --work-tree=. -c core.fileMode=false \
			add --ignore-removal -f . ||
		die "${step##*/}: its files cannot be added"
	for patch in "$step"/*.patch; do
		[[ ! -e $patch ]] || tree_git apply --cached --whitespace=error "$patch" ||
			die "${step##*/}: ${patch##*/} does not apply"
	done
	GIT_AUTHOR_DATE=$EPOCH GIT_COMMITTER_DATE=$EPOCH \
		tree_git commit -q --author "$author" -F "$step/message"
}

# apply_step STEP_DIR: the same, and the files of the current folder follow.
apply_step() {
	commit_step "$1"
	tree_git reset -q --hard
}

# Trees that nobody asked for in a month go, with what was built in them (2 GB
# each), unless someone edited there.
prune_trees() {
	local marker tree
	find "$CACHE/tree" -maxdepth 1 -name '*.head' -mtime +30 |
		while read -r marker; do
			tree=${marker%.head}
			[[ -z $(git -C "$tree" status --porcelain 2>/dev/null) ]] || continue
			note "removing ${tree##*/}, unused for a month"
			rm -rf "$tree" "$marker"
		done
}

# make_tree SERIES SRC TREE: a new work tree with the steps applied.
make_tree() {
	local series=$1 src=$2 tree=$3 step
	tree_git -C "$src" worktree prune
	tree_git -C "$src" worktree add -q --detach "$tree" base
	for step in $(series_steps "$series"); do
		note "applying $step"
		(cd "$tree" && apply_step "$series/$step")
	done
}

# A tree of the cache stands for one series. Whoever edits there would have it
# stand for another, and get figures of a kernel that no series makes.
check_unedited() {
	[[ $(git -C "$1" rev-parse HEAD) == "$(<"$1.head")" &&
		-z $(git -C "$1" status --porcelain --untracked-files=no) ]] ||
		die "$1 was edited; take your work elsewhere ('apply --to DIR'), then remove $1.head"
}

kernel_apply() {
	local series=$1 src tree
	src=$(kernel_fetch)
	tree=$CACHE/tree/${src##*/}-$(series_hash "$series")
	if [[ ! -e $tree.head ]]; then
		mkdir -p "$CACHE/tree"
		prune_trees
		rm -rf "$tree"
		make_tree "$series" "$src" "$tree"
		git -C "$tree" rev-parse HEAD >"$tree.head.tmp"
		mv "$tree.head.tmp" "$tree.head"
	fi
	check_unedited "$tree"
	touch "$tree.head"
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

# kbuild TREE OUT ARGUMENT...: make there. It ends with the process that asked for it;
# TERM is what make passes on to its children. KBUILD_EXEC=exec: the shell becomes make.
kbuild() {
	local tree=$1 out=$2
	shift 2
	${KBUILD_EXEC-} setpriv --pdeathsig TERM "${CLEAN_ENV[@]}" "${WATCH[@]}" CCACHE_DIR="$CACHE/ccache" \
		CCACHE_BASEDIR="$tree" CCACHE_NOHASHDIR=1 CCACHE_MAXSIZE=4G \
		make -C "$tree" O="$out" ARCH=arm64 CROSS_COMPILE="$CROSS_COMPILE" \
		CC="ccache ${CROSS_COMPILE}gcc" LOCALVERSION= KBUILD_BUILD_TIMESTAMP="$EPOCH" \
		KBUILD_BUILD_USER=pkvm-smmu KBUILD_BUILD_HOST=localhost KBUILD_BUILD_VERSION=1 \
		-s "$@" >&2
}

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
	if [[ ! -e $out/configured ]]; then
		configure "$tree" "$out" "${frags[@]}"
		check_config "$out/.config" "${frags[@]}"
		touch "$out/configured"
	fi
	printf '%s\n' "$out"
}

# built Image: whether the Image is the one that was finished there.
is_built() { (cd "$1" && sha256sum --status --check built) 2>/dev/null; }

kernel_build() {
	local out log
	out=$(kernel_config "$@")
	if ! is_built "$out"; then
		log=$out/build.log
		note "building the kernel ($(nproc) jobs; a quarter of an hour on two cold cores)"
		kbuild "${out%/*}" "$out" -j"$(nproc)" Image modules 2>"$log" || {
			tail -n 30 "$log" >&2
			die "the kernel did not build; the whole log is $log"
		}
		(cd "$out" && sha256sum arch/arm64/boot/Image >built.tmp && mv built.tmp built)
	fi
	printf '%s\n' "$out"
}
