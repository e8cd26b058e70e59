#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# scripts/bisect on a toy: 24 commits, of which the 17th makes dma_map cost 30 % more,
# and toy-measure instead of kernels and boots.

. "$(dirname "$0")/tap.sh"
trap 'umount "$TMP/small" 2>/dev/null || true; rm -rf "$TMP"' EXIT

"${OWN_MAKE[@]}" -C "$TOP" tools >&2
export SMMUSTAT=$TOP/.build/analysis/smmustat
readonly METRIC=native:strict/dma_map/4k/batch/mean
readonly DATA=$TOP/analysis/tests/data
readonly RANDOM_SEED=${BISECT_SEED:-$(date +%N | sed 's/^0*//')}
RANDOM=$RANDOM_SEED

# toy DIR COST LATER BROKEN...: commits 1 to 24, with a tag each; from the 17th on they
# cost LATER. Those of BROKEN cannot be tested. Times are fixed, so that the ids are,
# and with them the noise.
toy() {
	local dir=$1 cost=$2 later=$3 n date
	shift 3
	git init -q "$dir"
	cd "$dir" || return
	for ((n = 1; n <= 24; n++)); do
		[[ $n -ne 17 ]] || cost=$later
		echo "$cost" >cost
		echo "$n" >"file$n"
		rm -f broken
		[[ " $* " != *" $n "* ]] || touch broken
		date="2026-01-01T00:$n:00Z"
		git add -A
		GIT_AUTHOR_DATE=$date GIT_COMMITTER_DATE=$date toy_commit "$n"
	done
	cd "$TOP" || return
}

toy_commit() { git -c user.name=t -c user.email=t@t commit -q -m "commit $1" && git tag "c$1"; }

# bisect OUT REPOSITORY CLOCK OPTION...: what it says goes to OUT.said and OUT.err.
bisect() {
	local out=$1 repository=$2 clock=$3 data=native.json
	shift 3
	[[ $clock == insn ]] || data=wall.json
	scripts/bisect --metric "$METRIC" --over "$repository" --clock "$clock" --out "$out" \
		--measure "$TOP/scripts/tests/toy-measure $DATA/$data" "$@" >"$out.said" 2>"$out.err" </dev/null
}

# ends STATUS PATTERN DESCRIPTION COMMAND OUT...: it ends with that status, and the last
# line on standard error matches; those before it are progress.
ends() {
	local want=$1 pattern=$2 what=$3 status=0 said
	shift 3
	"$@" || status=$?
	said=$(tail -n 1 "$2.err")
	if [[ $status -eq $want && $said =~ $pattern ]]; then
		ok "$what: $said"
	else
		not_ok "$what (status $status, wanted $want)"
		tail -n 5 "$2.err" | sed 's/^/# /'
	fi
}

says() { check "$1" grep -qE -- "$3" "$2"; }

