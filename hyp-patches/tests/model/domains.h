/* SPDX-License-Identifier: GPL-2.0-only */
/* The hypercalls about domains, for pages that lie one behind the other. */

#ifndef MODEL_DOMAINS_H
#define MODEL_DOMAINS_H

#include <nvhe/iommu_shim.h>

#define DOMAIN_RW (PKVM_IOMMU_READ | PKVM_IOMMU_WRITE | PKVM_IOMMU_CACHE)

/** domain_range() - what the host puts in a register */
u64 domain_range(u64 addr, u64 nr_pages);

/** domain_map(), domain_unmap() - Return: how many pages, or the error */
int domain_map(u32 id, u64 iova, u64 phys, u64 nr_pages, u32 prot);
int domain_unmap(u32 id, u64 iova, u64 nr_pages);

/** domain_alloc() - Return: bits of an address, or the error */
int domain_alloc(u32 id, u32 iommu);

/** domain_free() - however many calls it takes. Return: how many, or the error */
int domain_free(u32 id);

/** domain_maps() - how often domains map a page of memory */
u32 domain_maps(u64 phys);

#endif /* MODEL_DOMAINS_H */
