# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What a folder of results was made with: KEY=VALUE lines in its file `request`.
# Figures of two requests are not mixed in one folder.

declare -A asked=()	# what the command line says
declare -A was=()	# what the folder was made with

# request_read DIR: fills `was`, which stays empty where no boot was kept yet.
request_read() {
	local line
	if [[ -r $1/request ]]; then
		while IFS= read -r line; do was[${line%%=*}]=${line#*=}; done <"$1/request"
	elif compgen -G "$1/runs/*.json" >/dev/null; then
		die "$1 does not say what it was made with; measure into another --out"
	fi
}

# settled KEY DEFAULT: what is asked for, or was asked for when the folder was made.
settled() {
	if [[ -v asked[$1] ]]; then
		printf '%s\n' "${asked[$1]}"
	else
		printf '%s\n' "${was[$1]-$2}"
	fi
}

# request_match DIR LINES: dies where LINES are not what the folder was made with.
request_match() {
	local line key value
	while IFS= read -r line; do
		key=${line%%=*} value=${line#*=}
		[[ ! -v was[$key] || ${was[$key]} == "$value" ]] ||
			die "$1 was made with $key=${was[$key]}, not $key=$value; ask for the same, or give another --out"
	done <<<"$2"
}
