# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154  # what the files of scripts/bisect share
#
# The search itself: both ends, then what `git bisect run` asks for.
#
# What git runs only passes the question on and waits for the answer, so that every
# build and boot is a child of the one process that people start and kill. Once that
# is gone, the question stays without an answer and git ends.

# shellcheck disable=SC2016  # it is for that shell
readonly ASK='echo "test $(git rev-parse BISECT_HEAD)"
	read -r status || exit 128
	exit "$status"'

# measure_end NAME COMMIT BOOTS: an end has to be testable.
measure_end() {
	local status=0
	measure "$2" "$2" "$3" || status=$?
	case $status in
	0) return ;;
	"$EX_UNTESTABLE")
		note "the $1 end, $(describe "$2"), cannot be tested: $why; choose another (see $out/skipped)"
		exit "$EX_UNTESTABLE"
		;;
	*) stop "$why" ;;
	esac
}

# measure_ends BOOTS: there and back (ABBA), so that a drift of the machine hits both.
measure_ends() {
	note "measuring $1 boots of the good end, $(describe "$GOOD"), and of the bad end, $(describe "$BAD")"
	measure_end good "$GOOD" $((($1 + 1) / 2))
	has_metric "$out/points/$GOOD" || usage_error \
		"the good end does not measure ${request[metric]}; smmustat figures $out/points/$GOOD lists what it does"
	measure_end bad "$BAD" "$1"
	measure_end good "$GOOD" "$1"
}

# compare_ends: goes on only when there is something to find.
compare_ends() {
	local boots=$END_BOOTS have status said
	while true; do
		measure_ends "$boots"
		status=0
		ask "$out/points/$GOOD" "$out/points/$BAD" || status=$?
		case $status in
		0)
			say "from good to bad: $said"
			return
			;;
		1)
			note "there is nothing to find: ${said#smmustat*: }"
			exit "$EX_FAIL"
			;;
		2)
			note "${said#smmustat*: }"
			exit "$EX_USAGE"
			;;
		3)
			boots_in "$out/points/$BAD" || stop "$why"
			more_boots "$have" && continue
			note "$have boots do not tell the ends apart; give more --max-boots or a larger --effect"
			exit "$EX_INCONCLUSIVE"
			;;
		*) stop "smmustat place ended with status $status" ;;
		esac
	done
}

# still_left: how many steps come after this one, and the time they will take once one
# has shown how long a step takes.
still_left() {
	local left
	left=$(git -C "$GIT" rev-list --bisect-vars refs/bisect/bad --not --glob='refs/bisect/good-*' |
		sed -n 's/^bisect_steps=//p')
	printf 'about %d more steps' "$left"
	[[ $steps_worked -eq 0 || $left -eq 0 ]] ||
		printf ', %d s' $((left * spent / steps_worked))
}

# answer COMMIT: the exit status that git bisect run wants to hear, in `status`.
answer() {
	local commit=$1 began=$SECONDS rc=0
	worked=false
	note "testing $(describe "$commit"), then $(still_left)"
	judge "$commit" "$commit" || rc=$?
	[[ $rc -eq 0 || $rc -eq $EX_UNTESTABLE ]] || stop "$why"
	if $worked; then
		spent=$((spent + SECONDS - began))
		steps_worked=$((steps_worked + 1))
	fi
	if [[ $rc -eq $EX_UNTESTABLE ]]; then
		note "it is skipped: $why"
		status=$rc
	else
		note "it is $said"
		status=0
		[[ $verdict == good ]] || status=1
	fi
}

# what_is_left: `candidates` become the commits that may be the first bad one, last
# first. If one could still be tested, git ended before its time.
what_is_left() {
	local commit
	mapfile -t candidates < <(git -C "$GIT" rev-list refs/bisect/bad --not --glob='refs/bisect/good-*')
	[[ ${#candidates[@]} -gt 0 ]] || return
	for commit in "${candidates[@]:1}"; do
		git -C "$GIT" rev-parse -q --verify "refs/bisect/skip-$commit" >/dev/null || return
	done
}

# search: drives git bisect run to its end; what is left then is in `candidates`.
search() {
	local word commit status steps_worked=0 spent=0 verdict said from to pid git_status=0
	tree_git -C "$GIT" bisect start --no-checkout "$BAD" "$GOOD" >"$out/logs/git.log" 2>&1 ||
		stop "git bisect start: $(last_line "$out/logs/git.log")"
	coproc ASKING { exec git -C "$GIT" bisect run sh -c "$ASK" 2>>"$out/logs/git.log"; }
	pid=$ASKING_PID
	exec {from}<&"${ASKING[0]}" {to}>&"${ASKING[1]}"
	while read -r word commit <&"$from"; do
		[[ $word == test ]] || continue
		answer "$commit"
		# A git that was killed must not take us along.
		(trap '' PIPE && echo "$status" >&"$to") 2>/dev/null || break
	done
	exec {from}<&- {to}>&-
	wait "$pid" || git_status=$?
	git -C "$GIT" bisect log >"$WORK/log" && place "$WORK/log" log
	what_is_left || stop "git bisect ended too early, with status $git_status"
}
