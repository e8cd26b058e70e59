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
	# make runs it for each of its two targets, at once where it may.
	printf 'exec 2>/dev/null\nset -C\necho $$ >compiler || exit 0\ntrap "" TERM\nsleep 3\n' >"$tree/build-first"
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

# A source tree is found unfit before anything is copied.
unfit() {
	local pattern=$1 what=$2 dir=$3
	shift 3
	TOY_SRC=$dir refuses 1 "$pattern" "$what" toy_kernel unfit "$@" --series "$TMP/series"
	[[ -z $(find "$TMP/cache-unfit" -path '*/src/*' 2>/dev/null) ]] || not_ok "and nothing was copied"
}

# variant NAME: another copy of the toy's sources, in `dir`.
variant() {
	dir=$TMP/variant/$1
	mkdir -p "$TMP/variant"
	cp -a "$TMP/linux" "$dir"
}

as_checkout() {
	(cd "$dir" && git init -q && git add -A -f && git -c user.name=t -c user.email=t@t commit -q -m t)
}

for path in .config include/config include/generated arch/arm64/include/generated; do
	variant "built-${path//\//-}"
	mkdir -p "$dir/$path"
	unfit "was built in place \\(it has $path\\); run make -C .* mrproper" "a tree that was built in place, $path" "$dir" config
done
as_checkout
check "a checkout may have been, since what is committed counts" eval 'rm -rf "$dir/arch" && TOY_SRC=$dir toy_kernel checkout fetch --series "$TMP/series"'
variant applied
echo >"$dir/toy.c"
unfit 'has the series already, or a part of it \(toy.c\)' "a tree that has the series" "$dir" fetch
as_checkout
unfit 'has the series already, or a part of it \(toy.c\)' "a checkout that has it" "$dir" fetch
unfit 'is not a folder' "a file" "$TMP/linux/Makefile" fetch
variant partial
as_checkout
git -C "$dir" config uploadpack.allowFilter true
git clone -q --no-checkout --filter=blob:none "file://$dir" "$TMP/partial"
git -C "$TMP/partial" read-tree HEAD
git -C "$TMP/partial" sparse-checkout set --no-cone nothing 2>/dev/null
unfit 'lacks [0-9]+ files of its commit \(a partial clone\)' "a partial clone" "$TMP/partial" fetch
git clone -q --depth 1 "file://$dir" "$TMP/shallow"
git -C "$TMP/shallow" sparse-checkout set --no-cone kernel.c
check "a clone that is shallow and sparse is whole enough" eval \
	'got=$(TOY_SRC=$TMP/shallow toy_kernel shallow fetch --series "$TMP/series") && [[ -e $got/Makefile ]]'
mkdir "$TMP/shallow/deeper" && cp "$TMP/linux/Makefile" "$TMP/shallow/deeper/"
check "a folder within a repository counts by its files" eval 'TOY_SRC=$TMP/shallow/deeper toy_kernel deeper fetch --series "$TMP/series" | grep -q /dir-'
export GIT_TEST_ASSUME_DIFFERENT_OWNER=1
TOY_SRC=$dir refuses 1 'git cannot read KERNEL_SRC=.*dubious ownership.*--add safe.directory' "a checkout of someone else's" \
	toy_kernel owner fetch --series "$TMP/series"
unset GIT_TEST_ASSUME_DIFFERENT_OWNER
mkdir "$TMP/readonly"
: >"$TMP/readonly/pkvm-smmu"
refuses 1 'cannot write to the cache \(.*set XDG_CACHE_HOME' "a cache that cannot be written to" \
	env XDG_CACHE_HOME="$TMP/readonly" KERNEL_SRC="$TMP/linux" scripts/kernel fetch
done_testing
