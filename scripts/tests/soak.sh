#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Identity mode for ten minutes, half of them with each kind of disk: four CPUs in real
# time, two SMMUs with a disk behind each that is written and verified, guests that come
# and go and are killed, a hostile process at EL2's calls and the SMMUs' registers, and
# little memory, in short runs. Then nothing is missing, every isolation case passes,
# and the log is clean. SOAK_SECONDS=N is another time, KERNEL=DIR a build of one's own.

. "$(dirname "$0")/tap.sh"
cd "$TOP"
KERNEL=${KERNEL:-$(scripts/kernel build)}
. "$TOP/scripts/lib/attack.sh"
. "$TOP/scripts/tests/matrix.sh"
SOAK_SECONDS=${SOAK_SECONDS:-600}
is_count "$SOAK_SECONDS" || usage_error "SOAK_SECONDS wants a number, not '$SOAK_SECONDS'"

# What the guest runs: the status is that of what failed last.
during() {
	cat <<GUEST
list >/dev/null; soak-disks 2 & disks=\$!; status=0; attack soak $1 || status=1; : >stop
wait \$disks || { echo "the disks failed" >&2; status=1; }
attack cases || status=1; attack --pci 0001: cases || status=1; [ \$status -eq 0 ]
GUEST
}

# Nobody was killed for want of memory, EL2's least of all: there was some.
nobody_killed() { ! grep -nE 'Out of memory|oom-kill' "$1"; }

has_verified() { [[ $(<"$1/verified") -gt 0 ]]; }

# soak DISK: the guest's life with such disks, whose results count here.
soak() {
	local disk=$1 out=$TMP/$1
	vm_attack "$out" identity "$(during $(((SOAK_SECONDS + 1) / 2)))" --clock wall --smp 4 --smmus 2 \
		--disk "$disk" --memory 1G --timeout $((SOAK_SECONDS + 1200)) \
		--put scripts/guest/copy-disks --put scripts/guest/soak-disks >"$TMP/ktap.$disk" ||
		not_ok "$disk: the soak and what follows it"
	cat "$TMP/ktap.$disk"
	check "$disk: copies were verified" has_verified "$out"
	check "$disk: and are true outside the guest too" disks_copied "$out" 2
	check "$disk: nobody was killed for want of memory" nobody_killed "$out/console.log"
	check "$disk: its log is clean" clean_log "$out/console.log"
}

# One line of all that was done.
summary() {
	sed -nE 's/.* soak: [0-9]+ s: ([0-9]+) guests, ([0-9]+) pages taken, ([0-9]+) wrong top-ups, ([0-9]+) pokes, .*/\1 \2 \3 \4/p' \
		"$TMP"/ktap.* | awk -v mib="$(cat "$TMP"/*/verified | awk '{ n += $1 } END { print n + 0 }')" -v s="$SOAK_SECONDS" \
		'{ g += $1; p += $2; c += $3; k += $4 }
		END { printf "# %d s: %.1f GiB verified, %d guests, %d pages taken, %d wrong top-ups, %d pokes\n", s, mib / 1024, g, p, c, k }'
}

build_attack
for disk in nvme virtio; do soak "$disk"; done
summary
done_testing
