# SPDX-License-Identifier: GPL-2.0-only
#
# Headers for the kernel's files of the host's side that are compiled into a program: kernel.h
# takes the place of each that they include, but those of the C library and those that are
# read as they are. Whoever includes this sets TREE and, to paths below it,
#
#   real        of include/: those that are read as they are
#   arch_real   the same of arch/arm64/include/
#   read_c      all files, absolute, whose includes are to be there

define headers
	sed -nE 's/^#[ \t]*include[ \t]+<((linux|asm|kunit|uapi)\/[^>]*)>.*/\1/p' $(read_c) | sort -u | \
	grep -vE '^(linux|asm)/(errno|limits)\.h$$' | \
	while read -r h; do mkdir -p $(@D)/$${h%/*} && echo '#include <kernel.h>' >$(@D)/$$h; done && \
	for h in $(real); do mkdir -p $(@D)/$${h%/*} && echo "#include \"$(TREE)/include/$$h\"" >$(@D)/$$h; done && \
	for h in $(arch_real); do echo "#include \"$(TREE)/arch/arm64/include/$$h\"" >$(@D)/$$h; done
endef
