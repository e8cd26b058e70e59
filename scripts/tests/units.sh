#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The unit tests of the tools, built with ASan and UBSan. They print TAP.

. "$(dirname "$0")/../lib/common.sh"

status=0
"${OWN_MAKE[@]}" -C "$TOP" tools >&2
"${OWN_MAKE[@]}" -C "$TOP/analysis" O="$TOP/.build/analysis" check || status=1
"${OWN_MAKE[@]}" -C "$TOP/bench" O="$TOP/.build/bench" check || status=1
exit "$status"
