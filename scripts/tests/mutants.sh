#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Whether the isolation cases can fail: kernels that are broken on purpose, one
# step of hyp-patches/tests/mutants on top of the series each, and the case that
# must catch it. SERIES=DIR breaks another series than hyp-patches.

. "$(dirname "$0")/tap.sh"
. "$TOP/scripts/lib/kernel.sh"
cd "$TOP"
SERIES=${SERIES:-$TOP/hyp-patches}
KERNEL=$(scripts/kernel build --series "$SERIES")
. "$TOP/scripts/lib/attack.sh"

readonly MUTANTS=$TOP/hyp-patches/tests/mutants TREE=$TMP/linux

# The mutant, and the case that finds it out: a hole, or something lost.
readonly CAUGHT_BY='
	keep-mapped		guest_write
	no-tlbi			guest_write_cached
	unshare-keeps-mapped	unshared_write
	donate-keeps-mapped	pool_write
	hyp-in-mirror		carveout_write
	frame-in-mirror		smmu_page0_write
	frame-for-cpu		cpu_smmu_page0_read
	unmap-block		neighbour_write
	never-return		reclaimed_write'

# All mutants are built in one tree, since each differs from the next in a file
# or two; the cache would keep a tree of 2 GB for each.
prepare() {
	scripts/kernel apply --series "$SERIES" --to "$TREE" >&2 &&
		mkdir "$TREE/build-mutant" && cp "$KERNEL/.config" "$TREE/build-mutant/"
}

# build MUTANT: the tree with that step, built. The module for KERNEL fits it.
build() {
	(cd "$TREE" && tree_git reset -q --hard "$SERIES_HEAD" && apply_step "$MUTANTS/$1") &&
		locked kernel kbuild "$TREE" "$TREE/build-mutant" Image
}

# passes KERNEL CASE: whether the case passes there.
passes() {
	KERNEL=$1 vm_attack "$TMP/guest" identity "cases $2" >"$TMP/said" 2>&1
}

# Caught: the case ran, and what happened is the opposite of what should have.
caught() {
	local wrong='reached, should be blocked|blocked, should be reached'
	passes "$TREE/build-mutant" "$1" || true
	grep -E "^not ok 1 - identity $1: .*: ($wrong)$" "$TMP/said" && return
	cat "$TMP/said"
	return 1
}

build_attack
check "a tree for the mutants" prepare
SERIES_HEAD=$(git -C "$TREE" rev-parse HEAD)
while read -r mutant case; do
	check "$case passes without a mutant" passes "$KERNEL" "$case"
	check "the kernel with the mutant $mutant builds" build "$mutant"
	check "$mutant is caught by $case" caught "$case"
done < <(sed '/^$/d' <<<"$CAUGHT_BY")
check "no mutant is left out" diff <(ls "$MUTANTS") <(awk 'NF { print $1 }' <<<"$CAUGHT_BY" | sort)
rm -rf "$TREE"
done_testing
