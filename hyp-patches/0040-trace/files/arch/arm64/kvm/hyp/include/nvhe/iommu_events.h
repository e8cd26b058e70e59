/* SPDX-License-Identifier: GPL-2.0-only */
/* Events of the IOMMU code of EL2, and of the locks that it counts. */

#ifndef __KVM_NVHE_IOMMU_EVENTS_H__
#define __KVM_NVHE_IOMMU_EVENTS_H__

#include <asm/kvm_hypevents.h>
#include <asm/kvm_pkvm_iommu.h>

#include <nvhe/spinlock.h>

#ifdef CONFIG_PKVM_IOMMU
/* What records an event: iommu/events.c. */
#undef HYP_EVENT
#define HYP_EVENT(__name, __proto, __struct, __assign, __printk)	\
	void iommu_record_##__name(__proto)

#define HYP_EVENT_MULTI_READ
#include <asm/kvm_pkvm_iommu_events.h>
#undef HYP_EVENT_MULTI_READ

void iommu_record_lock(const hyp_spinlock_t *lock, enum pkvm_iommu_counter counter);

/*
 * Most often there is nothing to record. So the way past an event is a load and a branch,
 * and what is not called leaves its caller's registers alone.
 */
#ifdef CONFIG_NVHE_EL2_TRACING
#define iommu_trace_is_on(event)	unlikely(atomic_read(&hyp_event_id_##event.enabled))
#else
#define iommu_trace_is_on(event)	false
#endif

/* Records @event with what follows. */
#define iommu_trace(event, ...)				\
do {							\
	if (iommu_trace_is_on(event))			\
		iommu_record_##event(__VA_ARGS__);	\
} while (0)

/* Before @lock is taken; it goes by its @counter. */
static inline void iommu_trace_lock(const hyp_spinlock_t *lock, enum pkvm_iommu_counter counter)
{
	if (iommu_trace_is_on(iommu_lock_contended))
		iommu_record_lock(lock, counter);
}
#else
static inline void iommu_trace_lock(const hyp_spinlock_t *lock, enum pkvm_iommu_counter counter) { }
#endif

#endif /* __KVM_NVHE_IOMMU_EVENTS_H__ */
