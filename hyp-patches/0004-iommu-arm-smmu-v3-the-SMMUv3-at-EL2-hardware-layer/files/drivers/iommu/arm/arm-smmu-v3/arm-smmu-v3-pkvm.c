// SPDX-License-Identifier: GPL-2.0-only
/*
 * The SMMUv3s that EL2 will own: found in the device tree, described to EL2 and
 * taken out of the host's sight while the host is still trusted. Later, it prints
 * the faults that EL2 hands over.
 *
 * What EL2 could not keep safe is refused here by name, before anything runs.
 */

#define pr_fmt(fmt) "kvm-arm.smmu: " fmt

#include <linux/acpi.h>
#include <linux/arm-smccc.h>
#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/kvm_host.h>
#include <linux/memblock.h>
#include <linux/of.h>
#include <linux/of_address.h>
#include <linux/of_irq.h>
#include <linux/printk.h>
#include <linux/ratelimit.h>
#include <linux/slab.h>
#include <linux/string_choices.h>

#include <asm/kvm_pkvm_iommu.h>

#include "arm-smmu-v3-pkvm.h"
#include "arm-smmu-v3-regs.h"

/* Two pages of 64 KiB. */
#define FRAME_SIZE	SZ_128K

/* What a node may say without changing how its SMMU is to be programmed. */
static const char *const known_properties[] __initconst = {
	"name", "compatible", "reg", "status", "phandle", "linux,phandle",
	"interrupts", "interrupts-extended", "interrupt-names", "interrupt-parent",
	"#iommu-cells", "dma-coherent", "msi-parent",
	/* EL2 sends no prefetch commands. */
	"hisilicon,broken-prefetch-cmd",
};

static struct device_node *nodes[PKVM_IOMMU_MAX_DEVICES];
static unsigned int nr_nodes;

/* Nodes that lose their status, and what they get instead. */
static struct device_node *hidden[PKVM_IOMMU_MAX_FRAMES] __initdata;
static unsigned int nr_hidden __initdata;
static struct property hidden_status[PKVM_IOMMU_MAX_FRAMES];

static bool __init property_known(const char *name)
{
	return match_string(known_properties, ARRAY_SIZE(known_properties), name) >= 0;
}

