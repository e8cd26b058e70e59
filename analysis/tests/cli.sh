#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Drives the program as people do: what it prints, and what it refuses.
# shellcheck disable=SC2317,SC2154  # the functions are called through ok()
. "$(dirname "$0")/cli-tap.sh"

bad_files() {
	head -c 700 "$DATA/native.json" >"$WORK/truncated.json"
	: >"$WORK/empty.json"
	echo "hello" >"$WORK/text.json"
	echo '{"runs": []}' >"$WORK/other.json"
	sed 's/"major": 1/"major": 2/' "$DATA/native.json" >"$WORK/newer.json"
	sed 's/"minor": 0/"minor": 7/' "$DATA/native.json" >"$WORK/minor.json"
	sed 's/"min": 1012/"min": 1011/' "$DATA/native.json" >"$WORK/min.json"
	local command
	for command in report compare merge; do
		ok "$command: truncated" says 1 "the file is truncated" "$command" \
			"$WORK/truncated.json"
		ok "$command: empty" says 1 "the file is empty" "$command" "$WORK/empty.json"
		ok "$command: not JSON" says 1 "not JSON" "$command" "$WORK/text.json"
		ok "$command: newer schema" says 1 "schema 2.0 is newer" "$command" \
			"$WORK/newer.json"
		ok "$command: absent" says 1 "cannot read" "$command" "$WORK/absent.json"
	done
	ok "check: truncated" finds "the file is truncated" "$WORK/truncated.json"
	ok "check: empty" finds "the file is empty" "$WORK/empty.json"
	ok "check: not JSON" finds "not JSON" "$WORK/text.json"
	ok "check: newer schema" finds "schema 2.0 is newer" "$WORK/newer.json"
	ok "check: no schema" finds "no schema version" "$WORK/other.json"
	ok "check: absent" finds "cannot read" "$WORK/absent.json"
	ok "check: min" finds "runs[0].benchmarks[1] (dma_map 4096 batch): min is 1011" \
		"$WORK/min.json"
	ok "report refuses what check finds" says 1 "runs[0].benchmarks[1] (dma_map 4096 batch)" \
		report "$WORK/min.json"
	ok "newer minor schema is read" prints "native:strict" report "$WORK/minor.json"
}

usage() {
	ok "no command" says 2 "no command given"
	ok "unknown command" says 2 "unknown command plot" plot
	ok "unknown option" says 2 "--colour" report --colour "$DATA/native.json"
	ok "option without value" says 2 "lacks its value" report "$DATA/native.json" --out
	ok "unknown format" says 2 "unknown format pdf" report --format pdf "$DATA/native.json"
	ok "unknown axis" says 2 "unknown axis day" compare --by day "$DATA/native.json"
	ok "unknown baseline" says 2 "unknown baseline native:fast" \
		compare --baseline native:fast "$DATA/modes.json"
	ok "no file" says 2 "no file given" report
	ok "two files to report" says 2 "one file at a time" report "$DATA/native.json" \
		"$DATA/after.json"
	ok "one file by commit" says 2 "needs two files" compare --by commit "$DATA/native.json"
	ok "clock may not differ" says 2 "insn and ns are never compared" \
		compare --allow clock "$DATA/native.json" "$DATA/wall.json"
	ok "guarantee may not differ" says 2 "strict and lazy are never compared" \
		compare --allow invalidation "$DATA/native.json" "$DATA/after.json"
	local command
	for command in report compare merge check; do
		ok "$command --help" prints "Example: smmustat $command" "$command" --help
	done
	ok "--help" prints "merge" --help
}

