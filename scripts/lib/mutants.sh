# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# EL2 and hooks of KVM, broken on purpose: hyp-patches/tests/mutants.

# mutants [AWK-OPTION...]: all of them, or one applied. See mutants.awk.
mutants() { awk "$@" -f "$TOP/scripts/lib/mutants.awk" "$TOP"/hyp-patches/tests/mutants/*; }

# mutants_of JUDGE: "NAME PROGRAM TEST SOURCE RULE" of those that it judges.
mutants_of() { mutants | awk -F'\t' -v OFS='\t' -v judge="$1" '$2 == judge { print $1, $3, $4, $5, $6 }'; }

# mutate NAME TREE OUT: its source in TREE, changed, becomes OUT.
mutate() { mutants -v name="$1" -v tree="$2" >"$3"; }
