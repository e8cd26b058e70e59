#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Whether the figures are true: two boots agree in all that is measured, one
# instruction more shows as exactly one, the kernel's own benchmark agrees, and
# a new row of the table needs no other edit.

. "$(dirname "$0")/tap.sh"
. "$TOP/scripts/tests/log.sh"
. "$TOP/scripts/tests/built.sh"
cd "$TOP"

"${OWN_MAKE[@]}" -C bench O="$BENCH" target-tests >&2

# What two boots of one setup must agree in: everything but who and when.
essence() { jq 'del(.runs[] | .run_id, .sequence, .boot_id, .volatile)' "$1"; }

same_results() {
	essence "$TMP/a/results.json" >"$TMP/a.json"
	essence "$TMP/b/results.json" >"$TMP/b.json"
	[[ $(jq '[.runs[].benchmarks[] | select(.status == "ok")] | length' "$TMP/a.json") -ge 40 ]] &&
		cmp "$TMP/a.json" "$TMP/b.json"
}

# medians FILE: "row value": EL1 instructions per operation, median over rounds,
# nothing subtracted. Not for lazy domains: a round there holds a flush of the
# queue or none, in turn with ticks of the timer, and a median may fall on either.
medians() {
	jq -r '.. | objects | select(.counters?.instructions_el1?.per_op_median? != null) |
		select(.parameters.invalidation != "lazy") |
		"\(.name)/\(.parameters.size)/\(.label) \(.counters.instructions_el1.per_op_median)"' "$1"
}

# The same bench with a nop in the loop that calls the operation.
plant_nop() {
	"${OWN_MAKE[@]}" -C bench O="$TMP/nop" KDIR="$KERNEL" PLANT_NOP=1 runner module >&2 &&
		scripts/vm --kernel "$KERNEL" --out "$TMP/n" --put "$TMP/nop/smmubench" \
			--put "$TMP/nop/module/smmubench.ko" -- \
			'insmod /in/smmubench.ko && smmubench run --filter "*/batch" --out results.json'
}

nop_shows() {
	"$SMMUSTAT" report --format json "$TMP/a/results.json" | medians /dev/stdin >"$TMP/before"
	"$SMMUSTAT" report --format json "$TMP/n/results.json" | medians /dev/stdin >"$TMP/after"
	join "$TMP/before" "$TMP/after" | awk '{ print $1, $2, $3, $3 - $2 }' >"$TMP/joined"
	awk '{ n++; bad += $4 != 1 } END { exit !(n >= 14 && !bad) }' "$TMP/joined"
}

# Of mode identity, map and unmap in batches, every size: "NAME/SIZE COUNT...".
dma_counts() {
	jq -r '.runs[] | select(.mode == "identity") | .benchmarks[] |
		select(.parameters.api == "single" and .parameters.method == "batch") |
		"\(.name)/\(.parameters.size) \([.counters["el2_entries_hvc", "el2_entries_smc",
			"el2_entries_other", "el2_entries_abort"] | .value | . // "null"] | join(" "))"' \
		"$TMP/a/results.json"
}

enters_not_but_for_aborts() {
	dma_counts >"$TMP/entries"
	awk '{ n++; bad += $2 != "0" || $3 != "0" || $4 != "0" || $5 == "null" }
		END { exit !(n == 6 && !bad) }' "$TMP/entries"
}

# el1 LABEL: "NAME/SIZE MEDIAN": instructions at EL1 less those of the null row.
el1() {
	"$SMMUSTAT" report --format json "$TMP/a/results.json" | jq -r --arg of "$1" '.benchmarks[] |
		select(.label == $of and .parameters.api == "single" and .parameters.method == "batch") |
		"\(.name)/\(.parameters.size) \(.counters.instructions_el1.per_op_median_net)"' | sort
}

no_more_than_native() {
	join <(el1 native:passthrough) <(el1 identity) >"$TMP/el1"
	awk '{ n++; bad += $3 > $2 || $3 <= 0 } END { exit !(n == 6 && !bad) }' "$TMP/el1"
}

# syncs MODE: CMD_SYNCs that EL2 sent for the pages that guests took, and the pages.
syncs() {
	jq -r --arg mode "$1" '.runs[] | select(.mode == $mode) | .benchmarks[] |
		select(.name == "guest_take") | "\(.counters.cmd_sync.value) \(.count)"' "$TMP/a/results.json"
}

given_pages_are_synced() {
	[[ $(syncs native) == "0 512" ]] && syncs identity | awk '{ exit !($2 == 512 && $1 >= $2) }' &&
		grep -q 'guest_take *identity' "$TMP/a.txt" && grep -q 'guest_reclaim *identity' "$TMP/a.txt"
}

