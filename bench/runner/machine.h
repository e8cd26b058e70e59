/* SPDX-License-Identifier: GPL-2.0-only */
/* What this machine is and runs: for doctor, and for `setup` in results. */

#ifndef SMMUBENCH_MACHINE_H
#define SMMUBENCH_MACHINE_H

#include <stdbool.h>
#include <stddef.h>

#include "abi.h"

#define SUITE_VERSION	"1"
#define MODULE_PATH	"/dev/smmubench"

struct json;

/* Who owns the SMMUs, and what EL2 says of those that it owns. */
#define PKVM_IOMMU	"/sys/kernel/pkvm_iommu"

/**
 * struct machine - what does not change during a run
 * @fd: of the module, or -1
 * @info: valid with @fd
 * @mode: of the kernel, empty when it has no such file (an upstream kernel)
 * @virt: an emulator's or hypervisor's machine: its cycles are no cycles
 */
struct machine {
	int fd;
	struct smmubench_info info;
	char mode[32];
	bool virt;
};

/**
 * machine_open() - ask the module and the kernel
 *
 * Return: 0; or -errno when the module is absent or of another version, with
 * everything else filled in.
 */
int machine_open(struct machine *m);
void machine_close(struct machine *m);

const char *kvm_mode_name(unsigned int mode);

/* Devices have no IOMMU group when EL2 owns the SMMU and translates nothing. */
bool machine_is_native(const struct machine *m);
bool machine_is_identity(const struct machine *m);

/* Why counter @i cannot be had, in words; NULL if it can. */
const char *counter_problem(const struct machine *m, unsigned int i, int error);
const char *counter_name(unsigned int i);

/* Why EL2's counters cannot be had, in words; NULL if they can. */
const char *el2_problem(int error);

/**
 * machine_kernel_log() - lines of the kernel log, without times and levels
 * @prefix: only lines that start like this; cut off up to the next ": "
 *
 * Return: joined by "; ", allocated; NULL if there are none.
 */
char *machine_kernel_log(const char *prefix);

/**
 * machine_write_setup() - the `setup` object of a run
 * @extra: "KEY=VALUE" strings of the caller
 */
void machine_write_setup(const struct machine *m, struct json *j, const char *clock,
			 const char *const *extra, size_t nr_extra);

/*
 * Whether a caller may say this: not what is read from the machine, and no clock
 * other than @clock, the one asked for (NULL for none).
 */
bool machine_setup_key_ok(const char *pair, const char *clock);

#endif /* SMMUBENCH_MACHINE_H */
