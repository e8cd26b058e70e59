# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Attacks whose results count here. Whoever sources this sets KERNEL, and builds them:
# build_attack.

. "$TOP/scripts/lib/attack.sh"
. "$TOP/scripts/tests/log.sh"

# attack NAME MODE COMMAND [OPTION...]: a boot in which `isolation` prints KTAP,
# which counts here.
attack() {
	local name=$1 mode=$2 command=$3
	shift 3
	vm_attack "$TMP/$name" "$mode" "$command" "$@" >"$TMP/ktap.$name" ||
		not_ok "$name: isolation $command, in $mode"
	cat "$TMP/ktap.$name"
	check "$name: its log is clean" clean_log "$TMP/$name/console.log"
}
