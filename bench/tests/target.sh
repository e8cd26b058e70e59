#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# What smmubench does on a real kernel, in KTAP. It runs on the target as root,
# with a busybox shell: target.sh DIR, where DIR has smmubench and smmubench.ko.
# It needs a kernel in mode native, and a device that --device auto takes.

set -u
dir=${1:-.}
bench=$dir/smmubench
module=smmubench
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
number=0
bad=0

# result STATUS NAME [FILE]: one KTAP line; FILE explains a failure.
result() {
	number=$((number + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $number $2"
	else
		[ -z "${3-}" ] || sed 's/^/# /' "$3"
		echo "not ok $number $2"
		bad=1
	fi
}

# holds NAME EXPRESSION...: what test(1) says of it.
holds() {
	name=$1
	shift
	if test "$@"; then result 0 "$name"; else result 1 "$name"; fi
}

# expect NAME STATUS PATTERN COMMAND...: exit status, and a pattern in the output.
expect() {
	name=$1 want=$2 pattern=$3
	shift 3
	"$@" >"$tmp/log" 2>&1
	got=$?
	[ "$got" -eq "$want" ] && grep -q -- "$pattern" "$tmp/log"
	result $? "$name" "$tmp/log"
}

# refuse NAME PATTERN ARGUMENT...: wrong usage of run: status 2, one line, no file.
refuse() {
	name=$1 pattern=$2
	shift 2
	rm -f "$tmp/none"*
	"$bench" run --out "$tmp/none" "$@" >"$tmp/log" 2>&1
	got=$?
	[ "$got" -eq 2 ] && grep -q -- "$pattern" "$tmp/log" && [ "$(wc -l <"$tmp/log")" -eq 1 ] &&
		[ ! -e "$tmp/none" ] && [ ! -e "$tmp/none.tmp" ]
	result $? "$name" "$tmp/log"
}

# has FILE PATTERN
has() { grep -q -- "$2" "$1"; }

# Driver, override and group type of the device under test, on one line.
device_state() {
	d=/sys/bus/pci/devices/$device
	echo "$(readlink "$d/driver") $(cat "$d/driver_override") $(cat "$d/iommu_group/type")"
}

echo "KTAP version 1"

expect "run without the module says what to do" 1 "insmod smmubench.ko" \
	"$bench" run --out "$tmp/none"
insmod "$dir/$module.ko" || { echo "Bail out! smmubench.ko does not load"; exit 1; }

expect "doctor finds everything to measure" 0 "^ok *module" "$bench" doctor
device=$("$bench" devices | awk '/used by --device auto/ { print $2 }')
[ -n "$device" ] || { echo "Bail out! no device to test with"; exit 1; }
before=$(device_state)

expect "devices names one to use" 0 "used by --device auto" "$bench" devices
expect "list has the rows" 0 "^dma_unmap/1m" "$bench" list
expect "list with a filter" 0 "^dma_map/4k  *batch " "$bench" list --filter 'dma_map/4k/batch'
expect "show explains a row" 0 "SMCCC_RET_NOT_SUPPORTED" "$bench" show null_hypercall
expect "help has an example" 0 "Example" "$bench" run --help

expect "unknown command" 2 "unknown command" "$bench" measure
expect "unknown benchmark for show" 2 "unknown benchmark" "$bench" show dma_mop
expect "unknown benchmark for list" 2 "unknown suite" "$bench" list --suite dma_mop
refuse "unknown suite" "unknown suite" --suite quik
refuse "a filter that matches nothing" "no benchmark matches" --filter 'dma_mop*'
refuse "unknown clock" "unknown clock" --clock cpu
refuse "unknown device" "unknown device" --device 0000:ff:00.0
refuse "unknown option" "unknown or incomplete option" --frob
refuse "a stray argument" "unexpected argument" quick
refuse "a number that is none" "--threads 'x'" --threads x
refuse "no threads" "--threads '0'" --threads 0
refuse "threads on the instruction clock" "take turns" --clock insn --threads 2
refuse "a setup key that is read here" "--setup" --setup page_size=1
refuse "a machine where instructions count" "--setup" --clock insn --setup machine=x
refuse "another clock in the setup" "--setup" --clock insn --setup clock=wall

bridge=$("$bench" devices | awk '/no: is a bridge/ { print $2; exit }')
[ -z "$bridge" ] || refuse "a device that must not be used" "must not be used" --device "$bridge"

# The clock: what this machine cannot do is refused.
if "$bench" doctor | grep -q '^ok *clock insn'; then
	unit=insn
else
	unit=ns
	refuse "the instruction clock where there is none" "does not count" --clock insn
fi

expect "a run of one row" 0 "dma_map/4k batch strict" \
	"$bench" run --filter 'dma_map/4k/batch' --out "$tmp/one" --setup el2_debug=0
has "$tmp/one" '"name": "dma_map"' && has "$tmp/one" "\"unit\": \"$unit\"" &&
	has "$tmp/one" '"el2_debug": 0' && has "$tmp/one" '"status": "ok"' && [ ! -e "$tmp/one.tmp" ]
result $? "its file says so" "$tmp/one"
holds "once in each of three domains" "$(grep -c '"name": "dma_map"' "$tmp/one")" -eq 3
holds "the device is as before" "$(device_state)" = "$before"
expect "a second run in a row" 0 "dma_unmap/64k single lazy" \
	"$bench" run --filter 'dma_unmap/64k/single' --out "$tmp/two"
# EL2's own counters: a hypercall enters EL2 once, neither more nor less.
if "$bench" doctor | grep -q "^ok *EL2's counters"; then
	"$bench" run --filter 'null*/batch' --out "$tmp/el2" 2>"$tmp/log"
	tr '}' '\n' <"$tmp/el2" >"$tmp/lines"
	[ "$(grep -o '"el2_entries_hvc": .*' "$tmp/lines" | tr '\n' ' ')" = \
		'"el2_entries_hvc": {"value": 0, "ops": 16384, "source": "pkvm_iommu" "el2_entries_hvc": {"value": 16384, "ops": 16384, "source": "pkvm_iommu" ' ]
	result $? "a hypercall enters EL2 once, an empty loop never" "$tmp/lines"
else
	"$bench" run --filter 'null/batch' --out "$tmp/el2" 2>"$tmp/log"
	has "$tmp/el2" '"el2_entries[a-z_]*": {"value": null, "ops": 16384, "source": "not counted: '
	result $? "what EL2 does not count is null, with the reason" "$tmp/el2"
fi

# Pages of guests, where the hypervisor takes them.
if "$bench" doctor | grep -q '^ok *KVM mode *protected'; then
	expect "pages are given to guests and come back" 0 "guest_reclaim counted guest: " \
		"$bench" run --filter 'guest_*' --out "$tmp/guest"
	holds "eight guests of 64 pages each, without a clock" \
		"$(grep -c '"unit": null, "count": 512, "rounds"' "$tmp/guest")" -eq 4
	# KVM stops the PMU around the run of a protected guest. QEMU's, on the wall clock, has
	# no such event, and no row a figure.
	source='pmu, without' rows=2
	if [ $unit = insn ]; then source='pmu, and the clock'; fi
	tr '}' '\n' <"$tmp/guest" >"$tmp/lines"
	if [ $unit != insn ] && ! grep -q '"instructions_el2": {.*"source": "pmu' "$tmp/lines"; then
		source='not counted: this PMU has no such event' rows=4
	fi
	holds "what the PMU does not see around a guest's run is counted, or said to be missing" \
		"$(grep '"instructions_el2": {' "$tmp/lines" | grep -c "\"source\": \"$source")" -eq $rows
else
	expect "no pages are taken from the host" 77 "only protected KVM" \
		"$bench" run --filter 'guest_*' --out "$tmp/guest"
fi
expect "rows without a device" 0 "null" "$bench" run --suite null --out "$tmp/three"

# A file that cannot be written is one line, and the device is as before.
expect "no folder to write to" 1 "cannot write" \
	"$bench" run --suite null --out "$tmp/absent/file"

expect "a device node is no place for a file" 1 "cannot write" \
	"$bench" run --suite null --out /dev/null
holds "and it is still there" -c /dev/null

# ^C in the middle: what was measured is there, and nothing is left behind.
"$bench" run --suite full --out "$tmp/cut" 2>"$tmp/log" &
pid=$!
while ! grep -q ' 6/' "$tmp/log" && kill -0 $pid 2>/dev/null; do sleep 0.01; done
kill -INT $pid
wait $pid
got=$?
[ $got -eq 1 ] && has "$tmp/log" "interrupted"
result $? "^C ends a run with status 1" "$tmp/log"
has "$tmp/cut" '"status": "partial"' && has "$tmp/cut" '"status": "ok"' &&
	has "$tmp/cut" "the run was interrupted before it" && [ "$(tail -c 2 "$tmp/cut")" = "}" ]
result $? "its file has what was measured, and is whole"
[ "$(device_state)" = "$before" ] && [ ! -e "$tmp/cut.tmp" ]
result $? "the device is as before, and no other file is left"

# A check that fails fails its row only.
echo Y >/sys/module/$module/parameters/fail_check
"$bench" run --filter '*/4k/batch' --suite quick --out "$tmp/wrong" 2>"$tmp/log"
got=$?
echo N >/sys/module/$module/parameters/fail_check
[ $got -eq 1 ] && has "$tmp/wrong" '"status": "failed", "reason": "the device' &&
	[ "$(device_state)" = "$before" ]
result $? "a check that does not hold fails its row" "$tmp/log"
"$bench" run --filter '*/4k/batch' --out "$tmp/right" 2>"$tmp/log"
result $? "and the same row passes with it right" "$tmp/log"

rmmod $module >"$tmp/log" 2>&1
result $? "the module is not in use afterwards" "$tmp/log"
insmod "$dir/$module.ko"
dmesg | grep -iE 'hyp panic|nVHE hyp|Internal error|Unable to handle|Oops' >"$tmp/log"
dmesg | grep -wE 'WARNING|BUG' >>"$tmp/log"
[ ! -s "$tmp/log" ]
result $? "the kernel log is clean" "$tmp/log"

echo "1..$number"
exit $bad
