// SPDX-License-Identifier: GPL-2.0-only
/*
 * The host's side of the IOMMUs that EL2 owns: what it reserves and describes
 * before it loses its privileges, and what it may ask for and give afterwards.
 */

#define pr_fmt(fmt) "kvm-arm.smmu: " fmt

#include <linux/arm-smccc.h>
#include <linux/gfp.h>
#include <linux/init.h>
#include <linux/kobject.h>
#include <linux/kvm_host.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/printk.h>
#include <linux/sysfs.h>

#include <asm/kvm_pkvm.h>
#include <asm/kvm_pkvm_iommu.h>

#include "iommu-host.h"

/* Pages that a top-up is for: where memory allows contiguous, so that one split serves all. */
#define TOPUP_ORDER	3
#define TOPUP_PAGES	(1U << TOPUP_ORDER)

/* Donations that a top-up tries, when EL2 turns pages down. */
#define TOPUP_TRIES	32

/* Donations so far. */
static DEFINE_MUTEX(topup_lock);
static unsigned long topups;

static const char *const counter_names[PKVM_IOMMU_NR_COUNTERS] = {
	[PKVM_IOMMU_EL2_ENTRIES_HVC] = "el2_entries_hvc",
	[PKVM_IOMMU_EL2_ENTRIES_SMC] = "el2_entries_smc",
	[PKVM_IOMMU_EL2_ENTRIES_ABORT] = "el2_entries_abort",
	[PKVM_IOMMU_EL2_ENTRIES_OTHER] = "el2_entries_other",
	[PKVM_IOMMU_MMIO_READ] = "mmio_read",
	[PKVM_IOMMU_MMIO_WRITE] = "mmio_write",
	[PKVM_IOMMU_COMMANDS_CFGI] = "commands_cfgi",
	[PKVM_IOMMU_COMMANDS_TLBI_IPA] = "commands_tlbi_ipa",
	[PKVM_IOMMU_COMMANDS_TLBI_VMID] = "commands_tlbi_vmid",
	[PKVM_IOMMU_COMMANDS_TLBI_ALL] = "commands_tlbi_all",
	[PKVM_IOMMU_COMMANDS_OTHER] = "commands_other",
	[PKVM_IOMMU_CMD_SYNC] = "cmd_sync",
	[PKVM_IOMMU_LOCK_HOST] = "lock_host",
	[PKVM_IOMMU_LOCK_POOL] = "lock_pool",
	[PKVM_IOMMU_LOCK_CMDQ] = "lock_cmdq",
	[PKVM_IOMMU_LOCK_EVTQ] = "lock_evtq",
	[PKVM_IOMMU_TRANSITIONS_OUT] = "transitions_out",
	[PKVM_IOMMU_TRANSITIONS_IN] = "transitions_in",
	[PKVM_IOMMU_TABLE_SPLITS] = "table_splits",
};

static const char *const memory_names[PKVM_IOMMU_NR_MEMORY] = {
	[PKVM_IOMMU_MEM_RESERVED] = "reserved",
	[PKVM_IOMMU_MEM_STREAM_TABLES] = "stream_tables",
	[PKVM_IOMMU_MEM_QUEUES] = "queues",
	[PKVM_IOMMU_MEM_PAGE_TABLES] = "page_tables",
	[PKVM_IOMMU_MEM_POOL_FREE] = "pool_free",
	[PKVM_IOMMU_MEM_DONATED] = "donated",
};

static const char *const reasons[PKVM_IOMMU_NR_REASONS] __initconst = {
	[PKVM_IOMMU_REASON_NONE]	= "EL2 did not get to it",
	[PKVM_IOMMU_REASON_NO_STAGE2]	= "it has no stage 2",
	[PKVM_IOMMU_REASON_NO_GRANULE]	= "it cannot translate with the kernel's page size",
	[PKVM_IOMMU_REASON_NO_FORMAT]	= "it has no little-endian AArch64 page tables",
	[PKVM_IOMMU_REASON_STALLS]	= "it stalls every transaction that faults",
	[PKVM_IOMMU_REASON_PRESET]	= "its tables or queues are fixed in hardware",
	[PKVM_IOMMU_REASON_ECMDQ]	= "it has command queues out of EL2's control",
	[PKVM_IOMMU_REASON_UNKNOWN_PART] = "errata of this part are not known here",
	[PKVM_IOMMU_REASON_TIMEOUT]	= "it does not answer",
	[PKVM_IOMMU_REASON_NO_MEMORY]	= "EL2 has too little memory for its tables",
	[PKVM_IOMMU_REASON_OUT_OF_REACH] = "EL2's memory lies beyond what it can address",
	[PKVM_IOMMU_REASON_NO_MAPPING]	= "EL2 cannot map its registers",
};

