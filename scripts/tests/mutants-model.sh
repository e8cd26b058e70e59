#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Whether the tests on the model can fail: EL2's code broken on purpose, one mutant of
# hyp-patches/tests/mutants at a time, and the test that must kill it. TREE=DIR breaks a
# tree of one's own; ONLY='NAME...' tries some.

. "$(dirname "$0")/tap.sh"
. "$TOP/scripts/lib/mutants.sh"

TREE=${TREE:-$("$TOP/scripts/kernel" apply)}
readonly O=$TOP/.build/mutants
readonly OUT=$O/12

# passes SAID TEST: that test ran, and nothing was found.
passes() { grep -qE "^ok [0-9]+ - $2\$" "$1" && grep -qx '# exit status 0' "$1"; }

# found SAID: by what the test failed, in a line.
found() {
	grep -m 1 -oE 'runtime error: .*|AddressSanitizer: .*|^# exit status 137$' "$1" ||
		grep -m 1 -E '^# .' "$1" || tail -n 1 "$1"
}

# judge NAME PROGRAM TEST RULE
judge() {
	local whole=$OUT/whole/$2.$3 said=$OUT/mutants/$1/said
	if [[ -s $OUT/mutants/$1/error ]]; then
		not_ok "$(<"$OUT/mutants/$1/error")"
	elif [[ ! -e $said ]]; then
		not_ok "$1 does not compile: see $O/log"
	elif [[ ! -e $whole ]] || ! passes "$whole" "$3"; then
		not_ok "$1: $2 $3 does not pass without it"
	elif passes "$said" "$3"; then
		not_ok "$1 survives $2 $3: $4"
	else
		ok "$1: $2 $3 kills it: $4"
		echo "# $(found "$said" | sed 's/^# *//')"
	fi
}

need_cmd make gcc objcopy
rm -rf "$OUT/mutants" "$OUT/whole"
mapfile -t all < <(mutants_of model)
chosen=() words=()
for line in "${all[@]}"; do
	IFS=$'\t' read -r name program test source rule <<<"$line"
	[[ " ${ONLY:-$name} " == *" $name "* ]] || continue
	chosen+=("$line")
	mkdir -p "$OUT/mutants/$name"
	mutate "$name" "$TREE" "$OUT/mutants/$name/${source##*/}" 2>"$OUT/mutants/$name/error" &&
		words+=("$name:$program:$test")
done

# One that does not compile keeps none of the others from it. Without ASan, which takes as
# long again: the part model has it.
"${OWN_MAKE[@]}" -k -j "$(nproc)" -C "$TOP/hyp-patches/tests/model" TREE="$TREE" O="$O" PAGE_SHIFT=12 \
	host_cflags=-O1 sanitize='-fsanitize=undefined -fno-sanitize-recover=all' MUTANTS="${words[*]}" mutants >"$O/log" 2>&1 || true

for line in "${chosen[@]}"; do
	IFS=$'\t' read -r name program test _ rule <<<"$line"
	judge "$name" "$program" "$test" "$rule"
done
done_testing
