# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# The device trees of a kernel source that have an SMMUv3, compiled without
# configuring the kernel. They stay in the cache; nothing of them is kept here.

# Raised when the way they are compiled changes.
readonly BOARDS_RECIPE=1

# boards_sources TREE: the sources below boot/dts that have an SMMUv3, in themselves
# or by what they include. Files are known by their last name here; compiling sorts out
# those of the same name.
boards_sources() {
	local smmu='"arm,smmu-v3"' include='^[[:space:]]*(#include|/include/)[[:space:]]+["<]([^">]+)[">]'
	(
		cd "$1/arch/arm64/boot/dts" || exit
		grep -rlF -e "$smmu" --include='*.dts' --include='*.dtsi' . | sed 's/^/has /'
		grep -rE -e "$include" --include='*.dts' --include='*.dtsi' . |
			sed -E "s#^([^:]+):.*[\"<]([^\">]+)[\">].*#\\1 \\2#"
	) | awk '
	function last(path) { sub(/.*\//, "", path); return path }
	$1 == "has" { has[last($2)]; files[$2]; next }
	{ files[$1]; from[++n] = $1; to[n] = last($2) }
	END {
		do {
			grown = 0
			for (i = 1; i <= n; i++)
				if ((to[i] in has) && !(last(from[i]) in has)) { has[last(from[i])]; grown = 1 }
		} while (grown)
		for (f in files) if (f ~ /\.dts$/ && (last(f) in has)) print substr(f, 3)
	}' | sort
}

# boards_overlays TREE: "VENDOR/NAME BASE OVERLAY" for each board whose firmware can start
# Linux at EL2 with an overlay, as the Makefiles of the vendors pair them.
boards_overlays() {
	(cd "$1/arch/arm64/boot/dts" && grep -E '^[^ ]+-el2-dtbs[[:space:]]*:?=' -- */Makefile) |
		sed -E 's#^([^/]+)/Makefile:([^ \t]+)-dtbs[ \t]*:?=[ \t]*([^ ]+)\.dtb +([^ ]+)\.dtbo *$#\1/\2 \1/\3 \1/\4#'
}

# boards_compile TREE SOURCE OUT: as the kernel's own make does it (scripts/Makefile.dtbs).
boards_compile() {
	local tree=$1 source=$1/arch/arm64/boot/dts/$2 out=$3 tmp=$3.tmp.$BASHPID
	cpp -nostdinc -I "$tree/scripts/dtc/include-prefixes" -undef -D__DTS__ -x assembler-with-cpp "$source" |
		dtc -q -@ -I dts -O dtb -i "${source%/*}" -o "$tmp" -
	mv "$tmp" "$out"
}

# boards_dir TREE: where its compiled trees lie: what they are made from, and with.
boards_dir() {
	local dir
	dir=$CACHE/boards/$({
		echo "$BOARDS_RECIPE"
		git -C "$1" rev-parse HEAD:arch/arm64/boot/dts HEAD:include/dt-bindings
		dtc --version
	} | hash_stdin)
	mkdir -p "$dir"
	printf '%s\n' "$dir"
}

# boards_dtb TREE NAME: compiles one, VENDOR/NAME without a suffix, unless it is there.
# Prints the file.
boards_dtb() {
	local tree=$1 name=$2 dir out base overlay
	dir=$(boards_dir "$tree")
	out=$dir/$name.dtb
	if [[ ! -e $out ]]; then
		mkdir -p "${out%/*}"
		if [[ -e $tree/arch/arm64/boot/dts/$name.dts ]]; then
			boards_compile "$tree" "$name.dts" "$out"
		else
			read -r _ base overlay < <(boards_overlays "$tree" | grep "^$name ") ||
				die "this kernel has no board $name"
			boards_compile "$tree" "$overlay.dtso" "$dir/$overlay.dtbo"
			fdtoverlay -i "$(boards_dtb "$tree" "$base")" -o "$out.tmp.$BASHPID" "$dir/$overlay.dtbo"
			mv "$out.tmp.$BASHPID" "$out"
		fi
	fi
	printf '%s\n' "$out"
}

# boards_list TREE: all that have an SMMUv3: their names, one a line.
boards_list() {
	local sources name base
	sources=$(boards_sources "$1" | sed 's/\.dts$//')
	{
		echo "$sources"
		boards_overlays "$1" | while read -r name base _; do
			! grep -qxF "$base" <<<"$sources" || echo "$name"
		done
	} | sort
}

# boards_program TREE CC OUT: builds what runs discovery. Prints the program.
boards_program() {
	make -s --no-print-directory -C "$TOP/hyp-patches/tests/boards" TREE="$1" CC="$2" O="$3" >&2
	printf '%s\n' "$3/boards"
}
