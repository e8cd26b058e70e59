# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Locks of this machine, each a file. What is published in the cache is read without
# any; who makes it holds one. A lock ends with its holder, however that ends.

# The locks that this shell has, so that what runs under one may ask for it again.
declare -A LOCKS_HELD=()

# minutes SECONDS
minutes() { printf '%d min %d s' $(($1 / 60)) $(($1 % 60)); }

# lock_holder FILE: the process that holds the lock, as "process PID (COMMAND)", or
# nothing where it cannot be seen from here. Who only waits has the file open as well, so the
# kernel is asked; who inherited the lock from a process that is gone is found too.
lock_holder() {
	local pid fd command
	for pid in $(cd /proc && printf '%s\n' [0-9]* | sort -n); do
		for fd in "/proc/$pid/fd/"*; do
			[[ $fd -ef $1 ]] || continue
			grep -qs '^lock:.*FLOCK' "/proc/$pid/fdinfo/${fd##*/}" || continue
			command=$(tr '\0' ' ' 2>/dev/null <"/proc/$pid/cmdline") || continue
			[[ -n $command ]] || continue
			command=$(one_line "$command")
			printf 'process %s (%s)\n' "$pid" "${command:0:120}"
			return
		done
	done
}

# lock_wait NAME FILE FD: FD, which has FILE open, gets the lock. Who has it is said
# at once, and every minute. A command that hears signals (signals.sh) stops when one came.
lock_wait() {
	local name=$1 file=$2 fd=$3 holder status
	until flock --nonblock "$fd"; do
		holder=$(lock_holder "$file")
		note "waiting for another run that holds '$name', for $(minutes $(($(date +%s) - $(stat -c %Y "$file")))) now: ${holder:-a process that cannot be seen from here}"
		status=0
		${LOCK_WAITER-} flock --timeout 60 "$fd" || status=$?
		! ${cut_short-false} || stop interrupted
		[[ $status -le 1 ]] || die "cannot lock $file; set XDG_CACHE_HOME to a folder on a local disk"
		[[ $status -ne 0 ]] || break
	done
	# How old the file is says since when it is locked.
	touch -- "$file"
}

# locked NAME COMMAND...: runs COMMAND while no other process on this machine runs
# under NAME.
locked() {
	local name=$1 fd said status
	shift
	if [[ -n ${LOCKS_HELD[$name]-} ]]; then
		"$@"
		return
	fi
	said=$(mkdir -p "$CACHE/locks" 2>&1 && : 2>&1 >>"$CACHE/locks/$name") ||
		die "cannot write to the cache (${said##*: }: $CACHE); set XDG_CACHE_HOME to a folder that can be written to"
	exec {fd}>>"$CACHE/locks/$name"
	lock_wait "$name" "$CACHE/locks/$name" "$fd"
	LOCKS_HELD[$name]=1
	"$@" {fd}>&-
	status=$?
	unset -v "LOCKS_HELD[$name]"
	exec {fd}>&-
	return "$status"
}

# locked_on FILE COMMAND...: the same for a file of one's own, and what COMMAND starts
# inherits the lock: a compiler that outlives a build which was killed keeps others
# from that build's folder until it is gone.
locked_on() {
	local file=$1 fd status
	shift
	exec {fd}>>"$file"
	lock_wait "${file%/*}" "$file" "$fd"
	"$@"
	status=$?
	exec {fd}>&-
	return "$status"
}
