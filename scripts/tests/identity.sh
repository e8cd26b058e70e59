#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Machines that identity mode runs on beside those of the matrix (full.sh), those it runs
# on without their disks, and those it refuses. KERNEL=DIR tests a build of one's own.

. "$(dirname "$0")/tap.sh"
cd "$TOP"
KERNEL=${KERNEL:-$(scripts/kernel build)}
. "$TOP/scripts/tests/matrix.sh"

# caught PATTERN COMMAND...: the command fails, and says why.
caught() {
	local pattern=$1 status=0
	shift
	"$@" >"$TMP/caught" 2>&1 || status=$?
	cat "$TMP/caught"
	[[ $status -ne 0 ]] && grep -qE "$pattern" "$TMP/caught"
}

# refused EDIT PATTERN WHAT [OPTION...]: such a machine stops, for that reason. It
# would run.
refused() {
	local edit=$1 pattern=$2 what=$3
	shift 3
	refuses 1 "the guest stopped: kvm-arm.smmu=identity: .*$pattern" "identity: $what stops the boot" \
		vm --mode identity --dt "$edit" --out "$TMP/$edit" "$@" -- true
	check "with one line on the console" \
		test "$(grep -c 'kvm-arm.smmu=identity:' "$TMP/$edit/console.log")" -eq 1
	check "native boots there" vm --dt "$edit" "$@" -- true
}

# boots EDIT WHAT: so does identity there, with a disk, although WHAT.
boots() {
	check "identity: $2" cell identity hVHE nested 1 1 nvme --dt "$1"
}

# out_of_reach EDIT WHAT: the second SMMU's frame, which WHAT describes. The host reads
# it in native; in identity it reads the clock chip, and not the frame.
out_of_reach() {
	check "native: $2 can be read" vm --smmus 2 --dt "$1" -- 'devmem 0xc020004 32'
	check "identity: $2 cannot" vm --smmus 2 --dt "$1" --mode identity -- \
		'devmem 0x9010fe0 32 && ! devmem 0xc020004 32 && ! devmem 0xc03ff00 32'
}

# more_reserved MIB BEFORE AFTER: more than before, and no more than that.
more_reserved() {
	awk -v most="$1" '$1 == "reserved" { was = now; now = $2 }
		END { exit !(now > was && now - was <= most * 1048576) }' "$2" "$3"
}

only_second_translated() {
	awk 'NR == 1 && $1 == 0 || NR == 2 && $1 > 0 { n++ } END { exit n != 2 || NR != 2 }' \
		"$1/translations"
}

# What says that a cell passes can say the opposite, too.
check "native: the same disks work" cell native hVHE nested 1 1 nvme
check "native: and on two unlike SMMUs" cell native hVHE nested 2 1 virtio
check "a disk that goes round the SMMU is caught" caught 'translated accesses to memory: 0' \
	cell native hVHE nested 1 1 nvme --append iommu.passthrough=1
check "though what it wrote is right" disk_copied "$TMP/cell" 0
printf x | dd of="$TMP/cell/disk0" bs=1 seek=100000000 conv=notrunc status=none
check "and one wrong byte is caught" caught 'differ: .* 100000001,' disk_copied "$TMP/cell" 0

check "native: a disk behind a stage-1 SMMU works" cell native hVHE 1 1 1 nvme
check "identity: the boot goes on there, without that disk" \
	stage_1_boot "$TMP/s1" identity 1 '! copy-disks 1'
check "identity is in force" is "$TMP/s1/mode" identity
check "one line says that the SMMU aborts" \
	test "$(grep -c 'kvm-arm.smmu: the SMMU at .* lets nothing through' "$TMP/s1/console.log")" -eq 1
check "and so does its state" states "$TMP/s1" aborting
check "its driver tried, in vain" says "$TMP/s1" 'nvme0: Identify Controller failed'
check "no access to memory got through" is "$TMP/s1/translations" 0
check "and the disk is as it was" untouched "$TMP/s1"
check "its log is clean" clean_log "$TMP/s1/console.log"

check "identity: a second SMMU with stage 2 serves its disk" \
	stage_1_boot "$TMP/s12" identity 2 'copy-disks 1'
check "while the first aborts" states "$TMP/s12" aborting isolating
check "and translates nothing" only_second_translated "$TMP/s12"
check "its disk is as it was" untouched "$TMP/s12"
check "the other one was read and written" disk_copied "$TMP/s12" 1
check "its log is clean" clean_log "$TMP/s12/console.log"

