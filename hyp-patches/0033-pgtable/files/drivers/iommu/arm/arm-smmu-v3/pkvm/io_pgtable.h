/* SPDX-License-Identifier: GPL-2.0-only */
/* The stage 2 of a domain: what the host maps for devices, page by page. */

#ifndef __PKVM_SMMU_IO_PGTABLE_H__
#define __PKVM_SMMU_IO_PGTABLE_H__

#include "format.h"

/**
 * struct smmu_pgtable - one such stage 2
 * @shape: of its tables; the first level is one page
 * @pgd: the table of the first level
 * @coherent: the SMMUs that walk it snoop the CPUs' caches
 * @oas_bits: of an address that it leads to
 *
 * It has no lock. An entry is empty, leads to a page, or is *pending*: a CPU took it out and
 * sees to it that no SMMU has it cached, before it lets go of the page. Only that CPU makes a
 * pending entry empty, and tables stay until the domain ends.
 */
struct smmu_pgtable {
	struct smmu_s2_geometry shape;
	u64 *pgd;
	u32 oas_bits;
	bool coherent;
};

void smmu_pgtable_shape(struct smmu_pgtable *t, const struct smmu *smmu);
int smmu_pgtable_init(struct smmu_pgtable *t, const struct smmu *smmu);
bool smmu_pgtable_destroy(struct smmu_pgtable *t, u32 *budget);
int smmu_pgtable_map(const struct smmu_pgtable *t, u64 iova, phys_addr_t phys, u64 nr_pages,
		     u32 prot, u64 *did);
u64 smmu_pgtable_take_out(const struct smmu_pgtable *t, u64 iova, u64 nr_pages);
void smmu_pgtable_let_go(const struct smmu_pgtable *t, u64 iova, u64 nr_pages);
u64 smmu_pgtable_lookup(const struct smmu_pgtable *t, u64 iova);

#endif /* __PKVM_SMMU_IO_PGTABLE_H__ */
