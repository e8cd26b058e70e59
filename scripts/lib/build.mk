# SPDX-License-Identifier: GPL-2.0-only
#
# How the Makefiles here compile. Figures move with the bytes of what measures, so
# these follow from the sources, the compiler and the flags that are written here:
# not from where the clone lies, nor from what the caller's environment holds for
# other projects (CFLAGS, CPATH, ARCH, LLVM, KCFLAGS, ...).
#
#   CROSS_COMPILE   the compiler for arm64; the environment's counts as well
#
# and of make's command line alone, for what runs on the machine that builds:
#
#   CC, HOSTCC, PKG_CONFIG, OBJCOPY, EXTRA_CFLAGS, EXTRA_LDFLAGS
#
# Whoever includes this sets src and out, absolute, and may set KDIR.

ifneq ($(shell uname -m),aarch64)
CROSS_COMPILE ?= aarch64-linux-gnu-
endif

# $(call given,NAME,DEFAULT): what the command line says.
given = $(if $(filter command,$(origin $1)),$($1),$2)

# All that a compiler gets to see of the environment.
clean_env := env -i PATH="$$PATH" HOME="$$HOME" LC_ALL=C $${TMPDIR:+TMPDIR="$$TMPDIR"}

# Clone after clone, scripts/check builds the same programs: CHECK_CCACHE is the folder of
# a compiler cache for what runs on this machine.
root := $(abspath $(dir $(lastword $(MAKEFILE_LIST)))../..)
host_cache := $(if $(CHECK_CCACHE),CCACHE_DIR='$(CHECK_CCACHE)' CCACHE_BASEDIR='$(root)' CCACHE_NOHASHDIR=1 CCACHE_MAXSIZE=4G ccache)
host_cc := $(clean_env) $(host_cache) $(call given,HOSTCC,$(call given,CC,cc))
# What a file depends on; the cache sees relative paths, and make needs the target's own.
depend = -MMD -MP -MT $@
host_cflags := -O2 -g
extra_cflags := $(call given,EXTRA_CFLAGS)
extra_ldflags := $(call given,EXTRA_LDFLAGS)
pkg_config := $(clean_env) $(call given,PKG_CONFIG,pkg-config)

target_cc := $(CROSS_COMPILE)gcc
target_gcc := $(clean_env) $(target_cc)
override target_cflags := -O2 -g
# Of two that fit, the later one counts.
override same_paths := $(foreach d,$(root) $(CURDIR) $(src),-ffile-prefix-map=$d=.)

# Flags change with these.
makefiles := $(MAKEFILE_LIST)

# $(call fail,TEXT): one line, for make to stop at.
fail = { printf '%s\n' "$1" >&2; exit 2; }
comma := ,

# $(call say_version,VARIABLE,COMMAND): the shell's VARIABLE becomes the first line
# that COMMAND --version prints, fit for a string of C.
say_version = $1=$$($2 --version 2>/dev/null | head -n 1 | tr -d '"\\') && test -n "$$$1" || \
	$(call fail,$(lastword $2) --version says nothing; see that it runs)

# $(call write_header,TEXT): $@ defines BUILT_WITH as TEXT, a double-quoted word of the
# shell, and keeps its date if it did so already, by the same Makefiles.
write_header = sum=$$(cat $(makefiles) | sha256sum | cut -c1-16) && test -n "$$sum" && \
	printf '\#define BUILT_WITH "%s"\n/* by Makefiles %s%s */\n' $1 "$$sum" "$2" >$@.new && \
	{ if cmp -s $@.new $@; then rm $@.new; else mv $@.new $@; fi; }

# Recipes for such a header, on which all depends that is compiled by it. What runs on
# the target says in its results what it was built with.
define host_built_with
	$(Q)mkdir -p $(@D)
	$(Q)$(call say_version,cc,$(host_cc)); \
	$(call write_header,"$$cc$(comma) $(strip $(host_cflags) $(extra_cflags) $(extra_ldflags))")
endef

