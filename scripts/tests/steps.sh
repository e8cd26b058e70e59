#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A tree of one's own and back, on a toy: apply --to and refresh lose nothing, and
# whatever the user's repository is set to reaches neither.

. "$(dirname "$0")/tap.sh"
. "$TOP/scripts/tests/toy.sh"
cd "$TOP"

readonly TREE=$TMP/mine SERIES=$TMP/series

kernel() { toy_kernel steps "$@" --series "$SERIES"; }
in_tree() { git -C "$TREE" -c user.name=T -c user.email=t@example.org "$@"; }
refresh() { kernel refresh --from "$TREE"; }


same_files() {
	local tree
	tree=$(kernel apply) && [[ $(git -C "$tree" rev-parse 'HEAD^{tree}') == "$(in_tree rev-parse 'HEAD^{tree}')" ]]
}

own_repository() {
	kernel apply --to "$TREE" || return
	rm -rf "$TMP/cache-steps"
	[[ $(in_tree branch --show-current) == pkvm-smmu && -z $(in_tree remote) &&
		! -e $TREE/.git/objects/info/alternates && -d $TREE/.git && -z $(in_tree status --porcelain) ]] &&
		in_tree fsck --full && [[ $(in_tree rev-list --count base..HEAD) -eq 1 ]]
}

