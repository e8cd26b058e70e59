#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Whether a profile is exact: its sums are those of the rows, with it and without it the
# results are the same, and a nop that is planted shows up where it was planted.

. "$(dirname "$0")/tap.sh"
. "$TOP/scripts/tests/built.sh"
cd "$TOP"

# Few rows: the loop alone, a hypercall, and a guest that takes pages.
readonly FILTER='[ng]*[leh]/[bc]*'

# What two boots of one setup must agree in, to the last byte: all but session and date.
essence() { jq -S 'del(.runs[].volatile)' "$1"; }

profiled() {
	scripts/bench --profile --no-report --boots 1 --modes "$1" --filter "$2" --kernel "$TMP/$3" --out "$TMP/$4"
}
plain() {
	scripts/bench --no-report --boots 1 --modes "$1" --filter "$2" --kernel "$TMP/$3" --out "$TMP/$4"
}

# as_kernel NAME MODULE: a folder of the kernel with that module.
as_kernel() {
	mkdir -p "$TMP/$1/arch/arm64/boot"
	ln -s "$KERNEL"/{vmlinux,.config} "$TMP/$1/"
	ln -s "$KERNEL/arch/arm64/boot/Image" "$TMP/$1/arch/arm64/boot/"
	cp "$2" "$TMP/$1/smmubench.ko"
}

same_results() {
	cmp <(essence "$TMP/with/runs/$1-b0-p0.json") <(essence "$TMP/without/runs/$1-b0-p0.json")
}

# no_more_files: all that a profile adds to a folder is its own folder.
no_more_files() {
	diff <(cd "$TMP/with" && find . -path ./profile -prune -o -type f -print | sort) \
		<(cd "$TMP/without" && find . -type f -print | sort)
}

# sums MODE: NAME, and instructions at all levels, at EL1 and at EL2, of each row with a
# mean or counters, by the result file alone.
sums() {
	jq -r '.runs[0].benchmarks[] | select(.status == "ok" and .parameters.method != "single") |
		"\(.name) \(.sum // "-") \(.counters.instructions_el1.value) \(.counters.instructions_el2.value)"' \
		"$TMP/with/runs/$1-b0-p0.json" | sort
}

# Own of all functions, added up: whatever smmustat itself thinks of it.
profile_sums() {
	"$SMMUSTAT" profile --format json "$TMP/with" | jq -r --arg mode "$1" '.profiles[] |
		select(.counted.mode == $mode) | [.functions[] | select(.level == "el1").own] as $el1 |
		[.functions[] | select(.level == "el2").own] as $el2 |
		"\(.name | split("/")[1]) \($el1 + $el2 | add) \($el1 | add // 0) \($el2 | add // 0) \(.unseen_by_pmu.clock_off)"' |
		sort
}

# Rows with a clock come to its sum; those with a guest to what is counted at EL1, and at
# EL2 to that less what the clock is off.
sums_agree() {
	join <(sums "$1") <(profile_sums "$1") >"$TMP/joined"
	awk '{ n++; guest = $2 == "-"; if (!guest && $2 != $5) bad++; if (guest && $3 != $6) bad++
		if (guest && $4 != $7 + $8) bad++; if (guest && ($8 < -128 || $8 > 128)) bad++ }
		END { exit !(n == 4 && !bad) }' "$TMP/joined" || { cat "$TMP/joined" && return 1; }
}

# Between two writes of MDCR_EL2 the PMU stands still: as often as the guest ran.
says_what_pmu_lacks() {
	"$SMMUSTAT" profile --row '*/guest_take/*' "$TMP/with" >"$TMP/guest.txt" &&
		grep -q 'of those at EL2, 441.000 in each of [0-9]* runs of the guest' "$TMP/guest.txt"
}

names_functions() {
	"$SMMUSTAT" profile --row '*/guest_take/*' --tree --least 0 "$TMP/with" >"$TMP/tree.txt" &&
		grep -q 'handle___pkvm_host_donate_guest \[el2\]' "$TMP/tree.txt" &&
		grep -q 'kvm_vcpu_ioctl$' "$TMP/tree.txt" &&
		"$SMMUSTAT" profile --row 'identity/null_hypercall/*' --collapsed "$TMP/with" |
		grep -q ';timed_batch;null_hypercall_run;__kvm_hyp_host_vector_\[el2\];'
}

# own FOLDER FUNCTION: instructions in it, of null_hypercall.
own() {
	"$SMMUSTAT" profile --row 'native/null_hypercall/batch' --format json "$TMP/$1" |
		jq --arg name "$2" '[.profiles[].functions[] | select(.name == $name).own] | add'
}

# One nop in the loop of timed_batch(), and nothing more elsewhere.
nop_shows() {
	[[ $(($(own nop timed_batch) - $(own with timed_batch))) -eq 16384 ]] &&
		[[ $(own nop null_hypercall_run) -eq $(own with null_hypercall_run) ]] &&
		[[ $(own nop handle_trap) -eq $(own with handle_trap) ]]
}

plant_nop() {
	"${OWN_MAKE[@]}" -C bench O="$TMP/planted" KDIR="$KERNEL" PLANT_NOP=1 module >&2 &&
		as_kernel nop-kernel "$TMP/planted/module/smmubench.ko"
}

as_kernel kernel "$BENCH/module/smmubench.ko"
refuses 2 'only the clock insn of the emulator' "--profile on wall" \
	scripts/bench --profile --clock wall --dry-run
refuses 1 'has no vmlinux' "--profile of a kernel without symbols" \
	bash -c 'mkdir "$1" && cp -r "$2"/. "$1" && rm "$1/vmlinux" && shift 2 && "$@"' - "$TMP/bare" \
	"$TMP/kernel" scripts/bench --profile --kernel "$TMP/bare" --out "$TMP/none"
check "a profile of native and identity" profiled native,identity "$FILTER" kernel with
check "and the same without" plain native,identity "$FILTER" kernel without
for mode in native identity; do
	check "$mode: the result is the same" same_results "$mode"
	check "$mode: sums are those of the rows" sums_agree "$mode"
	[[ ! -s $TMP/joined ]] || sed 's/^/# /' "$TMP/joined"
done
check "a profile adds files in its own folder only" no_more_files
check "it says what the PMU does not count" says_what_pmu_lacks
check "functions of EL1 and EL2 are named, and who calls them" names_functions
check "a bench with a nop in the measured loop" plant_nop
check "its profile" profiled native 'null_hypercall/batch' nop-kernel nop
check "has one instruction more an operation in timed_batch, and none elsewhere" nop_shows
check "rows of the DMA API and of guests in one boot" profiled identity '*/[bc]*' kernel all
check "a resumed run has it all" scripts/bench --resume --no-report --kernel "$TMP/kernel" --out "$TMP/with"
done_testing