define target_built_with
	$(Q)mkdir -p $(@D)
	$(Q)$(need_target_cc); \
	$(call say_version,cc,$(target_gcc)); \
	$(call say_version,ld,$(clean_env) $$($(target_gcc) -print-prog-name=ld)); \
	libc=$$($(target_gcc) -print-file-name=libc.a) && test -r "$$libc" || \
		$(call fail,$(target_cc) has no static libc; install libc6-dev-arm64-cross or its like); \
	libc=$$(sha256sum <"$$libc" | cut -c1-16) && test -n "$$libc" && \
	$(call write_header,"$$cc$(comma) $$ld$(comma) libc $$libc$(comma) $(target_cflags)")
endef

no_compiler := unset CROSS_COMPILE, or set it to the prefix of a compiler for arm64
define need_target_cc
machine=$$($(target_gcc) -dumpmachine 2>/dev/null) || \
	$(call fail,$(target_cc) is missing; $(if $(filter file,$(origin CROSS_COMPILE)),run scripts/setup,$(no_compiler))); \
case $$machine in aarch64-*linux*) ;; \
	*) $(call fail,$(target_cc) compiles for $$machine; $(no_compiler)) ;; esac
endef

ifneq ($(KDIR),)
# A kernel's modules are built by the kind of compiler that built it.
kdir := $(abspath $(KDIR))
kernel_has = $(shell grep -sqx 'CONFIG_$1=y' '$(kdir)/.config' && echo y)
kernel_by_clang := $(call kernel_has,CC_IS_CLANG)
kernel_by_lld := $(call kernel_has,LD_IS_LLD)
module_cc := $(if $(kernel_by_clang),clang,$(target_cc))
module_tools := $(if $(kernel_by_clang),$(if $(kernel_by_lld),LLVM=1,CC=clang))
# What is made again when the kernel is.
kernel_made := $(wildcard $(kdir)/Module.symvers $(kdir)/include/generated/autoconf.h)

# Whether KDIR is a kernel that modules can be built for: one line, before any work.
define need_kdir
$(if $(word 2,$(KDIR)),$(call fail,KDIR=$(KDIR) has a space in it: kbuild takes none; give another path to it);) \
	test -d $(kdir) || $(call fail,KDIR=$(KDIR): there is no such folder); \
	test -r $(kdir)/Makefile || $(call fail,KDIR=$(KDIR) is no build of a kernel: it has no Makefile); \
	test -r $(kdir)/.config || $(call fail,KDIR=$(KDIR) is not configured: build the kernel there first); \
	grep -qx CONFIG_ARM64=y $(kdir)/.config || $(call fail,KDIR=$(KDIR) is a kernel for another architecture than arm64); \
	grep -qx CONFIG_MODULES=y $(kdir)/.config || $(call fail,KDIR=$(KDIR) takes no modules: it lacks CONFIG_MODULES=y); \
	test -r $(kdir)/include/generated/autoconf.h || $(call fail,KDIR=$(KDIR) is not built: make Image modules there first); \
	test -r $(kdir)/Module.symvers || $(call fail,KDIR=$(KDIR) has no Module.symvers: make modules there first); \
	for c in $(module_cc) $(if $(filter LLVM=1,$(module_tools)),ld.lld llvm-ar llvm-nm); do command -v $$c >/dev/null || \
		$(call fail,KDIR=$(KDIR) was built by $(if $(kernel_by_clang),clang,gcc): this machine lacks $$c); done
endef

# A recipe for a header BUILT_WITH of what kbuild compiles for KDIR. Another kernel
# needs another module, however old its files are.
define module_built_with
	$(Q)$(need_kdir)
	$(Q)$(if $(kernel_by_clang),:,$(need_target_cc))
	$(Q)mkdir -p $(@D)
	$(Q)$(call say_version,cc,$(clean_env) $(module_cc)); \
	$(call write_header,"$$cc$1", for $(kdir))
endef

# $(call build_module,DIR,ROOT): kbuild in DIR, of which ROOT and what lies below has
# been copied there, since it writes beside the sources.
module_make := $(MAKE)
build_module = $(clean_env) $(module_make) -C $(kdir) -s M=$1 ARCH=arm64 \
	CROSS_COMPILE=$(CROSS_COMPILE) $(module_tools) $(if $(call given,KBUILD_W),W=$(KBUILD_W)) \
	KCFLAGS='$(foreach d,$(kdir) $(realpath $(kdir) $(kdir)/source),-ffile-prefix-map=$d=linux) \
		-ffile-prefix-map=$2=.' modules
endif
