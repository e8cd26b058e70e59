#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What a hostile host reaches through its devices, tried by real DMA. The table of
# cases is hyp-patches/tests/isolation/cases.c. In native the same attempts must
# succeed: then they are real ones. KERNEL=DIR tests a build of one's own.

. "$(dirname "$0")/tap.sh"
. "$TOP/scripts/tests/kunit.sh"
cd "$TOP"
KERNEL=${KERNEL:-$(scripts/kernel build)}
. "$TOP/scripts/tests/attack.sh"

# parsed NAME: the kernel's own parser takes what that attack printed, and finds in it
# as many results as there are.
parsed() {
	local p f s
	read -r p f s < <(kunit_counts "$TMP/ktap.$1") || return
	[[ $((p + f + s)) -eq $(grep -cE '^(not )?ok ' "$TMP/ktap.$1") && $s -eq $(grep -c ' # SKIP' "$TMP/ktap.$1") ]]
}

# price MODE: what giving a page to a guest costs.
price() { vm_attack "$TMP/price-$1" "$1" 'price' >"$TMP/price.$1"; }

figure() { awk -v name="$2" '$1 == name { print $2 }' "$TMP/price.$1"; }

one_sync_each() {
	awk '$1 ~ /^(donate|reclaim)_/ { v[$1] = $2 }
		END { exit !(v["donate_transitions_out"] >= 1 && v["reclaim_transitions_in"] >= 1 &&
			v["donate_cmd_sync"] == v["donate_transitions_out"] &&
			v["reclaim_cmd_sync"] == 0) }' "$TMP/price.identity"
}

build_attack

attack native native 'cases'
attack native-stress native 'stress'
attack native-poke native 'poke'
attack identity identity 'cases'
attack poke identity 'poke'
# What is refused must leave everything working.
attack abuse identity 'abuse && attack stress && attack abuse && attack cases'
attack second identity 'cases' --smmus 2
attack behind-second identity '--pci 0001: cases' --smmus 2
# Registers of an SMMU that is not Linux's are the host's as little as those that EL2 uses.
attack native-disabled native 'poke && attack cases' --smmus 2 --dt disabled-second
attack disabled identity 'poke && attack cases' --smmus 2 --dt disabled-second
attack reserved identity 'poke' --smmus 2 --dt reserved-second
attack nvhe-stage2 identity 'cases' --cpu cortex-a72,cntfrq=1000000000 --stage 2
# Domains that the host makes, where firmware keeps some memory to itself.
attack paravirt paravirt 'abuse && attack cases' --dt nomap-buffers
# The longest stay at EL2 of each hypercall, and what EL2's tables cost: exact under this clock.
attack bounds paravirt 'stay && attack memory'
attack wall identity 'cases && attack stress 100' --clock wall --smp 4

for name in native native-stress native-poke poke; do
	if kunit_has; then
		check "$name: the kernel's parser takes its KTAP" parsed "$name"
	else
		skip "$name: the kernel's parser takes its KTAP" "there is no python3 here"
	fi
done
for mode in native identity paravirt; do
	check "$mode: the price of a page for a guest" price "$mode"
done
for what in donate reclaim; do
	for level in el1 el2; do
		echo "# instructions to $what a page, $level: native" \
			"$(figure native "${what}_instructions_$level"), identity" \
			"$(figure identity "${what}_instructions_$level"), paravirt" \
			"$(figure paravirt "${what}_instructions_$level")"
	done
done
for what in unmapped_donate refused; do
	echo "# instructions of $what, paravirt: el1 $(figure paravirt "${what}_instructions_el1")," \
		"el2 $(figure paravirt "${what}_instructions_el2")"
done
check "one CMD_SYNC for each transition that takes from the host, none for the others" one_sync_each
done_testing
