# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# The guest is a command like any other: its words, its input, its output, its errors
# and its end. Whoever sources this has TAP, KERNEL and vm, which boots that.

# run COMMAND...: what it ended with, said and complained of, in files.
run() {
	local rc=0
	"$@" >"$TMP/out" 2>"$TMP/err" || rc=$?
	echo "$rc" >"$TMP/rc"
}

# ended STATUS: so it did, and nothing is left behind.
ended() {
	[[ $(<"$TMP/rc") -eq $1 && -z $(ls -A "$TMPDIR") ]] ||
		{ echo "status $(<"$TMP/rc"), wanted $1" && ls -A "$TMPDIR" && cat "$TMP/err" && return 1; }
}

# is STATUS OUTPUT: with that output and no errors.
is() {
	cat "$TMP/err"
	ended "$1" && cmp "$TMP/out" <(printf %s "$2") && [[ ! -s $TMP/err ]]
}

# ends STATUS COMMAND...: what a command in the guest ends with is what we end with.
ends() {
	local want=$1
	shift
	run vm -- "$@" </dev/null
	ended "$want"
}

# Each word of an argument vector, with what a shell would do something about.
# shellcheck disable=SC1003
readonly WORDS=('' ' ' 'two words' '  a  b;c ' '*' "it's" '"' '\' '$HOME `id` $(id)' '&& false' '>x' '#' '!' '~'
	$'a\nb\n' $'tab\tcr\r' -- -n 'größe 日本' '\n' '%s')

all_words() {
	run vm -- printf '<%s>\n' "${WORDS[@]}" </dev/null
	is 0 "$(printf '<%s>\n' "${WORDS[@]}")"$'\n'
}

# Every byte that a word can hold, and a word that is as long as one may be.
all_bytes() {
	local bytes i
	for ((i = 1; i < 256; i++)); do printf -v bytes '%s%b' "${bytes-}" "\\x$(printf %x "$i")"; done
	run vm -- printf %s "$bytes" </dev/null
	is 0 "$bytes"
}

long_word() {
	local word
	word=$(head -c 130000 /dev/zero | tr '\0' y)
	run vm -- printf %s "$word" </dev/null
	is 0 "$word"
}

one_word_is_a_line() {
	run vm -- 'echo a | tr a b; echo c >&2; (exit 7)' </dev/null
	ended 7 && [[ $(<"$TMP/out") == b && $(<"$TMP/err") == c ]]
}

errors_come_out() {
	run vm -- ls /nonexistent </dev/null
	ended 1 && [[ ! -s $TMP/out && $(<"$TMP/err") == 'ls: /nonexistent: No such file or directory' ]]
}

# What is no text, and has no newline at its end.
binary_both() {
	head -c 300000 /dev/urandom >"$TMP/blob"
	run vm --put "$TMP/blob" -- 'cat /in/blob; cat /in/blob >&2'
	ended 0 && cmp "$TMP/out" "$TMP/blob" && cmp "$TMP/err" "$TMP/blob"
}

input_is() {
	run vm -- sha256sum
	ended 0 && [[ $(<"$TMP/out") == "$(sha256sum <"$TMP/input")" ]]
}
from_file() { input_is <"$TMP/input"; }
from_pipe() { (head -c 1000 "$TMP/input"; sleep 1; tail -c +1001 "$TMP/input") | input_is; }
from_rest() {
	printf 'first\nsecond\n' >"$TMP/lines"
	(read -r && run vm -- cat) <"$TMP/lines" && is 0 $'second\n'
}

# A command that takes no input, one that takes a part, a closed input.
no_input() {
	run vm -- cat </dev/null
	is 0 '' || return
	run vm -- cat <&-
	is 0 '' || return
	run vm -- head -c 3 <"$TMP/input"
	# A variable of the shell holds neither a NUL nor the newlines at the end.
	ended 0 && cmp "$TMP/out" <(head -c 3 "$TMP/input") && [[ ! -s $TMP/err ]]
}

