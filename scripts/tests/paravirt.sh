#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What the host's driver of paravirt owes beside booting (full.sh): 1 GiB through each kind of
# disk, with the flush of each unmap and without; interrupts and what firmware reserved; devices
# that share a stream; drivers that leave and come back, a refusal of EL2's, and a reset while
# disks work. KERNEL=DIR tests a build of one's own.

. "$(dirname "$0")/tap.sh"
cd "$TOP"
KERNEL=${KERNEL:-$(scripts/kernel build)}
. "$TOP/scripts/tests/matrix.sh"
. "$TOP/scripts/tests/attack.sh"

readonly TIMES=16 # of 64 MiB: 1 GiB

# What a disk holds behind its content after that many copies, each rotated further.
rotated() {
	head -c "${DISK_MIB}M" "$TMP/content" | tail -c "+$(($1 * 1048576 + 1))"
	head -c "$(($1 * 1048576))" "$TMP/content"
}

# filled OUT DISK: what was written is right outside the guest, and what was read is in it.
filled() {
	local i
	for ((i = 1; i <= TIMES; i++)); do
		rotated "$i" | cmp -n $((DISK_MIB * 1048576)) - "$1/disk0" 0 $((i * DISK_MIB * 1048576)) || return
		rotated "$i" | md5sum
	done | cmp - "$1"/sums.*
}

wrong_byte_caught() {
	printf x | dd of="$1/disk0" bs=1 seek=700000000 conv=notrunc status=none && ! filled "$1"
}

# gibibyte DISK STRICT TYPE
gibibyte() {
	local disk=$1 strict=$2 type=$3 what out=$TMP/$1-$2
	what="$disk, iommu.strict=$strict"
	check "$what: 1 GiB is written and read" vm --timeout 900 --mode paravirt --disk "$disk" --empty $((TIMES * DISK_MIB)) \
		--append "iommu.strict=$strict" --put scripts/guest/copy-disks --out "$out" -- \
		"cat /sys/kernel/iommu_groups/*/type >types; cat /proc/interrupts >interrupts
		cp /sys/kernel/pkvm_iommu/counters before; copy-disks 1 $TIMES && cp /sys/kernel/pkvm_iommu/counters after"
	check "$what: all of it is right, by checksums of what was read" filled "$out"
	check "$what: one wrong byte is caught" wrong_byte_caught "$out"
	check "$what: in domains of the type $type" types "$out" "$type"
	check "$what: its log is clean" clean_log "$out/console.log"
	rm -f "$out/disk0"
}

# its_delivers OUT: the disk's interrupts come through the GIC's ITS, whose doorbell its
# domain maps; nothing was waited for in vain.
its_delivers() {
	awk '/ITS-.*(nvme0q|virtio0)/ { n += $2 } END { exit n < 100 }' "$1/interrupts" &&
		! grep -E 'timeout|completion polled' "$1/console.log"
}

msi_reserved() { [[ $(sort -u "$1/reserved") == '0x0000000008000000 0x00000000080fffff msi' ]]; }

disk_content 0 | head -c "${DISK_MIB}M" >"$TMP/content"
for disk in nvme virtio; do
	gibibyte "$disk" 1 DMA
	gibibyte "$disk" 0 DMA-FQ
done

for disk in nvme virtio; do
	check "$disk: interrupts" vm --mode paravirt --disk "$disk" --put scripts/guest/copy-disks --out "$TMP/msi" -- \
		'cat /sys/kernel/iommu_groups/*/reserved_regions >reserved; copy-disks 1 && cp /proc/interrupts interrupts'
	check "$disk: come through the ITS" its_delivers "$TMP/msi"
	check "$disk: what they are mapped by is reserved" msi_reserved "$TMP/msi"
	check "$disk: its log is clean" clean_log "$TMP/msi/console.log"
done

# one_group OUT: the bridge and the disk behind it cannot be told apart.
one_group() { grep -qx '0000:00:03.0 0000:01:01.0 ' "$1/groups"; }

for strict in 1 0; do
	check "paravirt: a disk behind a bridge, whose stream both share, iommu.strict=$strict" \
		cell paravirt hVHE nested 1 1 bridged --append "iommu.strict=$strict"
done
check "paravirt: which are in one group" vm --mode paravirt --disk bridged --out "$TMP/group" -- \
	'for g in /sys/kernel/iommu_groups/*/devices; do ls $g | tr "\n" " "; echo; done >groups'
check "as they are" one_group "$TMP/group"

# A driver that leaves and comes back, with its group between kinds of domain; once while
# the disk works. EL2 keeps nothing of domains that are gone.
rebind() {
	cat <<'GUEST'
d=0000:00:03.0; n=/sys/bus/pci/drivers/nvme; g=/sys/bus/pci/devices/$d/iommu_group/type
until [ -e /dev/nvme0n1 ]; do sleep 0.1; done
again() { echo $d >$n/unbind && { [ -z "$1" ] || echo $1 >$g; } && echo $d >$n/bind; }
domains() { awk '$1 == "domains" { print $2 }' /sys/kernel/pkvm_iommu/memory; }
disk() { tries=0; until [ -e /dev/nvme0n1 ]; do tries=$((tries + 1)); [ $tries -lt 100 ] || return; sleep 0.1; done; }
again && disk || exit
domains >before
for i in 1 2 3 4 5; do for type in DMA-FQ identity DMA; do again $type && disk || exit; done; done
domains >after
dd if=/dev/nvme0n1 of=/dev/null iflag=direct bs=64k count=1024 2>/dev/null & sleep 0.05
again && disk || exit
wait; copy-disks 1
GUEST
}

check "paravirt: the NVMe driver leaves and comes back, also at work and between kinds of domain" \
	vm --mode paravirt --disk nvme --put scripts/guest/copy-disks --out "$TMP/rebind" -- "$(rebind)"
check "EL2 keeps nothing of domains that are gone" cmp "$TMP/rebind/before" "$TMP/rebind/after"
check "the disk works after that" disk_copied "$TMP/rebind" 0
check "its log is clean" clean_log "$TMP/rebind/console.log"

# reset HOW LINE: the guest resets the machine while its disk works. EL2 closes the SMMU, and
# no CPU waits for what does not come any more; the kernel's last word is LINE.
reset() {
	local status=0
	vm --mode paravirt --disk nvme -- "until [ -e /dev/nvme0n1 ]; do sleep 0.1; done
		dd if=/dev/nvme0n1 of=/dev/null iflag=direct bs=1M 2>/dev/null & sleep 0.02; $1 -f; sleep 10" \
		>"$TMP/reset" 2>&1 </dev/null || status=$?
	cat "$TMP/reset"
	[[ $status -eq 1 ]] && grep -q 'the guest ended before the command did' "$TMP/reset" &&
		[[ $(tail -n 1 "$TMP/reset") == *"$2" ]] && clean_log "$TMP/reset"
}
check "paravirt: a reboot while the disk works" reset reboot 'reboot: Restarting system'
check "paravirt: a power-off while the disk works" reset poweroff 'reboot: Power down'

build_attack
# Memory that the device tree says a device goes on using.
attack direct paravirt 'cases' --dt direct-region
check "direct: the region was there to be tried" grep -q '^ok .* direct_write: .*: reached$' "$TMP/ktap.direct"
done_testing
