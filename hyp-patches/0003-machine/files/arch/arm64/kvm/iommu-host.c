// SPDX-License-Identifier: GPL-2.0-only
/*
 * The host's side of the IOMMUs that EL2 owns: what it reserves and describes
 * before it loses its privileges.
 */

#include <linux/init.h>
#include <linux/kvm_host.h>

#include <asm/kvm_pkvm_iommu.h>

/**
 * pkvm_iommu_reserve() - describe the IOMMUs to EL2
 *
 * Return: the pages to reserve for them.
 */
u64 __init pkvm_iommu_reserve(void)
{
	kvm_nvhe_sym(pkvm_iommu_machine).mode = pkvm_iommu_requested_mode();

	return kvm_nvhe_sym(pkvm_iommu_machine).pages;
}
