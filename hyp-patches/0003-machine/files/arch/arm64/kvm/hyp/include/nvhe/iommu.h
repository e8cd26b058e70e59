/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The IOMMUs at EL2: what the rest of the hypervisor calls, and what a mode
 * provides.
 */

#ifndef __KVM_NVHE_IOMMU_H__
#define __KVM_NVHE_IOMMU_H__

#include <asm/kvm_host.h>
#include <asm/kvm_pkvm_iommu.h>

/**
 * struct pkvm_iommu_mode_ops - one way of owning the IOMMUs
 * @init: says what each of the IOMMUs translates with, before the first is taken over.
 *	  An error stops the boot.
 */
struct pkvm_iommu_mode_ops {
	int (*init)(void);
};

#ifdef CONFIG_PKVM_IOMMU
int pkvm_iommu_early_alloc(void);
int pkvm_iommu_init(void);
#else
static inline int pkvm_iommu_early_alloc(void) { return 0; }
static inline int pkvm_iommu_init(void) { return 0; }
#endif

#endif /* __KVM_NVHE_IOMMU_H__ */
