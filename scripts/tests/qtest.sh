#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The model of an SMMU against QEMU's, on random sequences of table changes, commands
# and DMA (hyp-patches/tests/model/qtest): what each does is the same, or the architecture
# says which of them is right. Faults of the model are planted, and found. TREE=DIR takes a
# tree of one's own, SEQUENCES=N and SEED=S other sequences, and REPLAY=S prints one as text.

. "$(dirname "$0")/tap.sh"
. "$TOP/scripts/lib/qemu.sh"

# Faults of the model, by their names in qtest/plant.c.
readonly PLANTED='tlbi cfgi permission level1 event s2r'

TREE=${TREE:-$("$TOP/scripts/kernel" apply)}
SEQUENCES=${SEQUENCES:-1000} SEED=${SEED:-1}
OUT=$TOP/.build/qtest
need_cmd make gcc objcopy

# Debian builds the accelerator as a module, which QEMU looks for beside its build's prefix.
if [[ -z ${QEMU-} ]]; then
	QEMU_MODULE_DIR=$QEMU_ROOT/usr/lib/$(uname -m)-linux-gnu/qemu
	export QEMU_MODULE_DIR
fi

# One that QEMU has, too: the rule of this name then explains nothing.
readonly SHARED=httu

build() { "${OWN_MAKE[@]}" -s -C "$TOP/hyp-patches/tests/model" TREE="$TREE" O="$OUT" qtest; }

# compare ARGUMENTS...: the program, with the emulator that the rest of the suite uses.
compare() {
	# shellcheck disable=SC2016 # the inner shell's arguments
	timeout 600 "$OUT/12/qtest/qtest" "$@" -- bash -c \
		'. "$0/scripts/lib/common.sh" && . "$0/scripts/lib/qemu.sh" && qemu_exec "$@"' "$TOP"
}

sequences() {
	compare --sequences "$SEQUENCES" --seed "$SEED" >"$OUT/sequences.log" && return
	grep -m 1 -B 25 -E ' not explained$| differ$|^Bail' "$OUT/sequences.log" || cat "$OUT/sequences.log"
	return 1
}

found() {
	compare --sequences 100 --plant "$1" >"$OUT/$1.log" && { echo "100 sequences do not show it"; return 1; }
	sed -n 's/^# again: qtest --replay \([0-9]*\)$/in sequence \1/p; s/^Bail out! //p' "$OUT/$1.log" >"$TMP/where"
	[[ -s $TMP/where ]] && return
	tail -n 20 "$OUT/$1.log"
	return 1
}

# Each known deviation of QEMU's was met, and the model did not do the same.
each_rule() { ! grep -E '^# +0  ' "$OUT/sequences.log"; }

shared() {
	compare --sequences 100 --plant "$SHARED" >"$OUT/$SHARED.log" || { tail -n 20 "$OUT/$SHARED.log"; return 1; }
	grep -E "^# +0  $SHARED: " "$OUT/$SHARED.log" || { tail -n 20 "$OUT/$SHARED.log"; return 1; }
}

if [[ -n ${REPLAY-} ]]; then
	build >&2
	compare --replay "$REPLAY"
	exit
fi

check "the comparison is built" build
check "$SEQUENCES sequences from $SEED on: the model does as QEMU does, or the architecture says why not" \
	sequences
sed -n '/^# *[0-9]/p' "$OUT/sequences.log"
if [[ $SEQUENCES -lt 1000 ]]; then
	skip "whatever QEMU is known to do otherwise occurs" "that takes 1000 sequences"
else
	check "whatever QEMU is known to do otherwise occurs" each_rule
fi
for fault in $PLANTED; do
	check "a model with the fault $fault is found out" found "$fault"
	[[ ! -s $TMP/where ]] || sed 's/^/# /; q' "$TMP/where"
	rm -f "$TMP/where"
done
check "a model that does as QEMU does, where that is wrong, leaves nothing to explain there" shared
done_testing
