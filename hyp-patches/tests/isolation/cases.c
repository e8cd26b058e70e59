// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is attempted, and what must become of it. A line that is BLOCKED stands
 * below one that is REACHED by the same device with the same code, so that a
 * broken device does not pass for isolation; and it is REACHED in native, so that
 * the attack is a real one. What is UNGUARDED would be BLOCKED, too, if EL2 kept the
 * GIC's tables: their registers, and the ITS's command queue.
 */

#include "cases.h"

#define GUEST	true
#define ALONE	false

const struct isolation_case cases[] = {
	/* name, attempt, where EL2 owns the SMMU, in native, with a guest, code */

	{ "host_write", "a device writes a page of the host",
	  REACHED, REACHED, ALONE, host_write },
	{ "guest_write", "a device writes a page that a guest took",
	  BLOCKED, REACHED, GUEST, guest_write },
	{ "guest_write_cached", "the same, and the device wrote it just before the guest took it",
	  BLOCKED, REACHED, GUEST, guest_write_cached },
	{ "neighbour_write", "a device writes the page beside one that a guest took",
	  REACHED, REACHED, GUEST, neighbour_write },

	{ "host_read", "a device reads a page of the host",
	  REACHED, REACHED, ALONE, host_read },
	{ "guest_read", "a device reads the secret in a page that a guest took",
	  BLOCKED, REACHED, GUEST, guest_read },
	{ "guest_read_cached", "the same, and the device read the page just before",
	  BLOCKED, REACHED, GUEST, guest_read_cached },
	{ "neighbour_read", "a device reads the page beside one that a guest took",
	  REACHED, REACHED, GUEST, neighbour_read },

	{ "shared_write", "a device writes a page that a guest shares with the host",
	  REACHED, REACHED, GUEST, shared_write },
	{ "unshared_write", "the same after the guest took it back",
	  BLOCKED, REACHED, GUEST, unshared_write },
	{ "shared_read", "a device reads a page that a guest shares with the host",
	  REACHED, REACHED, GUEST, shared_read },
	{ "unshared_read", "the same after the guest took it back",
	  BLOCKED, REACHED, GUEST, unshared_read },

	{ "reclaimed_write", "a device writes a page after the guest's end",
	  REACHED, REACHED, GUEST, reclaimed_write },
	{ "reclaimed_read", "a device reads what the host wrote there after the guest's end",
	  REACHED, REACHED, GUEST, reclaimed_read },
	{ "reclaimed_secret", "a device reads the guest's secret after the guest's end",
	  BLOCKED, BLOCKED, GUEST, reclaimed_secret },
	{ "forced_write", "a device writes a page that the host took from a living guest",
	  REACHED, REACHED, GUEST, forced_write },
	{ "forced_secret", "a device reads the guest's secret there",
	  BLOCKED, BLOCKED, GUEST, forced_secret },
	{ "guest_cpu", "the CPU reads a page that a guest took",
	  BLOCKED, BLOCKED, GUEST, guest_cpu },

	{ "carveout_write", "a device writes the memory EL2 got at boot",
	  BLOCKED, REACHED, ALONE, carveout_write },
	{ "carveout_read", "a device reads the memory EL2 got at boot",
	  BLOCKED, REACHED, ALONE, carveout_read },
	{ "text_read", "a device reads EL2's text",
	  BLOCKED, REACHED, ALONE, text_read },
	{ "rodata_read", "a device reads EL2's constants",
	  BLOCKED, REACHED, ALONE, rodata_read },
	{ "bss_read", "a device reads EL2's variables",
	  BLOCKED, REACHED, ALONE, bss_read },
	{ "bss_write", "a device writes EL2's variables",
	  BLOCKED, REACHED, ALONE, bss_write },
	{ "pool_write", "a device writes a page that the host gave to EL2's pool",
	  BLOCKED, UNTRIED, ALONE, pool_write },
	{ "pool_read", "a device reads a page that the host gave to EL2's pool",
	  BLOCKED, UNTRIED, ALONE, pool_read },
	{ "every_page", "a device writes each page of RAM that the CPU may not read",
	  BLOCKED, UNTRIED, ALONE, every_page },

	{ "mmio_write", "a device writes a register of another device",
	  REACHED, REACHED, ALONE, mmio_write },
	{ "doorbell_write", "a device writes the interrupt controller's doorbell",
	  REACHED, REACHED, ALONE, doorbell_write },
	{ "its_table_host", "the ITS writes an entry of its device table to a page of the host",
	  REACHED, REACHED, ALONE, its_table },
	{ "its_table_guest", "the same to a page that a guest took (GITS_BASER)",
	  UNGUARDED, REACHED, GUEST, its_table },
	{ "its_itt_host", "the ITS writes an entry of a device's table to a page of the host",
	  REACHED, REACHED, ALONE, its_itt },
	{ "its_itt_guest", "the same to a page that a guest took (MAPD)",
	  UNGUARDED, REACHED, GUEST, its_itt },
	{ "redistributor_host", "a redistributor writes what is pending to a page of the host",
	  REACHED, REACHED, ALONE, redistributor },
	{ "redistributor_guest", "the same to a page that a guest took (GICR_PENDBASER)",
	  UNGUARDED, REACHED, GUEST, redistributor },

	{ "smmu_page0_write", "a device writes a register in the SMMU's page 0",
	  BLOCKED, REACHED, ALONE, smmu_page0_write },
	{ "smmu_page1_write", "a device writes a register in the SMMU's page 1",
	  BLOCKED, REACHED, ALONE, smmu_page1_write },
	{ "smmu_page0_read", "a device reads a register of the SMMU",
	  BLOCKED, REACHED, ALONE, smmu_page0_read },

	{ "cpu_mmio_read", "the CPU reads a register of a device",
	  REACHED, REACHED, ALONE, cpu_mmio_read },
	{ "cpu_smmu_page0_read", "the CPU reads a register in the SMMU's page 0",
	  BLOCKED, REACHED, ALONE, cpu_smmu_page0_read },
	{ "cpu_smmu_page0_write", "the CPU writes a register in the SMMU's page 0",
	  BLOCKED, REACHED, ALONE, cpu_smmu_page0_write },
	{ "cpu_smmu_page1_read", "the CPU reads a register in the SMMU's page 1",
	  BLOCKED, REACHED, ALONE, cpu_smmu_page1_read },
	{ "cpu_smmu_page1_write", "the CPU writes a register in the SMMU's page 1",
	  BLOCKED, REACHED, ALONE, cpu_smmu_page1_write },

	{ "above_ram_write", "a device writes just above the end of RAM",
	  BLOCKED, BLOCKED, ALONE, above_ram_write },
	{ "beyond_bus_write", "a device writes at 2^52, more than any SMMU puts out",
	  BLOCKED, BLOCKED, ALONE, beyond_bus_write },

	{ "host_write_after", "a device writes a page of the host, after all of this",
	  REACHED, REACHED, ALONE, host_write },
	{ "host_read_after", "a device reads a page of the host, after all of this",
	  REACHED, REACHED, ALONE, host_read },
};

const size_t cases_count = sizeof(cases) / sizeof(cases[0]);
