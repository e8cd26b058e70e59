/* SPDX-License-Identifier: GPL-2.0-only */
/* What iommu.c and iommu-host.c share. */

#ifndef __ARM64_KVM_IOMMU_HOST_H__
#define __ARM64_KVM_IOMMU_HOST_H__

#include <linux/kobject.h>

#include <asm/kvm_pkvm_iommu.h>

int pkvm_iommu_stats_create(struct kobject *dir);

#endif /* __ARM64_KVM_IOMMU_HOST_H__ */
