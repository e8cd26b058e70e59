#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What scripts/check makes of test programs: what it counts, its KTAP, its JUnit, and
# the outcome that is kept.

. "$(dirname "$0")/tap.sh"
. "$TOP/scripts/tests/kunit.sh"
cd "$TOP"

# A checkout with test programs of its own.
readonly COPY=$TMP/copy
mkdir -p "$COPY/scripts/tests"
cp -r scripts/check scripts/lib "$COPY/scripts/"
cp scripts/tests/tap.sh "$COPY/scripts/tests/"
printf '/.build/\n' >"$COPY/.gitignore"

part() { cat >"$COPY/scripts/tests/$1.sh"; }

part odd <<'END'
. "$(dirname "$0")/tap.sh"
check "yes & <no> \"quoted\" #5" true
check "one that	fails" bash -c 'printf "a\xff <b>\x01 ]]> c\nok 7 - no result\n1..9\n"; false'
skip "skipped" "for # no reason"
printf '    KTAP version 1\n    # Subtest: inner\n    1..2\n    ok 1 - x\n    not ok 2 - y\n'
not_ok inner
printf '    KTAP version 1\n    # Subtest: other\n    1..1\n    ok 1 - x\n'
not_ok other
echo "a line of something else"
done_testing
END
printf 'echo 1..2; echo ok 1; echo not ok 2 - b; echo 1..1; echo ok 1 - a\n' | part two_plans
printf 'echo "1..0 # SKIP no root"\n' | part all_skipped
printf 'echo "TAP version 13"; echo "ok 1 - a # skip: why"; echo "not ok 2 - b # TODO later"; echo 1..2\n' | part tap13
printf 'echo 1..3; echo ok 1; echo ok 2\n' | part short
printf 'echo 1..1; echo ok 1; exit 3\n' | part inconclusive
printf 'echo hello\n' | part silent
printf 'echo 1..1; echo ok 1\n' | part fine
readonly PARTS=(odd two_plans all_skipped tap13 short inconclusive silent fine)

# run ARGUMENT...: what it says goes to $TMP/said.
run() { bash "$COPY/scripts/check" "$@" >"$TMP/said" 2>&1; }

sum() { tail -n 1 "$TMP/said"; }

# What each of them comes to: passed, failed, skipped.
counts() {
	run "$1" || true
	[[ $(sum) == "$2 passed, $3 failed, $4 skipped" ]] || { cat "$TMP/said" && return 1; }
}

check "a test with subtests counts as they do" counts odd 3 3 1
check "two plans in one program" counts two_plans 2 1 0
check "all of a program skipped" counts all_skipped 0 0 1
check "words of TAP 13" counts tap13 0 0 2
check "a plan that is not kept fails" counts short 2 1 0
check "a status of 3, inconclusive, is no pass" counts inconclusive 1 1 0
check "no test at all fails" counts silent 0 1 0

for jobs in 1 2; do
	run --jobs "$jobs" "${PARTS[@]}" || true
	cp "$TMP/said" "$TMP/said.$jobs"
done
readonly SUM='9 passed, 7 failed, 4 skipped'
check "all of them at once: $(sum)" test "$(sum)" = "$SUM"
check "the end says once more what failed" grep -A 1 '^# odd: not ok 2 - one that fails$' "$TMP/said"
check "the same one by one" test "$(tail -n 1 "$TMP/said.1")" = "$SUM"

# agrees FILE: the kernel's parser finds no error and counts the same.
agrees() {
	local counted
	counted=$(kunit_counts "$1")
	[[ "$SUM" == "$(awk '{ print $1 " passed, " $2 " failed, " $3 " skipped" }' <<<"$counted")" ]] ||
		{ echo "it counts: $counted" && return 1; }
}

if kunit_has; then
	check "the kernel's parser counts the same in all.ktap" agrees "$COPY/.build/check/all.ktap"
	check "and in what is shown, one by one" agrees "$TMP/said.1"
	check "or several at once" agrees "$TMP/said.2"
