# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# The command of a guest: its words and its input on the way there, its output and
# its errors on the way back. It is part of the boot, input included, since what
# arrives later arrives in host time and no boot would be like another.

VM_STDIN=	# the file descriptor of our standard input, or none
VM_STDOUT=	# that of our standard output, or none

# command_streams: nothing but the guest's command gets our standard input, and no
# file that is opened later takes the place of a stream that is closed.
command_streams() {
	if [[ -e /dev/fd/0 ]]; then exec {VM_STDIN}<&0; fi
	if [[ -e /dev/fd/1 ]]; then exec {VM_STDOUT}>&1; fi
	[[ -e /dev/fd/2 ]] || exec 2>/dev/null
	exec </dev/null
	[[ -n $VM_STDOUT ]] || exec >/dev/null
}

# Whether our standard input is a terminal, or surely empty.
input_is_terminal() { [[ -n $VM_STDIN && -t $VM_STDIN ]]; }
input_is_nothing() {
	[[ -z $VM_STDIN || /dev/fd/$VM_STDIN -ef /dev/null ]] ||
		[[ -f /dev/fd/$VM_STDIN && ! -s /dev/fd/$VM_STDIN ]]
}

# What a guest takes in files and input, in MiB: it has them twice while it unpacks
# them, and leaves half of its memory to them at most.
guest_takes() { echo $(($(memory_mib) / 4)); }

# memory_mib: the guest's memory. QEMU takes a number without a unit for MiB.
memory_mib() {
	local n=${VM_MEMORY%[KkMmGgTt]}
	case $VM_MEMORY in
	*[Kk]) echo $((n / 1024)) ;;
	*[Gg]) echo $((n * 1024)) ;;
	*[Tt]) echo $((n * 1048576)) ;;
	*) echo "$n" ;;
	esac
}

# command_input: $VM_DIR/input holds our standard input up to its end, where there is
# any. A pipe that nobody closes has none, so the wait has a limit.
command_input() {
	local limit reader began=$SECONDS status=0 said=false
	if [[ -n $VM_FOLLOW ]] || input_is_terminal || input_is_nothing; then return; fi
	limit=$(guest_takes)
	tethered $$ head -c "$((limit * 1048576 + 1))" <&"$VM_STDIN" >"$VM_DIR/input" 2>"$VM_DIR/input.log" &
	reader=$!
	while [[ -n $(jobs -rp) ]]; do
		sleep 0.05
		if ! $said && [[ $((SECONDS - began)) -ge 5 ]]; then
			said=true
			note "waiting for the end of standard input; give </dev/null to a command that needs none"
		fi
		[[ $((SECONDS - began)) -lt $VM_TIMEOUT ]] ||
			die "standard input did not end within $VM_TIMEOUT s; give </dev/null to a command that needs none"
	done
	wait "$reader" || status=$?
	[[ $status -eq 0 ]] ||
		die "cannot keep standard input in $VM_DIR ($(reason <"$VM_DIR/input.log")); give </dev/null, or set TMPDIR to another folder"
	[[ $(stat -c %s "$VM_DIR/input") -le $((limit * 1048576)) ]] ||
		die "standard input is larger than $limit MiB, which a guest of $VM_MEMORY takes; give it more --memory"
	[[ -s $VM_DIR/input ]] || rm "$VM_DIR/input"
	exec {VM_STDIN}<&-
}

# reason: what a tool said last, without its name and ours.
reason() { tail -n 1 | sed 's/.*: //'; }

# quoted WORD...: the words as a shell reads them, each as it is.
quoted() {
	local word
	for word; do printf " '%s'" "${word//\'/\'\\\'\'}"; done
}

# command_files DIR WORD...: what /init of the initramfs in DIR finds in its /run. One
# word is a line for a shell, several are a program and its arguments.
command_files() {
	local run=$1/run
	shift
	mkdir -p "$run"
	if [[ $# -eq 0 ]]; then
		echo 'exec sh <>/dev/ttyAMA0 >&0 2>&0' >"$run/command"
		return
	fi
	if [[ -n $VM_FOLLOW ]]; then
		command_line "$@" >"$run/command"
		return
	fi
	command_line "$@" >"$run/line"
	cp "$TOP/scripts/guest/command" "$run/command"
	[[ -z $VM_OUT ]] || : >"$run/keep"
	[[ ! -e $VM_DIR/input ]] || mv "$VM_DIR/input" "$run/input"
}

command_line() {
	if [[ $# -eq 1 ]]; then printf '%s\n' "$1"; else printf 'exec%s\n' "$(quoted "$@")"; fi
}

# command_status: what the command ended with. Nothing where it did not get so far.
command_status() {
	local back=$VM_DIR/back
	if [[ -e $back/.said ]]; then cat "$back/.said/status"; else cat "$back/.status"; fi 2>/dev/null || true
}

# command_said: its output and its errors become ours. Whoever reads them may be gone.
command_said() {
	local back=$VM_DIR/back said status=0
	if [[ -n $VM_STDOUT ]]; then
		said=$(cat "$back/.stdout" 2>&1 >&"$VM_STDOUT") || status=$?
		[[ $status -le 128 ]] || return "$status"
	elif [[ -s $back/.stdout ]]; then
		status=$EX_FAIL said='cat: it is closed'
	fi
	[[ ! -e $back/.said/errors ]] || cat "$back/.said/errors" >&2 || true
	[[ ! -e $back/.said/full ]] ||
		note "the guest had no space left for what its command wrote; give it more --memory"
	[[ $status -eq 0 ]] || { note "cannot write standard output ($(reason <<<"$said"))" && return "$EX_FAIL"; }
}
