/* SPDX-License-Identifier: GPL-2.0-only */
/* The SMMUv3s that EL2 owns, as the host sees them at boot. */

#ifndef _ARM_SMMU_V3_PKVM_H
#define _ARM_SMMU_V3_PKVM_H

#include <linux/types.h>

u64 pkvm_smmu_v3_pages(u64 limit);

#endif /* _ARM_SMMU_V3_PKVM_H */
