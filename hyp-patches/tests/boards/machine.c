// SPDX-License-Identifier: GPL-2.0-only
/* Registers of SMMUs that are there, and EL2, which takes all that it is told of. */

#include "boards.h"

#include <linux/of_address.h>
#include <stdio.h>

#include <asm/kvm_pkvm_iommu.h>

struct pkvm_iommu_machine kvm_nvhe_pkvm_iommu_machine;

int acpi_disabled = 1;

/* Of the ID registers, by their offset (IHI 0070, 6.3): an SMMU that has all that is needed. */
static u32 registers[SZ_4K / 4] = {
	/* Two-level stream table, little-endian, VMID16, COHACC, AArch64, both stages. */
	[0x00 / 4] = 1 << 27 | 2 << 21 | 1 << 18 | 1 << 4 | 2 << 2 | 1 << 1 | 1 << 0,
	/* Queues of up to 2^19, stream IDs of 16 bits. */
	[0x04 / 4] = 19 << 21 | 19 << 16 | 16,
	/* Range invalidation, BBM level 2. */
	[0x0c / 4] = 1 << 10 | 2 << 11,
	/* All granules, 44 bits. */
	[0x14 / 4] = 7 << 4 | 4,
	/* An MMU-600, r1p0. */
	[0x18 / 4] = 0x4831043b,
};

/* An access to an SMMU that is not there, or that nobody says is, ends a boot without a line. */
static bool is_there(phys_addr_t base, unsigned long size)
{
	struct device_node *np;
	struct resource res;

	for_each_compatible_node(np, NULL, "arm,smmu-v3") {
		if (tree_live(np) && !of_address_to_resource(np, 0, &res) && base >= res.start &&
		    base + size - 1 <= res.end)
			return true;
	}

	return false;
}

void *early_ioremap(phys_addr_t base, unsigned long size)
{
	if (!is_there(base, size)) {
		printf("broken: accesses 0x%llx, where there is no SMMU\n", base);
		exit(EX_BROKEN);
	}

	return registers;
}

void early_iounmap(void *va, unsigned long size)
{
}

u32 readl_relaxed(const void *va)
{
	return *(const u32 *)va;
}

/* No tree says at which level firmware starts a CPU, but for the cases. */
bool is_hyp_mode_mismatched(void)
{
	struct device_node *np;

	for_each_node_with_property(np, "boards,starts-at-el1")
		return true;

	return false;
}

int of_irq_get_byname(struct device_node *np, const char *name)
{
	return of_property_match_string(np, "interrupt-names", name) + 1;
}

/* Where devices write their interrupts: without it in its domain, a device has none. */
static void check_doorbells(const struct pkvm_iommu_machine *machine)
{
	struct device_node *np;
	struct resource res;
	u32 i;

	for_each_compatible_node(np, NULL, "arm,gic-v3-its") {
		if (!tree_live(np) || of_address_to_resource(np, 0, &res))
			continue;
		for (i = 0; i < machine->nr_host_frames; i++) {
			if (machine->host_frames[i].start >= res.start + SZ_128K ||
			    machine->host_frames[i].end <= res.start + SZ_64K)
				continue;
			printf("broken: no domain can map the doorbell at 0x%llx\n", res.start + SZ_64K);
			exit(EX_BROKEN);
		}
	}
}

void machine_take(void)
{
	struct pkvm_iommu_machine *machine = &kvm_nvhe_pkvm_iommu_machine;
	u32 i;

	check_doorbells(machine);
	for (i = 0; i < machine->nr_descs; i++)
		machine->descs[i].state = PKVM_IOMMU_ISOLATING;
}
