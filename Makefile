# SPDX-License-Identifier: GPL-2.0-only

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

# The shell scripts put aside what the user's environment holds; of a recipe's own
# commands only these would heed it.
unexport CDPATH BASH_ENV ENV GREP_OPTIONS POSIXLY_CORRECT

# Where nothing can be built, one line says so, and not an error of make's about a part
# of the path.
REFUSAL := $(shell bash -c '. scripts/lib/common.sh' make 2>&1)
ifneq ($(.SHELLSTATUS),0)
$(error $(REFUSAL))
endif

BUILD := $(CURDIR)/.build
# Parts of `make check`; each also runs alone as `make check-NAME`. Long ones come first, so
# that no core waits for the last of them.
PARTS := readme style units gate robust identity boot isolation bisect series figures paths model \
	mutants-model fuzz qtest boards scripts cache neutral steps fault ktap
# Parts of `make check-full`.
FULL := mutants full bisect-full prefix selftests soak fuzz-full gate-full model-full paravirt profile bare
# Guests have one CPU, so two parts at once make use of two.
JOBS := $(shell n=$$(nproc); [ $$n -gt 4 ] && n=4; echo $$n)

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-16s %s\n", $$1, $$2 }' Makefile

baseline: setup ## measure the figures that CI judges against; commit them with the change that moved them
	@scripts/gate --update

run: setup ## set up, run the quick suite in every mode, write results/latest/
	@scripts/bench --suite quick --isolation

check: setup ## set up, run every test that fits in CI's time
	@scripts/check --jobs $(JOBS) $(PARTS)

check-full: setup ## the rest: prefixes, page sizes, CPU models, the debug kernel, a bisection of kernels, KVM selftests
	@scripts/check --jobs $(JOBS) --keep results/check-full.txt --all "$(FULL)" $(FULL)

check-mutants: setup ## one part of check-full: kernels broken on purpose, and the real DMA that catches them
	@scripts/check mutants

check-soak: setup ## one part of check-full: ten minutes of guests, disks and hostile calls under little memory
	@scripts/check soak

check-profile: setup ## one part of check-full: profiles that are exact, and disturb no figure
	@scripts/check profile

check-style: setup ## one part: warnings of two compilers, shellcheck, commits
check-units: setup ## one part: unit tests under ASan and UBSan
check-scripts: setup ## one part: setup, kernel and vm, right and wrong arguments
check-neutral: setup ## one part: the user's git, environment and paths, which reach nothing
check-cache: setup ## one part: who waits for whom in the cache, and which source trees are refused
check-steps: setup ## one part: a tree of one's own and back, on a toy
check-series: setup ## one part: the series as commits, folders and mails
check-boot: setup ## one part: what the guest can do and what the kernel refuses
check-identity: setup ## one part: machines that identity boots on, and those it refuses
check-isolation: setup ## one part: what devices reach, tried by real DMA
check-model: setup ## one part: EL2's code on this machine, against a model of an SMMU
check-mutants-model: setup ## one part: EL2's code broken on purpose, and the tests on the model that catch it
check-fuzz: setup ## one part: EL2's code against sequences of libFuzzer's, and against threads
check-qtest: setup ## one part: the model of an SMMU against QEMU's, on random sequences
check-boards: setup ## one part: discovery on the device trees of 165 boards
check-figures: setup ## one part: determinism, a planted nop, dma_map_benchmark
check-paths: setup ## one part: the same binaries and figures from another folder and environment
check-gate: setup ## one part: that the gate can fail, and goes on where it was cut off
check-bisect: setup ## one part: bisection on a toy history, interrupted, killed and lied to
check-fault: setup ## one part: whether a commit or this machine is blamed for a failure
check-ktap: setup ## one part: what make check itself counts, shows and keeps
check-readme: setup ## one part: each command that README shows, and the figures of make run against those that landed
check-robust: setup ## one part: ^C, kills, resume, a full disk, damaged results
$(PARTS:%=check-%):
	@scripts/check $(@:check-%=%)

setup: ## install what is missing on this Debian
	@scripts/setup

kernel: setup ## fetch, patch, configure and build the kernel
	@scripts/kernel build

# Several parts of a check build here at once, and would take the files of one another.
alone := mkdir -p $(BUILD) && { flock -n $(BUILD)/.lock true || \
	echo 'make: waiting for another run that builds in $(BUILD)' >&2; } && flock $(BUILD)/.lock

tools: ## build smmustat and smmubench, which need no kernel
	@$(alone) $(MAKE) -s -C analysis O=$(BUILD)/analysis
	@$(alone) $(MAKE) -s -C bench O=$(BUILD)/bench runner host

module: ## build the bench module; KDIR=folder of a built kernel
	@$(alone) $(MAKE) -s -C bench O=$(BUILD)/bench KDIR='$(if $(word 2,$(KDIR)),$(KDIR),$(abspath $(KDIR)))' module

clean: ## remove what was built here; the cache in ~/.cache stays
	rm -rf $(BUILD)

.PHONY: help baseline run check check-full check-mutants check-soak check-profile setup kernel tools module clean $(PARTS:%=check-%)
