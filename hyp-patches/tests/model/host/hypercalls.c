// SPDX-License-Identifier: GPL-2.0-only
/* EL2's side of the hypercalls: the handlers of hyp-main.c, which has all of KVM around them. */

#include <asm/kvm_pkvm_iommu.h>

#include "include/hypercalls.h"

#include "../domains.h"
#include "../machine.h"

void el2_hypercall(u64 *regs)
{
	u64 value = 0;

	switch (regs[0]) {
	case HYPERCALL___pkvm_iommu_topup:
		regs[1] = __pkvm_iommu_topup(regs[1], regs[2]);
		break;
	case HYPERCALL___pkvm_iommu_domain_alloc:
		regs[1] = __pkvm_iommu_domain_alloc(regs[1], regs[2], &value);
		regs[2] = value;
		break;
	case HYPERCALL___pkvm_iommu_domain_free:
		regs[1] = __pkvm_iommu_domain_free(regs[1]);
		break;
	case HYPERCALL___pkvm_iommu_attach:
		regs[1] = __pkvm_iommu_attach(regs[1], regs[2], regs[3], regs[4]);
		break;
	case HYPERCALL___pkvm_iommu_detach:
		regs[1] = __pkvm_iommu_detach(regs[1], regs[2], regs[3], regs[4]);
		break;
	case HYPERCALL___pkvm_iommu_map:
		regs[1] = __pkvm_iommu_map(regs[1], regs[2], regs[3], &regs[4], regs[3] >> 32, &value);
		regs[2] = value;
		break;
	case HYPERCALL___pkvm_iommu_unmap:
		regs[1] = __pkvm_iommu_unmap(regs[1], &regs[4], regs[3], &value);
		regs[2] = value;
		break;
	case HYPERCALL___pkvm_iommu_iova_to_phys:
		regs[1] = __pkvm_iommu_iova_to_phys(regs[1], regs[2]);
		break;
	case HYPERCALL___pkvm_iommu_trim:
		regs[1] = __pkvm_iommu_trim(regs[1], regs[2], &value);
		regs[2] = value;
		break;
	case HYPERCALL___pkvm_iommu_stats:
		if (__pkvm_iommu_stats(regs[1], regs[2], &regs[1]))
			world_bug("no such statistics");
		break;
	default:
		world_bug("hypercall %llu", regs[0]);
	}
	regs[0] = 0;
}

u32 el2_maps(u64 phys)
{
	return domain_maps(phys);
}

u64 el2_memory(enum pkvm_iommu_memory use)
{
	return memory_of(use);
}

bool el2_may_leave(u64 phys)
{
	return !world_give(phys, 1) && !world_take(phys, 1);
}

u64 el2_host_pages(void)
{
	return LOW_BASE + SZ_1G;
}

u64 el2_dma_pages(void)
{
	return HIGH_BASE;
}

/* What EL2 has in reserve goes, and does not come back. */
void el2_drain(void)
{
	iommu_host_lock();
	while (pool_take(PKVM_IOMMU_MEM_QUEUES))
		;
	iommu_host_unlock();
}
