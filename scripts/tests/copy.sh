# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash

# copy_here DIR: a repository, without a commit yet, of the current folder's tree as it
# lies there, what is in no commit included.
copy_here() {
	mkdir "$1" && git ls-files -z -co --exclude-standard | tar c --null -T - | tar x -C "$1" &&
		git init -q -b main "$1"
}
