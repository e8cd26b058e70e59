// SPDX-License-Identifier: GPL-2.0-only
/*
 * The DMA masters that no SMMU of EL2's stands before, as far as the device tree
 * tells: named in one line at boot.
 *
 * A device tree says which IOMMU a device is behind, and hardly ever that a device
 * masters at all. Taken for masters are nodes that are there and
 *  - have an IOMMU of any kind ("iommus", "iommu-map"),
 *  - are PCI hosts, virtio devices, or interrupt controllers with tables in memory
 *    (GICv3, whose redistributors have them, and its ITS),
 *  - say how their DMA is coherent, or are DMA controllers ("#dma-cells"),
 *  - have a name that the Devicetree Specification (2.2.2) or common use has for
 *    devices with a DMA engine of their own.
 * A device that leaves its DMA to a controller ("dmas") is no master. What lies below
 * a master is part of it, unless it has an IOMMU of its own. Masters that are not in
 * the tree, or in it under another name, are not found; IOMMUs of other kinds walk
 * their tables in memory, and are not listed.
 */

#define pr_fmt(fmt) "kvm-arm.smmu: " fmt

#include <linux/minmax.h>
#include <linux/of.h>
#include <linux/of_address.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/string_choices.h>

#include <asm/kvm_pkvm_iommu.h>

#include "arm-smmu-v3-pkvm.h"

/* What the boot's line has room for. */
#define LINE_SIZE	256

enum guard {
	GUARD_FULL,
	GUARD_NONE,
	GUARD_OTHER,
	GUARD_SOME,
};

struct master {
	struct device_node *np;
	enum guard guard;
};

static const char *const names[] __initconst = {
	"adsp", "camera", "camss", "cdsp", "clcd", "crypto", "display", "display-controller",
	"display-subsystem", "dma", "dma-controller", "dsp", "dss", "ethernet", "etr", "gpu",
	"hda", "hdmi_receiver", "infiniband", "isp", "lcdc", "mmc", "mpss", "nand-controller",
	"npu", "pcie-ep", "r5f", "remoteproc", "rga", "sas", "sata", "sdhci", "ufs", "ufshc", "usb",
	"video", "video-codec", "video-decoder", "video-encoder", "wifi",
};

static bool __init is_there(struct device_node *np)
{
	for (; np; np = np->parent) {
		if (!of_device_is_available(np))
			return false;
	}

	return true;
}

static bool __init has_iommu(const struct device_node *np)
{
	return of_property_present(np, "iommus") || of_property_present(np, "iommu-map");
}

static bool __init in_master(const struct device_node *np)
{
	for (np = np->parent; np; np = np->parent) {
		if (has_iommu(np) || of_node_is_type(np, "pci"))
			return true;
	}

	return false;
}

static bool __init is_named(const struct device_node *np)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		if (of_node_name_eq(np, names[i]))
			return true;
	}

	return false;
}

/* A bus, or glue around a master: the master is the node below. */
static bool __init is_around(const struct device_node *np)
{
	struct device_node *child;

	if (!np->parent || of_device_is_compatible(np, "simple-bus") ||
	    of_device_is_compatible(np, "simple-pm-bus") ||
	    of_device_is_compatible(np, "simple-mfd"))
		return true;
	if (!of_property_present(np, "ranges"))
		return false;

	for_each_available_child_of_node(np, child) {
		if (has_iommu(child) || is_named(child)) {
			of_node_put(child);
			return true;
		}
	}

	return false;
}

/* Devices on I2C, SPI or MDIO have such names, too, and addresses that are none of a CPU's. */
static bool __init has_registers(struct device_node *np)
{
	struct resource res;

	if (!of_property_present(np, "reg"))
		return of_node_name_eq(np, "remoteproc");

	return !of_address_to_resource(np, 0, &res);
}

static bool __init is_master(struct device_node *np)
{
	if (!is_there(np) || of_property_present(np, "#iommu-cells") ||
	    of_node_name_eq(np->parent, "reserved-memory"))
		return false;
	if (has_iommu(np))
		return true;
	if (in_master(np))
		return false;
	if (of_node_is_type(np, "pci") || of_device_is_compatible(np, "arm,gic-v3") ||
	    of_device_is_compatible(np, "arm,gic-v3-its") ||
	    of_device_is_compatible(np, "arm,gic-v5-irs") ||
	    of_device_is_compatible(np, "arm,gic-v5-its") ||
	    of_device_is_compatible(np, "virtio,mmio"))
		return true;
	if (is_around(np))
		return false;
	if (of_property_present(np, "dma-coherent") || of_property_present(np, "dma-noncoherent") ||
	    of_property_present(np, "#dma-cells"))
		return true;

	return is_named(np) && has_registers(np) && !of_property_present(np, "dmas");
}

