#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The scripts' own behaviour: bad input costs one line, and nothing is lost.

. "$(dirname "$0")/tap.sh"
cd "$TOP"

fake_tree() {
	mkdir -p "$TMP/$1"
	printf 'VERSION = %s\nPATCHLEVEL = %s\nSUBLEVEL = 0\n' "$2" "$3" >"$TMP/$1/Makefile"
}

# locked() keeps others out and goes with its holder.
lock_works() {
	(locked test-lock sleep 1) &
	sleep 0.3
	SECONDS=0
	locked test-lock true 2>/dev/null
	wait
}

hash_is_content() {
	local a b
	mkdir -p "$TMP"/h/{a,b}
	echo x >"$TMP/h/a/f" && echo x >"$TMP/h/b/f"
	touch -d @5 "$TMP/h/b/f"
	a=$(hash_tree "$TMP/h/a") b=$(hash_tree "$TMP/h/b")
	[[ $a == "$b" ]] || return
	echo y >"$TMP/h/b/f"
	[[ $a != "$(hash_tree "$TMP/h/b")" ]] || return
	mv "$TMP/h/b/f" "$TMP/h/b/g" && echo x >"$TMP/h/b/g"
	[[ $a != "$(hash_tree "$TMP/h/b")" ]]
}

# A kernel as the folder of a build, or what is kept of one, would hold it.
fake_kernel() {
	mkdir -p "$1/arch/arm64/boot"
	touch "$1/arch/arm64/boot/Image" "$1/.config"
}

# The temporary folder of a process that was killed goes, that of another stays.
sweep_works() {
	local -x TMPDIR=$TMP/sweep
	local dead live
	mkdir "$TMPDIR"
	bash -c '. scripts/lib/common.sh; . scripts/lib/owned.sh
		scratch dir vm 1
		kill -KILL $$' || true
	dead=$(ls "$TMPDIR")
	bash -c '. scripts/lib/common.sh; . scripts/lib/owned.sh
		scratch dir vm 1
		echo "$dir" >"$1"
		read -r _' - "$TMP/live" < <(sleep 60) &
	until [[ -s $TMP/live ]]; do sleep 0.1; done
	live=$(<"$TMP/live")
	(. "$TOP/scripts/lib/owned.sh" && scratch_sweep)
	kill $!
	[[ -n $dead && ! -e $TMPDIR/$dead && -d $live ]]
}

# A process that is tethered ends with the one it is tethered to, or never begins.
tether_works() {
	bash -c '. scripts/lib/common.sh; . scripts/lib/owned.sh
		tethered $$ sleep 50 &
		echo $! >"$1"
		until [[ $(<"/proc/$!/comm") == sleep ]]; do sleep 0.1; done
		kill -KILL $$' - "$TMP/tethered" || true
	sleep 0.2
	# Who has ended has no command line, also where nobody waits for him.
	[[ -z $(tr -d '\0' <"/proc/$(<"$TMP/tethered")/cmdline") ]] || return
	! (. "$TOP/scripts/lib/owned.sh" && tethered 1 true)
}

for s in setup kernel vm bench check gate bisect; do
	ln -s "$TOP/scripts/$s" "$TMP/linked-$s"
	check "$s is found by a link to it" env -C / "$TMP/linked-$s" --help
	check "$s --help shows an example" bash -c 'scripts/$1 --help | grep -q "^Examples\?:"' - "$s"
	refuses 2 'see .* --help' "$s: an unknown option" "scripts/$s" --frobnicate
done

check "setup: nothing is missing here" scripts/setup --check
check "setup: again, it has nothing to do" \
	bash -c 'scripts/setup 2>&1 | grep -q "nothing to do"'

refuses 2 "unknown command 'brew'" "kernel: an unknown command" scripts/kernel brew
refuses 2 'unknown flavour' "kernel: an unknown flavour" scripts/kernel build --flavour salt
fake_tree old 6 1
refuses 1 'is Linux 6.1; the series needs 7.3' "kernel: a tree of another version" \
	env KERNEL_SRC="$TMP/old" scripts/kernel fetch
mkdir "$TMP/empty"
refuses 1 'is no kernel tree' "kernel: a folder that is no tree" \
	env KERNEL_SRC="$TMP/empty" scripts/kernel fetch
refuses 1 'is not there' "kernel: a folder that is not there" \
	env KERNEL_SRC="$TMP/nowhere" scripts/kernel fetch
