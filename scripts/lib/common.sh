# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What every script here shares: where things lie, how errors are said, how a
# cache entry comes into being. Source it; it does no work, but refuses where none
# can be done.

set -euo pipefail
shopt -s inherit_errexit

# shellcheck source=scripts/lib/neutral.sh
. "${BASH_SOURCE[0]%/*}/neutral.sh"

# Exit statuses, the same for every command of the project.
# shellcheck disable=SC2034  # used by the scripts that source this
readonly EX_FAIL=1 EX_USAGE=2 EX_INCONCLUSIVE=3 EX_SKIP=77 EX_UNTESTABLE=125

ME=${0##*/}

note() { printf '%s: %s\n' "$ME" "$*" >&2; }
die() { note "$*"; exit "$EX_FAIL"; }
# die_of STATUS WHY: a program failed with that. Where a signal ended it, the status stays.
die_of() { note "${*:2}"; exit $(($1 > 128 ? $1 : EX_FAIL)); }
usage_error() { note "$* (see $ME --help)"; exit "$EX_USAGE"; }

# What a path must not hold where make, kbuild or QEMU reads it: they take these for
# the end of a name, or for something else than a part of it.
readonly ODD_CHARACTER='[][[:space:][:cntrl:]:;,=#$%&*?!|<>(){}'\''"`\]'

# check_place WHAT PATH REMEDY: one line where nothing can be built below PATH.
check_place() {
	[[ ! $2 =~ $ODD_CHARACTER ]] ||
		die "$1 ${2@Q} has ${BASH_REMATCH[0]@Q} in its path, where make and the kernel's build fail; $3"
}

# The last character keeps a newline at the end of the path.
TOP=$(cd -P -- "${BASH_SOURCE[0]%/*}/../.." && printf '%s.' "$PWD")
TOP=${TOP%.}
check_place "the clone" "$TOP" "move it to a path without"

CACHE=${XDG_CACHE_HOME:-${HOME:+$HOME/.cache}}
[[ $CACHE == /* ]] ||
	die "the cache would lie in '$CACHE', which is no whole path; set XDG_CACHE_HOME to one that begins with /"
check_place "the cache" "$CACHE" "set XDG_CACHE_HOME to a folder without"
CACHE=$(realpath -m -- "$CACHE")/pkvm-smmu
check_place "the cache" "$CACHE" "set XDG_CACHE_HOME to a folder without"
# shellcheck disable=SC2034
readonly TOP CACHE

# Temporary folders are found from other folders than the one this started in.
if [[ -n ${TMPDIR-} && $TMPDIR != /* ]]; then export TMPDIR=$PWD/$TMPDIR; fi

. "$TOP/scripts/lib/lock.sh"

# need_arg OPTION "${2-}": the option's value, or a usage error.
need_arg() { [[ -n ${2-} ]] || usage_error "$1 needs a value"; }

# one_of VALUE WHAT WORD...: a usage error unless VALUE is one of the words.
one_of() {
	local value=$1 what=$2 word
	shift 2
	for word; do [[ $value == "$word" ]] && return; done
	usage_error "unknown $what '$value'; it is one of: $*"
}

# is_count VALUE: a decimal number above zero without leading zeros.
is_count() { [[ $1 =~ ^[1-9][0-9]{0,8}$ ]]; }

# need_cmd PROGRAM...: one line naming the fix when a tool is missing.
need_cmd() {
	local c
	for c; do
		command -v "$c" >/dev/null || die "$c is missing; run scripts/setup"
	done
}

# make in this clone: options and variables that the caller gave a make of his own
# (-n, -t, CFLAGS=, ...) are not for ours. Those that count are in scripts/lib/build.mk.
# shellcheck disable=SC2034
readonly OWN_MAKE=(env -u MAKEFLAGS -u MFLAGS -u MAKEOVERRIDES -u GNUMAKEFLAGS -u MAKEFILES
	-u MAKELEVEL make -s --no-print-directory)

hash_stdin() { sha256sum | cut -c1-16; }

# hash_tree DIR: one hash over the names, the executable bits and the contents
# of all files below DIR. Neither times, owners nor the place of DIR matter.
hash_tree() {
	(cd "$1" && find . \( -type f -o -type l \) -printf '%P\0' | sort -z |
		tar --create --no-recursion --owner=0 --group=0 --numeric-owner --mtime=@0 \
			--mode='a=rX,u+w' --format=gnu --null --files-from=-) | hash_stdin
}

# publish TMP FINAL: makes a finished file or folder visible under its final
# name in one step. What exists there already was made from the same key and is
# kept: another process was faster.
publish() {
	sync -f "$1"
	if [[ -e $2 ]]; then rm -rf "$1"; else mv -T "$1" "$2"; fi
}

# as_root COMMAND...: directly when root, else through sudo.
as_root() {
	if [[ $(id -u) -eq 0 ]]; then "$@"; else sudo "$@"; fi
}
