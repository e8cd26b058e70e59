#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A comparison accounts for both sides: what one of them does not have is named, in every format.
# shellcheck disable=SC2317,SC2154  # the functions are called through ok()
. "$(dirname "$0")/cli-tap.sh"

readonly A=$DATA/native.json
readonly STRICT='select(.name == "dma_map" and .parameters.invalidation == "strict" and .parameters.size == 4096)'
readonly MEAN=native:strict/dma_map/4k/batch/mean

# edit NAME FILTER [FILE]: a result file with something else in it
edit() { jq "$2" "${3:-$A}" >"$WORK/$1.json"; }

# names STATUS PATTERN FILE...: every format of compare says it, with that status
names() {
	local want=$1 pattern=$2 format flat
	shift 2
	for format in text md mail csv json; do
		run compare --format "$format" "$@"
		flat=$(tr -s '\n ' ' ' <"$WORK/out")
		if [[ $status -ne $want ]] || ! grep -qE -- "$pattern" <<<"$flat"; then
			echo "# $format: status $status, want $want and \"$pattern\""
			sed 's/^/# /' "$WORK/err"
			tail -n 12 "$WORK/out" | sed 's/^/# /'
			return 1
		fi
	done
}

# listed PATTERN: the array unmatched of the JSON that was printed last has that
listed() { jq -e "[.unmatched[] | select($1)] | length > 0" "$WORK/out" >/dev/null; }

edit gone ".runs[].benchmarks |= map(select((.name != \"dma_map\")))"
ok "rows that only the base has" names 3 "dma_map.*only in the base" "$A" "$WORK/gone.json"
ok "are in the list" listed '.name == "dma_map" and .side == "base" and .lost'
ok "each of them" test "$(jq '.unmatched | length' "$WORK/out")" -eq 4
ok "by kernel too" names 3 "dma_map.*only in the base" --by kernel "$A" "$WORK/gone.json"
ok "said before the tables" ends 3 "NOT ALL IS COMPARED: 4 rows only in the base" compare "$A" "$WORK/gone.json"
ok "rows that only the change has" names 0 "dma_map.*only in the change" "$WORK/gone.json" "$A"
ok "are in the list as well" listed '.side == "change" and (.lost | not)'

edit batch "(.runs[].benchmarks[] | $STRICT).parameters.batch |= 32"
ok "a parameter with another value" names 3 "there is one with batch=32, not 64" "$A" "$WORK/batch.json"
ok "on both sides" names 3 "there is one with batch=64, not 32" "$A" "$WORK/batch.json"
edit renamed "(.runs[].benchmarks[] | $STRICT).name |= \"dma_map_page\""
ok "a row with another name" names 3 "dma_map_page.*only in the change" "$A" "$WORK/renamed.json"

for state in failed skipped unsupported; do
	edit "$state" "(.runs[].benchmarks[] | $STRICT) |= {name, revision, parameters, status: \"$state\", reason: \"out of luck\"}
		| if \"$state\" == \"failed\" then .runs[].status = \"partial\" else . end"
	ok "a row that is $state" names 3 "ok in the base, $state \\(out of luck\\) in the change" "$A" "$WORK/$state.json"
	ok "a row that was $state" names "$([[ $state == failed ]] && echo 3 || echo 0)" \
		"$state \\(out of luck\\) in the base, ok in the change" "$WORK/$state.json" "$A"
	ok "the gate: $state" ends 1 "^gone +$MEAN" gate "$A" "$WORK/$state.json"
	ok "with the reason" grep -qF "in the change the row is $state" "$WORK/out"
	ok "place: $state" says 2 "has no metric $MEAN: the row is $state: out of luck" place --metric "$MEAN" \
		"$A" "$WORK/$state.json"
	ok "trend: $state" says 2 "the row is $state: out of luck" trend --metric "$MEAN" a="$A" b="$WORK/$state.json"
	run figures --format json --out "$WORK/kept.json" "$WORK/$state.json"
	ok "figures that are kept know it" ends 1 "^# measured in the base only; in the change the row is $state: out of luck" \
		gate --format ktap "$A" "$WORK/kept.json"
