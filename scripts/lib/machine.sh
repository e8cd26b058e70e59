# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# The machine a guest runs on, as arguments of QEMU, from the settings in vm.sh.
# Figures depend on the order and the spelling of what is here: without an option
# that asks for more, the machine stays what it was, to the last byte.

# A disk has this much that it can be read for, and room to write to.
readonly DISK_MIB=64

# Every 8 bytes say where on the disk they belong, so that each sector differs
# from all others, those of the other disk included.
disk_content() {
	case $1 in
	0) seq 1000000 9388607 ;;
	1) seq 1000000 9388607 | tr 0-9 a-j ;;
	esac
}

# One disk for each SMMU.
vm_disks() {
	local i
	[[ -n $VM_DISK ]] || return 0
	for ((i = 0; i < VM_SMMUS; i++)); do
		disk_content "$i" >"$VM_DIR/disk$i"
		truncate -s "$((DISK_MIB + VM_EMPTY))M" "$VM_DIR/disk$i"
	done
}

# Another kind of SMMU than the first.
second_stage() { if [[ $VM_STAGE == 2 ]]; then echo nested; else echo 2; fi; }

# The second SMMU serves a PCI host of its own, at bus 8. QEMU describes neither;
# dt.sh does.
machine_smmus() {
	if [[ $VM_SMMUS -eq 2 ]]; then
		printf '%s\n' -device pxb-pcie,id=pcie.1,bus=pcie.0,bus_nr=8 \
			-device "arm-smmuv3,primary-bus=pcie.0,id=smmu0,stage=$VM_STAGE" \
			-device "arm-smmuv3,primary-bus=pcie.1,id=smmu1,stage=$(second_stage)"
	elif [[ $VM_STAGE != nested ]]; then
		printf '%s\n' -device "arm-smmuv3,primary-bus=pcie.0,id=smmu0,stage=$VM_STAGE"
	fi
}

# plug SMMU DEVICE: behind the first SMMU (0) or the second. The bus of the second
# takes root ports only, so a device there gets one. The caller counts the ports.
plug() {
	local smmu=$1 device=$2
	if [[ $VM_SMMUS -eq 1 ]]; then
		printf '%s\n' -device "$device"
	elif [[ $smmu -eq 0 ]]; then
		printf '%s\n' -device "$device,bus=pcie.0"
	else
		ports=$((ports + 1))
		printf '%s\n' -device "pcie-root-port,id=port$ports,bus=pcie.1,chassis=$ports" \
			-device "$device,bus=port$ports"
	fi
}

# What does DMA: the same devices behind each SMMU.
machine_devices() {
	local i ports=0
	for ((i = 0; i < VM_SMMUS; i++)); do
		plug "$i" iommu-testdev
		plug "$i" edu,dma_mask=0xffffffffffffffff
		[[ -z $VM_DISK ]] ||
			printf '%s\n' -drive "if=none,id=disk$i,file=${VM_DIR//,/,,}/disk$i,format=raw,cache=unsafe"
		case $VM_DISK in
		nvme) plug "$i" "nvme,serial=disk$i,drive=disk$i" ;;
		# a PCI device behind a bridge, which shows the SMMU a stream ID of its own
		bridged)
			plug "$i" "pcie-pci-bridge,id=bridge$i"
			printf '%s\n' -device "virtio-blk-pci,drive=disk$i,iommu_platform=on,disable-legacy=on,bus=bridge$i,addr=1"
			;;
		# without iommu_platform it goes round the SMMU
		virtio) plug "$i" "virtio-blk-pci,drive=disk$i,iommu_platform=on,disable-legacy=on" ;;
		esac
	done
}

# All arguments, one a line.
vm_machine() {
	local machine=virt,virtualization=on,gic-version=3 edit
	[[ $VM_EL -eq 2 ]] || machine=${machine/virtualization=on/virtualization=off}
	[[ $VM_STAGE != nested || $VM_SMMUS -ne 1 ]] || machine+=,iommu=smmuv3
	printf '%s\n' -M "$machine" -cpu "$VM_CPU" -smp "$VM_SMP" -m "$VM_MEMORY" \
		-display none -monitor none -no-reboot -nic none -seed 42 \
		-rtc base=2026-01-01T00:00:00,clock=vm
	machine_smmus
	machine_devices
	for edit in "${VM_DT[@]}"; do dt_registers "$edit"; done
	case $VM_CLOCK in
	insn) printf '%s\n' -icount shift=0,sleep=off ;;
	wall) printf '%s\n' -accel tcg,thread=multi ;;
	esac
	[[ ! -e $VM_DIR/machine.dtb ]] || printf '%s\n' -dtb "$VM_DIR/machine.dtb"
	! $VM_TRANSLATIONS ||
		printf '%s\n' -trace smmuv3_translate_success -D "$VM_DIR/translations.log"
	[[ -z $VM_PLUGIN ]] || printf '%s\n' -plugin "$VM_PLUGIN"
	printf '%s\n' -kernel "$VM_KERNEL/arch/arm64/boot/Image" \
		-initrd "$VM_DIR/initramfs.cpio" -append "$(vm_cmdline)"
}

vm_cmdline() {
	local kvm=
	[[ $VM_KVM == vhe ]] || kvm=kvm-arm.mode=$VM_KVM
	echo "console=ttyAMA0 panic=-1 $kvm kvm-arm.smmu=$VM_MODE $VM_APPEND"
}

# How many accesses to memory each SMMU translated, a line each: one number for
# stream IDs below bus 8 and one for those from there. Writes to the doorbell of
# the ITS, which lies below memory, are left out: any device that interrupts has
# those, also one whose data goes round the SMMU.
vm_translations() {
	local to_memory='.* translated=0x([4-9a-f][0-9a-f]{7}|[0-9a-f]{9,}) '
	grep -cE "sid=0x[0-7]?[0-9a-f]{1,2} $to_memory" "$VM_DIR/translations.log" || true
	[[ $VM_SMMUS -eq 1 ]] ||
		grep -cE "sid=0x[89a-f][0-9a-f]{2} $to_memory" "$VM_DIR/translations.log" || true
}
