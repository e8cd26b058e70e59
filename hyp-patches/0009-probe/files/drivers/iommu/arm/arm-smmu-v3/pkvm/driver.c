// SPDX-License-Identifier: GPL-2.0-only
/* The SMMUs of this machine. */

#include "smmu.h"

/* By index of the description. */
struct smmu smmus[PKVM_IOMMU_MAX_DEVICES];

static int driver_probe(void)
{
	u32 i;
	int ret;

	for (i = 0; i < pkvm_iommu_machine.nr_descs; i++) {
		ret = smmu_probe(&smmus[i], &pkvm_iommu_machine.descs[i]);
		if (ret)
			return ret;
	}

	return 0;
}

const struct pkvm_iommu_driver_ops pkvm_smmu_v3_driver_ops = {
	.probe = driver_probe,
};
