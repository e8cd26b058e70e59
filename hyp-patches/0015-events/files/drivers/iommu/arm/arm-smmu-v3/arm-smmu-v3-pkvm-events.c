// SPDX-License-Identifier: GPL-2.0-only
/*
 * The faults of the SMMUv3s that EL2 owns. EL2 cannot interrupt the host, so the
 * lines stay the host's: when one fires it takes the records from EL2, by
 * hypercall, and prints them.
 */

#define pr_fmt(fmt) "kvm-arm.smmu: " fmt

#include <linux/arm-smccc.h>
#include <linux/bitfield.h>
#include <linux/bitops.h>
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/kvm_host.h>
#include <linux/of.h>
#include <linux/of_irq.h>
#include <linux/printk.h>
#include <linux/ratelimit.h>
#include <linux/sched.h>
#include <linux/string_choices.h>

#include <asm/kvm_pkvm_iommu.h>

#include "arm-smmu-v3-pkvm.h"
#include "arm-smmu-v3-regs.h"

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

/*
 * EL2 has acknowledged them (IHI 0070, 7.5). While EVENTQ_ABT_ERR was active no fault
 * was recorded; QEMU raises it for a full queue too, which is no error elsewhere.
 */
static void print_gerror(struct device_node *np, unsigned long gerror)
{
	static const char *const names[] = {
		"CMDQ_ERR", "", "EVENTQ_ABT_ERR", "PRIQ_ABT_ERR", "MSI_CMDQ_ABT_ERR",
		"MSI_EVENTQ_ABT_ERR", "MSI_PRIQ_ABT_ERR", "MSI_GERROR_ABT_ERR", "SFM_ERR",
	};
	char said[128] = "";
	unsigned long bit;
	int len = 0;

	for_each_set_bit(bit, &gerror, ARRAY_SIZE(names))
		len += scnprintf(said + len, sizeof(said) - len, " %s", names[bit]);

	pr_err_ratelimited("%pOF: global error reported (0x%08lx):%s%s\n", np, gerror, said,
			   gerror & GERROR_EVTQ_ABT_ERR ? " (fault records were lost)" : "");
}

/* To the last one: the line fires again only once the queue has been empty. */
static irqreturn_t drain_events(int irq, void *data)
{
	unsigned long index = (unsigned long)data;
	struct device_node *np = pkvm_smmu_v3_node(index);
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
			print_event(np, &res.a2);
		else
			print_gerror(np, res.a2);
		cond_resched();
	}
}

/* Behind finalisation: EL2 answers only then. What came before is drained at once. */
static int __init pkvm_smmu_v3_request_irqs(void)
{
	static const char *const lines[] = { "combined", "eventq", "gerror" };
	struct device_node *np;
	unsigned long i;
	int j, irq, ret, found;

	if (pkvm_iommu_requested_mode() == PKVM_IOMMU_NATIVE || !is_pkvm_initialized())
		return 0;

	for (i = 0; (np = pkvm_smmu_v3_node(i)); i++) {
		for (j = 0, found = 0; j < ARRAY_SIZE(lines); j++) {
			irq = of_irq_get_byname(np, lines[j]);
			if (irq <= 0)
				continue;
			ret = request_threaded_irq(irq, NULL, drain_events, IRQF_ONESHOT,
						   "pkvm-smmu", (void *)i);
			found += !ret;
		}
		if (!found)
			pr_warn("%pOF: no interrupt, so its faults go unseen\n", np);
		drain_events(0, (void *)i);
	}

	return 0;
}
late_initcall(pkvm_smmu_v3_request_irqs);
