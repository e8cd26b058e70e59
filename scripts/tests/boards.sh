#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What discovery does with the device trees of real boards, and with trees made for one
# thing each. No board and no kernel runs: the host's files are built for this machine
# (hyp-patches/tests/boards). TREE=DIR tests a tree of one's own. UPDATE=1 takes what is
# there for what is expected of boards and of all trees; the diff has to be looked at.
#
# Expectations lie in hyp-patches/tests/boards: at the head of each of cases/*.dts, in
# expected/VENDOR/BOARD.txt, and for all trees together in expected/all.txt.

. "$(dirname "$0")/tap.sh"
. "$TOP/scripts/lib/boards.sh"

readonly HERE=$TOP/hyp-patches/tests/boards
readonly OUT=$TOP/.build/boards

TREE=${TREE:-$("$TOP/scripts/kernel" apply)}
need_cmd make gcc clang cpp dtc fdtoverlay

# program CC: builds it, and finds the ways it says no.
program() {
	local boards status
	boards=$(boards_program "$TREE" "$1" "$OUT/$1") && "$boards" --help >/dev/null || return
	for args in '' --read "$TMP/none.dtb" "$HERE/main.c"; do
		status=0
		# shellcheck disable=SC2086  # '' is no argument
		"$boards" $args >"$TMP/out" 2>"$TMP/err" || status=$?
		[[ $status -eq $EX_USAGE && $(wc -l <"$TMP/err") -eq 1 && ! -s $TMP/out ]] || return
	done
}

# follows NAME DIR: another TREE in the same folder is noticed, by the tests in NAME, whose
# headers lie in DIR.
follows() {
	local tree out=$TMP/$1
	ln -sfn "$TREE" "$TMP/tree"
	for tree in "$TREE" "$TMP/tree"; do
		make -s --no-print-directory -C "$TOP/hyp-patches/tests/$1" TREE="$tree" O="$out" \
			"$out/$2include/.tree" || return
	done
	grep -rqF "$TMP/tree/" "$out/$2include" && ! grep -rF "\"$TREE/" "$out/$2include"
}

# discover DTB: what a boot there says. Another status than those of boards --help is a fault.
discover() {
	local status=0
	"$BOARDS" "$1" || status=$?
	[[ $status -eq 0 || $status -eq $EX_FAIL ]] || { echo "status $status" && return "$EX_FAIL"; }
}

# expect CASE OUTPUT: the lines at the head of the case that say what is to be printed.
expect() {
	local kind rest bad=0
	while read -r kind rest; do
		case $kind in
		//=) grep -qxF -e "$rest" "$2" ;;
		//~) grep -qE -e "$rest" "$2" ;;
		//!) ! grep -qE -e "$rest" "$2" ;;
		esac || { echo "not so: $kind $rest" && bad=1; }
	done < <(grep '^//[=~!] ' "$1")
	return "$bad"
}

a_case() {
	cpp -nostdinc -I "$HERE/cases" -undef -x assembler-with-cpp "$1" |
		dtc -q -I dts -O dtb -o "$TMP/case.dtb" - || return
	discover "$TMP/case.dtb" 2>&1 | tee "$TMP/case.out"
	expect "$1" "$TMP/case.out"
}

# expected NAME FILE: the file is what expected/ has.
expected() {
	[[ -z ${UPDATE-} ]] || cp "$2" "$HERE/expected/$1.txt"
	diff -u "$HERE/expected/$1.txt" "$2"
}

a_board() {
	discover "$(boards_dtb "$TREE" "$1")" >"$TMP/board.out" && expected "$1" "$TMP/board.out"
}

# outcomes: all trees, one line for each outcome, without the node that it names.
outcomes() {
	local name
	while read -r name; do
		"$BOARDS" "$BOARDS_DIR/$name.dtb" >"$TMP/one" 2>&1 ||
			[[ $? -eq $EX_FAIL ]] || { echo "$name: $(tail -n 1 "$TMP/one")" && continue; }
		{ grep '^stops: ' "$TMP/one" || echo accepted; } | sed -E 's#/[^ ]+#NODE#'
	done <"$TMP/list" | sort | uniq -c
}

compile_all() {
	export -f boards_dtb boards_dir boards_compile boards_overlays hash_stdin die note
	export CACHE BOARDS_RECIPE ME
	# Two may need the tree that an overlay goes onto: each writes a file of its own first.
	xargs -P "$(nproc)" -I {} bash -euo pipefail -c 'boards_dtb "$1" "$2" >/dev/null' - "$TREE" {} <"$TMP/list"
}

check "it builds with gcc, and says what it does not understand" program gcc
check "it builds with clang" program clang
check "headers follow TREE" follows boards ''
check "those of the model, too" follows model 12/
BOARDS=$OUT/gcc/boards

for file in "$HERE"/cases/*.dts; do
	check "case $(basename "$file" .dts)" a_case "$file"
done
check "a case can fail" eval '! expect <(echo "//= no such line") "$TMP/case.out" >/dev/null'

for file in "$HERE"/expected/*/*.txt; do
	board=${file#"$HERE/expected/"}
	check "board ${board%.txt}" a_board "${board%.txt}"
done

BOARDS_DIR=$(boards_dir "$TREE")
boards_list "$TREE" >"$TMP/list"
check "all $(wc -l <"$TMP/list") trees with an SMMUv3 compile" compile_all
outcomes >"$TMP/outcomes"
check "and discovery does with them what it did" expected all "$TMP/outcomes"
done_testing