# unguarded OUT: what masters there without the SMMU in between. The PCI host does not.
unguarded() {
	{
		echo "/fw-cfg@9020000 none"
		printf '/virtio_mmio@a%06x none\n' $(seq 0 0x200 0x3e00)
		echo "/intc@8000000 none"
		echo "/intc@8000000/its@8080000 none"
	} | cmp - "$1/unguarded"
}

check "identity: it boots" vm --mode identity --out "$TMP/masters" -- cp /sys/kernel/pkvm_iommu/unguarded .
check "one line names the masters that the SMMU does not guard" test "$(grep -c \
	'kvm-arm.smmu: 35 DMA masters behind no SMMU of EL2.s: /fw-cfg@9020000, /virtio_mmio@a000000 and 31 alike' \
	"$TMP/masters/console.log")" -eq 1
check "a file has them all" unguarded "$TMP/masters"
check "its log is clean" clean_log "$TMP/masters/console.log"
check "native says nothing of it" vm -- '! [ -e /sys/kernel/pkvm_iommu/unguarded ] && ! dmesg | grep masters'

refused clocks 'needs clocks' "an SMMU with clocks"
refused power-domains 'a power domain' "an SMMU with power domains"
refused quirk "property 'acme,broken-stage2'" "an SMMU with an unknown erratum"
refused same-frame 'overlap those of another' "two SMMUs at one address"
refused over-ram 'overlap memory' "an SMMU over RAM"
refused long-path "\\.\\.\\.0+9/bus-0+10/bus-0+11/smmuv3@.* has the property 'acme,broken-stage2', which is not known here$" \
	"an SMMU with a long path"
refused disabled "smmuv3@.* has the status 'disabled': .* take a device tree that says 'okay'$" "no SMMU but a disabled one"
refused failed "smmuv3@.* has the status 'fail-no-clock'" "no SMMU but a broken one"
refused reserved "smmuv3@.* has the status 'reserved': .* at EL2 .*overlay" "no SMMU but one of firmware's"
refused absent-bus "/bus@c100000/smmuv3@c100000 is not there, since /bus@c100000 has the status 'disabled'" \
	"no SMMU but below a bus that is not there"
boots beside-absent-bus "an SMMU below a bus that is not there, beside one that is"
for what in powered:power-domains clocked:clocks supplied:vdd-supply; do
	refused "${what%:*}-bus" "/smmuv3@c100000 lies below /bus@c100000, .* turn off by its '${what#*:}'$" \
		"an SMMU below a bus with ${what#*:}"
done

# Addresses that no table reaches, and those of devices that are not there, cost nothing.
check "identity: what EL2 sets aside" vm --mode identity --out "$TMP/plain" -- \
	'cp /sys/kernel/pkvm_iommu/memory .'
for limit in wrap far absent; do
	boots "limit-$limit" "addresses out of reach ($limit)"
	check "which EL2 sets nothing aside for" \
		cmp <(grep '^reserved ' "$TMP/plain/memory") <(grep '^reserved ' "$TMP/cell/memory")
done
boots limit-across "an address across the end of what a table translates"
check "which costs what tables for 48 bits do" more_reserved 1 "$TMP/plain/memory" "$TMP/cell/memory"

boots nomap-buffers "buffers that are not mapped"
check "one line names the one that a device here uses" is <(grep -o 'aborts at no-map .*' "$TMP/cell/console.log") \
	'aborts at no-map memory, which some devices use: used@60000000 (video)'

boots inert "an SMMU with properties that say nothing of how it works"
boots not-coherent "an SMMU that is not coherent"

refused unknown-part 'errata of this part are not known here \(IIDR 0x10030736\)$' \
	"an SMMU of an unknown part" --append mem=1G
refused vast-streams '5[0-9]+ of [0-9]+ MiB for tables: 1 SMMU, addresses up to 0x[0-9a-f]+, at /pcie@' \
	"a stream table larger than memory" --append mem=1G

out_of_reach reg-second "the second frame of an SMMU"
out_of_reach counters-second "the second frame of counters that are disabled"
boots disabled-twin "a disabled SMMU around one that is there"
boots disabled-over-ram "a disabled SMMU over RAM, and half over it"
refused shared-page 'pl031@9010000: its registers share a page' "a page of registers that EL2 keeps and a device uses"
done_testing
