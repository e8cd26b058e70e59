# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What a user has set for work of their own, in the environment and in git's
# configuration, must not change what the scripts do. It is put aside here, once,
# for this shell and all that it starts; common.sh sources this before anything else.
#
#   "${USERS_ENV[@]}" COMMAND...   runs COMMAND, which is the user's, with what
#                                  was put aside; GIT_DIR and its like stay away,
#                                  since they point to one certain repository
#   git_said DIR                   see below

# Functions and aliases that came with the environment or with BASH_ENV, before there
# are any of ours.
for USERS_FUNCTION in $(compgen -A function); do unset -f "$USERS_FUNCTION"; done
unset -v USERS_FUNCTION
unalias -a

# A prefix for the user's own commands. An option of env, such as --chdir, can
# stand in another env before it.
USERS_ENV=(env)

# set_aside NAME...: out of the environment, and into that of the user's commands.
set_aside() {
	local name
	for name; do
		[[ -z ${!name+set} ]] || [[ ${!name@a} != *x* ]] || users_values+=("$name=${!name}")
		unset -v "$name" 2>/dev/null || true
	done
}

# The shell's own: options that came with the environment, and variables that change
# what its commands do.
neutral_shell() {
	local option
	set +o posix
	if [[ ${SHELLOPTS@a} == *x* ]]; then
		for option in allexport keyword noclobber noexec noglob physical verbose xtrace; do
			set +o "$option"
		done
	fi
	if [[ ${BASHOPTS@a} == *x* ]]; then
		shopt -u nullglob failglob dotglob nocaseglob nocasematch globstar extdebug xpg_echo \
			lastpipe expand_aliases localvar_inherit cdable_vars
	fi
	# They cannot be unset; what they hold are the options of the moment.
	export -n SHELLOPTS BASHOPTS
	set_aside CDPATH BASH_ENV ENV POSIXLY_CORRECT GLOBIGNORE EXECIGNORE BASH_COMPAT FUNCNEST \
		TMOUT BASH_XTRACEFD
	SECONDS=0
	umask 022
}

# What the tools read that the scripts call. Those of compilers are for the
# Makefiles, which are also called directly.
neutral_tools() {
	set_aside GREP_OPTIONS GREP_COLOR GREP_COLORS TAR_OPTIONS TAPE GZIP XZ_OPT XZ_DEFAULTS \
		ZSTD_CLEVEL BLOCK_SIZE BLOCKSIZE DF_BLOCK_SIZE DU_BLOCK_SIZE LS_BLOCK_SIZE QUOTING_STYLE \
		TIME_STYLE VERSION_CONTROL SIMPLE_BACKUP_SUFFIX AWKPATH AWKLIBPATH GAWK_READ_TIMEOUT \
		PERL5OPT PERL5LIB PERLLIB PERL_UNICODE PERL5DB \
		MAKEFLAGS MFLAGS GNUMAKEFLAGS MAKEOVERRIDES MAKEFILES MAKELEVEL MAKE_TERMOUT MAKE_TERMERR LC_ALL
	# Sorting and messages must not depend on the user's language.
	export LC_ALL=C
}

# Values of git's configuration that a repository's own may set otherwise, and that
# change what git reads, writes or prints.
neutral_values() {
	printf '%s\n' \
		core.attributesFile=/dev/null core.autocrlf=false core.eol=lf core.excludesFile=/dev/null \
		core.fsmonitor=false core.hooksPath=/dev/null core.pager=cat core.quotePath=true \
		core.safecrlf=false core.untrackedCache=false core.abbrev=auto \
		core.whitespace=blank-at-eol,blank-at-eof,space-before-tab \
		color.ui=false color.branch=false color.diff=false color.grep=false color.status=false \
		column.ui=never advice.detachedHead=false \
		am.keepcr=false am.threeWay=false apply.ignoreWhitespace=no apply.whitespace=warn \
		clone.defaultRemoteName=origin clone.rejectShallow=false \
		commit.cleanup=whitespace commit.gpgSign=false commit.verbose=false \
		diff.algorithm=myers diff.colorMoved=no diff.context=3 diff.ignoreSubmodules=none \
		diff.indentHeuristic=true diff.interHunkContext=0 diff.mnemonicPrefix=false \
		diff.noprefix=false diff.orderFile=/dev/null diff.relative=false diff.renames=false \
		diff.submodule=short diff.suppressBlankEmpty=false \
		format.coverLetter=false format.from=false format.numbered=auto format.pretty=medium \
		format.signature= format.signOff=false format.suffix=.patch format.thread=false \
		format.useAutoBase=false \
		gc.auto=0 maintenance.auto=false init.defaultBranch=main \
		i18n.commitEncoding=UTF-8 i18n.logOutputEncoding=UTF-8 \
		log.abbrevCommit=false log.date=default log.decorate=false log.follow=false \
		log.mailmap=false log.showRoot=true log.showSignature=false \
		merge.conflictStyle=merge merge.ff=true merge.renames=true merge.verifySignatures=false \
		rerere.enabled=false status.branch=false status.relativePaths=true \
		status.short=false status.showStash=false status.showUntrackedFiles=normal \
		status.submoduleSummary=false submodule.recurse=false \
		tag.forceSignAnnotated=false tag.gpgSign=false tar.umask=0022
}