static bool __init node_known(struct device_node *np)
{
	const char *compatible;
	struct property *prop;
	int i;

	if (of_property_present(np, "clocks") || of_property_present(np, "power-domains")) {
		pkvm_iommu_refuse("%pOF needs clocks or a power domain, and EL2 has none to give",
				  np);
		return false;
	}

	for (i = 0; !of_property_read_string_index(np, "compatible", i, &compatible); i++) {
		if (strcmp(compatible, "arm,smmu-v3")) {
			pkvm_iommu_refuse("%pOF is a '%s', whose errata are not known here",
					  np, compatible);
			return false;
		}
	}

	for_each_property_of_node(np, prop) {
		if (!property_known(prop->name)) {
			pkvm_iommu_refuse("%pOF has the property '%s', which is not known here",
					  np, prop->name);
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

/* Registers that only EL2 may reach. */
static bool __init add_frame(struct device_node *np, u64 start, u64 end)
{
	struct pkvm_iommu_machine *machine = &kvm_nvhe_sym(pkvm_iommu_machine);
	u32 i;

	if (memblock_overlaps_region(&memblock.memory, start, end - start)) {
		pkvm_iommu_refuse("%pOF: its registers overlap memory", np);
		return false;
	}
	for (i = 0; i < machine->nr_frames; i++) {
		if (start < machine->frames[i].end && machine->frames[i].start < end) {
			pkvm_iommu_refuse("%pOF: its registers overlap those of another SMMU", np);
			return false;
		}
	}
	if (machine->nr_frames == PKVM_IOMMU_MAX_FRAMES) {
		pkvm_iommu_refuse("%pOF: more than %d register frames", np, PKVM_IOMMU_MAX_FRAMES);
		return false;
	}

	machine->frames[machine->nr_frames++] = (struct pkvm_iommu_frame){ start, end };

	return true;
}

static bool __init describe(struct device_node *np)
{
	struct pkvm_iommu_desc *desc = &kvm_nvhe_sym(pkvm_iommu_machine).descs[nr_nodes];
	struct resource res;

	if (nr_nodes == PKVM_IOMMU_MAX_DEVICES) {
		pkvm_iommu_refuse("more than %d SMMUs", PKVM_IOMMU_MAX_DEVICES);
		return false;
	}
	if (!node_known(np) || !hide(np))
		return false;
	if (of_address_to_resource(np, 0, &res) || resource_size(&res) < FRAME_SIZE) {
		pkvm_iommu_refuse("%pOF has less than two pages of registers", np);
		return false;
	}
	if (!PAGE_ALIGNED(res.start) || !PAGE_ALIGNED(resource_size(&res))) {
		pkvm_iommu_refuse("%pOF: its registers share a page with others", np);
		return false;
	}
	if (!add_frame(np, res.start, res.end + 1))
		return false;

	*desc = (struct pkvm_iommu_desc){
		.base = res.start,
		.size = resource_size(&res),
		.coherent = of_dma_is_coherent(np),
	};
	nodes[nr_nodes++] = of_node_get(np);

	return true;
}

static bool __init in_frame(u64 start, u64 end)
{
	struct pkvm_iommu_machine *machine = &kvm_nvhe_sym(pkvm_iommu_machine);
	u32 i;

	for (i = 0; i < machine->nr_frames; i++) {
		if (start >= machine->frames[i].start && end <= machine->frames[i].end)
			return true;
	}

	return false;
}

/*
 * A performance counter group writes its MSIs anywhere in memory. Often it lies
 * within the frame of its SMMU.
 */
static bool __init describe_counters(struct device_node *np)
{
	struct resource res;
	int i;

	if (!hide(np))
		return false;

	for (i = 0; !of_address_to_resource(np, i, &res); i++) {
		u64 start = ALIGN_DOWN(res.start, PAGE_SIZE), end = ALIGN(res.end + 1, PAGE_SIZE);

		if (!in_frame(start, end) && !add_frame(np, start, end))
			return false;
	}

	return true;
}

/* The end of all that the device tree knows: nothing beyond is ever mapped. */
static u64 __init address_limit(void)
{
	struct of_pci_range_parser parser;
	u64 limit = memblock_end_of_DRAM();
	struct of_pci_range range;
	struct device_node *np;
	struct resource res;
	int i;

	for_each_of_allnodes(np) {
		for (i = 0; !of_address_to_resource(np, i, &res); i++)
			limit = max_t(u64, limit, res.end + 1);

		if (!of_node_is_type(np, "pci") || of_pci_range_parser_init(&parser, np))
			continue;
		for_each_of_pci_range(&parser, &range)
			limit = max_t(u64, limit, range.cpu_addr + range.size);
	}

	return ALIGN(limit, SZ_1G);
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

	for_each_compatible_node(np, NULL, "arm,smmu-v3") {
		if (of_device_is_available(np) && !describe(np))
			return;
	}
	for_each_compatible_node(np, NULL, "arm,smmu-v3-pmcg") {
		if (of_device_is_available(np) && !describe_counters(np))
			return;
	}
	if (!nr_nodes) {
		pkvm_iommu_refuse("the device tree has no SMMUv3");
		return;
	}

	machine->nr_descs = nr_nodes;
	machine->limit = address_limit();
	machine->pages = pkvm_smmu_v3_pages(machine->limit);
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

static const char *event_name(u8 id)
{
	switch (id) {
	case EVT_ID_BAD_STREAMID_CONFIG:
		return "C_BAD_STREAMID";
	case EVT_ID_STE_FETCH_FAULT:
		return "F_STE_FETCH";
	case EVT_ID_BAD_STE_CONFIG:
		return "C_BAD_STE";
	case EVT_ID_STREAM_DISABLED_FAULT:
		return "F_STREAM_DISABLED";
	case EVT_ID_TRANSLATION_FAULT:
		return "F_TRANSLATION";
	case EVT_ID_ADDR_SIZE_FAULT:
		return "F_ADDR_SIZE";
	case EVT_ID_ACCESS_FAULT:
		return "F_ACCESS";
	case EVT_ID_PERMISSION_FAULT:
		return "F_PERMISSION";
	default:
		return "UNKNOWN";
	}
}

/* The upstream driver's words, so that what reads logs finds them. */
static void print_event(struct device_node *np, const unsigned long *record)
{
	u8 id = FIELD_GET(EVTQ_0_ID, record[0]);

	pr_err_ratelimited("%pOF: event: %s (0x%02x) sid: %#llx iova: %#lx ipa: %#llx %s %s\n",
			   np, event_name(id), id, FIELD_GET(EVTQ_0_SID, record[0]), record[2],
			   record[3] & EVTQ_3_IPA, str_read_write(record[1] & EVTQ_1_RnW),
			   record[1] & EVTQ_1_S2 ? "s2" : "s1");
}

/* To the last one: the line fires again only once the queue has been empty. */
static irqreturn_t drain_events(int irq, void *data)
{
	unsigned long index = (unsigned long)data;
	const struct arm_smccc_1_2_regs args = {
		.a0 = KVM_HOST_SMCCC_FUNC(__pkvm_iommu_event),
		.a1 = index,
	};
	struct arm_smccc_1_2_regs res;

	for (;;) {
		arm_smccc_1_2_hvc(&args, &res);
		if (res.a0 != SMCCC_RET_SUCCESS || res.a1 == PKVM_IOMMU_EVENT_NONE)
			return IRQ_HANDLED;

		if (res.a1 == PKVM_IOMMU_EVENT_RECORD)
			print_event(nodes[index], &res.a2);
		else
			pr_err_ratelimited("%pOF: global error reported (0x%08lx)\n",
					   nodes[index], res.a2);
		cond_resched();
	}
}

/* Behind finalisation: EL2 answers only then. What came before is drained at once. */
static int __init pkvm_smmu_v3_request_irqs(void)
{
	static const char *const lines[] = { "combined", "eventq", "gerror" };
	unsigned long i;
	int j, irq, ret, found;

	if (pkvm_iommu_requested_mode() == PKVM_IOMMU_NATIVE || !is_pkvm_initialized())
		return 0;

	for (i = 0; i < nr_nodes; i++) {
		for (j = 0, found = 0; j < ARRAY_SIZE(lines); j++) {
			irq = of_irq_get_byname(nodes[i], lines[j]);
			if (irq <= 0)
				continue;
			ret = request_threaded_irq(irq, NULL, drain_events, IRQF_ONESHOT,
						   "pkvm-smmu", (void *)i);
			found += !ret;
		}
		if (!found)
			pr_warn("%pOF: no interrupt, so its faults go unseen\n", nodes[i]);
		drain_events(0, (void *)i);
	}

	return 0;
}
late_initcall(pkvm_smmu_v3_request_irqs);
