/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the host and EL2 agree on where EL2 owns the IOMMUs: the modes, and the
 * description of the machine.
 */

#ifndef __ARM64_KVM_PKVM_IOMMU_H__
#define __ARM64_KVM_PKVM_IOMMU_H__

#include <linux/types.h>

#include <asm/kvm_asm.h>

enum pkvm_iommu_mode {
	PKVM_IOMMU_NATIVE,
	PKVM_IOMMU_IDENTITY,
	PKVM_IOMMU_PARAVIRT,
	PKVM_IOMMU_NESTED,
	PKVM_IOMMU_UNKNOWN,
};

/**
 * struct pkvm_iommu_machine - what EL2 is told of this machine
 * @mode: enum pkvm_iommu_mode
 * @pages: set aside for EL2's IOMMU code
 *
 * In EL2's memory, written by the host before it loses its privileges.
 */
struct pkvm_iommu_machine {
	u32 mode;
	u64 pages;
};

extern struct pkvm_iommu_machine kvm_nvhe_sym(pkvm_iommu_machine);

#ifndef __KVM_NVHE_HYPERVISOR__

#ifdef CONFIG_PKVM_IOMMU
enum pkvm_iommu_mode pkvm_iommu_requested_mode(void);
u64 pkvm_iommu_reserve(void);
#else
static inline u64 pkvm_iommu_reserve(void) { return 0; }
#endif

#endif /* !__KVM_NVHE_HYPERVISOR__ */

#endif /* __ARM64_KVM_PKVM_IOMMU_H__ */
