#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Each command that README.md shows is run by a test as it stands there: here, in a clone
# of this tree, or by the part that the table below names. A command that the table lacks
# fails, and so does an example of a --help with an option that the help does not know.

. "$(dirname "$0")/tap.sh"
. "$TOP/scripts/tests/built.sh"
. "$TOP/scripts/tests/copy.sh"
cd "$TOP"

# COMMAND | here, or the file that runs it and a line of that. What is in capitals, or
# belongs to a machine of the reader's, stands for what `as_here` puts there.
readonly TABLE='
make run | here
make help | here
make check | scripts/tests/ktap.sh: run --jobs "$jobs" "${PARTS[@]}"
make check-isolation | Makefile: check-isolation:
scripts/vm -- COMMAND | here
scripts/vm | here
scripts/vm --mode identity --smmus 2 --disk nvme -- dmesg | here
scripts/vm --mode identity --events --put .build/bench/guest -- guest 2 | scripts/tests/events.sh: --mode identity --events
scripts/kernel build | here
scripts/kernel apply --to D | scripts/tests/series.sh: scripts/kernel apply --to "$TREE"
scripts/kernel size | here
scripts/bench --help | here
scripts/bench --profile | scripts/tests/profile.sh: scripts/bench --profile --no-report
smmubench doctor | here
scripts/gate | scripts/tests/gate-full.sh: gate plain
scripts/gate --baseline --measured results/latest | scripts/tests/readme.sh: scripts/gate --baseline --measured results/latest
scripts/gate --base v1 --clock wall --max-boots 60 | scripts/tests/gate.sh: --base v1 --clock wall
scripts/bisect --metric M | scripts/tests/bisect-full.sh: search "$1" --metric "$METRIC"
scripts/bisect --metric native:strict/dma_map/4k/batch/mean --good 0 --bad 5 | scripts/tests/bisect-full.sh: --good 0 --bad 5
scripts/bisect --metric identity/guest_take/4k/counted/instructions_el2 --over ~/linux --good HEAD~20 --bad HEAD | scripts/tests/bisect-full.sh: --over "$TREE"
smmustat report DIR | here
smmustat compare A B | here
smmustat figures DIR | here
smmustat profile DIR | scripts/tests/profile.sh: "$SMMUSTAT" profile --format json'

# shown: the commands of README, one a line: what is indented, without what explains it.
# What stands between fences is a picture.
shown() {
	sed -n '/^```/,/^```/d;/^    /{:more;/\\$/{N;s/\\\n *//;b more};s/^    //;s/  .*//;s/ *#.*//;p}' README.md
}

# entry COMMAND: what the table says of it.
entry() { awk -F ' [|] ' -v command="$1" '$1 == command { print $2 }' <<<"$TABLE"; }

# as_here COMMAND: with what there is in the clone for the words in it.
as_here() {
	local command=$1
	command=${command/#smmustat/.build/analysis/smmustat}
	command=${command/ A B/ results/latest results/latest}
	command=${command/ DIR/ results/latest}
	command=${command/-- COMMAND/-- uname -r}
	command=${command/#smmubench doctor/scripts/vm --put .build/bench/smmubench --put .build/bench/module/smmubench.ko --put "$TMP/doctor" -- sh /in/doctor}
	printf '%s\n' "$command"
}

# here COMMAND: as people type it, in the clone; scripts/vm is a shell on a terminal.
here() {
	local command
	command=$(as_here "$1")
	echo "$command"
	cd "$TMP/clone" || return
	if [[ $command == scripts/vm ]]; then
		{ sleep 20; echo 'exit 0'; } | timeout 120 script -qec "$command" /dev/null
	else
		bash -c "$command"
	fi
}

# The figures of this tree against those that landed last. What is worse here is worse in
# this change, or results/baseline/quick.json was not updated with it: scripts/gate --update.
judge_figures() {
	local status=0 what="no figure moved against results/baseline/quick.json"
	(cd "$TMP/clone" && scripts/gate --baseline --measured results/latest) \
		>"$TMP/landed" 2>"$TMP/landed.err" || status=$?
	if [[ $status -eq 77 ]]; then
		skip "$what" "$(grep 'not judged' "$TMP/landed.err")"
		return
	fi
	check "$what: $(head -n 2 "$TMP/landed" | tr '\n' ' ')" test "$status" -eq 0
	[[ $status -eq 0 ]] || { cat "$TMP/landed" && tail -n 5 "$TMP/landed.err"; } | sed 's/^/# /'
}

# tested ENTRY: that file still has that line.
tested() { grep -qF -- "${1#*: }" "${1%%: *}"; }

clone() {
	copy_here "$TMP/clone" && git -C "$TMP/clone" add -A &&
		git -C "$TMP/clone" -c user.name=t -c user.email=t@t commit -q -m clone
}

# help_of COMMAND: its help, and that of a subcommand with it.
help_of() {
	case $1 in
	scripts/*) "$TOP/$1" --help ;;
	smmustat) "$SMMUSTAT" --help; [[ -z ${2-} || $2 == -* ]] || "$SMMUSTAT" "$2" --help ;;
	smmubench) "$BENCH/host/smmubench" --help; "$BENCH/host/smmubench" "${2:---}" --help ;;
	esac 2>/dev/null || true
}

# examples_of TEXT: the lines below "Example:" or "Examples:".
examples_of() {
	awk '/^Examples?:/ { on = 1; sub(/^Examples?: */, ""); if ($0 == "") next; print; next }
		on && /^ +[^ ]/ { sub(/^ */, ""); print; next } { on = 0 }' | sed -e ':more;/\\$/{N;s/\\\n *//;b more}' -e 's/ \{2,\}#.*//'
}

# knows COMMAND: each option that stands in an example is one that the help explains.
knows() {
	local example words word bad=0
	while read -r example; do
		while [[ $example =~ ^[A-Z_]+= ]]; do example=${example#* }; done
		read -r -a words <<<"${example%% -- *}"
		for word in "${words[@]}"; do
			[[ $word == --?* ]] || continue
			help_of "${words[0]}" "${words[1]-}" | grep -qE -- "(^|[ ,|[])${word%%=*}([ ,=|]|\]|\$)" ||
				{ echo "$example: no $word" && bad=1; }
		done
	done < <(help_of "$@" | examples_of)
	return "$bad"
}

printf 'insmod /in/smmubench.ko && exec /in/smmubench doctor\n' >"$TMP/doctor"
check "a clone of this tree" clone
mapfile -t commands < <(shown)
check "README shows ${#commands[@]} commands" test "${#commands[@]}" -ge 15
for command in "${commands[@]}"; do
	how=$(entry "${command%%;*}")
	case $how in
	'') not_ok "'$command' is in no test" ;;
	here) check "'$command' works" here "$command" ;;
	*) check "'$command' is run by $how" tested "$how" ;;
	esac
done
judge_figures
while IFS= read -r command; do
	check "the table's '${command%% | *}' is in README still" \
		grep -qxF -- "${command%% | *}" <(printf '%s\n' "${commands[@]%%;*}")
done < <(sed '/^$/d' <<<"$TABLE")
for command in setup kernel vm bench gate bisect check; do
	check "the examples in $command --help have options that it knows" knows "scripts/$command"
done
for command in $("$SMMUSTAT" --help | sed -nE 's/^  ([a-z]+) .*/\1/p'); do
	check "so have those of smmustat $command" knows smmustat "$command"
done
done_testing
