#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What must not cost a figure: ^C in the middle, kill -9 of anything, a full disk, a
# damaged file, two runs at once. And resuming after each.

. "$(dirname "$0")/tap.sh"
. "$TOP/scripts/tests/built.sh"
trap 'umount "$TMP/small" 2>/dev/null || true; rm -rf "$TMP"' EXIT
cd "$TOP"

export TMPDIR=$TMP/tmp
mkdir "$TMPDIR"
readonly MARK=RUN_OF=$TMP
. "$TOP/scripts/tests/started.sh"

# A kernel that brings its module, and two rows, which a boot measures within a
# second.
point=$TMP/point
mkdir -p "$point/arch/arm64/boot"
cp "$KERNEL/arch/arm64/boot/Image" "$point/arch/arm64/boot/"
cp "$KERNEL/.config" "$BENCH/module/smmubench.ko" "$point/"
readonly AT_POINT=(scripts/bench --kernel "$point" --no-report)
readonly NULL=("${AT_POINT[@]}" --suite full --filter null)

ids() { jq -r '.runs[] | "\(.run_id) \(.status)"' "$1/results.json" | tr '\n' ' '; }

# holds DIR RUN_ID...: these boots, each once and complete, and sums that are right.
holds() {
	local dir=$1 want
	shift
	want=$(printf '%s ok ' "$@")
	[[ $(ids "$dir") == "$want" ]] || { ids "$dir" && return 1; }
	(cd "$dir" && sha256sum --check --strict --quiet SHA256SUMS)
}

