#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Whether a figure depends on who measures and where: what runs in the guest is the
# same to the last byte from another folder, in an environment made for another
# project, and so are the figures. And what a module cannot be built for is said.

. "$(dirname "$0")/tap.sh"
. "$TOP/scripts/tests/built.sh"
. "$TOP/scripts/lib/busybox.sh"
cd "$TOP"

# All of it runs in guests; the first three decide figures.
readonly BINARIES=(bench/smmubench bench/module/smmubench.ko bench/crosscheck
	isolation/isolation isolation/hvc/isolation_hvc.ko)
readonly COPY=$TMP/a-folder-whose-path-is-longer/than-that-of-most-clones/clone

# build TREE
build() {
	"${OWN_MAKE[@]}" -C "$1" tools module KDIR="$KERNEL" &&
		"${OWN_MAKE[@]}" -C "$1/bench" O="$1/.build/bench" target-tests &&
		"${OWN_MAKE[@]}" -C "$1/hyp-patches/tests/isolation" O="$1/.build/isolation" \
			KDIR="$KERNEL" program module
}

# elsewhere COMMAND...: what shells have that build for other boards, in other
# languages. A header that is not to be found says so.
elsewhere() (
	local include=$COPY.include
	mkdir -p "$include" "$COPY.tmp"
	echo '#error the environment has a say' | tee "$include/stdio.h" >"$include/stdint.h"
	umask 077
	export TZ=Asia/Tokyo LC_ALL=tr_TR.UTF-8 LANG=de_DE.UTF-8 TMPDIR=$COPY.tmp
	export CFLAGS='-O0 -march=native' CPPFLAGS=-DCPPFLAGS LDFLAGS=-s LDLIBS=-lnone EXTRA_CFLAGS=-O1
	export KCFLAGS=-O1 KCPPFLAGS=-DKCPPFLAGS KAFLAGS=-Wa,-Q LLVM=1 KBUILD_OUTPUT=/nonexistent
	export ARCH=riscv CC=false HOSTCC=false LD=false AR=false NM=false OBJCOPY=false PKG_CONFIG=false
	export PKG_CONFIG_LIBDIR=/nonexistent PKG_CONFIG_SYSROOT_DIR=/nonexistent
	export CPATH=$include C_INCLUDE_PATH=$include LIBRARY_PATH=/nonexistent COMPILER_PATH=/nonexistent
	export GCC_EXEC_PREFIX=/nonexistent/ LD_RUN_PATH=/nonexistent SOURCE_DATE_EPOCH=1
	export MAKEFLAGS='ei -- CFLAGS=-O0 PLANT_NOP=1' O=/nonexistent V=1 W=1 M=/nonexistent PLANT_NOP=1
	export CCACHE_DISABLE=1 GCC_COLORS=error=01
	"$@"
)

# As a clone is made, with what is not committed yet.
copy() { git ls-files | cpio --quiet -pdm "$COPY"; }

nameless() { ! (cd "$COPY/.build" && strings -a "${BINARIES[@]}") | grep -F "$TMP"; }

# quick TREE DIR: this kernel, measured by the tools of a tree.
quick() {
	"$1/scripts/bench" --suite quick --modes paravirt --boots 1 --no-report \
		--kernel "$KERNEL" --out "$2"
}

# figures DIR: a line each.
figures() { "$SMMUSTAT" figures --format json "$1" | jq -c '.metrics[]'; }

same_figures() {
	local moved
	figures "$TMP/here" >"$TMP/here.figures" && figures "$TMP/there" >"$TMP/there.figures" || return
	moved=$(diff "$TMP/here.figures" "$TMP/there.figures" | grep -c '^<') || true
	echo "$moved of $(wc -l <"$TMP/here.figures") figures differ"
	diff "$TMP/here.figures" "$TMP/there.figures"
	[[ $(wc -l <"$TMP/here.figures") -ge 200 && $moved -eq 0 ]]
}

check "all builds here" build "$TOP"
check "a copy elsewhere" copy
check "all builds there, in the environment of another project" elsewhere build "$COPY"
for binary in "${BINARIES[@]}"; do
	check "$binary is the same to the last byte" cmp "$TOP/.build/$binary" "$COPY/.build/$binary"
done
check "and names no folder of the copy" nameless

check "the quick suite runs here" quick "$TOP" "$TMP/here"
check "and there" elsewhere quick "$COPY" "$TMP/there"
check "every figure is the same to the last digit" same_figures

# said KEY: what all runs say of it.
said() { jq -r ".runs[].setup.$1" "$TMP/here/results.json" | sort -u; }

COMPILER=$("${CROSS_COMPILE-aarch64-linux-gnu-}gcc" --version | head -n 1)
check "the setup says what built the runner: $(said runner_build)" \
	bash -c '[[ $0 == "$1, GNU ld "*", libc "*", -O2 -g" ]]' "$(said runner_build)" "$COMPILER"
check "what built the module: $(said module_build)" test "$(said module_build)" = "$COMPILER"
check "which commands the guest has" test "$(said busybox)" = "$(hash_stdin <"$BUSYBOX")"
check "and, as a number, how EL2 was configured" \
	jq -e '.runs | all(.setup.el2_debug == 0)' "$TMP/here/results.json"