/* What EL2 found, copied before its memory goes out of reach. */
static struct pkvm_iommu_desc descs[PKVM_IOMMU_MAX_DEVICES] __ro_after_init;
static unsigned int nr_descs __ro_after_init;

/**
 * pkvm_iommu_reserve() - describe the IOMMUs to EL2
 *
 * Return: the pages to reserve for them.
 */
u64 __init pkvm_iommu_reserve(void)
{
	kvm_nvhe_sym(pkvm_iommu_machine).mode = pkvm_iommu_requested_mode();

	if (pkvm_iommu_requested_mode() == PKVM_IOMMU_NATIVE)
		return 0;

	return kvm_nvhe_sym(pkvm_iommu_machine).pages;
}

/*
 * Behind kvm_arm_init(), in which EL2 took the IOMMUs, and before the host loses
 * its privileges and with them the sight of EL2's memory.
 */
static int __init pkvm_iommu_check_devices(void)
{
	const char *mode = pkvm_iommu_mode_name(pkvm_iommu_requested_mode());
	unsigned int i;

	if (pkvm_iommu_requested_mode() == PKVM_IOMMU_NATIVE)
		return 0;

	nr_descs = kvm_nvhe_sym(pkvm_iommu_machine).nr_descs;
	memcpy(descs, kvm_nvhe_sym(pkvm_iommu_machine).descs, nr_descs * sizeof(*descs));

	for (i = 0; i < nr_descs; i++) {
		if (descs[i].state == PKVM_IOMMU_FAILED)
			panic("kvm-arm.smmu=%s: cannot take the SMMU at 0x%llx: %s (IIDR 0x%08x)",
			      mode, descs[i].base, reasons[descs[i].reason],
			      descs[i].id[PKVM_IOMMU_ID_PART]);
	}

	for (i = 0; i < nr_descs; i++) {
		if (descs[i].state != PKVM_IOMMU_ISOLATING)
			pr_warn("the SMMU at 0x%llx lets nothing through: %s (IIDR 0x%08x)\n",
				descs[i].base, reasons[descs[i].reason],
				descs[i].id[PKVM_IOMMU_ID_PART]);
	}

	return 0;
}
device_initcall(pkvm_iommu_check_devices);

/* How many donations there have been: what pkvm_iommu_topup() wants to know. */
unsigned long pkvm_iommu_topups(void)
{
	return READ_ONCE(topups);
}

/* Nobody is killed for it: without these pages a transition fails, and can be tried again. */
static struct page *topup_alloc(unsigned int *order)
{
	for (;; (*order)--) {
		struct page *page = alloc_pages(GFP_KERNEL | __GFP_NORETRY | __GFP_NOWARN, *order);

		if (page || !*order)
			return page;
	}
}

/*
 * In fragmented memory the runs get shorter, down to single pages. Where a short run
 * would split more tables than it has pages, EL2 turns it down with -ENOMEM, and with
 * -ERANGE what an SMMU cannot address; it is kept until the end, so that the next
 * allocation is of another one.
 */
static unsigned int topup_donate(void)
{
	unsigned int order = TOPUP_ORDER, given = 0, tries;
	struct page *page, *next;
	LIST_HEAD(refused);
	int ret = 0;

	for (tries = 0; given < TOPUP_PAGES && tries < TOPUP_TRIES; tries++) {
		page = topup_alloc(&order);
		if (!page)
			break;

		ret = kvm_call_hyp_nvhe(__pkvm_iommu_topup, page_to_pfn(page), 1UL << order);
		if (!ret) {
			given += 1U << order;
			continue;
		}

		set_page_private(page, order);
		list_add(&page->lru, &refused);
		if (ret == -ERANGE)
			pr_warn_once("EL2 cannot use memory at 0x%llx: not all SMMUs can address it\n",
				     page_to_phys(page));
		else if (ret != -ENOMEM)
			break;
	}

	list_for_each_entry_safe(page, next, &refused, lru) {
		order = page_private(page);
		set_page_private(page, 0);
		__free_pages(page, order);
	}

	return given;
}