# A pipe that stays open: whoever needs no input ends before it does, who waits for it
# gets it when it ends, and nobody waits for ever.
open_input() {
	run vm -- sh -c 'echo said; exit 4' < <(exec sleep 100)
	ended 4 && [[ $(<"$TMP/out") == said ]] && grep -q 'standard input is still open: .* </dev/null' "$TMP/err"
}
late_input() {
	run vm -- sh -c 'echo begun; cat' < <(printf 'first '; sleep 12; echo last)
	ended 0 && cmp "$TMP/out" <(printf 'begun\nfirst last\n')
}
endless_input() {
	run vm --timeout 15 -- cat < <(exec sleep 100)
	ended 1 && grep -q 'the guest did not end within 15 s, nor did standard input; give </dev/null' "$TMP/err"
}

script_on_input() {
	run vm <<<$'echo from-stdin\necho complaint >&2\nexit 5'
	ended 5 && [[ $(<"$TMP/out") == from-stdin && $(<"$TMP/err") == complaint ]]
}

bare_environment() {
	run env -u HOME TERM=dumb XDG_CACHE_HOME="${CACHE%/*}" setsid scripts/vm --kernel "$KERNEL" -- echo works </dev/null
	is 0 $'works\n'
}

# What a command leaves, twice. The second time a file stands for what was a link.
out_comes_back() {
	echo mine >"$TMP/mine"
	vm --out "$TMP/left" -- "ln -s $TMP/mine link; ln -s $TMP/mine console.log; echo 1 >file; mkdir dir; echo 2 >dir/.hidden; echo 3 >.hidden" </dev/null &&
		vm --out "$TMP/left" -- 'echo 4 >link' </dev/null || return
	[[ $(cd "$TMP/left" && cat file dir/.hidden .hidden link | xargs) == '1 2 3 4' && -s $TMP/left/console.log &&
		$(<"$TMP/mine") == mine ]]
}

# The disks lie in TMPDIR, whatever its name.
disk_in_place() {
	run vm --disk nvme -- 'head -n 2 /dev/nvme0n1' </dev/null
	is 0 $'1000000\n1000001\n'
}

# Whoever is to read the output is gone, or cannot keep it.
reader_goes() {
	(vm -- seq 100000 </dev/null 2>"$TMP/err" || echo $? >"$TMP/rc") | head -n 1 >"$TMP/out"
	ended 141 && [[ $(<"$TMP/out") == 1 && ! -s $TMP/err ]]
}
reader_is_full() {
	local rc=0
	vm -- echo x </dev/null >/dev/full 2>"$TMP/err" || rc=$?
	echo "$rc" >"$TMP/rc"
	ended 1 && [[ $(<"$TMP/err") == 'vm: cannot write standard output (No space left on device)' ]]
}
reader_is_closed() {
	local rc=0
	vm -- echo x </dev/null >&- 2>"$TMP/err" || rc=$?
	echo "$rc" >"$TMP/rc"
	ended 1 && [[ $(<"$TMP/err") == *'cannot write standard output (it is closed)' ]] || return
	rc=0
	vm -- sh -c 'exit 4' </dev/null >&- 2>&- || rc=$?
	echo "$rc" >"$TMP/rc"
	ended 4
}

guest_is_full() {
	run vm --memory 128M -- 'echo before >&2; cat /dev/zero >big' </dev/null
	ended 1 && grep -qx before "$TMP/err" && grep -q 'No space left on device' "$TMP/err" &&
		grep -q 'the guest had no space left .* more --memory' "$TMP/err"
}

too_much_input() {
	head -c 200M /dev/zero | run vm --memory 512M -- true
	ended 1 && [[ $(<"$TMP/err") == *'larger than 128 MiB'*'more --memory' ]]
}