done
ok "the gate: what was unsupported is new" ends 0 "^new +$MEAN" gate "$WORK/unsupported.json" "$A"
ok "which KTAP names" ends 0 "^# new: $MEAN" gate --format ktap "$WORK/unsupported.json" "$A"
ok "and JSON" ends 0 '"new"|"side": "change"' gate --format json "$WORK/unsupported.json" "$A"

edit partial "(.runs[].benchmarks[] | $STRICT) |= (.status = \"partial\" | .reason = \"cut off\") | .runs[].status = \"partial\""
ok "a row measured in part" names 3 "compared all the same: ok in the base, partial \(cut off\) in the change" "$A" "$WORK/partial.json"
ok "a run that is not complete" names 3 "run native-b0-p0: is partial|native-b0-p0.*is partial" "$A" "$WORK/partial.json"
ok "is in the list" listed '.kind == "run" and .lost'
edit cut '.runs[].status = "partial"'
ok "the gate: a run that is not complete is no pass" ends 3 "^run +native-b0-p0 of .*: the run is partial" \
	gate "$A" "$WORK/cut.json"
ok "nor as KTAP" ends 3 "^not ok 11 native-b0-p0 # inconclusive: the run is partial" gate --format ktap \
	"$A" "$WORK/cut.json"
ok "nor as JUnit" ends 3 'errors="1"' gate --format junit "$A" "$WORK/cut.json"
edit modes '.runs[0].status = "partial"' "$DATA/modes.json"
ok "nor by mode" names 3 "native-b0-p0.*is partial" --by mode "$WORK/modes.json"

edit counter "(.runs[].benchmarks[] | $STRICT).counters |= with_entries(.key |= \"of_\" + .)"
ok "a counter that only the base has" names 0 "instructions_el1.*only in the base" "$A" "$WORK/counter.json"
ok "a counter that only the change has" listed '.kind == "counter" and .side == "change" and (.name | test("of_"))'
ok "the gate names it" ends 0 "base +native:strict/dma_map/4k/batch/instructions_el1" gate "$A" "$WORK/counter.json"

edit native '.runs |= map(select(.mode == "native"))' "$DATA/modes.json"
ok "a mode that only the base has" names 3 "identity.*under KVM mode protected: only in the base" \
	--by commit "$DATA/modes.json" "$WORK/native.json"
ok "its rows are named too" listed '.kind == "row" and .label == "identity"'
edit nvhe '.runs[].kvm_mode = "nvhe"'
ok "another KVM mode that may differ is no mode of one side" prints "kvm_mode, which --allow" compare \
	--allow kvm_mode "$A" "$WORK/nvhe.json"
ok "a mode that only the change has" names 0 "paravirt.*only in the change" --by commit "$WORK/native.json" \
	"$DATA/modes.json"
ok "a row that a mode does not have" names 0 "only in the base, paravirt:strict has no such row" "$DATA/modes.json"
edit modefail '(.runs[] | select(.mode == "identity")) |= (.status = "partial" | (.benchmarks[] | select(.name == "dma_map"))
	|= {name, revision, parameters, status: "failed", reason: "it broke"})' "$DATA/modes.json"
ok "a row that failed in a mode" names 3 "failed \\(it broke\\) in identity" "$WORK/modefail.json"

jq '.runs |= [range(3) as $i | .[0] | .sequence = $i | .run_id = "native-b\($i)-p0"]
	| .runs[2].benchmarks |= map(select(.parameters.size != 65536))' "$DATA/native.json" >"$WORK/boots.json"
ok "a row that not every boot has" names 3 "the change has it in 2 of 3 boots" "$A" "$WORK/boots.json"

edit left '.runs[].benchmarks |= map(select(.name == "null"))'
edit right '.runs[].benchmarks |= map(select(.name != "null" and .parameters.size == 65536))'
run compare "$WORK/left.json" "$WORK/right.json"
ok "nothing in common is said" grep -qF "no measured row in common" "$WORK/err"
ok "with all that there is" test "$status" -eq 3 -a "$(grep -c 'not compared: only in the' "$WORK/out")" -eq 2

ok "nothing is said where all is alike" prints "" compare "$A" "$DATA/after.json"
ok "in no word" lacks_text "not all is compared|not alike" "$WORK/out"
ok "and nothing is in the list" prints '"unmatched": []' compare --format json "$A" "$DATA/after.json"
done_testing
