// SPDX-License-Identifier: GPL-2.0-only
/* Pages that leave the host and come back. */

#include "machine.h"

/* Pages leave: devices that used them no longer reach them, and their neighbours they do. */
static void leave_and_return(struct model *m, u64 phys, u64 nr_pages)
{
	u64 end = phys + (nr_pages << PAGE_SHIFT), syncs = model_counts(m)->syncs;
	u64 around = ALIGN_DOWN(phys, BLOCK_SIZE) - BLOCK_SIZE;

	/* Cached: the first and last page, and those beside them. */
	assert_true(reaches(m, phys));
	assert_true(reaches(m, end - PAGE_SIZE));
	assert_true(reaches(m, phys - PAGE_SIZE));
	assert_true(reaches(m, end));

	assert_int_equal(world_give(phys, nr_pages), 0);
	assert_int_equal(model_counts(m)->syncs, syncs + 1);
	assert_false(reaches(m, phys));
	assert_false(reaches(m, end - PAGE_SIZE));
	assert_true(reaches(m, phys - PAGE_SIZE));
	assert_true(reaches(m, end));
	assert_mirror_in(m, around, end + BLOCK_SIZE);

	world_take(phys, nr_pages);
	assert_int_equal(model_counts(m)->syncs, syncs + 1);
	assert_true(reaches(m, phys));
	assert_true(reaches(m, end - PAGE_SIZE));
	assert_mirror_in(m, around, end + BLOCK_SIZE);
}

/* All places that differ: within a block, across blocks, and where tables end. */
static void everywhere(struct model *m)
{
	leave_and_return(m, HIGH_BASE + 17 * PAGE_SIZE, 1);
	leave_and_return(m, HIGH_BASE + 17 * PAGE_SIZE, 2);
	leave_and_return(m, HIGH_BASE + BLOCK_SIZE - PAGE_SIZE, 1);
	leave_and_return(m, HIGH_BASE + BLOCK_SIZE, 1);
	leave_and_return(m, HIGH_BASE + BLOCK_SIZE - 3 * PAGE_SIZE, 5);
	leave_and_return(m, LOW_BASE + SZ_1G - PAGE_SIZE, 1);
	leave_and_return(m, LOW_BASE + SZ_1G - PAGE_SIZE, 2);
	leave_and_return(m, LOW_BASE + SZ_1G - 200 * PAGE_SIZE, 512);
	/* Again, where all is split already. */
	leave_and_return(m, LOW_BASE + SZ_1G - 200 * PAGE_SIZE, 512);
	leave_and_return(m, LOW_BASE + SZ_1G, 33);
}

static void without_ril(struct model_config *config)
{
	config->idr3 &= ~(1U << 10);
}

static void without_live_split(struct model_config *config)
{
	config->idr3 &= ~(3U << 11);
}

static void with_bbm_level_1(struct model_config *config)
{
	config->idr3 = (config->idr3 & ~(3U << 11)) | 1 << 11;
}

static void without_snooping(struct model_config *config)
{
	config->idr0 &= ~(1U << 4);
}

static void with_nothing(struct model_config *config)
{
	without_ril(config);
	without_live_split(config);
	without_snooping(config);
	/* Linear stream table, of a few streams; short addresses; tiny queues. */
	config->idr0 &= ~(1U << 27);
	config->idr1 = 2 << 21 | 2 << 16 | 4;
	config->idr5 = (config->idr5 & ~7U) | 2;
	config->commands_per_us = 1;
}

static void pages_leave_and_return(void **state)
{
	static void (*const shapes[])(struct model_config *config) = {
		NULL,		  without_ril,	    without_live_split,
		with_bbm_level_1, without_snooping, with_nothing,
	};
	struct model *m;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(shapes); i++) {
		m = machine_one(shapes[i]);
		everywhere(m);
		assert_mirror(m);
		/* Blocks are replaced while in use where that is safe, and only there. */
		if ((model_knobs(m)->idr3 >> 11 & 3) == 2)
			assert_true(counter(PKVM_IOMMU_TABLE_SPLITS) >= 3);
		else
			assert_int_equal(counter(PKVM_IOMMU_TABLE_SPLITS), 0);
	}
}

/* What one transition may move: bounded, since all CPUs may wait for it. */
static void too_many_pages(void **state)
{
	(void)state;
	machine_new();
	assert_false(pkvm_iommu_too_many(~0ULL));
	machine_one(NULL);
	assert_false(pkvm_iommu_too_many(512));
	assert_true(pkvm_iommu_too_many(513));
	/* As many bytes are none, in 64 bits. */
	assert_true(pkvm_iommu_too_many(1ULL << (64 - PAGE_SHIFT)));
	assert_true(pkvm_iommu_too_many(~0ULL));
	assert_int_equal(world_give(HIGH_BASE, 512), 0);

	/* Nor does it come to that where nobody asked before. */
	iommu_host_lock();
	assert_int_equal(pkvm_iommu_host_leave(HIGH_BASE, 513 * PAGE_SIZE), -E2BIG);
	assert_int_equal(pkvm_iommu_host_leave(HIGH_BASE, 1ULL << 63), -E2BIG);
	iommu_host_unlock();
}