/* Some, or all, of what a master emits goes through an SMMU of EL2's. */
static enum guard __init guard_when(bool some, bool all)
{
	if (!some)
		return GUARD_OTHER;

	return all ? GUARD_FULL : GUARD_SOME;
}

/* Whether all of the node's "iommus" are EL2's, some, or none. */
static enum guard __init guard_by_list(struct device_node *np)
{
	struct of_phandle_iterator it;
	bool some = false, all = true;
	int ret;

	/* An entry of 0 is an ID without an IOMMU, and not the end of the list. */
	of_for_each_phandle(&it, ret, np, "iommus", "#iommu-cells", -1) {
		if (it.node && pkvm_smmu_v3_owns(it.node))
			some = true;
		else
			all = false;
	}

	/* The list ends there, or it cannot be read on. */
	return guard_when(some, all && ret == -ENOENT);
}

/* Which of its stream IDs a map covers is not looked at. */
static enum guard __init guard_of(struct device_node *np)
{
	if (of_property_present(np, "iommu-map"))
		return GUARD_SOME;

	return of_property_present(np, "iommus") ? guard_by_list(np) : GUARD_NONE;
}

/* What is no master needs no guard. */
static enum guard __init need_of(struct device_node *np)
{
	return is_master(np) ? guard_of(np) : GUARD_FULL;
}

/* A part with an IOMMU of its own adds nothing to a master that is not guarded. */
static bool __init in_unguarded(struct device_node *np)
{
	for (np = np->parent; np; np = np->parent) {
		if (need_of(np) != GUARD_FULL)
			return true;
	}

	return false;
}

/* Fills @masters as far as there is room. Return: how many there are. */
static unsigned int __init find_masters(struct master *masters, unsigned int room)
{
	struct device_node *np;
	unsigned int nr = 0;

	for_each_of_allnodes(np) {
		enum guard guard = need_of(np);

		if (guard == GUARD_FULL || (has_iommu(np) && in_unguarded(np)))
			continue;
		if (nr < room)
			masters[nr] = (struct master){ np, guard };
		nr++;
	}

	return nr;
}

static bool __init are_alike(const struct master *a, const struct master *b)
{
	return a->np->parent == b->np->parent && a->guard == b->guard &&
	       !strcmp(a->np->name, b->np->name);
}

/* How many are like @masters[@i], or 0 when one before it is. */
static unsigned int __init count_alike(const struct master *masters, unsigned int nr,
				       unsigned int i)
{
	unsigned int j, alike = 0;

	for (j = 0; j < nr; j++) {
		if (!are_alike(&masters[i], &masters[j]))
			continue;
		if (j < i)
			return 0;
		alike++;
	}

	return alike;
}

/* Those that differ in their address only are named once, with their number. */
static void __init say(const struct master *masters, unsigned int nr)
{
	unsigned int i, alike, named = 0;
	char line[LINE_SIZE] = "";
	size_t len = 0;

	for (i = 0; i < nr; i++) {
		size_t room = sizeof(line) - len, need;

		alike = count_alike(masters, nr, i);
		if (!alike)
			continue;

		need = snprintf(line + len, room, "%s%s%s", len ? ", " : "",
				pkvm_smmu_v3_path(masters[i].np),
				masters[i].guard == GUARD_SOME ? " in part" : "");
		if (need < room && alike > 1)
			need += snprintf(line + len + need, room - need, " and %u alike",
					 alike - 1);
		if (need >= room) {
			line[len] = '\0';
			break;
		}
		len += need;
		named += alike;
	}

	if (named < nr)
		pr_warn("%u DMA masters behind no SMMU of EL2's: %s, and %u more\n", nr, line,
			nr - named);
	else
		pr_warn("%u DMA master%s behind no SMMU of EL2's: %s\n", nr, str_plural(nr), line);
}

/**
 * pkvm_smmu_v3_list_masters() - name the masters that EL2 does not guard against
 *
 * Once, behind all that changes the device tree at boot.
 */
int __init pkvm_smmu_v3_list_masters(void)
{
	unsigned int nr = find_masters(NULL, 0);
	struct master *masters __free(kfree) = kcalloc(max(nr, 1U), sizeof(*masters), GFP_KERNEL);

	if (!masters)
		return -ENOMEM;

	find_masters(masters, nr);
	if (nr)
		say(masters, nr);

	return 0;
}
