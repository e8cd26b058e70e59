#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The EL2 code against sequences that libFuzzer makes up, against CPUs and devices that are
# threads, and against random calls of all CPUs, on the model of an SMMU
# (hyp-patches/tests/model/fuzz). What these must find is planted: a race, a lock out of order,
# a translation that outlives its page, a count and a page that are lost.
# FUZZ_SECONDS and THREADS_SECONDS say for how long, STORM_CALLS how many of each kind, and
# STORM_SEED which; TREE=DIR tests a tree of one's own.

. "$(dirname "$0")/tap.sh"
. "$TOP/scripts/lib/fuzz.sh"

TREE=${TREE:-$("$TOP/scripts/kernel" apply)}
FUZZ_SECONDS=${FUZZ_SECONDS:-30} THREADS_SECONDS=${THREADS_SECONDS:-10}
STORM_CALLS=${STORM_CALLS:-50000} STORM_SEED=${STORM_SEED:-1}
need_cmd clang objcopy llvm-cov llvm-profdata jq

replays() { "$(fuzz_program fuzz)" -runs=0 -artifact_prefix="$TMP/" "$FUZZ/corpus"; }

threads() { TSAN_OPTIONS=halt_on_error=1 "$(fuzz_program threads)" "$@"; }

# plant FILE SCRIPT: a copy of a file of the EL2 code, changed by that script of sed's.
plant() {
	local original
	original=$(find "$TREE/arch/arm64/kvm/hyp/nvhe/iommu" \
		"$TREE/drivers/iommu/arm/arm-smmu-v3/pkvm" -name "$1")
	sed "$2" "$original" >"$TMP/$1"
	! cmp -s "$original" "$TMP/$1"
}

# found PROGRAM FILE SCRIPT TEXT: with that planted, the program ends in a line with TEXT.
found() {
	plant "$2" "$3" || { echo "$2 is as it was"; return 1; }
	fuzz_make PLANT="$TMP/$2" "$1" || return
	"planted_$1" >"$TMP/found" 2>&1 && { echo "it was not found"; return 1; }
	grep -E -m 1 "$4" "$TMP/found" >"$TMP/text" && return
	tail -n 20 "$TMP/found"
	return 1
}

planted_fuzz() { "$(fuzz_program fuzz planted/fuzz)" -runs=0 -artifact_prefix="$TMP/" "$FUZZ/corpus"; }

planted_threads() {
	TSAN_OPTIONS=halt_on_error=1 "$(fuzz_program threads planted/threads)" "$THREADS_SECONDS"
}

planted_storm() { "$(fuzz_program storm planted/storm)" "$STORM_SEED" "$STORM_CALLS"; }

# check_found WHAT PROGRAM FILE SCRIPT TEXT
check_found() {
	check "$1, planted, is found" found "${@:2}"
	[[ ! -s $TMP/text ]] || sed 's/^[# ]*/# /' "$TMP/text"
	rm -f "$TMP/text"
}

check "the fuzzer, the threads, the storm and the count of branches are built" \
	fuzz_make fuzz threads storm cover
check "each of $(find "$FUZZ/corpus" -type f | wc -l) sequences of the corpus ends well" replays
check "so do those that libFuzzer makes up in $FUZZ_SECONDS s" fuzz_run "$FUZZ_SECONDS" 1 "$TMP/new"
check "what of the EL2 code they reach can be told" fuzz_cover "$FUZZ/corpus" "$TMP/new"
echo "# $(fuzz_executions "$TMP/new") executions; reached:"
fuzz_reached
check "CPUs and devices as threads, for $THREADS_SECONDS s" threads "$THREADS_SECONDS"
sed -n '/^# /p' "$TMP/check"
check_storms

check_found "a pool without its lock" threads pool.c \
	'/^void iommu_pool_give/,/^}/{/iommu_lock/d;/iommu_unlock/d}' 'data race'
check_found "a lock out of order" fuzz evtq.c \
	's/^\tgerror = smmu_take_gerror(smmu);/\thyp_spin_lock(\&smmu->evtq.lock);&hyp_spin_unlock(\&smmu->evtq.lock);/' \
	'smmu_cmdq::lock is taken out of order, inside smmu_evtq::lock'
check_found "a count that is not given back" storm io_pgtable.c \
	'/^static bool map_block/,/^}/{s/iommu_pages_put(phys, got);/;/}' 'pages count as mapped [1-9]'
check_found "a table that is not given back" storm io_pgtable.c \
	'/^static u64 grow/,/^}/{/iommu_pool_return/d}' "EL2's memory, use"
check_found "a transition without invalidation" fuzz identity.c \
	's/smmu_invalidate_each(&inv, 1);/phys ? 0 : &/' 'stale: the translation'
done_testing
