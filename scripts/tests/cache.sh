#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What scripts/kernel keeps in the cache, on a toy that builds in no time: who waits for
# whom, what is built again, and what is refused before anything is done.

. "$(dirname "$0")/tap.sh"
. "$TOP/scripts/tests/toy.sh"
cd "$TOP"

kernel() { toy_kernel shared "$@" --series "$TMP/series"; }

# hold SECONDS: another process has the lock "kernel" for so long; it is `holder`.
hold() {
	rm -f "$TMP/held"
	XDG_CACHE_HOME=$TMP/cache-shared bash -c '. scripts/lib/common.sh
		doze() { touch "$1"; read -r -t "$2" <> <(:) || true; }
		locked kernel doze "$@"' someone "$TMP/held" "$1" &
	holder=$!
	until [[ -e $TMP/held ]]; do sleep 0.05; done
}

needs_no_lock() {
	local command status=0
	hold 60
	SECONDS=0
	for command in fetch apply config build; do
		kernel "$command" >/dev/null 2>"$TMP/said" || status=1
	done
	kill "$holder"
	cat "$TMP/said"
	[[ $status -eq 0 && $SECONDS -lt 30 && ! -s $TMP/said ]]
}

# A holder is named while it holds, with its command and since when; one that was
# there before is not.
names_holder() {
	hold 3
	kernel build --page-size 16k >/dev/null 2>"$TMP/said" || return
	cat "$TMP/said"
	[[ $(grep -c "waiting for another run that holds 'kernel', for 0 min [0-9] s now: process $holder (bash -c .*someone" "$TMP/said") -eq 1 ]] &&
		kernel build --flavour debug 2>"$TMP/said" && ! grep waiting "$TMP/said"
}

# Of a build that was killed a compiler may be left. Whoever builds there waits for it,
# and says which process it is.
names_compiler() {
	local tree builder left
	tree=$(kernel apply)
	printf 'echo $$ >compiler\nexec 2>/dev/null\ntrap "" TERM\nsleep 3\n' >"$tree/build-first"
	kernel build --page-size 64k >/dev/null 2>&1 &
	until [[ -s $tree/compiler ]]; do sleep 0.05; done
	left=$(<"$tree/compiler")
	builder=$(pgrep -f -x "bash scripts/kernel build --page-size 64k --series $TMP/series" | head -n 1)
	kill -KILL "$builder"
	rm "$tree/build-first"
	kernel build --page-size 64k >/dev/null 2>"$TMP/said" || return
	cat "$TMP/said"
	grep -q "waiting for another run that holds '.*', for .* now: process $left (sh build-first)" "$TMP/said" &&
		[[ -z $(tr -d '\0' 2>/dev/null <"/proc/$left/cmdline") ]]
}

# locked() is what a command under the same lock may call again, and its status counts.
locks_again() {
	local status=0
	locked again locked again true || return
	locked again bash -c 'exit 5' || status=$?
	[[ $status -eq 5 ]] && locked again true
}

# A build that takes longer says how far it is.
shows_progress() {
	local tree
	tree=$(kernel apply)
	printf 'cd build-debug-4k-*\nfor n in 1 2 3 4 5 6 7 8 9 10 11 12; do touch "$n.o"; sleep 1; done\n' >"$tree/build-first"
	rm -rf "$tree"/build-debug-4k-*/arch
	echo 24 >"$TMP/cache-shared/pkvm-smmu/objects"
	kernel build --flavour debug 2>&1 >/dev/null | tee "$TMP/said" &&
		grep -qE 'built [0-9]+ of about 24 objects, 0 min [0-9]+ s left' "$TMP/said"
	rm "$tree/build-first"
}


toy "$TMP"
check "a toy of a kernel builds" kernel build
check "what is there already needs no lock" needs_no_lock
check "who holds a lock is named, with its command and the time" names_holder
check "and so is a compiler that outlived its build" names_compiler
check "a lock may be asked for again by its holder, and a status is not lost" locks_again
check "a longer build says how far it is" shows_progress
mkdir "$TMP/readonly"
: >"$TMP/readonly/pkvm-smmu"
refuses 1 'cannot write to the cache \(.*set XDG_CACHE_HOME' "a cache that cannot be written to" \
	env XDG_CACHE_HOME="$TMP/readonly" KERNEL_SRC="$TMP/linux" scripts/kernel fetch
done_testing