# clean DIR: nothing there but what a run leaves, and nothing in TMPDIR.
clean() {
	local found
	found=$(find "$1" -type f -printf '%P\n' | sed -E '/^(runs\/[^.\/]*\.json|logs\/[^.\/]*\.console\.log)$/d
		/^(results\.json|report\.html|charts\/[a-z]*\.svg|kernel\.config|request|SHA256SUMS|\.lock)$/d')
	found+=$(ls -A "$TMPDIR")
	[[ -z $found ]] || { echo "$found" && return 1; }
}

# wait_for COMMAND...: until it succeeds, up to a minute.
wait_for() {
	local i
	for ((i = 0; i < 600; i++)); do
		if "$@" 2>/dev/null; then return; fi
		sleep 0.1
	done
	return 1
}

is_measuring_second() { sed '1,/boot 2 of 2/d' "$TMP/err" | grep -q '^smmubench: 9/'; }

# ^C for a whole terminal: every process of the group, as a shell's job has it.
interrupt_second_boot() {
	local pid
	set -m
	RUN_OF=$TMP scripts/bench --filter dma_unmap --modes native --boots 2 --out "$TMP/cut" >"$TMP/out" 2>"$TMP/err" </dev/null &
	pid=$!
	set +m
	wait_for is_measuring_second || true
	kill -INT -- "-$pid"
	SECONDS=0
	status=0
	wait "$pid" || status=$?
	took=$SECONDS
}

one_line_said() { [[ $(grep -c 'interrupted' "$TMP/err") -le 3 ]] && grep -q 'bench: interrupted: 1 of 2 boots are complete; go on with --resume' "$TMP/err"; }

interrupt_second_boot
check "^C ends the suite with status 1 (it was $status)" test "$status" -eq 1
check "within 10 s (it took $took s)" test "$took" -le 10
check "and leaves no process" no_process
check "it says what is there and how to go on" one_line_said
check "the first boot is complete, what the second measured is there: $(ids "$TMP/cut")" \
	test "$(ids "$TMP/cut")" = "native-b0-p0 ok native-b1-p1 partial "
check "rows of the boot cut short were kept" \
	test "$(jq '[.runs[1].benchmarks[] | select(.status == "ok")] | length' "$TMP/cut/results.json")" -ge 5
cp "$TMP/cut/runs/native-b0-p0.json" "$TMP/first.json"
cp "$TMP/cut/runs/native-b1-p1.json" "$TMP/part.json"

refuses 1 'holds results already; use --resume' "a second run does not write over the first" \
	scripts/bench --out "$TMP/cut"
flock "$TMP/cut/.lock" sleep 60 &
sleep 0.5
refuses 1 'another run writes to' "nor beside it" scripts/bench --resume --out "$TMP/cut"
kill -KILL $! "$(pgrep -P $!)"
wait $! 2>/dev/null || true

# Figures that were made in another way do not join those that are there.
for other in "--suite full" "--clock wall" "--modes native,identity" "--filter null" "--kernel $point"; do
	name=${other%% *}
	refuses 1 "was made with ${name#--}=" "resuming with another ${name#--}" \
		bash -c 'scripts/bench --resume --out "$1" $2' - "$TMP/cut" "$other"
done
check "nothing of it was touched" cmp "$TMP/part.json" "$TMP/cut/runs/native-b1-p1.json"

check "--resume alone completes it" scripts/bench --resume --out "$TMP/cut"
check "with each boot once" holds "$TMP/cut" native-b0-p0 native-b1-p1
check "and the first one as it was" cmp "$TMP/first.json" "$TMP/cut/runs/native-b0-p0.json"

# Time is that of a machine, which is part of the setup by what it is; instructions are not.
has_machine() {
	local name
	name=$(uname -n)
	[[ $(jq -r '[.runs[].setup.machine] | unique | .[]' "$1") =~ [0-9]+\ CPUs.*\ MiB.*"$(uname -r)" ]] &&
		! grep -qF -- "${name:-no name}" <(jq -r '.runs[].setup.machine' "$1")
}
has_no_machine() { jq -e '[.runs[].setup | has("machine")] | any | not' "$1" >/dev/null && ! grep -q '^machine=' "${1%/*}/request"; }
check "on wall" scripts/bench --clock wall --suite full --filter null --modes native --out "$TMP/wall" --no-report
check "the setup says what the machine is, and not its name" has_machine "$TMP/wall/results.json"
check "on insn it does not" has_no_machine "$TMP/cut/results.json"
check "a folder names its session, and keeps it" test "$(jq -r '[.runs[].volatile.session] | unique | length' \
	"$TMP/cut/results.json")" -eq 1 -a "$(grep -c '^session=2' "$TMP/cut/request")" -eq 1
sed -i 's/^machine=.*/machine=1 x another CPU/' "$TMP/wall/request"
refuses 1 'was made with machine=1 x another CPU' "resuming on another machine" \
	scripts/bench --resume --boots 2 --out "$TMP/wall"

# A perturbed start is another start: if nothing moved, the option would do nothing.
check "perturbed starts differ, and the report gives their range" bash -c \
	'"$1" report "$2" | grep -qE "^ *spread .*start" && [[ $(jq -c "[.runs[] | .benchmarks | map(.sum)] | unique | length" "$2") -ge 2 ]]' - \
	"$SMMUSTAT" "$TMP/cut/results.json"

# What ends a terminal or a job, and not only ^C: the boot that runs is finished and kept.
signalled() {
	local pid status=0
	RUN_OF=$TMP env --default-signal=INT,QUIT "${NULL[@]}" --modes native --boots 2 --out "$TMP/got-$1" \
		>"$TMP/out" 2>"$TMP/err" </dev/null &
	pid=$!
	wait_for compgen -G "$TMPDIR/pkvm-smmu.vm.*/out.tar" >/dev/null
	kill "-$1" "$pid"
	wait "$pid" || status=$?
	cat "$TMP/err"
	[[ $status -eq 1 && -z $(ls -A "$TMPDIR") ]] && grep -q 'bench: interrupted: 1 of 2 boots are complete' "$TMP/err"
}
for signal in TERM HUP QUIT; do
	check "SIG$signal: it keeps what it has" signalled "$signal"
	check "no process is left" no_process
done

# The copy that a run file is held against.
kept() { printf '%s\n' "$TMP/kept-$(basename "$1")-${2##*/}"; }

keep_complete() {
	local f
	for f in "$1"/runs/*.json; do
		if [[ -e $f && $(jq -r '.runs[0].status' "$f") == ok ]]; then cp "$f" "$(kept "$1" "$f")"; fi
	done
}

# intact DIR: what was complete there is what it was, and all there is is whole.
intact() {
	local f
	for f in "$1"/runs/*.json "$1/results.json"; do
		[[ ! -e $f ]] || "$SMMUSTAT" check "$f" >/dev/null || return
	done
	for f in "$(kept "$1" '')"*; do
		[[ ! -e $f ]] || cmp "$f" "$1/runs/${f#"$(kept "$1" '')"}" || return
	done
	[[ ! -e $1/SHA256SUMS ]] || (cd "$1" && sha256sum --check --strict --quiet SHA256SUMS) || return
	# One folder of the run and one of its guest, which the next run removes.
	[[ $(find "$TMPDIR" -mindepth 1 -maxdepth 1 | wc -l) -le 2 ]]
}

# Programs that count how often one of them was started, and kill that with a number.
make_shims() {
	mkdir "$TMP/shim"
	cat >"$TMP/shim/kill-one" <<'SHIM'
#!/bin/bash
path=${PATH#*:}
exec {fd}>>"$COUNT"
PATH=$path flock "$fd"
printf x >&"$fd"
if [[ $(PATH=$path stat -c %s "$COUNT") -eq $KILL_AT ||
	$KILL_AT == stale && ! -e $COUNT.who && ${0##*/} == rm && -e ${!#}/result.json ]]; then
	echo "${0##*/} $*" >"$COUNT.who"
	kill -KILL $$
fi
exec {fd}>&- "$(PATH=$path type -P "${0##*/}")" "$@"
SHIM
	chmod +x "$TMP/shim/kill-one"
	local name
	for name in awk cat chmod cp cpio cut df find flock git grep jq make mkdir mkfifo mktemp mv rm \
		sed setpriv setsid sha256sum sort stat sync tail tar timeout touch tr; do
		ln -s kill-one "$TMP/shim/$name"
	done
}

is_over() { [[ -s $TMP/count.who ]] || ! kill -0 "$pid"; }

# The one that all the others depend on, while a guest runs.
kill_by_rank() {
	wait_for compgen -G "$TMPDIR/pkvm-smmu.vm.*/out.tar" >/dev/null
	what="the run itself while a guest runs"
	kill -KILL "$pid"
}

# One that is chosen by when it starts, most of which live for milliseconds.
kill_by_count() {
	wait_for is_over
	what=$(cut -c1-60 "$TMP/count.who" 2>/dev/null) || what='nothing'
	what+=" when it started as number $at"
}

# The one that removes what the boot before has left, so that the next one finds it.
kill_by_stale() {
	wait_for is_over
	what=$(cut -c1-60 "$TMP/count.who" 2>/dev/null) || what='nothing'
}

# One of those that live at some moment, most of which live long.
kill_by_clock() {
	local -a all
	local victim delay
	printf -v delay '%d.%02d' $((RANDOM % 3)) $((RANDOM % 100))
	sleep "$delay"
	mapfile -t all < <(started)
	[[ ${#all[@]} -gt 0 ]] || return 0
	victim=${all[RANDOM % ${#all[@]}]}
	what=$(tr '\0\n' '  ' <"/proc/$victim/cmdline" 2>/dev/null | cut -c1-60) || true
	what+=" after $delay s"
	kill -KILL "$victim" 2>/dev/null || true
}

# run_and_kill DIR HOW: a run begins, or goes on, and something of it is killed.
run_and_kill() {
	local pid at=0 path=$PATH
	local -a options=(--suite full --filter null --modes "native,identity" --boots 3)
	[[ ! -e $1/request ]] || options=(--resume)
	what='' status=0
	rm -f "$TMP"/count*
	case $2 in
	count) at=$((RANDOM % 100 + 1)) path=$TMP/shim:$PATH ;;
	stale) at=stale path=$TMP/shim:$PATH ;;
	esac
	RUN_OF=$TMP COUNT=$TMP/count KILL_AT=$at PATH=$path "${AT_POINT[@]}" "${options[@]}" --out "$1" \
		>"$TMP/out" 2>"$TMP/err" </dev/null &
	pid=$!
	"kill_by_$2"
	# What it does without that process shows soon; the rest would take long.
	timeout 1 tail --pid="$pid" -f /dev/null || kill -TERM "$pid" 2>/dev/null || true
	wait "$pid" 2>/dev/null || status=$?
	what+=", status $status"
}

readonly ALL=(native-b0-p0 identity-b0-p0 identity-b1-p1 native-b1-p1 native-b2-p2 identity-b2-p2)
RANDOM=${SEED:=$RANDOM}
echo "# SEED=$SEED chooses the same again"
make_shims
folder=1
for how in rank stale clock count clock count clock count clock count clock count; do
	# One that is complete has nothing left to lose.
	[[ $(find "$TMP/killed$folder/runs" -name '*.json' 2>/dev/null | wc -l) -lt ${#ALL[@]} ]] ||
		folder=$((folder + 1))
	killed=$TMP/killed$folder
	run_and_kill "$killed" "$how"
	check "kill -9 of $what" intact "$killed"
	check "no process is left" no_process
	keep_complete "$killed"
done
for killed in "$TMP"/killed*; do
	check "--resume completes ${killed##*/}" "${AT_POINT[@]}" --resume --out "$killed"
	check "each boot is there once" holds "$killed" "${ALL[@]}"
	check "as it was" intact "$killed"
	check "and no more than that" clean "$killed"
done

# What somebody else put there is none of it.
echo mine | tee "$killed/notes" "$killed/.notes.tmp" >"$killed/runs/notes.txt"
check "with a stranger's files in it, --resume goes on" "${AT_POINT[@]}" --resume --out "$killed"
check "they stay" bash -c 'cmp "$1/notes" "$1/.notes.tmp" && cmp "$1/notes" "$1/runs/notes.txt"' - "$killed"
check "and have no sum" bash -c '! grep notes "$1/SHA256SUMS"' - "$killed"
rm "$killed/notes" "$killed/.notes.tmp" "$killed/runs/notes.txt"

# A truncated file from a machine that lost power is measured again.
truncate -s 1000 "$killed/runs/native-b1-p1.json"
check "a damaged run file is measured again" "${AT_POINT[@]}" --resume --out "$killed"
check "and is whole then" holds "$killed" "${ALL[@]}"

# Two at once, in one clone and in two folders.
two_at_once() {
	local pid status=0
	scripts/bench --suite full --filter null --no-report --modes native --boots 1 --out "$TMP/left" >/dev/null 2>&1 &
	pid=$!
	"${NULL[@]}" --modes native --boots 1 --out "$TMP/right" || status=$?
	wait "$pid" && return "$status"
}

# A build in this clone waits for the one that holds its lock.
waits_for_build() {
	local lock
	lock=$CACHE/locks/build-$(hash_stdin <<<"$TOP")
	flock "$lock" sleep 2 &
	sleep 0.2
	SECONDS=0
	scripts/bench --dry-run >/dev/null && [[ $SECONDS -ge 1 ]]
}

check "two runs at once in two folders, one with a kernel that brings its module" two_at_once
check "one is complete" holds "$TMP/left" native-b0-p0
check "and so is the other" holds "$TMP/right" native-b0-p0
check "a build waits for another in the same clone" waits_for_build

# What is left is told from boots that this run made: neither a build nor what an
# earlier run measured counts as one.
slow_build() {
	mkdir "$TMP/slow"
	printf '#!/bin/sh\nsleep 20\nPATH=${PATH#*:}\nexec make "$@"\n' >"$TMP/slow/make"
	chmod +x "$TMP/slow/make"
	PATH=$TMP/slow:$PATH "${NULL[@]}" --modes native --boots 3 --out "$TMP/left-over" 2>"$TMP/err"
}
left_after_build() {
	cat "$TMP/err"
	awk '/^bench: boot 1 of 3/ { first = !/left$/ }
		/^bench: boot 2 of 3/ { second = /, about [0-9]+ min [0-9]+ s left$/ && $(NF - 4) * 60 + $(NF - 2) < 40 }
		END { exit !(first && second) }' "$TMP/err"
}
left_after_resume() {
	rm "$TMP/left-over/runs/native-b2-p2.json"
	"${AT_POINT[@]}" --resume --out "$TMP/left-over" 2>"$TMP/err"
	cat "$TMP/err"
	grep -qx 'bench: boot 3 of 3, native-b2-p2' "$TMP/err"
}
check "a build that takes long" slow_build
check "the time left is that of boots" left_after_build
check "of this run" left_after_resume

# A disk that is full: the folder of results before a run and within it, and the
# one where guests lie.
fill() { head -c 1G /dev/zero >"$TMP/small/fill" 2>/dev/null || true; }

# is_booting N: and QEMU has its files.
is_booting() { grep -q "boot $1 of" "$TMP/err" && compgen -G "$2/pkvm-smmu.vm.*/out.tar" >/dev/null; }

# run_and_fill N FOLDER OPTION...: the disk fills up while boot N runs.
run_and_fill() {
	local n=$1 tmp=$2 pid
	shift 2
	status=0
	TMPDIR=$tmp "${NULL[@]}" --modes native "$@" >"$TMP/out" 2>"$TMP/err" </dev/null &
	pid=$!
	wait_for is_booting "$n" "$tmp" || true
	fill
	wait "$pid" || status=$?
}

# said PATTERN: the one line that is not about progress.
said() {
	grep -vE '^bench: boot [0-9]|^smmubench: |: valid, schema|: waiting for another run' "$TMP/err" >"$TMP/said" || true
	cat "$TMP/said"
	[[ $(wc -l <"$TMP/said") -eq $1 ]] && grep -qE "$2" "$TMP/said"
}

if [[ $(id -u) -eq 0 ]] && mkdir "$TMP/small" && mount -t tmpfs -o size=96M tmpfs "$TMP/small" 2>/dev/null; then
	fill
	refuses 1 'could not be written .No space left on device., and the run was cut short; go on with' "a folder on a full disk" \
		"${NULL[@]}" --out "$TMP/small/r"
	refuses 1 'has [0-9]+ MiB left and needs [0-9]+; free some' "TMPDIR on a full disk" \
		env TMPDIR="$TMP/small" "${NULL[@]}" --out "$TMP/r"
	rm -r "$TMP"/small/*

	run_and_fill 2 "$TMPDIR" --boots 3 --out "$TMP/small/r"
	check "a disk that fills up while results come in: status 1 (it was $status)" test "$status" -eq 1
	check "and one line" said 1 'runs/native-b1-p1.json could not be written .No space left on device.'
	check "what was measured before is whole" "$SMMUSTAT" check "$TMP/small/r/runs/native-b0-p0.json"
	check "no file stands for what could not be kept" test ! -e "$TMP/small/r/runs/native-b1-p1.json"
	rm "$TMP/small/fill"
	check "with some space, --resume completes it" "${AT_POINT[@]}" --resume --out "$TMP/small/r"
	check "each boot once" holds "$TMP/small/r" native-b0-p0 native-b1-p1 native-b2-p2
	check "and no more than that" clean "$TMP/small/r"

	mkdir "$TMP/small/tmp"
	run_and_fill 1 "$TMP/small/tmp" --boots 1 --out "$TMP/r"
	check "TMPDIR that fills up while a guest runs: status 1 (it was $status)" test "$status" -eq 1
	check "and a line, beside what is complete" said 2 'what the guest says was cut short: cannot write to .* .No space left on device.; set TMPDIR'
	rm "$TMP/small/fill"
	check "with some space, --resume completes it" "${AT_POINT[@]}" --resume --out "$TMP/r"
	umount "$TMP/small"
else
	skip "a full disk" "needs root, to mount a small one"
fi
done_testing
