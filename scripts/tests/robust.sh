#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What must not cost a figure: ^C in the middle, a full disk, a damaged file, two
# runs at once. And resuming after each.

. "$(dirname "$0")/tap.sh"
. "$TOP/scripts/tests/built.sh"
trap 'umount "$TMP/small" 2>/dev/null || true; rm -rf "$TMP"' EXIT
cd "$TOP"

ids() { jq -r '.runs[] | "\(.run_id) \(.status)"' "$1/results.json" | tr '\n' ' '; }

# ^C for a whole terminal: every process of the group, as a shell's job has it.
interrupt_second_boot() {
	local pid i
	set -m
	TMPDIR=$TMP scripts/bench --modes native --suite quick --boots 3 --out "$TMP/cut" >"$TMP/out" 2>"$TMP/err" </dev/null &
	pid=$!
	set +m
	for ((i = 0; i < 600; i++)); do
		grep -q 'boot 2 of 3' "$TMP/err" && sed '1,/boot 2 of 3/d' "$TMP/err" | grep -q '^smmubench: 9/' && break
		sleep 0.1
	done
	kill -INT -- "-$pid"
	SECONDS=0
	status=0
	wait "$pid" || status=$?
	took=$SECONDS
}

# A guest has its folder, which lies below ours, in its arguments.
no_process() { ! pgrep -af "$TMP/pkvm"; }

one_line_said() { [[ $(grep -c 'interrupted' "$TMP/err") -le 3 ]] && grep -q 'bench: interrupted: 1 of 3 boots are complete; go on with --resume' "$TMP/err"; }

interrupt_second_boot
check "^C ends the suite with status 1 (it was $status)" test "$status" -eq 1
check "within 10 s (it took $took s)" test "$took" -le 10
sleep 1
check "and leaves no process" no_process
check "it says what is there and how to go on" one_line_said
check "the first boot is complete, what the second measured is there: $(ids "$TMP/cut")" \
	bash -c '[[ $1 == "native-b0-p0 ok native-b1-p1 partial " ]]' - "$(ids "$TMP/cut")"
check "rows of the boot cut short were kept" \
	bash -c '[[ $(jq "[.runs[1].benchmarks[] | select(.status == \"ok\")] | length" "$1") -ge 5 ]]' - \
	"$TMP/cut/results.json"
cp "$TMP/cut/runs/native-b0-p0.json" "$TMP/first.json"

refuses 1 'holds results already; use --resume' "a second run does not write over the first" \
	scripts/bench --suite quick --out "$TMP/cut"
(
	exec {fd}>"$TMP/cut/.lock"
	flock "$fd"
	sleep 8
) &
sleep 0.5
refuses 1 'another run writes to' "nor beside it" scripts/bench --resume --suite quick --out "$TMP/cut"
wait

check "--resume completes it" scripts/bench --resume --modes native --suite quick --boots 3 --out "$TMP/cut"
check "with each boot once: $(ids "$TMP/cut")" bash -c \
	'[[ $1 == "native-b0-p0 ok native-b1-p1 ok native-b2-p2 ok " ]]' - "$(ids "$TMP/cut")"
check "and the first one as it was" cmp "$TMP/first.json" "$TMP/cut/runs/native-b0-p0.json"

# A perturbed start is another start: if nothing moved, the option would do nothing.
check "perturbed starts differ, and the report gives their range" bash -c \
	'"$1" report "$2" | grep -qE "^ *spread .*start" && [[ $(jq -c "[.runs[] | .benchmarks | map(.sum)] | unique | length" "$2") -ge 2 ]]' - \
	"$SMMUSTAT" "$TMP/cut/results.json"

# A truncated file from a machine that lost power is measured again.
head -c 1000 "$TMP/first.json" >"$TMP/cut/runs/native-b1-p1.json"
check "a damaged run file is measured again" \
	scripts/bench --resume --modes native --suite quick --boots 3 --out "$TMP/cut"
check "and is whole then" "$SMMUSTAT" check "$TMP/cut/results.json"

# A disk that is full when the second boot wants to be kept.
if [[ $(id -u) -eq 0 ]] && mkdir "$TMP/small" && mount -t tmpfs -o size=1M tmpfs "$TMP/small" 2>/dev/null; then
	mkdir -p "$TMP/small/r/runs"
	cp "$TMP/first.json" "$TMP/small/r/runs/native-b0-p0.json"
	head -c 2M /dev/zero >"$TMP/small/fill" 2>/dev/null || true
	status=0
	scripts/bench --resume --modes native --suite null --boots 2 --out "$TMP/small/r" >"$TMP/out" 2>"$TMP/err" || status=$?
	check "a full disk ends the run with status 1" test "$status" -eq 1
	check "one line names it" grep -qi 'no space left' "$TMP/err"
	check "no file stands for what could not be kept" test ! -e "$TMP/small/r/runs/native-b1-p1.json"
	check "what was measured before is untouched" cmp "$TMP/first.json" "$TMP/small/r/runs/native-b0-p0.json"
	umount "$TMP/small"
else
	skip "a full disk" "needs root, to mount a small one"
fi
done_testing
