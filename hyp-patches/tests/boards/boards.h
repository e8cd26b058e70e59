/* SPDX-License-Identifier: GPL-2.0-only */
/* What the parts of this program share. */

#ifndef BOARDS_H
#define BOARDS_H

#include <kernel.h>
#include <linux/of.h>

/* Exit status of the program. */
#define EX_RUNS	  0 /* the boot goes on */
#define EX_STOPS  1 /* it stops, with a line */
#define EX_USAGE  2
#define EX_BROKEN 4 /* the code under test did what would harm a machine */

/**
 * tree_read() - the tree that a boot with this blob has, at of_root
 * @file: a flattened device tree
 *
 * Return: the blob, or NULL after a message.
 */
const void *tree_read(const char *file);

/* Whether the node and all that it lies in are there. */
bool tree_live(const struct device_node *np);

/* memblock, as the tree's memory nodes and reservations make it. */
void memory_scan(const void *blob);

/* What EL2 would have done with the SMMUs that were described to it. */
void machine_take(void);

/* Runs the initcalls of levels FROM to TO, both included. */
void initcalls_run(enum initcall_level from, enum initcall_level to);

/* Hands the early parameter to whoever asked for it. */
void early_param_set(const char *name, char *value);

/* Prints the lines of a file of /sys/kernel/pkvm_iommu, each behind its name. */
void sysfs_print(const char *name);

#endif /* BOARDS_H */
