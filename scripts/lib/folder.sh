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

# The names that a run gives to files before they are whole.
readonly FOLDER_UNFINISHED=(-path './.request.tmp' -o -path './.kernel.config.tmp' -o -path './.SHA256SUMS.tmp'
	-o -path './.isolation-*.ktap.tmp' -o -path './.report.txt.tmp' -o -path './.log.tmp'
	-o -path './runs/.*.json.tmp' -o -path './logs/.*.console.log.tmp' -o -path './profile/.*.json.tmp' -o -path './skipped/.*.log.tmp'
	-o -path './.results.json.tmp.??????' -o -path './.report.html.tmp.??????'
	-o -path './.trend.svg.tmp.??????' -o -path './charts/.*.svg.tmp.??????')

# The names that files of a result have. Whatever else lies in its folder is a
# stranger's: it is left alone, and there is no sum of it.
readonly FOLDER_RESULT=(-path './runs/[!.]*.json' -o -path './logs/[!.]*.console.log'
	-o -path './profile/[!.]*.json' -o -path './charts/*.svg' -o -path './results.json' -o -path './report.html'
	-o -path './request' -o -path './kernel.config' -o -path './isolation-*.ktap' -o -path './trace-*.dat')

# in_folder EXPRESSION...: what find finds in $out and the folders there.
in_folder() { (cd -- "$out" && find . -mindepth 1 -maxdepth 2 "$@"); }

# folder_fit RESUME KEY...: dies unless $out is new, or empty, or with RESUME true one
# that this command made: its request has these keys.
folder_fit() {
	local resume=$1 key ours=true stranger
	shift
	[[ -e $out || -L $out ]] || return 0
	[[ -d $out ]] || die "$out is no folder; give another --out"
	for key; do grep -q "^$key=" "$out/request" 2>/dev/null || ours=false; done
	if $ours; then
		$resume || die "$out holds results already; use --resume or another --out"
		return 0
	fi
	! compgen -G "$out/runs/*.json" >/dev/null ||
		die "$out does not say what it was made with; measure into another --out"
	# What a run leaves that was killed before it had a request.
	stranger=$(in_folder ! \( -path ./runs -o -path ./logs -o -path ./.lock -o -path ./.request.tmp \) -print -quit) ||
		die "cannot look into $out; give another --out"
	[[ -z $stranger ]] ||
		die "$out is not empty, and no result of $ME (it has ${stranger#./}); give another --out"
}

# folder_open: $out exists, with nothing in it that a killed run had not finished,
# and nobody else writes there as long as this process lives. What it started may
# need a moment to end after it was killed.
folder_open() {
	local said
	said=$(mkdir -p -- "$out"/{runs,logs} 2>&1 && { : >>"$out/.lock"; } 2>&1) ||
		die "cannot write to $out (${said##*: }); give another --out"
	out=$(cd -- "$out" && pwd -P)
	exec {FOLDER_LOCK}>>"$out/.lock"
	flock --timeout 2 "$FOLDER_LOCK" ||
		die "another run writes to $out; wait for it or give another --out"
	in_folder -type f \( "${FOLDER_UNFINISHED[@]}" \) -delete
}

# place FROM NAME: the file NAME of the folder appears when it is whole on the disk.
place() {
	local to=$out/$2 tmp said
	tmp=${to%/*}/.${to##*/}.tmp
	said=$({ cp --no-preserve=mode "$1" "$tmp" && sync "$tmp" && mv "$tmp" "$to"; } 2>&1) && return
	rm -f "$tmp"
	die "$to could not be written (${said##*: }), and the run was cut short; go on with --resume --out $out"
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
# A guest does not know the date, the session, what suite its rows are of, nor what only
# the host knows of the setup, and telling it would make it another guest: a tag more in
# a clone would move figures. All of that is filled in here.
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
      \"volatile\": {${session:+
        \"session\": \"$session\",}"}
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

# session_name: all boots of a folder are of one session, whatever they are merged
# with later. A folder that was begun without one stays without.
session_name() {
	if [[ -v was[session] ]] || compgen -G "$out/runs/*.json" >/dev/null; then
		printf '%s\n' "${was[session]-}"
	else
		TZ=UTC0 printf '%(%FT%TZ)T-%08x\n' -1 "$SRANDOM"
	fi
}

# folder_sum: what lies there is what was measured. While a run changes the folder
# there are no sums, since they would be wrong.
folder_sum() {
	in_folder -type f \( "${FOLDER_RESULT[@]}" \) -print0 | sort -z |
		(cd "$out" && xargs -0 sha256sum) >"$WORK/sums" || return
	place "$WORK/sums" SHA256SUMS
}

# folder_latest: results/latest points to it.
folder_latest() {
	ln -sfnT "${out##*/}" "$TOP/results/.latest" && mv -T "$TOP/results/.latest" "$TOP/results/latest"
}
