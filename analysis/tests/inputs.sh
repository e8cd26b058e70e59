#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Inputs that are no files: pipes, FIFOs and standard input, each of which can be read once.
# shellcheck disable=SC2317,SC2154  # the functions are called through ok()
. "$(dirname "$0")/cli-tap.sh"

readonly METRIC=native:strict/dma_map/4k/batch/mean

# said: what was printed, less the names of the files
said() { sed -E 's#[^ "]*/(fd/[0-9]+|stdin|fifo[0-9]|[a-z.0-9-]+\.json)##g; s#^-: #: #' "$WORK/out" "$WORK/err"; }

# same STATUS COMMAND: the command, given files with FILES and something else with GIVEN, says the same
same() {
	local want=$status
	said >"$WORK/of-files"
	"$@"
	said >"$WORK/of-others"
	if [[ $status -ne $want ]] || ! cmp -s "$WORK/of-files" "$WORK/of-others"; then
		echo "# status $status, want $want"
		diff "$WORK/of-files" "$WORK/of-others" | sed 's/^/# /'
		return 1
	fi
}

# fifos FILE...: the paths of FIFOs that will give the files, in `made`
fifos() {
	made=()
	local file
	for file; do
		made+=("$WORK/fifo${#made[@]}")
		rm -f "${made[-1]}"
		mkfifo "${made[-1]}"
		cat "$file" >"${made[-1]}" 2>/dev/null &
	done
}

by_fifo() {
	local -a files=("${@: -$count}")
	fifos "${files[@]}"
	run "${@:1:$# - count}" "${made[@]}"
}

by_pipe() {
	local -a files=("${@: -$count}")
	if [[ $count -eq 1 ]]; then
		run "${@:1:$# - count}" <(cat "${files[0]}")
	else
		run "${@:1:$# - count}" <(cat "${files[0]}") <(cat "${files[1]}")
	fi
}

# run_in FILE ARGUMENT...: as run, with standard input that is a pipe
run_in() {
	status=0
	"$SMMUSTAT" "${@:2}" >"$WORK/out" 2>"$WORK/err" < <(cat "$1") || status=$?
}

by_stdin() {
	local -a files=("${@: -$count}")
	run_in "${files[0]}" "${@:1:$# - count}" "$stdin" "${files[@]:1}"
}

# any_way ARGUMENT... FILE [FILE]: it reads files, pipes, FIFOs and standard input alike
any_way() {
	local way
	for way in by_pipe by_fifo by_stdin; do
		for stdin in - /dev/stdin /proc/self/fd/0; do
			run "$@"
			ok "$1: ${way/_/ }${count:+ of $count}${stdin:+ ($stdin)}" same "$way" "$@"
			[[ $way == by_stdin ]] || break
		done
	done
}

"$SMMUSTAT" figures --format json --out "$WORK/kept.json" "$DATA/native.json"
"$SMMUSTAT" figures --format json --out "$WORK/later.json" "$DATA/after.json"

count=1
for command in report compare figures check merge; do
	any_way "$command" "$DATA/modes.json"
done
any_way figures "$WORK/kept.json"
count=2
for command in compare gate; do
	any_way "$command" "$DATA/native.json" "$DATA/after.json"
done
any_way merge "$DATA/native.json" "$DATA/native.json"
any_way check "$DATA/native.json" "$DATA/after.json"
any_way gate "$WORK/kept.json" "$WORK/later.json"
any_way gate "$WORK/kept.json" "$DATA/after.json"
any_way place --metric "$METRIC" "$DATA/native.json" "$DATA/after.json"
run trend --metric "$METRIC" "a=$DATA/native.json" "b=$DATA/after.json"
trend_of_pipes() {
	run trend --metric "$METRIC" "a=$1" "b=$2"
}
ok "trend: by pipe" same trend_of_pipes <(cat "$DATA/native.json") <(cat "$DATA/after.json")

# What can be read once is not two inputs.
fifos "$DATA/native.json"
twice() { says "$1" "was read already" "${@:2}"; }
ok "one pipe given twice" twice 2 compare /dev/fd/9 /dev/fd/9 9< <(cat "$DATA/native.json")
ok "under two names" twice 2 gate /dev/fd/9 /proc/self/fd/9 9< <(cat "$DATA/native.json")
ok "one FIFO given twice" twice 2 merge "${made[0]}" "${made[0]}"
for command in compare gate merge "place --metric=$METRIC"; do
	read -ra words <<<"$command"
	ok "${words[0]}: standard input given twice" twice 2 "${words[@]}" - /dev/stdin \
		< <(cat "$DATA/native.json")
done
ok "trend: standard input given twice" twice 2 trend --metric "$METRIC" a=- b=- < <(cat "$DATA/native.json")
ok "a file given twice is two inputs" prints "no change" compare "$DATA/native.json" "$DATA/native.json"
ok "also as standard input" prints "+50.0" compare - "$DATA/after.json" <"$DATA/native.json"

# What it is not, it says in one line.
ok "an empty pipe" says 1 "the file is empty" figures - < <(:)
echo >"$WORK/blank.json"
ok "a file of blanks" says 1 "the file is empty" report "$WORK/blank.json"
gzip -c "$DATA/native.json" >"$WORK/native.json.gz"
for command in report compare figures merge; do
	ok "$command: what is compressed says so" says 1 "is compressed (gzip): unpack it" "$command" \
		"$WORK/native.json.gz"
done
ok "check: what is compressed says so" finds "is compressed (gzip)" "$WORK/native.json.gz"
printf '\x28\xb5\x2f\xfd....' >"$WORK/native.json.zst"
ok "by another program" says 1 "is compressed (zstd)" gate "$DATA/native.json" "$WORK/native.json.zst"
ok "unpacked in a pipe it is read" prints "native:strict" report <(gzip -dc "$WORK/native.json.gz")
ok "closed standard input" says 1 "cannot read" report - <&-
ok "a folder without results" says 1 "cannot read" figures "$WORK"
done_testing
