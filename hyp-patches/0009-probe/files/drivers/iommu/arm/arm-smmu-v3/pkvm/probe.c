// SPDX-License-Identifier: GPL-2.0-only
/*
 * What an SMMU can do. What EL2 can read from the SMMU it reads itself; features that it
 * does not know stay off.
 */

#include "smmu.h"

/* Enhanced command queues, whose control pages may lie outside the frame. */
#define IDR1_ECMDQ		BIT(31)

#define IIDR_IMPLEMENTER_ARM	0x43b
#define PRODUCT_MMU_600		0x483
#define PRODUCT_MMU_L1		0x48a
#define PRODUCT_MMU_S3		0x498

/* Errata are known by part. What is not in here may have any. */
static bool part_known(u32 iidr)
{
	/* Models do not say what they are. */
	if (!iidr)
		return true;

	if (FIELD_GET(IIDR_IMPLEMENTER, iidr) != IIDR_IMPLEMENTER_ARM)
		return false;

	switch (FIELD_GET(IIDR_PRODUCTID, iidr)) {
	case PRODUCT_MMU_600:
	case PRODUCT_MMU_L1:
	case PRODUCT_MMU_S3:
		/* Their errata are about SEV, nesting and broadcast: all unused. */
		return true;
	default:
		return false;
	}
}

static u32 read_features(struct smmu *smmu)
{
	u32 *id = smmu->desc->id;
	u32 granule = IS_ENABLED(CONFIG_ARM64_4K_PAGES) ? IDR5_GRAN4K :
		      IS_ENABLED(CONFIG_ARM64_16K_PAGES) ? IDR5_GRAN16K : IDR5_GRAN64K;
	u32 endian;

	id[0] = readl_relaxed(smmu->page0 + ARM_SMMU_IDR0);
	id[1] = readl_relaxed(smmu->page0 + ARM_SMMU_IDR1);
	id[2] = readl_relaxed(smmu->page0 + ARM_SMMU_IDR3);
	id[3] = readl_relaxed(smmu->page0 + ARM_SMMU_IDR5);
	id[4] = readl_relaxed(smmu->page0 + ARM_SMMU_IIDR);

	if (!part_known(id[4]))
		return PKVM_IOMMU_REASON_UNKNOWN_PART;
	if (id[1] & (IDR1_TABLES_PRESET | IDR1_QUEUES_PRESET | IDR1_REL))
		return PKVM_IOMMU_REASON_PRESET;
	if (id[1] & IDR1_ECMDQ)
		return PKVM_IOMMU_REASON_ECMDQ;

	/* Coherent only where firmware and the SMMU agree on it. */
	smmu->coherent = smmu->desc->coherent && (id[0] & IDR0_COHACC);
	smmu->has_s2 = id[0] & IDR0_S2P;

	if (!smmu->has_s2)
		return PKVM_IOMMU_REASON_NO_STAGE2;
	if (FIELD_GET(IDR0_STALL_MODEL, id[0]) == IDR0_STALL_MODEL_FORCE)
		return PKVM_IOMMU_REASON_STALLS;
	if (!(id[3] & granule))
		return PKVM_IOMMU_REASON_NO_GRANULE;
	endian = FIELD_GET(IDR0_TTENDIAN, id[0]);
	if (!(FIELD_GET(IDR0_TTF, id[0]) & IDR0_TTF_AARCH64) ||
	    (endian != IDR0_TTENDIAN_MIXED && endian != IDR0_TTENDIAN_LE))
		return PKVM_IOMMU_REASON_NO_FORMAT;

	return PKVM_IOMMU_REASON_NONE;
}

/* Whether an SMMU of that kind can at least be made to let nothing through. */
static bool closable(u32 reason)
{
	switch (reason) {
	case PKVM_IOMMU_REASON_UNKNOWN_PART:
	case PKVM_IOMMU_REASON_PRESET:
	case PKVM_IOMMU_REASON_ECMDQ:
		return false;
	default:
		return true;
	}
}

/** smmu_fail() - EL2 cannot program an SMMU, which ends the boot; -ENODEV */
int smmu_fail(struct smmu *smmu, u32 reason)
{
	smmu->desc->state = PKVM_IOMMU_FAILED;
	smmu->desc->reason = reason;

	return -ENODEV;
}

/**
 * smmu_probe() - look at an SMMU, and get what it needs
 * @smmu: zeroed; filled
 * @desc: what the host said; reason and id are filled, and state for an error
 *
 * The SMMU goes on with what it does. A reason other than NONE means that EL2 can let
 * nothing through it, and no better.
 *
 * Return: 0, or an error that must stop the boot.
 */
int smmu_probe(struct smmu *smmu, struct pkvm_iommu_desc *desc)
{
	u32 reason;
	int ret;

	smmu->desc = desc;
	ret = iommu_map_frame(desc->base, desc->size, &smmu->page0);
	if (ret)
		return smmu_fail(smmu, PKVM_IOMMU_REASON_NO_MAPPING);

	reason = read_features(smmu);
	if (!closable(reason))
		return smmu_fail(smmu, reason);

	desc->reason = reason;

	return 0;
}
