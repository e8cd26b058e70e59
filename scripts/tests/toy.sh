# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# A toy for the tests of scripts/kernel: a tree that is a kernel as far as the scripts
# look, and builds in no time, with a series of one step, in a cache of its own. A file build-first in the tree is run by the build.

# plain COMMAND...: as a user whose git has no settings would run it.
plain() { "${USERS_ENV[@]}" HOME="$TMP/home" "$@"; }

# toy DIR: the tree DIR/linux and the series DIR/series.
toy() {
	mkdir -p "$1/linux" "$1/series/0001-toy/files" "$TMP/home"
	cat >"$1/linux/Makefile" <<'MAKE'
VERSION = 7
PATCHLEVEL = 3
SUBLEVEL = 0
allnoconfig:
	cp $(KCONFIG_ALLCONFIG) $(O)/.config
Image modules:
	@mkdir -p $(O)/arch/arm64/boot
	@[ ! -e build-first ] || sh build-first
	@echo image >$(O)/arch/arm64/boot/Image
MAKE
	printf 'one\ntwo\n' >"$1/linux/kernel.c"
	echo 0001-toy >"$1/series/series"
	printf 'int toy;\n' >"$1/series/0001-toy/files/toy.c"
	printf 'toy: add it\n\nSigned-off-by: Toy <toy@example.org>\n' >"$1/series/0001-toy/message"
}

# toy_kernel NAME COMMAND...: scripts/kernel COMMAND on the toy in $TMP, in a cache
# that is called NAME.
toy_kernel() {
	local name=$1
	shift
	plain env XDG_CACHE_HOME="$TMP/cache-$name" KERNEL_SRC="${TOY_SRC-$TMP/linux}" \
		scripts/kernel "$@"
}
