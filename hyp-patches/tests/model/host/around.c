// SPDX-License-Identifier: GPL-2.0-only
/* The kernel around the driver, as small as it may be. */

#include "around.h"

#include <stdio.h>

#include "../cmocka_all.h"

struct host host;

static u32 spinlocks_held;

void host_reset(void)
{
	memset(&host, 0, sizeof(host));
	spinlocks_held = 0;
}

void host_bug(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	printf("# ");
	vprintf(fmt, ap);
	printf("\n");
	va_end(ap);
	fflush(stdout);
	fail();
	abort();
}

void printk(const char *fmt, ...)
{
	va_list ap;

	host.prints++;
	va_start(ap, fmt);
	if (getenv("HOST_PRINTS"))
		vprintf(fmt, ap);
	va_end(ap);
}

/* Locks */

void might_sleep(void)
{
	if (spinlocks_held || host.atomic)
		host_bug("it sleeps where it may not");
}

void spin_lock(spinlock_t *lock)
{
	if (lock->held)
		host_bug("it waits for itself");
	lock->held = true;
	spinlocks_held++;
}

void spin_unlock(spinlock_t *lock)
{
	if (!lock->held)
		host_bug("it leaves what it does not hold");
	lock->held = false;
	spinlocks_held--;
}

void mutex_lock(struct mutex *lock)
{
	might_sleep();
	if (lock->held)
		host_bug("it waits for itself");
	lock->held = true;
}

void mutex_unlock(struct mutex *lock)
{
	if (!lock->held)
		host_bug("it leaves what it does not hold");
	lock->held = false;
}

/* Memory */

static bool alloc_fails(gfp_t gfp)
{
	if (gfpflags_allow_blocking(gfp))
		might_sleep();

	return ++host.allocs == host.fail_alloc;
}

void *host_alloc(size_t size, gfp_t gfp)
{
	void *p = alloc_fails(gfp) ? NULL : calloc(1, size);

	host.live += !!p;

	return p;
}

void host_free(const void *p)
{
	host.live -= !!p;
	free((void *)p);
}

unsigned long get_zeroed_page(gfp_t gfp)
{
	void *p;

	if (alloc_fails(gfp))
		return 0;
	if (gfp & __GFP_HIGHMEM)
		host_bug("a page that has no address");
	p = aligned_alloc(PAGE_SIZE, PAGE_SIZE);
	memset(p, 0, PAGE_SIZE);
	host.live++;
	if (host.on_page)
		host.on_page();

	return (unsigned long)p;
}

void free_page(unsigned long page)
{
	host_free((void *)page);
}

void *devm_kzalloc(struct device *dev, size_t size, gfp_t gfp)
{
	if (alloc_fails(gfp))
		return NULL;
	if (dev->managed)
		host_bug("a second one");
	dev->managed = calloc(1, size);

	return dev->managed;
}

int ida_alloc_max(struct ida *ida, unsigned int last, gfp_t gfp)
{
	unsigned int i;

	if (alloc_fails(gfp))
		return -ENOMEM;
	for (i = 0; i <= last; i++) {
		if (!(ida->used[i / 8] & 1 << i % 8)) {
			ida->used[i / 8] |= 1 << i % 8;
			return i;
		}
	}

	return -ENOSPC;
}

void ida_free(struct ida *ida, unsigned int id)
{
	if (!(ida->used[id / 8] & 1 << id % 8))
		host_bug("%u is free", id);
	ida->used[id / 8] &= ~(1 << id % 8);
}

/* IOMMUs */

int iommu_device_sysfs_add(struct iommu_device *iommu, struct device *parent, const void *groups,
			   const char *fmt, ...)
{
	if (host.no_sysfs)
		return -ENOMEM;
	host.live++;

	return 0;
}

void iommu_device_sysfs_remove(struct iommu_device *iommu)
{
	host.live--;
}

int iommu_device_register(struct iommu_device *iommu, const struct iommu_ops *ops, struct device *dev)
{
	if (host.no_register)
		return -EBUSY;
	iommu->ops = ops;
	host.ops = ops;

	return 0;
}

struct iommu_group *pci_device_group(struct device *dev)
{
	return (struct iommu_group *)1;
}

struct iommu_group *generic_device_group(struct device *dev)
{
	return (struct iommu_group *)2;
}

