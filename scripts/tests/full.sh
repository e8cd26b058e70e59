#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What does not fit into CI's time: other page sizes, the debug kernel, EL2's events, CPU
# models, the real clock, one instruction planted at EL2, the other half of identity's
# machines, and all of paravirt's, with what a hostile host can do there.

. "$(dirname "$0")/tap.sh"
. "$TOP/scripts/tests/built.sh"
. "$TOP/scripts/tests/events.sh"
. "$TOP/scripts/tests/attack.sh"
. "$TOP/scripts/tests/matrix.sh"
cd "$TOP"

# quick NAME KERNEL ARGUMENT...: the quick suite in a guest of these arguments.
quick() {
	local name=$1 kernel=$2
	shift 2
	"${OWN_MAKE[@]}" -C bench O="$TMP/$name" KDIR="$kernel" runner module >&2 &&
		scripts/vm --kernel "$kernel" --put "$TMP/$name/smmubench" --put "$TMP/$name/module/smmubench.ko" \
			--out "$TMP/$name.out" --timeout 900 "$@" -- \
			'insmod /in/smmubench.ko && smmubench run --out results.json' &&
		"$SMMUSTAT" check "$TMP/$name.out/results.json" &&
		[[ $(jq -r '.runs[0].status' "$TMP/$name.out/results.json") == ok ]]
}

target_tests() {
	"${OWN_MAKE[@]}" -C bench O="$TMP/t" KDIR="$KERNEL" runner module >&2
	scripts/vm --kernel "$KERNEL" "$@" --put "$TMP/t/smmubench" --put "$TMP/t/module/smmubench.ko" \
		--put bench/tests/target.sh -- sh /in/target.sh /in
}

# change FILE SCRIPT: a patch of the last step, by sed's script.
change() {
	local name=${1##*/}
	mkdir -p "$TMP/a" "$TMP/b"
	cp "$src/$1" "$TMP/a/$name"
	sed "$2" "$TMP/a/$name" >"$TMP/b/$name"
	! (cd "$TMP" && diff -u --label "a/$1" --label "b/$1" "a/$name" "b/$name") >"$TMP/series/$step/$name.patch"
}

# A nop where the hypervisor turns down a hypercall it does not know; and a counter, made as
# .github/CONTRIBUTING.md says.
series_with_nop() {
	local step=9999-nop src
	cp -r hyp-patches "$TMP/series"
	mkdir -p "$TMP/series/$step"
	printf 'KVM: arm64: a nop on the way out of an unknown hypercall\n\nSigned-off-by: test <test@localhost>\n' \
		>"$TMP/series/$step/message"
	echo "$step" >>"$TMP/series/series"
	src=$(scripts/kernel apply)
	change arch/arm64/kvm/hyp/nvhe/hyp-main.c \
		's/^\tcpu_reg(host_ctxt, 0) = SMCCC_RET_NOT_SUPPORTED;$/\tasm volatile("nop");\n&/' &&
		change arch/arm64/include/asm/kvm_pkvm_iommu.h \
			's/^\tPKVM_IOMMU_NR_COUNTERS,$/\tPKVM_IOMMU_STATS_CALLS,\n&/' &&
		change arch/arm64/kvm/iommu-host.c \
			's/^\t\[PKVM_IOMMU_POWER_LOSSES\] = .*/&\n\t[PKVM_IOMMU_STATS_CALLS] = "stats_calls",/' &&
		change arch/arm64/kvm/hyp/nvhe/iommu/stats.c \
			's/^\tmemset(values, 0, .*/\tpkvm_iommu_count(PKVM_IOMMU_STATS_CALLS);\n&/'
}

# counted COUNTER: it is in the results of each row.
counted() {
	[[ $(jq --arg c "$1" '[.runs[0].benchmarks[] | select(.status == "ok") | .counters | has($c)] | all' \
		"$TMP/el2.out/results.json") == true ]]
}

el2_median() {
	"$SMMUSTAT" report --format json "$1" | jq '[.. | objects | select(.name? == "null_hypercall" and
		.parameters.method == "batch") | .counters.instructions_el2.per_op_median][0]'
}

