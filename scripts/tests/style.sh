#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What can be said of the sources without running them.

. "$(dirname "$0")/tap.sh"
cd "$TOP"

builds() {
	local cc=$1
	"${OWN_MAKE[@]}" -C analysis O="$TMP/$cc/analysis" CC="$cc" &&
		"${OWN_MAKE[@]}" -C bench O="$TMP/$cc/bench" HOSTCC="$cc" host
}

# Every file with a language of its own says its licence.
without_licence() {
	git ls-files '*.c' '*.h' '*.sh' 'scripts/*' Makefile '*/Makefile' .ci/run | while read -r f; do
		[[ -L $f ]] || head -n 3 "$f" | grep -q 'SPDX-License-Identifier: GPL-2.0' || echo "$f"
	done
}

shell_files() { git grep -lE '^#!/(usr/)?bin/(env bash|busybox sh|sh)|^# shellcheck shell' -- . ':!hyp-patches'; }

visible() { git ls-files | cut -d/ -f1 | sort -u | grep -v '^\.'; }

readonly ALLOWED='LICENSE Makefile README.md analysis bench hyp-patches results scripts tracepoints'

# What checkpatch may say, as the type and how the line begins that it is about.
readonly FALSE_ALARMS=(
	# kvm_nvhe_sym() gives an object of EL2 its name in the host: no function is declared.
	'AVOID_EXTERNS:extern struct pkvm_iommu_machine kvm_nvhe_sym(pkvm_iommu_machine);'
	'FUNCTION_ARGUMENTS:extern struct pkvm_iommu_machine kvm_nvhe_sym(pkvm_iommu_machine);'
	# Iterators, as for_each_online_cpu() is: they name a variable.
	'MACRO_ARG_REUSE:#define for_each_smmu(smmu)'
	'MACRO_ARG_REUSE:#define for_each_mirror(m)'
	# A header of EL2 takes the architecture's part alone, as those beside it do.
	'ARCH_INCLUDE_LINUX:#include <asm/kvm_host.h>'
	# A number of pages, and no bit.
	'BIT_MACRO:#define TOPUP_PAGES	(1U << TOPUP_ORDER)'
	'BIT_MACRO:#define SMMU_STRTAB_NUM_L2	(1U << SMMU_STRTAB_SPLIT)'
	# The architecture's name.
	'CAMELCASE:		return attr | FIELD_PREP(PTE_MEMATTR, MEMATTR_DEVICE_nGnRE) |'
	# Its lines are in the step before.
	'MACRO_ARG_UNUSED:#define call_with_memory(gfp, call)'
	# Names of numbers, in print formats of events; and what is read with another meaning each time.
	'MACRO_ARG_REUSE:#define pkvm_iommu_lock_name(lock)'
	'MACRO_ARG_REUSE:#define pkvm_smmu_command_name(op)'
	'MACRO_ARG_REUSE:#define HYP_EVENT('
	'MACRO_ARG_UNUSED:#define HYP_EVENT('
	'MACRO_ARG_UNUSED:#define iommu_trace_is_on(event)'
)

# Events are laid out as all of the kernel are.
readonly EVENT='^(OPEN_ENDED_LINE|PARENTHESIS_ALIGNMENT):[[:space:]]*(HYP_EVENT|HE_[A-Z]+|he_field)\('

# alarms MAIL: what else checkpatch --strict says of it, with the lines that it is about.
# What moved from one file to another stays as it was.
alarms() {
	local number type line known
	while IFS=: read -r _ number _ type _; do
		line=$(sed -n "${number}s/^+//p" "$1")
		[[ ! $type:$line =~ $EVENT ]] || continue
		for known in "${FALSE_ALARMS[@]}"; do
			[[ $type:$line != "$known"* ]] || continue 2
		done
		[[ -z $line ]] || ! grep -qxF -e "-$line" "$1" || continue
		printf '%s:%s: %s: %s\n' "${1##*/}" "$number" "$type" "$line"
	done < <(cd "$TMP/root" && perl scripts/checkpatch.pl --root="$TMP/root" --strict --terse \
		--show-types --no-summary --ignore FILE_PATH_CHANGES "$1")
}

