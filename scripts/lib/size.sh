# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# The size of the trusted code: what runs at EL2, by source file.

# What the linker puts into .hyp.text, by the object's own sections.
text_bytes() {
	"${CROSS_COMPILE}size" -A "$1" | awk '$1 ~ /^\.text/ { n += $2 } END { print n + 0 }'
}

# kernel_size SERIES FLAVOUR PAGE_SIZE: a line for each file that the series adds at
# EL2, one for all files of upstream's, and the sums. Lines are those of the source,
# comments included; headers have no text of their own and are not listed.
kernel_size() {
	local out tree nvhe=arch/arm64/kvm/hyp/nvhe object source bytes lines
	out=$(kernel_build "$@")
	tree=${out%/*}
	tr ' ' '\n' <"$out/$nvhe/.kvm_nvhe.tmp.o.cmd" | grep '\.nvhe\.o$' | sort -u |
		while read -r object; do
			source=$(realpath -m --relative-to="$tree" "$tree/${object%.nvhe.o}")
			[[ -e $tree/$source.c ]] && source+=.c || source+=.S
			bytes=$(text_bytes "$out/$object")
			lines=$(wc -l <"$tree/$source")
			if git -C "$tree" cat-file -e "base:$source" 2>/dev/null; then
				echo "upstream $lines $bytes $source"
			else
				echo "ours $lines $bytes $source"
			fi
		done | awk '
		$1 == "ours" { printf "%6d lines %7d bytes  %s\n", $2, $3, $4; l += $2; b += $3; n++ }
		$1 == "upstream" { ul += $2; ub += $3; un++ }
		END {
			printf "%6d lines %7d bytes  %d files of the series\n", l, b, n
			printf "%6d lines %7d bytes  %d files of upstream, hooks included\n", ul, ub, un
		}'
}
