# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154  # what the files of scripts/bisect share
#
# What the search came to, and whether it stands: the commit or the candidates, its
# parent once more, a revert, a table and a chart.

# say LINE: on standard output, and in the report.
say() {
	printf '%s\n' "$*"
	printf '%s\n' "$*" >>"$WORK/report"
}

# say_candidates COMMIT...: between them nothing could be tested.
say_candidates() {
	local commit
	say "the first bad commit is one of these $#, since those between could not be tested:"
	for commit; do
		why=''
		[[ ! -e $out/skipped/$commit.log ]] || why=": $(last_line "$out/skipped/$commit.log")"
		say "  $(describe "$commit")$why"
	done
}

# judged NAME COMMIT: the verdict in words, or why there is none, in `said`.
judged() {
	local rc=0
	verdict=none
	judge "$@" || rc=$?
	[[ $rc -eq 0 || $rc -eq $EX_UNTESTABLE ]] || stop "$why"
	[[ $rc -eq 0 ]] || verdict=none said=$why
}

# revert COMMIT: prints a commit on top of the bad end that takes that one back. It is
# made in an index: there is no work tree, and none is needed. Its id is always the same.
revert() {
	local tree
	cd "$GIT" || return
	export GIT_INDEX_FILE=$GIT/revert.index GIT_AUTHOR_DATE=$EPOCH GIT_COMMITTER_DATE=$EPOCH
	rm -f "$GIT_INDEX_FILE"
	tree_git read-tree "$BAD" && step_diff --binary "$1" "$1^" >"$WORK/revert.patch" &&
		tree_git apply --cached --3way "$WORK/revert.patch" && tree=$(tree_git write-tree) &&
		tree_git commit-tree "$tree" -p "$BAD" -m "Revert $1"
}

# try_revert COMMIT: whether the bad end is good without it.
try_revert() {
	local verdict said
	if ! reverted=$(revert "$1" 2>"$out/logs/revert.log"); then
		reverted=
		say "it does not revert cleanly on top of the bad end"
		return
	fi
	note "measuring the bad end without it"
	judged "$reverted" "$reverted"
	case $verdict in
	good) say "reverting it on top of the bad end brings it back: $said" ;;
	bad) say "reverting it on top of the bad end does not bring it back: $said" ;;
	*) say "reverting it on top of the bad end: $said" ;;
	esac
}

# say_step PARENT COMMIT: by how much, with as many boots of both as it takes to tell.
say_step() {
	local boots have=0 status
	while true; do
		status=0
		ask "$out/points/$1.again" "$out/points/$2" || status=$?
		if [[ $status -ne 3 ]] || ! more_boots "$have"; then break; fi
		have=$boots
		{ measure "$1.again" "$1" "$boots" && measure "$2" "$2" "$boots"; } || stop "$why"
	done
	[[ $status -ne 0 ]] || say "from its parent to it: $said"
}

# found COMMIT: its parent is measured once more, from nothing.
found() {
	local parent verdict said status=0
	parent=$(git -C "$GIT" rev-parse "$1^")
	say "the first bad commit is $(git -C "$GIT" log -1 --format='%H (%s)' "$1")"
	judged "$1" "$1"
	say "it is $said"
	note "measuring its parent again, $(describe "$parent")"
	judged "$parent.again" "$parent"
	say "its parent, measured again, is $said"
	if [[ $verdict != good ]]; then
		say "so this is inconclusive: its parent is not good every time"
		status=$EX_INCONCLUSIVE
	else
		say_step "$parent" "$1"
	fi
	try_revert "$1"
	return "$status"
}

# name_of COMMIT: short, for a chart.
name_of() {
	if [[ ${request[over]} == series ]]; then
		git -C "$GIT" rev-list --count "$GOOD..$1"
	else
		git -C "$GIT" log -1 --abbrev=8 --format=%h "$1"
	fi
}

# show_trend: the metric at all commits that were measured, in their order.
show_trend() {
	local commit field points=() options=()
	for field in ${request[allow]}; do options+=(--allow "$field"); done
	for commit in $(git -C "$GIT" rev-list --reverse --topo-order --boundary "$GOOD..$BAD" | sed 's/^-//'); do
		if [[ -e $out/points/$commit/results.json ]] && has_metric "$out/points/$commit"; then
			points+=("$(name_of "$commit")=$out/points/$commit/results.json")
		fi
	done
	[[ -z $reverted || ! -e $out/points/$reverted/results.json ]] ||
		points+=("revert=$out/points/$reverted/results.json")
	"$SMMUSTAT" trend --metric "${request[metric]}" --chart "$out/trend.svg" "${options[@]}" \
		"${points[@]}" >"$WORK/trend" ||
		stop "the chart could not be made"
	say ""
	say "$(<"$WORK/trend")"
}

# conclude: the report, and the exit status.
conclude() {
	local status=0 reverted=''
	if [[ ${#candidates[@]} -eq 1 ]]; then
		found "${candidates[0]}" || status=$?
	else
		say_candidates "${candidates[@]}"
		status=$EX_INCONCLUSIVE
	fi
	show_trend
	place "$WORK/report" report.txt
	note "report and chart are in $out"
	return "$status"
}
