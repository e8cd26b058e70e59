#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The unit tests of the tools, built with ASan and UBSan. They print TAP.

. "$(dirname "$0")/../lib/common.sh"

status=0
make -s --no-print-directory -C "$TOP" tools >&2
make -s --no-print-directory -C "$TOP/analysis" O="$TOP/.build/analysis" check || status=1
make -s --no-print-directory -C "$TOP/bench" O="$TOP/.build/bench" check || status=1
exit "$status"
