/* SPDX-License-Identifier: GPL-2.0-only */
/* What the arch-neutral part of the IOMMU code offers to drivers and modes. */

#ifndef __KVM_NVHE_IOMMU_CORE_H__
#define __KVM_NVHE_IOMMU_CORE_H__

#include <nvhe/iommu.h>
#include <nvhe/iommu_shim.h>

extern const struct pkvm_iommu_driver_ops pkvm_smmu_v3_driver_ops;

/* Pages of the pool that were set aside for somebody. */
struct iommu_reserve {
	u64 nr_pages;
};

/* Memory: pool.c */
void *iommu_boot_alloc(size_t size, enum pkvm_iommu_memory use);
void iommu_pool_init(void *base, size_t size);
bool iommu_pool_reach(u64 limit);
void iommu_pool_keep(u64 nr_pages);
void iommu_pool_fill(void);
int iommu_pool_reserve(struct iommu_reserve *r, u64 nr_pages);
void *iommu_pool_take(struct iommu_reserve *r, enum pkvm_iommu_memory use);
void iommu_pool_commit(struct iommu_reserve *r);
void iommu_pool_give(void *page);
u64 iommu_memory(enum pkvm_iommu_memory use);

/* Host memory and MMIO: host.c, frames in mmio.c */
typedef int (*iommu_host_fn)(void *arg, u64 start, u64 end, bool mmio);
int iommu_host_walk(u64 limit, iommu_host_fn fn, void *arg);
bool iommu_frame_gap(u64 addr, u64 *start, u64 *end);

/* Lock @lock of an IOMMU, counted. */
#define iommu_lock(lock, counter)		\
do {						\
	hyp_spin_lock(lock);			\
	pkvm_iommu_count(counter);		\
} while (0)

#define iommu_unlock(lock)	hyp_spin_unlock(lock)

#endif /* __KVM_NVHE_IOMMU_CORE_H__ */
