// SPDX-License-Identifier: GPL-2.0-only
/* The hypercalls about domains, for pages that lie one behind the other. */

#include "domains.h"

#include <nvhe/iommu.h>

#include "world.h"

/* What is not the host's has no count of mappings. */
#define NO_COUNT (U16_MAX - 1)

u64 domain_range(u64 addr, u64 nr_pages)
{
	return addr | nr_pages;
}

/* An error says that nothing was done. */
static int outcome(int ret, u64 did, const char *what)
{
	if (ret > 0 || (ret && did) || did > PKVM_IOMMU_PAGES_MAX)
		world_bug("%s of %llu pages ends with %d", what, did, ret);

	return ret ? ret : (int)did;
}

int domain_map(u32 id, u64 iova, u64 phys, u64 nr_pages, u32 prot)
{
	u64 did = ~0ULL, range = domain_range(phys, nr_pages);
	int ret = __pkvm_iommu_map(id, iova, prot, &range, 1, &did);

	return outcome(ret, did, "a map");
}

int domain_unmap(u32 id, u64 iova, u64 nr_pages)
{
	u64 did = ~0ULL, range = domain_range(iova, nr_pages);
	int ret = __pkvm_iommu_unmap(id, &range, 1, &did);

	/* Where an IOMMU does not answer, pages may be unmapped nevertheless. */
	return ret == -ETIMEDOUT || ret == -EIO ? ret : outcome(ret, did, "an unmap");
}

int domain_alloc(u32 id, u32 iommu)
{
	u64 shape = ~0ULL;
	int ret = __pkvm_iommu_domain_alloc(id, iommu, &shape);

	if (ret > 0 || !shape != !!ret)
		world_bug("a domain with addresses of the shape %#llx: %d", shape, ret);

	return ret ? ret : (int)(shape & PKVM_IOMMU_DOMAIN_BITS);
}

int domain_free(u32 id)
{
	int ret, calls = 0;

	do {
		ret = __pkvm_iommu_domain_free(id);
		calls++;
	} while (ret == -EAGAIN && calls < 10000);

	return ret ? ret : calls;
}

u32 domain_maps(u64 phys)
{
	u32 maps = *iommu_page_maps(phys);

	return maps >= NO_COUNT ? 0 : maps;
}
