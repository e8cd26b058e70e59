# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# A guest under QEMU: its initramfs, its life and its end. The machine it runs on
# is in machine.sh, its device tree in dt.sh, what it runs in command.sh.
# The settings below are the interface; scripts/vm fills them from its options.

. "$TOP/scripts/lib/qemu.sh"
. "$TOP/scripts/lib/busybox.sh"
. "$TOP/scripts/lib/machine.sh"
. "$TOP/scripts/lib/dt.sh"
. "$TOP/scripts/lib/command.sh"
. "$TOP/scripts/lib/owned.sh"

# One pinned CPU model. Its counter is set to 1 GHz so that one tick is one
# instruction on the insn clock.
VM_CPU=neoverse-n1,cntfrq=1000000000
VM_CLOCK=insn
VM_SMP=1
VM_MEMORY=2G
VM_STAGE=nested
VM_SMMUS=1
VM_DISK=	# nvme, virtio or bridged: such a disk behind each SMMU
VM_EMPTY=64	# MiB of each disk behind what it can be read for
VM_DT=()	# edits of the device tree, by their names in dt.sh
VM_TRANSLATIONS=false	# whether what the SMMUs translate is counted
VM_PLUGIN=	# a plugin for QEMU, with its arguments as QEMU wants them
VM_EVENTS=false	# whether EL2 records what happens there
VM_KVM=protected
VM_EL=2
VM_MODE=native
VM_APPEND=
VM_KERNEL=	# a build folder of scripts/kernel
VM_PUT=()	# files that the guest finds in /in
VM_OUT=		# folder that receives what the guest left in /out
VM_TIMEOUT=300	# seconds until a guest is given up
VM_ENDED=${VM_ENDED-}	# a file that is told how the guest ended, for scripts
VM_FOLLOW=	# a pattern: console lines that match appear on stderr at once

# Where the guest's files lie while it runs, and what is running.
VM_DIR=
VM_PID=
VM_TTY=		# the settings of our terminal, while a guest's shell has it

# The initramfs: uncompressed, in a fixed order and with fixed times, because
# where things lie in the guest's memory depends on it.
vm_initramfs() {
	local root=$VM_DIR/root f size
	mkdir -p "$root"/{bin,in,run}
	cp "$TOP/scripts/guest/init" "$root/init"
	cp "$BUSYBOX" "$root/bin/busybox"
	for f in "${VM_PUT[@]}"; do
		cp "$f" "$root/in/"
	done
	command_files "$root" "$@"
	chmod -R u=rwX,go=rX "$root"
	find "$root" -exec touch -h -d @0 {} +
	(cd "$root" && find . -print0 | sort -z |
		cpio --quiet --null --create --format=newc --reproducible --owner=0:0) \
		>"$VM_DIR/initramfs.cpio"
	rm -rf "$root"
	size=$(($(stat -c %s "$VM_DIR/initramfs.cpio") / 1048576))
	[[ $size -le $(guest_takes) ]] ||
		die "$size MiB of files and input are more than the $(guest_takes) that a guest of $VM_MEMORY takes; give it more --memory"
}

# What the console said, without carriage returns.
vm_console() { tr -d '\r' <"$VM_DIR/console.log"; }

# Kills what runs and removes what lies about. Safe to call at any time.
vm_cleanup() {
	[[ -z $VM_PID ]] || kill -KILL "$VM_PID" 2>/dev/null || true
	[[ -z $VM_READER ]] || kill -KILL "$VM_READER" 2>/dev/null || true
	[[ -z $VM_TTY ]] || stty "$VM_TTY" <&"$VM_STDIN" 2>/dev/null || true
	[[ -z $VM_DIR ]] || rm -rf "$VM_DIR"
	VM_PID='' VM_READER='' VM_DIR='' VM_TTY=''
}

# ^C goes on to the command in the guest, which may have something to save. It
# gets eight seconds; a second ^C cuts that short.
vm_interrupt() {
	trap 'vm_cleanup; exit 1' INT TERM HUP QUIT
	[[ -n $VM_PID ]] || exit "$EX_FAIL"
	note "interrupted; the guest may save what it has"
	printf '\003' >&"$VM_KEYS" || true
	timeout 8 tail --pid="$VM_PID" -f /dev/null || true
	vm_collect || true
	vm_cleanup
	exit "$EX_FAIL"
}

