#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Whose fault it is that a build or a boot failed. The kernel is a toy here, of one
# file, which a makefile of its own compiles, and so is what boots it; what watches, tries
# again and judges is what bisect and gate use.

. "$(dirname "$0")/tap.sh"
trap 'umount "$TMP/small" 2>/dev/null || true; rm -rf "$TMP"' EXIT
cd "$TOP"

# toy SOURCE [RECIPE]: a tree of the repository $TMP/repo, whose Image is that source,
# compiled after what RECIPE does.
toy() {
	local repo=$TMP/repo
	[[ -d $repo ]] || git init -q "$repo"
	printf '%s\n' "$1" >"$repo/a.c"
	printf '%s\n' 'allnoconfig:' '	@mkdir -p $(O)/arch/arm64/boot && touch $(O)/.config' 'modules:' \
		'Image: $(O)/arch/arm64/boot/Image' '$(O)/arch/arm64/boot/Image: a.c' "	@${2-:}" \
		'	@$(CC) -c -o $@ a.c' >"$repo/Makefile"
	echo 'config TOY' >"$repo/Kconfig"
	tree=$(cd "$repo" && git add -A && git write-tree)
}

# build [CACHE]: point_make of that tree with an empty configuration, in a shell of its
# own. It says WHO is at fault, and why.
build() {
	XDG_CACHE_HOME=${1:-$TMP/cache} bash -c '
		. "$1/scripts/lib/common.sh"
		. "$1/scripts/lib/kernel.sh"
		. "$1/scripts/lib/owned.sh"
		. "$1/scripts/lib/point.sh"
		point_module() { mkdir -p "$WORKSHOP/module/module" && touch "$WORKSHOP/module/module/smmubench.ko"; }
		mkdir -p "$2/config" && touch "$2"/config/{base,bench,page-4k}.config
		why= rc=0
		point_make "$2/repo/.git" "$3" "$2/config" "$2/log" || rc=$?
		case $rc in
		0) echo built ;;
		"$EX_FAIL") echo "machine: $why" ;;
		"$EX_UNTESTABLE") echo "commit: $why" ;;
		esac' "$ME" "$TOP" "$TMP" "$tree" 2>"$TMP/build.err"
}

# blamed PATTERN DESCRIPTION: for the toy that lies there.
blamed() {
	local said
	said=$(build "${3-}") || true
	if [[ $said =~ $1 ]]; then
		ok "$2: $said"
	else
		not_ok "$2: $said"
		cat "$TMP/build.err" "$TMP/log" 2>/dev/null | tail -n 10 | sed 's/^/# /'
	fi
}

# What a commit may say.
toy 'int a;'
blamed '^built' "what compiles is built"
toy '#error Killed signal terminated program cc1'
blamed '^commit: it does not build' "a commit that speaks of a killed compiler"
toy '#error No space left on device'
blamed '^commit: it does not build' "a commit that speaks of a full disk"
toy 'int a;' 'echo "make[3]: *** [a.o] Error 137"; exit 1'
blamed '^commit' "a commit whose makefile speaks of error 137"
toy 'int a;' 'nosuchprogram'
blamed '^commit' "a commit that wants a program there is not"
toy 'int a = b;'
blamed '^commit' "a commit with a mistake"

# What happens to a compiler.
toy 'int a;' "sh -c 'kill -KILL \$\$\$\$'"
blamed '^machine: make: a program that it had started got Killed' "a program that is killed, each time"
toy 'int b;' "test -e $TMP/once || { touch $TMP/once; sh -c 'kill -KILL \$\$\$\$'; }"
blamed '^built' "one that is killed once"
toy 'int a;' 'kill -TERM $$PPID; sleep 1; false'
blamed '^machine: make was ended by signal' "make itself is ended"
toy 'int a;' '{ echo "int a[] = {"; seq -s, 1 1000000; echo "};"; } >big.c; ulimit -v 60000; $(CC) -c -o b.o big.c'
blamed '^machine: cc1 got no memory' "a compiler that gets no memory"
toy 'int a;' "sh -c 'kill -SEGV \$\$\$\$'"
blamed '^commit' "a program that crashes by itself, twice"

