// SPDX-License-Identifier: GPL-2.0-only
/* The shape of stage-2 tables. */

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
