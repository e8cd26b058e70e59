# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# shellcheck disable=SC2034  # what the scripts that read this file use
#
# Drives the program as people do, and prints TAP. Read by the scripts beside it, which are run as
#
#   SMMUSTAT=PATH/smmustat tests/NAME.sh
set -euo pipefail

: "${SMMUSTAT:?set it to the program under test}"
DATA=$(cd "$(dirname "${BASH_SOURCE[0]}")/data" && pwd)
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT

number=0
failed=0

# ok NAME COMMAND...: the command succeeds
ok() {
	local name=$1
	shift
	number=$((number + 1))
	if "$@"; then
		echo "ok $number - $name"
	else
		echo "not ok $number - $name"
		failed=1
	fi
}

# run ARGUMENT...: leaves status, out and err of the program
run() {
	status=0
	"$SMMUSTAT" "$@" >"$WORK/out" 2>"$WORK/err" || status=$?
}

# says STATUS TEXT ARGUMENT...: that exit status, and one line on stderr with that text
says() {
	local want=$1 text=$2
	shift 2
	run "$@"
	if [[ $status -ne $want ]] || [[ $(wc -l <"$WORK/err") -ne 1 ]] ||
		! grep -qF -- "$text" "$WORK/err"; then
		echo "# status $status, want $want and one line with \"$text\""
		sed 's/^/# /' "$WORK/err"
		return 1
	fi
}

# prints TEXT ARGUMENT...: success, nothing on stderr, and the text on stdout
prints() {
	local text=$1
	shift
	run "$@"
	if [[ $status -ne 0 ]] || [[ -s $WORK/err ]] ||
		{ [[ $text ]] && ! grep -qF -- "$text" "$WORK/out"; }; then
		echo "# status $status, want 0 and \"$text\""
		sed 's/^/# /' "$WORK/err"
		return 1
	fi
}

# ends STATUS TEXT ARGUMENT...: that exit status, nothing on stderr, and the text on stdout
ends() {
	local want=$1 text=$2
	shift 2
	run "$@"
	if [[ $status -ne $want ]] || [[ -s $WORK/err ]] || ! grep -qE -- "$text" "$WORK/out"; then
		echo "# status $status, want $want and \"$text\""
		sed 's/^/# /' "$WORK/out" "$WORK/err"
		return 1
	fi
}

# finds TEXT FILE: smmustat check fails with one line that holds the text
finds() {
	run check "$2"
	if [[ $status -ne 1 ]] || [[ $(wc -l <"$WORK/out") -ne 1 ]] ||
		! grep -qF -- "$1" "$WORK/out"; then
		echo "# status $status, want 1 and one line with \"$1\""
		sed 's/^/# /' "$WORK/out"
		return 1
	fi
}

# lacks WORDS FILE: none of the words is in the file
lacks() {
	! grep -qiwE "$1" "$2"
}

# lacks_text PATTERN FILE: nor is the pattern, within words
lacks_text() {
	! grep -qiE "$1" "$2"
}

done_testing() {
	echo "1..$number"
	exit "$failed"
}
