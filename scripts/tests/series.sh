#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The series as commits, as folders and as mails: nothing is lost on the way.

. "$(dirname "$0")/tap.sh"
. "$TOP/scripts/lib/mutants.sh"
cd "$TOP"

readonly TREE=$TMP/linux SERIES=$TMP/hyp-patches

tree_of() { git -C "$1" rev-parse "HEAD^{tree}"; }

amend() { git -C "$TREE" -c user.name=t -c user.email=t@t commit -q --amend --no-edit; }

# mails_apply NAME: mails of SERIES on a clean tree give the files that its steps give, TREE's.
# The cover letter, which git am takes for an empty patch, is the first of them. What the
# patches do not touch is in no work tree here, which would take a minute to write.
mails_apply() {
	local src
	src=$(scripts/kernel fetch)
	scripts/kernel export --series "$SERIES" --to "$TMP/$1" >/dev/null &&
		git -C "$src" worktree add -q --no-checkout --detach "$TMP/am.$1" base &&
		git -C "$TMP/am.$1" read-tree HEAD &&
		git -C "$TMP/am.$1" -c user.name=t -c user.email=t@t am -q --empty=drop "$TMP/$1"/*.patch &&
		[[ $(tree_of "$TMP/am.$1") == "$(tree_of "$TREE")" ]]
}

# A file of the last step's own, a change to it, and one to a file of the kernel, amended.
edit_comes_back() {
	local step
	step=$SERIES/$(tail -n 1 "$SERIES/series")
	echo 'int own;' >"$TREE/own.c"
	git -C "$TREE" add own.c && amend && scripts/kernel refresh --series "$SERIES" --from "$TREE" &&
		grep -qx 'int own;' "$step/files/own.c" || return
	echo '/* edited */' >>"$TREE/own.c"
	sed -i '1s/$/ edited/' "$TREE/arch/arm64/kvm/Makefile"
	git -C "$TREE" add -u && amend && scripts/kernel refresh --series "$SERIES" --from "$TREE" &&
		tail -n 1 "$step/files/own.c" | grep -q edited &&
		grep -q '^+.* edited$' "$step"/*arm64-kvm-Makefile.patch
}

# Mutants of the kernel take long to build; that they can be made is told here.
mutants_apply() {
	local name
	while read -r name _; do
		mutate "$name" "$TREE" "$TMP/mutant" || return
	done < <(mutants_of qemu)
}

cp -r hyp-patches "$SERIES"
rm -rf "$SERIES/tests"
check "apply --to makes a tree to edit in" scripts/kernel apply --to "$TREE"
check "the mutants that the isolation cases judge can be made of it" mutants_apply
check "refresh without an edit" scripts/kernel refresh --series "$SERIES" --from "$TREE"
check "changes nothing" diff -r -x tests hyp-patches "$SERIES"
check "the exported mails apply with git am and give the same files" mails_apply mails

echo >>"$TREE/arch/arm64/kvm/Kconfig"
refuses 1 'has uncommitted changes' "refresh: a tree with uncommitted changes" \
	scripts/kernel refresh --series "$SERIES" --from "$TREE"
check "and the series is as before" diff -r -x tests hyp-patches "$SERIES"
git -C "$TREE" checkout -q arch/arm64/kvm/Kconfig
check "an edit comes back into the step" edit_comes_back
check "and its mails give the edited tree" mails_apply edited

git -C "$TREE" -c user.name=t -c user.email=t@t commit -q --allow-empty -m 'no sign-off'
cp -r "$SERIES" "$TMP/before"
refuses 1 'has no Signed-off-by' "refresh: a commit without a sign-off" \
	scripts/kernel refresh --series "$SERIES" --from "$TREE"
check "and the series is as before that, too" diff -r "$TMP/before" "$SERIES"
refuses 1 'exists already' "apply: a folder that exists" scripts/kernel apply --to "$TMP/mails"
refuses 1 'holds patches already' "export: a folder with patches" scripts/kernel export --to "$TMP/mails"
refuses 1 'is no tree made by' "refresh: a folder that is no tree" scripts/kernel refresh --from "$TMP"
rm -rf "$TREE" "$TMP"/am.*
git -C "$(scripts/kernel fetch)" worktree prune
done_testing
