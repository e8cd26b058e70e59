# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# clean_log FILE: fails, showing the lines, when a console log holds any of the
# words that mean something went wrong in the kernel or at EL2.

clean_log() {
	[[ -s $1 ]] || { echo "no log in $1" && return 1; }
	! grep -niE 'hyp panic|nVHE hyp|internal error|unable to handle|oops' "$1" &&
		! grep -nE '\bWARNING\b|\bBUG\b' "$1"
}
