/* SPDX-License-Identifier: GPL-2.0-only */
/* Stage 2 tables of the VMSAv8-64 format, as an SMMUv3 walks them. */

#ifndef __PKVM_SMMU_S2_H__
#define __PKVM_SMMU_S2_H__

#include "smmu.h"

/**
 * struct smmu_s2 - one stage 2, whose addresses translate to themselves
 * @pgd: the tables of the first level, one behind the other
 * @ia_bits: of an input address
 * @oas: of an output address, as IDR5.OAS encodes it
 * @start_level: of the walk
 * @coherent: all SMMUs that walk it snoop the CPUs' caches
 * @live_split: all of them allow a block to be replaced by a table; without it,
 *		memory is mapped by pages from the start
 *
 * Under host_mmu.lock, or while the machine boots.
 */
struct smmu_s2 {
	u64 *pgd;
	u32 ia_bits;
	u32 oas;
	int start_level;
	bool coherent;
	bool live_split;
};

int smmu_s2_init(struct smmu_s2 *s2, u32 ia_bits, u32 oas, bool coherent, bool live_split);
int smmu_s2_map_boot(struct smmu_s2 *s2, u64 start, u64 end, bool mmio);
u64 smmu_s2_split_cost(const struct smmu_s2 *s2, u64 start, u64 end);
int smmu_s2_split(struct smmu_s2 *s2, u64 start, u64 end);
int smmu_s2_unmap(struct smmu_s2 *s2, u64 start, u64 end);
void smmu_s2_map(struct smmu_s2 *s2, u64 start, u64 end);
void smmu_s2_ste(const struct smmu_s2 *s2, u16 vmid, struct arm_smmu_ste *ste);

#endif /* __PKVM_SMMU_S2_H__ */