/* Every look at the tables while they change: all pages but those that leave translate. */
static struct model *walked;
static u64 walks, leaving, leaving_end;

static void walk_around(void)
{
	static const u64 places[] = { 0, PAGE_SIZE, 2 * PAGE_SIZE, BLOCK_SIZE };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(places); i++) {
		u64 before = leaving - PAGE_SIZE - places[i], after = leaving_end + places[i];
		u32 fault = model_look(walked, 0, before).fault;

		assert_int_equal(fault, MODEL_REACHED);
		assert_int_equal(model_look(walked, 0, before).pa, before);
		assert_int_equal(model_look(walked, 0, after).fault, MODEL_REACHED);
		assert_int_equal(model_look(walked, 0, after).pa, after);
	}
	walks++;
}

static void never_a_gap(void **state)
{
	static const u64 firsts[] = { HIGH_BASE + 9 * BLOCK_SIZE + 7 * PAGE_SIZE,
				      LOW_BASE + SZ_1G - 3 * PAGE_SIZE };
	size_t i;

	(void)state;
	walked = machine_one(NULL);
	world_weak(true);
	world_on_store(walk_around);
	for (i = 0; i < ARRAY_SIZE(firsts); i++) {
		leaving = firsts[i];
		leaving_end = leaving + 5 * PAGE_SIZE;
		walks = 0;
		assert_int_equal(world_give(leaving, 5), 0);
		world_take(leaving, 5);
		assert_true(walks >= 10);
	}
	assert_mirror(walked);
}

/* The pool is empty: nothing changes, and the same call works after a top-up. */
static void no_memory_to_split(void **state)
{
	struct model *m = machine_one(NULL);
	u64 page = HIGH_BASE + 4 * BLOCK_SIZE, splits, tables;
	void *taken = NULL, *next;

	(void)state;
	assert_int_equal(world_give(HIGH_BASE, 1), 0);
	/* Of the pool, all but what is kept for topping up is used otherwise. */
	while (pool_has(1)) {
		next = pool_take(PKVM_IOMMU_MEM_QUEUES);
		memcpy(next, &taken, sizeof(taken));
		taken = next;
	}
	splits = counter(PKVM_IOMMU_TABLE_SPLITS);
	tables = memory_of(PKVM_IOMMU_MEM_PAGE_TABLES);

	assert_true(reaches(m, page));
	assert_int_equal(world_give(page, 1), -ENOMEM);
	assert_true(reaches(m, page));
	assert_int_equal(counter(PKVM_IOMMU_TABLE_SPLITS), splits);
	assert_int_equal(memory_of(PKVM_IOMMU_MEM_PAGE_TABLES), tables);
	assert_mirror(m);

	/* Where all is split already, no memory is needed. */
	assert_int_equal(world_give(HIGH_BASE + PAGE_SIZE, 1), 0);

	/* Topping up may take from what is kept; it needs a split, too. */
	assert_int_equal(__pkvm_iommu_topup((HIGH_BASE + 5 * BLOCK_SIZE / 2) >> PAGE_SHIFT, 8), 0);
	assert_int_equal(world_give(page, 1), 0);
	assert_false(reaches(m, page));
	assert_mirror(m);
}

static void shortest_addresses(struct model_config *config)
{
	config->idr5 &= ~7U;
}

/* Memory that no device can name changes hands like any other, and touches no table. */
static void beyond_the_reach(void **state)
{
	struct model *m = machine_one(shortest_addresses);
	u64 tables = memory_of(PKVM_IOMMU_MEM_PAGE_TABLES);

	(void)state;
	assert_false(reaches(m, HIGH_BASE));
	assert_int_equal(world_give(HIGH_BASE, 512), 0);
	assert_int_equal(world_give(HIGH_BASE + 2 * BLOCK_SIZE, 3), 0);
	world_take(HIGH_BASE + 10 * PAGE_SIZE, 100);
	assert_false(reaches(m, HIGH_BASE + 10 * PAGE_SIZE));
	assert_int_equal(memory_of(PKVM_IOMMU_MEM_PAGE_TABLES), tables);
	assert_int_equal(counter(PKVM_IOMMU_TABLE_SPLITS), 0);
	assert_mirror(m);
	leave_and_return(m, LOW_BASE + SZ_1G, 3);
}

static void shorter_addresses(struct model_config *config)
{
	config->idr5 = (config->idr5 & ~7U) | 2;
}