fake_tree dirty 7 3
(cd "$TMP/dirty" && git init -q . && git add . &&
	git -c user.name=t -c user.email=t@t commit -q -m t && echo >>Makefile)
refuses 1 'uncommitted changes' "kernel: a checkout with uncommitted changes" \
	env KERNEL_SRC="$TMP/dirty" scripts/kernel fetch

refuses 2 "unknown clock 'cpu'" "vm: an unknown clock" scripts/vm --clock cpu -- true
refuses 2 'one CPU only' "vm: two CPUs on the insn clock" scripts/vm --smp 2 -- true
refuses 2 'wants a number of CPUs' "vm: no number" scripts/vm --smp many -- true
refuses 2 "unknown page size '8k'" "vm: a page size there is not" scripts/vm --page-size 8k -- true
refuses 2 "unknown exception level '3'" "vm: a kernel at EL3" scripts/vm --el 3 -- true
refuses 2 "unknown number of SMMUs '3'" "vm: three SMMUs" scripts/vm --smmus 3 -- true
refuses 2 "unknown disk 'floppy'" "vm: a disk there is not" scripts/vm --disk floppy -- true
refuses 2 "--empty wants MiB, not 'much'" "vm: a disk of no size" scripts/vm --disk nvme --empty much -- true
refuses 2 "unknown device tree edit 'salt'" "vm: an edit there is not" scripts/vm --dt salt -- true
refuses 2 'add --smmus 2' "vm: an edit of a second SMMU" scripts/vm --dt disabled-second -- true
refuses 2 'give one with --out' "vm: a count without a folder" scripts/vm --trace-translations -- true
refuses 2 'take one line' "vm: two lines for the kernel" scripts/vm --append $'a\nb' -- true
refuses 2 'wants a size' "vm: no size" scripts/vm --memory much -- true
refuses 2 'give one after --' "vm: to follow no command" scripts/vm --follow x
refuses 2 'wants a process' "vm: a tether to nothing" scripts/vm --tether me -- true
refuses 1 'cannot read standard input .Is a directory.; give' "vm: a folder for input" \
	bash -c 'exec scripts/vm -- true <"$1"' - "$TMP"
mkdir "$TMP/a%b"
refuses 1 'in its name, which QEMU takes' "vm: a TMPDIR that QEMU would not take" \
	env TMPDIR="$TMP/a%b" scripts/vm -- true
refuses 1 'cannot read /nonexistent' "vm: a file that is not there" \
	scripts/vm --put /nonexistent -- true
refuses 1 'as a file' "vm: a folder for the guest" scripts/vm --put "$TMP" -- true
refuses 2 'two files named vm' "vm: two files of one name" \
	scripts/vm --put scripts/vm --put scripts/lib/../vm -- true

printf '#!/bin/sh\necho QEMU emulator version 7.2.0\n' >"$TMP/qemu"
refuses 1 '/qemu does not start .Permission denied.; set QEMU' "vm: an emulator that cannot be run" \
	env QEMU="$TMP/qemu" scripts/vm -- true
chmod +x "$TMP/qemu"
refuses 1 "says 'QEMU emulator version 7.2.0', and QEMU 11.1 is needed" "vm: an old one" \
	env QEMU="$TMP/qemu" scripts/vm -- true
refuses 1 'does not start .No such file or directory.' "vm: none" env QEMU="$TMP/nowhere" scripts/vm -- true

refuses 2 "unknown mode 'open'" "bench: an unknown mode" scripts/bench --modes native,open
refuses 2 "unknown clock 'cpu'" "bench: an unknown clock" scripts/bench --clock cpu
refuses 2 "unknown target 'moon'" "bench: an unknown target" scripts/bench --target moon
refuses 2 'wants a number' "bench: no number of boots" scripts/bench --boots few
refuses 2 'more than one thread' "bench: two threads on the insn clock" scripts/bench --threads 2
refuses 2 'nosuite' "bench: an unknown suite or benchmark" scripts/bench --suite nosuite
refuses 2 'nothing' "bench: a filter that matches nothing" scripts/bench --filter 'nothing*'
refuses 2 'nothing to resume' "bench: nothing to resume" \
	scripts/bench --resume --out "$TMP/nowhere"
mkdir -p "$TMP/old/runs"
touch "$TMP/old/runs/native-b0-p0.json"
refuses 1 'does not say what it was made with' "bench: results that nothing is known of" \
	scripts/bench --resume --out "$TMP/old"
