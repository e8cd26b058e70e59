# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# shellcheck disable=SC2034  # cut_short is looked at elsewhere
#
# ^C and TERM in a command that builds and measures for minutes: what was begun ends,
# what was measured stays, and the user is told how to go on.
#
# Two processes share the work. The one that was started only listens. The other one
# works, ignores signals, and so do the small programs it runs; only what runs
# patiently() is ended. One shell cannot do both: where it has another child, bash's
# `wait` can miss a signal that comes with the end of the one it waits for, and wait for
# ever; and bash 5.2 takes a trap that is due inside $( ) for a part of that and fails.

cut_short=false	# the command that tells whether such a signal came
LISTENER=	# a pipe that ends when one comes, or when who listens is gone

# The signals of a terminal, but for those that whoever started us has ignored.
AS_BEGUN=(env)
[[ -n $(trap -p INT) ]] || AS_BEGUN+=(--default-signal=INT)
[[ -n $(trap -p QUIT) ]] || AS_BEGUN+=(--default-signal=QUIT)

# listened_to ARGUMENT...: the command with these arguments goes on in a process of its
# own, and this one returns its status. Signals still end it, until hear_signals.
listened_to() {
	local both never told worker='' status=0 heard=false
	if [[ ${LISTENED_TO-} == "$PPID "* ]]; then
		LISTENER=${LISTENED_TO#* }
		unset -v LISTENED_TO
		return
	fi
	exec {never}<> <(:) {both}<> <(:)
	exec {LISTENER}<"/proc/self/fd/$both"
	exec {told}>"/proc/self/fd/$both" {both}>&-
	trap 'heard=true; exec {told}>&-; kill -TERM "$worker" 2>/dev/null || true' INT TERM HUP QUIT
	tethered $$ "${USERS_ENV[@]}" "${AS_BEGUN[@]}" LISTENED_TO="$$ $LISTENER" "$BASH" "$0" "$@" {told}>&- {never}>&- &
	worker=$!
	! $heard || kill -TERM "$worker" 2>/dev/null || true
	# Not wait, see above.
	while kill -0 "$worker" 2>/dev/null; do read -r -t 0.2 -u "$never" || true; done
	trap '' INT TERM HUP QUIT
	wait "$worker" || status=$?
	if $heard && [[ $status -gt 128 ]]; then die "interrupted before it began; start it again"; fi
	exit "$status"
}

# hear_signals: from now on there is something to keep.
hear_signals() {
	trap '' INT TERM HUP QUIT
	cut_short=heard
	# Who waits for a lock hears them as well.
	LOCK_WAITER=patiently
}

# heard [SECONDS]: whether a signal came, or comes within that time.
heard() {
	local status=0
	read -r -t "${1:-0.001}" -u "$LISTENER" || status=$?
	[[ $status -le 128 ]]
}

# end_when_heard PID: it is told to end, and killed when it has not done so ten seconds
# later. What it had started goes with it (owned.sh, kbuild).
end_when_heard() {
	local i
	trap - TERM
	read -r -u "$LISTENER" || true
	kill -TERM "$1" 2>/dev/null || return 0
	for ((i = 0; i < 100; i++)); do
		read -r -t 0.1 <> <(:) || true
		kill -0 "$1" 2>/dev/null || return 0
	done
	kill -KILL "$1" 2>/dev/null || true
}

# patiently COMMAND...: runs it and returns its status, or EX_FAIL when it was cut short.
patiently() {
	local status=0 patient ender
	! $cut_short || return "$EX_FAIL"
	if [[ $cut_short == false ]]; then
		("$@")
		return
	fi
	# A program takes the shell's place, or the signal would end the shell and not the program.
	[[ $(type -t -- "$1") != file ]] || set -- exec "$@"
	{ trap - INT TERM HUP QUIT && "$@"; } &
	patient=$!
	end_when_heard "$patient" &
	ender=$!
	wait "$patient" || status=$?
	kill -TERM "$ender" 2>/dev/null || true
	wait "$ender" || true
	# ^C goes to all processes of a terminal, and may reach the other one first.
	[[ $status -eq 0 ]] || ! heard 0.5 || status=$EX_FAIL
	return "$status"
}

# tethered_patiently COMMAND...: the same of a program that hears ^C itself, since the
# shell has what runs in the background ignore it, and that ends with this process.
tethered_patiently() { patiently tethered $$ "${AS_BEGUN[@]}" "$@"; }
