/* SPDX-License-Identifier: GPL-2.0-only */
/* The SMMUv3s that EL2 owns, as the host sees them at boot. */

#ifndef _ARM_SMMU_V3_PKVM_H
#define _ARM_SMMU_V3_PKVM_H

#include <linux/types.h>

struct device_node;

/* arm-smmu-v3-pkvm.c */
struct device_node *pkvm_smmu_v3_absent(struct device_node *np);
const char *pkvm_smmu_v3_path(struct device_node *np);
/* arm-smmu-v3-pkvm-frames.c */
bool pkvm_smmu_v3_is_smmu(struct device_node *np);
int pkvm_smmu_v3_registers(struct device_node *np, int i, u64 *start, u64 *end);

#endif /* _ARM_SMMU_V3_PKVM_H */
