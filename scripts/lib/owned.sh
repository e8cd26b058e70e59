# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What must not outlive whoever made it, also when that is killed: processes, and
# temporary folders.

# tethered PID COMMAND...: becomes COMMAND, which is killed when PID ends. It has
# to be a child of PID; where PID was faster to end, COMMAND does not begin.
tethered() {
	exec setpriv --pdeathsig KILL bash -c '[[ $PPID -eq $0 ]] || exit 1; exec "$@"' "$@"
}

# need_room DIR MIB: one line when DIR has no such space left. There are file systems
# that do not say.
need_room() {
	local free
	free=$(df --output=avail -B 1M -- "$1" | tail -n 1)
	[[ ! ${free// /} =~ ^[0-9]+$ || $free -ge $2 ]] ||
		die "$1 has $((free)) MiB left and needs $2; free some${3:+, or $3}"
}

# A folder is locked by its owner and by all that inherited the lock from it; the
# one that nobody holds was left by a run that was killed.
scratch_sweep() {
	local dir fd
	for dir in "${TMPDIR:-/tmp}"/pkvm-smmu.{bench,vm,gate,bisect,kernel}.*; do
		[[ -d $dir && -O $dir ]] || continue
		{ exec {fd}<"$dir"; } 2>/dev/null || continue
		if flock --nonblock "$fd"; then rm -rf "$dir"; fi
		exec {fd}<&-
	done
}

# scratch_parent: the folder for temporary ones, by its whole name, since not all that
# is started has our working directory.
scratch_parent() {
	local said parent=${TMPDIR:-/tmp}
	said=$({ cd -- "$parent" && pwd -P; } 2>&1) ||
		die "cannot use $parent (${said##*: }); set TMPDIR to another folder"
	[[ $said != *$'\n'* ]] || die "the name of $said has two lines; set TMPDIR to another folder"
	[[ $said != *%* ]] || die "$said has '%' in its name, which QEMU takes for something else; set TMPDIR to another folder"
	printf '%s\n' "$said"
}

# runs_programs DIR: whether a program in DIR may be started. Not where its file system
# is mounted noexec.
runs_programs() {
	local probe=$1/probe runs=true
	: >"$probe" && chmod +x "$probe" || return
	[[ -x $probe ]] || runs=false
	rm -f "$probe"
	$runs
}

# scratch NAME KIND MIB: the variable NAME becomes the path of a new temporary
# folder with that much space. Its lock stays with this process.
scratch() {
	local -n scratch_dir=$1
	local parent fd
	parent=$(scratch_parent)
	scratch_sweep
	need_room "$parent" "$3" "set TMPDIR to another folder"
	while true; do
		scratch_dir=$(mktemp -d -- "$parent/pkvm-smmu.$2.XXXXXX" 2>&1) ||
			die "cannot write to $parent (${scratch_dir##*: }); set TMPDIR to another folder"
		# Until it is locked, the sweep of another run may take it away.
		{ exec {fd}<"$scratch_dir"; } 2>/dev/null || continue
		flock "$fd" || die "cannot lock $scratch_dir; set TMPDIR to a folder on a local disk"
		[[ ! -d $scratch_dir ]] || return 0
		exec {fd}<&-
	done
}

# scratch_for_programs NAME KIND MIB: such a folder for programs that are started there,
# by those of this clone.
scratch_for_programs() {
	[[ -x $TOP/scripts/vm ]] ||
		die "no program can be started in $TOP, which is mounted noexec or forbids it; clone to another folder"
	scratch "$@"
	runs_programs "${!1}" || {
		local where=${!1%/*}
		rm -rf "${!1}"
		die "no program can be started in $where, which is mounted noexec or forbids it; set TMPDIR to another folder"
	}
}
