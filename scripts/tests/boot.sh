#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What a guest can do, and what the kernel refuses to do.

. "$(dirname "$0")/tap.sh"
. "$TOP/scripts/tests/log.sh"
. "$TOP/scripts/tests/built.sh"
. "$TOP/scripts/tests/command.sh"
cd "$TOP"

vm() { scripts/vm --kernel "$KERNEL" --timeout 60 "$@"; }

trivial() {
	local start=$EPOCHREALTIME ms
	vm -- true || return
	ms=$(awk -v a="$start" -v b="$EPOCHREALTIME" 'BEGIN { printf "%d", (b - a) * 1000 }')
	echo "# a trivial command took $ms ms" >&3
	[[ $ms -lt 5000 ]]
}

round_trip() {
	local status=0
	head -c 1000000 /dev/urandom >"$TMP/blob"
	vm --put "$TMP/blob" --out "$TMP/rt" -- 'cp /in/blob copy; echo said; exit 41' >"$TMP/said" || status=$?
	[[ $status -eq 41 && $(<"$TMP/said") == said ]] && cmp "$TMP/blob" "$TMP/rt/copy"
}

mode_is() { [[ $(vm --mode "$1" --kvm "$2" --out "$TMP/$2" -- cat /sys/kernel/pkvm_iommu/mode) == native ]]; }

# The same boot twice gives the same console log, line for line.
same_console() {
	vm --out "$TMP/c1" -- dmesg >"$TMP/d1" && vm --out "$TMP/c2" -- dmesg >"$TMP/d2" &&
		cmp "$TMP/c1/console.log" "$TMP/c2/console.log" && cmp "$TMP/d1" "$TMP/d2"
}

exec 3>&1
check "a trivial command takes less than 5 s" trivial
check "files go in and come back, and so does the exit status" round_trip
for kvm in protected nvhe vhe none; do
	check "native mode boots with kvm $kvm" mode_is native "$kvm"
	check "its log is clean" clean_log "$TMP/$kvm/console.log"
done
check "protected KVM is in force" grep -q 'Protected hVHE mode initialized' "$TMP/protected/console.log"
check "the mode in force is said on one line" \
	test "$(grep -c 'mode in force' "$TMP/protected/console.log")" -eq 1
for stage in 1 2 nested; do
	check "an SMMU with stage $stage is found" bash -c \
		'"$@" | grep -q "arm-smmu-v3.*features"' - scripts/vm --kernel "$KERNEL" --stage "$stage" -- dmesg
done
check "two boots write the same console log" same_console

refuses 1 'records no events of EL2' "no events of EL2 without NVHE_EL2_TRACING" vm --events -- echo ran
check "and the command does not run" test ! -s "$TMP/stdout"
refuses 2 'standard error' "no events where the console has the errors" vm --events --follow x -- true

refuses 1 "kvm-arm.smmu=nested: this kernel was built without" "mode nested stops the boot" \
	vm --mode nested -- true
for kvm in nvhe vhe none; do
	refuses 1 'kvm-arm.smmu=identity: needs kvm-arm.mode=protected' \
		"so does a mode without protected KVM ($kvm)" vm --mode identity --kvm "$kvm" -- true
done
refuses 1 'kvm-arm.smmu=identity: this kernel was started at EL1; protected KVM needs EL2' \
	"below another hypervisor it is EL2 that is missing, not the parameter" \
	vm --mode identity --el 1 -- true
check "native boots there" vm --el 1 -- true
refuses 1 'kvm-arm.smmu=identity: kvm-arm.mode=protected is given, but the kernel runs with VHE' \
	"with VHE kept on it is not the parameter either" \
	vm --mode identity --append arm64_sw.hvhe=0 -- true
refuses 1 'kvm-arm.smmu=identity: needs kvm-arm.mode=protected' "the last kvm-arm.mode counts" \
	vm --mode identity --append kvm-arm.mode=nvhe -- true
refuses 1 'kvm-arm.smmu=open: unknown mode; use native' "an unknown mode stops the boot" vm --mode open -- true
refuses 1 'kvm-arm.smmu=: unknown mode' "an empty mode stops the boot" \
	vm --append kvm-arm.smmu= -- true
refuses 1 'kvm-arm.smmu=Native: unknown mode' "names are spelt as they are" \
	vm --append kvm-arm.smmu=Native -- true

command_checks

# The runner's own tests print KTAP in the guest, with a plan of their own.
vm --put "$BENCH/smmubench" --put "$BENCH/module/smmubench.ko" --put bench/tests/target.sh -- \
	sh /in/target.sh /in ||
	not_ok "the runner's tests in a guest"
done_testing
