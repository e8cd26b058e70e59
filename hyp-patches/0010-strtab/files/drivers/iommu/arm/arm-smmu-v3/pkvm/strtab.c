// SPDX-License-Identifier: GPL-2.0-only
/*
 * The stream table. Where every stream is treated alike, one second level serves
 * all entries of the first: 16 KiB, however many stream IDs there are.
 */

#include "smmu.h"

static u32 l1_bits(const struct smmu *smmu)
{
	u32 bits = smmu->sid_bits > STRTAB_SPLIT ? smmu->sid_bits - STRTAB_SPLIT : 0;

	/* Stream IDs beyond are out of the table's range, which aborts them. */
	return min_t(u32, bits, ilog2(STRTAB_MAX_L1_ENTRIES));
}

/**
 * smmu_strtab_init() - memory for the table; every stream aborts
 *
 * Return: 0 or -ENOMEM.
 */
int smmu_strtab_init(struct smmu *smmu)
{
	size_t size = sizeof(struct arm_smmu_ste) << smmu->sid_bits;

	if (smmu->two_level) {
		smmu->strtab_leaf = iommu_boot_alloc(sizeof(struct arm_smmu_strtab_l2),
						     PKVM_IOMMU_MEM_STREAM_TABLES);
		if (!smmu->strtab_leaf)
			return -ENOMEM;
		/* The architecture aligns a table to its size, and to 64 bytes. */
		size = max_t(size_t, sizeof(u64) << l1_bits(smmu), 64);
	}

	smmu->strtab = iommu_boot_alloc(size, PKVM_IOMMU_MEM_STREAM_TABLES);

	return smmu->strtab ? 0 : -ENOMEM;
}

/**
 * smmu_strtab_fill() - treat every stream in one way
 * @ste: for all of them
 *
 * While the SMMU is disabled: enabling invalidates what it has cached.
 */
void smmu_strtab_fill(struct smmu *smmu, const struct arm_smmu_ste *ste)
{
	struct arm_smmu_ste *table = smmu->two_level ? smmu->strtab_leaf : smmu->strtab;
	u32 n = smmu->two_level ? STRTAB_NUM_L2_STES : 1U << smmu->sid_bits;
	struct arm_smmu_strtab_l1 *l1 = smmu->strtab;
	u64 desc;
	u32 i;

	for (i = 0; i < n; i++)
		table[i] = *ste;
	smmu_publish(smmu, table, n * sizeof(*table));

	if (!smmu->two_level)
		return;

	desc = (hyp_virt_to_phys(table) & STRTAB_L1_DESC_L2PTR_MASK) |
	       FIELD_PREP(STRTAB_L1_DESC_SPAN, STRTAB_SPLIT + 1);
	for (i = 0; i < 1U << l1_bits(smmu); i++)
		l1[i].l2ptr = cpu_to_le64(desc);
	smmu_publish(smmu, l1, sizeof(*l1) << l1_bits(smmu));
}
