// SPDX-License-Identifier: GPL-2.0-only
/* Some thousand random calls (storm.h); fuzz/storm.c makes as many as one wants. */

#include "machine.h"

#include "storm.h"

#define SEED  1
#define CALLS 20000

static void leaves_nothing(void **state)
{
	(void)state;
	storm_run(SEED, CALLS, false);
	storm_print();
	assert_true(storm_covers());
}

/* By its seed, and others are other storms. */
static void replays(void **state)
{
	u64 sum = storm_run(SEED, CALLS / 10, false);

	(void)state;
	assert_true(sum == storm_run(SEED, CALLS / 10, false));
	assert_true(sum != storm_run(SEED + 1, CALLS / 10, false));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(leaves_nothing),
		cmocka_unit_test(replays),
	};

	return cmocka_run_group_tests_name("storm", tests, NULL, NULL);
}
