#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The IOMMU code of EL2, built for this machine with sanitizers, against a model of
# an SMMU: what QEMU's does not show (queues that are slow, full or in error, caches
# that are not coherent, tables of other shapes). And where the fields of its events lie.
# It prints TAP. TREE=DIR tests a tree of one's own.

. "$(dirname "$0")/../lib/common.sh"

# Compilers and page sizes; model-full.sh has the others.
readonly BUILDS=${BUILDS:-gcc-12 gcc-16}

TREE=${TREE:-$("$TOP/scripts/kernel" apply)}
LOGS=$TOP/.build/model
need_cmd make gcc clang objcopy

# model COMPILER-PAGE_SHIFT: in a process of its own.
model() {
	exec "${OWN_MAKE[@]}" -C "$TOP/hyp-patches/tests/model" TREE="$TREE" \
		O="$LOGS/$1" CC="${1%-*}" PAGE_SHIFT="${1#*-}" check >"$LOGS/$1.log"
}

mkdir -p "$LOGS"
declare -A pids
trap 'kill "${pids[@]}" 2>/dev/null || true' EXIT
for build in $BUILDS; do
	model "$build" &
	pids[$build]=$!
done

status=0
for build in $BUILDS; do
	wait "${pids[$build]}" || status=1
	echo "# built by ${build%-*}"
	cat "$LOGS/$build.log"
done
"${OWN_MAKE[@]}" -C "$TOP/hyp-patches/tests/events" TREE="$TREE" O="$LOGS/events" check || status=1
exit "$status"
