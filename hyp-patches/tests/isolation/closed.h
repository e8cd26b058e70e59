/* SPDX-License-Identifier: GPL-2.0-only */
/* The pages of RAM that the hypervisor keeps the CPU from. */

#ifndef ISOLATION_CLOSED_H
#define ISOLATION_CLOSED_H

#include "fixture.h"

/* @visit: called for each such page; what it returns but 0 ends the walk. */
struct closed_visitor {
	int (*visit)(struct fixture *f, uint64_t phys, void *arg);
	void *arg;
};

/**
 * closed_pages() - have the CPU read each page of RAM once
 * @count: how many aborted
 * @visitor: or NULL
 *
 * Return: 0, what @visitor returned, or -errno.
 */
int closed_pages(struct fixture *f, size_t *count, const struct closed_visitor *visitor);

#endif /* ISOLATION_CLOSED_H */
