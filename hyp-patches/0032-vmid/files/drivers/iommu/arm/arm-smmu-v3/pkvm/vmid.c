// SPDX-License-Identifier: GPL-2.0-only
/*
 * VMIDs: what the TLBs of all SMMUs know the domains by. One that was used is given to
 * somebody else only once every SMMU that may have it cached has confirmed that it forgot.
 */

#include "smmu.h"

/* How many there are: of the SMMU that tells the fewest apart (IHI 0070, 6.3.1). */
static u32 nr_vmids;

/* A bit for each that is in use. Under host_mmu.lock. */
static u64 *in_use;

/**
 * smmu_vmid_init() - the VMIDs that all SMMUs have
 *
 * While the machine boots.
 *
 * Return: 0 or -ENOMEM.
 */
int smmu_vmid_init(void)
{
	struct smmu *smmu;

	nr_vmids = SZ_64K;
	for_each_smmu(smmu) {
		if (smmu_isolates(smmu) && !(smmu->desc->id[0] & IDR0_VMID16))
			nr_vmids = SZ_256;
	}

	in_use = iommu_boot_alloc(nr_vmids / BITS_PER_BYTE, PKVM_IOMMU_MEM_DOMAINS);
	if (!in_use)
		return -ENOMEM;

	/* 0 is what an entry without a VMID has. */
	in_use[0] = BIT(0) | BIT(SMMU_MIRROR_VMID);

	return 0;
}

/**
 * smmu_vmid_alloc() - a VMID that nothing is cached by
 * @vmid: filled
 *
 * Under host_mmu.lock.
 *
 * Return: 0 or -ENOSPC.
 */
int smmu_vmid_alloc(u16 *vmid)
{
	u32 i, bit;

	iommu_assert_host_lock();
	for (i = 0; i < nr_vmids / BITS_PER_LONG; i++) {
		if (!~in_use[i])
			continue;
		bit = __ffs(~in_use[i]);
		in_use[i] |= BIT(bit);
		*vmid = i * BITS_PER_LONG + bit;

		return 0;
	}

	return -ENOSPC;
}

/**
 * smmu_vmid_free() - a VMID may be used for something else
 * @vmid: of smmu_vmid_alloc(); nothing is cached by it
 *
 * Under host_mmu.lock.
 */
void smmu_vmid_free(u16 vmid)
{
	iommu_assert_host_lock();
	in_use[vmid / BITS_PER_LONG] &= ~BIT(vmid % BITS_PER_LONG);
}
