#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Profiles: traces that come to what a result has are cut out and shown, others refused.
# shellcheck disable=SC2317,SC2154  # the functions are called through ok()
. "$(dirname "$0")/cli-tap.sh"

# trace RESULT: a boot in which every round is one instruction, as often as the round has
# it: of each row with a mean a round that warms up, and those that count.
trace() {
	jq '[.runs[0].benchmarks[] | select(.parameters.method == "batch" and .count > 0)] as $rows |
		{schema: {major: 1, minor: 0}, kind: "profile",
		 functions: [{name: "loop", file: "measure.c", level: "el1", at: "0x1000", size: 16}],
		 blocks: [{at: "0x1004", code: "d503201f"}],
		 paths: ([[0]] + [$rows[].rounds[] | [0, -(.sum - 1), 1]]),
		 rows: ([{guest: true, windows: [[0]]}, {guest: false, windows: []}] +
			[foreach $rows[] as $r ({last: 1}; {first: .last, last: (.last + ($r.rounds | length))};
			 {guest: false, windows: ([[0]] + [range(.first; .last) | [.]])})])}' "$1"
}

cut() {
	rm -rf "$WORK/rows" && mkdir "$WORK/rows"
	run profile --cut "$1" --out "$WORK/rows" "$2"
	[[ $status -eq "$3" ]] && [[ $(find "$WORK/rows" -name '*.json' | wc -l) -eq "$4" ]] && return
	echo "# status $status; $(ls "$WORK/rows")"
	sed 's/^/# /' "$WORK/err"
	return 1
}

trace "$DATA/native.json" >"$WORK/boot.json"
rows=$(jq '[.runs[0].benchmarks[] | select(.parameters.method == "batch" and .count > 0)] | length' \
	"$DATA/native.json")
ok "every row is found" cut "$DATA/native.json" "$WORK/boot.json" 0 "$rows"
file=$(find "$WORK/rows" -name '*native-strict-dma_map-4k-batch.json')
ok "a row says what it is of" prints "native:strict/dma_map/4k/batch, boot " profile "$file"
ok "its sum is that of the clock" grep -q "as many as the clock counted" "$WORK/out"
ok "less null it is the mean" grep -q "less the 12.000 of native/null/batch: 1000.000" "$WORK/out"
mv "$WORK/rows" "$WORK/profile"
ok "in a folder of results" prints "native:lazy/dma_map/4k/batch" profile --tree "$WORK"
ok "one row of them" prints "native:strict/dma_map/4k/batch;loop " profile --collapsed \
	--row '*:strict/dma_map/4k/*' "$WORK"
ok "as JSON" prints '"agrees": true' profile --format json "$WORK"
ok "which is JSON" jq -e '.profiles | length == '"$rows" "$WORK/out"
mv "$WORK/profile" "$WORK/rows"

jq '.paths[2][1] -= 1' "$WORK/boot.json" >"$WORK/off.json"
ok "one instruction too many: its row is not found" cut "$DATA/native.json" "$WORK/off.json" 1 $((rows - 1))
ok "which is said" grep -q "no windows of it come to what native" "$WORK/err"
jq '.rows[0].of.sum += 1' "$(find "$WORK/rows" -name '*.json' | head -n 1)" >"$WORK/more.json"
ok "a row that is off ends with 1" says 1 "do not come to what was measured" profile "$WORK/more.json"

head -c 300 "$WORK/boot.json" >"$WORK/short.json"
sed 's/"major": 1/"major": 2/' "$WORK/boot.json" >"$WORK/newer.json"
jq '.blocks[0].code = "x"' "$WORK/boot.json" >"$WORK/code.json"
ok "a trace that is cut short" says 1 "truncated" profile "$WORK/short.json"
ok "a newer one" says 1 "is newer than this smmustat" profile "$WORK/newer.json"
ok "a damaged one" says 1 "is no whole trace: a block has no address or no code (0)" profile "$WORK/code.json"
ok "a result" says 1 "is no trace of scripts/bench --profile" profile "$DATA/native.json"
ok "the trace of a whole boot" says 1 "does not say what row it is of" profile "$WORK/boot.json"
ok "an empty folder" says 1 "holds no profile" profile "$DATA"
ok "no such file" says 1 "cannot read" profile "$WORK/none.json"
ok "no row of that name" says 2 "has no row named x" profile --row x "$WORK/more.json"
ok "nothing named" says 2 "no file given" profile
ok "an unknown view" says 2 "it is function or part" profile --by file "$WORK"
ok "two views" says 2 "at a time" profile --tree --collapsed "$WORK"
ok "a view of JSON" says 2 "holds all of it" profile --tree --format json "$WORK"
ok "no number" says 2 "--least wants a number" profile --least x "$WORK"
ok "nowhere to cut to" says 2 "give --out a folder" profile --cut "$DATA/native.json" "$WORK/boot.json"
ok "the help" prints "Example: smmustat profile" profile --help
done_testing
