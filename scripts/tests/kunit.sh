# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# The kernel's own parser of KTAP, from the kernel's sources in the cache.

KUNIT=$("$TOP/scripts/kernel" fetch)/tools/testing/kunit

# kunit_has: whether it can be asked here.
kunit_has() { [[ -r $KUNIT/kunit.py ]] && python3 -c 'import sys; sys.exit(sys.version_info < (3, 7))' 2>/dev/null; }

# kunit_counts FILE: "passed failed skipped", and nothing when it finds an error in the file.
kunit_counts() {
	local said
	said=$(PYTHONDONTWRITEBYTECODE=1 python3 "$KUNIT/kunit.py" parse "$(realpath "$1")" 2>&1) || true
	[[ $said != *'[ERROR]'* && $said != *Traceback* ]] || return 0
	awk '/Testing complete/ {
		for (i = 2; i <= NF; i++) { n = $i; sub(/,/, "", n); v[$(i - 1)] = n }
		print v["passed:"] + 0, v["failed:"] + 0, v["skipped:"] + 0
	}' <<<"$said"
}
