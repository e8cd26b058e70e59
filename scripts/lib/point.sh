# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154  # what the files of scripts/bisect share
#
# A point is what has to be booted to measure one state of the kernel's sources: a
# folder of 8 MB in the cache with Image, .config and the bench module, under a name
# made from all that it depends on. All points are built in one and the same work
# tree, so that a neighbour costs only what it changes.
#
# What a function here cannot do, it says in `why`, and returns EX_UNTESTABLE when
# the sources are at fault, EX_FAIL when this machine is.

. "$TOP/scripts/lib/fault.sh"
. "$TOP/scripts/lib/signals.sh"

readonly POINTS=$CACHE/point WORKSHOP=$CACHE/bisect
readonly LINUX=$WORKSHOP/linux

# point_key TREE FRAGMENT...
point_key() {
	local tree=$1
	shift
	{
		echo "$tree"
		build_key "$@"
		hash_tree "$TOP/bench/module"
		cat "$TOP"/bench/{abi,hist,clock}.h "$TOP/bench/Makefile" "$TOP/scripts/lib/build.mk"
	} | hash_stdin
}

point_is_whole() { (cd "$1" && sha256sum --status --check sums) 2>/dev/null; }

# Points that nobody asked for in a month go, and what was left half made.
prune_points() {
	find "$POINTS" -mindepth 1 -maxdepth 1 \( -name 'tmp.*' -o -mtime +30 \) -exec rm -rf {} +
}

# point_files GIT TREE: the work tree becomes TREE; what is the same there already
# keeps its date, and is not compiled again.
point_files() {
	local git=$1 tree=$2
	rm -f "$WORKSHOP/index.lock" &&
		GIT_DIR=$git GIT_WORK_TREE=$LINUX GIT_INDEX_FILE=$WORKSHOP/index \
			tree_git read-tree --reset -u "$tree" &&
		(cd "$LINUX" && GIT_DIR=$git GIT_WORK_TREE=$LINUX GIT_INDEX_FILE=$WORKSHOP/index \
			tree_git clean -qfdx -e '/build-*')
}

# Lines of fragments for options that this tree has. Today's fragments may ask for
# some that come with a later commit.
known_options() {
	grep -rhoE --include='Kconfig*' --exclude-dir='build-*' \
		'^[[:space:]]*(menu)?config [A-Za-z0-9_]+' "$LINUX" |
		awk 'NR == FNR { known["CONFIG_" $NF]; next }
			match($0, /CONFIG_[A-Za-z0-9_]+/) && !(substr($0, RSTART, RLENGTH) in known) { next }
			{ print }' - "$@"
}

# point_module OUT: the module for the kernel there. Nothing of it may be left from
# another kernel: make does not know which headers it was made with.
point_module() {
	rm -rf "$WORKSHOP/module" &&
		setpriv --pdeathsig TERM env "${WATCH[@]}" "${OWN_MAKE[@]}" -C "$TOP/bench" \
			O="$WORKSHOP/module" KDIR="$1" module
}

# point_attempt OUT JOBS FRAGMENT...: the kernel and the module, once.
point_attempt() {
	local out=$1 jobs=$2
	shift 2
	configure "$LINUX" "$out" "$@" && known_options "$@" >"$out/known.config" &&
		(check_config "$out/.config" "$out/known.config") &&
		KBUILD_EXEC="exec" patiently kbuild "$LINUX" "$out" -j"$jobs" Image modules && point_module "$out"
}

# point_compile OUT FRAGMENT...: the same, until it is known whose fault a failure is.
# The sources are blamed for an attempt with one job that nothing befell, on a machine
# that has room and a compiler: chance and other processes do not come into it, and the
# log ends with the error. Leaves its status in point_status.
point_compile() {
	local out=$1 jobs status
	shift
	for jobs in "$(nproc)" 1 1 1; do
		status=0
		watch_begin
		point_attempt "$out" "$jobs" "$@" || status=$?
		point_status=$status
		[[ $status -ne 0 ]] || return 0
		point_status=$EX_FAIL why=interrupted
		! $cut_short && build_room "$CACHE" || return 0
		if ! build_was_hit "$status" && [[ $jobs -eq 1 ]]; then break; fi
	done
	! build_was_hit "$status" && toolchain_works "$WORKSHOP" || return 0
	why="it does not build"
	point_status=$EX_UNTESTABLE
}

# point_keep OUT POINT
point_keep() {
	local out=$1 tmp
	tmp=$(mktemp -d "$POINTS/tmp.XXXXXX") && mkdir -p "$tmp/arch/arm64/boot" &&
		cp "$out/arch/arm64/boot/Image" "$tmp/arch/arm64/boot/" &&
		cp "$out/.config" "$WORKSHOP/module/module/smmubench.ko" "$tmp/" &&
		(cd "$tmp" && sha256sum arch/arm64/boot/Image .config smmubench.ko >sums) &&
		publish "$tmp" "$2"
}

# point_build GIT TREE LOG FRAGMENT...: makes $POINT, under the lock "kernel". It
# leaves its status in point_status, since that of a command under a lock is lost
# where errors are looked at.
point_build() {
	local git=$1 tree=$2 log=$3 out fd
	shift 3
	out=$LINUX/build-$(build_key "$@")
	point_status=$EX_FAIL
	why="$WORKSHOP cannot be written to"
	# Compilers of a build that was killed hold this lock until they are gone.
	exec {fd}>>"$WORKSHOP/.lock" && lock_wait "$WORKSHOP" "$WORKSHOP/.lock" "$fd" &&
		! $cut_short && prune_points || return 0
	find "$LINUX" -maxdepth 1 -name 'build-*' ! -name "${out##*/}" -exec rm -rf {} +
	if ! point_files "$git" "$tree" >"$log" 2>&1; then
		why="its sources could not be written to $LINUX: $(last_line "$log")"
	elif ! watch_build "$WORKSHOP" >>"$log" 2>&1; then
		why="what watches a build does not compile: $(last_line "$log")"
	else
		point_compile "$out" "$@" >>"$log" 2>&1
		[[ $point_status -ne 0 ]] || point_keep "$out" "$POINT" >>"$log" 2>&1 ||
			{ point_status=$EX_FAIL why="its kernel could not be kept in $POINTS: $(last_line "$log")"; }
	fi
	exec {fd}>&-
}

# point_find TREE CONFIG: POINT becomes the folder for TREE with the fragments in the folder
# CONFIG. Whether it is there.
point_find() {
	local frags
	mapfile -t frags < <(fragments bench 4k "$2")
	POINT=$POINTS/$(point_key "$1" "${frags[@]}")
	[[ -e $POINT ]] && touch "$POINT" && point_is_whole "$POINT"
}

# point_make GIT TREE CONFIG LOG: that folder is made if it is not there. TREE is one of the
# repository GIT.
point_make() {
	local git=$1 tree=$2 config=$3 log=$4 point_status frags
	why="cannot write to $CACHE; give another XDG_CACHE_HOME"
	mkdir -p "$POINTS" "$LINUX" 2>/dev/null || return "$EX_FAIL"
	! point_find "$tree" "$config" || return 0
	mapfile -t frags < <(fragments bench 4k "$config")
	if [[ -e $POINT ]]; then
		note "the kernel in $POINT is damaged; building it again"
		rm -rf "$POINT"
	fi
	build_room "$CACHE" || return "$EX_FAIL"
	note "building its kernel (a minute beside one that is built, a quarter of an hour if none is)"
	locked kernel point_build "$git" "$tree" "$log" "${frags[@]}"
	return "$point_status"
}
