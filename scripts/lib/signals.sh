# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# shellcheck disable=SC2034  # cut_short is looked at elsewhere
#
# ^C and TERM in a command that builds and measures for minutes: what was begun ends,
# what was measured stays, and the user is told how to go on.

cut_short=false	# whether such a signal came
patient=	# what is being waited for

# Called by the traps below.
# shellcheck disable=SC2317
interrupted() {
	cut_short=true
	[[ -z $patient ]] || kill -TERM "$patient" 2>/dev/null || true
}

hear_signals() {
	trap interrupted INT TERM
	# Who waits for a lock hears them as well.
	LOCK_WAITER=patiently
}

# patiently COMMAND...: runs it and returns its status, or EX_FAIL when it was cut
# short. A shell that waits for what runs in the foreground hears of a signal only
# once that is over. What does not end when told is killed ten seconds later, and what
# it had started goes with it (owned.sh, kbuild).
patiently() {
	local status=0
	! $cut_short || return "$EX_FAIL"
	"$@" &
	patient=$!
	! $cut_short || kill -TERM "$patient" 2>/dev/null || true
	wait "$patient" || status=$?
	# ^C goes to all processes of a terminal, and may reach the other one first.
	[[ $status -ne 130 ]] || sleep 0.2
	if $cut_short; then
		timeout 10 tail --pid="$patient" --sleep-interval=0.1 -f /dev/null ||
			kill -KILL "$patient" 2>/dev/null || true
		wait "$patient" || true
		status=$EX_FAIL
	fi
	patient=
	return "$status"
}

# tethered_patiently COMMAND...: the same of a program that hears ^C itself, since the
# shell has what runs in the background ignore it, and that ends with this process.
tethered_patiently() { patiently tethered $$ env --default-signal=INT,QUIT "$@"; }