# vm_out_open: $VM_OUT is there for what comes back. Files there are replaced by those of
# the same name, so it is a folder of its own: a new or empty one, or ours from before.
vm_out_open() {
	local said
	[[ -n $VM_OUT ]] || return 0
	[[ ! -e $VM_OUT || -d $VM_OUT ]] || die "$VM_OUT is no folder; give another --out"
	[[ ! -d $VM_OUT || -e $VM_OUT/.vm || -z $(ls -A -- "$VM_OUT") ]] ||
		die "$VM_OUT is not empty, and scripts/vm did not make it; give another --out"
	said=$(mkdir -p -- "$VM_OUT" 2>&1 && { : >>"$VM_OUT/.vm"; } 2>&1) ||
		die "cannot write to $VM_OUT ($(reason <<<"$said")); give another --out"
	VM_OUT=$(cd -- "$VM_OUT" && pwd -P)
}

# What came back, for whoever asked for it. A file replaces a link, and is not written
# to where that leads.
vm_deliver() {
	rm -f "$VM_DIR"/back/{console.log,translations} &&
		vm_console >"$VM_DIR/back/console.log" &&
		{ ! $VM_TRANSLATIONS || vm_translations >"$VM_DIR/back/translations"; } &&
		{ [[ -z $VM_DISK ]] || mv "$VM_DIR"/disk[01] "$VM_OUT/"; } &&
		find "$VM_DIR/back" -mindepth 1 -maxdepth 1 ! -name .said ! -name .stdout ! -name .status \
			-exec cp -r --remove-destination -t "$VM_OUT" {} +
}

# Unpacks what came back. Fails when that is not all there is.
vm_collect() {
	local whole=true said status=0
	mkdir -p "$VM_DIR/back"
	tar x -C "$VM_DIR/back" -f "$VM_DIR/out.tar" 2>/dev/null || status=$?
	[[ $status -le 128 ]] || die "something killed tar; run again"
	[[ $status -eq 0 ]] || whole=false
	[[ -n $(command_status) ]] || whole=false
	if [[ -n $VM_OUT ]] && ! said=$(vm_deliver 2>&1); then
		die "what comes back to $VM_OUT was cut short ($(reason <<<"$said")); give another --out, or run again"
	fi
	$whole
}

# QEMU drops what it cannot write, and says nothing: why nothing can be written beside
# the guest's files, or nothing.
vm_cannot_write() { { head -c 65536 /dev/zero >"$VM_DIR/probe"; } 2>&1 | reason || true; }

# The line that explains why a guest ended early, then the end of its console.
vm_explain() {
	local line why
	why=$(vm_cannot_write)
	if [[ -n $why ]]; then
		note "what the guest says was cut short: cannot write to $VM_DIR ($why); set TMPDIR to another folder"
		return
	fi
	line=$(vm_console | grep -m 1 -o 'Kernel panic - not syncing: .*' || true)
	if [[ -n $line ]]; then
		note "the guest stopped: ${line#*syncing: }"
		return
	fi
	note "$1; its console ends:"
	vm_console | tail -n 25 >&2
}