else
	skip "the kernel's parser" "there is no python3 here"
fi

plans_first() { awk '/KTAP version/ { want = 1; next } /# Subtest/ { next } want && !/^ *1\.\./ { bad = 1 } { want = 0 } END { exit bad }' "$1"; }
check "in all.ktap each plan stands first" plans_first "$COPY/.build/check/all.ktap"

readonly XML=$COPY/.build/check/junit.xml
well_formed() { python3 -c 'import sys, xml.dom.minidom as m; m.parse(sys.argv[1])' "$1"; }
if python3 -c '' 2>/dev/null; then
	check "junit.xml is well-formed, whatever the programs said" well_formed "$XML"
else
	skip "junit.xml is well-formed" "there is no python3 here"
fi
check "it counts the same" grep -q '^<testsuites tests="20" failures="7" skipped="4">$' "$XML"
check "names are escaped" grep -qF 'name="yes &amp; &lt;no&gt; &quot;quoted&quot;' "$XML"
check "a failure has what was said" grep -qF 'a &lt;b&gt; ]]&gt; c' "$XML"
check "a part has its time" grep -qE '<testsuite name="fine" tests="1" failures="0" skipped="0" time="[0-9]+">' "$XML"

# The outcome that is kept.
by() { git -C "$COPY" -c user.name=t -c user.email=t@t "$@"; }
KEPT=$COPY/results/kept.txt
by init -q . && by add -A && by commit -q -m one
first=$(by rev-parse HEAD)
run --keep "$KEPT" --all "fine tap13 odd" fine tap13 || true
check "a part that was not run is named" grep -qx '# not all of it is of one tree; not run: odd' "$KEPT"
check "in its place too" grep -qx '## odd: not run' "$KEPT"
run --keep "$KEPT" --all "fine tap13 odd" fine tap13 odd || true
check "all parts: it says of which commit" grep -qx "# all of it is of tree $first (clean)" "$KEPT"
check "each with its time and the machine" test \
	"$(grep -cE "^# tree $first \(clean\), [0-9-]{10}, [0-9]+ s, on [a-z0-9_]+, [0-9]+ CPUs, " "$KEPT")" -eq 3
check "and with its results" grep -qx 'ok 2 - b # SKIP to do: later' "$KEPT"
check "the sum stands last" test "$(tail -n 1 "$KEPT")" = '# sum: 4 passed, 3 failed, 3 skipped'
cp "$KEPT" "$TMP/before"
by add -A && by commit -q -m 'the outcome, kept'
printf 'echo 1..2; echo ok 1; echo ok 2 - new\n' | part fine
run --keep "$KEPT" fine || true
blocks_of() { awk '/^## /{ mine = $2 != "fine:" } /^# sum/ { mine = 0 } mine' "$1"; }
check "one part alone leaves the blocks of the others" test "$(blocks_of "$KEPT")" = "$(blocks_of "$TMP/before")"
check "and says that it is of another tree" grep -qE "^# tree [0-9a-f]{40} \(1 file changed\)" "$KEPT"
check "so the whole is of no one tree" grep -qx '# not all of it is of one tree' "$KEPT"

# Interrupted, it keeps what has ended by then.
printf 'echo 1..1; sleep 60; echo ok 1\n' | part slow
printf 'echo 1..3; echo ok 1; echo ok 2; echo ok 3\n' | part fine
timeout --signal=INT 8 bash "$COPY/scripts/check" --keep "$KEPT" fine slow >/dev/null 2>&1 || true
check "one that is interrupted keeps the part that ended" grep -q '^## fine: 3 passed' "$KEPT"
check "leaves the blocks of the others" test "$(blocks_of "$KEPT")" = "$(blocks_of "$TMP/before")"
check "and has none of the part that did not" bash -c '! grep -q "^## slow" "$1"' - "$KEPT"
check "and nothing beside it" test "$(ls "$COPY/results")" = kept.txt
done_testing
