// SPDX-License-Identifier: GPL-2.0-only
/*
 * The SMMUv3s that EL2 will own: found in the device tree, described to EL2 and
 * taken out of the host's sight while the host is still trusted.
 *
 * What does not allow that is refused here by name, before anything runs.
 */

#include <linux/acpi.h>
#include <linux/init.h>
#include <linux/kvm_host.h>
#include <linux/of.h>
#include <linux/of_address.h>
#include <linux/string.h>

#include <asm/kvm_pkvm_iommu.h>

#include "arm-smmu-v3-pkvm.h"

/* Two pages of 64 KiB. */
#define FRAME_SIZE	SZ_128K

/* Of the path of a node in a line, and what stands for the rest. */
#define PATH_SIZE	128
#define CUT		"..."

static struct device_node *nodes[PKVM_IOMMU_MAX_DEVICES];
static unsigned int nr_nodes;

static struct property hidden_status[PKVM_IOMMU_MAX_DEVICES];

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

static bool __init describe(struct device_node *np)
{
	struct pkvm_iommu_desc *desc = &kvm_nvhe_sym(pkvm_iommu_machine).descs[nr_nodes];
	u64 start, end;

	if (nr_nodes == PKVM_IOMMU_MAX_DEVICES) {
		pkvm_iommu_refuse("more than %d SMMUs", PKVM_IOMMU_MAX_DEVICES);
		return false;
	}
	if (pkvm_smmu_v3_registers(np, 0, &start, &end) || end - start < FRAME_SIZE) {
		pkvm_iommu_refuse("%s has less than two pages of registers", pkvm_smmu_v3_path(np));
		return false;
	}
	if (!PAGE_ALIGNED(start) || !PAGE_ALIGNED(end)) {
		pkvm_iommu_refuse("%s: its registers share a page with others",
				  pkvm_smmu_v3_path(np));
		return false;
	}

	*desc = (struct pkvm_iommu_desc){
		.base = start,
		.size = end - start,
		.coherent = of_dma_is_coherent(np),
	};
	nodes[nr_nodes++] = of_node_get(np);

	return true;
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
	struct device_node *np;

	if (!acpi_disabled) {
		pkvm_iommu_refuse("SMMUs are found in a device tree only, not by ACPI");
		return;
	}

	for_each_of_allnodes(np) {
		if (pkvm_smmu_v3_is_smmu(np) && !pkvm_smmu_v3_absent(np) && !describe(np))
			return;
	}
	if (!nr_nodes) {
		pkvm_iommu_refuse("the device tree has no SMMUv3 that is in use");
		return;
	}
	machine->nr_descs = nr_nodes;
}

/*
 * No platform device is made of a node that is not available, and devices behind
 * it do without an IOMMU instead of waiting for its driver.
 */
static int __init pkvm_smmu_v3_hide(void)
{
	unsigned int i;

	for (i = 0; i < nr_nodes; i++) {
		hidden_status[i] = (struct property){
			.name = "status",
			.value = "disabled",
			.length = sizeof("disabled"),
		};
		of_update_property(nodes[i], &hidden_status[i]);
	}

	return 0;
}
core_initcall(pkvm_smmu_v3_hide);