# unmaintained TREE COMMIT: what it adds and the entry in its MAINTAINERS does not match, of
# which checkpatch asks for each new file.
unmaintained() {
	local patterns path pattern
	mapfile -t patterns < <(git -C "$1" show "$2:MAINTAINERS" |
		sed -n '/: IOMMUS AT EL2 /,/^$/s/^F:\t//p')
	while read -r path; do
		for pattern in "${patterns[@]}"; do
			# shellcheck disable=SC2053 # It is a pattern.
			[[ $path == "$pattern"* && $pattern == */ || $path == $pattern ]] && continue 2
		done
		echo "$path of $2 is in no line of MAINTAINERS"
	done < <(git -C "$1" diff-tree -r --no-commit-id --name-only --diff-filter=A "$2")
}

# Upstream's own opinion of what we would send there.
checkpatch() {
	local tree=$1 commits mail commit
	commits=$(git -C "$tree" rev-list --count base..HEAD)
	git -C "$tree" format-patch -q -o "$TMP/mails" base..HEAD
	[[ $(find "$TMP/mails" -name '*.patch' | wc -l) -eq $commits ]] || return
	# Without get_maintainer.pl, which it would ask of each file whether that is obsolete, and
	# which takes seconds to answer.
	mkdir -p "$TMP/root/scripts"
	ln -s "$tree"/* "$TMP/root/" 2>/dev/null || true
	ln -s "$tree"/scripts/* "$TMP/root/scripts/"
	rm "$TMP/root/scripts/get_maintainer.pl"
	for mail in "$TMP"/mails/*.patch; do alarms "$mail"; done >"$TMP/alarms"
	for commit in $(git -C "$tree" rev-list base..HEAD); do unmaintained "$tree" "$commit"; done >>"$TMP/alarms"
	cat "$TMP/alarms"
	[[ ! -s $TMP/alarms ]]
}

# What check-full came to is kept: of which tree, and whether it is this one's.
full_outcome() {
	local file=results/check-full.txt what="make check-full was run on this tree" commit
	commit=$(sed -nE '1s/^# all of it is of tree ([0-9a-f]{40}) \(clean\)$/\1/p' "$file" 2>/dev/null) || true
	if [[ -z $commit ]]; then
		skip "$what" "$file holds no whole outcome of one clean tree"
	elif ! git cat-file -e "$commit" 2>/dev/null || ! git diff --quiet "$commit" -- . ':!results'; then
		skip "$what" "$file is of the older tree ${commit:0:12}"
	elif ! tail -n 1 "$file" | grep -q ', 0 failed, '; then
		not_ok "$what, and passed"
	else
		ok "$what, and passed: $(tail -n 1 "$file")"
	fi
}

# Files of scripts/lib are read into one shell: a name that two of them give a function
# would be that of whichever came last.
twice_named() { sed -nE 's/^([a-z_]+)\(\) .*/\1/p' scripts/lib/*.sh | sort | uniq -d; }

check "no two files of scripts/lib have a function of one name" test -z "$(twice_named)"
check "gcc builds everything without a warning" builds gcc
check "clang builds everything without a warning" builds clang
check "the arm64 runner builds without a warning" "${OWN_MAKE[@]}" -C bench O="$TMP/arm64" runner
mapfile -t files < <(shell_files)
same "shellcheck $(shellcheck --version) $(cat .shellcheckrc "${files[@]}" | hash_stdin)" \
	"shellcheck is content with ${#files[@]} files" shellcheck "${files[@]}"
check "every source file names its licence" test -z "$(without_licence)"
check "nothing but the agreed entries at the top" \
	bash -c 'for e in $1; do [[ " $2 " == *" $e "* ]] || { echo "$e"; exit 1; }; done' - \
	"$(visible | tr '\n' ' ')" "$ALLOWED"
tree=$("$TOP/scripts/kernel" apply)
mapfile -t steps < <(git -C "$tree" rev-list base..HEAD)
same "checkpatch $(git -C "$tree" rev-parse HEAD)" "checkpatch --strict is content with the ${#steps[@]} steps of the series" checkpatch "$tree"
full_outcome
done_testing
