#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# scripts/gate as README shows it, on a change of EL2's code: the whole quick suite of two
# kernels. gate.sh has the rest, with few rows.

. "$(dirname "$0")/tap.sh"
. "$TOP/scripts/tests/built.sh"
. "$TOP/scripts/tests/gate-clone.sh"
cd "$TOP"

check "a clone, and a change of EL2's code in it" eval 'clone && slower 50'
gate plain
check "scripts/gate names the row that became worse" says_row plain
check "and no other figure" test "$(grep -c '^worse' "$TMP/plain")" -eq 1
folder=$(echo "$TMP"/clone/results/gate-*)
# It ends with 1, as the gate does.
check "what smmustat says of the two folders is the same" bash -c \
	'"$1" gate "$2/base" "$2/change" | cmp - "$3"' - "$SMMUSTAT" "$folder" "$TMP/plain"
done_testing
