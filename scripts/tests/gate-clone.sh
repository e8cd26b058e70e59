# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# A clone of this tree for tests of scripts/gate, and a change of EL2's code there that
# makes a row slower.

. "$TOP/scripts/tests/copy.sh"
readonly MARK=GATE_OF=$TMP
. "$TOP/scripts/tests/started.sh"

# A change of EL2's code, as a user of this project makes one. A clone of this tree as it
# lies here is where the branch began.
by() { git -c user.name=t -c user.email=t@t "$@"; }

clone() {
	copy_here "$TMP/origin" && by -C "$TMP/origin" add -A &&
		by -C "$TMP/origin" commit -q -m base && git -C "$TMP/origin" tag v1 &&
		git clone -q "$TMP/origin" "$TMP/clone"
}

# slower TURNS: a loop of so many turns before EL2 tells an SMMU what to forget, as a commit.
slower() {
	local file
	file=$(echo "$TMP"/clone/hyp-patches/*/files/drivers/iommu/arm/arm-smmu-v3/pkvm/cmdq.c)
	sed -i "/^void smmu_batch_submit(/,/^}/s/^\tif (batch_has_room(b))\$/\tfor (int i = 0; i < $1; i++)\n\t\tasm volatile(\"nop\");\n\n&/" "$file" &&
		[[ $(git -C "$TMP/clone" diff --numstat | cut -f1) == 3 ]] &&
		by -C "$TMP/clone" commit -q -a -m "$1 turns"
}

# gate NAME ARGUMENT...: in the clone; its status is in `status`, what it says in NAME.
# What it starts says so in its environment.
gate() {
	local name=$1
	shift
	status=0
	(cd "$TMP/clone" && exec env --default-signal=INT "$MARK" scripts/gate "$@") \
		>"$TMP/$name" 2>"$TMP/$name.err" </dev/null || status=$?
}

ROW_SAID='^worse +identity/guest_take/4k/counted/instructions_el2'
says_row() { cat "$TMP/$1" && [[ $status -eq 1 ]] && grep -qE "$ROW_SAID" "$TMP/$1"; }

# cut_off SIGNAL NAME WHEN ARGUMENT...: gate gets the signal once it says WHEN, ends with
# status 1 and a line that says how to go on, and has nothing left running. ^C goes to
# all of a terminal's processes, TERM to the one that is meant.
cut_off() {
	local signal=$1 name=$2 when=$3 pid i rc=0 to
	shift 3
	set -m
	(cd "$TMP/clone" && exec env "$MARK" scripts/gate "$@") >"$TMP/$name" 2>"$TMP/$name.err" </dev/null &
	pid=$!
	set +m
	to=$pid
	[[ $signal != INT ]] || to=-$pid
	for ((i = 0; i < 1800; i++)); do
		! grep -q "$when" "$TMP/$name.err" 2>/dev/null || break
		sleep 0.2
	done
	# Into the middle of it.
	sleep 3
	kill "-$signal" -- "$to"
	timeout 30 tail --pid="$pid" -f /dev/null || kill -KILL -- "-$pid"
	wait "$pid" || rc=$?
	tail -n 3 "$TMP/$name.err"
	[[ $rc -eq 1 ]] && tail -n 1 "$TMP/$name.err" | grep -q '^gate: interrupted; go on with scripts/gate --resume --out ' &&
		no_process
}

# goes_on NAME: the line that NAME ended with works, and measures nothing again.
goes_on() {
	local -a words
	read -r -a words < <(sed -n 's/.*; go on with scripts\/gate //p' "$TMP/$1.err")
	gate "$1.on" "${words[@]}"
	echo "status $status"
	tail -n 3 "$TMP/$1.on.err"
	# Two boots on wall are too few to tell.
	[[ $status -le 1 || $status -eq 3 ]]
}
