#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Whether the isolation cases can fail: kernels with a mutant of hyp-patches/tests/mutants
# each, and the case that must kill it by real DMA; or, in paravirt, one of the commands beside
# the cases, which must find something lost, or a call that is too long. A kill is remembered in the cache under
# all that it follows from, so that a mutant is built again when one of these changed.
# SERIES=DIR breaks another series than hyp-patches; ONLY='NAME...' tries some.

. "$(dirname "$0")/tap.sh"
. "$TOP/scripts/lib/kernel.sh"
. "$TOP/scripts/lib/qemu.sh"
. "$TOP/scripts/lib/busybox.sh"
. "$TOP/scripts/lib/mutants.sh"
cd "$TOP"
SERIES=${SERIES:-$TOP/hyp-patches}
KERNEL=$(scripts/kernel build --series "$SERIES")
. "$TOP/scripts/lib/attack.sh"

readonly TREE=$TMP/linux KILLS=$CACHE/mutants
# The line of a case that found a hole, or of a command that found something wrong.
wrong() {
	case $1 in
	storm) echo '^not ok [34] - paravirt storm: ' ;;
	stay | memory) echo "^not ok [0-9]+ - paravirt $1: .*: Success\$" ;;
	*) echo "^not ok 1 - identity $1: .*: (reached, should be blocked|blocked, should be reached)\$" ;;
	esac
}

# What a verdict follows from, besides the mutant: the tree and the configuration, which
# the name of the kernel's folder stands for, the guest, and what is tried in it.
judges() {
	echo "${KERNEL#"$CACHE/tree/"}"
	qemu_version
	readlink "$QEMU_ROOT" || true
	sha256sum "$BUSYBOX" scripts/vm scripts/tests/mutants.sh
	hash_tree scripts/guest
	hash_tree scripts/lib
	hash_tree hyp-patches/tests/isolation
	hash_tree bench/vmm
}

# kill_of CASE SOURCE: the file that remembers it.
kill_of() { echo "$KILLS/$({ echo "$JUDGES $1" && cat "$2"; } | hash_stdin)"; }

# One tree for all, since each mutant differs from the next in a file; the cache would
# keep one of 2 GB for each.
prepare() {
	[[ ! -e $TREE/build-mutant ]] || return 0
	scripts/kernel apply --series "$SERIES" --to "$TREE" >&2 &&
		mkdir "$TREE/build-mutant" && cp "$KERNEL/.config" "$TREE/build-mutant/"
}

# build SOURCE: the tree with it in place of its own. The module for KERNEL fits it.
build() {
	prepare && tree_git -C "$TREE" reset -q --hard && cp "$TMP/mutant.c" "$TREE/$1" &&
		locked kernel kbuild "$TREE" "$TREE/build-mutant" Image
}

# passes KERNEL CASE: whether the case passes there.
passes() {
	local how=(identity "cases $2")
	case $2 in
	storm) how=(paravirt 'storm 1' --clock wall --smp 4 --timeout 900) ;;
	stay | memory) how=(paravirt "$2") ;;
	esac
	KERNEL=$1 vm_attack "$TMP/guest" "${how[@]}" >"$TMP/said" 2>&1
}

# killed CASE: it ran, and what happened is the opposite of what should have.
killed() {
	passes "$TREE/build-mutant" "$1" || true
	grep -E "$(wrong "$1")" "$TMP/said" && return
	cat "$TMP/said"
	return 1
}

# judge NAME CASE SOURCE RULE. Only a kill is remembered, by a case that passes without it.
judge() {
	local kill failed=$tap_failed
	mutate "$1" "$(dirname "$KERNEL")" "$TMP/mutant.c" 2>"$TMP/error" || {
		not_ok "$(<"$TMP/error")"
		return
	}
	kill=$(kill_of "$2" "$TMP/mutant.c")
	if [[ -s $kill ]]; then
		touch "$kill"
		ok "$1: $2 killed it: $4"
		sed 's/^/# /' "$kill"
		return
	fi
	check "$2 passes without a mutant" passes "$KERNEL" "$2"
	check "the kernel with the mutant $1 builds" build "$3"
	[[ $tap_failed -eq $failed ]] || return 0
	check "$1: $2 kills it: $4" killed "$2"
	[[ $tap_failed -eq $failed ]] || return 0
	grep -E "$(wrong "$2")" "$TMP/said" >"$TMP/kill" && publish "$TMP/kill" "$kill"
}

build_attack
mkdir -p "$KILLS"
find "$KILLS" -type f -mtime +60 -delete
JUDGES=$(judges | hash_stdin)
while IFS=$'\t' read -r name _ case source rule; do
	[[ " ${ONLY:-$name} " == *" $name "* ]] || continue
	judge "$name" "$case" "$source" "$rule"
done < <(mutants_of qemu)
rm -rf "$TREE"
done_testing