el2_nop_shows() {
	local kernel before after
	series_with_nop && kernel=$(scripts/kernel build --series "$TMP/series") &&
		quick el2 "$kernel" && quick plain "$KERNEL" || return
	before=$(el2_median "$TMP/plain.out/results.json") after=$(el2_median "$TMP/el2.out/results.json")
	echo "# EL2 instructions of a null hypercall: $before, with the nop $after" >&3
	awk -v a="$before" -v b="$after" 'BEGIN { exit !(a > 0 && b - a == 1) }'
}

exec 3>&1
check "a nop in the null hypercall's path at EL2 raises its EL2 count by exactly 1" el2_nop_shows
check "a counter that its step adds is in the results" counted stats_calls
for size in 16k 64k; do
	if kernel=$(scripts/kernel build --page-size "$size"); then
		check "the quick suite with pages of $size" quick "p$size" "$kernel"
		check "its log is clean" clean_log "$TMP/p$size.out/console.log"
	else
		not_ok "the kernel with pages of $size builds"
	fi
done
if kernel=$(scripts/kernel build --flavour debug); then
	check "the quick suite on the debug kernel" quick debug "$kernel"
	check "its log is clean" clean_log "$TMP/debug.out/console.log"
else
	not_ok "the debug kernel builds"
fi
if kernel=$(scripts/kernel build --flavour trace); then
	check "the quick suite on the kernel whose EL2 can be traced" quick trace "$kernel"
	check "its log is clean" clean_log "$TMP/trace.out/console.log"
	check "pages for a guest, as events of EL2" trace_pages 2
	check "they come in the order in which it happens" page_in_order
	check "each CMD_SYNC that is issued completes" syncs_pair_up
	check "files in tracefs say where the fields lie" fields_lie_there "$kernel"
	check "events that are off cost EL2 at most 2 %" events_cost_little "$kernel"
else
	not_ok "the kernel whose EL2 can be traced builds"
fi
for cpu in max,sve=off neoverse-v1,sve=off,cntfrq=1000000000 cortex-a72,cntfrq=1000000000; do
	check "the quick suite on CPU $cpu" quick "${cpu%%,*}" "$KERNEL" --cpu "$cpu"
done
for kvm in nvhe vhe none; do
	check "the quick suite with kvm $kvm" quick "$kvm" "$KERNEL" --kvm "$kvm"
done
for stage in 1 2; do
	check "the quick suite on an SMMU with stage $stage" quick "stage$stage" "$KERNEL" --stage "$stage"
done
check "the quick suite on the wall clock, two threads" \
	scripts/bench --boots 1 --clock wall --threads 2 --out "$TMP/wall"
check "its figures are nanoseconds" bash -c \
	'[[ $(jq -r "[.runs[].benchmarks[].unit | values] | unique | join(\",\")" "$1") == ns ]]' - "$TMP/wall/results.json"
check "the runner's own tests on the wall clock" target_tests --clock wall --smp 2
matrix identity

# With the flush of each unmap, and with one for many.
for strict in 1 0; do matrix paravirt --append "iommu.strict=$strict"; done
check "paravirt: an SMMU without stage 2" cell paravirt hVHE 1 1 1 nvme
check "the same, with flush queues, for nVHE" cell paravirt nVHE 1 1 1 virtio --append iommu.strict=0
check "and several CPUs" cell paravirt hVHE 1 1 4 nvme
check "and where the kernel would rather not translate" \
	cell paravirt hVHE 1 1 1 virtio --append iommu.passthrough=1
check "and beside one with stage 2" cell paravirt hVHE 1 2 1 nvme

build_attack
attack paravirt-second paravirt 'cases' --smmus 2
attack paravirt-behind-second paravirt '--pci 0001: abuse && attack --pci 0001: cases' --smmus 2
attack paravirt-nvhe-stage2 paravirt 'cases' --cpu cortex-a72,cntfrq=1000000000 --stage 2
attack paravirt-stage1 paravirt 'abuse && attack cases' --stage 1
attack paravirt-wall paravirt 'storm && attack abuse && attack stress 100 && attack cases' \
	--clock wall --smp 4 --timeout 900
done_testing
