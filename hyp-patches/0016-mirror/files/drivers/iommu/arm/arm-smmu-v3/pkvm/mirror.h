/* SPDX-License-Identifier: GPL-2.0-only */
/* The stage 2 that holds what the host may access, at its own address. */

#ifndef __PKVM_SMMU_MIRROR_H__
#define __PKVM_SMMU_MIRROR_H__

#include "format.h"

/**
 * struct smmu_mirror - one such stage 2
 * @shape: of its tables
 * @pgd: the tables of the first level, one behind the other
 * @coherent: all SMMUs that walk it snoop the CPUs' caches
 * @bbml2: all of them allow a block to be replaced by a table while in use; without it,
 *	   memory is mapped by pages from the start
 *
 * Under host_mmu.lock, or while the machine boots.
 */
struct smmu_mirror {
	struct smmu_s2_geometry shape;
	u64 *pgd;
	bool coherent;
	bool bbml2;
};

int smmu_mirror_init(struct smmu_mirror *m, u32 ia_bits, u32 oas, bool coherent, bool bbml2);
int smmu_mirror_build(struct smmu_mirror *m, u64 start, u64 end, bool mmio);

#endif /* __PKVM_SMMU_MIRROR_H__ */
