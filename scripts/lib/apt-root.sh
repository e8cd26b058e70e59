# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Packages of another Debian release or architecture, fetched and unpacked
# beside the system instead of into it. apt gets its own sources, lists and an
# empty status file, so nothing of the machine's package state is read but the
# address of the mirror it already uses, and nothing of it changes.

APT_SUITE=trixie

# The mirror this machine's own apt uses for Debian itself.
apt_mirror() {
	local uri
	uri=$(apt-get indextargets 'Created-By: Packages' 'Origin: Debian' 'Label: Debian' \
		--format '$(REPO_URI)' | sort -u | head -n 1)
	[[ -n $uri ]] ||
		die "apt knows no Debian mirror; run 'apt-get update' with Debian in its sources"
	printf '%s\n' "$uri"
}

# apt_quietly COMMAND...: runs an apt-get, which says nothing; where it fails, APT_SAID is
# its error in one line.
apt_quietly() {
	local status=0
	APT_SAID=$("$@" 2>&1) || status=$?
	APT_SAID=$({ grep '^E: ' || cat; } <<<"$APT_SAID" | tail -n 1)
	APT_SAID=$(one_line "${APT_SAID:-it ended with status $status}")
	return "$status"
}

# run_in DIR COMMAND...: `apt-get download` writes to where it runs.
run_in() { (cd "$1" && "${@:2}"); }

# apt_root_do ARCH ARGUMENTS...: apt-get against the private root for ARCH.
apt_root_do() {
	local arch=$1 root=$CACHE/apt/$1
	shift
	apt-get -o Dir::Etc="$root/etc" -o Dir::Etc::sourcelist="$root/etc/sources.list" \
		-o Dir::Etc::sourceparts="$root/etc/sources.d" \
		-o Dir::Etc::trusted=/etc/apt/trusted.gpg \
		-o Dir::Etc::trustedparts=/etc/apt/trusted.gpg.d \
		-o Dir::State="$root/state" -o Dir::State::status="$root/status" \
		-o Dir::Cache="$root/cache" -o APT::Architecture="$arch" \
		-o APT::Architectures::="$arch" -o Debug::NoLocking=1 \
		-o APT::Sandbox::User=root -o APT::Get::Assume-Yes=1 -qq "$@"
}

# apt_root_update ARCH: the private root's lists, made anew when a day old.
apt_root_update() {
	local arch=$1 root=$CACHE/apt/$1 mirror
	[[ -z $(find "$root/updated" -mtime -1 2>/dev/null) ]] || return 0
	mirror=$(apt_mirror)
	mkdir -p "$root"/etc/{sources.d,preferences.d,apt.conf.d} "$root"/state/lists/partial \
		"$root"/cache/archives/partial
	: >"$root/status"
	printf 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s %s main\n' \
		"$mirror" "$APT_SUITE" "$mirror" "$APT_SUITE-backports" >"$root/etc/sources.list"
	apt_quietly apt_root_do "$arch" update ||
		die "cannot read the package lists of Debian $APT_SUITE at $mirror: $APT_SAID"
	touch "$root/updated"
}

# apt_root_debs ARCH PACKAGE...: downloads the packages with all they depend on; the
# files' names are in `debs`.
apt_root_debs() {
	local arch=$1 root=$CACHE/apt/$1
	shift
	apt_root_do "$arch" clean
	apt_quietly apt_root_do "$arch" install --download-only --no-install-recommends \
		-t "$APT_SUITE-backports" "$@" || die "cannot download $*: $APT_SAID"
	# shellcheck disable=SC2034  # the caller's
	debs=("$root"/cache/archives/*.deb)
}
