// SPDX-License-Identifier: GPL-2.0-only
/*
 * Buffers in no-map memory that devices use. Where the host owns the SMMUs, DMA
 * reaches them; where EL2 does, it aborts, since EL2 lets no device at memory that
 * is not mapped: most of it is firmware's. A phandle tells which device has a use
 * for a buffer, but neither that it does DMA there, nor that all others may. So
 * that a driver's failure can be understood, one line names them.
 */

#define pr_fmt(fmt) "kvm-arm.smmu: " fmt

#include <linux/init.h>
#include <linux/kvm_host.h>
#include <linux/memblock.h>
#include <linux/of.h>
#include <linux/printk.h>
#include <linux/string.h>

#include <asm/kvm_pkvm_iommu.h>

#include "arm-smmu-v3-pkvm.h"

static char line[640] __initdata;
static unsigned int left_out __initdata;

/* A region beside memory is MMIO, which devices reach; one without "reg" is in memory. */
static bool __init is_unmapped_memory(struct device_node *region)
{
	u64 start, end;
	int i, ret;

	if (pkvm_smmu_v3_absent(region) || !of_property_present(region, "no-map"))
		return false;

	for (i = 0; (ret = pkvm_smmu_v3_registers(region, i, &start, &end)) != -ENOENT; i++) {
		if (!ret && memblock_overlaps_region(&memblock.memory, start, end - start))
			return true;
	}

	return !i;
}

/* Itself, or a part of it that has a stream ID of its own; of a map, some IDs may be. */
static bool __init is_behind_smmu(struct device_node *np)
{
	struct of_phandle_iterator it;
	struct device_node *child;
	int ret;

	of_for_each_phandle(&it, ret, np, "iommus", "#iommu-cells", -1) {
		if (it.node && pkvm_smmu_v3_owns(it.node)) {
			of_node_put(it.node);
			return true;
		}
	}
	for_each_available_child_of_node(np, child) {
		if (is_behind_smmu(child)) {
			of_node_put(child);
			return true;
		}
	}

	return of_property_present(np, "iommu-map");
}

static void __init add_to_line(struct device_node *region, struct device_node *user)
{
	size_t len = strlen(line), room = sizeof(line) - len;

	if (snprintf(line + len, room, "%s%s (%s)", len ? ", " : "",
		     kbasename(region->full_name), kbasename(user->full_name)) < room)
		return;

	line[len] = '\0';
	left_out++;
}

static int __init pkvm_smmu_v3_report_nomap(void)
{
	struct device_node *np, *region;
	int i, nr;

	if (pkvm_iommu_requested_mode() == PKVM_IOMMU_NATIVE || !is_pkvm_initialized())
		return 0;

	for_each_of_allnodes(np) {
		nr = pkvm_smmu_v3_absent(np) || !is_behind_smmu(np) ? 0 :
		     of_count_phandle_with_args(np, "memory-region", NULL);
		for (i = 0; i < nr; i++) {
			region = of_parse_phandle(np, "memory-region", i);
			if (region && is_unmapped_memory(region))
				add_to_line(region, np);
			of_node_put(region);
		}
	}

	if (line[0] && left_out)
		pr_warn("DMA through an SMMU aborts at no-map memory, which some devices use: %s, and %u more\n",
			line, left_out);
	else if (line[0])
		pr_warn("DMA through an SMMU aborts at no-map memory, which some devices use: %s\n",
			line);

	return 0;
}
late_initcall(pkvm_smmu_v3_report_nomap);
