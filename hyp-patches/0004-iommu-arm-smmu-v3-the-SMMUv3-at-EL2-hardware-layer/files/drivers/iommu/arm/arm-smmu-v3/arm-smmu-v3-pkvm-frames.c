// SPDX-License-Identifier: GPL-2.0-only
/*
 * The registers that only EL2 may reach: those of every SMMUv3 in the device tree
 * and of all that belongs to one, whatever the status of the node. Whoever reaches
 * the registers of an SMMU that is called disabled can enable it, and its queues
 * write to any address. EL2 does not touch those either, since the SMMU may have
 * neither power nor clock: it keeps the host and all devices from them.
 */

#include <linux/init.h>
#include <linux/kvm_host.h>
#include <linux/memblock.h>
#include <linux/of.h>
#include <linux/of_address.h>
#include <linux/string.h>

#include <asm/kvm_pkvm_iommu.h>

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

/** pkvm_smmu_v3_is_part() - whether a node is an SMMUv3, its counters, or below one */
bool __init pkvm_smmu_v3_is_part(struct device_node *np)
{
	for (; np; np = np->parent) {
		if (is_called(np, part_names, ARRAY_SIZE(part_names)))
			return true;
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

static bool __init overlaps_frame(u64 start, u64 end)
{
	struct pkvm_iommu_machine *machine = &kvm_nvhe_sym(pkvm_iommu_machine);
	u32 i;

	for (i = 0; i < machine->nr_frames; i++) {
		if (start < machine->frames[i].end && machine->frames[i].start < end)
			return true;
	}

	return false;
}

/*
 * Frames that overlap become one, so that they stay apart and in order. Those that only
 * touch stay two: a window that holds one of them whole need not hold the other.
 */
static bool __init add_frame(struct device_node *np, u64 start, u64 end)
{
	struct pkvm_iommu_machine *machine = &kvm_nvhe_sym(pkvm_iommu_machine);
	struct pkvm_iommu_frame *frames = machine->frames;
	u32 from, to;

	for (from = 0; from < machine->nr_frames && frames[from].end <= start; from++)
		;
	for (to = from; to < machine->nr_frames && frames[to].start < end; to++) {
		start = min(start, frames[to].start);
		end = max(end, frames[to].end);
	}
	if (from == to && machine->nr_frames == PKVM_IOMMU_MAX_FRAMES) {
		pkvm_iommu_refuse("%s: more than %d register frames",
				  pkvm_smmu_v3_path(np), PKVM_IOMMU_MAX_FRAMES);
		return false;
	}

	memmove(&frames[from + 1], &frames[to], (machine->nr_frames - to) * sizeof(*frames));
	frames[from] = (struct pkvm_iommu_frame){ start, end };
	machine->nr_frames = machine->nr_frames + 1 - (to - from);

	return true;
}

/* Pages that hold memory are not registers, whatever a node that nobody uses says. */
static bool __init add_beside_memory(struct device_node *np, u64 start, u64 end)
{
	struct memblock_region *r;

	for_each_mem_region(r) {
		u64 base = ALIGN_DOWN(r->base, PAGE_SIZE);
		u64 top = ALIGN(r->base + r->size, PAGE_SIZE);

		if (top <= start || base >= end)
			continue;
		if (start < base && !add_frame(np, start, base))
			return false;
		start = top;
	}

	return start >= end || add_frame(np, start, end);
}

/**
 * pkvm_smmu_v3_keep() - keep all registers of a part from the host and from devices
 * @np: see pkvm_smmu_v3_is_part()
 *
 * In whole pages. Registers that the tree gives no address are somewhere all the same,
 * and a host that knows where reaches them.
 *
 * Return: whether that is possible; else it is left to pkvm_iommu_refuse().
 */
bool __init pkvm_smmu_v3_keep(struct device_node *np)
{
	u64 start, end;
	int i, ret;

	for (i = 0; (ret = pkvm_smmu_v3_registers(np, i, &start, &end)) != -ENOENT; i++) {
		if (ret) {
			pkvm_iommu_refuse("%s: registers %d have no address for EL2 to keep",
					  pkvm_smmu_v3_path(np), i);
			return false;
		}
		start = ALIGN_DOWN(start, PAGE_SIZE);
		end = ALIGN(end, PAGE_SIZE) ?: ALIGN_DOWN(end, PAGE_SIZE);
		if (!add_beside_memory(np, start, end))
			return false;
	}

	return true;
}

/**
 * pkvm_smmu_v3_keep_smmu() - the same for an SMMU that EL2 is to drive
 *
 * Its registers have to be there, and nobody else's.
 */
bool __init pkvm_smmu_v3_keep_smmu(struct device_node *np)
{
	u64 start, end;
	int i, ret;

	for (i = 0; (ret = pkvm_smmu_v3_registers(np, i, &start, &end)) != -ENOENT; i++) {
		if (ret)
			break; /* pkvm_smmu_v3_keep() says so. */
		if (memblock_overlaps_region(&memblock.memory, start, end - start)) {
			pkvm_iommu_refuse("%s: its registers overlap memory",
					  pkvm_smmu_v3_path(np));
			return false;
		}
		if (overlaps_frame(start, end)) {
			pkvm_iommu_refuse("%s: its registers overlap those of another SMMU",
					  pkvm_smmu_v3_path(np));
			return false;
		}
	}

	return pkvm_smmu_v3_keep(np);
}

/* Whether all of a frame lies in a wider range. */
static bool __init is_window(u64 start, u64 end, const struct pkvm_iommu_frame *frame)
{
	return start <= frame->start && frame->end <= end &&
	       end - start > frame->end - frame->start;
}

static bool __init holds_part(struct device_node *bus)
{
	struct device_node *np, *up;

	for_each_of_allnodes(np) {
		for (up = pkvm_smmu_v3_is_part(np) ? np->parent : NULL; up; up = up->parent) {
			if (up == bus)
				return true;
		}
	}

	return false;
}

/**
 * pkvm_smmu_v3_keep_apart() - whether a device can do without what EL2 keeps
 * @np: not part of an SMMU
 * @start: of registers of its
 * @end: behind them
 *
 * A bus, or a window with whole SMMUs in it, loses nothing that its driver uses.
 * A device in the same page, or at the same address, would abort when it is used.
 *
 * Return: see pkvm_smmu_v3_keep()
 */
bool __init pkvm_smmu_v3_keep_apart(struct device_node *np, u64 start, u64 end)
{
	struct pkvm_iommu_machine *machine = &kvm_nvhe_sym(pkvm_iommu_machine);
	u32 i;

	for (i = 0; i < machine->nr_frames; i++) {
		const struct pkvm_iommu_frame *frame = &machine->frames[i];

		if (start >= frame->end || frame->start >= end)
			continue;
		if (is_window(start, end, frame) || holds_part(np))
			continue;
		pkvm_iommu_refuse("%s: its registers share a page with an SMMUv3's, at 0x%llx",
				  pkvm_smmu_v3_path(np), max(start, frame->start));
		return false;
	}

	return true;
}
