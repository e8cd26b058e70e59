// SPDX-License-Identifier: GPL-2.0-only
/* The table of benchmarks: what a line added by a script must not break. */

#include "tap.h"

#include <string.h>

#include "table.h"

static void keys_are_unique(void **state)
{
	size_t n, i, k;
	const struct row *row = rows(&n);

	(void)state;
	assert_true(n >= 8);
	for (i = 0; i < n; i++) {
		for (k = i + 1; k < n; k++)
			assert_false(!strcmp(row[i].name, row[k].name) && row[i].size == row[k].size);
	}
}

static void rows_fit_the_module(void **state)
{
	size_t n, i;
	const struct row *row = rows(&n);

	(void)state;
	for (i = 0; i < n; i++) {
		assert_true(strlen(row[i].name) > 0 && strlen(row[i].name) < 64);
		assert_null(strpbrk(row[i].name, "/ *?["));
		assert_true(strcmp(row[i].name, "quick") && strcmp(row[i].name, "full"));
		assert_true(strlen(row[i].op) > 0 && strlen(row[i].op) < SMMUBENCH_NAME_LEN);
		assert_true(row[i].size <= SMMUBENCH_MAX_SIZE);
		assert_true(row[i].batch_rounds > 0 && row[i].batch_rounds % 4 == 0);
		assert_true(row_rounds(&row[i], SMMUBENCH_BATCHED, true) <= SMMUBENCH_MAX_ROUNDS);
		assert_true(row_rounds(&row[i], SMMUBENCH_SINGLE, true) <= SMMUBENCH_MAX_ROUNDS);
		assert_true(row[i].suites && !(row[i].suites & ~(unsigned int)(IN_QUICK | IN_FULL)));
		assert_true(row[i].revision > 0);
		assert_true((row[i].domain == NEEDS_DOMAIN) == (row[i].size > 0));
		assert_true((row[i].kvm == KVM_GUEST) == (row[i].single_rounds == 0));
		assert_true(row[i].domain == NO_DOMAIN || row[i].kvm != KVM_GUEST);
		assert_non_null(row[i].text);
	}
}

/* Rendering subtracts the null row of the same method, threads and batch. */
static void every_suite_has_the_null_row(void **state)
{
	size_t n;
	const struct row *row = rows(&n);

	(void)state;
	assert_string_equal(row[0].name, "null");
	assert_true(row_in_suite(&row[0], "quick") && row_in_suite(&row[0], "full"));
}

static void smallest_size_has_enough_samples(void **state)
{
	size_t n, i;
	const struct row *row = rows(&n);

	(void)state;
	for (i = 0; i < n; i++) {
		if (row[i].size == 4096)
			assert_true(row_rounds(&row[i], SMMUBENCH_SINGLE, false) >= 4096);
	}
}

static void patterns_pick_rows(void **state)
{
	const struct row row = { .name = "dma_map", .size = 65536, .suites = IN_FULL };
	char key[ROW_KEY_MAX];

	(void)state;
	row_key(&row, key, sizeof(key));
	assert_string_equal(key, "dma_map/64k");
	assert_true(row_matches(&row, SMMUBENCH_BATCHED, NULL));
	assert_true(row_matches(&row, SMMUBENCH_BATCHED, "dma_map"));
	assert_true(row_matches(&row, SMMUBENCH_BATCHED, "dma_map/64k"));
	assert_true(row_matches(&row, SMMUBENCH_BATCHED, "*/64k/batch"));
	assert_false(row_matches(&row, SMMUBENCH_SINGLE, "*/64k/batch"));
	assert_false(row_matches(&row, SMMUBENCH_SINGLE, "dma_unmap*"));
	assert_false(row_in_suite(&row, "quick"));
	assert_true(row_in_suite(&row, "full"));
	assert_true(row_in_suite(&row, "dma_map"));
	assert_true(row_in_suite(&row, "dma_map/64k"));
	assert_false(row_in_suite(&row, "dma_map/4k"));
}

/* A row with a guest has counters and no clock; the others have both methods with one. */
static void rows_have_their_methods(void **state)
{
	const struct row timed = { .name = "dma_map", .size = 4096 };
	const struct row guest = { .name = "guest_take", .kvm = KVM_GUEST, .batch_rounds = 8 };

	(void)state;
	assert_true(row_has_method(&timed, SMMUBENCH_BATCHED));
	assert_true(row_has_method(&timed, SMMUBENCH_SINGLE));
	assert_false(row_has_method(&timed, SMMUBENCH_COUNTED));
	assert_false(row_matches(&guest, SMMUBENCH_BATCHED, NULL));
	assert_false(row_matches(&guest, SMMUBENCH_SINGLE, "guest_*"));
	assert_true(row_matches(&guest, SMMUBENCH_COUNTED, NULL));
	assert_true(row_matches(&guest, SMMUBENCH_COUNTED, "guest_take/counted"));
	assert_false(row_matches(&guest, SMMUBENCH_COUNTED, "*/batch"));
	assert_int_equal(row_rounds(&guest, SMMUBENCH_COUNTED, false), 8);
	assert_int_equal(row_rounds(&guest, SMMUBENCH_COUNTED, true), 8 * FULL_FACTOR);
}

static void keys_name_sizes(void **state)
{
	struct row row = { .name = "x" };
	char key[ROW_KEY_MAX];

	(void)state;
	row_key(&row, key, sizeof(key));
	assert_string_equal(key, "x");
	row.size = 1000;
	row_key(&row, key, sizeof(key));
	assert_string_equal(key, "x/1000");
	row.size = 2 << 20;
	row_key(&row, key, sizeof(key));
	assert_string_equal(key, "x/2m");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_are_unique),
		cmocka_unit_test(rows_fit_the_module),
		cmocka_unit_test(every_suite_has_the_null_row),
		cmocka_unit_test(smallest_size_has_enough_samples),
		cmocka_unit_test(patterns_pick_rows),
		cmocka_unit_test(rows_have_their_methods),
		cmocka_unit_test(keys_name_sizes),
	};

	return cmocka_run_group_tests_name("table", tests, NULL, NULL);
}
