/* SPDX-License-Identifier: GPL-2.0-only */
/* What the arch-neutral part of the IOMMU code offers to drivers and modes. */

#ifndef __KVM_NVHE_IOMMU_CORE_H__
#define __KVM_NVHE_IOMMU_CORE_H__

#include <nvhe/iommu.h>
#include <nvhe/iommu_shim.h>

/* Memory: pool.c */
void iommu_pool_init(void *base, size_t size);

#endif /* __KVM_NVHE_IOMMU_CORE_H__ */
