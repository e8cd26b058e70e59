// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory of the IOMMU code: what the host reserved at boot, then single pages
 * that it donates. What boot left over is the pool's first filling.
 *
 * Tables grow under locks, where nothing can be asked of the host. So whoever needs
 * pages reserves all of them first (iommu_pool_reserve()), and fails as a whole; the host
 * tops up and tries again. That donation is a transition too and may need a split itself:
 * the last pages are kept for it, and it brings back as many as it takes of them.
 */

#include <nvhe/iommu_core.h>

/* More than any transition needs, with room: beyond it donations are refused. */
#define POOL_MAX_FREE	256

static void *boot_next;
static void *boot_end;

/* The end of the addresses that all of the IOMMUs have. */
static u64 reach = ULONG_MAX;

static DEFINE_HYP_SPINLOCK(pool_lock);
static void **pool_head;
static u64 pool_free;		/* of those at pool_head, without what is reserved */
static u64 pool_kept;		/* of those, for the top-up itself */
static u64 used[PKVM_IOMMU_NR_MEMORY];

/* Pages of the top-up that this CPU is in, else 0. */
static DEFINE_PER_CPU(u64, topping_up);

void iommu_pool_init(void *base, size_t size)
{
	boot_next = base;
	boot_end = base + size;
	used[PKVM_IOMMU_MEM_RESERVED] = size;
}

/**
 * iommu_pool_reach() - what an IOMMU can address
 * @limit: the end of it
 *
 * Beyond, registers keep part of an address, and walks fault. While the machine boots.
 *
 * Return: whether that holds all that the host reserved.
 */
bool iommu_pool_reach(u64 limit)
{
	reach = min(reach, limit);

	return !boot_end || hyp_virt_to_phys(boot_end - 1) < limit;
}

/**
 * iommu_boot_alloc() - zeroed memory for ever, while the machine boots
 * @size: bytes; the memory is aligned to this rounded up to a power of two
 * @use: what it counts as
 *
 * Return: NULL when the host reserved too little, iommu_pool_keep() included.
 */
void *iommu_boot_alloc(size_t size, enum pkvm_iommu_memory use)
{
	size_t align = roundup_pow_of_two(size);
	void *p = PTR_ALIGN(boot_next, align);

	if (!boot_next || p > boot_end || boot_end - p < size ||
	    (boot_end - p - size) >> PAGE_SHIFT < pool_kept)
		return NULL;

	boot_next = p + size;
	used[use] += size;
	memset(p, 0, size);

	return p;
}

/**
 * iommu_pool_keep() - tables that the donation of a few pages may split
 * @nr_pages: more of them are kept back for it
 *
 * Also from what follows at boot: a pool that starts without them never gets any.
 */
void iommu_pool_keep(u64 nr_pages)
{
	pool_kept += nr_pages;
}

/* What boot did not use becomes the pool. */
void iommu_pool_fill(void)
{
	void *p;

	if (!boot_next)
		return;

	for (p = PTR_ALIGN(boot_next, PAGE_SIZE); p < boot_end; p += PAGE_SIZE)
		iommu_pool_give(p);
	boot_next = boot_end;
}

/**
 * iommu_pool_reserve() - set pages aside for who is about to need them
 * @r: filled; iommu_pool_commit() gives back what was not taken
 * @nr_pages: at most
 *
 * Return: 0, or -ENOMEM when the host has to top up first.
 */
int iommu_pool_reserve(struct iommu_reserve *r, u64 nr_pages)
{
	u64 brings = *this_cpu_ptr(&topping_up);
	bool enough;

	iommu_lock(&pool_lock, PKVM_IOMMU_LOCK_POOL);
	/* What costs more than it brings, again and again, would use up what is kept. */
	enough = pool_free >= nr_pages &&
		 (nr_pages <= brings || pool_free - nr_pages + brings >= pool_kept);
	r->nr_pages = enough ? nr_pages : 0;
	WRITE_ONCE(pool_free, pool_free - r->nr_pages);
	iommu_unlock(&pool_lock);

	return enough ? 0 : -ENOMEM;
}

/**
 * iommu_pool_take() - one zeroed page of those that were reserved
 * @use: what it counts as from now on
 *
 * Return: NULL when all of them are taken.
 */
void *iommu_pool_take(struct iommu_reserve *r, enum pkvm_iommu_memory use)
{
	void **page;

	if (!r->nr_pages)
		return NULL;
	r->nr_pages--;

	iommu_lock(&pool_lock, PKVM_IOMMU_LOCK_POOL);
	page = pool_head;
	pool_head = *page;
	WRITE_ONCE(used[use], used[use] + PAGE_SIZE);
	iommu_unlock(&pool_lock);
	*page = NULL;

	return page;
}

/** iommu_pool_commit() - what was reserved and not taken is the pool's again */
void iommu_pool_commit(struct iommu_reserve *r)
{
	if (!r->nr_pages)
		return;

	iommu_lock(&pool_lock, PKVM_IOMMU_LOCK_POOL);
	WRITE_ONCE(pool_free, pool_free + r->nr_pages);
	iommu_unlock(&pool_lock);
	r->nr_pages = 0;
}

/* A page of the hypervisor's that holds nothing any more. It never fails. */
void iommu_pool_give(void *page)
{
	memset(page, 0, PAGE_SIZE);

	iommu_lock(&pool_lock, PKVM_IOMMU_LOCK_POOL);
	*(void **)page = pool_head;
	pool_head = page;
	WRITE_ONCE(pool_free, pool_free + 1);
	iommu_unlock(&pool_lock);
}

/* Bytes in use for one of PKVM_IOMMU_MEM_*. */
u64 iommu_memory(enum pkvm_iommu_memory use)
{
	if (use == PKVM_IOMMU_MEM_POOL_FREE)
		return READ_ONCE(pool_free) << PAGE_SHIFT;

	return READ_ONCE(used[use]);
}

/**
 * __pkvm_iommu_topup() - take pages of the host's into the pool
 * @pfn: the first, from the host
 * @nr_pages: from the host
 *
 * Return: 0; -EINVAL for a number out of bounds; -ERANGE for pages that not all
 * IOMMUs can address; -ENOSPC when the pool has enough; else what donating them
 * returned. After an error nothing was taken.
 */
int __pkvm_iommu_topup(u64 pfn, u64 nr_pages)
{
	u64 i;
	int ret;

	if (!pkvm_iommu_owned())
		return -ENODEV;

	if (!nr_pages || nr_pages > PKVM_IOMMU_TOPUP_MAX)
		return -EINVAL;

	if (pfn >= reach >> PAGE_SHIFT || nr_pages > (reach >> PAGE_SHIFT) - pfn)
		return -ERANGE;

	if (READ_ONCE(pool_free) + nr_pages > POOL_MAX_FREE)
		return -ENOSPC;

	*this_cpu_ptr(&topping_up) = nr_pages;
	ret = __pkvm_host_donate_hyp(pfn, nr_pages);
	*this_cpu_ptr(&topping_up) = 0;
	if (ret)
		return ret;

	for (i = 0; i < nr_pages; i++)
		iommu_pool_give(hyp_phys_to_virt(hyp_pfn_to_phys(pfn + i)));

	iommu_lock(&pool_lock, PKVM_IOMMU_LOCK_POOL);
	WRITE_ONCE(used[PKVM_IOMMU_MEM_DONATED],
		   used[PKVM_IOMMU_MEM_DONATED] + (nr_pages << PAGE_SHIFT));
	iommu_unlock(&pool_lock);

	return 0;
}