/**
 * pkvm_iommu_topup() - give EL2 memory to split its I/O page tables with
 * @seen: pkvm_iommu_topups() before the donation that failed with -ENOMEM
 *
 * May sleep.
 *
 * Return: whether EL2 has got pages since, so that trying again makes sense.
 */
bool pkvm_iommu_topup(unsigned long seen)
{
	if (pkvm_iommu_requested_mode() == PKVM_IOMMU_NATIVE)
		return false;

	guard(mutex)(&topup_lock);
	if (topups != seen)
		return true;

	if (!topup_donate())
		return false;

	WRITE_ONCE(topups, topups + 1);

	return true;
}

static int read_stats(u32 kind, u64 *values, unsigned int nr)
{
	struct arm_smccc_res res;
	unsigned int i;

	if (is_kernel_in_hyp_mode() || !is_kvm_arm_initialised())
		return -EOPNOTSUPP;

	for (i = 0; i < nr; i += PKVM_IOMMU_STATS_BATCH) {
		arm_smccc_1_1_hvc(KVM_HOST_SMCCC_FUNC(__pkvm_iommu_stats), kind, i, &res);
		if (res.a0 != SMCCC_RET_SUCCESS)
			return -EOPNOTSUPP;

		values[i] = res.a1;
		if (i + 1 < nr)
			values[i + 1] = res.a2;
		if (i + 2 < nr)
			values[i + 2] = res.a3;
	}

	return 0;
}

/**
 * pkvm_iommu_counter_name() - how the counter is called in statistics
 * @i: enum pkvm_iommu_counter
 *
 * Return: NULL behind the last.
 */
const char *pkvm_iommu_counter_name(unsigned int i)
{
	return i < ARRAY_SIZE(counter_names) ? counter_names[i] : NULL;
}
EXPORT_SYMBOL_GPL(pkvm_iommu_counter_name);

/**
 * pkvm_iommu_read_counters() - EL2's counters since boot, summed over the CPUs
 * @values: PKVM_IOMMU_NR_COUNTERS of them
 *
 * Always the same number of hypercalls, which count among the entries to EL2.
 *
 * Return: 0, or -EOPNOTSUPP when KVM does not run at EL2 under this kernel.
 */
int pkvm_iommu_read_counters(u64 *values)
{
	return read_stats(0, values, PKVM_IOMMU_NR_COUNTERS);
}
EXPORT_SYMBOL_GPL(pkvm_iommu_read_counters);

static ssize_t show_stats(char *buf, u32 kind, const char *const *names, unsigned int nr)
{
	u64 values[PKVM_IOMMU_NR_COUNTERS];
	unsigned int i;
	int len = 0;
	int ret;

	BUILD_BUG_ON(ARRAY_SIZE(values) < PKVM_IOMMU_NR_MEMORY);

	ret = read_stats(kind, values, nr);
	if (ret)
		return ret;

	for (i = 0; i < nr; i++)
		len += sysfs_emit_at(buf, len, "%s %llu\n", names[i], values[i]);

	return len;
}

static ssize_t counters_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return show_stats(buf, 0, counter_names, ARRAY_SIZE(counter_names));
}

static ssize_t memory_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return show_stats(buf, 1, memory_names, ARRAY_SIZE(memory_names));
}

static ssize_t smmus_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	unsigned int i, j;
	int len = 0;

	for (i = 0; i < nr_descs; i++) {
		len += sysfs_emit_at(buf, len, "0x%llx %s", descs[i].base,
				     descs[i].state == PKVM_IOMMU_ISOLATING ? "isolating" :
									      "aborting");
		for (j = 0; j < PKVM_IOMMU_NR_ID; j++)
			len += sysfs_emit_at(buf, len, " 0x%x", descs[i].id[j]);
		len += sysfs_emit_at(buf, len, "\n");
	}

	return len;
}

static struct kobj_attribute counters_attr = __ATTR_RO(counters);
static struct kobj_attribute memory_attr = __ATTR_RO(memory);
static struct kobj_attribute smmus_attr = __ATTR_RO(smmus);

/* The counters are there in every mode; the rest where EL2 owns the IOMMUs. */
int __init pkvm_iommu_stats_create(struct kobject *dir)
{
	int ret = sysfs_create_file(dir, &counters_attr.attr);

	if (pkvm_iommu_requested_mode() == PKVM_IOMMU_NATIVE)
		return ret;

	return ret ?: sysfs_create_file(dir, &memory_attr.attr) ?:
	       sysfs_create_file(dir, &smmus_attr.attr);
}
