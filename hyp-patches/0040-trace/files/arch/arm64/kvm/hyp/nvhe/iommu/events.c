// SPDX-License-Identifier: GPL-2.0-only
/* What records the events of the IOMMU code, once they are enabled. */

#include <nvhe/iommu_shim.h>

#undef HYP_EVENT
#define HYP_EVENT(__name, __proto, __struct, __assign, __printk)		\
	void iommu_record_##__name(__proto)					\
	{									\
		struct remote_event_format_##__name *__entry;			\
										\
		__entry = tracing_reserve_entry(sizeof(*__entry));		\
		if (!__entry)							\
			return;							\
		__entry->hdr.id = hyp_event_id_##__name.id;			\
		__assign							\
		tracing_commit_entry();						\
	}									\
	void iommu_record_##__name(__proto)

#define HYP_EVENT_MULTI_READ
#include <asm/kvm_pkvm_iommu_events.h>
#undef HYP_EVENT_MULTI_READ

/* Unless the lock is free. It may be by the time that it is taken. */
void iommu_record_lock(const hyp_spinlock_t *lock, enum pkvm_iommu_counter counter)
{
	hyp_spinlock_t now = { .__val = READ_ONCE(lock->__val) };

	if (now.owner != now.next)
		iommu_record_iommu_lock_contended(counter - PKVM_IOMMU_LOCK_HOST,
						  (u16)(now.next - now.owner));
}
