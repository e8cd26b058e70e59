#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# scripts/gate as README shows it, on a change of EL2's code: the whole quick suite of two
# kernels; and cut off while it builds one. gate.sh has the rest, with few rows.

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

# Cut off while a kernel is built, or waited for.
hold_kernel() { locked kernel sleep 3600; }
hold_kernel &
holder=$!
sleep 1
slower 60
check "TERM while another run builds" cut_off TERM waiting "waiting for another run that holds 'kernel'" --filter 'null*' --modes native --boots 1
pkill -P "$holder" || true
wait "$holder" || true
check "^C while it builds a kernel" cut_off INT building 'kernel of the change' --filter 'null*' --modes native --boots 1
check "TERM while it builds" cut_off TERM building2 'kernel of the change' --filter 'null*' --modes native --boots 1
(cd "$TMP/clone" && git checkout -q HEAD^)
gate same2 --filter 'null*' --modes native --boots 1
check "the kernels that were built are in the cache, after all that" bash -c \
	'! grep -q "building its kernel" "$1"' - "$TMP/same2.err"
done_testing
