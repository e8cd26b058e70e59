// SPDX-License-Identifier: GPL-2.0-only
/* The counters, and how the host reads them and the use of memory. */

#include <nvhe/iommu_core.h>

DEFINE_PER_CPU(struct pkvm_iommu_counters, pkvm_iommu_counters);

static u64 counter_sum(u32 i)
{
	u64 sum = 0;
	u32 cpu;

	for (cpu = 0; cpu < hyp_nr_cpus; cpu++)
		sum += READ_ONCE(per_cpu_ptr(&pkvm_iommu_counters, cpu)->value[i]);

	return sum;
}

/**
 * __pkvm_iommu_stats() - some numbers for the host
 * @kind: from the host: 0 for enum pkvm_iommu_counter, summed over the CPUs, or
 *	  1 for enum pkvm_iommu_memory, in bytes
 * @first: from the host: the first of PKVM_IOMMU_STATS_BATCH
 * @values: filled; 0 behind the last
 *
 * Return: 0, or -EINVAL for what does not exist.
 */
int __pkvm_iommu_stats(u32 kind, u32 first, u64 *values)
{
	u32 nr = kind ? PKVM_IOMMU_NR_MEMORY : PKVM_IOMMU_NR_COUNTERS;
	u32 i;

	memset(values, 0, PKVM_IOMMU_STATS_BATCH * sizeof(*values));
	if (kind > 1 || first >= nr)
		return -EINVAL;

	for (i = 0; i < PKVM_IOMMU_STATS_BATCH && first + i < nr; i++) {
		u32 n = array_index_nospec(first + i, nr);

		values[i] = kind ? iommu_memory(n) : counter_sum(n);
	}

	return 0;
}
