/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef QTEST_SEQUENCE_H
#define QTEST_SEQUENCE_H

#include <nvhe/iommu_shim.h>

/** struct totals - what was done in all sequences */
struct totals {
	u64 steps, transfers, commands, changes;
};

extern struct totals totals;

/**
 * sequence() - one sequence of table changes, commands, register writes and transfers
 * @seed: from which all of it follows
 *
 * Return: whether both sides did the same, or what is explained.
 */
bool sequence(u64 seed);

/** sequence_print() - the last one, as text */
void sequence_print(void);

#endif /* QTEST_SEQUENCE_H */
