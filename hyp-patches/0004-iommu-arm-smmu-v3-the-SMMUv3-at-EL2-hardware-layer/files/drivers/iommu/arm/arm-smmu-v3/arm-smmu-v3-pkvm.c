// SPDX-License-Identifier: GPL-2.0-only
/*
 * The SMMUv3s that EL2 will own: found in the device tree, described to EL2 and
 * taken out of the host's sight while the host is still trusted.
 *
 * What EL2 could not keep safe is refused here by name, before anything runs.
 */

#include <linux/acpi.h>
#include <linux/init.h>
#include <linux/kvm_host.h>
#include <linux/memblock.h>
#include <linux/of.h>
#include <linux/of_address.h>
#include <linux/string.h>
#include <linux/string_choices.h>

#include <asm/kvm_pkvm_iommu.h>

#include "arm-smmu-v3-pkvm.h"

/* Two pages of 64 KiB. */
#define FRAME_SIZE	SZ_128K

/*
 * Tables of stage 2 translate 48 bits of address. What lies further is in none of
 * them, and no reason to make one larger.
 */
#define REACH		BIT_ULL(48)

/* Of the path of a node in a line, and what stands for the rest. */
#define PATH_SIZE	128
#define CUT		"..."

/* What a node may say without changing how its SMMU is to be programmed. */
static const char *const known_properties[] __initconst = {
	"name", "compatible", "reg", "status", "phandle", "linux,phandle",
	"interrupts", "interrupts-extended", "interrupt-names", "interrupt-parent",
	"#iommu-cells", "dma-coherent", "dma-noncoherent", "msi-parent",
	/* For people, and for the secure world. */
	"label", "reg-names", "secure-status",
	/* Of nodes below it, whose registers EL2 keeps as well. */
	"#address-cells", "#size-cells", "ranges",
	/* EL2 sends no prefetch commands. */
	"hisilicon,broken-prefetch-cmd",
};

/* What drivers of the host give a device or a bus, and take away again. */
static const char *const host_properties[] __initconst = {
	"clocks", "power-domains", "resets", "interconnects",
};

static struct device_node *nodes[PKVM_IOMMU_MAX_DEVICES];
static unsigned int nr_nodes;

/* Of the nodes that are there, the one with the highest address in reach. */
static struct device_node *highest __initdata;

/* Nodes that lose their status, and what they get instead. */
static struct device_node *hidden[PKVM_IOMMU_MAX_FRAMES] __initdata;
static unsigned int nr_hidden __initdata;
static struct property hidden_status[PKVM_IOMMU_MAX_FRAMES];

/**
 * pkvm_smmu_v3_path() - the path of a node, for a line
 *
 * Of a long one it is the end, so that there is room for what the line says of the
 * node. Good for two paths at a time.
 */
const char *__init pkvm_smmu_v3_path(struct device_node *np)
{
	static char paths[2][PATH_SIZE] __initdata;
	static unsigned int turn __initdata;
	char *path = paths[turn++ % 2], *at = path + PATH_SIZE - 1;

	*at = '\0';
	for (; np->parent; np = np->parent) {
		const char *name = kbasename(np->full_name);
		size_t len = strlen(name), room = at - path - strlen(CUT "/");

		if (len >= room) {
			at -= room;
			memcpy(at, name + len - room, room);
			at -= strlen(CUT);
			return memcpy(at, CUT, strlen(CUT));
		}
		at -= len;
		memcpy(at, name, len);
		*--at = '/';
	}

	return *at ? at : "/";
}

/**
 * pkvm_smmu_v3_absent() - what keeps Linux from using a node
 *
 * Return: the node itself or one above it, by their status; NULL if nothing does.
 */
struct device_node *__init pkvm_smmu_v3_absent(struct device_node *np)
{
	for (; np; np = np->parent) {
		if (!of_device_is_available(np))
			return np;
	}

	return NULL;
}

static bool __init property_known(const char *name)
{
	/* In which stage of the boot loader the node is there; two spellings. */
	if (str_has_prefix(name, "bootph-") || str_has_prefix(name, "u-boot,dm-"))
		return true;

	return match_string(known_properties, ARRAY_SIZE(known_properties), name) >= 0;
}

/* What a node, or a bus, stops working without, and that the host turns off. */
static const char *__init needed_from_host(struct device_node *np)
{
	struct property *prop;

	for_each_property_of_node(np, prop) {
		if (match_string(host_properties, ARRAY_SIZE(host_properties), prop->name) >= 0 ||
		    strstr(prop->name, "-supply"))
			return prop->name;
	}

	return NULL;
}

