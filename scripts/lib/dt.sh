# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Device trees of machines that QEMU cannot describe, or that no kernel of ours
# may run on: the tree QEMU makes, as source, with more source behind it.

# shellcheck disable=SC2034  # scripts/vm offers them
readonly DT_EDITS='clocks power-domains quirk same-frame over-ram
	disabled-second reserved-second reg-second counters-second disabled-twin disabled-over-ram shared-page
	long-path disabled reserved failed absent-bus beside-absent-bus
	powered-bus clocked-bus supplied-bus
	limit-wrap limit-far limit-absent limit-across
	nomap-buffers direct-region inert not-coherent
	unknown-part vast-streams'

# dt_cells PATH PROPERTY: cells of the tree that QEMU made.
dt_cells() { fdtget -t u "$VM_DIR/qemu.dtb" "$1" "$2"; }

# dt_second_smmu SMMU: the second SMMU, whose place and interrupts are the next
# ones of the platform bus. PCI buses 8 to 15, with their part of the ECAM and
# the upper half of each window of the first PCI host, become a host behind it.
dt_second_smmu() {
	local first=/pcie@10000000
	cat <<DTS
/ {
	smmuv3@c020000 {
		compatible = "arm,smmu-v3";
		reg = <0x0 0xc020000 0x0 0x20000>;
		interrupts = <0 0x74 1>, <0 0x75 1>, <0 0x76 1>, <0 0x77 1>;
		interrupt-names = "eventq", "priq", "cmdq-sync", "gerror";
		#iommu-cells = <1>;
		dma-coherent;
	};

	pcie@4010800000 {
		compatible = "pci-host-ecam-generic";
		device_type = "pci";
		linux,pci-domain = <1>;
		bus-range = <8 15>;
		reg = <0x40 0x10800000 0x0 0x800000>;
		ranges = <0x1000000 0x0 0x8000 0x0 0x3eff8000 0x0 0x8000>,
			 <0x2000000 0x0 0x28000000 0x0 0x28000000 0x0 0x16ff0000>,
			 <0x3000000 0xc0 0x0 0xc0 0x0 0x40 0x0>;
		iommu-map = <0x800 &{/smmuv3@c020000} 0x800 0x800>;
		msi-map = <0x800 &{/intc@8000000/its@8080000} 0x800 0x800>;
		interrupt-map = <$(dt_cells $first interrupt-map)>;
		interrupt-map-mask = <$(dt_cells $first interrupt-map-mask)>;
		#interrupt-cells = <1>;
		#address-cells = <3>;
		#size-cells = <2>;
		dma-coherent;
	};
};

&{$first} {
	bus-range = <0 7>;
	reg = <0x40 0x10000000 0x0 0x800000>;
	ranges = <0x1000000 0x0 0x0 0x0 0x3eff0000 0x0 0x8000>,
		 <0x2000000 0x0 0x10000000 0x0 0x10000000 0x0 0x18000000>,
		 <0x3000000 0x80 0x0 0x80 0x0 0x40 0x0>;
	iommu-map = <0x0 &{$1} 0x0 0x800>;
};
DTS
}

# dt_deep DEPTH DTS: DTS below that many buses, each with a name of 40 characters.
dt_deep() {
	local i
	for ((i = 0; i < $1; i++)); do
		printf 'bus-%036d { compatible = "simple-bus"; ranges; #address-cells = <2>; #size-cells = <2>;\n' "$i"
	done
	printf '%s\n' "$2"
	for ((i = 0; i < $1; i++)); do echo '};'; done
}

