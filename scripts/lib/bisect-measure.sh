# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154  # what the files of scripts/bisect share
#
# What a commit measures, and whether that is good or bad. Nothing is remembered of an
# answer but the results it came from, and why a commit cannot be tested.
#
# What a function here cannot do, it says in `why`, and returns EX_UNTESTABLE when
# the commit is at fault, EX_FAIL when this machine is.

why=''
worked=false	# whether anything had to be built or measured

# describe COMMIT: for people.
describe() { git -C "$GIT" log -1 --abbrev=12 --format='%h (%s)' "$1"; }

# boots_in DIR: how many complete boots its results hold, in `have`. What kills jq says
# nothing about the results.
boots_in() {
	local status=0
	have=0
	[[ -e $1/results.json ]] || return 0
	have=$(jq '[.runs[] | select(.status == "ok")] | length' "$1/results.json") || status=$?
	[[ $status -eq 0 ]] || { why="cannot read $1/results.json" && return "$EX_FAIL"; }
}

# damaged DIR: the results there that are not what was measured, one a line.
damaged() {
	local status=0
	if [[ -e $1/SHA256SUMS ]]; then
		(cd "$1" && sha256sum --check --quiet SHA256SUMS 2>/dev/null) |
			sed -nE 's/^\.\/((results|runs\/.*)\.json): FAILED( open or read)?$/\1/p'
	fi
	[[ -e $1/results.json ]] || return 0
	"$SMMUSTAT" check "$1/results.json" >/dev/null 2>&1 || status=$?
	[[ $status -eq 0 || $status -gt 128 ]] || echo results.json
}

