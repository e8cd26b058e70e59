/* SPDX-License-Identifier: GPL-2.0-only */
/* The stage 2 that holds what the host may access, at its own address. */

#ifndef __PKVM_SMMU_MIRROR_H__
#define __PKVM_SMMU_MIRROR_H__

#include "format.h"

/**
 * struct smmu_mirror_run - entries of one table of the last level
 * @ptep: the first
 * @addr: that it maps
 * @nr: of them
 */
struct smmu_mirror_run {
	u64 *ptep;
	u64 addr;
	u64 nr;
};

/* A transition is too short to touch a third table. */
#define SMMU_MIRROR_RUNS	2

/**
 * struct smmu_mirror - one such stage 2
 * @shape: of its tables
 * @pgd: the tables of the first level, one behind the other
 * @coherent: all SMMUs that walk it snoop the CPUs' caches
 * @bbml2: all of them allow a block to be replaced by a table while in use; without it,
 *	   memory is mapped by pages from the start
 * @runs: entries of the pages that leave the host
 * @nr_runs: of them
 *
 * Under host_mmu.lock, or while the machine boots.
 */
struct smmu_mirror {
	struct smmu_s2_geometry shape;
	u64 *pgd;
	bool coherent;
	bool bbml2;
	struct smmu_mirror_run runs[SMMU_MIRROR_RUNS];
	u32 nr_runs;
};

int smmu_mirror_init(struct smmu_mirror *m, u32 ia_bits, u32 oas, bool coherent, bool bbml2);
int smmu_mirror_build(struct smmu_mirror *m, u64 start, u64 end, bool mmio);
int smmu_mirror_find(struct smmu_mirror *m, u64 start, u64 end);
int smmu_mirror_split(struct smmu_mirror *m, u64 start, u64 end, struct iommu_reserve *reserve);
void smmu_mirror_remap(struct smmu_mirror *m);
void smmu_mirror_map(struct smmu_mirror *m, u64 start, u64 end);

/**
 * smmu_mirror_unmap() - take out the pages that smmu_mirror_find() found
 *
 * Devices may reach them until the caller has invalidated. Inline, as the work of a page
 * that changes hands is short.
 */
static inline void smmu_mirror_unmap(struct smmu_mirror *m)
{
	struct smmu_mirror_run *run;
	u64 i;

	for (run = m->runs; run < m->runs + m->nr_runs; run++) {
		for (i = 0; i < run->nr; i++)
			WRITE_ONCE(run->ptep[i], 0);
		if (!m->coherent)
			iommu_clean(run->ptep, run->nr * sizeof(*run->ptep));
	}
}

#endif /* __PKVM_SMMU_MIRROR_H__ */
