#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The model of an SMMU against QEMU's, on random sequences of table changes, commands
# and DMA (hyp-patches/tests/model/qtest). It prints TAP. TREE=DIR takes a tree of one's
# own, SEQUENCES=N and SEED=S other sequences, and REPLAY=S prints one as text.

. "$(dirname "$0")/../lib/common.sh"
. "$TOP/scripts/lib/qemu.sh"

# Faults of the model that must be found, by their names in qtest/plant.c.
readonly PLANTED='tlbi cfgi permission level1 event s2r'

TREE=${TREE:-$("$TOP/scripts/kernel" apply)}
OUT=$TOP/.build/qtest
need_cmd make gcc objcopy

# Debian builds the accelerator as a module, which QEMU looks for beside its build's prefix.
if [[ -z ${QEMU-} ]]; then
	QEMU_MODULE_DIR=$QEMU_ROOT/usr/lib/$(uname -m)-linux-gnu/qemu
	export QEMU_MODULE_DIR
fi

"${OWN_MAKE[@]}" -s -C "$TOP/hyp-patches/tests/model" TREE="$TREE" O="$OUT" qtest >&2

# compare ARGUMENTS...: the program, with the emulator that the rest of the suite uses.
compare() {
	# shellcheck disable=SC2016 # the inner shell's arguments
	timeout 300 "$OUT/12/qtest/qtest" "$@" -- bash -c \
		'. "$0/scripts/lib/common.sh" && . "$0/scripts/lib/qemu.sh" && qemu_exec "$@"' "$TOP"
}

[[ -z ${REPLAY-} ]] || { compare --replay "$REPLAY"; exit; }

status=0
compare --sequences "${SEQUENCES:-1000}" --seed "${SEED:-1}" || status=1
for fault in $PLANTED; do
	if compare --sequences 100 --plant "$fault" >"$OUT/$fault.log"; then
		echo "not ok - a model with the fault $fault does as QEMU does"
		status=1
	else
		echo "# planted: $fault: $(grep -m 1 -E 'not explained|differ|^Bail' "$OUT/$fault.log" || echo 'ended')"
	fi
done
exit "$status"
