# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Guests that run hyp-patches/tests/isolation. Whoever sources this sets KERNEL
# and TMP, a folder of its own.

readonly ATTACK=$TOP/.build/isolation

# build_attack: the program, the module for KERNEL, and the symbols it may name.
build_attack() {
	"${OWN_MAKE[@]}" -C "$TOP/hyp-patches/tests/isolation" O="$ATTACK" KDIR="$KERNEL" \
		program module >&2
	printf '#!/bin/sh\nexec isolation --map /in/System.map "$@"\n' >"$TMP/attack"
	chmod +x "$TMP/attack"
}

# vm_attack OUT MODE COMMAND [OPTION...]: `isolation COMMAND` in a guest of these
# options. A COMMAND of several joins them with `&& attack`.
vm_attack() {
	local out=$1 mode=$2 command=$3
	shift 3
	# What is linked into EL2 lies elsewhere in each kernel.
	grep -E ' (_text|__hyp_.*|__kvm_nvhe_hyp_memory)$' "$KERNEL/System.map" >"$TMP/System.map"
	"$TOP/scripts/vm" --kernel "$KERNEL" --mode "$mode" --timeout 300 --out "$out" \
		--put "$ATTACK/isolation" --put "$ATTACK/hvc/isolation_hvc.ko" --put "$TMP/attack" \
		--put "$TMP/System.map" "$@" -- "insmod /in/isolation_hvc.ko && attack $command" </dev/null
}

# is_whole_ktap FILE: one plan, first or last, and as many results as it says. What is
# indented is a subtest, and its parent counts.
is_whole_ktap() {
	awk '/^1\.\./ { plans++; n = substr($1, 4) + 0; before = k + 0 }
		/^(not )?ok / { k++ }
		END { exit !(plans == 1 && n > 0 && n == k && (before == 0 || before == k)) }' "$1"
}
