# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# The user space of our guests: Debian's static busybox for arm64.

. "$TOP/scripts/lib/apt-root.sh"

# BUSYBOX names another one, for machines that are not Debian.
readonly BUSYBOX=${BUSYBOX-$CACHE/busybox/busybox}

busybox_installed() { [[ -x $BUSYBOX ]]; }

busybox_install() {
	local tmp
	apt_root_update arm64
	mkdir -p "$CACHE/busybox"
	tmp=$(mktemp -d "$CACHE/busybox/tmp.XXXXXX")
	apt_quietly run_in "$tmp" apt_root_do arm64 download busybox-static ||
		die "cannot download busybox-static for arm64: $APT_SAID"
	dpkg-deb -x "$tmp"/*.deb "$tmp"
	# bookworm has it in /bin, trixie in /usr/bin
	find "$tmp" -type f -name busybox -exec mv {} "$BUSYBOX.tmp" \;
	mv "$BUSYBOX.tmp" "$BUSYBOX"
	rm -rf "$tmp"
}