# The files of a kernel are many, and are kept as one.
packed() { [[ $(git -C "$TMP"/cache-steps/pkvm-smmu/src/* count-objects -v | sed -n 's/^in-pack: //p') -ge 2 ]]; }

# A commit with all that a step can hold.
odd_commit() {
	printf '#!/bin/sh\r\n' >"$TREE/run" && chmod +x "$TREE/run"
	mkdir -p "$TREE/odd dir" && printf 'a\0b\r\n' >"$TREE/odd dir/b [x]"
	ln -s run "$TREE/link"
	printf 'one\ntwo\r\n' >"$TREE/kernel.c"
	printf '*.c text eol=crlf diff=bad\nrun text\n' >"$TREE/.gitattributes"
	in_tree add -A -f
	printf 'iommu: caf\351\n\nWhy.\n\nSigned-off-by: T <t@example.org>\n' |
		in_tree -c i18n.commitEncoding=ISO-8859-1 -c core.autocrlf=false commit -q -F - --author='Other <o@example.org>'
}

keeps_all() {
	odd_commit && refresh && same_files || return
	grep -qx "$(printf 'iommu: caf\303\251')" "$SERIES"/0002-*/message &&
		head -n 1 "$SERIES"/0002-*/message | grep -qx 'From: Other <o@example.org>' &&
		[[ $(git -C "$(kernel apply)" log -1 --format=%an) == Other ]]
}

# What the repository itself says, and what stands beside its history.
hostile_repository() {
	in_tree config log.showSignature true && in_tree config diff.noprefix true &&
		in_tree config diff.bad.textconv false && in_tree config diff.external false &&
		in_tree config core.abbrev 5 && in_tree config core.quotePath false &&
		in_tree config color.ui always && in_tree config i18n.logOutputEncoding latin1 &&
		in_tree notes add -m 'a note' &&
		in_tree replace HEAD "$(in_tree commit-tree -m replaced 'HEAD^{tree}')"
}

is_unmoved_by() {
	cp -a "$SERIES" "$TMP/was" && "$@" && refresh && diff -r "$TMP/was" "$SERIES"
}

steps() { grep -v '^#' "$SERIES/series" | tr '\n' ' '; }

# Somebody's name for a folder stays, with another subject or with another content. What is
# new is called by its subject, also where the number of a step changes.
keeps_names() {
	mv "$SERIES/0002-caf" "$SERIES/0002-odd" && sed -i 's/^0002-.*/0002-odd/' "$SERIES/series" &&
		in_tree commit -q --amend -m $'toy: many odd files, each of its own kind\n\nSigned-off-by: T <t@example.org>' &&
		refresh && [[ $(steps) == '0001-toy 0002-odd ' ]] || return
	echo more >>"$TREE/run" && in_tree commit -q -a --amend --no-edit && refresh &&
		[[ $(steps) == '0001-toy 0002-odd ' ]] || return
	in_tree branch kept && echo two >"$TREE/new" && in_tree add new &&
		in_tree commit -q -m $'toy: Put a quite long-winded file here\n\nSigned-off-by: T <t@example.org>' &&
		refresh && [[ $(steps) == '0001-toy 0002-odd 0003-put-a-quite-long ' ]] || return
	in_tree reset -q --hard kept && refresh && [[ $(steps) == '0001-toy 0002-odd ' ]]
}

# A kill at any moment leaves one series or the other.
killed() {
	local n old new
	old=$(hash_tree "$SERIES")
	in_tree commit -q --amend -m $'toy: other\n\nSigned-off-by: T <t@example.org>' &&
		cp -a "$SERIES" "$TMP/old" && refresh && new=$(hash_tree "$SERIES") || return
	for n in 1 2 3 4 5 6 7 8 9 10 11 12; do
		rm -rf "$SERIES" && cp -a "$TMP/old" "$SERIES"
		cat "$TMP/cache-steps/pkvm-smmu/refreshed" >"$TMP/hashes"
		timeout -s KILL "0.$((n * 7 + 10))" bash -c 'exec "$@"' - "${USERS_ENV[@]}" HOME="$TMP/home" \
			XDG_CACHE_HOME="$TMP/cache-steps" scripts/kernel refresh --from "$TREE" --series "$SERIES" >/dev/null 2>&1
		[[ $(hash_tree "$SERIES") == "$old" || $(hash_tree "$SERIES") == "$new" ]] || return
	done
	refresh
}

# What stands beside the series goes only if it is a killed refresh's.
sweeps() {
	mkdir -p "$SERIES.refresh.byhand" "$SERIES.refresh.killed/view" && touch "$SERIES.refresh.byhand/mine" && refresh &&
		[[ -e $SERIES.refresh.byhand/mine && ! -e $SERIES.refresh.killed ]] && rm -r "$SERIES.refresh.byhand"
}

# The series in a repository of its own: what is in no commit is not replaced.
in_repository() {
	git -C "$SERIES" init -q && git -C "$SERIES" add -A &&
		git -C "$SERIES" -c user.name=t -c user.email=t@t commit -q -m series
}

mails() {
	local letter=$TMP/mails/0000-cover-letter.patch
	(cd "$TMP/linux" && git init -q && git add -A && git -c user.name=t -c user.email=t@t commit -q -m t)
	kernel export --to "$TMP/mails" && cat "$letter" &&
		grep -qx 'Subject: \[PATCH 0/[0-9]*\] toy: all of it' "$letter" && grep -qx 'What it is.' "$letter" &&
		! grep -q 'HERE \*\*\*' "$letter" && grep -q '^From: Other <o@example.org>' "$letter" &&
		[[ $(tail -n 1 "$letter") == "base-commit: $(git -C "$TMP/linux" rev-parse HEAD)" ]] &&
		git -C "$TMP/linux" -c user.name=t -c user.email=t@t am -q --keep-cr --empty=drop "$TMP"/mails/*.patch &&
		[[ $(git -C "$TMP/linux" rev-parse 'HEAD^{tree}') == "$(in_tree rev-parse 'HEAD^{tree}')" ]]
}

toy "$TMP"
kernel apply >/dev/null
check "the base lies in a pack" packed
check "apply --to makes a repository that needs nothing of the cache" own_repository
check "modes, odd names, CRLF, attributes, encodings and authors come back" keeps_all
check "what the repository is set to, notes and replaced commits change nothing" is_unmoved_by hostile_repository
in_tree replace -d HEAD >/dev/null
check "a folder keeps its name, and a new one is called by its subject" keeps_names
check "what a killed refresh left goes, and nobody else's folder" sweeps
check "a kill leaves the old series or the new" killed
in_repository
STEP=$SERIES/$(head -n 1 "$SERIES/series")
echo mine >"$STEP/notes"
refuses 1 'notes is in no commit, and refresh replaces' "a file of the user's in a step" refresh
rm "$STEP/notes"
echo 'int mine;' >>"$STEP/files/toy.c"
refuses 1 'toy.c is in no commit' "a step that was edited by hand" refresh
git -C "$SERIES" checkout -q .
in_tree commit -q --amend -m $'toy: again\n\nSigned-off-by: T <t@example.org>'
check "what refresh itself wrote is replaced" eval 'refresh && in_tree commit -q --amend -m $'"'toy: more\n\nSigned-off-by: T <t@example.org>'"' && refresh'
mkdir "$TREE/.git/rebase-merge"
refuses 1 'in the middle of a rebase' "a tree in the middle of a rebase" refresh
rmdir "$TREE/.git/rebase-merge"
refuses 1 'lies in the cache' "apply --to in the cache" kernel apply --to "$TMP/cache-steps/pkvm-smmu/mine"
printf 'toy: all of it\n\nWhat it is.\n' >"$SERIES/cover"
check "the mails have a cover letter with subject, text, shortlog and base, and apply" mails
toy "$TMP/bad"
for name in ../series '*' $'0001-toy\r' 'two words'; do
	echo "$name" >"$TMP/bad/series/series"
	refuses 1 'can be no step' "a step called ${name@Q}" scripts/kernel fetch --series "$TMP/bad/series"
done
echo 0002-gone >"$TMP/bad/series/series"
refuses 1 'names 0002-gone, and there is no such folder' "a step that is not there" scripts/kernel fetch --series "$TMP/bad/series"
check "no temporary folder is left" test -z "$(find "$TMP" -maxdepth 1 -name 'series.*' -o -maxdepth 1 -name 'mine.*')"
done_testing