# drop_damaged DIR COMMIT: what goes is measured again.
drop_damaged() {
	local files
	mapfile -t files < <(damaged "$1")
	[[ ${#files[@]} -gt 0 ]] || return 0
	note "${files[*]} of $(describe "$2") is damaged; measuring it again"
	(cd "$1" && rm -f SHA256SUMS results.json "${files[@]}")
}

# logged LOG COMMAND...: the command writes there, and does not outlive us.
logged() {
	local log=$1
	shift
	{ tethered_patiently "$@" >>"$log" 2>&1 </dev/null; } 2>/dev/null
}

# bench DIR BOOTS LOG: the boots that DIR lacks, with the kernel in POINT. How the last
# guest ended is in the file ENDED then.
bench() {
	local dir=$1 boots=$2 log=$3
	local -a options=(--no-report --kernel "$POINT" --out "$dir" --boots "$boots"
		--modes "${request[metric]%%[:/]*}" --clock "${request[clock]}"
		--suite "${request[suite]}" --timeout "$(boot_timeout)")
	# One that was cut short before its first boot holds nothing to go on with.
	if [[ -e $dir/request ]]; then options+=(--resume); else rm -rf "$dir"; fi
	: >"$log" && rm -f "$WORK/ended" &&
		VM_ENDED=$WORK/ended logged "$log" "$TOP/scripts/bench" "${options[@]}"
}

# boot_timeout: a boot that takes ten times as long as one of the good end hangs. That
# one comes first, and gets a quarter of an hour.
boot_timeout() {
	local seconds=900
	[[ ! -s $out/boot-seconds ]] || seconds=$((10 * $(<"$out/boot-seconds") + 60))
	echo $((seconds < 900 ? seconds : 900))
}

# good_end_runs: whether this machine can still boot the kernel of the good end, which
# ran before.
good_end_runs() {
	local POINT control=$out/control status=0
	[[ -s $out/good-point ]] && POINT=$(<"$out/good-point") && [[ -e $POINT ]] || return 0
	note "booting the good end again, to see that it is not this machine"
	rm -rf "$control"
	bench "$control" 1 "$out/logs/control.boots" || status=$?
	rm -rf "$control"
	return "$status"
}

# run_bench DIR BOOTS LOG: the commit is blamed for a boot that failed twice, when both
# times the guest ended by its own doing, and the good end still runs here.
run_bench() {
	local dir=$1 boots=$2 log=$3 status
	note "booting it until it has $boots boots"
	for _ in 1 2; do
		status=0
		bench "$dir" "$boots" "$log" || status=$?
		[[ $status -ne 0 ]] || return 0
		why=$(last_line "$log")
		! $cut_short && [[ $status -le 128 ]] || return "$EX_FAIL"
		has_room "$out" 16 && has_room "${TMPDIR:-/tmp}" 32 || return "$EX_FAIL"
		why=$(last_line "$log")
		[[ -s $WORK/ended && $(<"$WORK/ended") != machine ]] || return "$EX_FAIL"
	done
	if ! good_end_runs; then
		why="the good end does not run any more either: $(last_line "$out/logs/control.boots")"
		return "$EX_FAIL"
	fi
	why="it does not run the suite"
	return "$EX_UNTESTABLE"
}

# boots DIR COMMIT BOOTS: one boot shows whether there is any use in more.
boots() {
	local log=$out/logs/${1##*/} began
	kernel_of "$2" "$log.log" && point_make "$OBJECTS" "$TREE" "$CONFIG" "$log.log" {FOLDER_LOCK}>&- ||
		return
	if [[ $have -eq 0 ]]; then
		began=$SECONDS
		run_bench "$1" 1 "$log.boots" || return
		if [[ $2 == "$GOOD" ]]; then
			echo $((SECONDS - began)) >"$out/boot-seconds"
			echo "$POINT" >"$out/good-point"
		fi
	fi
	run_bench "$1" "$3" "$log.boots"
}

# hook DIR COMMIT BOOTS: the user's command instead.
hook() {
	local status=0 log=$out/logs/${1##*/}.log ended
	: >"$log"
	logged "$log" env -C "$GIT" "${USERS_ENV[@]}" bash -c "${request[measure]} \"\$@\"" measure "$2" "$3" "$1" || status=$?
	why="${request[measure]} ended with status $status: $(last_line "$log")"
	case $status in
	0) ;;
	"$EX_UNTESTABLE") why="it cannot be tested" ;;
	*)
		ended=$why
		! has_room "$out" 1 || why=$ended
		status=$EX_FAIL
		;;
	esac
	return "$status"
}

# remember_skip COMMIT NAME: a commit that cannot be tested is not tried again. Its log
# is kept with the reason as the last line.
remember_skip() {
	local log=$out/logs/$2.log
	[[ ! -e $out/logs/$2.boots ]] || log=$out/logs/$2.boots
	{
		cat "$log" 2>/dev/null
		printf '%s\n' "$why"
	} >"$WORK/skipped"
	mkdir -p "$out/skipped"
	place "$WORK/skipped" "skipped/$1.log"
}

# measure NAME COMMIT BOOTS: points/NAME holds that many boots of the commit.
measure() {
	local name=$1 commit=$2 boots=$3 dir=$out/points/$1 have status=0
	if [[ -e $out/skipped/$commit.log ]]; then
		why=$(last_line "$out/skipped/$commit.log")
		return "$EX_UNTESTABLE"
	fi
	mkdir -p "$dir" || { why="cannot write to $dir" && return "$EX_FAIL"; }
	drop_damaged "$dir" "$commit"
	boots_in "$dir" || return
	[[ $have -lt $boots ]] || return 0
	worked=true
	if [[ -n ${request[measure]} ]]; then
		hook "$dir" "$commit" "$boots" || status=$?
	else
		boots "$dir" "$commit" "$boots" || status=$?
	fi
	if $cut_short; then
		why=interrupted
		return "$EX_FAIL"
	fi
	[[ $status -ne $EX_UNTESTABLE ]] || remember_skip "$commit" "$name"
	[[ $status -eq 0 ]] || return "$status"
	boots_in "$dir" || return
	[[ $have -ge $boots ]] && return
	why="only $have of $boots boots were measured"
	return "$EX_FAIL"
}

# has_metric DIR
has_metric() {
	local status=0
	"$SMMUSTAT" figures "$1" | awk -v metric="${request[metric]}" \
		'$1 == metric || $2 == metric { found = 1 } END { exit !found }' || status=$?
	[[ $status -le 1 ]] || stop "cannot read $1/results.json"
	return "$status"
}

# ask DIR...: what smmustat says of them, in `said`.
ask() {
	local field options=()
	for field in ${request[allow]}; do options+=(--allow "$field"); done
	[[ -z ${request[effect]} ]] || options+=(--effect "${request[effect]}")
	said=$("$SMMUSTAT" place --metric "${request[metric]}" "${options[@]}" "$@" 2>&1)
}

# more_boots HAVE: the boots that `said` asks for, in `boots`, as long as they are
# more than there are and within the bounds.
more_boots() {
	local most=${request[max-boots]}
	boots=${said#boots }
	is_count "$boots" || boots=$most
	[[ $boots -le $most ]] || boots=$most
	[[ $boots -gt $1 ]]
}

# judge NAME COMMIT: `verdict` becomes good or bad, and `said` that with figures.
judge() {
	local name=$1 commit=$2 boots=$POINT_BOOTS have status
	while true; do
		measure "$name" "$commit" "$boots" || return
		status=0
		ask "$out/points/$GOOD" "$out/points/$BAD" "$out/points/$name" || status=$?
		verdict=${said%% *}
		case $status in
		0) return 0 ;;
		3)
			boots_in "$out/points/$name" || return
			more_boots "$have" && continue
			why="it stays unclear with $have boots"
			return "$EX_UNTESTABLE"
			;;
		esac
		why=${said:-smmustat place ended with status $status}
		why=${why#smmustat*: }
		has_metric "$out/points/$name" && return "$EX_FAIL"
		why="it does not measure ${request[metric]}"
		return "$EX_UNTESTABLE"
	done
}