# measured OUT: each complete boot, by the inode and the hash of its file.
measured() { (cd "$1/points" && stat -c '%n %i %Y' -- */runs/*.json | sort); }

# kept OUT BEFORE: none of what was measured BEFORE is gone or was measured again.
kept() { [[ -s $2 ]] && ! comm -13 <(measured "$1") "$2" | grep .; }

# each_once OUT: no point has a boot twice or in part, nor fewer than its first ones.
each_once() {
	local results
	for results in "$1"/points/*/results.json; do
		jq -e '[.runs[] | select(.status == "ok") | .run_id] | length >= 3 and
			length == (unique | length)' "$results" >/dev/null || return
	done
}

# free OUT: nobody has it among its arguments, nor its lock, which is inherited.
free() {
	[[ -z $(pgrep -f -- "$1( |/|\$)") ]] &&
		{ [[ ! -e $1/.lock ]] || flock --nonblock "$1/.lock" true; }
}

# gone OUT: no process of that search is left, or will be in a moment.
gone() {
	local i
	for ((i = 0; i < 50; i++)); do
		! free "$1" || return 0
		sleep 0.1
	done
	pgrep -af "$1"
	return 1
}

untouched() { [[ $(hash_tree "$1") == "$2" ]]; }

# interrupt OUT: ^C for a whole terminal, once the first point is being measured.
interrupt() {
	local pid i status=0
	set -m
	TOY_SECONDS=0.3 bisect "$1" "$TMP/repo" insn --good c1 --bad c24 &
	pid=$!
	set +m
	for ((i = 0; i < 200; i++)); do
		! grep -q 'testing' "$1.err" 2>/dev/null || break
		sleep 0.1
	done
	sleep 0.5
	kill -INT -- "-$pid"
	wait "$pid" || status=$?
	return "$status"
}

# interrupt_often OUT: ^C at fifteen moments of one search, from its first line of shell to
# its last point. Each time it ends at once, says how to go on, and keeps what it has.
interrupt_often() {
	local out=$1 n i pid status began took delay options=(--good c1 --bad c24)
	for ((n = 0; n < 15; n++)); do
		: >"$out.err"
		set -m
		TOY_SECONDS=0.2 bisect "$out" "$TMP/repo" insn "${options[@]}" &
		pid=$!
		set +m
		# Some of them before it measures, most while it does.
		for ((i = 0; n % 4 && i < 300; i++)); do
			! grep -qE ' (measuring|testing) ' "$out.err" || break
			sleep 0.1
		done
		printf -v delay '%d.%03d' $((RANDOM % 3)) $((RANDOM % 1000))
		sleep "$delay"
		kill -INT -- "-$pid" 2>/dev/null || true
		status=0 began=$SECONDS
		wait "$pid" 2>/dev/null || status=$?
		took=$((SECONDS - began))
		echo "after $delay s: status $status in $took s: $(tail -n 1 "$out.err")"
		# Before the script is in charge, ^C ends its shell.
		[[ $took -le 10 && $status =~ ^(0|1|130)$ ]] || return
		[[ $status -ne 1 ]] || grep -q 'bisect: interrupted' "$out.err" || return
		gone "$out" || return
		[[ ! -e $TMP/before ]] || kept "$out" "$TMP/before" || return
		if [[ -e $out/request ]]; then
			options=(--resume)
			[[ $status -eq 0 ]] || grep -q 'go on with scripts/bisect --resume' "$out.err" ||
				grep -q 'start it again$' "$out.err" || [[ $status -eq 130 ]] || return
		fi
		! compgen -G "$out/points/*/runs/*.json" >/dev/null || measured "$out" >"$TMP/before"
		[[ $status -ne 0 ]] || return 0
	done
	bisect "$out" "$TMP/repo" insn "${options[@]}" && { [[ ! -e $TMP/before ]] || kept "$out" "$TMP/before"; }
}

# random_victim PID: a process of the tree below PID.
random_victim() {
	local i pids
	mapfile -t pids < <(pgrep -P "$1")
	for ((i = 0; i < ${#pids[@]}; i++)); do
		mapfile -t -O "${#pids[@]}" pids < <(pgrep -P "${pids[i]}")
	done
	echo "${pids[RANDOM % ${#pids[@]}]}"
}

# kill_one OUT: kill -9 of the search itself, while what it runs has long to go.
kill_one() {
	local pid i
	TOY_SECONDS=60 bisect "$1" "$TMP/repo" insn --good c1 --bad c24 &
	pid=$!
	for ((i = 0; i < 100; i++)); do
		! compgen -G "$1/points/*/runs" >/dev/null || break
		sleep 0.1
	done
	kill -KILL "$(pgrep -P "$pid")"
	wait "$pid" || true
	gone "$1"
}

# kill_ten OUT: kill -9 ten times, and on each time; what was measured stays.
kill_ten() {
	local out=$1 n pid options=(--good c1 --bad c24)
	for ((n = 0; n < 10; n++)); do
		TOY_SECONDS=0.2 bisect "$out" "$TMP/repo" insn "${options[@]}" &
		pid=$!
		sleep "$((RANDOM % 3)).$((RANDOM % 10))"
		kill -KILL "$(random_victim "$pid")" 2>/dev/null || true
		wait "$pid" 2>/dev/null || true
		gone "$out" || return
		[[ ! -e $TMP/before ]] || kept "$out" "$TMP/before" || return
		[[ ! -e $out/request ]] || options=(--resume)
		! compgen -G "$out/points/*/runs/*.json" >/dev/null || measured "$out" >"$TMP/before"
	done
	bisect "$out" "$TMP/repo" insn "${options[@]}" && kept "$out" "$TMP/before"
}

# resume OUT: as the line that ^C leaves says.
resume() { scripts/bisect --resume --out "$1" >"$1.said" 2>"$1.err" </dev/null; }

# damage OUT: a digit of one result, all of another.
damage() {
	local commit
	commit=$(git -C "$TMP/repo" rev-parse c17)
	: >"$1/points/$commit/results.json"
}

# beside_another OUT: while another search holds the folder.
beside_another() {
	local fd
	exec {fd}>"$1/.lock"
	flock "$fd"
	refuses 1 'another run writes to' "two searches in one folder" scripts/bisect --resume --out "$1" {fd}>&-
	exec {fd}>&-
}

# A disk that fills up while a point is measured.
full_disk() {
	local out=$TMP/small/out
	if ! mkdir "$TMP/small" || ! mount -t tmpfs -o size=300K tmpfs "$TMP/small" 2>/dev/null; then
		skip "a full disk" "needs root, to mount a small one"
		return
	fi
	ends 1 'less than 1 MiB left in .*; free some; go on with scripts/bisect --resume' "a full disk" \
		bisect "$out" "$TMP/repo" insn --good c1 --bad c24
	mount -o remount,size=20M "$TMP/small"
	ends 0 'report and chart are in' "--resume completes it once there is space" resume "$out"
	says "and it ends on exactly the planted commit" "$out.said" "$FOUND"
	umount "$TMP/small"
}

# history_blames STATUS CUT: what kernel_of_history returns for a series whose commits ended
# with that status.
history_blames() {
	local status=0
	bash -c '
		. scripts/lib/common.sh
		. scripts/lib/bisect-source.sh
		GIT=$(git rev-parse --absolute-git-dir) out=$1 ended=$2 cut_short=$3
		has_room() { true; }
		commit_series() { return "$ended"; }
		kernel_of_history HEAD "$1/log"' bisect "$TMP/history" "$@" || status=$?
	[[ $status -eq $want ]]
}

cd "$TOP"
toy "$TMP/repo" 100 130 5 9 20
toy "$TMP/beside" 100 130 16 5 24
toy "$TMP/faster" 130 100
(cd "$TMP/repo" && echo 150 >cost && git add cost && toy_commit 25)
before=$(hash_tree "$TMP/repo")
readonly FOUND='^the first bad commit is [0-9a-f]{40} \(commit 17\)$'

# It is there.
check "^C at fifteen moments (seed $RANDOM_SEED), and on: it ends each time, and nothing is lost" interrupt_often "$TMP/often"
rm -f "$TMP/before"
says "it ends on exactly the planted commit" "$TMP/often.said" "$FOUND"
ends 1 'interrupted; go on with scripts/bisect --resume --out' "^C ends the search" interrupt "$TMP/out"
check "and leaves no process" gone "$TMP/out"
measured "$TMP/out" >"$TMP/cut"
ends 0 'report and chart are in' "--resume completes it" resume "$TMP/out"
check "what was measured before ^C was not measured again" kept "$TMP/out" "$TMP/cut"
says "it ends on exactly the planted commit" "$TMP/out.said" "$FOUND"
says "its parent, measured again, is good" "$TMP/out.said" '^its parent, measured again, is good 1000 '
check "that was measured from nothing" test -s "$TMP/out/points/$(git -C "$TMP/repo" rev-parse c16).again/runs/2.json"
says "a revert on top of the bad end brings it back" "$TMP/out.said" \
	'^reverting it on top of the bad end brings it back: good 1000 '
check "the report holds the same" cmp "$TMP/out.said" "$TMP/out/report.txt"
check "there is a chart" grep -q '<svg' "$TMP/out/trend.svg"
ends 3 'report and chart are in' "beside a commit that cannot be tested it is inconclusive" \
	bisect "$TMP/cand" "$TMP/beside" insn --good c1 --bad c23
says "and names both candidates" "$TMP/cand.said" '^the first bad commit is one of these 2'
says "with the reason" "$TMP/cand.said" '\(commit 16\): it cannot be tested$'
ends 0 'report and chart are in' "on wall, with 10 % of noise" \
	bisect "$TMP/wall" "$TMP/repo" wall --good c1 --bad c24
says "it ends on exactly the planted commit" "$TMP/wall.said" "$FOUND"

ends 0 'report and chart are in' "where a later commit changes the same line" \
	bisect "$TMP/later" "$TMP/repo" insn --good c14 --bad c25
says "it ends on the planted commit too" "$TMP/later.said" "$FOUND"
says "and says that it does not revert cleanly" "$TMP/later.said" 'does not revert cleanly'

# It is not there.
ends 1 'there is nothing to find: no change' "between equal ends there is nothing to find" \
	bisect "$TMP/tie" "$TMP/repo" insn --good c1 --bad c16
ends 1 'there is nothing to find: no change' "nor on wall" \
	bisect "$TMP/tie-wall" "$TMP/repo" wall --good c2 --bad c16 --effect 20
ends 3 ' 4 boots do not tell the ends apart' "where few boots are allowed, it cannot tell" \
	bisect "$TMP/few" "$TMP/repo" wall --good c2 --bad c16 --max-boots 4
ends 125 'the bad end, .* \(commit 24\), cannot be tested' "an end that cannot be tested" \
	bisect "$TMP/end" "$TMP/beside" insn --good c1 --bad c24

# What breaks on the way.
check "kill -9 of the search ends what it runs" kill_one "$TMP/one"
check "ten times kill -9 of a random process (seed $RANDOM_SEED), and on: nothing is lost" kill_ten "$TMP/kill"
check "nor measured twice" each_once "$TMP/kill"
says "it ends on exactly the planted commit" "$TMP/kill.said" "$FOUND"
check "and leaves no process" gone "$TMP/kill"
damage "$TMP/kill"
ends 0 'report and chart are in' "damaged results are measured again" resume "$TMP/kill"
says "it says so" "$TMP/kill.err" 'results.json of .* \(commit 17\) is damaged; measuring it again$'
says "and ends on the same commit" "$TMP/kill.said" "$FOUND"
beside_another "$TMP/kill"
full_disk

want=125 check "a series that does not apply is its commit's fault" history_blames 1 false
want=1 check "not where a signal ended git" history_blames 137 false
want=1 check "nor where ^C did" history_blames 1 true

# Wrong requests.
wrong() { refuses "$1" "$2" "$3" scripts/bisect --metric "${METRIC}" "${@:4}"; }
toy_args=(--over "$TMP/repo" --measure true --out "$TMP/bad")
refuses 2 'is no name of a metric' "a metric that is no name" scripts/bisect --metric speed
refuses 2 "has no benchmark 'dma_mop'" "a benchmark there is not" \
	scripts/bisect --metric native/dma_mop/batch/mean
refuses 2 "unknown mode 'open'" "a mode there is not" scripts/bisect --metric open/dma_map/4k/batch/mean
wrong 2 'swap --good and --bad' "good and bad swapped" "${toy_args[@]}" --good c24 --bad c1
wrong 2 'the same commit' "good is bad" "${toy_args[@]}" --good c1 --bad c1
wrong 2 'has no commit nowhere' "a commit there is not" "${toy_args[@]}" --good nowhere --bad c1
wrong 2 'nowhere is neither a step of the series nor a commit' "an end there is not" --good 0 --bad nowhere
wrong 2 'is no git repository' "no repository" --over / --good a --bad b
refuses 2 'nothing to resume' "nothing to resume" scripts/bisect --resume --out "$TMP/nowhere"
wrong 1 'holds a search already' "a folder with a search" "${toy_args[@]}" --good c1 --bad c24 --out "$TMP/out"
refuses 1 'was made with' "--resume with another request" \
	scripts/bisect --resume --metric native:lazy/dma_map/4k/batch/mean --out "$TMP/out"
ends 2 'the good end does not measure native:strict/dma_map/2k' "a metric that nothing measures" \
	bisect "$TMP/none" "$TMP/repo" insn --good c1 --bad c24 --metric native:strict/dma_map/2k/batch/mean
ends 2 'swap good and bad' "a metric that became better" \
	bisect "$TMP/better" "$TMP/faster" insn --good c1 --bad c24
echo >>"$TMP/faster/cost"
wrong 1 'uncommitted changes' "a tree with uncommitted changes" "${toy_args[@]}" --over "$TMP/faster" \
	--good c1 --bad c24

# Repositories of other kinds: searched, or refused in a line that says what to do.
searched() {
	ends 0 'report and chart are in' "$1 is searched" bisect "$TMP/out.${2##*/}" "$2" insn --good c15 --bad c18
	says "and it ends on exactly the planted commit" "$TMP/out.${2##*/}.said" "$FOUND"
}
unfit() { wrong "$1" "$2" "$3" --measure true --out "$TMP/bad" --over "$4" --good c15 --bad c18; }

git -C "$TMP/repo" config uploadpack.allowFilter true
git -C "$TMP/repo" config uploadpack.allowAnySHA1InWant true
git clone -q --filter=blob:none "file://$TMP/repo" "$TMP/blobless"
unfit 1 'is a partial clone and lacks objects .*; run git fetch --refetch --no-filter there' "a clone without blobs" "$TMP/blobless"
git clone -q --filter=tree:0 "file://$TMP/repo" "$TMP/treeless"
unfit 1 'is a partial clone and lacks objects .*; run git fetch --refetch --no-filter there' "one without trees" "$TMP/treeless"
git -C "$TMP/blobless" fetch -q --refetch --no-filter
searched "a partial clone after that" "$TMP/blobless"
git clone -q --depth 3 "file://$TMP/repo" "$TMP/shallow"
unfit 1 'is cut short; run git fetch --unshallow there' "a shallow clone" "$TMP/shallow"
git clone -q --bare "$TMP/repo" "$TMP/bare.git"
searched "a bare repository" "$TMP/bare.git"
unfit 2 "lies inside the repository $TMP/bare.git; give that" "a folder inside it" "$TMP/bare.git/refs"
git -C "$TMP/repo" worktree add -q --detach "$TMP/linked" c20
searched "a linked work tree" "$TMP/linked"
git init -q "$TMP/super"
git -C "$TMP/super" -c protocol.file.allow=always submodule --quiet add "$TMP/repo" sub
searched "a submodule" "$TMP/super/sub"
mkdir "$TMP/linked/inside"
unfit 2 "lies inside the repository $TMP/linked; give that" "a folder inside a work tree" "$TMP/linked/inside"
unfit 2 'is the inside of a repository; give the folder that holds it' "a folder .git" "$TMP/super/.git"
git clone -q --shared "$TMP/bare.git" "$TMP/lender"
mv "$TMP/bare.git" "$TMP/gone.git"
unfit 1 "lender: .*" "a repository whose objects lay elsewhere" "$TMP/lender"
git clone -q --no-hardlinks "$TMP/repo" "$TMP/lost"
blob=$(git -C "$TMP/lost" rev-parse c17:cost)
file=$TMP/lost/.git/objects/${blob:0:2}/${blob:2}
cp "$file" "$TMP/object"
rm -f "$file"
unfit 1 'lacks objects of these commits .1.; git fsck there tells which' "one that lost an object" "$TMP/lost"
tail -c +5 "$TMP/object" >"$file"
unfit 1 "lost: .*$blob.*; git fsck tells more" "one whose object is damaged" "$TMP/lost"
export GIT_TEST_ASSUME_DIFFERENT_OWNER=1
unfit 1 'dubious ownership .*git config --global --add safe.directory' "someone else's" "$TMP/repo"
refuses 1 'dubious ownership .*git config --global --add safe.directory' "this repository, when it is" \
	scripts/bisect --metric "$METRIC" --good HEAD~1 --bad HEAD --out "$TMP/bad"
refuses 1 'dubious ownership .*git config --global --add safe.directory' "for the gate as well" \
	scripts/gate --out "$TMP/bad"
unset GIT_TEST_ASSUME_DIFFERENT_OWNER
git -C "$TMP/repo" worktree remove --force "$TMP/linked"
git -C "$TMP/repo" worktree prune
rm -rf "$TMP/repo/.git/worktrees"
git -C "$TMP/repo" config --remove-section uploadpack
check "the user's repository is as it was" untouched "$TMP/repo" "$before"
done_testing
