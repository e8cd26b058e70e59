// SPDX-License-Identifier: GPL-2.0-only
/* Memory of the IOMMU code: what the host reserved at boot. */

#include <nvhe/iommu_core.h>

static void *boot_next;
static void *boot_end;

void iommu_pool_init(void *base, size_t size)
{
	boot_next = base;
	boot_end = base + size;
}
