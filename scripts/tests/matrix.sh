# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# The machines a mode has to boot on, and what counts as having booted: disks
# behind the SMMU that give and take 64 MiB. Whoever sources this sets KERNEL.

. "$TOP/scripts/lib/machine.sh"
. "$TOP/scripts/tests/log.sh"

# How the two kinds of protected KVM come about: neoverse-n1 has VHE.
declare -rA CPU_OF=([hVHE]='neoverse-n1,cntfrq=1000000000' [nVHE]='cortex-a72,cntfrq=1000000000')

vm() { scripts/vm --kernel "$KERNEL" --timeout 60 "$@"; }

# disk_boot OUT MODE KVM STAGE SMMUS SMP DISK [OPTION...]: a guest of that kind,
# in which each disk copies its first half to the second.
disk_boot() {
	local out=$1 mode=$2 kvm=$3 stage=$4 smmus=$5 smp=$6 disk=$7 clock=insn
	shift 7
	[[ $smp -eq 1 ]] || clock=wall
	rm -rf "$out"
	vm --mode "$mode" --cpu "${CPU_OF[$kvm]}" --stage "$stage" --smmus "$smmus" --clock "$clock" \
		--smp "$smp" --disk "$disk" --put scripts/guest/copy-disks --trace-translations \
		--out "$out" "$@" -- \
		"cp /sys/kernel/pkvm_iommu/* . && nproc >cpus && { cat /sys/kernel/iommu_groups/*/type >types || :; } &&
		copy-disks $smmus"
}

# What a disk must hold now: what it was given, twice.
disk_copied() {
	cat <(disk_content "$2") <(disk_content "$2") | cmp - "$1/disk$2"
}

disks_copied() {
	local i
	for ((i = 0; i < $2; i++)); do disk_copied "$1" "$i" || return; done
}

# A line for each SMMU, each above zero: no disk went round its SMMU.
all_translated() {
	local out=$1 smmus=$2
	awk -v want="$smmus" '$1 > 0 { n++ } END { exit n != want || NR != want }' "$out/translations" ||
		{ echo "translated accesses to memory: $(tr '\n' ' ' <"$out/translations")" && return 1; }
}

# states OUT STATE...: what EL2 says of its SMMUs, in the order of their addresses.
states() {
	local out=$1
	shift
	[[ $(awk '{ print $2 }' "$out/smmus" | tr '\n' ' ') == "$* " ]] ||
		{ cat "$out/smmus" && return 1; }
}

# types OUT WORD: all groups have domains of that type.
types() { [[ $(sort -u "$1/types") == "$2" ]] || { cat "$1/types" && return 1; }; }

# paravirt_type OPTIONS: that the kernel's command line asks for.
paravirt_type() { if [[ $1 == *iommu.strict=0* ]]; then echo DMA-FQ; else echo DMA; fi; }

says() { grep -qF -- "$2" "$1/console.log" || { echo "the log does not say '$2'" && return 1; }; }

# is FILE LINE: the file holds that line and no other.
is() { cmp "$1" <(printf '%s\n' "$2"); }

# cell MODE KVM STAGE SMMUS SMP DISK [OPTION...]: whether such a machine works.
cell() {
	local mode=$1 kvm=$2 smmus=$4 smp=$5 out=$TMP/cell want=(isolating isolating)
	disk_boot "$out" "$@" &&
		is "$out/mode" "$mode" && is "$out/cpus" "$smp" &&
		says "$out" "Protected $kvm mode initialized" &&
		disks_copied "$out" "$smmus" &&
		all_translated "$out" "$smmus" &&
		{ [[ $mode != paravirt ]] || types "$out" "$(paravirt_type "$*")"; } &&
		{ [[ $mode == native ]] || states "$out" "${want[@]:0:smmus}"; } &&
		clean_log "$out/console.log"
}

# stage_1_boot OUT MODE SMMUS COMMAND: that mode where the first SMMU has stage 1
# only. A disk behind it answers nothing; the driver need not wait a minute.
stage_1_boot() {
	vm --mode "$2" --stage 1 --smmus "$3" --disk nvme --append nvme_core.admin_timeout=3 \
		--put scripts/guest/copy-disks --trace-translations --out "$1" -- \
		"cp /sys/kernel/pkvm_iommu/* . && $4"
}

untouched() {
	cat <(disk_content 0) <(head -c "${DISK_MIB}M" /dev/zero) | cmp - "$1/disk0"
}

# cannot MODE STAGE: why a mode has no such machine, or nothing.
cannot() {
	[[ $1 != nested || $2 == nested ]] || echo "nested wants an SMMU with both stages"
}

# matrix MODE [OPTION...]: all kinds of machine. The two kinds of disk meet each property.
matrix() {
	local mode=$1 kvm stage smmus smp disk reason what
	shift
	for kvm in hVHE nVHE; do
		for stage in 2 nested; do
			for smmus in 1 2; do
				for smp in 1 4; do
					disk=nvme
					[[ $kvm/$smmus != hVHE/2 && $kvm/$smmus != nVHE/1 ]] || disk=virtio
					what="$mode${*:+ $*}: $kvm, stage $stage, SMMUs $smmus, CPUs $smp, $disk"
					reason=$(cannot "$mode" "$stage")
					if [[ -n $reason ]]; then
						skip "$what" "$reason"
						continue
					fi
					check "$what" cell "$mode" "$kvm" "$stage" "$smmus" "$smp" "$disk" "$@"
				done
			done
		done
	done
}
