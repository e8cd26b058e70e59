// SPDX-License-Identifier: GPL-2.0-only
/* Functions that drivers/of and the host refer to, and that discovery never gets to. */

#include "boards.h"

#include <linux/ioport.h>

#include <asm/kvm_pkvm_iommu.h>

struct device_node *of_cpu_device_node_get(int cpu)
{
	return NULL;
}

const void *of_device_get_match_data(const struct device *dev)
{
	return NULL;
}

int fwnode_link_add(struct fwnode_handle *con, struct fwnode_handle *sup, u8 flags)
{
	return 0;
}

bool fw_devlink_is_strict(void)
{
	return false;
}

const __be32 *of_irq_parse_imap_parent(const __be32 *imap, int len, struct of_phandle_args *irq);
const __be32 *of_irq_parse_imap_parent(const __be32 *imap, int len, struct of_phandle_args *irq)
{
	return NULL;
}

struct resource iomem_resource;

struct resource *__request_region(struct resource *parent, resource_size_t start, resource_size_t n,
				  const char *name, int flags)
{
	return NULL;
}

void __release_region(struct resource *parent, resource_size_t start, resource_size_t n)
{
}

/* Under memory pressure, which there is none of. */
void pkvm_iommu_trim_soon(void)
{
}
