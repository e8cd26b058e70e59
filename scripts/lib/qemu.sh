# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# QEMU from Debian's backports in a private root, one and the same on every
# Debian: figures on the emulator depend on it. It runs through that root's own
# loader and libraries, so the machine's libc may be older.

. "$TOP/scripts/lib/apt-root.sh"

# The oldest version with what the suite needs (iommu-testdev).
readonly QEMU_WANTED=11.1

readonly QEMU_ROOT=$CACHE/qemu/current

qemu_host_arch() { dpkg --print-architecture; }

# qemu_exec ARGUMENTS...: qemu-system-aarch64 of the private root, or the one that
# QEMU names, for machines that are not Debian. It replaces the calling process,
# which should be a subshell or a child.
qemu_exec() {
	local lib
	[[ -z ${QEMU-} ]] || exec "$QEMU" "$@"
	case $(uname -m) in
	x86_64) lib=$QEMU_ROOT/usr/lib64/ld-linux-x86-64.so.2 ;;
	aarch64) lib=$QEMU_ROOT/usr/lib/ld-linux-aarch64.so.1 ;;
	*) die "no emulator for a $(uname -m) machine" ;;
	esac
	exec "$lib" --library-path "$QEMU_ROOT/usr/lib/$(uname -m)-linux-gnu" \
		"$QEMU_ROOT/usr/bin/qemu-system-aarch64" -L "$QEMU_ROOT/usr/share/qemu" "$@"
}

# The version of that QEMU, or nothing.
qemu_version() {
	[[ -n ${QEMU-} || -e $QEMU_ROOT ]] || return 0
	(qemu_exec --version 2>/dev/null) | sed -n 's/^QEMU emulator version //p'
}

qemu_installed() { [[ $(qemu_version) == "$QEMU_WANTED"* ]]; }

# Downloads and unpacks. The folder's name comes from the packages' names and
# versions; `current` keeps pointing at the first one until it is removed.
qemu_install() {
	local arch dir tmp deb debs
	arch=$(qemu_host_arch)
	apt_root_update "$arch"
	apt_root_debs "$arch" qemu-system-arm
	dir=$CACHE/qemu/$(printf '%s\n' "${debs[@]##*/}" | hash_stdin)
	if [[ ! -e $dir ]]; then
		mkdir -p "$CACHE/qemu"
		rm -rf "$CACHE"/qemu/tmp.*
		tmp=$(mktemp -d "$CACHE/qemu/tmp.XXXXXX")
		for deb in "${debs[@]}"; do dpkg-deb -x "$deb" "$tmp"; done
		publish "$tmp" "$dir"
	fi
	ln -sfnT "$(basename "$dir")" "$QEMU_ROOT"
	apt_root_do "$arch" clean
	qemu_installed || die "QEMU in $QEMU_ROOT is not $QEMU_WANTED but says: $(one_line "$( (qemu_exec --version) 2>&1 | head -n 1)")"
}