/* EL2 gives an SMMU the CPU's addresses of tables and queues. */
static bool __init shifts_dma(struct device_node *bus)
{
	struct of_range_parser parser;
	struct of_range range;

	if (of_pci_dma_range_parser_init(&parser, bus))
		return false;
	for_each_of_range(&parser, &range) {
		if (range.bus_addr != range.parent_bus_addr)
			return true;
	}

	return false;
}

static bool __init node_known(struct device_node *np)
{
	const char *compatible, *needed;
	struct device_node *bus;
	struct property *prop;
	int i;

	if (of_property_present(np, "clocks") || of_property_present(np, "power-domains")) {
		pkvm_iommu_refuse("%s needs clocks or a power domain, and EL2 has none to give",
				  pkvm_smmu_v3_path(np));
		return false;
	}

	for (bus = np->parent; bus && bus->parent; bus = bus->parent) {
		if (shifts_dma(bus)) {
			pkvm_iommu_refuse("%s lies below %s, whose 'dma-ranges' shift addresses",
					  pkvm_smmu_v3_path(np), pkvm_smmu_v3_path(bus));
			return false;
		}
		needed = needed_from_host(bus);
		if (!needed)
			continue;
		pkvm_iommu_refuse("%s lies below %s, which the host can turn off by its '%s'",
				  pkvm_smmu_v3_path(np), pkvm_smmu_v3_path(bus), needed);
		return false;
	}

	for (i = 0; !of_property_read_string_index(np, "compatible", i, &compatible); i++) {
		if (strcmp(compatible, "arm,smmu-v3")) {
			pkvm_iommu_refuse("%s is a '%s', whose errata are not known here",
					  pkvm_smmu_v3_path(np), compatible);
			return false;
		}
	}

	for_each_property_of_node(np, prop) {
		if (!property_known(prop->name)) {
			pkvm_iommu_refuse("%s has the property '%s', which is not known here",
					  pkvm_smmu_v3_path(np), prop->name);
			return false;
		}
	}

	return true;
}

static bool __init hide(struct device_node *np)
{
	if (nr_hidden == ARRAY_SIZE(hidden)) {
		pkvm_iommu_refuse("more than %d SMMUs and counter groups", PKVM_IOMMU_MAX_FRAMES);
		return false;
	}
	hidden[nr_hidden++] = of_node_get(np);

	return true;
}

static bool __init describe(struct device_node *np)
{
	struct pkvm_iommu_desc *desc = &kvm_nvhe_sym(pkvm_iommu_machine).descs[nr_nodes];
	u64 start, end;

	if (nr_nodes == PKVM_IOMMU_MAX_DEVICES) {
		pkvm_iommu_refuse("more than %d SMMUs", PKVM_IOMMU_MAX_DEVICES);
		return false;
	}
	if (!node_known(np))
		return false;
	if (pkvm_smmu_v3_registers(np, 0, &start, &end) || end - start < FRAME_SIZE) {
		pkvm_iommu_refuse("%s has less than two pages of registers", pkvm_smmu_v3_path(np));
		return false;
	}
	if (end > REACH) {
		pkvm_iommu_refuse("%s: its registers lie beyond 48 bits of address",
				  pkvm_smmu_v3_path(np));
		return false;
	}
	if (!PAGE_ALIGNED(start) || !PAGE_ALIGNED(end)) {
		pkvm_iommu_refuse("%s: its registers share a page with others",
				  pkvm_smmu_v3_path(np));
		return false;
	}
	if (!pkvm_smmu_v3_keep_smmu(np))
		return false;

	*desc = (struct pkvm_iommu_desc){
		.base = start,
		.size = end - start,
		.coherent = of_dma_is_coherent(np),
	};
	nodes[nr_nodes++] = of_node_get(np);

	return true;
}

/**
 * pkvm_smmu_v3_node() - the node of an SMMU that EL2 owns
 * @i: index of its description
 *
 * Return: NULL behind the last.
 */
struct device_node *pkvm_smmu_v3_node(unsigned int i)
{
	return i < nr_nodes ? nodes[i] : NULL;
}

/* Whether it is an SMMU of EL2's: its node is no longer available. */
bool pkvm_smmu_v3_owns(const struct device_node *np)
{
	unsigned int i;

	for (i = 0; i < nr_nodes; i++) {
		if (nodes[i] == np)
			return true;
	}

	return false;
}

static void __init reach(struct device_node *np, u64 start, u64 size)
{
	struct pkvm_iommu_machine *machine = &kvm_nvhe_sym(pkvm_iommu_machine);
	u64 end;

	if (start >= REACH)
		return;

	end = start + min(size, REACH - start);
	if (end > machine->limit) {
		machine->limit = end;
		highest = np;
	}
}

/*
 * A device that is there: it must not lose registers to EL2, and what it answers to
 * is mapped. For a PCI host that includes the windows of its devices.
 */