# dt_edit NAME SMMU: a machine in which SMMU, the first, or something beside it is of
# that kind.
dt_edit() {
	local smmu=$2
	case $1 in
	clocks) # that EL2 cannot keep running
		echo "&{$smmu} { clocks = <&{/apb-pclk}>; };"
		;;
	power-domains) # that EL2 cannot keep powered
		echo "/ { power-controller { #power-domain-cells = <0>; }; };"
		echo "&{$smmu} { power-domains = <&{/power-controller}>; };"
		;;
	quirk) # an erratum that nobody has heard of
		echo "&{$smmu} { acme,broken-stage2; };"
		;;
	same-frame) # as another SMMU
		echo "/ { smmuv3-twin@${smmu#*@} { compatible = \"arm,smmu-v3\";" \
			"reg = <0x0 0x${smmu#*@} 0x0 0x20000>; #iommu-cells = <1>; }; };"
		;;
	disabled-second | reserved-second) # the second SMMU is there, but not for Linux
		echo "&{/smmuv3@c020000} { status = \"${1%-second}\"; };"
		;;
	reg-second) # what was the second are more registers of the first
		echo "&{/smmuv3@c020000} { compatible = \"acme,none\"; status = \"disabled\"; };"
		echo "&{$smmu} { reg = <0x0 0x${smmu#*@} 0x0 0x20000>, <0x0 0xc020000 0x0 0x20000>; };"
		;;
	counters-second) # or the second registers of counters that are not in use
		echo "&{/smmuv3@c020000} { compatible = \"acme,mmu-700-pmcg\", \"arm,smmu-v3-pmcg\";" \
			"reg = <0x0 0xc040000 0x0 0x1000>, <0x0 0xc020000 0x0 0x20000>;" \
			"status = \"disabled\"; };"
		;;
	disabled-twin) # of which one is there
		echo "/ { smmuv3-twin@${smmu#*@} { compatible = \"arm,smmu-v3\"; status = \"disabled\";" \
			"reg = <0x0 0x${smmu#*@} 0x0 0x200000>; #iommu-cells = <1>; }; };"
		;;
	disabled-over-ram) # partly, and as a whole
		echo "/ { smmuv3-twin@3fff0000 { compatible = \"arm,smmu-v3\"; status = \"disabled\";" \
			"reg = <0x0 0x3fff0000 0x0 0x20000>, <0x0 0x48000000 0x0 0x100000>;" \
			"#iommu-cells = <1>; }; };"
		;;
	disabled | reserved) # so that there is none for Linux
		echo "&{$smmu} { status = \"$1\"; };"
		;;
	failed) # as firmware found
		echo "&{$smmu} { status = \"fail-no-clock\"; };"
		;;
	absent-bus | beside-absent-bus) # with an SMMU that Linux never sees
		[[ $1 == beside-* ]] || echo "&{$smmu} { compatible = \"acme,none\"; };"
		echo '/ { bus@c100000 { compatible = "simple-bus"; status = "disabled"; ranges;' \
			'#address-cells = <2>; #size-cells = <2>;' \
			'smmuv3@c100000 { compatible = "arm,smmu-v3"; #iommu-cells = <1>;' \
			'reg = <0x0 0xc100000 0x0 0x20000>; }; }; };'
		;;
	powered-bus | clocked-bus | supplied-bus) # two levels above an SMMU
		echo '/ { power-controller { #power-domain-cells = <0>; };' \
			'bus@c100000 { compatible = "simple-pm-bus"; ranges;' \
			'#address-cells = <2>; #size-cells = <2>;'
		case $1 in
		powered-bus) echo 'power-domains = <&{/power-controller}>;' ;;
		clocked-bus) echo 'clocks = <&{/apb-pclk}>;' ;;
		supplied-bus) echo 'vdd-supply = <&{/apb-pclk}>;' ;;
		esac
		echo 'bus { compatible = "simple-bus"; ranges; #address-cells = <2>; #size-cells = <2>;' \
			'smmuv3@c100000 { compatible = "arm,smmu-v3"; #iommu-cells = <1>;' \
			'reg = <0x0 0xc100000 0x0 0x20000>; }; }; }; };'
		;;
	limit-wrap) # devices up to where 64 bits end
		echo '/ { x@ffffffffe0000000 { reg = <0xffffffff 0xe0000000 0x0 0x10000000>; };' \
			'x@fffffffff0000000 { reg = <0xffffffff 0xf0000000 0x0 0x10000000>; };' \
			'x@fffffffffffff000 { reg = <0xffffffff 0xfffff000 0x0 0x2000>; };' \
			'x@0 { reg = <0x0 0x0 0x0 0x0>, <0xffffffff 0xffffffff 0x0 0x0>; }; };'
		;;
	limit-far) # and one in 56 bits
		echo '/ { y@ffffffff000000 { reg = <0x00ffffff 0xff000000 0x0 0x1000>; }; };'
		;;
	limit-absent) # and some that are not there
		echo '/ { y@7fffff000000 { status = "disabled"; reg = <0x7fff 0xff000000 0x0 0x1000>; };' \
			'bus@7ffffe000000 { status = "disabled"; compatible = "simple-bus"; ranges;' \
			'#address-cells = <2>; #size-cells = <2>;' \
			'y@7ffffe000000 { reg = <0x7fff 0xfe000000 0x0 0x1000>; }; }; };'
		;;
	limit-across) # and one across the end of what a table translates
		echo '/ { y@fffffff00000 { reg = <0xffff 0xfff00000 0x0 0x200000>; }; };'
		;;
	nomap-buffers) # that a device uses, one that is not there, one elsewhere; and one that is mapped
		echo '/ { reserved-memory { #address-cells = <2>; #size-cells = <2>; ranges;' \
			'used@60000000 { no-map; reg = <0x0 0x60000000 0x0 0x200000>; };' \
			'absent@61000000 { no-map; reg = <0x0 0x61000000 0x0 0x200000>; };' \
			'elsewhere@62000000 { no-map; reg = <0x0 0x62000000 0x0 0x200000>; };' \
			'beside@20000000 { no-map; reg = <0x0 0xd000000 0x0 0x200000>; };' \
			'mapped@63000000 { reg = <0x0 0x63000000 0x0 0x200000>; }; };' \
			"video { iommus = <&{$smmu} 0xf000>;" \
			'memory-region = <&{/reserved-memory/mapped@63000000}>,' \
			'<&{/reserved-memory/used@60000000}>, <&{/reserved-memory/beside@20000000}>; };' \
			"radio { status = \"disabled\"; iommus = <&{$smmu} 0xf001>;" \
			'memory-region = <&{/reserved-memory/absent@61000000}>; };' \
			'modem { memory-region = <&{/reserved-memory/elsewhere@62000000}>; }; };'
		;;
	direct-region) # which firmware left the first test device to work in, at its own address
		echo '/ { reserved-memory { #address-cells = <2>; #size-cells = <2>; ranges;' \
			'direct@60000000 { reg = <0x0 0x60000000 0x0 0x200000>;' \
			'iommu-addresses = <&{/pcie@10000000/device@1,0} 0x2000000 0x0 0x60000000 0x0 0x200000>; }; }; };' \
			'&{/pcie@10000000} { device@1,0 { reg = <0x800 0x0 0x0 0x0 0x0>;' \
			'#address-cells = <2>; #size-cells = <2>; dma-coherent;' \
			'memory-region = <&{/reserved-memory/direct@60000000}>; }; };'
		;;
	unknown-part | vast-streams) # in RAM that 'mem=1G' keeps from the kernel; see dt_registers
		echo "&{$smmu} { reg = <0x0 0x90000000 0x0 0x20000>; };"
		;;
	inert) # with properties that say nothing of how it works
		echo "&{$smmu} { label = \"smmu\"; reg-names = \"smmu\"; bootph-all; bootph-pre-ram;" \
			'u-boot,dm-spl; secure-status = "disabled"; #address-cells = <2>;' \
			'#size-cells = <2>; ranges; tbu { label = "tbu"; }; };'
		;;
	not-coherent) # which is said of the bus for all on it, and of the SMMU against it
		echo "/ { dma-coherent; }; &{$smmu} { /delete-property/ dma-coherent; dma-noncoherent; };"
		;;
	long-path) # of more than a line's length, which takes the place of the first
		echo "&{$smmu} { status = \"disabled\"; };"
		echo '/ {'
		dt_deep 12 "smmuv3@${smmu#*@} { compatible = \"arm,smmu-v3\"; #iommu-cells = <1>;
			reg = <0x0 0x${smmu#*@} 0x0 0x20000>; acme,broken-stage2; };"
		echo '};'
		;;
	shared-page) # counters beside the clock chip
		echo "/ { pmu@9010800 { compatible = \"arm,smmu-v3-pmcg\"; status = \"disabled\";" \
			"reg = <0x0 0x9010800 0x0 0x1000>; }; };"
		;;
	over-ram) # which starts at 0x40000000
		echo "&{$smmu} { reg = <0x0 0x48000000 0x0 0x20000>; };"
		;;
	esac
}