/* The memory of their tables, after transitions that both must have seen. */
static u64 pair(void (*unlike)(struct model_config *config))
{
	struct model_config a = machine_default(0), b = machine_default(1);
	struct model *m, *n;
	u64 page, tables;

	if (unlike)
		unlike(&b);
	machine_new();
	m = machine_add(&a, true);
	n = machine_add(&b, b.idr0 & 1 << 4);
	world_reserve(POOL_BASE, 2 * POOL_SIZE >> PAGE_SHIFT);
	assert_int_equal(machine_boot(), 0);
	tables = memory_of(PKVM_IOMMU_MEM_PAGE_TABLES);
	/* Each changes only what it can change. */
	assert_true(model_look(m, 0, HIGH_BASE).size > PAGE_SIZE);
	assert_int_equal(model_look(n, 0, HIGH_BASE).size == PAGE_SIZE,
			 unlike == without_live_split);

	for (page = 0; page < 20; page++) {
		u64 phys = HIGH_BASE + BLOCK_SIZE + page * PAGE_SIZE;
		u64 syncs = model_counts(m)->syncs;

		assert_true(reaches(m, phys) && reaches(n, phys));
		assert_int_equal(model_counts(n)->syncs, syncs);
		assert_int_equal(world_give(phys, 1), 0);
		assert_int_equal(model_counts(m)->syncs, syncs + 1);
		assert_int_equal(model_counts(n)->syncs, syncs + 1);
		assert_false(reaches(m, phys) || reaches(n, phys));
		if (page % 2) {
			world_take(phys, 1);
			assert_true(reaches(m, phys) && reaches(n, phys));
		}
	}
	assert_mirror(m);
	assert_mirror(n);

	return tables;
}

/* SMMUs that are alike share a mirror. Others have their own, and all are invalidated. */
static void two_smmus(void **state)
{
	u64 shared = pair(NULL);

	(void)state;
	assert_true(pair(shorter_addresses) > shared);
	assert_true(pair(without_live_split) > shared);
	assert_true(pair(without_snooping) > shared);
	assert_int_equal(pair(without_ril), shared);
}

/* One of two does not answer, or refuses: the page stays the host's for both. */
static void one_of_two_fails(void **state)
{
	struct model_config a = machine_default(0), b = machine_default(1);
	struct model *smmus[2];
	u64 start, page = HIGH_BASE;
	u32 i;

	(void)state;
	machine_new();
	smmus[0] = machine_add(&a, true);
	smmus[1] = machine_add(&b, true);
	assert_int_equal(machine_boot(), 0);
	for (i = 0; i < 2; i++) {
		assert_true(reaches(smmus[0], page) && reaches(smmus[1], page));
		start = world_time();
		model_knobs(smmus[i])->commands_per_us = 0;
		assert_int_equal(world_give(page, 1), -ETIMEDOUT);
		assert_true(world_time() - start < 150000);
		assert_true(reaches(smmus[0], page) && reaches(smmus[1], page));
		assert_mirror(smmus[0]);
		assert_mirror(smmus[1]);

		model_knobs(smmus[i])->commands_per_us = 1;
		model_knobs(smmus[i])->refuse_in = 3;
		assert_int_equal(world_give(page, 1), -EIO);
		assert_true(reaches(smmus[0], page) && reaches(smmus[1], page));

		assert_int_equal(world_give(page, 1), 0);
		assert_false(reaches(smmus[0], page) || reaches(smmus[1], page));
		page += PAGE_SIZE;
	}
}

/* However many are dead, and however full of earlier attempts, all CPUs wait for one time-out. */
static void many_are_dead(void **state)
{
	struct model *smmus[MODEL_MAX];
	u64 start, page = HIGH_BASE;
	u32 i, n, round;

	(void)state;
	machine_new();
	for (i = 0; i < MODEL_MAX; i++) {
		struct model_config config = machine_default(i);

		config.idr1 = 4 << 21 | 7 << 16 | 8;
		smmus[i] = machine_add(&config, true);
	}
	assert_int_equal(machine_boot(), 0);
	for (n = 1; n <= MODEL_MAX; n++) {
		for (i = 0; i < n; i++)
			model_knobs(smmus[i])->commands_per_us = 0;
		for (round = 0; round < 20; round++) {
			start = world_time();
			assert_int_equal(world_give(page, 2), -ETIMEDOUT);
			assert_true(world_time() - start < 105000);
		}
		for (i = 0; i < MODEL_MAX; i++) {
			assert_mirror_in(smmus[i], page, page + BLOCK_SIZE);
			model_knobs(smmus[i])->commands_per_us = 3;
		}
		assert_int_equal(world_give(page, 2), 0);
		for (i = 0; i < MODEL_MAX; i++)
			assert_false(reaches(smmus[i], page));
		page += 2 * PAGE_SIZE;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pages_leave_and_return),
		cmocka_unit_test(too_many_pages),
		cmocka_unit_test(never_a_gap),
		cmocka_unit_test(no_memory_to_split),
		cmocka_unit_test(beyond_the_reach),
		cmocka_unit_test(two_smmus),
		cmocka_unit_test(one_of_two_fails),
		cmocka_unit_test(many_are_dead),
	};

	return cmocka_run_group_tests_name("transition", tests, NULL, NULL);
}
