// SPDX-License-Identifier: GPL-2.0-only
/* The shape of stage-2 tables, and the stream table entry that translates with one. */

#include "format.h"

/* The architecture concatenates up to 16 tables at the first level. */
#define MAX_CONCAT_BITS	4

/**
 * smmu_s2_geometry() - the shape of a table for addresses of so many bits
 * @g: filled
 * @ia_bits: of an address, cut to what the format reaches
 * @oas: as IDR5.OAS encodes the output size
 */
void smmu_s2_geometry(struct smmu_s2_geometry *g, u32 ia_bits, u32 oas)
{
	u32 levels, top_bits;

	ia_bits = min_t(u32, ia_bits, SMMU_TABLE_BITS);
	levels = DIV_ROUND_UP(ia_bits - PAGE_SHIFT, LEVEL_BITS);
	top_bits = ia_bits - PAGE_SHIFT - LEVEL_BITS * (levels - 1);
	if (levels > 1 && top_bits <= MAX_CONCAT_BITS) {
		levels--;
		top_bits += LEVEL_BITS;
	}

	*g = (struct smmu_s2_geometry) {
		.ia_bits = ia_bits,
		.oas = min_t(u32, oas, IDR5_OAS_48_BIT),
		.start_level = LAST_LEVEL + 1 - levels,
		.pgd_size = max_t(size_t, sizeof(u64) << top_bits, PAGE_SIZE),
	};
}

/**
 * smmu_s2_ste() - the stream table entry that translates with a stage 2
 * @pgd: of the stage 2
 * @vmid: that the TLBs know it by
 * @coherent: the SMMU's walks snoop the CPUs' caches
 * @ste: filled (IHI 0070, 5.2)
 */
void smmu_s2_ste(const struct smmu_s2_geometry *g, phys_addr_t pgd, u16 vmid, bool coherent,
		 struct arm_smmu_ste *ste)
{
	u64 cache = coherent ? CR1_CACHE_WB : CR1_CACHE_NC;
	u64 tg = IS_ENABLED(CONFIG_ARM64_4K_PAGES) ? 0 : IS_ENABLED(CONFIG_ARM64_64K_PAGES) ? 1 : 2;
	u64 sl = (IS_ENABLED(CONFIG_ARM64_4K_PAGES) ? 2 : 3) - g->start_level;
	u64 vtcr = FIELD_PREP(STRTAB_STE_2_VTCR_S2T0SZ, 64 - g->ia_bits) |
		   FIELD_PREP(STRTAB_STE_2_VTCR_S2SL0, sl) |
		   FIELD_PREP(STRTAB_STE_2_VTCR_S2IR0, cache) |
		   FIELD_PREP(STRTAB_STE_2_VTCR_S2OR0, cache) |
		   FIELD_PREP(STRTAB_STE_2_VTCR_S2SH0,
			      coherent ? ARM_SMMU_SH_ISH : ARM_SMMU_SH_OSH) |
		   FIELD_PREP(STRTAB_STE_2_VTCR_S2TG, tg) |
		   FIELD_PREP(STRTAB_STE_2_VTCR_S2PS, g->oas);

	*ste = (struct arm_smmu_ste) { .data = {
		cpu_to_le64(STRTAB_STE_0_V |
			    FIELD_PREP(STRTAB_STE_0_CFG, STRTAB_STE_0_CFG_S2_TRANS)),
		cpu_to_le64(FIELD_PREP(STRTAB_STE_1_SHCFG, STRTAB_STE_1_SHCFG_INCOMING)),
		cpu_to_le64(FIELD_PREP(STRTAB_STE_2_S2VMID, vmid) |
			    FIELD_PREP(STRTAB_STE_2_VTCR, vtcr) |
			    STRTAB_STE_2_S2AA64 | STRTAB_STE_2_S2R),
		cpu_to_le64(pgd & STRTAB_STE_3_S2TTB_MASK),
	} };
}