struct iommu_resv_region *iommu_alloc_resv_region(phys_addr_t start, size_t length, int prot,
						  enum iommu_resv_type type, gfp_t gfp)
{
	struct iommu_resv_region *region = host_alloc(sizeof(*region), gfp);

	if (region)
		*region = (struct iommu_resv_region){
			.start = start, .length = length, .prot = prot, .type = type,
		};

	return region;
}

/* Firmware of these devices: a framebuffer that one goes on reading, say. */
void iommu_dma_get_resv_regions(struct device *dev, struct list_head *list);
void iommu_dma_get_resv_regions(struct device *dev, struct list_head *list)
{
	struct iommu_resv_region *region =
		iommu_alloc_resv_region(2 * PAGE_SIZE, PAGE_SIZE, IOMMU_READ, IOMMU_RESV_DIRECT,
					GFP_KERNEL);

	if (region)
		list_add_tail(&region->list, list);
}

int iommu_fwspec_add_ids(struct device *dev, const u32 *ids, int nr)
{
	while (nr--)
		dev->fwspec->ids[dev->fwspec->num_ids++] = *ids++;

	return 0;
}

bool iommu_default_passthrough(void)
{
	return host.passthrough;
}

int report_iommu_fault(struct iommu_domain *domain, struct device *dev, unsigned long iova, int flags)
{
	return domain->handler ? domain->handler(dev, iova, flags) : -ENOSYS;
}

/* Hypercalls */

static bool call_fails(enum hypercall call)
{
	u32 n = ++host.calls;

	if (!host.fail_call || n < host.fail_call || n >= host.fail_call + host.fail_times)
		return false;
	host.failed |= BIT(call);

	return true;
}

static void hypercall(u64 *regs)
{
	enum hypercall call = regs[0];

	if (host.on_call)
		host.on_call(call);
	if (call != HYPERCALL___pkvm_iommu_topup && call_fails(call)) {
		regs[0] = SMCCC_RET_SUCCESS;
		regs[1] = host.fail_with;
		regs[2] = 0;
		return;
	}
	el2_hypercall(regs);
}

/* What nobody wrote, or a caller of the older convention may not rely on. */
#define JUNK 0x5b5b5b5b5b5b5b5bULL

void host_hvc(const u64 *args, u32 nr, struct arm_smccc_res *res)
{
	u64 regs[HYPERCALL_REGS], id = args[1];
	u32 i;

	for (i = 0; i < HYPERCALL_REGS; i++)
		regs[i] = i < nr ? args[i] : JUNK;
	hypercall(regs);
	if (args[0] == HYPERCALL___pkvm_iommu_domain_alloc && !regs[1])
		host.domain = id;
	*res = (struct arm_smccc_res){ regs[0], regs[1], regs[2], regs[3] };
}

void arm_smccc_1_2_hvc(const struct arm_smccc_1_2_regs *args, struct arm_smccc_1_2_regs *res)
{
	u64 regs[HYPERCALL_REGS];

	memcpy(regs, args, sizeof(regs));
	hypercall(regs);
	memcpy(res, regs, sizeof(regs));
}

u64 host_hypercall(enum hypercall call, u64 arg1, u64 arg2)
{
	u64 regs[HYPERCALL_REGS] = { call, arg1, arg2 };

	el2_hypercall(regs);

	return regs[1];
}

/* What iommu-host.c does, with pages that nobody else wants. */

unsigned long pkvm_iommu_topups(void)
{
	return host.topups;
}

static bool give(u32 nr_pages)
{
	if (host.no_pages)
		return false;
	if (kvm_call_hyp_nvhe(__pkvm_iommu_topup, (el2_host_pages() >> PAGE_SHIFT) + host.given, nr_pages))
		return false;
	host.given += nr_pages;
	host.topups++;

	return true;
}

bool pkvm_iommu_topup(unsigned long seen)
{
	might_sleep();

	return host.topups != seen || give(16);
}

bool pkvm_iommu_topup_atomic(void)
{
	return give(1);
}

void host_schedule(struct delayed_work *work, u32 delay)
{
	host.work = &work->work;
	host.work_delay = delay;
}

void host_work(void)
{
	struct work_struct *work = host.work;

	host.work = NULL;
	work->func(work);
}

long pkvm_iommu_donated(void)
{
	return host.given;
}

unsigned long pkvm_iommu_tables(void)
{
	return el2_memory(PKVM_IOMMU_MEM_PAGE_TABLES) >> PAGE_SHIFT;
}
