# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# shellcheck disable=SC2034  # what the files of scripts/bisect share
#
# Whose fault it is that something failed: this machine's, which says nothing of a
# commit, or the commit's. What programs say is not asked, since a commit may have them
# say anything: only how they ended, and what this machine can do right now. In doubt
# it is the machine's.

# watch_build DIR: WATCH becomes what is in the environment of each program of a build,
# so that ended.c watches it. What it sees goes to the file WATCHED.
watch_build() {
	local library
	library=$1/ended-$(hash_stdin <"$TOP/scripts/lib/ended.c").so
	WATCHED=$1/ended
	WATCH=(LD_PRELOAD="$library" ENDED="$WATCHED")
	[[ ! -e $library ]] || return 0
	gcc -std=c11 -O2 -shared -fPIC -o "$library.tmp" "$TOP/scripts/lib/ended.c" -ldl &&
		mv "$library.tmp" "$library"
}

# watch_begin: what ended.c sees from now on counts, and so does what this machine's
# kernel kills for want of memory.
watch_begin() {
	rm -f "$WATCHED"
	killed_before=$(oom_kills)
}

# How many processes this machine's kernel has killed since it was booted.
oom_kills() { sed -n 's/^oom_kill //p' /proc/vmstat; }

# has_room DIR MIB: so much is left there, and can be written to.
has_room() {
	local dir=$1 mib=$2 probe status=0
	why="less than $mib MiB left in $dir; free some"
	[[ $(df --output=avail -B 1M "$dir" | tail -n 1) -ge $mib ]] || return
	why="cannot write to $dir; see what is wrong with it"
	probe=$(mktemp "$dir/probe.XXXXXX" 2>/dev/null) || return
	{ head -c 1048576 /dev/zero >"$probe" && sync "$probe"; } 2>/dev/null || status=1
	rm -f "$probe"
	return "$status"
}

# Whether a file of C compiles, assembles and links.
toolchain_works() {
	local dir=$1
	why="${CROSS_COMPILE}gcc or ${CROSS_COMPILE}ld does not work any more; run scripts/setup"
	echo 'int probe(void) { return 0; }' |
		"${CROSS_COMPILE}gcc" -O2 -x c -c -o "$dir/probe.o" - >/dev/null 2>&1 &&
		"${CROSS_COMPILE}ld" -r -o "$dir/probe.ld.o" "$dir/probe.o" >/dev/null 2>&1 &&
		gcc -x c -c -o "$dir/probe.o" /dev/null >/dev/null 2>&1 || return
	rm -f "$dir/probe.o" "$dir/probe.ld.o"
}

# build_was_hit STATUS: a build that ended with that status was hit by something since
# watch_begin, as `why` says.
build_was_hit() {
	if [[ $1 -gt 128 ]]; then
		why="make was ended by signal $(($1 - 128))"
	elif [[ -s $WATCHED ]]; then
		why="$(head -n 1 "$WATCHED") while building; see that there is memory"
	elif [[ $(oom_kills) != "$killed_before" ]]; then
		why="this machine ran out of memory while building; see that there is some"
	else
		return 1
	fi
}

# build_room DIR: a build has room there, and for what compilers put into /tmp.
build_room() { has_room "$1" 256 && has_room /tmp 32; }

# last_line LOG: what was said last, for a message of one line.
last_line() { { grep -v '^[[:space:]]*$' "$1" 2>/dev/null || true; } | tail -n 1; }