# hypercalls NAME INVALIDATION: of each operation on 4 KiB, in paravirt.
hypercalls() {
	jq -r --arg name "$1" --arg inv "$2" '.runs[] | select(.mode == "paravirt") | .benchmarks[] |
		select(.name == $name and .parameters.size == 4096 and .parameters.method == "batch" and
			.parameters.invalidation == $inv) |
		.counters.el2_entries_hvc.value / .counters.el2_entries_hvc.ops' "$TMP/a/results.json"
}

# A topped-up pool, and the reading of the counters, are in the mean.
few_hypercalls() {
	local map unmap lazy
	map=$(hypercalls dma_map strict) unmap=$(hypercalls dma_unmap strict) lazy=$(hypercalls dma_unmap lazy)
	echo "map $map, strict unmap $unmap, lazy unmap $lazy"
	awk -v m="$map" -v u="$unmap" -v l="$lazy" \
		'BEGIN { exit !(m >= 1 && m < 1.2 && u >= 1 && u < 1.2 && l > 0 && l < 0.3) }'
}

# A line more in the table, in a copy of everything that makes a suite.
new_row() {
	local copy=$TMP/copy
	git ls-files | cpio --quiet -pdm "$copy" && (
		cd "$copy" &&
			echo 'ROW("dma_map_half", "dma_map", 2048, 16, 256, IN_FULL, NEEDS_DOMAIN, KVM_ANY, 1, "half a page")' \
				>>bench/rows.h &&
			scripts/bench --boots 1 --suite dma_map_half --out "$TMP/row" >"$TMP/row.txt"
	)
}

listed() { "$TMP/copy/.build/bench/host/smmubench" list --suite full | grep -q '^dma_map_half/2k'; }
in_results() {
	[[ $(jq '[.runs[].benchmarks[] | select(.name == "dma_map_half" and .status == "ok")] |
		length' "$TMP/row/results.json") -eq 14 ]]
}
in_report() {
	grep -q 'dma_map_half .*2 KiB' "$TMP/row.txt" && grep -q dma_map_half "$TMP/row/report.html"
}

# As `make run` does it, its table kept.
quick() { scripts/bench --suite quick --boots 1 --out "$TMP/a" >"$TMP/a.txt"; }

check "the quick suite runs, in each mode" quick
check "and again" scripts/bench --suite quick --boots 1 --out "$TMP/b"
check "two boots agree in everything but ids and dates" same_results
for mode in native identity paravirt; do
	check "the log of $mode is clean" clean_log "$TMP/a/logs/$mode-b0-p0.console.log"
done
check "the report has three charts" \
	bash -c '[[ $(grep -c "<svg" "$1") -ge 3 ]] && ! grep -qE "(src|href)=\"?https?:" "$1"' - "$TMP/a/report.html"
check "smmustat finds the results valid" "$SMMUSTAT" check "$TMP/a/results.json"

check "identity: map and unmap enter EL2 for host aborts only" enters_not_but_for_aborts
awk '{ print "# " $1 ": host aborts", $5 }' "$TMP/entries"
check "identity: no more instructions at EL1 than native:passthrough" no_more_than_native
awk '{ print "# " $1 ": native:passthrough " $2 ", identity " $3 }' "$TMP/el1"
check "a page given to a guest costs a CMD_SYNC in identity, and none in native" given_pages_are_synced
check "nor in paravirt, where no domain maps it" eval '[[ $(syncs paravirt) == "0 512" ]]'
check "paravirt: one hypercall a map and a strict unmap, none a lazy unmap but for flushes" few_hypercalls

check "a bench with a nop in the measured loop" plant_nop
check "raises EL1 instructions per operation by exactly 1 in every row" nop_shows
[[ ! -s $TMP/joined ]] || sed 's/^/# /' "$TMP/joined"

# It prints TAP of its own, which counts here.
scripts/vm --kernel "$KERNEL" --put "$BENCH/module/smmubench.ko" --put "$BENCH/crosscheck" -- \
	'insmod /in/smmubench.ko && crosscheck' >"$TMP/cross" || true
grep -E '^#' "$TMP/cross" || true
for what in dma_map dma_unmap; do
	check "$what agrees with the kernel's dma_map_benchmark" \
		grep -qE "^ok .*$what agrees" "$TMP/cross"
done

check "a suite with one more row" new_row
check "the row is listed" listed
check "the row is in the results" in_results
check "the row is in the report" in_report
done_testing
