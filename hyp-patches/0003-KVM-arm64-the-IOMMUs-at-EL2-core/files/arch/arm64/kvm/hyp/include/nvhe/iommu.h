/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The IOMMUs at EL2: what the rest of the hypervisor calls, and what a driver
 * provides.
 *
 * Order of all locks, outermost first:
 *
 *	vm_table_lock
 *	host_mmu.lock		also guards the I/O page tables that mirror the host
 *	pkvm_hyp_vm::lock or pkvm_pgd_lock
 *	pool_lock		free pages of the IOMMUs (pool.c)
 *	smmu_cmdq::lock		one for each SMMU (cmdq.c)
 *	smmu_evtq::lock		one for each SMMU (evtq.c)
 *
 * The last three are leaves: none is held while another is taken, nor while
 * EL2 waits for hardware. host_mmu.lock is held across one bounded wait, since
 * the page that leaves the host must not be given away before.
 */

#ifndef __KVM_NVHE_IOMMU_H__
#define __KVM_NVHE_IOMMU_H__

#include <asm/kvm_host.h>
#include <asm/kvm_pkvm_iommu.h>

/* Pages that one transition may move; a longer one is refused. */
#define PKVM_IOMMU_TRANSITION_MAX	512

/**
 * struct pkvm_iommu_driver_ops - how IOMMUs of a kind are programmed
 * @probe: looks at all of pkvm_iommu_machine.descs and gets what they need. On one CPU,
 *	   while the host has not lost its privileges. An error stops the boot.
 * @enable: takes them over, once the mode has said what they translate with, and fills
 *	    their state. An error stops the boot.
 * @event: takes the next fault record of an IOMMU, or its global error: one of
 *	   PKVM_IOMMU_EVENT_*
 * @close: no device reaches anything any more, whatever changes hands; or an error,
 *	   and all is as before
 * @open: the reverse; each call undoes one of @close that succeeded
 */
struct pkvm_iommu_driver_ops {
	int (*probe)(void);
	int (*enable)(void);
	u32 (*event)(u32 index, u64 *record);
	int (*close)(void);
	void (*open)(void);
};

/**
 * struct pkvm_iommu_mode_ops - one way of owning the IOMMUs
 * @init: says what each of the IOMMUs translates with, before the first is taken over.
 *	  An error stops the boot.
 * @host_leave: no device reaches [@phys, @phys + @size) of memory once it
 *		returned 0; else nothing has changed. Under host_mmu.lock.
 * @host_return: devices may reach that memory again. Under host_mmu.lock; it
 *		 cannot fail and allocates nothing.
 */
struct pkvm_iommu_mode_ops {
	int (*init)(void);
	int (*host_leave)(phys_addr_t phys, u64 size);
	void (*host_return)(phys_addr_t phys, u64 size);
};

#ifdef CONFIG_PKVM_IOMMU
struct pkvm_iommu_counters {
	u64 value[PKVM_IOMMU_NR_COUNTERS];
};

DECLARE_PER_CPU(struct pkvm_iommu_counters, pkvm_iommu_counters);

/* One increment of this CPU's counter. */
static inline void pkvm_iommu_count(enum pkvm_iommu_counter i)
{
	u64 *value = &this_cpu_ptr(&pkvm_iommu_counters)->value[i];

	/* Statistics read it on another CPU. */
	WRITE_ONCE(*value, *value + 1);
}

int pkvm_iommu_early_alloc(void);
int pkvm_iommu_init(void);
bool pkvm_iommu_owned(void);
bool pkvm_iommu_too_many(u64 nr_pages);
int pkvm_iommu_host_leave(phys_addr_t phys, u64 size);
void pkvm_iommu_host_return(phys_addr_t phys, u64 size);
bool pkvm_iommu_host_abort(u64 esr, u64 addr);
int pkvm_iommu_clip_range(u64 addr, u64 *start, u64 *end);
bool pkvm_iommu_psci_enter(u32 func_id, u32 arg);
void pkvm_iommu_psci_return(u32 func_id);

int __pkvm_iommu_topup(u64 pfn, u64 nr_pages);
int __pkvm_iommu_stats(u32 kind, u32 first, u64 *values);
u32 __pkvm_iommu_event(u32 index, u64 *record);
#else
static inline void pkvm_iommu_count(enum pkvm_iommu_counter i) { }
static inline int pkvm_iommu_early_alloc(void) { return 0; }
static inline int pkvm_iommu_init(void) { return 0; }
static inline bool pkvm_iommu_too_many(u64 nr_pages) { return false; }
static inline int pkvm_iommu_host_leave(phys_addr_t phys, u64 size) { return 0; }
static inline void pkvm_iommu_host_return(phys_addr_t phys, u64 size) { }
static inline bool pkvm_iommu_host_abort(u64 esr, u64 addr) { return false; }
static inline int pkvm_iommu_clip_range(u64 addr, u64 *start, u64 *end) { return 0; }
static inline bool pkvm_iommu_psci_enter(u32 func_id, u32 arg) { return true; }
static inline void pkvm_iommu_psci_return(u32 func_id) { }
#endif

#endif /* __KVM_NVHE_IOMMU_H__ */
