# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# A folder of results: it has one writer, and a file in it is whole or not there.

# folder_new: a folder in results/ named by date and time, for this run alone.
folder_new() {
	local name said n=1
	printf -v name '%s/results/%(%Y-%m-%d-%H%M%S)T' "$TOP" -1
	out=$name
	until said=$(mkdir "$out" 2>&1); do
		[[ -e $out ]] || die "cannot make $out (${said##*: }); give another --out"
		n=$((n + 1))
		out=$name-$n
	done
}

# folder_open: $out exists, with nothing in it that a killed run had not finished,
# and nobody else writes there as long as this process lives. What it started may
# need a moment to end after it was killed.
folder_open() {
	local said
	said=$(mkdir -p "$out"/{runs,logs} 2>&1) ||
		die "cannot write to $out (${said##*: }); give another --out"
	out=$(cd "$out" && pwd -P)
	{ exec {FOLDER_LOCK}>"$out/.lock"; } 2>/dev/null ||
		die "cannot write to $out; free some space there, or give another --out"
	flock --timeout 2 "$FOLDER_LOCK" ||
		die "another run writes to $out; wait for it or give another --out"
	find "$out" -maxdepth 2 -type f \( -name '.*.tmp' -o -name 'results.json.??????' -o \
		-name 'report.html.??????' -o -name '*.svg.??????' \) -delete
}

# place FROM NAME: the file NAME of the folder appears when it is whole on the disk.
place() {
	local to=$out/$2 tmp said
	tmp=${to%/*}/.${to##*/}.tmp
	said=$({ cp --no-preserve=mode "$1" "$tmp" && sync "$tmp" && mv "$tmp" "$to"; } 2>&1) && return
	rm -f "$tmp"
	die "$to could not be written (${said##*: }); free some space, then --resume --out $out"
}

# Whether a file holds a boot that is complete. One that was cut short, or damaged,
# is measured again; but what kills jq says nothing about the file.
is_done() {
	local said status=0
	[[ -e $1 ]] || return 1
	"$SMMUSTAT" check "$1" >/dev/null 2>&1 && said=$(jq -r '.runs[0].status' "$1") || status=$?
	[[ $status -le 128 ]] || exit "$status"
	[[ $status -eq 0 && $said == ok ]]
}

# rows FILE: how many it has measured.
rows() {
	jq '[.runs[0].benchmarks[] | select(.status == "ok")] | length' "$1" 2>/dev/null || echo 0
}

# keep FILE ID: a boot gets its file, unless an earlier attempt at it got further.
# A guest does not know the date, what suite its rows are of, nor what only the host
# knows of the setup, and telling it would make it another guest: a tag more in a clone
# would move figures. All of that is filled in here.
keep() {
	local now text from to
	if [[ -e $out/runs/$2.json ]] && ! is_done "$1" &&
		[[ $(rows "$1") -le $(rows "$out/runs/$2.json") ]]; then
		return
	fi
	TZ=UTC0 printf -v now '%(%FT%TZ)T' -1
	text=$(<"$1")
	[[ -n $text ]] || return
	text=${text/'"date": null'/"\"date\": \"$now\""}
	text=${text/'"volatile": {'/"\"request\": $(<"$WORK/request.json"),
      \"volatile\": {"}
	while IFS= read -r from && IFS= read -r to; do
		text=${text/"$from"/"$to"}
	done <"$WORK/setup.members"
	printf '%s\n' "$text" >"$WORK/kept" && place "$WORK/kept" "runs/$2.json"
}

# setup_members: of the KEY=VALUE lines on standard input, how each stands in a result
# whose guest was told the KEY alone, and how it is to stand there.
setup_members() {
	jq -Rr 'index("=") as $at | .[:$at] as $key | .[$at + 1:] | select(. != "") |
		"\"\($key)\": null", "\"\($key)\": \(if $key == "el2_debug" then . else tojson end)"'
}

# folder_sum: what lies there is what was measured. While a run changes the folder
# there are no sums, since they would be wrong.
folder_sum() {
	(cd "$out" && find . -type f ! -name SHA256SUMS ! -name '.*' -print0 | sort -z |
		xargs -0 sha256sum) >"$WORK/sums" || return
	place "$WORK/sums" SHA256SUMS
}

# folder_latest: results/latest points to it.
folder_latest() {
	ln -sfnT "${out##*/}" "$TOP/results/.latest" && mv -T "$TOP/results/.latest" "$TOP/results/latest"
}