reports() {
	ok "text" prints "guarantee of native:lazy" report "$DATA/native.json"
	ok "insn is never called time" lacks 'ns|time' "$WORK/out"
	ok "one start is said" grep -q "one start" "$WORK/out"
	ok "null row is subtracted" grep -qE "dma_map +native:strict +4 KiB +1000.0" "$WORK/out"
	ok "markdown" prints "| dma_map | native:strict | 4 KiB | 1000.0 |" \
		report --format md "$DATA/native.json"
	ok "json" prints '"per_op_median": 910.0' report --format json "$DATA/schema-1.0.json"
	ok "json, less the null row" grep -q '"per_op_median_net": 898.0' "$WORK/out"
	ok "unsupported is shown with its reason" prints \
		"unsupported: the group refuses the flush queue" report "$DATA/schema-1.0.json"
	sed '0,/"status": "ok"/s//"status": "partial"/' "$DATA/native.json" >"$WORK/partial.json"
	ok "an incomplete run is named" prints "run native-b0-p0 is partial" \
		report "$WORK/partial.json"
	ok "wall on an emulator is labelled" prints "a smoke test" report "$DATA/wall.json"
	ok "wall says ns" prints "mean ns/op" report "$DATA/wall.json"
}

# Rows without a clock, memory, and what isolation tests left beside the file.
sections() {
	mkdir -p "$WORK/isolation"
	cp "$DATA"/isolation/*.ktap "$WORK/isolation"
	cp "$DATA/schema-1.1.json" "$WORK/isolation/results.json"
	ok "a table of pages given to guests" prints "guarantee of identity: no device reaches" \
		report "$WORK/isolation"
	ok "beside those of native" grep -qE \
		"guest_take +identity +3030.0 +6650.0 +9680.0 +1.104 +1.500 +1.000 +128" "$WORK/out"
	ok "one without its overhead is marked" grep -qE "guest_reclaim ! +identity +600.0" "$WORK/out"
	ok "a count that is not known is no zero" grep -qE \
		"dma_map 4 KiB +native:passthrough +100.0 +0.000 +0.250 +-" "$WORK/out"
	ok "EL2's memory" grep -qE "identity +2 GiB +8 KiB +0$" "$WORK/out"
	ok "isolation case by mode" grep -qE "guest_write +reached +FAIL: reached +a device" \
		"$WORK/out"
	ok "what the host's driver says is no other machine" lacks "warning" "$WORK/out"
	ok "compared by mode all the same" prints "no change" compare "$WORK/isolation"
	ok "all but rows without a clock" grep -q "not compared: it has no clock" "$WORK/out"
	ok "markdown has them" prints "| guest_take | identity | 3030.0 |" report --format md \
		"$WORK/isolation"
	ok "json has them" prints '"identity": "FAIL: reached"' report --format json \
		"$WORK/isolation"
	ok "html has them" prints "<td>FAIL: reached</td>" report --format html "$WORK/isolation"
	ok "a case's name stays text" lacks_text '<b>late' "$WORK/out"
}

html() {
	mkdir -p "$WORK/page"
	sed 's/"cpu_model": "max"/"cpu_model": "<script>alert(1)<\/script> \x27 {x} $(id)"/;
		s/"dma_map"/"dma_map 9%d %s \x27 `id` <b>"/' "$DATA/native.json" \
		>"$WORK/hostile.json"
	ok "html" prints "" report --format html --out "$WORK/page/report.html" "$WORK/hostile.json"
	ok "a name with percent signs stays" grep -qF '9%d %s' "$WORK/page/charts/levels.svg"
	ok "three charts" test "$(grep -c '<figure' "$WORK/page/report.html")" -eq 3
	ok "text of the file stays text" \
		lacks_text '<(script|b)[ >&]' "$WORK/page/report.html"
	ok "no address" lacks_text 'https?:|src=|@import|url\(http' "$WORK/page/report.html"
	ok "insn is never called time in html" lacks 'ns|time' "$WORK/page/report.html"
	ok "charts beside it" test -s "$WORK/page/charts/levels.svg" -a \
		-s "$WORK/page/charts/sweep.svg"
	mkdir -p "$WORK/empty-path"
	status=0
	PATH="$WORK/empty-path" "$SMMUSTAT" report --format html "$DATA/native.json" \
		>"$WORK/out" 2>"$WORK/err" || status=$?
	ok "gnuplot missing" test "$status" -eq 1 -a \
		"$(grep -c 'run scripts/setup' "$WORK/err")" -eq 1
}

merges() {
	mkdir -p "$WORK/dir/runs" "$WORK/other/runs"
	cp "$DATA/native.json" "$WORK/dir/runs/z.json"
	sed 's/"run_id": "native-b0-p0"/"run_id": "native-b1-p0"/;
		s/"sequence": 0/"sequence": 1, "later": {"key": [1, "x"]}/' \
		"$DATA/native.json" >"$WORK/dir/runs/a.json"
	ok "merge a folder" prints "" merge "$WORK/dir"
	ok "merge is valid" prints "valid, schema 1.0, 2 runs" check "$WORK/dir/results.json"
	ok "sorted by sequence" test "$(grep -o '"run_id": "[^"]*"' "$WORK/dir/results.json" |
		tr -d '\n')" = '"run_id": "native-b0-p0""run_id": "native-b1-p0"'
	ok "unknown keys are kept" grep -qF '"later": {"key": [1, "x"]}' "$WORK/dir/results.json"
	ok "merge the other way round, each boot twice" says 0 "2 boots were given more than once" merge \
		--out "$WORK/again.json" "$WORK/dir/runs/z.json" "$WORK/dir/runs/a.json" \
		"$WORK/dir/results.json"
	ok "the same runs give the same bytes" cmp "$WORK/again.json" "$WORK/dir/results.json"
	ok "a merge of one file keeps it" prints "" merge --out "$WORK/one.json" "$DATA/native.json"
	ok "byte for byte" cmp "$WORK/one.json" "$DATA/native.json"
	sed 's/"perturb": 0/"perturb": 1/' "$DATA/native.json" >"$WORK/dir/runs/b.json"
	cp "$WORK/dir/results.json" "$WORK/before.json"
	ok "one run_id, two contents" says 1 "is also in" merge "$WORK/dir"
	ok "the old result is untouched" cmp "$WORK/before.json" "$WORK/dir/results.json"
	head -c 999 "$DATA/native.json" >"$WORK/dir/runs/b.json"
	ok "a truncated run file" says 1 "the file is truncated" merge "$WORK/dir"
	ok "the old result is still untouched" cmp "$WORK/before.json" "$WORK/dir/results.json"
	ok "no run files" says 1 "no run files" merge "$WORK/other"
	ok "no folder for the output" says 1 "cannot write" merge --out "$WORK/no/such.json" \
		"$DATA/native.json"
	ok "nothing is left over" test -z "$(find "$WORK/dir" -maxdepth 1 -name '*.json.*')"
	if [[ -e /dev/full ]]; then
		status=0
		"$SMMUSTAT" merge --out - "$DATA/native.json" >/dev/full 2>"$WORK/err" || status=$?
		ok "a full disk is noticed" test "$status" -eq 1
	fi
}

# A folder that is not writable stops everyone but root; a folder in the way stops root too.
unwritable() {
	mkdir -p "$WORK/in-the-way"
	ok "output is a folder" says 1 "cannot write" report --out "$WORK/in-the-way" \
		"$DATA/native.json"
	echo kept >"$WORK/kept"
	(
		ulimit -f 0
		trap '' XFSZ
		"$SMMUSTAT" report --out "$WORK/kept" "$DATA/native.json" >/dev/null 2>&1
	) || true
	ok "a failed write keeps the old file" grep -qx kept "$WORK/kept"
}

compares() {
	ok "by mode" prints "paravirt:strict" compare "$DATA/modes.json"
	ok "what drivers lose in a mode" prints "identity: drivers have no IOMMU" \
		report "$DATA/modes.json"
	ok "json" prints '"baseline": "native:passthrough"' compare --format json "$DATA/modes.json"
	ok "ratio" grep -q '"ratio": 2.5' "$WORK/out"
	ok "no counter is null" grep -q '"el2_entries_per_op": null' "$WORK/out"
	ok "no interval is null" grep -q '"interval": null' "$WORK/out"
	ok "csv" prints '"dma_map","4096"' compare --format csv "$DATA/modes.json"
	ok "markdown" prints "| ---: |" compare --format md "$DATA/modes.json"
	ok "one baseline" prints "native:strict" compare --baseline native:strict "$DATA/modes.json"
	ok "and no other" lacks 'identity' "$WORK/out"
	ok "strict against lazy" says 2 "is refused" compare --baseline native:lazy \
		"$DATA/native.json"
	ok "nothing comparable" says 3 "nothing comparable" compare "$DATA/native.json"
	ok "by commit" prints "+50.0" compare "$DATA/native.json" "$DATA/after.json"
	ok "equal rows say so" grep -q "no change" "$WORK/out"
	ok "insn is never called time in a comparison" lacks 'ns|time' "$WORK/out"
	ok "insn against ns" says 1 "insn and ns are never compared" \
		compare "$DATA/native.json" "$DATA/wall.json"
	sed 's/"idr0": "0x1"/"idr0": "0x2"/;
		s/"kernel_release": "7.3.0"/"kernel_release": "7.3.1"/' \
		"$DATA/after.json" >"$WORK/idr.json"
	ok "another SMMU" says 1 "differ in smmus[0].idr0" compare "$DATA/native.json" \
		"$WORK/idr.json"
	ok "another SMMU, allowed" prints "+50.0" compare --allow "smmus[0].idr0" \
		"$DATA/native.json" "$WORK/idr.json"
	sed 's/"config_hash": /"runner_build": "gcc 12, -O2", &/' "$DATA/native.json" \
		>"$WORK/built.json"
	sed 's/gcc 12, -O2/gcc 12, -O1/' "$WORK/built.json" >"$WORK/built-other.json"
	ok "a bench that was built otherwise" says 1 "differ in runner_build: measure both alike" \
		compare "$WORK/built.json" "$WORK/built-other.json"
	ok "one of which that is not known" says 1 "/built.json says runner_build, so they differ in it" \
		compare "$DATA/native.json" "$WORK/built.json"
	ok "whichever side it is" says 1 "/built.json says runner_build, so they differ in it" \
		compare "$WORK/built.json" "$DATA/native.json"
	ok "also to the gate" says 2 "built.json says runner_build, so they differ in it" \
		gate "$DATA/native.json" "$WORK/built.json"
	ok "allowed, and said" prints "runner_build" compare --allow runner_build "$DATA/native.json" \
		"$WORK/built.json"
	ok "all of the SMMUs allowed" prints "+50.0" compare --allow smmus "$DATA/native.json" \
		"$WORK/idr.json"
	ok "by mode waives nothing" says 1 "differ in kernel_release" \
		compare --by mode "$DATA/native.json" "$WORK/idr.json"
	sed 's/"revision": 1/"revision": 2/' "$DATA/after.json" >"$WORK/revision.json"
	ok "another revision" says 1 "differ in revision" compare "$DATA/native.json" \
		"$WORK/revision.json"
	ok "another revision, allowed" prints "+50.0" compare --allow revision "$DATA/native.json" \
		"$WORK/revision.json"
	jq '.runs |= [range(2) as $i | .[] | .sequence += 2 * $i | .run_id += "-\($i)"]' \
		"$DATA/wall.json" >"$WORK/boots.json"
	ok "boots give an interval" prints "0.833..1.200" compare "$WORK/boots.json" \
		"$WORK/boots.json"
	ok "too few say how many would do" prints "inconclusive" compare \
		"$DATA/wall.json" "$DATA/wall.json"
}

# kept FILE: its figures, each as five starts alike
kept() {
	"$SMMUSTAT" figures --format json "$1" |
		sed 's/"values":\[\([0-9.]*\)\]/"values":[\1,\1,\1,\1,\1]/'
}

# noisy FACTOR BOOTS [SPREAD]: figures of so many boots on wall, none like another
noisy() {
	"$SMMUSTAT" figures --format json "$DATA/wall.json" | jq --argjson by "$1" --argjson n "$2" \
		--argjson spread "${3:-0.001}" '.metrics[].values |= [range($n) as $i | 100 * $by * (1 + $i * $spread)]'
}

# What many boots make certain and nobody cares for.
effects() {
	local metric=native:strict/dma_map/4k/batch/mean small='differs by 0\.2 %, less than the 3 % that'
	noisy 1 60 0.00003 >"$WORK/base.json"
	noisy 1.002 60 0.00003 >"$WORK/small.json"
	noisy 1.04 60 0.00003 >"$WORK/large.json"
	ok "certain and less than matters passes" ends 0 "^small +$metric" gate "$WORK/base.json" \
		"$WORK/small.json"
	ok "and is said" grep -qF "differs by 0.2 %" "$WORK/out"
	ok "in the summary too" grep -qF "4 no change (4 differ, by less than matters)" "$WORK/out"
	ok "so does what is better" ends 0 "^small +$metric" gate --any "$WORK/small.json" "$WORK/base.json"
	ok "as KTAP" ends 0 "^# no change: .*$small" gate --format ktap "$WORK/base.json" "$WORK/small.json"
	ok "as JUnit" ends 0 "<system-out>no change: .*$small" gate --format junit "$WORK/base.json" \
		"$WORK/small.json"
	ok "as JSON" ends 0 '"below_effect": true' gate --format json "$WORK/base.json" "$WORK/small.json"
	ok "where it matters it fails" ends 1 "^worse +$metric" gate --effect 0.1 "$WORK/base.json" \
		"$WORK/small.json"
	ok "what is certain and matters fails" ends 1 "^worse +$metric" gate "$WORK/base.json" "$WORK/large.json"
	ok "place: less than is looked for" ends 1 "^no change .*: a smaller --effect looks for it" place \
		--metric $metric "$WORK/base.json" "$WORK/large.json"
	ok "place: as much as is looked for" ends 0 "^worse" place --metric $metric --effect 3 \
		"$WORK/base.json" "$WORK/large.json"
}

gates() {
	local metric=native:strict/dma_map/4k/batch/mean
	for command in gate place trend figures; do
		ok "$command: --help has an example" prints "Example:" "$command" --help
	done
	kept "$DATA/native.json" >"$WORK/before.json"
	kept "$DATA/after.json" >"$WORK/later.json"
	ok "the gate fails on what is worse" ends 1 "^worse +$metric" gate "$WORK/before.json" \
		"$WORK/later.json"
	ok "five starts decide, one does not" ends 3 "5 starts of" gate "$DATA/native.json" \
		"$DATA/after.json"
	ok "and passes the same" ends 0 "5 figures|0 worse" gate "$DATA/native.json" "$DATA/native.json"
	ok "a pattern that matches nothing" says 2 "is named nosuch" gate --metric nosuch \
		"$DATA/native.json" "$DATA/after.json"
	ok "the gate takes two files" says 2 "two files are needed" gate "$DATA/native.json"
	ok "three are too many" says 2 "two files: the base and the change" gate "$DATA/native.json" \
		"$DATA/native.json" "$DATA/native.json"
	ok "insn and wall" says 2 "insn and ns are never compared" gate "$DATA/native.json" \
		"$DATA/wall.json"
	ok "a share of 200" says 2 "above 0 and below 100" gate --effect 200 "$DATA/native.json" \
		"$DATA/native.json"

	sed 's/"revision": 1/"revision": 2/' "$DATA/after.json" >"$WORK/revision.json"
	ok "the gate: another revision" says 2 "differs in revision" gate "$DATA/native.json" \
		"$WORK/revision.json"
	ok "the gate: another revision, allowed" ends 3 "5 starts" gate --allow revision \
		"$DATA/native.json" "$WORK/revision.json"
	jq '.runs[].benchmarks[].parameters.batch |= 32' "$DATA/native.json" >"$WORK/batch.json"
	ok "another batch is another figure" ends 1 "^gone +$metric" gate "$DATA/native.json" \
		"$WORK/batch.json"
	jq '(.metrics[] | select(.name == "'$metric'").values[0]) |= 1.2 * .' <("$SMMUSTAT" figures \
		--format json "$DATA/native.json") >"$WORK/plain.json"
	ok "what is plain needs one start" ends 1 "^worse +$metric" gate "$DATA/native.json" \
		"$WORK/plain.json"

	run figures --format json --out "$WORK/kept.json" "$DATA/native.json"
	ok "figures that were kept judge like the results" ends 0 "10 no change" gate \
		"$WORK/kept.json" "$DATA/native.json"
	sed 's/"values":\[1000[.0]*/"values":[null/' "$WORK/kept.json" >"$WORK/damaged.json"
	ok "damaged ones are refused" says 1 "a value is no number" gate "$WORK/damaged.json" \
		"$DATA/after.json"
	sed 's/"minor":0/"minor":9/; s/"major":1/"major":3/' "$WORK/kept.json" >"$WORK/newer.json"
	ok "newer ones too" says 1 "is newer than this smmustat" gate "$WORK/newer.json" \
		"$DATA/after.json"
	jq '.metrics[].grain = "x"' "$WORK/kept.json" >"$WORK/grain.json"
	ok "a grain that is no number" says 1 "is no number" gate "$WORK/grain.json" "$DATA/after.json"
	jq '.metrics[0].name = "a\nok 1 - b/c"' "$WORK/kept.json" >"$WORK/name.json"
	ok "a name that would forge a test" says 1 "a mode without a setup" gate "$WORK/name.json" \
		"$DATA/after.json"
	jq '.metrics = []' "$WORK/kept.json" >"$WORK/none.json"
	ok "nothing measured any more fails" ends 1 "^gone +$metric" gate "$WORK/kept.json" \
		"$WORK/none.json"
	ok "figures by name" ends 0 "^\* $metric 1000\$" figures --metric "$metric" \
		"$DATA/native.json"
	ok "a figure there is not" says 2 "has no figure named nosuch" figures --metric nosuch \
		"$DATA/native.json"

	ok "place: the bad end is worse" ends 0 "^worse 1000 -> 1050" place --metric $metric \
		"$WORK/before.json" "$WORK/later.json"
	ok "place: swapped" says 2 "swap good and bad" place --metric $metric "$WORK/later.json" \
		"$WORK/before.json"
	ok "place: a tie" ends 1 "^no change" place --metric $metric "$DATA/native.json" \
		"$DATA/native.json"
	ok "place: no such metric" says 2 "has no metric nosuch" place --metric nosuch \
		"$DATA/native.json" "$DATA/after.json"
	ok "place: between ends that are no ends" says 2 "nothing lies between" place \
		--metric $metric "$DATA/after.json" "$DATA/native.json" "$DATA/native.json"
	ok "place: a point" ends 0 "^bad 1050" place --metric $metric "$DATA/native.json" \
		"$DATA/after.json" "$DATA/after.json"
	noisy 1 8 >"$WORK/good.json"
	noisy 1.6 8 >"$WORK/bad.json"
	noisy 1 4 >"$WORK/few.json"
	noisy 1.297 8 >"$WORK/between.json"
	ok "place: eight boots on wall" ends 0 "^worse" place --metric $metric "$WORK/good.json" \
		"$WORK/bad.json"
	ok "place: few boots ask for more" ends 3 "^boots 8\$" place --metric $metric \
		"$WORK/good.json" "$WORK/bad.json" "$WORK/few.json"
	ok "place: so does a point at the border" ends 3 "^boots 12\$" place --metric $metric \
		"$WORK/good.json" "$WORK/bad.json" "$WORK/between.json"
	ok "place: a good point" ends 0 "^good" place --metric $metric "$WORK/good.json" \
		"$WORK/bad.json" "$WORK/good.json"
	ok "the gate asks for boots" ends 3 "^inconclusive: how many" gate "$WORK/few.json" \
		"$WORK/few.json" --effect 0.1

	ok "what is inconclusive does not pass: KTAP" ends 3 \
		"^not ok [0-9]+ $metric # inconclusive: 1000 -> 1050" gate --format ktap "$DATA/native.json" \
		"$DATA/after.json"
	ok "nor is it skipped" lacks SKIP "$WORK/out"
	ok "JUnit: an error" ends 3 '<error message="inconclusive: 1000' gate --format junit \
		"$DATA/native.json" "$DATA/after.json"
	ok "which is counted" grep -qE 'tests="10" errors="[1-9]" failures="0" skipped="0"' "$WORK/out"

	ok "a trend" prints "one " trend --metric $metric --chart "$WORK/trend.svg" \
		one="$DATA/native.json" two="$DATA/after.json"
	ok "and its chart" grep -q "<svg" "$WORK/trend.svg"
	ok "a trend of two clocks" says 2 "insn and ns are never compared" trend --metric $metric \
		a="$DATA/native.json" b="$DATA/wall.json"
	ok "a trend without a name" says 2 "give NAME=RESULT" trend --metric $metric \
		"$DATA/native.json"
}

# Whatever a file holds, a mail has lines that a list takes, and ends in a command.
narrow() { ! grep -qP '\t|^.{76}' "$WORK/out" && tail -n 1 "$WORK/out" | grep -q "^ *$1"; }

mails() {
	local long
	long=$(printf 'x%.0s' {1..300})
	ok "mail" prints "guarantee of native:strict" report --format mail "$DATA/native.json"
	ok "in narrow lines, with a command" narrow '\.build/analysis/smmustat report'
	ok "insn is never called time in a mail" lacks 'ns|time' "$WORK/out"
	sed "s/\"dma_map\"/\"dma_map $long\\\\t$long\"/; s/\"cpu_model\": \"max\"/\"cpu_model\": \"$long\"/;
		s/\"suite_version\": \"[^\"]*\"/\"suite_version\": \"$long\"/" "$DATA/modes.json" >"$WORK/long.json"
	ok "mail of long names" prints "[1]" report --format mail "$WORK/long.json"
	ok "in narrow lines too" narrow '\.build/analysis/smmustat report'
	ok "nothing of them is lost" test "$(tr -dc x <"$WORK/out" | wc -c)" -ge 1200
	sed "s/\"mode\": \"native\"/\"mode\": \"$long\"/" "$DATA/native.json" >"$WORK/mode.json"
	ok "mail of a mode nobody knows" prints "x" report --format mail "$WORK/mode.json"
	ok "in narrow lines as well" narrow '\.build/analysis/smmustat report'
	ok "mail of a comparison" prints "(new) against native:strict (base)" compare --format mail \
		"$DATA/modes.json"
	ok "narrow, with a command" narrow '--format mail'
	ok "of two files" prints "base and new" compare --format mail "$DATA/native.json" \
		"$DATA/after.json"
	ok "with the commands for both" test "$(grep -c '^    scripts/bench ' "$WORK/out")" -eq 2
	sed "s/\"volatile\"/\"request\": {\"suite\": \"quick\", \"filter\": \"dma_*\"}, \"volatile\"/" \
		"$DATA/native.json" >"$WORK/asked.json"
	ok "what was asked for is in the command" prints "scripts/bench --suite quick --filter 'dma_*'" \
		report --format mail "$WORK/asked.json"
	sed -i "s/dma_\*/'; \$(id)/" "$WORK/asked.json"
	ok "but no command of the file's" prints "--filter FILTER" report --format mail \
		"$WORK/asked.json"
	ok "which is named" grep -qF "FILTER is '; \$(id)" "$WORK/out"
}

bad_files
usage
reports
sections
html
merges
unwritable
compares
mails
gates
effects
done_testing