# dt_registers NAME: what QEMU puts where that edit has the SMMU's registers, which then
# read as those of another part: IIDR lies at 0x18, IDR1 at 0x4.
dt_registers() {
	case $1 in
	unknown-part) printf '%s\n' -device loader,addr=0x90000018,data=0x10030736,data-len=4 ;;
	# 32 bits of stream ID, and no table of two levels
	vast-streams) printf '%s\n' -device loader,addr=0x90000004,data=0x20,data-len=4 ;;
	esac
}

# The tree of the machine in $VM_DIR/machine.dtb, if QEMU's own will not do.
vm_device_tree() {
	local machine smmu edit
	[[ $VM_SMMUS -eq 2 || ${#VM_DT[@]} -gt 0 ]] || return 0
	need_cmd dtc fdtget
	mapfile -t machine < <(vm_machine)
	(qemu_exec "${machine[@]}" -serial null -serial null -machine dumpdtb="${VM_DIR//,/,,}/qemu.dtb") \
		2>"$VM_DIR/qemu.log" ||
		die "QEMU: $(qemu_said <"$VM_DIR/qemu.log" | head -n 1)"
	smmu=/$(fdtget -l "$VM_DIR/qemu.dtb" / | grep -m 1 '^smmuv3@')
	{
		dtc -q -I dtb -O dts "$VM_DIR/qemu.dtb"
		[[ $VM_SMMUS -eq 1 ]] || dt_second_smmu "$smmu"
		for edit in "${VM_DT[@]}"; do dt_edit "$edit" "$smmu"; done
	} >"$VM_DIR/machine.dts"
	dtc -q -I dts -O dtb -o "$VM_DIR/machine.dtb.tmp" "$VM_DIR/machine.dts" ||
		die "dtc cannot read the edited device tree; is this another QEMU than $QEMU_WANTED?"
	mv "$VM_DIR/machine.dtb.tmp" "$VM_DIR/machine.dtb"
}
