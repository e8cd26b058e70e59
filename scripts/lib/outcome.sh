# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# shellcheck disable=SC2154  # what scripts/check shares
#
# The kept outcome of a check that CI does not run: a block for each part, which says
# of which tree it is, and what it came to. Parts that are run replace their own blocks.
#
#   ## PART: 18 passed, 0 failed, 0 skipped
#   # tree ID (clean), 2026-11-27, 1230 s, on x86_64, 2 CPUs, Debian 12
#   KTAP...
#
# The first line says whether all of it is of one tree, the last one is the sum.

# tree_id: the commit, and whether the work tree is it. The kept outcomes do not count.
tree_id() {
	local commit changed
	commit=$(git -C "$TOP" rev-parse -q --verify HEAD 2>/dev/null) || { echo 'unknown (no commit)' && return; }
	changed=$(git -C "$TOP" --no-optional-locks status --porcelain -- . ':!results' | wc -l)
	case $changed in
	0) echo "$commit (clean)" ;;
	1) echo "$commit (1 file changed)" ;;
	*) echo "$commit ($changed files changed)" ;;
	esac
}

# machine_kind: what it is, and not who.
machine_kind() {
	local debian=unknown
	[[ ! -r /etc/debian_version ]] || debian="Debian $(</etc/debian_version)"
	echo "$(uname -m), $(nproc) CPUs, $debian"
}

# outcome_block PART: of the run that just ended.
outcome_block() {
	local p f s
	read -r p f s < <(counted "$1")
	echo "## $1: $p passed, $f failed, $s skipped"
	echo "# tree $tree, $(date -u +%Y-%m-%d), $(<"$LOGS/$1.time") s, on $(machine_kind)"
	sed 's/^    //' "$LOGS/$1.ktap"
}

# kept_block FILE PART: as it was kept.
kept_block() {
	[[ ! -r $1 ]] || awk -v head="## $2:" '/^## / { mine = index($0, head) == 1 } /^# sum: / { mine = 0 } mine' "$1"
}

# kept_parts FILE
kept_parts() { [[ ! -r $1 ]] || sed -n 's/^## \([^:]*\):.*/\1/p' "$1"; }

# outcome_keep FILE ALL PART...: the blocks of these parts are new, those of the other
# ones of ALL stay, and a part that has none is named. The file is replaced when the new
# one is whole.
outcome_keep() {
	local file=$1 part all block trees missing=''
	read -r -a all <<<"$2 $(kept_parts "$file" | tr '\n' ' ')${*:3}"
	mapfile -t all < <(printf '%s\n' "${all[@]}" | awk '!seen[$0]++')
	shift 2
	# What was committed meanwhile, or changed, is not what ran.
	[[ $tree == "$(tree_id)" ]] || tree="${tree%% *} (changed while it ran)"
	mkdir -p "$(dirname "$file")"
	for part in "${all[@]}"; do
		if [[ " $* " == *" $part "* ]]; then block=$(outcome_block "$part"); else block=$(kept_block "$file" "$part"); fi
		if [[ -z $block || $block == *': not run' ]]; then
			block="## $part: not run"
			missing+=" $part"
		fi
		printf '%s\n' "$block"
	done >"$file.body"
	trees=$(sed -n 's/^# tree \(.*\), [0-9-]*, [0-9]* s, on .*/\1/p' "$file.body" | sort -u)
	{
		if [[ -z $missing && $(wc -l <<<"$trees") -eq 1 ]]; then
			echo "# all of it is of tree $trees"
		else
			echo "# not all of it is of one tree${missing:+; not run:$missing}"
		fi
		cat "$file.body"
		awk '/^## .* passed, / { sub(/^## [^:]*: /, ""); p += $1; f += $3; s += $5 }
			END { printf "# sum: %d passed, %d failed, %d skipped\n", p, f, s }' "$file.body"
	} >"$file.tmp"
	rm -f "$file.body"
	sync "$file.tmp" && mv "$file.tmp" "$file"
}
