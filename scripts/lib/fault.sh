# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# shellcheck disable=SC2034  # what the files of scripts/bisect share
#
# Whose fault it is that something failed: this machine's, which says nothing of a
# commit, or the commit's.

# What make and compilers say when the machine is at fault. Error 126 and 127 are
# programs that are not there; from 128 on they were killed.
readonly BUILD_SAYS='No space left on device|Disk quota exceeded|Read-only file system|Input/output error|Cannot allocate memory|memory exhausted|Too many open files|[Kk]illed signal|^Killed|^Terminated|Error 12[6-9]|Error 1[3-9][0-9]'

# The same of scripts/bench. What a guest says stands in the same log and may be the
# commit's fault, so only lines of this machine's programs count.
readonly BENCH_SAYS='^(bench|vm): .*(no space|free some|killed|cut short|QEMU: |is missing)|^(mv|cp|sync|mkdir|mktemp|tar|cat|smmustat): .*(No space left on device|Read-only file system|Input/output error)'

is_full() { [[ $(df --output=avail -B 1K "$1" | tail -n 1) -lt 1024 ]]; }

# machine_failed PATTERN LOG DIR...: whether it is this machine's fault, by the space
# that is left in the folders and by what was said; `why` becomes that. In doubt it is.
machine_failed() {
	local pattern=$1 log=$2 status=0 dir
	shift 2
	for dir; do
		is_full "$dir" || continue
		why="no space left in $dir; free some"
		return
	done
	why=$(grep -m 1 -E "$pattern" "$log") || status=$?
	[[ $status -ne 1 ]]
}

# last_line LOG: what was said last, for a message of one line.
last_line() { { grep -v '^[[:space:]]*$' "$1" 2>/dev/null || true; } | tail -n 1; }
