# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# The command of a guest: its words and its input on the way there, its output and
# its errors on the way back. It is part of the boot, input included, since what
# arrives later arrives in host time and no boot would be like another.

VM_STDIN=	# the file descriptor of our standard input, or none
VM_STDOUT=	# that of our standard output, or none
VM_READER=	# who reads our standard input, as long as that is open

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

# command_input SECONDS: begins to read our standard input, where there is any, and waits
# so long for its end.
command_input() {
	local began=$SECONDS
	if [[ -n $VM_FOLLOW ]] || input_is_terminal || input_is_nothing; then return; fi
	tethered $$ head -c "$(($(guest_takes) * 1048576 + 1))" <&"$VM_STDIN" >"$VM_DIR/input.part" \
		2>"$VM_DIR/input.log" &
	VM_READER=$!
	exec {VM_STDIN}<&-
	while input_is_open && [[ $((SECONDS - began)) -lt $1 ]]; do sleep 0.05; done
	input_is_open || input_end
}

input_is_open() { [[ -n $VM_READER ]] && kill -0 "$VM_READER" 2>/dev/null; }

# input_end: all of it was read, and is in $VM_DIR/input unless that is nothing.
input_end() {
	local status=0 limit
	limit=$(guest_takes)
	wait "$VM_READER" || status=$?
	VM_READER=
	[[ $status -eq 0 ]] || ! grep -q 'error reading' "$VM_DIR/input.log" ||
		die "cannot read standard input ($(reason <"$VM_DIR/input.log")); give </dev/null"
	[[ $status -eq 0 ]] ||
		die "cannot keep standard input in $VM_DIR ($(reason <"$VM_DIR/input.log")); give </dev/null, or set TMPDIR to another folder"
	[[ $(stat -c %s "$VM_DIR/input.part") -le $((limit * 1048576)) ]] ||
		die "standard input is larger than $limit MiB, which a guest of $VM_MEMORY takes; give it more --memory"
	[[ ! -s $VM_DIR/input.part ]] || mv "$VM_DIR/input.part" "$VM_DIR/input"
}

# input_comes: whether standard input ended before the guest did, which began without it.
input_comes() {
	[[ -n $VM_READER ]] || return 1
	note "standard input is still open: the guest begins without it, and anew when it ends; </dev/null says there is none"
	while input_is_open && kill -0 "$VM_PID" 2>/dev/null; do sleep 0.1; done
	! input_is_open
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
	! $VM_EVENTS || cp "$TOP/scripts/guest/events" "$run/events"
	if [[ -e $VM_DIR/input ]]; then
		mv "$VM_DIR/input" "$run/input"
	elif input_is_open; then
		mkfifo "$run/input"
	fi
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
	[[ ! -e $back/.said/events ]] || cat "$back/.said/events" >&2 || true
	[[ ! -e $back/.said/no-events ]] ||
		note "the kernel records no events of EL2, so the command did not run; --events wants KVM in nVHE or protected mode, and NVHE_EL2_TRACING (--flavour trace)"
	[[ ! -e $back/.said/full ]] ||
		note "the guest had no space left for what its command wrote; give it more --memory"
	[[ $status -eq 0 ]] || { note "cannot write standard output ($(reason <<<"$said"))" && return "$EX_FAIL"; }
}