refuses 1 'is no folder of a built kernel' "bench: a folder without a kernel" \
	scripts/bench --kernel "$TMP/empty"

# keeps_out DIR PATTERN WHAT: bench takes no such folder, with --resume or without, and
# leaves it as it was.
keeps_out() {
	local before option
	before=$(hash_tree "$1/")
	for option in '' --resume; do
		refuses 1 "$2" "bench: $3${option:+, with $option}" \
			bash -c 'scripts/bench $2 --out "$1"' - "$1" "$option"
	done
	check "and it is as it was" test "$before" == "$(hash_tree "$1/")"
}

mkdir -p "$TMP"/theirs/{report,hidden,runs/runs,bisect,half/logs} && ln -s report "$TMP/theirs/link"
echo mine | tee "$TMP"/theirs/{report/report.html,hidden/.profile,runs/runs/plan,half/logs/mine} >"$TMP/theirs/file"
printf 'metric=a\nclock=insn\nsuite=quick\n' >"$TMP/theirs/bisect/request"
keeps_out "$TMP/theirs/report" 'is not empty, and no result of bench .it has report.html.; give another --out' \
	"a folder with a report.html of somebody else"
keeps_out "$TMP/theirs/link" 'is not empty' "a link to it"
keeps_out "$TMP/theirs/hidden" 'is not empty' "a folder with a hidden file"
keeps_out "$TMP/theirs/runs" 'is not empty' "a folder with runs of another kind"
keeps_out "$TMP/theirs/half" 'is not empty' "a folder with logs of another kind"
keeps_out "$TMP/theirs/bisect" 'is not empty' "the folder of a search"
keeps_out "$TOP/scripts/lib" 'is not empty' "a folder of this clone"
refuses 1 'is not empty' "bench: the root of all" scripts/bench --out /
refuses 1 'is not empty' "bench: where one stands" bash -c 'cd scripts && ./bench --out .'
refuses 1 'is no folder' "bench: a file" scripts/bench --out "$TMP/theirs/file"

# What is unfinished of ours goes, the rest of such names stays, and has no sum.
sweeps_own() {
	local dir=$TMP/swept
	mkdir -p "$dir"/{runs,mine} "$TMP/work"
	touch "$dir"/{.request.tmp,runs/.a.json.tmp,.report.html.tmp.a1b2c3,.mine.tmp,mine/.runs.tmp,report.html.backup}
	touch "$dir"/{report.html,runs/a.json,mine/report.html,notes}
	(out=$dir WORK=$TMP/work && . scripts/lib/folder.sh && folder_open && folder_sum) || return
	[[ $(cd "$dir" && find . -type f ! -name .lock | sort | xargs) == './.mine.tmp ./SHA256SUMS ./mine/.runs.tmp ./mine/report.html ./notes ./report.html ./report.html.backup ./runs/a.json' ]] &&
		[[ $(cut -d ' ' -f 3 "$dir/SHA256SUMS" | xargs) == './report.html ./runs/a.json' ]]
}
# A search and a gate go on with folders of their own only, and begin in empty ones.
mkdir -p "$TMP/alien"/{git,base,change} && echo work | tee "$TMP/alien/git/thesis" >"$TMP/alien/base/data"
before=$(hash_tree "$TMP/alien")
git init -q "$TMP/two"
for n in 1 2; do git -C "$TMP/two" -c user.name=t -c user.email=t@t commit -q --allow-empty -m "$n"; done
refuses 1 'is not empty' "bisect: a folder with files of somebody's" scripts/bisect \
	--metric x/y/z --measure false --over "$TMP/two" --good HEAD~1 --bad HEAD --out "$TMP/alien"
echo suite=null >"$TMP/alien/request"
refuses 1 'is not empty' "gate: --resume in a folder that it did not make" \
	scripts/gate --resume --out "$TMP/alien"
refuses 1 'is not empty' "bisect: --resume in a folder that it did not make" \
	scripts/bisect --resume --out "$TMP/alien"
rm "$TMP/alien/request"
check "and all of it is as it was" test "$before" = "$(hash_tree "$TMP/alien")"

check "a folder of results: strangers' files stay and have no sum" sweeps_own