static bool __init take_in(struct device_node *np)
{
	struct of_pci_range_parser parser;
	struct of_pci_range range;
	u64 start, end;
	int i, ret;

	for (i = 0; (ret = pkvm_smmu_v3_registers(np, i, &start, &end)) != -ENOENT; i++) {
		if (ret)
			continue;
		if (!pkvm_smmu_v3_keep_apart(np, start, end))
			return false;
		reach(np, start, end - start);
	}

	if (!of_node_is_type(np, "pci") || of_pci_range_parser_init(&parser, np))
		return true;
	for_each_of_pci_range(&parser, &range)
		reach(np, range.cpu_addr, range.size);

	return true;
}

/* A table that takes much of the memory is a sign of a tree that is wrong. */
static void __init set_pages(void)
{
	struct pkvm_iommu_machine *machine = &kvm_nvhe_sym(pkvm_iommu_machine);

	machine->limit = ALIGN(machine->limit, SZ_1G);
	machine->pages = pkvm_smmu_v3_pages(machine->limit);
	if (machine->pages <= memblock_phys_mem_size() >> (PAGE_SHIFT + 3))
		return;

	pkvm_iommu_refuse("%llu of %llu MiB for tables: %u SMMU%s, addresses up to 0x%llx, at %s",
			  machine->pages >> (20 - PAGE_SHIFT), memblock_phys_mem_size() >> 20,
			  nr_nodes, str_plural(nr_nodes), machine->limit,
			  highest ? pkvm_smmu_v3_path(highest) : "memory");
}

/* There is nothing for EL2 to own. @np: an SMMU that Linux may not use, if any. */
static void __init refuse_unused(struct device_node *np)
{
	struct device_node *why = pkvm_smmu_v3_absent(np);
	static const char firmwares[] __initconst =
		"firmware's; start the kernel at EL2 with a device tree that says 'okay'";
	static const char idle[] __initconst =
		"not in use; if devices are behind it, take a device tree that says 'okay'";
	const char *path, *above, *status = "";
	bool reserved;

	if (!np) {
		pkvm_iommu_refuse("the device tree has no SMMUv3");
		return;
	}

	path = pkvm_smmu_v3_path(np);
	above = why == np ? "" : pkvm_smmu_v3_path(why);
	of_property_read_string(why, "status", &status);

	reserved = !strcmp(status, "reserved");
	pkvm_iommu_refuse("%s%s%s has the status '%s': the SMMU is %s%s", path,
			  *above ? " is not there, since " : "", above, status,
			  reserved ? firmwares : idle,
			  reserved ? " (Qualcomm: the board's EL2 overlay)" : "");
}

/**
 * pkvm_smmu_v3_discover() - describe all SMMUv3s to EL2
 *
 * Before slab, initcalls and consoles. What cannot be is left to
 * pkvm_iommu_refuse().
 */
void __init pkvm_smmu_v3_discover(void)
{
	struct pkvm_iommu_machine *machine = &kvm_nvhe_sym(pkvm_iommu_machine);
	struct device_node *np, *unused = NULL;

	if (!acpi_disabled) {
		pkvm_iommu_refuse("SMMUs are found in a device tree only, not by ACPI");
		return;
	}

	for_each_of_allnodes(np) {
		if (!pkvm_smmu_v3_is_smmu(np))
			continue;
		if (pkvm_smmu_v3_absent(np))
			unused = unused ?: np;
		else if (!describe(np))
			return;
	}
	if (!nr_nodes) {
		refuse_unused(unused);
		return;
	}
	machine->nr_descs = nr_nodes;
	machine->limit = min_t(u64, memblock_end_of_DRAM(), REACH);

	for_each_of_allnodes(np) {
		if (!pkvm_smmu_v3_is_part(np))
			continue;
		if (!pkvm_smmu_v3_absent(np) && !hide(np))
			return;
		if (!pkvm_smmu_v3_keep(np))
			return;
	}
	for_each_of_allnodes(np) {
		if (pkvm_smmu_v3_is_part(np) || pkvm_smmu_v3_absent(np))
			continue;
		if (!take_in(np))
			return;
	}
	set_pages();
}

/*
 * No platform device is made of a node that is not available, and devices behind
 * it do without an IOMMU instead of waiting for its driver.
 */
static int __init pkvm_smmu_v3_hide(void)
{
	unsigned int i;

	for (i = 0; i < nr_hidden; i++) {
		hidden_status[i] = (struct property){
			.name = "status",
			.value = "disabled",
			.length = sizeof("disabled"),
		};
		of_update_property(hidden[i], &hidden_status[i]);
	}

	return 0;
}
core_initcall(pkvm_smmu_v3_hide);
