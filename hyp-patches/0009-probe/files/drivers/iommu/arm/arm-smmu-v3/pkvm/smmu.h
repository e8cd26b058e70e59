/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The SMMUv3 at EL2: the hardware layer that all modes share.
 */

#ifndef __PKVM_SMMU_H__
#define __PKVM_SMMU_H__

#include <nvhe/iommu_core.h>

#include "../arm-smmu-v3-regs.h"

/**
 * struct smmu - one SMMUv3
 * @desc: what the host said of it, and what EL2 found
 * @page0: first 64 KiB of registers
 * @coherent: walks and queue accesses snoop the CPUs' caches
 * @has_s2: stage 2 exists
 */
struct smmu {
	struct pkvm_iommu_desc *desc;
	void __iomem *page0;
	bool coherent;
	bool has_s2;
};

/* driver.c */
extern struct smmu smmus[PKVM_IOMMU_MAX_DEVICES];

/* probe.c */
int smmu_probe(struct smmu *smmu, struct pkvm_iommu_desc *desc);
int smmu_fail(struct smmu *smmu, u32 reason);

#endif /* __PKVM_SMMU_H__ */
