#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# scripts/setup on a bare Debian 12 and 13: a debootstrap root with nothing but
# what a minimal Debian has, git and make. The emulator must start there, and a
# second run must find nothing to do.

. "$(dirname "$0")/tap.sh"
. "$TOP/scripts/lib/apt-root.sh"

# A namespace of its own for /proc, which goes away with the command.
in_root() {
	local root=$1
	shift
	env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root unshare --mount --pid --fork \
		--mount-proc="$root/proc" chroot "$root" "$@"
}

bare() {
	local release=$1 name=$2 root=$TMP/$1
	if ! debootstrap --variant=minbase --include=git,make "$release" "$root" "$(apt_mirror)" \
		>"$TMP/log" 2>&1; then
		not_ok "$name: debootstrap"
		tail -n 5 "$TMP/log" | sed 's/^/# /'
		return
	fi
	mkdir "$root/repo"
	git -C "$TOP" archive HEAD | tar x -C "$root/repo"
	cp /etc/resolv.conf "$root/etc/" 2>/dev/null || true
	cp /etc/hosts "$root/etc/" 2>/dev/null || true

	in_root "$root" /repo/scripts/setup --check >"$TMP/missing" 2>&1 || true
	check "$name: setup --check says what is missing" grep -qx 'missing: gcc' "$TMP/missing"
	check "$name: and installs none of it" bash -c '! test -e "$1/usr/bin/gcc"' - "$root"
	check "$name: setup" in_root "$root" /repo/scripts/setup
	in_root "$root" /repo/scripts/setup >"$TMP/second" 2>&1 || true
	check "$name: a second run finds nothing to do" grep -q 'nothing to do' "$TMP/second"
	check "$name: setup --check agrees" in_root "$root" /repo/scripts/setup --check
	check "$name: the emulator starts" in_root "$root" /bin/bash -c \
		'. /repo/scripts/lib/common.sh; . /repo/scripts/lib/qemu.sh; qemu_exec -M virt -S -display none -monitor none -serial none & sleep 2; kill -0 $! && kill $!'
	rm -rf "$root"
}

if [[ $(id -u) -ne 0 ]] || ! command -v debootstrap >/dev/null; then
	skip "setup on a bare Debian" "needs root and debootstrap"
else
	bare bookworm "Debian 12"
	bare trixie "Debian 13"
fi
done_testing
