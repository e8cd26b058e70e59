// SPDX-License-Identifier: GPL-2.0-only
/* Entries that an SMMU fetches and forgets as it likes, and some that outlived their time. */

#include "machine.h"

#include <stdio.h>

#include "points.h"

static struct model *busy;
static u64 target;

static void device(void)
{
	model_access(busy, 8, target, true, NULL);
}

static void default_shape(struct model_config *config)
{
	config->ahead_in = 2;
}

static void by_page(struct model_config *config)
{
	default_shape(config);
	config->idr3 &= ~(1U << 10);
}

static void linear(struct model_config *config)
{
	default_shape(config);
	config->idr0 &= ~(1U << 27);
	config->idr1 = 5 << 21 | 5 << 16 | 5;
}

static void without_live_split(struct model_config *config)
{
	default_shape(config);
	config->idr3 &= ~(3U << 11);
}

static void without_snooping(struct model_config *config)
{
	default_shape(config);
	config->idr0 &= ~(1U << 4);
}

/* Blocks that are split, pages of them that leave and return, with a device at work. */
static void work(struct model *m, u64 seed)
{
	u64 i, page;

	busy = m;
	for (i = 0; i < 60; i++) {
		page = HIGH_BASE + (i % 3) * BLOCK_SIZE + i * PAGE_SIZE;
		target = page + PAGE_SIZE;
		assert_true(reaches(m, page) && reaches(m, target));
		world_act(&(struct act){ .fn = device, .one_in = 2, .seed = seed + i });
		assert_int_equal(world_give(page, 3), 0);
		world_act_end();
		assert_false(reaches(m, page) || reaches(m, target));
		if (i % 2)
			continue;
		world_take(page, 3);
		assert_true(reaches(m, page) && reaches(m, target));
		if (i % 10 == 0) {
			assert_true(pkvm_iommu_psci_enter(PSCI_0_2_FN_SYSTEM_RESET, 0));
			assert_closed(m);
			pkvm_iommu_psci_return(PSCI_0_2_FN_SYSTEM_RESET);
		}
	}
	assert_mirror(m);
}

static void ahead_of_devices(void **state)
{
	static void (*const shapes[])(struct model_config *config) = {
		default_shape, by_page, linear, without_live_split, without_snooping,
	};
	size_t i;
	u64 seed;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(shapes); i++) {
		for (seed = 1; seed <= 3; seed++) {
			struct model *m = machine_one(shapes[i]);

			model_knobs(m)->ahead_in = seed;
			world_pace(500, seed);
			work(m, seed);
		}
	}
}

/* What firmware left in the caches is gone before the first stream passes. */
static void ahead_of_the_boot(void **state)
{
	struct model_config config = machine_default(0);
	struct model *m;

	(void)state;
	for (config.seed = 1; config.seed <= 20; config.seed++) {
		config.ahead_in = 1;
		machine_new();
		m = machine_add(&config, true);
		model_live(m);
		assert_int_equal(machine_boot(), 0);
		work(m, config.seed);
	}
}

static void expect(void (*fn)(void), const char *text)
{
	const char *found = world_bug_of(fn);

	printf("# %s\n", found);
	assert_non_null(strstr(found, "SMMU 0: stale: "));
	assert_non_null(strstr(found, text));
}

/* A page changes hands and nobody tells the SMMU. */
static void uses_stale(void)
{
	busy = machine_one(NULL);
	assert_true(reaches(busy, HIGH_BASE));
	world_set_owner(HIGH_BASE, PAGE_SIZE, OWNER_GUEST);
	reaches(busy, HIGH_BASE);
}

static void keeps_stale(void)
{
	busy = machine_one(NULL);
	assert_true(reaches(busy, HIGH_BASE));
	model_settled(HIGH_BASE + PAGE_SIZE, PAGE_SIZE);
}

/* What EL2 wrote at boot is overwritten: its whole memory, which holds the tables. */
static void forget_tables(u64 from, u64 to)
{
	u64 page;

	for (page = from; page < to; page += PAGE_SIZE)
		memset(hyp_phys_to_virt(page), 0, PAGE_SIZE);
	model_settled(NOMAP_BASE, PAGE_SIZE);
}

static void all_tables(void)
{
	busy = machine_one(NULL);
	assert_true(reaches(busy, HIGH_BASE));
	forget_tables(POOL_BASE, POOL_BASE + POOL_SIZE);
}

/* Whatever is valid in the stream table is changed in one word. */
static void streams_only(void)
{
	u64 i, *word = hyp_phys_to_virt(POOL_BASE);

	busy = machine_one(NULL);
	assert_true(reaches(busy, HIGH_BASE));
	for (i = 0; i < POOL_SIZE / sizeof(*word); i++) {
		/* V, and translation by stage 2. */
		if (i % 8 == 0 && word[i] == (1 | 6 << 1))
			word[i] = 1;
	}
	model_settled(NOMAP_BASE, PAGE_SIZE);
}

static void stale_entries(void **state)
{
	(void)state;
	machine_new();
	expect(uses_stale, "which the host may not access");
	expect(keeps_stale, "which the host may not access");
	expect(all_tables, "memory says");
	expect(streams_only, "the entry of stream 0x8 is not that in memory");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ahead_of_devices),
		cmocka_unit_test(ahead_of_the_boot),
		cmocka_unit_test(stale_entries),
	};

	return cmocka_run_group_tests_name("cache", tests, NULL, NULL);
}