# signalled SIGNAL: a guest that would go on ends within seconds, and so does all of it.
signalled() {
	local pid rc=0 i
	env --default-signal=INT,QUIT scripts/vm --kernel "$KERNEL" -- 'while :; do :; done' </dev/null >"$TMP/out" 2>"$TMP/err" &
	pid=$!
	for ((i = 0; i < 200; i++)); do
		! compgen -G "$TMPDIR/pkvm-smmu.vm.*/out.tar" >/dev/null || break
		sleep 0.1
	done
	sleep 2
	kill "-$1" "$pid"
	SECONDS=0
	wait "$pid" || rc=$?
	echo "$rc" >"$TMP/rc"
	ended 1 && [[ $SECONDS -le 12 ]]
}

# What a terminal shows while a shell runs on it.
on_terminal() {
	local rc=0
	{ sleep 6; printf '%s\r' "$1"; sleep 8; } | timeout 60 script -qec "scripts/vm --kernel $KERNEL; rc=\$?; stty -a; exit \$rc" \
		"$TMP/typescript" >/dev/null || rc=$?
	echo "$rc" >"$TMP/rc"
	ended "$2" && grep -aq 'leave with' "$TMP/typescript" && grep -aq ' icanon' "$TMP/typescript"
}

command_checks() {
	local -x TMPDIR="$TMP/a place, of a kind"
	local signal
	mkdir "$TMPDIR"
	check "each word of a command reaches it as it is" all_words
	check "each byte of it, too" all_bytes
	check "and a word of 130000 bytes" long_word
	check "one word is a line for the shell" one_word_is_a_line
	check "sh -c 'exit 3' ends with 3" ends 3 sh -c 'exit 3'
	check "test 'two words' = 'two words' ends with 0" ends 0 test 'two words' = 'two words'
	check "a program that is not there ends with 127" ends 127 nosuch thing
	check "one that cannot be run ends with 126" ends 126 /in thing
	check "so does a line" ends 127 nosuch
	check "what a signal ended ends with 128 and its number" ends 137 sh -c 'kill -9 $$'
	check "so does a line" ends 139 'kill -SEGV $$'
	check "errors come out where errors do" errors_come_out
	check "output and errors are what they were, byte for byte" binary_both
	head -c 5000000 /dev/urandom >"$TMP/input"
	check "the command has our input, from a file" from_file
	check "from a pipe, in parts" from_pipe
	check "from where somebody else left off" from_rest
	check "and no input where we have none" no_input
	check "a pipe that stays open keeps nobody who needs no input" open_input
	check "what comes late is there from the start" late_input
	check "who waits for what never comes is told" endless_input
	check "without a command, commands come from the input" script_on_input
	refuses 2 'a shell needs a terminal; give a COMMAND' "without either" vm
	refuses 2 'a shell needs a terminal' "with a closed input" bash -c 'scripts/vm <&-'
	refuses 2 'a shell needs a terminal' "with an empty pipe" bash -c ': | scripts/vm --kernel "$1"' - "$KERNEL"
	check "without HOME, terminal and session" bare_environment
	check "a reader that goes away" reader_goes
	check "one that has no space" reader_is_full
	check "one that is not there" reader_is_closed
	check "a command that fills the guest" guest_is_full
	check "more input than a guest takes" too_much_input
	check "a disk" disk_in_place
	check "what it leaves comes back, and nothing is written through a link" out_comes_back
	mkdir "$TMP/theirs" && echo mine >"$TMP/theirs/console.log"
	refuses 1 'is not empty, and scripts/vm did not make it' "into no folder of somebody else" \
		vm --out "$TMP/theirs" -- true
	check "which is as it was" grep -qx mine "$TMP/theirs/console.log"
	refuses 1 'is no folder' "nor into a file" vm --out "$TMP/theirs/console.log" -- true
	for signal in INT TERM HUP QUIT; do check "SIG$signal ends it" signalled "$signal"; done
	if [[ -n $(type -P script) ]]; then
		check "a shell on a terminal, its status, and the terminal as it was" on_terminal 'exit 6' 6
		check "a guest that ends before its shell" on_terminal 'poweroff -f' 1
	else
		skip "a shell on a terminal" "needs script(1)"
	fi
}
