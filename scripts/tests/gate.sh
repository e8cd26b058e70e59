#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# That the gate can fail, and for what. The figures of this tree are judged where it is
# measured as people do it: readme.sh.

. "$(dirname "$0")/tap.sh"
. "$TOP/scripts/tests/built.sh"
. "$TOP/scripts/tests/gate-clone.sh"
cd "$TOP"

readonly BASELINE=results/baseline/quick.json

# landed_with FILTER: the figures that landed, edited by jq.
landed_with() { "$SMMUSTAT" figures --format json "$BASELINE" | jq "$1" >"$TMP/edited.json"; }

# judged STATUS PATTERN ARGUMENT...: smmustat gate of those that landed against the edited
# ones ends with that status and says that.
judged() {
	local want=$1 pattern=$2 status=0
	shift 2
	"$SMMUSTAT" gate "$@" "$BASELINE" "$TMP/edited.json" >"$TMP/said" 2>&1 || status=$?
	cat "$TMP/said"
	tr -s '\n ' ' ' <"$TMP/said" >"$TMP/flat"
	[[ $status -eq $want ]] && grep -qE -- "$pattern" "$TMP/said" "$TMP/flat"
}

readonly ROW=native:strict/dma_map/4k/batch
landed_with "(.metrics[] | select(.name | test(\"$ROW/(mean|median)\")).values[]) += 2"
check "two instructions more in a path of 871 fail" judged 1 "^worse +$ROW/mean"
check "with the ratio and the range" judged 1 'ratio 1.002, range 1.00[12]..1.003'
check "as KTAP" judged 1 "^not ok [0-9]+ $ROW/mean" --format ktap
check "as JUnit" judged 1 'failures="2" skipped="0"' --format junit
landed_with "(.metrics[] | select(.name | test(\"$ROW/(mean|median|instructions_el1)\")).values[]) += 2"
check "the counter that moved with it is named" judged 1 'with it: instructions_el1 88[0-9.]+ -> 88'
landed_with "(.metrics[] | select(.name | test(\"$ROW/(mean|median)\")).values[]) -= 2"
check "two instructions fewer pass" judged 0 "^better +$ROW/mean"
check "but where any move is to be landed" judged 1 "^better +$ROW/mean" --any
landed_with "del(.metrics[] | select(.name | startswith(\"$ROW\")))"
check "a figure that is not measured any more fails" judged 1 "^gone +$ROW/mean"
landed_with '.setups[].setup.compiler = "another"'
check "another compiler is refused by the field's name" judged 2 'differ in compiler'
check "--allow lets it through, and says so" judged 0 'differ in compiler, which --allow' --allow compiler
landed_with '.setups[].setup.runner_build = "another"'
check "so is a bench that was built otherwise" judged 2 'differ in runner_build'
landed_with '.setups[].setup.module_build = "another"'
check "and its module" judged 2 'differ in module_build'
landed_with 'del(.setups[].setup.module_build)'
check "one of which that is not known is refused for that" judged 2 'only .* says module_build'
landed_with '.setups[].setup.smmus[0].idr5 = "0x0"'
check "so is another SMMU" judged 2 'differ in smmus\[0\].idr5'
landed_with '.clock = "wall" | .metrics |= map(select(.unit != "insn"))'
check "another clock is refused whatever is allowed" judged 2 'insn and ns are never compared' --allow smmus

refuses 2 "unknown commit 'nosuch'" "a base that is not there" scripts/gate --base nosuch --out "$TMP/n1"
refuses 2 "unknown clock 'cpu'" "an unknown clock" scripts/gate --clock cpu
refuses 2 'the quick suite on insn' "another suite against the baseline" scripts/gate --baseline --suite full
mkdir "$TMP/used" && touch "$TMP/used/request"
refuses 1 'holds results already' "a folder that is in use" scripts/gate --baseline --out "$TMP/used"
refuses 2 'goes with --baseline or --update' "what was measured, against a commit" \
	scripts/gate --base HEAD --measured "$TMP/used"
refuses 2 'holds no results.json' "a folder without what was measured" \
	scripts/gate --baseline --measured "$TMP/used"
refuses 2 'see .* --help' "an unknown option" scripts/gate --frobnicate
mkdir "$TMP/strange" && touch "$TMP/strange/file"
refuses 1 'is not an empty folder' "a folder of something else" scripts/gate --baseline --out "$TMP/strange"
refuses 2 'nothing to resume' "nor is there anything to go on with" \
	scripts/gate --resume --out "$TMP/strange"
head -c 2000 "$BASELINE" >"$TMP/damaged.json"
refuses 1 'the file is truncated' "a damaged baseline" "$SMMUSTAT" gate "$TMP/damaged.json" "$BASELINE"

# in_format FORMAT PATTERN: the same results once more, in another format.
in_format() {
	gate "as.$1" --resume --out "$folder" --format "$1"
	[[ $status -eq 1 ]] && grep -qE "$2" "$TMP/as.$1" && ! grep -q 'boot .* of .*left$' "$TMP/as.$1.err"
}

check "a clone, and a change of EL2's code in it" eval 'clone && slower 50'
gate plain --modes identity --filter 'guest_t*'
check "scripts/gate names the row that became worse" says_row plain
folder=$(echo "$TMP"/clone/results/gate-*)
check "as KTAP, from what was measured" in_format ktap '^not ok [0-9]+ identity/guest_take/4k/counted/instructions_el2'
check "as JUnit" in_format junit '<testcase .*name="identity/guest_take/4k/counted/instructions_el2"'
check "as JSON" in_format json '"verdict": *"worse"'
check "what smmustat says of the two folders is the same" bash -c \
	'"$1" gate "$2/base" "$2/change" | cmp - "$3"' - "$SMMUSTAT" "$folder" "$TMP/plain"
gate same --base HEAD --filter null --boots 2
check "against itself, by --base, nothing changed" grep -q ': 0 worse, 0 better' "$TMP/same"
check "^C while it measures" cut_off INT measuring 'bench: boot 2' --base v1 --filter 'null*' --modes identity --boots 3
check "and it goes on as that line says" goes_on measuring
check "TERM while it measures on wall" cut_off TERM wall 'bench: boot 1' \
	--base v1 --clock wall --filter 'null*' --modes native --max-boots 2
check "and it goes on as that line says" goes_on wall
done_testing
