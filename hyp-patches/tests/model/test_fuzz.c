// SPDX-License-Identifier: GPL-2.0-only
/*
 * Random sequences (sequence.h), the same each time. libFuzzer looks for those that
 * these miss: fuzz/.
 */

#include "machine.h"

#include <stdio.h>

#include "random.h"
#include "sequence.h"

#define SEQUENCES 60
#define BYTES	  1000

static void random_sequences(void **state)
{
	struct sequence_counts all = {}, one;
	static u8 bytes[BYTES];
	u32 seed, i, booted = 0;
	u64 random;

	(void)state;
	for (seed = 1; seed <= SEQUENCES; seed++) {
		random = seed;
		for (i = 0; i < BYTES; i++)
			bytes[i] = random_below(&random, 256);
		one = sequence_run(bytes, sizeof(bytes), false);
		booted += one.booted;
		all.operations += one.operations;
		all.left += one.left;
		all.failed += one.failed;
		all.topups += one.topups;
		all.resets += one.resets;
		all.slept += one.slept;
		all.mapped += one.mapped;
		all.unmapped += one.unmapped;
		all.refused += one.refused;
	}
	printf("# %u machines, %u operations: %u left, %u failed, %u top-ups, %u resets, "
	       "%u without power, %llu commands refused, %llu pages mapped, %llu unmapped\n",
	       booted, all.operations, all.left, all.failed, all.topups, all.resets, all.slept,
	       all.refused, all.mapped, all.unmapped);
	/* What never happens is not tested. */
	assert_true(booted > SEQUENCES / 2 && all.left > SEQUENCES && all.failed > SEQUENCES / 10 &&
		    all.topups && all.resets && all.slept && all.refused &&
		    all.mapped > SEQUENCES && all.unmapped > SEQUENCES / 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_sequences),
	};

	return cmocka_run_group_tests_name("fuzz", tests, NULL, NULL);
}