# What a compiler is told, it is told again when that changes.
again() {
	"${OWN_MAKE[@]}" -C "$COPY/bench" O="$COPY/.build/bench" runner &&
		"${OWN_MAKE[@]}" -C "$COPY/analysis" O="$COPY/.build/analysis" "$COPY/.build/analysis/error.o" &&
		stat -c %y "$COPY/.build/bench/smmubench" "$COPY/.build/analysis/error.o" >"$TMP/again"
}
stat -c %y "$COPY/.build/bench/smmubench" "$COPY/.build/analysis/error.o" >"$TMP/first"
check "nothing is built twice" again
check "and has not been" cmp "$TMP/first" "$TMP/again"
sed -i 's/^\(override target_cflags\|host_cflags\) := -O2/\1 := -O1/' "$COPY/scripts/lib/build.mk"
check "other flags in a Makefile" again
check "make all anew" bash -c '! grep -qxF -f "$0" "$1"' "$TMP/first" "$TMP/again"

printf '#!/bin/sh\necho x86_64-linux-gnu\n' >"$TMP/pc-gcc" && chmod +x "$TMP/pc-gcc"
for tool in "bench --dry-run" "kernel build" "gate --baseline" "bisect --metric x --good 0 --bad 1" \
	"vm -- true"; do
	read -ra words <<<"$tool"
	refuses 1 "^${words[0]}: nosuch-gcc is missing; unset CROSS_COMPILE, or set it" \
		"${words[0]}: the compiler of another board that is not here" \
		env CROSS_COMPILE=nosuch- "scripts/${words[0]}" "${words[@]:1}"
	refuses 1 "^${words[0]}: $TMP/pc-gcc compiles for x86_64-linux-gnu; unset CROSS_COMPILE" \
		"${words[0]}: a compiler for another machine" \
		env CROSS_COMPILE="$TMP/pc-" "scripts/${words[0]}" "${words[@]:1}"
done

# Each removes what is there of the module before it builds its own.
at_once() {
	local i status=0 pids=()
	rm -rf "$COPY/.build/bench/module"
	for i in 1 2 3 4; do
		"${OWN_MAKE[@]}" -C "$COPY" module KDIR="$KERNEL" & pids+=($!)
	done
	for i in "${pids[@]}"; do wait "$i" || status=1; done
	[[ $status -eq 0 && -s $COPY/.build/bench/module/smmubench.ko ]]
}
check "several can build in one clone at once" at_once

# make_refused TEXT DESCRIPTION ARGUMENT...: make says that one line, before anything is
# compiled, and then where it stopped.
make_refused() {
	local text=$1 what=$2 status=0 lines
	shift 2
	"${OWN_MAKE[@]}" "$@" >"$TMP/said" 2>&1 || status=$?
	lines=$(grep -v '^make' "$TMP/said") || true
	check "$what: $lines" test "$status" -eq 2 -a "$lines" = "$text"
}

# fake_kernel NAME LINE...: a folder with a Makefile, and a .config of these lines.
fake_kernel() {
	mkdir -p "$TMP/$1/include/generated"
	touch "$TMP/$1/Makefile"
	printf '%s\n' "${@:2}" >"$TMP/$1/.config"
}

make_refused "set KDIR to the folder of a built kernel" "no KDIR" module KDIR=
make_refused "KDIR=$TMP/nosuch: there is no such folder" "a KDIR that is not there" module KDIR="$TMP/nosuch"
mkdir "$TMP/empty"
make_refused "KDIR=$TMP/empty is no build of a kernel: it has no Makefile" "an empty one" module KDIR="$TMP/empty"
make_refused "KDIR=$TMP/a b has a space in it: kbuild takes none; give another path to it" "one with a space" \
	module KDIR="$TMP/a b"
fake_kernel unbuilt CONFIG_ARM64=y CONFIG_MODULES=y
make_refused "KDIR=$TMP/unbuilt is not built: make Image modules there first" "a kernel that is not built" \
	module KDIR="$TMP/unbuilt"
touch "$TMP/unbuilt/include/generated/autoconf.h"
make_refused "KDIR=$TMP/unbuilt has no Module.symvers: make modules there first" "one without its modules" \
	module KDIR="$TMP/unbuilt"
rm "$TMP/unbuilt/.config"
make_refused "KDIR=$TMP/unbuilt is not configured: build the kernel there first" "one without a configuration" \
	module KDIR="$TMP/unbuilt"
fake_kernel pc CONFIG_X86_64=y CONFIG_MODULES=y
make_refused "KDIR=$TMP/pc is a kernel for another architecture than arm64" "one for another machine" module KDIR="$TMP/pc"
fake_kernel fixed CONFIG_ARM64=y
make_refused "KDIR=$TMP/fixed takes no modules: it lacks CONFIG_MODULES=y" "one without modules" module KDIR="$TMP/fixed"
make_refused "nosuch-gcc is missing; unset CROSS_COMPILE, or set it to the prefix of a compiler for arm64" \
	"make tools by a compiler that is not here" tools CROSS_COMPILE=nosuch-
make_refused "$TMP/pc-gcc compiles for x86_64-linux-gnu; unset CROSS_COMPILE, or set it to the prefix of a compiler for arm64" \
	"make module by one for another machine" module KDIR="$KERNEL" CROSS_COMPILE="$TMP/pc-"
check "a KDIR below this folder" make -s module KDIR="$(realpath --relative-to=. "$KERNEL")"
done_testing
