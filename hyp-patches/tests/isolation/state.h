/* SPDX-License-Identifier: GPL-2.0-only */
/* The numbers that EL2 shows of itself, as a list of names and values. */

#ifndef ISOLATION_STATE_H
#define ISOLATION_STATE_H

#include <stddef.h>
#include <stdint.h>

#define STATE_MEMORY	"/sys/kernel/pkvm_iommu/memory"
#define STATE_COUNTERS	"/sys/kernel/pkvm_iommu/counters"

#define STATE_MAX	48

struct state {
	size_t n;
	struct {
		char name[40];
		uint64_t value;
	} line[STATE_MAX];
};

/* Reads a file of lines "name value". 0, -ENOENT where the mode has none, or -errno. */
int state_read(struct state *state, const char *path);

/* Says in a KTAP comment what differs. Return: how many lines do. */
size_t state_differences(const struct state *before, const struct state *after);

/* What the line called @name holds, or 0. */
uint64_t state_value(const struct state *state, const char *name);

/**
 * struct holdings - what EL2 has for IOMMUs, of what sysfs shows at one time
 * @own: bytes, but for what the host gave to it
 * @tables: bytes of page tables, but for those of blocks of the mirror that were split, which
 *	    stay for ever
 */
struct holdings {
	uint64_t own;
	uint64_t tables;
};

struct holdings state_holdings(void);

#endif /* ISOLATION_STATE_H */
