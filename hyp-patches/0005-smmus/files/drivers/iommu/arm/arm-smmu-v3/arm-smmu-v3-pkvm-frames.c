// SPDX-License-Identifier: GPL-2.0-only
/* What of the device tree is an SMMUv3, and where its registers are. */

#include <linux/init.h>
#include <linux/of.h>
#include <linux/of_address.h>
#include <linux/string.h>

#include "arm-smmu-v3-pkvm.h"

/* How SMMUv3s and their parts are called, by whichever vendor. */
static const char *const part_names[] __initconst = {
	"smmu-v3", "smmuv3", "mmu-600", "mmu-700", "mmu-l1", "mmu-s3", "tegra264-smmu",
	"cmdqv",
};

/* What of these translates nothing: counter groups, and queues of their own. */
static const char *const helper_names[] __initconst = { "pmcg", "cmdqv" };

static bool __init is_called(struct device_node *np, const char *const *names, int nr)
{
	const char *compatible;
	int i, j;

	for (i = 0; !of_property_read_string_index(np, "compatible", i, &compatible); i++) {
		for (j = 0; j < nr; j++) {
			if (strstr(compatible, names[j]))
				return true;
		}
	}

	return false;
}

/** pkvm_smmu_v3_is_smmu() - whether a node is an SMMUv3 that devices may be behind */
bool __init pkvm_smmu_v3_is_smmu(struct device_node *np)
{
	return is_called(np, part_names, ARRAY_SIZE(part_names)) &&
	       !is_called(np, helper_names, ARRAY_SIZE(helper_names));
}

/**
 * pkvm_smmu_v3_registers() - one range of a node's registers
 * @i: index into its "reg"
 * @start: the CPU's address of the first byte
 * @end: behind the last
 *
 * Return: 0; -ENOENT when "reg" has no such entry; -EINVAL when the entry is empty
 * or has no address on the CPU's bus.
 */
int __init pkvm_smmu_v3_registers(struct device_node *np, int i, u64 *start, u64 *end)
{
	struct resource res;

	if (!of_get_address(np, i, NULL, NULL))
		return -ENOENT;
	if (of_address_to_resource(np, i, &res) || !resource_size(&res))
		return -EINVAL;

	*start = res.start;
	/* One that ends where 64 bits do loses its last byte, not all others. */
	*end = res.end + 1 ?: U64_MAX;

	return 0;
}
