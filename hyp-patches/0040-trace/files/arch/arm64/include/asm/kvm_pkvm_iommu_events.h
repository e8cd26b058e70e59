/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Events of the IOMMU code of EL2. Part of asm/kvm_hypevents.h, which says how often it is
 * read and with what meaning of the macros.
 *
 * An IOMMU goes by the address of its registers, as in the device tree. Names are spelt
 * out in the print format, so that a tool that decodes records needs nothing but that.
 */

#if !defined(__ARM64_KVM_PKVM_IOMMU_EVENTS_H) || defined(HYP_EVENT_MULTI_READ)
#define __ARM64_KVM_PKVM_IOMMU_EVENTS_H

#ifndef __PKVM_IOMMU_EVENT_KINDS
#define __PKVM_IOMMU_EVENT_KINDS
/* In the order of their counters, from PKVM_IOMMU_LOCK_HOST on. */
#define pkvm_iommu_lock_name(lock)	\
	((lock) == 0 ? "host_mmu" :	\
	 (lock) == 1 ? "pool" :		\
	 (lock) == 2 ? "cmdq" :		\
	 (lock) == 3 ? "evtq" : "?")

/* About memory. */
#define IOMMU_EVENT_RANGE(event)						\
	HYP_EVENT(event,							\
		HE_PROTO(u64 addr, u64 size),					\
		HE_STRUCT(							\
			he_field(u64, addr)					\
			he_field(u64, size)					\
		),								\
		HE_ASSIGN(							\
			__entry->addr = addr;					\
			__entry->size = size;					\
		),								\
		HE_PRINTK("addr=0x%llx size=0x%llx", __entry->addr, __entry->size))
#endif

/* A transition: memory is about to leave the host, and how that ended. */
IOMMU_EVENT_RANGE(iommu_host_leave);

HYP_EVENT(iommu_host_left,
	HE_PROTO(u64 addr, u64 size, int ret),
	HE_STRUCT(
		he_field(u64, addr)
		he_field(u64, size)
		he_field(int, ret)
	),
	HE_ASSIGN(
		__entry->addr = addr;
		__entry->size = size;
		__entry->ret = ret;
	),
	HE_PRINTK("addr=0x%llx size=0x%llx ret=%d", __entry->addr, __entry->size, __entry->ret)
);

/* Memory has come back to the host, and to devices. */
IOMMU_EVENT_RANGE(iommu_host_return);

/* The host touched registers that it must not reach. */
HYP_EVENT(iommu_host_abort,
	HE_PROTO(u64 addr, u64 esr),
	HE_STRUCT(
		he_field(u64, addr)
		he_field(u64, esr)
	),
	HE_ASSIGN(
		__entry->addr = addr;
		__entry->esr = esr;
	),
	HE_PRINTK("addr=0x%llx esr=0x%llx", __entry->addr, __entry->esr)
);

/* A lock is not free: so many are before us, the holder included. */
HYP_EVENT(iommu_lock_contended,
	HE_PROTO(u32 lock, u32 ahead),
	HE_STRUCT(
		he_field(u32, lock)
		he_field(u32, ahead)
	),
	HE_ASSIGN(
		__entry->lock = lock;
		__entry->ahead = ahead;
	),
	HE_PRINTK("lock=%s ahead=%u", pkvm_iommu_lock_name(__entry->lock), __entry->ahead)
);

/* The pool cannot spare the pages that a transition needs. */
HYP_EVENT(iommu_pool_low,
	HE_PROTO(u64 wanted, u64 free),
	HE_STRUCT(
		he_field(u64, wanted)
		he_field(u64, free)
	),
	HE_ASSIGN(
		__entry->wanted = wanted;
		__entry->free = free;
	),
	HE_PRINTK("wanted=%llu free=%llu", __entry->wanted, __entry->free)
);

/* The host brought pages for the pool. */
HYP_EVENT(iommu_pool_topup,
	HE_PROTO(u64 pfn, u64 pages, int ret),
	HE_STRUCT(
		he_field(u64, pfn)
		he_field(u64, pages)
		he_field(int, ret)
	),
	HE_ASSIGN(
		__entry->pfn = pfn;
		__entry->pages = pages;
		__entry->ret = ret;
	),
	HE_PRINTK("pfn=0x%llx pages=%llu ret=%d", __entry->pfn, __entry->pages, __entry->ret)
);

#endif