fake_kernel "$TMP/point2"
echo CONFIG_ARM64=y | tee "$TMP/point2/.config" >"$TMP/point2/smmubench.ko"
fake_kernel "$TMP/point"
refuses 1 'neither smmubench.ko nor' "bench: a kernel without what its module needs" \
	scripts/bench --kernel "$TMP/point"
touch "$TMP/point/smmubench.ko"
refuses 1 'which --isolation builds' "bench: nor what that of the attacks needs" \
	scripts/bench --kernel "$TMP/point" --isolation
refuses 1 'set TMPDIR to another folder' "bench: no place for temporary files" \
	env TMPDIR="$TMP/nowhere" scripts/bench
refuses 1 'cannot use .*/file .Not a directory.; set TMPDIR to another folder' "bench: a file for them" \
	env TMPDIR="$TMP/theirs/file" scripts/bench
mkdir "$TMP/it's a place, of a kind"
check "bench: a place of a long name" env TMPDIR="$TMP/it's a place, of a kind" scripts/bench --dry-run
# The part of the path that is given is one that another working directory does not have.
check "and of a relative one" bash -c 'cd "$1" && TMPDIR="it'\''s a place, of a kind" "$2/scripts/bench" --dry-run' - "$TMP" "$TOP"
check "nothing stays there" test -z "$(ls -A "$TMP/it's a place, of a kind")"

# planned N OPTION...: so many boots of each mode, the first of them not perturbed.
planned() {
	local n=$1
	shift
	scripts/bench --dry-run "$@" >"$TMP/plan" && [[ $(head -n 1 "$TMP/plan") == 'boot native-b0-p0' ]] &&
		[[ $(grep -c '^boot native' "$TMP/plan") -eq $n && $(grep -c '^boot identity' "$TMP/plan") -eq $n ]]
}
check "bench: as many starts as two results need to be told apart" planned 5
check "as many boots, on wall" planned 8 --clock wall
check "or as many as one asks for" planned 2 --boots 2

# Whoever reads the plan may stop; that is no failure to speak of.
reader_stops() {
	local status
	scripts/bench --dry-run --boots 3000 2>"$TMP/plan.err" | head -n 1 >"$TMP/plan" || status=$?
	cat "$TMP/plan.err"
	[[ ${status-0} -eq 141 && ! -s $TMP/plan.err && $(<"$TMP/plan") == 'boot native-b0-p0' ]]
}
check "a plan of which one line is read ends quietly" reader_stops

# A list that is read beside it keeps its lines.
in_a_loop() {
	local n=0 line
	while read -r line; do
		scripts/bench --dry-run --filter "$line" >/dev/null || return
		n=$((n + 1))
	done <<<$'null\nnull\nnull'
	[[ $n -eq 3 ]]
}
check "bench: in a loop over a list" in_a_loop

# Where programs cannot be started, or nothing can be written, however that came about.
mkdir "$TMP"/{noexec,readonly,clone}
if [[ $(id -u) -eq 0 ]] && mount -t tmpfs -o noexec,size=96M tmpfs "$TMP/noexec" 2>/dev/null; then
	trap 'umount "$TMP"/{noexec,readonly,clone} 2>/dev/null || true; rm -rf "$TMP"' EXIT
	mount -t tmpfs -o ro tmpfs "$TMP/readonly"
	mount --bind "$TOP" "$TMP/clone" && mount -o remount,bind,noexec "$TMP/clone"
	for program in "bench --dry-run" "bisect --metric native:strict/dma_map/4k/batch/mean"; do
		refuses 1 'no program can be started in .*/noexec, .*; set TMPDIR to another folder' \
			"${program%% *}: no programs in TMPDIR" bash -c 'TMPDIR=$1/noexec scripts/$2' - "$TMP" "$program"
	done
	check "nothing stays there" test -z "$(ls -A "$TMP/noexec")"
	refuses 1 'cannot write to .*/readonly .Read-only file system.; set TMPDIR' "bench: TMPDIR is read-only" \
		env TMPDIR="$TMP/readonly" scripts/bench --dry-run
	refuses 1 'cannot write to .*/readonly .Read-only file system.; give another --out' "bench: --out is read-only" \
		scripts/bench --kernel "$TMP/point2" --out "$TMP/readonly"
	refuses 1 'cannot write to .*/readonly .Read-only file system.; give another --out' "vm: so" \
		scripts/vm --out "$TMP/readonly" -- true
	for program in "bench --dry-run" "bisect --metric native:strict/dma_map/4k/batch/mean"; do
		refuses 1 'no program can be started in .*/clone, .*; clone to another folder' \
			"${program%% *}: no programs in the clone" bash -c 'bash "$1/clone/scripts/"$2' - "$TMP" "$program"
	done
	umount "$TMP"/{noexec,readonly,clone}
