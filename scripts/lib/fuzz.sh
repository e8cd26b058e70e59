# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# The fuzzer of the EL2 code (hyp-patches/tests/model/fuzz): how it is built and run, and
# what of the code it reached.

FUZZ=$TOP/hyp-patches/tests/model/fuzz
FUZZ_O=$TOP/.build/fuzz

# fuzz_make [PLANT=FILE] PROGRAM...
fuzz_make() {
	"${OWN_MAKE[@]}" -C "$FUZZ/.." TREE="$TREE" O="$FUZZ_O" "$@"
}

fuzz_program() { printf '%s/%s/12/%s\n' "$FUZZ_O" "$1" "${2:-$1}"; }

# fuzz_run SECONDS SEED DIR: from the corpus on, for so long. What is new lies in DIR; what
# broke is kept, and shown as text and, for who has only a log, in base64.
fuzz_run() {
	local broken=$FUZZ_O/broken file
	mkdir -p "$3" "$broken"
	"$(fuzz_program fuzz)" -max_total_time="$1" -seed="$2" -max_len=1000 -timeout=120 -reload=1 \
		-print_final_stats=1 -artifact_prefix="$broken/" "$3" "$FUZZ/corpus" >"$3.log.$2" 2>&1 &&
		return
	grep -vE '^#[0-9]+	|NEW_FUNC|^0x' "$3.log.$2" | tail -n 12
	file=$(sed -n 's/.*Test unit written to //p' "$3.log.$2")
	[[ -s $file ]] || return 1
	echo "it is kept as $file; fuzz replay FILE shows it, fuzz minimise FILE cuts it short:"
	"$(fuzz_program fuzz)" replay "$file" 2>&1 | tail -n 8
	base64 -w 0 "$file"
	echo
	return 1
}

# fuzz_executions DIR: of all that ran there.
fuzz_executions() {
	sed -n 's/^stat::number_of_executed_units: *//p' "$1".log.* | awk '{ n += $1 } END { print n + 0 }'
}

# fuzz_cover DIR...: into $TMP/cover.json, what sequences reach.
fuzz_cover() {
	local program
	program=$(fuzz_program fuzz cover/fuzz)
	LLVM_PROFILE_FILE=$TMP/profraw "$program" -runs=0 "$@" >&2 2>"$TMP/cover.err" &&
		llvm-profdata merge -sparse -o "$TMP/profdata" "$TMP/profraw" &&
		llvm-cov export -instr-profile="$TMP/profdata" "$program" >"$TMP/cover.json" && return
	tail -n 5 "$TMP/cover.err"
	return 1
}

# Of each file of the EL2 code, and of all: lines and branches that were reached.
fuzz_reached() {
	jq -r '.data[0] | (.files[] | [(.filename | sub(".*/"; "")), .summary]), ["all", .totals] |
		"# \(.[0]): \(.[1].lines.covered) of \(.[1].lines.count) lines, " +
		"\(.[1].branches.covered) of \(.[1].branches.count) branches"' "$TMP/cover.json"
}

# "FUNCTION: CONDITION: never true" for each branch that was never taken.
fuzz_unreached() {
	jq -r '.data[0].functions[] | .filenames as $files | (.name | sub(".*:"; "")) as $name |
		.branches[] | [$files[.[6]], $name] + .[0:6] | @tsv' "$TMP/cover.json" |
		awk -F '\t' -f "$TOP/scripts/lib/unreached.awk" | sort -u
}

# fuzz_unexplained: those of them for which the file of reasons has none.
fuzz_unexplained() {
	fuzz_unreached >"$TMP/unreached"
	sed -nE 's/^([^#].*[^ ])  +# .*/\1/p' "$FUZZ/unreached" >"$TMP/explained"
	# That all are explained is no failure.
	{ grep -vxFf "$TMP/explained" "$TMP/unreached" || (($? == 1)); } | while read -r line; do
		grep -qxF "${line%%:*}: all of it" "$TMP/explained" || printf '%s\n' "$line"
	done
}

storm() { "$(fuzz_program storm)" "$@"; }

storm_threads() { TSAN_OPTIONS=halt_on_error=1 "$(fuzz_program threads storm)" "$@" threads; }

# storm_replays FILE: what FILE says of a storm is what its seed says again.
storm_replays() {
	local -a words
	read -ra words < <(sed -n 's/^# storm //p' "$1")
	storm "${words[@]}" >"$TMP/again" && cmp "$1" "$TMP/again"
}

# check_storms: STORM_CALLS random calls by STORM_SEED, by CPUs one at a time and by threads.
check_storms() {
	check "$STORM_CALLS random calls of CPUs one at a time, by the seed $STORM_SEED, leave nothing" \
		storm "$STORM_SEED" "$STORM_CALLS"
	sed -n '/^# /p' "$TMP/check"
	cp "$TMP/check" "$TMP/storm"
	check "the seed makes the same storm again" storm_replays "$TMP/storm"
	check "$STORM_CALLS of threads, watched by ThreadSanitizer, leave nothing" \
		storm_threads "$STORM_SEED" "$STORM_CALLS"
	sed -n '/^# /p' "$TMP/check"
}
