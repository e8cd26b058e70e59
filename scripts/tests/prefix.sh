#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Each prefix of the series builds and boots, and without its option the series
# leaves EL2 as upstream has it.

. "$(dirname "$0")/tap.sh"
. "$TOP/scripts/lib/kernel.sh"
. "$TOP/scripts/tests/log.sh"
cd "$TOP"

# prefix N: a series of the first N steps.
prefix() {
	local step
	rm -rf "$TMP/series"
	mkdir "$TMP/series"
	for step in $(series_steps hyp-patches | head -n "$1"); do
		cp -r "hyp-patches/$step" "$TMP/series/"
		echo "$step" >>"$TMP/series/series"
	done
}

builds_and_boots() {
	local kernel
	prefix "$1" && kernel=$(scripts/kernel build --series "$TMP/series") &&
		[[ $(scripts/vm --kernel "$kernel" --out "$TMP/boot" -- cat /sys/kernel/pkvm_iommu/mode) == native ]] &&
		clean_log "$TMP/boot/console.log"
}

# nvhe TREE OUT: EL2's object, from a configuration without the series' options.
nvhe() {
	local dir=arch/arm64/kvm/hyp/nvhe
	mkdir -p "$2" && grep -hv PKVM "$TOP"/scripts/config/{base,bench,page-4k}.config >"$2/fragment.config" &&
		kbuild "$1" "$2" KCONFIG_ALLCONFIG="$2/fragment.config" allnoconfig &&
		kbuild "$1" "$2" "$dir/" || return
	"${CROSS_COMPILE}objcopy" -O binary -j .hyp.text "$2/$dir/kvm_nvhe.o" "$2/text"
	"${CROSS_COMPILE}objdump" -r -j .hyp.text "$2/$dir/kvm_nvhe.o" | grep -v 'file format' >"$2/relocations"
}

same_el2() {
	local tree src
	src=$(scripts/kernel fetch) && tree=$(scripts/kernel apply) &&
		git -C "$src" worktree add -q --detach "$TMP/base" base &&
		git -C "$src" worktree add -q --detach "$TMP/with" "$(git -C "$tree" rev-parse HEAD)" &&
		nvhe "$TMP/base" "$TMP/base/build-off" && nvhe "$TMP/with" "$TMP/with/build-off" &&
		[[ -s $TMP/base/build-off/text && -s $TMP/base/build-off/relocations ]] &&
		cmp "$TMP/base/build-off/text" "$TMP/with/build-off/text" &&
		cmp "$TMP/base/build-off/relocations" "$TMP/with/build-off/relocations"
}

n=0
for step in $(series_steps hyp-patches); do
	n=$((n + 1))
	check "the series up to $step builds and boots" builds_and_boots "$n"
done
check "without CONFIG_PKVM_IOMMU, .hyp.text and its relocations are upstream's" same_el2
rm -rf "$TMP/base" "$TMP/with"
git -C "$(scripts/kernel fetch)" worktree prune
done_testing
