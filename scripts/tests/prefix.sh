#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Each prefix of the series builds without a warning and boots, and without its option the
# series leaves EL2 as upstream has it. All is built in one tree, whose files go from step to
# step: what a step changes is built anew, and a tree of 2 GB for each would take minutes
# more. A prefix of which all files, the configuration and the tools are those of one that
# passed is not tried again.

. "$(dirname "$0")/tap.sh"
. "$TOP/scripts/lib/kernel.sh"
. "$TOP/scripts/lib/qemu.sh"
. "$TOP/scripts/tests/log.sh"
cd "$TOP"
readonly TREE=$TMP/linux

# in_tree COMMIT: the tree, made for the first that needs it, has its files.
in_tree() {
	[[ -e $TREE ]] || scripts/kernel apply --to "$TREE" || return
	git -C "$TREE" checkout -q --detach "$1"
}

builds_and_boots() {
	local out=$TREE/build-prefix config
	mapfile -t config < <(fragments bench 4k)
	in_tree "$1" && locked kernel configure "$TREE" "$out" "${config[@]}" && (check_config "$out/.config" "${config[@]}") &&
		rm -f "$out/arch/arm64/boot/Image" || return
	if ! locked kernel kbuild_logged "$TMP/make.log" "$TREE" "$out" -j"$(nproc)" Image modules; then
		cat "$TMP/make.log" && return 1
	fi
	! grep 'warning:' "$TMP/make.log" &&
		[[ $(scripts/vm --kernel "$out" --out "$TMP/boot" -- cat /sys/kernel/pkvm_iommu/mode) == native ]] &&
		clean_log "$TMP/boot/console.log"
}

# nvhe COMMIT OUT: EL2's object, from a configuration without the series' options.
nvhe() {
	local dir=arch/arm64/kvm/hyp/nvhe out=$TREE/build-$2
	in_tree "$1" &&
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

series=$(scripts/kernel apply)
mapfile -t config < <(fragments bench 4k)
tools="$(build_key "${config[@]}") $(qemu_version)"
content() { git -C "$series" rev-parse "$1^{tree}"; }
mapfile -t commits < <(git -C "$series" rev-list --reverse base..HEAD)
mapfile -t steps < <(series_steps hyp-patches)
check "one commit for each step" test "${#commits[@]}" -eq "${#steps[@]}"
for n in "${!commits[@]}"; do
	same "$tools $(content "${commits[n]}")" "the series up to ${steps[n]} builds and boots" \
		builds_and_boots "${commits[n]}"
done
same "$tools $(content base) $(content HEAD)" \
	"without CONFIG_PKVM_IOMMU, .hyp.text and its relocations are upstream's" same_el2
rm -rf "$TREE"
done_testing
