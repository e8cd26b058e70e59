// SPDX-License-Identifier: GPL-2.0-only
/*
 * What EL2 counts of itself: entries by reason, commands, accesses it emulates,
 * locks. Where the kernel has no such counters, this says so.
 *
 * EL2 sums over all CPUs, so a difference of two reads is that of one round only
 * while one thread runs. A read enters EL2 itself, always as often: what two
 * reads see of each other is measured before each run and taken off each round.
 */

#include <linux/build_bug.h>
#include <linux/errno.h>
#include <linux/irqflags.h>
#include <linux/kconfig.h>
#include <linux/string.h>

#include "smmubench.h"

#if IS_ENABLED(CONFIG_PKVM_IOMMU) && __has_include(<asm/kvm_pkvm_iommu.h>)

#include <asm/kvm_pkvm_iommu.h>

#define NR_EL2	PKVM_IOMMU_NR_COUNTERS

static const char *el2_name(unsigned int i)
{
	return pkvm_iommu_counter_name(i);
}

static int el2_read(u64 *value)
{
	return pkvm_iommu_read_counters(value);
}

#else

#define NR_EL2	0

static const char *el2_name(unsigned int i)
{
	return NULL;
}

static int el2_read(u64 *value)
{
	return -ENOSYS;
}

#endif

/**
 * bench_el2_names() - the counters of this kernel's EL2
 * @info: its nr_el2, el2_name[] and el2_error are filled in
 */
void bench_el2_names(struct smmubench_info *info)
{
	u64 value[SMMUBENCH_MAX_EL2];
	unsigned int i;

	BUILD_BUG_ON(NR_EL2 > SMMUBENCH_MAX_EL2);

	for (i = 0; i < NR_EL2; i++)
		strscpy(info->el2_name[i], el2_name(i) ?: "", SMMUBENCH_NAME_LEN);
	info->nr_el2 = NR_EL2;
	info->el2_error = -el2_read(value);
}

/**
 * bench_el2_read() - all counters since boot
 * @value: SMMUBENCH_MAX_EL2 of them; those behind the last stay as they are
 *
 * Return: 0, -ENOSYS when this kernel has none, -EOPNOTSUPP when nothing of it
 * runs at EL2 under it.
 */
int bench_el2_read(u64 *value)
{
	return el2_read(value);
}

/**
 * bench_el2_calibrate() - what one read adds to the counters before the next
 * @overhead: SMMUBENCH_MAX_EL2 of them
 *
 * Return: as bench_el2_read().
 */
int bench_el2_calibrate(u64 *overhead)
{
	u64 first[SMMUBENCH_MAX_EL2] = {};
	unsigned long flags;
	unsigned int i;
	int ret;

	memset(overhead, 0, SMMUBENCH_MAX_EL2 * sizeof(*overhead));

	/* Once for what the first read may cost: a page the host has to get back. */
	local_irq_save(flags);
	ret = el2_read(first) ?: el2_read(first) ?: el2_read(overhead);
	local_irq_restore(flags);

	for (i = 0; i < SMMUBENCH_MAX_EL2 && !ret; i++)
		overhead[i] -= first[i];

	return ret;
}
