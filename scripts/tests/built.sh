# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What the tests that boot need, built: the kernel, the module for it, the tools.
# It says where they are.

"${OWN_MAKE[@]}" -C "$TOP" tools >&2
KERNEL=$("$TOP/scripts/kernel" build)
"${OWN_MAKE[@]}" -C "$TOP" module KDIR="$KERNEL" >&2

# shellcheck disable=SC2034
BENCH=$TOP/.build/bench SMMUSTAT=$TOP/.build/analysis/smmustat
