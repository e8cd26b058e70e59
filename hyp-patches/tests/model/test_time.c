// SPDX-License-Identifier: GPL-2.0-only
/* SMMUs that are faster than EL2, slower, or now this and now that. */

#include "machine.h"

#define PAGES 11

static const u32 paces[] = { 0, 250, 1000, 4000 };

/* One command for each page, all in the queue at once. */
static void by_page(struct model_config *config)
{
	config->idr3 &= ~(1U << 10);
	config->commands_per_us = 1;
}

static void at_once(struct model_config *config)
{
	by_page(config);
	config->commands_per_us = MODEL_AT_ONCE;
	config->ack_us = 0;
	config->gbpa_us = 0;
}

/* Nothing is left to wait for when the doorbell returns: EL2 must see that, too. */
static void consumed_at_once(void **state)
{
	struct model *m = machine_one(at_once);
	u64 page, before;

	(void)state;
	world_pace(0, 0);
	for (page = HIGH_BASE; page < HIGH_BASE + 300 * PAGE_SIZE; page += PAGE_SIZE) {
		assert_true(reaches(m, page));
		before = world_time();
		assert_int_equal(world_give(page, 1), 0);
		assert_true(world_time() - before <= 1);
		assert_false(reaches(m, page));
	}
	assert_mirror(m);
}

/*
 * An SMMU may read a slot again as soon as GERRORN is written: what it refused must be
 * out of it by then, or it is refused a second time.
 */
static void refused_once(void **state)
{
	struct model *m = machine_one(by_page);
	u64 page = HIGH_BASE, refused = 0;
	u32 at, pace, seed;

	(void)state;
	for (pace = 0; pace < ARRAY_SIZE(paces); pace++) {
		for (seed = 0; seed < 4; seed++) {
			world_pace(paces[pace], seed);
			for (at = 1; at <= PAGES + 1; at++) {
				assert_true(reaches(m, page));
				model_knobs(m)->refuse_in = at;
				assert_int_equal(world_give(page, PAGES), -EIO);
				assert_int_equal(model_counts(m)->refused, ++refused);
				assert_true(reaches(m, page));
				assert_int_equal(world_give(page, PAGES), 0);
				assert_false(reaches(m, page));
				page += PAGES * PAGE_SIZE;
			}
		}
	}
	assert_mirror(m);
}

/* An SMMU that dozes is waited for, and costs no more than its delay. */
static void late(void **state)
{
	struct model *m = machine_one(by_page);
	u64 page = HIGH_BASE, before, longest = 0;
	u32 i, pace;

	(void)state;
	model_knobs(m)->idle_us = 70;
	for (pace = 0; pace < ARRAY_SIZE(paces); pace++) {
		world_pace(paces[pace], pace);
		for (i = 0; i < 100; i++) {
			assert_true(reaches(m, page));
			before = world_time();
			assert_int_equal(world_give(page, 1), 0);
			longest = max(longest, world_time() - before);
			assert_false(reaches(m, page));
			page += PAGE_SIZE;
		}
	}
	assert_true(longest > 60 && longest < 70 + 100);
}

/* The delays follow from the seed. */
static u64 time_of(u64 seed)
{
	struct model *m = machine_one(by_page);
	u32 i;

	world_pace(700, seed);
	for (i = 0; i < 50; i++)
		assert_int_equal(world_give(HIGH_BASE + i * PAGE_SIZE, 1), 0);
	assert_true(model_counts(m)->doorbells >= 50);

	return world_time();
}

static void by_seed(void **state)
{
	(void)state;
	assert_int_equal(time_of(1), time_of(1));
	assert_int_not_equal(time_of(1), time_of(2));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(consumed_at_once),
		cmocka_unit_test(refused_once),
		cmocka_unit_test(late),
		cmocka_unit_test(by_seed),
	};

	return cmocka_run_group_tests_name("time", tests, NULL, NULL);
}
