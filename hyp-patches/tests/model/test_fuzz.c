// SPDX-License-Identifier: GPL-2.0-only
/*
 * Random transitions on two unlike SMMUs that now and then refuse or do not
 * answer, with devices at work. After each step, who may reach what is compared
 * with who owns it.
 */

#include "machine.h"

#include <stdio.h>

#define STEPS 1500

static struct model *smmus[2];
static u64 random_state, next_donated;
static u32 topups;

/* Knuth's MMIX generator: the same numbers each time. */
static u64 random_below(u64 n)
{
	random_state = random_state * 6364136223846793005ULL + 1442695040888963407ULL;

	return (random_state >> 33) % n;
}

/* A few places, so that transitions meet what earlier ones left. */
static u64 random_page(void)
{
	static const u64 places[] = { HIGH_BASE + 3 * BLOCK_SIZE, LOW_BASE + SZ_1G,
				      HIGH_BASE + SZ_1G / 2 };

	return places[random_below(3)] + (random_below(1200) - 600) * PAGE_SIZE;
}

static bool all_owned_by(u64 phys, u64 nr_pages, enum owner owner)
{
	while (nr_pages--) {
		if (world_owner(phys + nr_pages * PAGE_SIZE) != owner)
			return false;
	}

	return true;
}

/* What devices reach at a random place, through whatever is cached. */
static void devices_work(u64 near)
{
	u32 i, sid;

	for (i = 0; i < 8; i++) {
		u64 addr = i & 1 ? random_page() : near + (random_below(64) - 32) * PAGE_SIZE;
		bool may = world_host_may(addr, NULL);

		for (sid = 0; sid < 2; sid++) {
			if (reaches(smmus[sid], addr) != may)
				world_bug("%#llx: the host may%s, SMMU %u says otherwise", addr,
					  may ? "" : " not", sid);
		}
	}
}

static void misbehave(struct model *m)
{
	model_knobs(m)->refuse_in = random_below(40) ? 0 : 1 + random_below(4);
	model_knobs(m)->commands_per_us = random_below(50) ? 1 + random_below(4) : 0;
}

/* Another CPU, in whatever this one waits for. */
static void other_cpu(void)
{
	u64 record[PKVM_IOMMU_EVENT_WORDS];

	model_cpu = 1;
	if (!random_below(5))
		__pkvm_iommu_event(random_below(2), record);
	model_cpu = 0;
}

static void top_up(void)
{
	if (__pkvm_iommu_topup(next_donated, 4))
		return;
	next_donated += 4;
	topups++;
}

/* Returns 1 if pages left, and counts what else became of it. */
static void step(u32 *left, u32 *failed)
{
	u64 phys = random_page();
	u64 nr_pages = random_below(4) ? 1 + random_below(4) : 1 + random_below(512);
	int ret;

	misbehave(smmus[0]);
	misbehave(smmus[1]);
	if (all_owned_by(phys, nr_pages, OWNER_HOST)) {
		ret = world_give(phys, nr_pages);
		*left += !ret;
		*failed += !!ret;
		if (ret == -ENOMEM)
			top_up();
		else if (ret && ret != -EIO && ret != -ETIMEDOUT)
			world_bug("a transition ends with %d", ret);
	} else {
		while (nr_pages && !all_owned_by(phys, nr_pages, OWNER_GUEST))
			nr_pages /= 2;
		if (nr_pages)
			world_take(phys, nr_pages);
	}
	devices_work(phys);
}

/* Records and errors are drained, so that the queues do not stay full. */
static void drain(void)
{
	u64 record[PKVM_IOMMU_EVENT_WORDS];
	u32 i, n;

	for (i = 0; i < 2; i++) {
		for (n = 0; __pkvm_iommu_event(i, record); n++)
			assert_true(n < 1000);
	}
}

/* A reset that firmware turns down; pages change hands before it does. */
static void reset(void)
{
	u64 phys = random_page(), nr_pages = 1 + random_below(64);
	u32 i;

	for (i = 0; i < 2; i++) {
		model_knobs(smmus[i])->commands_per_us = 1;
		model_knobs(smmus[i])->refuse_in = 0;
	}
	drain();
	assert_true(pkvm_iommu_psci_enter(PSCI_0_2_FN_SYSTEM_RESET, 0));
	assert_closed(smmus[0]);
	assert_closed(smmus[1]);
	if (all_owned_by(phys, nr_pages, OWNER_HOST) && world_give(phys, nr_pages) == -ENOMEM)
		top_up();
	pkvm_iommu_psci_return(PSCI_0_2_FN_SYSTEM_RESET);
	devices_work(phys);
}

static void run(u64 seed)
{
	struct model_config a = machine_default(0), b = machine_default(1);
	u32 i, left = 0, failed = 0;

	b.idr0 &= ~(1U << 4 | 1U << 27);
	b.idr1 = 3 << 21 | 2 << 16 | 6;
	b.idr3 = seed & 1 ? 2 << 11 : 0;
	b.idr5 = (b.idr5 & ~7U) | 3;
	random_state = seed;
	machine_new();
	world_reserve(POOL_BASE, 2 * POOL_SIZE >> PAGE_SHIFT);
	smmus[0] = machine_add(&a, true);
	smmus[1] = machine_add(&b, true);
	assert_int_equal(machine_boot(), 0);
	/* So little that splits have to wait for the host. */
	while (iommu_pool_has(2))
		assert_non_null(iommu_pool_take(PKVM_IOMMU_MEM_QUEUES));
	next_donated = (LOW_BASE + 0x30000000) >> PAGE_SHIFT;
	topups = 0;
	world_meanwhile(other_cpu);
	for (i = 0; i < STEPS; i++) {
		step(&left, &failed);
		if (i % 100 == 0)
			drain();
		if (i % 50 == 0)
			reset();
		if (i % 500 == 0) {
			assert_mirror(smmus[0]);
			assert_mirror(smmus[1]);
		}
	}
	assert_mirror(smmus[0]);
	assert_mirror(smmus[1]);
	printf("# seed %llu: %u left, %u failed, %u top-ups, %llu commands refused\n", seed, left,
	       failed, topups, model_counts(smmus[0])->refused + model_counts(smmus[1])->refused);
	assert_true(left > STEPS / 10 && failed > STEPS / 100 && topups);
}

static void random_transitions(void **state)
{
	u64 seed;

	(void)state;
	for (seed = 1; seed <= 4; seed++)
		run(seed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_transitions),
	};

	return cmocka_run_group_tests_name("fuzz", tests, NULL, NULL);
}
