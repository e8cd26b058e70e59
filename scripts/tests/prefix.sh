#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Each prefix of the series builds and boots, and without its option the series leaves EL2
# as upstream has it. All is built in one tree, whose files go from step to step: what a
# step changes is built anew, and a tree of 2 GB for each would take minutes more.

. "$(dirname "$0")/tap.sh"
. "$TOP/scripts/lib/kernel.sh"
. "$TOP/scripts/tests/log.sh"
cd "$TOP"
readonly TREE=$TMP/linux

# prefix N: the tree has the first N steps.
prefix() { git -C "$TREE" checkout -q --detach "$(git -C "$TREE" rev-list --reverse base..pkvm-smmu | sed -n "$1p")"; }

builds_and_boots() {
	local out=$TREE/build-prefix config
	mapfile -t config < <(fragments bench 4k)
	prefix "$1" && locked kernel configure "$TREE" "$out" "${config[@]}" && (check_config "$out/.config" "${config[@]}") &&
		rm -f "$out/arch/arm64/boot/Image" && locked kernel kbuild "$TREE" "$out" -j"$(nproc)" Image modules &&
		[[ $(scripts/vm --kernel "$out" --out "$TMP/boot" -- cat /sys/kernel/pkvm_iommu/mode) == native ]] &&
		clean_log "$TMP/boot/console.log"
}

# nvhe COMMIT OUT: EL2's object, from a configuration without the series' options.
nvhe() {
	local dir=arch/arm64/kvm/hyp/nvhe out=$TREE/build-$2
	git -C "$TREE" checkout -q --detach "$1" &&
		mkdir -p "$out" && grep -hv PKVM "$TOP"/scripts/config/{base,bench,page-4k}.config >"$out/fragment.config" &&
		kbuild "$TREE" "$out" KCONFIG_ALLCONFIG="$out/fragment.config" allnoconfig &&
		kbuild "$TREE" "$out" "$dir/" || return
	"${CROSS_COMPILE}objcopy" -O binary -j .hyp.text "$out/$dir/kvm_nvhe.o" "$TMP/text.$2"
	"${CROSS_COMPILE}objdump" -r -j .hyp.text "$out/$dir/kvm_nvhe.o" | grep -v 'file format' >"$TMP/relocations.$2"
}

same_el2() {
	nvhe base upstream && nvhe pkvm-smmu without &&
		[[ -s $TMP/text.upstream && -s $TMP/relocations.upstream ]] &&
		cmp "$TMP/text.upstream" "$TMP/text.without" &&
		cmp "$TMP/relocations.upstream" "$TMP/relocations.without"
}

check "a tree with the series, a commit a step" scripts/kernel apply --to "$TREE"
n=0
for step in $(series_steps hyp-patches); do
	n=$((n + 1))
	check "the series up to $step builds and boots" builds_and_boots "$n"
done
check "without CONFIG_PKVM_IOMMU, .hyp.text and its relocations are upstream's" same_el2
rm -rf "$TREE"
done_testing
