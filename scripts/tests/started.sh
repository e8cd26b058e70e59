# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# All that a test starts says so in its environment: MARK is that variable, as NAME=VALUE.

started() { grep -lzxF "$MARK" /proc/[0-9]*/environ 2>/dev/null | tr -dc '0-9\n'; }

# Whether all of it ends. What follows a console looks five times a second whether QEMU is
# there, and what was killed while it waits for a slow disk stays until that has answered.
no_process() {
	local i
	for ((i = 0; i < 300; i++)); do
		[[ -n $(started) ]] || return 0
		sleep 0.1
	done
	ps -o pid=,ppid=,args= -p "$(started | paste -sd,)"
	return 1
}
