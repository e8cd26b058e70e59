#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What the user has set for other work reaches none of the scripts: git's
# configuration and variables, the shell's, the tools', and where things lie. All of
# it runs on a tree of one Makefile, so no kernel is needed.

. "$(dirname "$0")/tap.sh"
. "$TOP/scripts/tests/toy.sh"
cd "$TOP"

# applied NAME [VARIABLE=VALUE...]: the tree that apply makes in a cache of its own.
applied() {
	local name=$1
	shift
	plain env XDG_CACHE_HOME="$TMP/cache-$name" KERNEL_SRC="$TMP/linux" "$@" \
		scripts/kernel apply --series "$TMP/series"
}

head_of() { git -C "$1" rev-parse HEAD; }

# Each of these, in the configuration of the user, has changed a commit or its text.
hostile_config() {
	mkdir -p "$TMP/hostile/hooks"
	printf '#!/bin/sh\nexit 1\n' >"$TMP/hostile/hooks/pre-commit"
	chmod +x "$TMP/hostile/hooks/pre-commit"
	cat >"$TMP/hostile/.gitconfig" <<CONFIG
[core]
	autocrlf = true
	hooksPath = $TMP/hostile/hooks
	whitespace = tab-in-indent,indent-with-non-tab
	attributesFile = $TMP/hostile/attributes
[commit]
	gpgSign = true
	cleanup = strip
[gpg]
	program = false
[i18n]
	commitEncoding = ISO-8859-1
[log]
	showSignature = true
[diff]
	noprefix = true
	external = false
[color]
	ui = always
[status]
	branch = true
	showUntrackedFiles = all
[apply]
	whitespace = fix
CONFIG
}

same_commit() {
	local tree
	tree=$(applied "$@") && [[ $(head_of "$tree") == "$CLEAN" ]]
}

# A hook of git has GIT_DIR and GIT_INDEX_FILE of the repository that it belongs to.
hook_leaves_alone() {
	local before tree
	git init -q "$TMP/mine" && git -C "$TMP/mine" -c user.name=t -c user.email=t@t commit -q --allow-empty -m first
	before=$(cat "$TMP/mine/.git/config" && head_of "$TMP/mine")
	tree=$(applied hook GIT_DIR="$TMP/mine/.git" GIT_INDEX_FILE="$TMP/mine/.git/index" \
		GIT_WORK_TREE="$TMP/mine" GIT_PREFIX=x/ GIT_NAMESPACE=n) || return
	[[ $before == "$(cat "$TMP/mine/.git/config" && head_of "$TMP/mine")" &&
		$(head_of "$tree") == "$CLEAN" && -z $(git -C "$TMP/mine" status --porcelain) ]]
}

# What the shell and the tools are told. TMOUT would end a read, noglob find no patch.
environment() {
	printf '%s\n' CDPATH=".:$TMP" BASH_ENV="$TMP/bash-env" ENV="$TMP/bash-env" POSIXLY_CORRECT=1 \
		SHELLOPTS=noglob:noclobber BASHOPTS=nullglob:failglob GREP_OPTIONS=-v GREP_COLORS=x \
		TAR_OPTIONS=--frobnicate XZ_OPT=--frobnicate GZIP=-9 MAKEFLAGS=-n MAKELEVEL=3 TMOUT=1 \
		GLOBIGNORE='*' BLOCK_SIZE=1K LANG=de_DE.UTF-8 LC_ALL=tr_TR.UTF-8 LANGUAGE=de TZ=Asia/Kathmandu \
		PERL5OPT=-frobnicate 'BASH_FUNC_git%%=() { echo no; }' 'BASH_FUNC_cd%%=() { echo no; }'
}

umask_leaves_modes() {
	local tree
	tree=$(umask "$1" && applied "umask$1") && [[ $(head_of "$tree") == "$CLEAN" ]] &&
		[[ $(stat -c %a "$tree/Makefile" "$tree/toy.c" | sort -u) == 644 ]]
}

# The user's own commands get back what was put aside, but no GIT_DIR.
users_env_is_back() {
	local said
	said=$(plain env CDPATH=/x LC_ALL=C.UTF-8 TAR_OPTIONS=--y GIT_CONFIG_GLOBAL=/g GIT_DIR=/nowhere bash -c \
		'. scripts/lib/common.sh; "${USERS_ENV[@]}" env') || return
	grep -qx CDPATH=/x <<<"$said" && grep -qx LC_ALL=C.UTF-8 <<<"$said" && grep -qx TAR_OPTIONS=--y <<<"$said" &&
		grep -qx GIT_CONFIG_GLOBAL=/g <<<"$said" && ! grep -qE '^GIT_(DIR|CONFIG_COUNT|PAGER)=' <<<"$said"
}

users_env_twice() {
	local said
	said=$(plain bash -c '. scripts/lib/common.sh; bash -c "$1"' - \
		'. scripts/lib/common.sh; "${USERS_ENV[@]}" env') || return
	! grep -E '^GIT_(CONFIG_GLOBAL|CONFIG_COUNT|CONFIG_NOSYSTEM|TEMPLATE_DIR|NO_REPLACE_OBJECTS)=' <<<"$said"
}

# said_of STATUS PATTERN DIR: what git_said makes of DIR, for someone who owns nothing.
said_of() {
	plain env GIT_TEST_ASSUME_DIFFERENT_OWNER=1 bash -c '. scripts/lib/common.sh
		status=0
		git_said "$1" || status=$?
		echo "$status $GIT_SAID"' - "$3" >"$TMP/git-said" && cat "$TMP/git-said" &&
		grep -qE "^$1 $2" "$TMP/git-said" && [[ $(wc -l <"$TMP/git-said") -eq 1 ]]
}

