# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# A guest under QEMU: its initramfs, its machine, its life and its end.
# The settings below are the interface; scripts/vm fills them from its options.

. "$TOP/scripts/lib/qemu.sh"
. "$TOP/scripts/lib/busybox.sh"

# One pinned CPU model. Its counter is set to 1 GHz so that one tick is one
# instruction on the insn clock.
VM_CPU=neoverse-n1,cntfrq=1000000000
VM_CLOCK=insn
VM_SMP=1
VM_MEMORY=2G
VM_STAGE=nested
VM_KVM=protected
VM_MODE=native
VM_APPEND=
VM_KERNEL=	# a build folder of scripts/kernel
VM_PUT=()	# files that the guest finds in /in
VM_OUT=		# folder that receives what the guest left in /out
VM_TIMEOUT=300	# seconds until a guest is given up
VM_FOLLOW=	# a pattern: console lines that match appear on stderr at once

# Where the guest's files lie while it runs, and what is running.
VM_DIR=
VM_PID=

# The initramfs: uncompressed, in a fixed order and with fixed times, because
# where things lie in the guest's memory depends on it.
vm_initramfs() {
	local root=$VM_DIR/root f
	mkdir -p "$root"/{bin,in,run}
	cp "$TOP/scripts/guest/init" "$root/init"
	cp "$BUSYBOX" "$root/bin/busybox"
	for f in "${VM_PUT[@]}"; do
		cp "$f" "$root/in/"
	done
	if [[ $# -gt 0 ]]; then printf '%s\n' "$*" >"$root/run/command"; fi
	chmod -R u=rwX,go=rX "$root"
	find "$root" -exec touch -h -d @0 {} +
	(cd "$root" && find . -print0 | sort -z |
		cpio --quiet --null --create --format=newc --reproducible --owner=0:0) \
		>"$VM_DIR/initramfs.cpio"
	rm -rf "$root"
}

# The machine, as QEMU's arguments, one a line.
vm_machine() {
	local machine=virt,virtualization=on,gic-version=3
	[[ $VM_STAGE != nested ]] || machine+=,iommu=smmuv3
	printf '%s\n' -M "$machine" -cpu "$VM_CPU" -smp "$VM_SMP" -m "$VM_MEMORY" \
		-display none -monitor none -no-reboot -nic none -seed 42 \
		-rtc base=2026-01-01T00:00:00,clock=vm
	[[ $VM_STAGE == nested ]] ||
		printf '%s\n' -device "arm-smmuv3,primary-bus=pcie.0,id=smmu0,stage=$VM_STAGE"
	printf '%s\n' -device iommu-testdev -device edu,dma_mask=0xffffffffffffffff
	case $VM_CLOCK in
	insn) printf '%s\n' -icount shift=0,sleep=off ;;
	wall) printf '%s\n' -accel tcg,thread=multi ;;
	esac
	printf '%s\n' -kernel "$VM_KERNEL/arch/arm64/boot/Image" \
		-initrd "$VM_DIR/initramfs.cpio" -append "$(vm_cmdline)"
}

vm_cmdline() {
	local kvm=
	[[ $VM_KVM == vhe ]] || kvm=kvm-arm.mode=$VM_KVM
	echo "console=ttyAMA0 panic=-1 $kvm kvm-arm.smmu=$VM_MODE $VM_APPEND"
}

# What the console said, without carriage returns.
vm_console() { tr -d '\r' <"$VM_DIR/console.log"; }

# Kills what runs and removes what lies about. Safe to call at any time.
vm_cleanup() {
	[[ -z $VM_PID ]] || kill -KILL "$VM_PID" 2>/dev/null || true
	[[ -z $VM_DIR ]] || rm -rf "$VM_DIR"
	VM_PID='' VM_DIR=''
}

# ^C goes on to the command in the guest, which may have something to save. It
# gets eight seconds; a second ^C cuts that short.
vm_interrupt() {
	trap 'vm_cleanup; exit 1' INT TERM
	note "interrupted; the guest may save what it has"
	printf '\003' >&"$VM_KEYS" || true
	timeout 8 tail --pid="$VM_PID" -f /dev/null || true
	vm_collect || true
	vm_cleanup
	exit "$EX_FAIL"
}

