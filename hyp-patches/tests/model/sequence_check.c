// SPDX-License-Identifier: GPL-2.0-only
/*
 * What must hold after each operation, whatever the host, devices and hardware did:
 * devices reach what the host may access and nothing else, no page of EL2's is lost or
 * given out twice, no lock is held, no call takes longer than the hardware's time-out.
 */

#include "sequence_priv.h"

#include "domains.h"
#include "points.h"

/* Free, and in use for something, less what the host donated. */
static u64 balance;

static u64 balance_now(void)
{
	return memory_of(PKVM_IOMMU_MEM_POOL_FREE) + memory_of(PKVM_IOMMU_MEM_PAGE_TABLES) +
	       memory_of(PKVM_IOMMU_MEM_STREAM_TABLES) + memory_of(PKVM_IOMMU_MEM_QUEUES) +
	       memory_of(PKVM_IOMMU_MEM_DOMAINS) -
	       memory_of(PKVM_IOMMU_MEM_DONATED);
}

bool check_may_reach(u32 smmu, u32 sid, u64 addr)
{
	const struct smmu_state *s = &seq.smmus[smmu];

	return (!seq.paravirt || domains_mirror(smmu, sid)) && !s->aborting && !seq.closed && addr < machine_reach(s->m) &&
	       world_host_may(addr, NULL);
}

static void check_place(u32 smmu, u64 addr)
{
	const struct smmu_state *s = &seq.smmus[smmu];
	bool may = check_may_reach(smmu, 8, addr), does = reaches(s->m, addr);

	if (does && !may)
		world_bug("SMMU %u lets a device reach %#llx", smmu, addr);
	if (may && !does && !s->lost)
		world_bug("SMMU %u keeps devices from %#llx", smmu, addr);
}

static void check_balance(void)
{
	if (balance_now() != balance)
		world_bug("%lld bytes of EL2's memory are lost",
			  (long long)(balance - balance_now()));
}

void check_begin(void)
{
	balance = balance_now();
}

void check_step(u64 place, u64 time)
{
	static const int32_t around[] = { 0, 1, 11, -1, 511 };
	u32 i, n;

	for (i = 0; i < seq.nr_smmus; i++) {
		for (n = 0; n < ARRAY_SIZE(around); n++)
			check_place(i,
				    ALIGN_DOWN(place, PAGE_SIZE) + around[n] * (int64_t)PAGE_SIZE);
	}
	/* It asks EL2, and whoever is about to act would do so in that. */
	if (seq.paravirt && !other_armed())
		domains_check();
	locks_all_free();
	check_balance();
	if (time > seq.allowed_us)
		world_bug("it took %llu us, where %llu are allowed", time, seq.allowed_us);
}

/* Pages that are free are as many as counted, each once, and empty. */
static void check_pool(void)
{
	u64 pages = memory_of(PKVM_IOMMU_MEM_POOL_FREE) >> PAGE_SHIFT, n, i;
	u64 *page;

	for (n = 0; (page = pool_take(PKVM_IOMMU_MEM_QUEUES)); n++) {
		for (i = 0; i < PAGE_SIZE / sizeof(*page); i++) {
			if (page[i])
				world_bug("page %llu of the pool is in use", n);
		}
		page[0] = 1;
	}
	if (n != pages)
		world_bug("the pool has %llu pages, and says %llu", n, pages);
}

/* The host's, and no domain keeps it there: those of an SMMU that is lost do not end. */
static bool may_leave(u64 page)
{
	return world_host_may(page, NULL) && !(seq.paravirt && domain_maps(page));
}

/* A transition that failed because of hardware that is well again succeeds. */
static void check_retry(void)
{
	u64 page, topped_up = 0;
	int ret;

	for (page = LOW_BASE; page < seq.low_end && !may_leave(page); page += PAGE_SIZE)
		;
	if (page == seq.low_end)
		return;
	ret = world_give(page, 1);
	for (; ret == -ENOMEM && page < seq.low_end; page += PAGE_SIZE) {
		topped_up += !__pkvm_iommu_topup(page >> PAGE_SHIFT, 1);
		if (may_leave(page))
			ret = world_give(page, 1);
	}
	if (ret && ret != -ENOMEM)
		world_bug("SMMUs are well, %llu pages were topped up: %d", topped_up, ret);
}

void check_end(void)
{
	u32 i;

	sequence_settle();
	if (seq.paravirt)
		domains_end();
	check_retry();
	for (i = 0; i < seq.nr_smmus; i++) {
		if (seq.smmus[i].aborting)
			assert_closed(seq.smmus[i].m);
		else if (!seq.smmus[i].lost && (!seq.paravirt || domains_mirror(i, 8)))
			assert_mirror(seq.smmus[i].m);
	}
	locks_all_free();
	check_balance();
	check_pool();
}
