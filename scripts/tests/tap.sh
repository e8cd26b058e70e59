# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# TAP from shell. A test sources this, calls ok, not_ok, skip or check, and ends
# with done_testing, which prints the plan and sets the exit status.

. "$(dirname "${BASH_SOURCE[0]}")/../lib/common.sh"

tap_count=0 tap_failed=0 tap_at=$EPOCHSECONDS
TMP=$(mktemp -d "${TMPDIR:-/tmp}/pkvm-smmu-test.XXXXXX")
trap 'rm -rf "$TMP"' EXIT

# Where a part's time goes.
took() {
	local now=$EPOCHSECONDS
	[[ $((now - tap_at)) -lt 10 ]] || printf '# it took %d s\n' $((now - tap_at))
	tap_at=$now
}

ok() {
	tap_count=$((tap_count + 1))
	printf 'ok %d - %s\n' "$tap_count" "$*"
	took
}

not_ok() {
	tap_count=$((tap_count + 1))
	tap_failed=$((tap_failed + 1))
	printf 'not ok %d - %s\n' "$tap_count" "$*"
	took
}

# skip DESCRIPTION REASON
skip() {
	tap_count=$((tap_count + 1))
	printf 'ok %d - %s # SKIP %s\n' "$tap_count" "$1" "$2"
}

# check DESCRIPTION COMMAND...: passes when the command does; its output shows
# when it does not.
check() {
	local what=$1
	shift
	if "$@" >"$TMP/check" 2>&1; then
		ok "$what"
	else
		not_ok "$what"
		sed 's/^/# /' "$TMP/check" | tail -n 30
	fi
}

# known KEY: under which name it is remembered that something in this test passed. The test
# itself belongs to the key.
known() { printf '%s\n' "$CACHE/passed/$({ printf '%s\n' "$1" && cat "$0"; } | hash_stdin)"; }

# same KEY DESCRIPTION COMMAND...: check, where what passed is remembered in the cache under
# KEY, which stands for all that the command reads, so that no clone has to wait for it again.
same() {
	local passed failed=$tap_failed
	passed=$(known "$1")
	shift
	if [[ -e $passed ]]; then
		touch "$passed"
		ok "$1 (as it passed before)"
		return
	fi
	check "$@"
	[[ $tap_failed -eq $failed ]] || return 0
	mkdir -p "$CACHE/passed"
	find "$CACHE/passed" -type f -mtime +60 -delete
	: >"$passed"
}

# refuses STATUS PATTERN DESCRIPTION COMMAND...: bad input ends with that status
# and one line on standard error which matches the pattern. That it waits for a lock
# is another test's doing.
refuses() {
	local want=$1 pattern=$2 what=$3 status=0 lines
	shift 3
	"$@" >"$TMP/stdout" 2>"$TMP/said" </dev/null || status=$?
	grep -v ': waiting for another run' "$TMP/said" >"$TMP/stderr" || true
	lines=$(wc -l <"$TMP/stderr")
	if [[ $status -eq $want && $lines -eq 1 ]] && grep -qE -- "$pattern" "$TMP/stderr"; then
		ok "$what: $(cat "$TMP/stderr")"
	else
		not_ok "$what (status $status, wanted $want; $lines lines, wanted 1)"
		tail -n 20 "$TMP/stderr" | sed 's/^/# /'
	fi
}

done_testing() {
	printf '1..%d\n' "$tap_count"
	[[ $tap_failed -eq 0 ]]
}
