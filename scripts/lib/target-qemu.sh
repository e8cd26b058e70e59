# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# The emulator as a target. A target is four verbs, and scripts/bench knows no
# others; a board reached over ssh is another file with the same four:
#
#   target_reboot MODE   the next command finds a freshly booted kernel in MODE
#   target_put FILE      FILE will lie in /in of the target, on its PATH
#   target_exec COMMAND  runs it with a shell in an empty folder; its status
#   target_get DIR       what it left in that folder goes to DIR
#
# On the emulator the command is part of the boot, since one that arrives later
# would arrive in host time and no boot would be like another. So reboot and put
# only take notes, and exec boots. target_setup prints what the target knows of
# itself for the `setup` of a result, one KEY=VALUE a line.

target_mode=native
target_files=()

target_reboot() {
	target_mode=$1
	target_files=()
}

target_put() { target_files+=(--put "$1"); }

target_exec() {
	rm -rf "${WORK:?}/back" && mkdir "$WORK/back" || return
	"$TOP/scripts/vm" --tether $$ --kernel "$KERNEL" --mode "$target_mode" --clock "$CLOCK" \
		--smp "$SMP" --timeout "$BOOT_TIMEOUT" --out "$WORK/back" \
		--follow '^smmubench: ' ${PLUGIN:+--plugin "$PLUGIN"} "${target_files[@]}" -- "$@"
}

target_get() { cp -r -t "$1" "${WORK:?}/back/."; }

target_setup() {
	local version commands
	version=$(qemu_version) && commands=$(hash_stdin <"$BUSYBOX") || return
	printf 'qemu=%s\ncpu_model=%s\nbusybox=%s\n' "$version" "$VM_CPU" "$commands"
	# Instructions are the same on every machine; time is that of the emulator's.
	if [[ $CLOCK == wall ]]; then
		printf machine=
		"$WORK/host/smmubench" doctor --machine
	fi
}