# killed_compiler: cc1 itself, by its number, whenever one compiles that.
killed_compiler() {
	toy '#include "/dev/stdin"' 'true'
	sed -i 's/\$(CC) -c -o \$@ a.c/sleep 5 | $(CC) -c -o $@ a.c/' "$TMP/repo/Makefile"
	tree=$(cd "$TMP/repo" && git add -A && git write-tree)
	(
		until [[ -e $TMP/enough ]]; do
			pkill -KILL -f "cc1.* a\.c" || true
			sleep 0.3
		done
	) &
	blamed '^machine: .*gcc: a program that it had started got Killed' "cc1 is killed, each time"
	touch "$TMP/enough"
	wait
}
killed_compiler

# A disk without the room that a build takes.
if mkdir "$TMP/small" && mount -t tmpfs -o size=8M tmpfs "$TMP/small" 2>/dev/null; then
	toy '#error no'
	blamed '^machine: less than 256 MiB left in ' "a disk that is full" "$TMP/small"
	mount -o remount,size=400M "$TMP/small"
	blamed '^commit' "and one that is not" "$TMP/small"
	mount -o remount,ro "$TMP/small"
	blamed '^machine: cannot write to' "a disk that cannot be written to" "$TMP/small"
	umount "$TMP/small"
else
	skip "a full disk" "needs root, to mount a small one"
fi

# A compiler that has gone meanwhile.
no_compiler() {
	mkdir "$TMP/bin"
	printf '#!/bin/sh\ncase $* in *-v*|*--version*) exec %s "$@" ;; esac\nexit 1\n' \
		"$(command -v "${CROSS_COMPILE}gcc")" >"$TMP/bin/${CROSS_COMPILE}gcc"
	chmod +x "$TMP/bin/${CROSS_COMPILE}gcc"
	toy 'int c;'
	PATH=$TMP/bin:$PATH blamed '^machine: .*gcc or .*ld does not work any more' "a compiler that compiles nothing"
}
CROSS_COMPILE=$(. "$TOP/scripts/lib/kernel.sh" && echo "$CROSS_COMPILE")
no_compiler

# boot WORD...: run_bench, where each call of bench leaves that word of how the guest
# ended and fails, but for "fine". It says who is at fault.
boot() {
	bash -c '
		. "$1/scripts/lib/common.sh"
		. "$1/scripts/lib/kernel.sh"
		. "$1/scripts/lib/owned.sh"
		. "$1/scripts/lib/point.sh"
		. "$1/scripts/lib/bisect-measure.sh"
		WORK=$2/work out=$2/search
		mkdir -p "$WORK" "$out/logs"
		echo "$2" >"$out/good-point"
		words=("${@:3}")
		bench() {
			local word=${words[0]}
			words=("${words[@]:1}")
			echo "said $word" >"$3"
			rm -f "$WORK/ended"
			case $word in
			fine) return 0 ;;
			killed) return 137 ;;
			unheard) return 1 ;;
			esac
			echo "$word" >"$WORK/ended"
			return 1
		}
		rc=0
		run_bench "$2/point" 1 "$out/logs/point.boots" || rc=$?
		case $rc in
		0) echo runs ;;
		"$EX_FAIL") echo "machine: $why" ;;
		"$EX_UNTESTABLE") echo "commit: $why" ;;
		esac
		[[ ${#words[@]} -eq 0 ]] || echo "not asked: ${words[*]}"' "$ME" "$TOP" "$TMP" "$@" 2>/dev/null
}

# booted EXPECTED DESCRIPTION WORD...
booted() {
	local want=$1 what=$2 said
	shift 2
	said=$(boot "$@") || true
	check "$what: $said" test "$said" = "$want"
}

booted runs "a boot that works" fine
booted runs "one that stops once" stopped fine
booted 'commit: it does not run the suite' "one that stops twice, where the good end runs" stopped stopped fine
booted 'commit: it does not run the suite' "one that hangs twice" late late fine
booted 'commit: it does not run the suite' "one whose command fails twice" command command fine
booted 'machine: the good end does not run any more either: said stopped' \
	"one that stops twice, where the good end does not run either" stopped stopped stopped
booted 'machine: said machine' "one whose QEMU was killed" machine
booted 'machine: said killed' "one whose bench was killed" killed
booted 'machine: said unheard' "one that nothing is known of" unheard
booted 'machine: said machine' "one whose QEMU was killed the second time" stopped machine
done_testing