# Unpacks what came back. Fails when the guest did not get that far.
vm_collect() {
	local back=$VM_DIR/back
	mkdir -p "$back"
	cp "$VM_DIR/console.log" "$back/.console" 2>/dev/null || true
	tar x -C "$back" -f "$VM_DIR/out.tar" 2>/dev/null || true
	if [[ -n $VM_OUT ]]; then
		mkdir -p "$VM_OUT"
		vm_console >"$VM_OUT/console.log"
		find "$back" -mindepth 1 -maxdepth 1 ! -name '.*' -exec cp -r -t "$VM_OUT" {} +
	fi
	[[ -s $back/.status ]]
}

# The line that explains why a guest ended early, then the end of its console.
vm_explain() {
	local line
	line=$(vm_console | grep -m 1 -o 'Kernel panic - not syncing: .*' || true)
	if [[ -n $line ]]; then
		note "the guest stopped: ${line#*syncing: }"
		return
	fi
	note "$1; its console ends:"
	vm_console | tail -n 25 >&2
}

# vm_run COMMAND...: boots, runs the command with the guest's /bin/sh, and
# returns its exit status. Its standard output becomes ours.
vm_run() {
	local status=0 machine
	VM_DIR=$(mktemp -d "${TMPDIR:-/tmp}/pkvm-smmu-vm.XXXXXX")
	trap vm_cleanup EXIT
	vm_initramfs "$@"
	mapfile -t machine < <(vm_machine)
	mkfifo "$VM_DIR/keys"
	exec {VM_KEYS}<>"$VM_DIR/keys"
	: >"$VM_DIR/console.log"
	: >"$VM_DIR/out.tar"
	trap vm_interrupt INT TERM

	# A session of its own keeps ^C from it; it dies with this process.
	setsid setpriv --pdeathsig KILL \
		timeout --kill-after=2 "$VM_TIMEOUT" setpriv --pdeathsig KILL \
		bash -c '. "$1/scripts/lib/common.sh"; . "$1/scripts/lib/qemu.sh"; shift; qemu_exec "$@"' \
		qemu "$TOP" "${machine[@]}" \
		-chardev "file,id=con,path=$VM_DIR/console.log,input-path=$VM_DIR/keys" \
		-chardev "file,id=out,path=$VM_DIR/out.tar" \
		-serial chardev:con -serial chardev:out 2>"$VM_DIR/qemu.log" &
	VM_PID=$!
	if [[ -n $VM_FOLLOW ]]; then
		tail --pid="$VM_PID" --sleep-interval=0.2 -n +1 -f "$VM_DIR/console.log" |
			sed -u -n "\\!$VM_FOLLOW!s/\\r*\$//p" >&2 &
	fi
	wait "$VM_PID" || status=$?
	VM_PID=

	if vm_collect; then
		cat "$VM_DIR/back/.stdout"
		status=$(<"$VM_DIR/back/.status")
	elif [[ $status -eq 124 || $status -eq 137 ]]; then
		vm_explain "the guest did not end within $VM_TIMEOUT s"
		status=$EX_FAIL
	elif [[ -s $VM_DIR/qemu.log ]]; then
		note "QEMU: $(head -n 1 "$VM_DIR/qemu.log")"
		status=$EX_FAIL
	else
		vm_explain "the guest ended before the command did"
		status=$EX_FAIL
	fi
	vm_cleanup
	return "$status"
}

# vm_shell: a guest on this terminal, until its shell exits.
vm_shell() {
	local machine
	VM_DIR=$(mktemp -d "${TMPDIR:-/tmp}/pkvm-smmu-vm.XXXXXX")
	trap vm_cleanup EXIT
	vm_initramfs
	mapfile -t machine < <(vm_machine)
	note "leave with 'exit' or ctrl-a x"
	(qemu_exec "${machine[@]}" -serial mon:stdio)
}