# The folders whose owner the user told git to trust: those that git itself would
# honour, which are none of a repository's own. An empty one takes back those before.
trusted_folders() {
	local scope value
	while read -r -d '' scope && read -r -d '' value; do
		case $scope in
		system | global | command) printf 'safe.directory=%s\0' "$value" ;;
		esac
	done < <(cd / && unset GIT_DIR GIT_COMMON_DIR GIT_WORK_TREE GIT_CONFIG &&
		git config --show-scope -z --get-all safe.directory 2>/dev/null)
}

# In place of the user's configuration: a file that cannot be made, not even by root, for
# whom "git config --global" would put a file in the place of /dev/null.
readonly NO_CONFIG=/proc/nonexistent/gitconfig

# Of the variables that git reads only those stay that say how to reach a network and
# where git's own programs are. The configuration comes from the environment alone, so
# that it holds for each git that anything here starts.
neutral_git() {
	local name value n=0 values users_git=()
	mapfile -d '' -t values < <(neutral_values | tr '\n' '\0' && trusted_folders)
	# What another script of ours set for this one is nothing of the user's.
	[[ ${GIT_CONFIG_GLOBAL-} != "$NO_CONFIG" ]] || unset -v GIT_CONFIG_COUNT GIT_CONFIG_GLOBAL \
		GIT_CONFIG_NOSYSTEM GIT_ATTR_NOSYSTEM GIT_TEMPLATE_DIR GIT_PAGER GIT_NO_REPLACE_OBJECTS \
		GIT_OPTIONAL_LOCKS
	for name in "${!GIT_@}"; do
		case $name in
		GIT_SSH* | GIT_SSL_* | GIT_ASKPASS | GIT_PROXY_COMMAND | GIT_EXEC_PATH | \
			GIT_ALLOW_PROTOCOL | GIT_TEST_ASSUME_DIFFERENT_OWNER) continue ;;
		esac
		users_git+=("$name")
	done
	set_aside "${users_git[@]}"
	for value in "${values[@]}"; do
		export "GIT_CONFIG_KEY_$n=${value%%=*}" "GIT_CONFIG_VALUE_$n=${value#*=}"
		n=$((n + 1))
	done
	export GIT_CONFIG_COUNT=$n GIT_CONFIG_GLOBAL=$NO_CONFIG GIT_CONFIG_NOSYSTEM=1 \
		GIT_ATTR_NOSYSTEM=1 GIT_TEMPLATE_DIR='' GIT_PAGER=cat GIT_NO_REPLACE_OBJECTS=1 \
		GIT_OPTIONAL_LOCKS=0
}

# users_command: USERS_ENV becomes the way back, for which what was set above has to
# go and what was set aside has to return.
users_command() {
	local name pair
	# Without the count, keys and values of the configuration mean nothing.
	for name in LC_ALL "${!GIT_@}"; do
		case $name in
		GIT_CONFIG_[KV]*) ;;
		# Those that neutral_git leaves are the user's still.
		GIT_SSH* | GIT_SSL_* | GIT_ASKPASS | GIT_PROXY_COMMAND | GIT_EXEC_PATH | \
			GIT_ALLOW_PROTOCOL | GIT_TEST_ASSUME_DIFFERENT_OWNER) ;;
		*) USERS_ENV+=(-u "$name") ;;
		esac
	done
	for pair in "${users_values[@]}"; do
		case $pair in
		GIT_DIR=* | GIT_WORK_TREE=* | GIT_COMMON_DIR=* | GIT_INDEX_FILE=* | GIT_OBJECT_DIRECTORY=* | \
			GIT_ALTERNATE_OBJECT_DIRECTORIES=* | GIT_PREFIX=* | GIT_GRAFT_FILE=* | \
			GIT_SHALLOW_FILE=* | GIT_NAMESPACE=* | GIT_CONFIG=* | GIT_CONFIG_PARAMETERS=* | \
			GIT_CONFIG_COUNT=* | GIT_CONFIG_KEY_* | GIT_CONFIG_VALUE_* | GIT_IMPLICIT_WORK_TREE=* | \
			GIT_INTERNAL_SUPER_PREFIX=*) ;;
		*) USERS_ENV+=("$pair") ;;
		esac
	done
}

# one_line TEXT: what a tool said, in one line and without git's "fatal: ".
one_line() {
	local text
	text=$(tr -s '\n\t ' '   ' <<<"${1#fatal: }")
	printf '%s\n' "${text% }"
}

# git_said DIR: whether DIR lies in a git repository. Status 0: it does. 1: it does
# not. 2: git cannot say, for example since someone else owns it; then GIT_SAID is
# what git says, in one line, with the way out that git names.
git_said() {
	GIT_SAID=
	GIT_SAID=$(git -C "$1" rev-parse --git-dir 2>&1 >/dev/null) && GIT_SAID= && return
	GIT_SAID=$(one_line "$GIT_SAID")
	# The other ways to lack a repository have one that is damaged, or out of reach.
	[[ $GIT_SAID != 'not a git repository (or any '* ]] || return 1
	return 2
}

users_values=()
neutral_shell
neutral_tools
neutral_git
users_command
unset -v users_values
