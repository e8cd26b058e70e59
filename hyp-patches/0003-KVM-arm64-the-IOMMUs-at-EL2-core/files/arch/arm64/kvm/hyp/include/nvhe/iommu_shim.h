/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Everything of the kernel and the hypervisor that the IOMMU code of EL2 uses.
 * Its files include this header, the ABI, the register definitions and each
 * other's, and nothing else: so they also compile on a build machine against a
 * model of an SMMU, which comes with a header of this name.
 */

#ifndef __KVM_NVHE_IOMMU_SHIM_H__
#define __KVM_NVHE_IOMMU_SHIM_H__

#include <linux/align.h>
#include <linux/arm-smccc.h>
#include <linux/bitfield.h>
#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/io.h>
#include <linux/log2.h>
#include <linux/memblock.h>
#include <linux/minmax.h>
#include <linux/nospec.h>
#include <linux/sizes.h>
#include <linux/string.h>

#include <uapi/linux/psci.h>

#include <asm/arch_timer.h>
#include <asm/barrier.h>
#include <asm/esr.h>
#include <asm/kvm_hyp.h>
#include <asm/kvm_pkvm.h>

#include <nvhe/early_alloc.h>
#include <nvhe/iommu.h>
#include <nvhe/mem_protect.h>
#include <nvhe/memory.h>
#include <nvhe/mm.h>
#include <nvhe/spinlock.h>

/* Microseconds of a clock that the host cannot change. It does not wrap. */
static inline u64 iommu_clock_us(void)
{
	u64 ticks = __arch_counter_get_cntpct();
	u64 frq = read_sysreg(cntfrq_el0) ?: NSEC_PER_SEC;

	return ticks / frq * USEC_PER_SEC + ticks % frq * USEC_PER_SEC / frq;
}

/* Maps a register frame at EL2, for ever. Only before the host loses its privileges. */
static inline int iommu_map_frame(phys_addr_t base, size_t size, void __iomem **va)
{
	unsigned long addr;
	int ret = __pkvm_create_private_mapping(base, size, PAGE_HYP_DEVICE, &addr);

	if (!ret)
		*va = (void __iomem *)addr;

	return ret;
}

/* Memory written here becomes visible to an IOMMU that does not snoop. */
static inline void iommu_clean(void *va, size_t size)
{
	kvm_flush_dcache_to_poc(va, size);
}

/* Whether the host may access a page of memory now. Under host_mmu.lock. */
static inline bool iommu_host_has_page(phys_addr_t phys)
{
	return get_host_state(hyp_phys_to_page(phys)) != PKVM_NOPAGE;
}

/* Keeps transitions of ownership away. */
static inline void iommu_host_lock(void)
{
	hyp_spin_lock(&host_mmu.lock);
	pkvm_iommu_count(PKVM_IOMMU_LOCK_HOST);
}

static inline void iommu_host_unlock(void)
{
	hyp_spin_unlock(&host_mmu.lock);
}

static inline void iommu_assert_host_lock(void)
{
	hyp_assert_lock_held(&host_mmu.lock);
}

/* Bits of a physical address of the CPUs. */
static inline u32 iommu_cpu_pa_bits(void)
{
	return kvm_phys_shift(&host_mmu.arch.mmu);
}

#endif /* __KVM_NVHE_IOMMU_SHIM_H__ */
