#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Boots of several sessions together: what is another boot, what is the same one again, what is neither.
# shellcheck disable=SC2317,SC2154  # the functions are called through ok()
. "$(dirname "$0")/cli-tap.sh"

# session NAME DAY BOOTS [FILTER]: a folder of boots on wall, as scripts/bench leaves it
session() {
	local name=$1 day=$2 boots=$3 filter=${4:-.} b
	mkdir -p "$WORK/$name/runs"
	for ((b = 0; b < boots; b++)); do
		jq --arg id "native-b$b-p0" --argjson b "$b" --arg day "$day" "
			.runs |= [.[0]] | .runs[0] |= (.run_id = \$id | .sequence = \$b | .boot_id = (\$day + \$id)
			| .volatile.date = \"2026-11-\(\$day)T0\(\$b):00:00Z\") | $filter" "$DATA/wall.json" \
			>"$WORK/$name/runs/native-b$b-p0.json"
	done
	"$SMMUSTAT" merge "$WORK/$name"
}

# ids FILE: "ID SEQUENCE" of its runs, in a line
ids() { jq -r '[.runs[] | "\(.run_id) \(.sequence)"] | join(", ")' "$1"; }
is() { [[ $(ids "$1") == "$2" ]] || { ids "$1" | sed 's/^/# /' && return 1; }; }

session mon 02 3
session tue 03 3
readonly BOTH="native-b0-p0 0, native-b1-p0 1, native-b2-p0 2, native-b0-p0.2 3, native-b1-p0.2 4, native-b2-p0.2 5"
ok "two sessions are pooled" says 0 "boots of 2 sessions have one run_id" merge --out "$WORK/all.json" \
	"$WORK/mon" "$WORK/tue"
ok "each boot has an id and a place of its own" is "$WORK/all.json" "$BOTH"
ok "and the result is valid" prints "valid, schema 1.0, 6 runs" check "$WORK/all.json"
run merge --out "$WORK/other.json" "$WORK/tue/results.json" "$WORK/mon/results.json"
ok "the same whatever comes first" cmp "$WORK/all.json" "$WORK/other.json"
run merge --out "$WORK/other.json" "$WORK"/tue/runs/*.json "$WORK"/mon/runs/*.json
ok "and from the files of single boots" cmp "$WORK/all.json" "$WORK/other.json"
ok "all boots count" test "$("$SMMUSTAT" figures --metric '*/dma_map/4k/batch/mean' "$WORK/all.json" | wc -w)" -eq 8

run merge --out "$WORK/again.json" "$WORK/all.json" "$WORK/tue"
ok "a merge with one of its parts" grep -qF "3 boots were given more than once and counted once" "$WORK/err"
ok "changes nothing" cmp "$WORK/all.json" "$WORK/again.json"
run merge --out "$WORK/again.json" "$WORK/tue/results.json" "$WORK/all.json" "$WORK/mon" "$WORK/all.json"
ok "nor the other way round" cmp "$WORK/all.json" "$WORK/again.json"
ok "a file given twice" says 0 "3 boots were given more than once" merge --out "$WORK/again.json" "$WORK/mon" \
	"$WORK/mon/results.json"
ok "is one" cmp "$WORK/again.json" "$WORK/mon/results.json"
cp -r "$WORK/mon" "$WORK/copy"
ok "so is a copy of a folder" says 0 "3 boots were given more than once" merge --out "$WORK/again.json" \
	"$WORK/mon" "$WORK/copy"
session wed 04 5
run merge --out "$WORK/three.json" "$WORK/all.json" "$WORK/wed"
ok "a third session" is "$WORK/three.json" "$BOTH, native-b0-p0.3 6, native-b1-p0.3 7, native-b2-p0.3 8, \
native-b3-p0.3 9, native-b4-p0.3 10"
run merge --out "$WORK/again.json" "$WORK/wed" "$WORK/tue" "$WORK/mon"
ok "in one go" cmp "$WORK/three.json" "$WORK/again.json"

# A board without a clock starts in the same second each time; what a folder is called settles nothing.
session east 08 2 '.runs[0].boot_id = "e" + .runs[0].run_id'
session west 08 2 '.runs[0].boot_id = "w" + .runs[0].run_id'
mv "$WORK/east" "$WORK/z-east"
run merge --out "$WORK/second.json" "$WORK/z-east" "$WORK/west"
ok "two sessions of one second" is "$WORK/second.json" \
	"native-b0-p0 0, native-b1-p0 1, native-b0-p0.2 2, native-b1-p0.2 3"
ok "are in the order of their boot ids" test "$(jq -r '[.runs[].boot_id[:1]] | join("")' "$WORK/second.json")" = eeww
mv "$WORK/z-east" "$WORK/a-east"
run merge --out "$WORK/again.json" "$WORK/west" "$WORK/a-east"
ok "whatever their folders are called" cmp "$WORK/second.json" "$WORK/again.json"
run merge --out "$WORK/again.json" "$WORK/second.json" "$WORK/west"
ok "with one of them once more" grep -qF "2 boots were given more than once and counted once" "$WORK/err"
ok "nothing changes" cmp "$WORK/second.json" "$WORK/again.json"
run merge --out "$WORK/again.json" "$WORK/a-east" "$WORK/second.json"
ok "nor the other way round" cmp "$WORK/second.json" "$WORK/again.json"
run merge --out "$WORK/again.json" "$WORK/second.json" "$WORK/mon"
run merge --out "$WORK/other.json" "$WORK/mon" "$WORK/west" "$WORK/a-east"
ok "a third session beside them" cmp "$WORK/again.json" "$WORK/other.json"

session late 05 2 '.runs[0].volatile.session = "2026-11-05-x"'
session early 06 2 '.runs[0].volatile.session = "2026-11-06-y"'
run merge --out "$WORK/named.json" "$WORK"/early/runs/native-b1-p0.json "$WORK"/late/runs/*.json \
	"$WORK"/early/runs/native-b0-p0.json
ok "sessions that name themselves" is "$WORK/named.json" \
	"native-b0-p0 0, native-b1-p0 1, native-b0-p0.2 2, native-b1-p0.2 3"

session same 02 1 '.runs[0].benchmarks |= map(select(.name == "null"))'
ok "one boot with two contents" says 1 "is also in" merge --out "$WORK/no.json" "$WORK/mon" "$WORK/same"
session fast 07 2 '.runs[0].setup.machine = "another"'
ok "sessions on two machines" says 1 "they differ in machine" merge --out "$WORK/no.json" "$WORK/mon" "$WORK/fast"
session kernel 07 2 '.runs[0].setup.series_hash = "1234"'
ok "of two kernels" says 1 "they differ in series_hash" merge --out "$WORK/no.json" "$WORK/mon" "$WORK/kernel"
ok "nothing is written then" test ! -e "$WORK/no.json"

jq '.runs[0].volatile.date = "2026-11-09T00:00:00Z"' "$DATA/native.json" >"$WORK/insn.json"
ok "insn: a start made again is the same start" says 0 "1 boot was given more than once" merge \
	--out "$WORK/one.json" "$DATA/native.json" "$WORK/insn.json"
ok "it adds nothing" cmp "$WORK/one.json" "$DATA/native.json"
jq '.runs[0].boot_id = "another"' "$WORK/insn.json" >"$WORK/insn2.json"
ok "whatever its boot id" says 0 "given more than once" merge --out "$WORK/one.json" "$DATA/native.json" "$WORK/insn2.json"
jq '.runs[0].boot_id = "another" | (.runs[0].benchmarks[] | select(.name == "dma_map")).revision |= 2' \
	"$WORK/insn.json" >"$WORK/insn3.json"
ok "with other figures it is refused" says 1 "the same start as in" merge "$DATA/native.json" "$WORK/insn3.json"
jq '.runs[0].setup.compiler = "another"' "$WORK/insn.json" >"$WORK/insn4.json"
ok "or with another setup" says 1 "they differ in compiler" merge "$DATA/native.json" "$WORK/insn4.json"

jq '.runs |= [range(2) as $i | .[0] | .sequence = $i | .run_id = "native-b\($i)-p0"]
	| .runs[1].benchmarks |= map(select(.name == "null"))' "$DATA/native.json" >"$WORK/gap.json"
ok "a boot that lacks rows is named" says 0 "native-b1-p0 lacks 4 rows that other boots of native under KVM mode protected" \
	merge --out "$WORK/one.json" "$WORK/gap.json"
jq '.runs[1].benchmarks = .runs[0].benchmarks[1:]' "$WORK/gap.json" >"$WORK/gap1.json"
ok "in the singular where it lacks one" says 0 "native-b1-p0 lacks 1 row that" merge --out "$WORK/one.json" "$WORK/gap1.json"
run check "$DATA/native.json"
ok "a file of one boot has one run" grep -qx ".*native.json: valid, schema [0-9.]*, 1 run" "$WORK/out"
jq '.runs[0].status = "partial"' "$DATA/native.json" >"$WORK/partial.json"
ok "so is one that is not complete" says 0 "native-b0-p0 is partial" merge --out "$WORK/one.json" "$WORK/partial.json"
done_testing