# What a guest's files take, in MiB: its initramfs and what that is made from, its
# disks, and what it may say and leave.
vm_room() {
	local bytes
	bytes=$(stat -L -c %s "$BUSYBOX" "${VM_PUT[@]}" | awk '{ n += $1 } END { print n + 0 }')
	echo $((32 + 2 * bytes / 1048576 + (${#VM_DISK} > 0) * VM_SMMUS * (DISK_MIB + VM_EMPTY)))
}

# vm_open: a folder for all that the machine is made of.
vm_open() {
	local room
	trap vm_cleanup EXIT
	trap 'exit 1' QUIT
	room=$(vm_room)
	scratch VM_DIR vm "$room"
}

# vm_prepare [COMMAND...]: what the machine is made of, as its arguments in `machine`,
# and what it writes to.
vm_prepare() {
	vm_initramfs "$@"
	vm_disks
	vm_device_tree
	mapfile -t machine < <(vm_machine)
	[[ ${machine[-1]} == *" kvm-arm.smmu=$VM_MODE "* ]] ||
		die "the machine's arguments were cut short; run again"
	: >"$VM_DIR/console.log"
	: >"$VM_DIR/out.tar"
	: >"$VM_DIR/translations.log"
	machine+=(-chardev "file,id=out,path=${VM_DIR//,/,,}/out.tar")
}

# What QEMU itself complained of. It warns that it does not describe the second
# SMMU, which is known.
qemu_said() { grep -v ': warning: SMMUv3 device only supported with pcie.0 for DT$' || true; }

# QEMU below timeout. It dies with this process. So does what timeout starts, which has
# to see whether timeout is there still.
readonly VM_QEMU='
	[[ $(</proc/$PPID/comm) == timeout ]] || exit
	. "$1/scripts/lib/common.sh"
	. "$1/scripts/lib/qemu.sh"
	shift
	qemu_exec "$@"'

# vm_ended WORD: the guest ended by its command, by itself (stopped), by the time it had
# (late), or by this machine.
vm_ended() { [[ -z $VM_ENDED ]] || echo "$1" >"$VM_ENDED"; }

# vm_boot COMMAND...: a guest that runs the command, as VM_PID.
vm_boot() {
	local machine
	vm_prepare "$@"
	rm -f "$VM_DIR/keys" && mkfifo "$VM_DIR/keys"
	exec {VM_KEYS}<>"$VM_DIR/keys"
	trap vm_interrupt INT TERM HUP QUIT

	# A session of its own keeps ^C from it.
	tethered $$ setsid timeout --kill-after=2 "$VM_TIMEOUT" setpriv --pdeathsig KILL bash -c "$VM_QEMU" \
		qemu "$TOP" "${machine[@]}" \
		-chardev "file,id=con,path=${VM_DIR//,/,,}/console.log,input-path=${VM_DIR//,/,,}/keys" \
		-serial chardev:con -serial chardev:out 2>"$VM_DIR/qemu.log" &
	VM_PID=$!
}

# vm_run COMMAND...: boots, runs the command, and returns its exit status. Its output
# and errors become ours.
vm_run() {
	local status=0 began=$SECONDS late=
	vm_boot "$@"
	if input_comes; then
		kill -KILL "$VM_PID" 2>/dev/null || true
		wait "$VM_PID" 2>/dev/null || true
		VM_PID=
		input_end
		began=$SECONDS
		vm_boot "$@"
	fi
	if [[ -n $VM_FOLLOW ]]; then
		tail --pid="$VM_PID" --sleep-interval=0.2 -n +1 -f "$VM_DIR/console.log" |
			sed -u -n "\\!$VM_FOLLOW!s/\\r*\$//p" >&2 &
	fi
	wait "$VM_PID" || status=$?
	VM_PID=

	if vm_collect; then
		command_said || exit
		status=$(command_status)
		vm_ended command
	elif [[ $status -ge 124 && $((SECONDS - began)) -ge $VM_TIMEOUT ]]; then
		[[ -n $(vm_cannot_write) ]] || vm_ended late
		! input_is_open || late=", nor did standard input; give </dev/null to a command that needs none"
		vm_explain "the guest did not end within $VM_TIMEOUT s$late"
		status=$EX_FAIL
	elif [[ -n $(qemu_said <"$VM_DIR/qemu.log") ]]; then
		vm_ended machine
		note "QEMU: $(qemu_said <"$VM_DIR/qemu.log" | head -n 1)"
		status=$EX_FAIL
	elif [[ $status -gt 128 ]]; then
		[[ $status -eq 143 ]] || vm_ended machine
		note "QEMU was killed by SIG$(kill -l "$status"), which this run did not send; run again"
		status=$EX_FAIL
	else
		[[ -n $(vm_cannot_write) ]] || vm_ended stopped
		vm_explain "the guest ended before the command did"
		status=$EX_FAIL
	fi
	vm_cleanup
	return "$status"
}

# vm_shell: a guest on this terminal until its shell exits, and that shell's status.
vm_shell() {
	local machine status=0
	vm_prepare
	note "leave with 'exit' or ctrl-a x"
	VM_TTY=$(stty -g <&"$VM_STDIN")
	trap 'exit 1' INT TERM HUP QUIT
	tethered $$ bash -c '. "$0/scripts/lib/common.sh"; . "$0/scripts/lib/qemu.sh"; qemu_exec "$@"' \
		"$TOP" "${machine[@]}" -serial mon:stdio -serial chardev:out \
		<&"$VM_STDIN" >&"${VM_STDOUT:-1}" 2> >(qemu_said >&2) &
	VM_PID=$!
	wait "$VM_PID" || status=$?
	VM_PID=
	if vm_collect; then
		status=$(command_status)
	else
		note "the guest ended before its shell did"
		status=$EX_FAIL
	fi
	vm_cleanup
	return "$status"
}