trusts() {
	plain git config --global safe.directory "$1" && said_of "$2" "$3" "$TMP/mine"
}

# clone_at NAME: the scripts and the Makefile, as a clone in a folder called so.
clone_at() {
	mkdir -p "$TMP/at/$1" && cp -r scripts Makefile "$TMP/at/$1/"
}

# clone_with VALUE...: a clone made by someone whose git changes the ends of lines has
# the files of this tree, and git sees no change in it.
clone_with() {
	local value options=()
	for value; do options+=(-c "$value"); done
	rm -rf "$TMP/clone"
	plain git "${options[@]}" clone -q --no-hardlinks "$TOP" "$TMP/clone" || return
	for value; do git -C "$TMP/clone" config "${value%%=*}" "${value#*=}"; done
	[[ -z $(plain git -C "$TMP/clone" status --porcelain) ]] &&
		! grep -rlI $'\r$' "$TMP/clone" --exclude-dir=.git --exclude-dir=corpus && [[ $(hash_tree "$TMP/clone/hyp-patches") == "$(
			git archive --prefix=committed/ HEAD hyp-patches | tar x -C "$TMP" && hash_tree "$TMP/committed/hyp-patches")" ]] &&
		plain "$TMP/clone/scripts/vm" --help | grep -q '^Usage:' && plain make -s -n -C "$TMP/clone" run
}

toy "$TMP"
hostile_config
CLEAN=$(head_of "$(applied clean)")
check "apply gives the same commit under a hostile configuration of git" same_commit config HOME="$TMP/hostile"
check "and with it in the environment" same_commit variables GIT_CONFIG_GLOBAL="$TMP/hostile/.gitconfig" \
	GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=commit.gpgSign GIT_CONFIG_VALUE_0=true \
	GIT_CONFIG_PARAMETERS="'i18n.commitEncoding'='latin1'" GIT_AUTHOR_NAME=x GIT_COMMITTER_NAME=x \
	GIT_COMMITTER_EMAIL=x GIT_COMMITTER_DATE=@1 GIT_EXTERNAL_DIFF=false GIT_TEMPLATE_DIR="$TMP/hostile" \
	GIT_CEILING_DIRECTORIES=/ GIT_ATTR_SOURCE=x GIT_DEFAULT_HASH=sha256 GIT_TRACE=1 GIT_LITERAL_PATHSPECS=1
check "from a hook, and the user's repository is left alone" hook_leaves_alone
echo 'cd() { echo no; }; alias grep=false; set -f' >"$TMP/bash-env"
mapfile -t variables < <(environment)
check "with ${#variables[@]} variables of the shell and the tools" same_commit shell "${variables[@]}"
check "and the scripts find each other" plain env "${variables[@]}" env -C scripts ./vm --help
for mask in 000 027 077; do check "with umask $mask, modes included" umask_leaves_modes "$mask"; done
check "the user's own commands get their environment back" users_env_is_back

check "with what git asks them for" bash -c 'export GIT_SSH_COMMAND="ssh -i key"
	. scripts/lib/common.sh; [[ $("${USERS_ENV[@]}" printenv GIT_SSH_COMMAND) == "ssh -i key" ]]'
check "also where one script of ours calls another" users_env_twice
check "git config --global writes nowhere" eval '[[ ! -e ${GIT_CONFIG_GLOBAL%/*} ]] && ! git config --global a.b c'

check "git's own words on a folder of someone else's, with the way out" \
	said_of 2 "detected dubious ownership .*: git config --global --add safe.directory" "$TMP/mine"
check "a folder that the user trusts is taken" trusts "$TMP/mine" 0 '$'
check "and refused again once all trust is taken back" trusts '' 2 detected
check "a folder in no repository" said_of 1 'not a git repository' /
mkdir "$TMP/broken" && echo 'gitdir: /nowhere' >"$TMP/broken/.git"
check "a repository that is damaged" said_of 2 'not a git repository: /nowhere' "$TMP/broken"

check "a clone under core.autocrlf" clone_with core.autocrlf=true
check "and under core.eol" clone_with core.autocrlf=true core.eol=crlf
check "and under core.eol alone" clone_with core.autocrlf=false core.eol=crlf

for name in 'my clone' 'a$b' 'a#b' "a'b" 'a"b' 'a:b' 'a%b' 'a\b' 'a*b' $'a\nb' 'a,b' 'a=b'; do
	clone_at "$name"
	refuses 1 '^kernel: the clone .* in its path' "a clone in ${name@Q}" "$TMP/at/$name/scripts/kernel" fetch
	refuses 2 'the clone .* in its path.*; move it' "make help there" make -C "$TMP/at/$name" help
	refuses 1 'the cache .* set XDG_CACHE_HOME' "a cache in ${name@Q}" \
		env XDG_CACHE_HOME="$TMP/at/$name" scripts/kernel fetch
done
for name in ünï -dash a@b+c~d^e; do
	clone_at "$name"
	check "a clone in ${name@Q} works" make -C "$TMP/at/$name" help
done
refuses 1 'no whole path; set XDG_CACHE_HOME' "a cache by a relative path" env XDG_CACHE_HOME=x scripts/kernel fetch
refuses 1 'no whole path; set XDG_CACHE_HOME' "no HOME" env -u HOME -u XDG_CACHE_HOME scripts/kernel fetch
done_testing
