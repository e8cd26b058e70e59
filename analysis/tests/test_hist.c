// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "hist.h"

static struct hist *sample(void)
{
	struct hist *hist = hist_new(7);

	/* The single row of dma_map in data/schema-1.0.json. */
	assert_int_equal(hist_append(hist, 900, 901, 6), 0);
	assert_int_equal(hist_append(hist, 1024, 1032, 3), 0);
	assert_int_equal(hist_append(hist, 2048, 2064, 1), 0);
	return hist;
}

static void near(double got, double want)
{
	assert_true(fabs(got - want) < 1e-9 * fabs(want) + 1e-9);
}

/*
 * By hand, n = 10. p50: rank 5, in a bucket one value wide: 900. p60: rank 6: 900. p70: rank 7,
 * first of 3 in 1024..1031: 1024 + 7 * 0.5 / 3. p90: rank 9, third: 1024 + 7 * 2.5 / 3. p99: rank
 * ceil(9.9) = 10, the last: max. p0: min.
 */
static void percentiles_by_hand(void **state)
{
	struct hist *hist = sample();

	(void)state;
	near(hist_percentile(hist, 0, 900, 2050), 900);
	near(hist_percentile(hist, 50, 900, 2050), 900);
	near(hist_percentile(hist, 60, 900, 2050), 900);
	near(hist_percentile(hist, 70, 900, 2050), 1024 + 7 * 0.5 / 3);
	near(hist_percentile(hist, 90, 900, 2050), 1024 + 7 * 2.5 / 3);
	near(hist_percentile(hist, 99, 900, 2050), 2050);
	near(hist_percentile(hist, 100, 900, 2050), 2050);
	hist_free(hist);
}

/* 1..1000, one each: the p-th percentile by nearest rank is 10 p, for 99.9 it is 999. */
static void nearest_rank_is_exact(void **state)
{
	struct hist *hist = hist_new(10);
	uint64_t i;

	(void)state;
	for (i = 1; i <= 1000; i++)
		assert_int_equal(hist_append(hist, i, i + 1, 1), 0);
	near(hist_percentile(hist, 50, 1, 1000), 500);
	near(hist_percentile(hist, 90, 1, 1000), 900);
	near(hist_percentile(hist, 99, 1, 1000), 990);
	near(hist_percentile(hist, 99.9, 1, 1000), 999);
	near(hist_percentile(hist, 99.99, 1, 1000), 1000);
	hist_free(hist);
}

/* One wide bucket of which only 1030..1033 was used. */
static void never_outside_min_and_max(void **state)
{
	struct hist *hist = hist_new(7);
	double percent, value, last = 0;

	(void)state;
	assert_int_equal(hist_append(hist, 1024, 2048, 100), 0);
	for (percent = 0; percent <= 100; percent += 0.5) {
		value = hist_percentile(hist, percent, 1030, 1033);
		assert_true(value >= 1030 && value <= 1033 && value >= last);
		last = value;
	}
	hist_free(hist);
}

static void refuses_overlap(void **state)
{
	struct hist *hist = sample();

	(void)state;
	assert_int_equal(hist_append(hist, 2063, 2080, 1), -EINVAL);
	assert_int_equal(hist_append(hist, 3000, 3000, 1), -EINVAL);
	assert_int_equal(hist_count(hist), 10);
	hist_free(hist);
}

/* A sum of histograms is the histogram of all: counts by bucket, in order. */
static void merges_without_loss(void **state)
{
	struct hist *a = sample(), *b = hist_new(7), *c = hist_new(7), *d = hist_new(6);

	(void)state;
	hist_append(b, 800, 804, 10);
	hist_append(b, 1024, 1032, 7);
	assert_int_equal(hist_merge(a, b), 0);
	assert_int_equal(hist_count(a), 27);
	/* 10 in 800..803, 6 at 900, 10 in 1024..1031, 1: rank 14 of 27 is 900, rank 10 is 803. */
	near(hist_percentile(a, 50, 800, 2050), 900);
	near(hist_percentile(a, 37, 800, 2050), 800 + 3 * 9.5 / 10);
	hist_append(c, 1028, 1036, 1);
	assert_int_equal(hist_merge(a, c), -EINVAL);
	assert_int_equal(hist_merge(a, d), -EINVAL);
	assert_int_equal(hist_count(a), 27);
	hist_free(a);
	hist_free(b);
	hist_free(c);
	hist_free(d);
}

static void empty_is_unknown(void **state)
{
	struct hist *hist = hist_new(7);

	(void)state;
	assert_true(isnan(hist_percentile(hist, 50, 0, 0)));
	hist_free(hist);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(percentiles_by_hand),
		cmocka_unit_test(nearest_rank_is_exact),
		cmocka_unit_test(never_outside_min_and_max),
		cmocka_unit_test(refuses_overlap),
		cmocka_unit_test(merges_without_loss),
		cmocka_unit_test(empty_is_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
