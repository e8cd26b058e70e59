#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Half an hour of sequences for the EL2 code on two cores, and a million random calls (fuzz.sh
# has the short runs); and which of its branches nobody reached: each needs a reason in
# hyp-patches/tests/model/fuzz/unreached. FUZZ_SECONDS says for how long, STORM_CALLS how many
# calls, STORM_SEED which; TREE=DIR tests a tree of one's own.

. "$(dirname "$0")/tap.sh"
. "$TOP/scripts/lib/fuzz.sh"

TREE=${TREE:-$("$TOP/scripts/kernel" apply)}
FUZZ_SECONDS=${FUZZ_SECONDS:-1800}
STORM_CALLS=${STORM_CALLS:-1000000} STORM_SEED=${STORM_SEED:-$RANDOM}
need_cmd clang objcopy llvm-cov llvm-profdata jq

# Each goes on from what the other one found, too.
on_two_cores() {
	local first status=0
	fuzz_run "$FUZZ_SECONDS" 1 "$TMP/new" >"$TMP/first" &
	first=$!
	fuzz_run "$FUZZ_SECONDS" 2 "$TMP/new" || status=1
	wait "$first" || status=1
	cat "$TMP/first"
	return "$status"
}

check "the fuzzer, the storm and the count of branches are built" fuzz_make fuzz threads storm cover
check_storms
check "sequences that libFuzzer makes up in $FUZZ_SECONDS s on two cores end well" on_two_cores
check "what of the EL2 code they reach can be told" fuzz_cover "$FUZZ/corpus" "$TMP/new"
echo "# $(fuzz_executions "$TMP/new") executions; reached:"
fuzz_reached
fuzz_unexplained >"$TMP/unexplained"
check "each branch that is not reached has its reason" diff /dev/null "$TMP/unexplained"
sed 's/^/# not reached: /' "$TMP/unreached"
done_testing
