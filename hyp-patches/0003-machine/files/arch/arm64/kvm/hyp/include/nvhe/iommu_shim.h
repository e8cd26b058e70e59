/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Everything of the kernel and the hypervisor that the IOMMU code of EL2 uses.
 * Its files include this header, the ABI, the register definitions and each
 * other's, and nothing else: so they also compile on a build machine against a
 * model of an SMMU, which comes with a header of this name.
 */

#ifndef __KVM_NVHE_IOMMU_SHIM_H__
#define __KVM_NVHE_IOMMU_SHIM_H__

#include <linux/errno.h>

#include <nvhe/early_alloc.h>
#include <nvhe/iommu.h>
#include <nvhe/memory.h>

#endif /* __KVM_NVHE_IOMMU_SHIM_H__ */
