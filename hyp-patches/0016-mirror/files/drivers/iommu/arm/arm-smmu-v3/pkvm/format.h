/* SPDX-License-Identifier: GPL-2.0-only */
/* Stage-2 tables of the VMSAv8-64 format, as an SMMUv3 walks them (Arm DDI 0487, D8). */

#ifndef __PKVM_SMMU_FORMAT_H__
#define __PKVM_SMMU_FORMAT_H__

#include "smmu.h"

#define LAST_LEVEL	3
#define LEVEL_BITS	(PAGE_SHIFT - 3)
#define LEVEL_SHIFT(l)	(PAGE_SHIFT + LEVEL_BITS * (LAST_LEVEL - (l)))
#define LEVEL_SIZE(l)	(1UL << LEVEL_SHIFT(l))
#define TABLE_ENTRIES	(PAGE_SIZE / sizeof(u64))

#define PTE_VALID_BIT	BIT(0)
#define PTE_TABLE_BIT	BIT(1)	/* or a page, at the last level */
#define PTE_MEMATTR	GENMASK_ULL(5, 2)
#define PTE_S2AP	GENMASK_ULL(7, 6)
#define PTE_SH		GENMASK_ULL(9, 8)
#define PTE_AF_BIT	BIT(10)
#define PTE_ADDR	GENMASK_ULL(SMMU_TABLE_BITS - 1, PAGE_SHIFT)

#define MEMATTR_NORMAL_WB	0xf
#define MEMATTR_DEVICE_nGnRE	0x1
#define S2AP_RW			3

/**
 * struct smmu_s2_geometry - the shape of a stage-2 table
 * @ia_bits: of an input address
 * @oas: of an output address, as IDR5.OAS encodes it
 * @start_level: of the walk
 * @pgd_size: bytes of the tables of the first level, one behind the other
 */
struct smmu_s2_geometry {
	u32 ia_bits;
	u32 oas;
	int start_level;
	size_t pgd_size;
};

static inline bool pte_is_valid(u64 pte)
{
	return pte & PTE_VALID_BIT;
}

static inline bool pte_is_table(u64 pte, int level)
{
	return pte_is_valid(pte) && (pte & PTE_TABLE_BIT) && level < LAST_LEVEL;
}

static inline u64 pte_leaf(u64 addr, u64 attr, int level)
{
	return addr | attr | (level == LAST_LEVEL ? PTE_TABLE_BIT : 0);
}

static inline u64 *pte_child(u64 pte)
{
	return hyp_phys_to_virt(pte & PTE_ADDR);
}

/* Blocks exist at level 2, and with pages of 4 KiB at level 1. */
static inline bool level_has_blocks(int level)
{
	return level == 2 || (level == 1 && IS_ENABLED(CONFIG_ARM64_4K_PAGES));
}

/* The end of the block of that level around @addr, or @end if that comes first. */
static inline u64 level_end(u64 addr, u64 end, int level)
{
	return min(ALIGN_DOWN(addr, LEVEL_SIZE(level)) + LEVEL_SIZE(level), end);
}

/* The entry for @addr in a table. Concatenated tables are one large one. */
static inline u64 *level_entry(const struct smmu_s2_geometry *g, u64 *table, int level, u64 addr)
{
	u64 index = addr >> LEVEL_SHIFT(level);

	return table + (level == g->start_level ? index : index & (TABLE_ENTRIES - 1));
}

void smmu_s2_geometry(struct smmu_s2_geometry *g, u32 ia_bits, u32 oas);

#endif /* __PKVM_SMMU_FORMAT_H__ */
