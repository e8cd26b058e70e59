// SPDX-License-Identifier: GPL-2.0-only
/* Devices that work, and SMMUs that change their mind, while a page leaves the host. */

#include "machine.h"

#include "points.h"

static struct model *busy;
static u64 target;

static void by_page(struct model_config *config)
{
	config->idr3 &= ~(1U << 10);
	config->commands_per_us = 1;
}

/* The queue holds two entries. */
static void short_queue(struct model_config *config)
{
	by_page(config);
	config->idr1 = 1 << 21 | 7 << 16 | 8;
}

static void device(void)
{
	model_access(busy, 8, target, true, NULL);
}

/* What it may reach it caches, again and again: nothing of that may be left at the end. */
static void at_every_point(void **state)
{
	static void (*const shapes[])(struct model_config *config) = { NULL, by_page, short_queue };
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(shapes); i++) {
		busy = machine_one(shapes[i]);
		for (target = HIGH_BASE; target < HIGH_BASE + 50 * PAGE_SIZE; target += PAGE_SIZE) {
			assert_true(reaches(busy, target));
			world_act(&(struct act){ .fn = device, .blocks = true });
			assert_int_equal(world_give(target, 1), 0);
			assert_true(world_act_end());
			assert_false(reaches(busy, target));
		}
	}
}

/* Of a transition that is given up nothing may be left, either. */
static void when_it_fails(void **state)
{
	u32 at;

	(void)state;
	busy = machine_one(by_page);
	target = HIGH_BASE + 4 * PAGE_SIZE;
	for (at = 1; at <= 9; at++) {
		model_knobs(busy)->refuse_in = at;
		world_act(&(struct act){ .fn = device });
		assert_int_equal(world_give(HIGH_BASE, 8), -EIO);
		world_act_end();
		assert_true(reaches(busy, target));
		assert_mirror_in(busy, HIGH_BASE, HIGH_BASE + BLOCK_SIZE);
	}
	world_act(&(struct act){ .fn = device });
	assert_int_equal(world_give(HIGH_BASE, 8), 0);
	world_act_end();
	assert_false(reaches(busy, target));
}

/* Each point alone. */
static void at_one_point(void **state)
{
	bool acted = true;
	u64 n;

	(void)state;
	busy = machine_one(by_page);
	target = HIGH_BASE;
	for (n = 1; acted; n++, target += PAGE_SIZE) {
		world_act(&(struct act){ .fn = device, .at = n, .blocks = true });
		assert_int_equal(world_give(target, 1), 0);
		acted = world_act_end();
		assert_false(reaches(busy, target));
	}
	assert_true(n > 30);
	assert_mirror(busy);
}

static void wake_up(void)
{
	model_knobs(busy)->commands_per_us = MODEL_AT_ONCE;
	model_tick();
}

/*
 * An SMMU that slept for long goes on: at whatever point it does so, a transition that
 * succeeds has seen all its commands carried out. More of them than the queue holds:
 * the end of what was written is not the end of what was to be written.
 */
static void wakes_up(void **state)
{
	bool acted = true;
	u64 n, page, succeeded = 0, failed = 0;
	int ret;

	(void)state;
	busy = machine_one(short_queue);
	world_wait(5000);
	page = HIGH_BASE;
	for (n = 1; acted; n++) {
		assert_true(reaches(busy, page) && reaches(busy, page + 4 * PAGE_SIZE));
		model_knobs(busy)->commands_per_us = 0;
		world_act(&(struct act){ .fn = wake_up, .at = n });
		ret = world_give(page, 5);
		acted = world_act_end();
		assert_int_equal(reaches(busy, page), !!ret);
		assert_int_equal(reaches(busy, page + 4 * PAGE_SIZE), !!ret);
		succeeded += !ret;
		failed += !!ret;

		/* What is still in the queue is carried out. */
		wake_up();
		if (ret)
			assert_int_equal(world_give(page, 5), 0);
		page += 5 * PAGE_SIZE;
	}
	assert_true(succeeded > 20 && failed > 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(at_every_point),
		cmocka_unit_test(when_it_fails),
		cmocka_unit_test(at_one_point),
		cmocka_unit_test(wakes_up),
	};

	return cmocka_run_group_tests_name("meanwhile", tests, NULL, NULL);
}