else
	skip "TMPDIR without programs, read-only, and a clone of that kind" "needs root, to mount"
fi

# A part that turned bad between two runs: what the first left must not count.
check_twice() {
	local copy=$TMP/twice
	mkdir -p "$copy/scripts/tests"
	cp -r scripts/check scripts/lib "$copy/scripts/"
	printf 'echo 1..1; echo ok 1\n' >"$copy/scripts/tests/fine.sh"
	printf 'echo 1..1; echo ok 1\n' >"$copy/scripts/tests/turns.sh"
	bash "$copy/scripts/check" --jobs 2 fine turns || return
	printf 'echo 1..1; echo not ok 1\n' >"$copy/scripts/tests/turns.sh"
	! bash "$copy/scripts/check" --jobs 2 fine turns
}

# One whose shell is killed has failed.
check_killed() {
	printf 'kill -KILL $PPID\n' >"$TMP/twice/scripts/tests/dies.sh"
	! timeout 20 bash "$TMP/twice/scripts/check" --jobs 2 fine dies >"$TMP/dies" &&
		grep -q '^# failed: dies' "$TMP/dies"
}

# ktap WHOLE TEXT: whether a log of an isolation boot is taken for a whole one.
ktap() {
	local status=0
	printf '%b' "$2" >"$TMP/ktap"
	(. "$TOP/scripts/lib/attack.sh" && is_whole_ktap "$TMP/ktap") || status=1
	[[ $status -eq $1 ]]
}

check "KTAP with the plan first is whole" ktap 0 'KTAP version 1\n1..2\nok 1 a\nnot ok 2 b\n'
check "with the plan last, too" ktap 0 'ok 1 a\nok 2 b # SKIP c\n1..2\n'
check "what is indented does not count" ktap 0 '1..1\n  KTAP version 1\n  1..2\n  ok 1 a\n  ok 2 b\nok 1 c\n'
check "KTAP that was cut short is not" ktap 1 '1..2\nok 1 a\n'
check "nor in a subtest" ktap 1 '1..1\n  1..2\n  ok 1 a\n  ok 2 b\n'
check "nor without a plan" ktap 1 'ok 1 a\n'
check "nor with two" ktap 1 '1..1\nok 1 a\n1..1\n'
check "nor with one in the middle" ktap 1 'ok 1 a\n1..2\nok 2 b\n'
check "nor with a plan for nothing" ktap 1 '1..0\n'

# What apt says is passed on, in one line.
apt_speaks() {
	(. "$TOP/scripts/lib/apt-root.sh"
	# shellcheck disable=SC2317  # apt_quietly() calls it
	failing() { printf 'Reading\nE: The disk is\nE: Unable to locate package toy\n' >&2; return 100; }
	! apt_quietly failing && [[ $APT_SAID == 'E: Unable to locate package toy' ]] &&
		! apt_quietly false && [[ $APT_SAID == 'it ended with status 1' ]])
}

check "what apt says is passed on" apt_speaks
check "a part that turns bad fails, whatever an earlier run left" check_twice
check "a part that is killed fails" check_killed
# waits_aloud LOCK COMMAND...: who waits for another build in this clone says so.
waits_aloud() {
	local lock=$1
	(exec {fd}>>"$lock" && flock "$fd" && touch "$TMP/held" && exec sleep 2) &
	until [[ -e $TMP/held ]]; do sleep 0.05; done
	rm "$TMP/held"
	"${@:2}" >"$TMP/loud" 2>&1 || return
	wait
	grep ': waiting for another run' "$TMP/loud"
}

check "make that waits for another build in the clone says so" waits_aloud .build/.lock make tools
check "so does bench" waits_aloud "$CACHE/locks/build-$(hash_stdin <<<"$TOP")" scripts/bench --dry-run --suite null
check "a lock keeps others out, and goes with its holder" lock_works
check "a temporary folder goes when its owner was killed" sweep_works
check "what is tethered ends with whom it is tethered to" tether_works
check "the hash of a folder depends on names and contents alone" hash_is_content
done_testing
