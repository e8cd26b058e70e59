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

# Upstream's own opinion of what we would send there.
checkpatch() {
	local tree=$1 commits
	commits=$(git -C "$tree" rev-list --count base..HEAD)
	git -C "$tree" format-patch -q -o "$TMP/mails" base..HEAD
	[[ $(find "$TMP/mails" -name '*.patch' | wc -l) -eq $commits ]] || return
	# Without get_maintainer.pl, which it would ask of each file whether that is obsolete, and
	# which takes seconds to answer.
	mkdir -p "$TMP/root/scripts"
	ln -s "$tree"/* "$TMP/root/" 2>/dev/null || true
	ln -s "$tree"/scripts/* "$TMP/root/scripts/"
	rm "$TMP/root/scripts/get_maintainer.pl"
	# It takes the kvm_nvhe_sym() of a declaration for a function.
	(cd "$TMP/root" && perl scripts/checkpatch.pl --root="$TMP/root" --quiet --no-summary --ignore \
		FILE_PATH_CHANGES,COMMIT_LOG_LONG_LINE,FUNCTION_ARGUMENTS "$TMP"/mails/*.patch)
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
same "checkpatch $(git -C "$tree" rev-parse HEAD)" "checkpatch is content with the series" checkpatch "$tree"
full_outcome
done_testing
