// SPDX-License-Identifier: GPL-2.0-only
/* The sum behind instructions that the PMU did not count, by hand. */

#include "tap.h"

#include <errno.h>

#include "touch.h"
#include "levels.h"

/* Reading the counters: 30 ticks in the window of the clock, 50 instructions in theirs. */
static const struct levels calibrated = {
	.insn = true,
	.empty = {
		.pmu = { [SMMUBENCH_INSTRUCTIONS_EL1] = 40 },
		.user = 10,
		.ticks = 30,
	},
};

/* EL1 executes 1000 of 5000, EL2 as counted 500, EL0 20, a guest 259: 3221 are left. */
static const struct levels_sample before = {
	.pmu = { [SMMUBENCH_INSTRUCTIONS_EL1] = 7, [SMMUBENCH_INSTRUCTIONS_EL2] = 9 },
	.user = 3, .ticks = 100, .switches = 4,
};
static const struct levels_sample after = {
	.pmu = { [SMMUBENCH_INSTRUCTIONS_EL1] = 7 + 1040, [SMMUBENCH_INSTRUCTIONS_EL2] = 9 + 500 },
	.user = 3 + 30, .ticks = 100 + 5030, .switches = 4,
};

static void test_rest_of_the_ticks(void **state)
{
	uint64_t unseen = 0;

	(void)state;
	assert_int_equal(levels_unseen(&calibrated, &before, &after, 259, &unseen), 0);
	assert_int_equal(unseen, 5000 - 1000 - 500 - 20 - 259);
}

static void test_nothing_left(void **state)
{
	uint64_t unseen = 1;

	(void)state;
	assert_int_equal(levels_unseen(&calibrated, &before, &after, 5000 - 1520, &unseen), 0);
	assert_int_equal(unseen, 0);
}

/* An interrupt in the window of the counters alone: no figure rather than a wrong one. */
static void test_more_counted_than_passed(void **state)
{
	uint64_t unseen;

	(void)state;
	assert_int_equal(levels_unseen(&calibrated, &before, &after, 5000, &unseen), -EAGAIN);
}

static void test_another_task_ran(void **state)
{
	struct levels_sample disturbed = after;
	uint64_t unseen;

	(void)state;
	disturbed.switches++;
	assert_int_equal(levels_unseen(&calibrated, &before, &disturbed, 259, &unseen), -EAGAIN);
}

static void test_complete_only_with_all_of_it(void **state)
{
	struct levels l = calibrated;

	(void)state;
	assert_true(levels_complete(&l));
	l.insn = false;
	assert_false(levels_complete(&l));
	l = calibrated;
	l.user = -EBUSY;
	assert_false(levels_complete(&l));
	l = calibrated;
	l.switches = -EACCES;
	assert_false(levels_complete(&l));
	l = calibrated;
	l.error[SMMUBENCH_INSTRUCTIONS_EL2] = EBUSY;
	assert_false(levels_complete(&l));
}

/* The loop of guest.c: b, mov, mov, then str, add, subs, b.ne for each page. */
static void test_touch_instructions(void **state)
{
	(void)state;
	assert_int_equal(touch_instructions(1), 7);
	assert_int_equal(touch_instructions(64), 259);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rest_of_the_ticks),
		cmocka_unit_test(test_nothing_left),
		cmocka_unit_test(test_more_counted_than_passed),
		cmocka_unit_test(test_another_task_ran),
		cmocka_unit_test(test_complete_only_with_all_of_it),
		cmocka_unit_test(test_touch_instructions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
