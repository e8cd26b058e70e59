// SPDX-License-Identifier: GPL-2.0-only
/*
 * The registers of a GICv3 that the host needs and no device does: they say where interrupts
 * go, and in which memory the ITS and the redistributors keep their tables. A device that is
 * confined to a domain would leave it by them.
 *
 * Devices write to one frame of an ITS, that of GITS_TRANSLATER (Arm IHI 0069, 12), and to
 * the distributor where the tree says that it takes their interrupts as messages.
 */

#include <linux/init.h>
#include <linux/kvm_host.h>
#include <linux/minmax.h>
#include <linux/of.h>
#include <linux/sizes.h>

#include <asm/kvm_pkvm_iommu.h>

#include "arm-smmu-v3-pkvm.h"

/* An ITS has two of these: control and translation. With GICv4.1 there is a third. */
#define ITS_FRAME	SZ_64K

static bool __init keep(struct device_node *np, u64 start, u64 end)
{
	struct pkvm_iommu_machine *machine = &kvm_nvhe_sym(pkvm_iommu_machine);

	return start >= end || pkvm_smmu_v3_add_frames(np, machine->host_frames,
						       &machine->nr_host_frames, start, end);
}

/* In whole pages: one that has a part of the translation frame is left to devices. */
static bool __init keep_its(struct device_node *np, u64 start, u64 end)
{
	return keep(np, start, min(end, ALIGN_DOWN(start + ITS_FRAME, PAGE_SIZE))) &&
	       (end - start <= 2 * ITS_FRAME ||
		keep(np, ALIGN(start + 2 * ITS_FRAME, PAGE_SIZE), end));
}

/**
 * pkvm_smmu_v3_keep_gic() - keep what devices have no use for out of their domains
 * @np: any; most are no GIC
 *
 * Whatever the status of the node. Registers without an address are not the host's either.
 *
 * Return: see pkvm_smmu_v3_keep()
 */
bool __init pkvm_smmu_v3_keep_gic(struct device_node *np)
{
	bool its = of_device_is_compatible(np, "arm,gic-v3-its");
	u64 start, end;
	int i = 0, ret;

	if (!its && !of_device_is_compatible(np, "arm,gic-v3"))
		return true;

	/* The first registers are the distributor's. */
	if (!its && of_property_present(np, "mbi-ranges"))
		i++;

	for (; (ret = pkvm_smmu_v3_registers(np, i, &start, &end)) != -ENOENT; i++) {
		if (ret)
			continue;
		if (!(its ? keep_its(np, start, end) : keep(np, start, end)))
			return false;
	}

	return true;
}
