// SPDX-License-Identifier: GPL-2.0-only
/* The statistics against R, published tables, and simulation. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "golden.h"
#include "inference.h"
#include "random.h"
#include "stats.h"

#define NR(array) (sizeof(array) / sizeof(*(array)))

static void near(const char *what, double got, double want)
{
	if (isnan(want) ? !isnan(got) : !(fabs(got - want) <= 1e-9 * fmax(1, fabs(want))))
		fail_msg("%s: got %.15g, want %.15g", what, got, want);
}

static void rank_tests(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < NR(golden_pairs); i++) {
		const struct golden_pair *g = &golden_pairs[i];

		near(g->name, rank_test(g->base, g->nr_base, g->change, g->nr_change), g->p);
		near(g->name, rank_superiority(g->base, g->nr_base, g->change, g->nr_change),
		     g->superiority);
		near(g->name, cliffs_delta(g->base, g->nr_base, g->change, g->nr_change),
		     2 * g->superiority - 1);
	}
	assert_true(rank_test(golden_pairs[0].base, 0, golden_pairs[0].change, 5) == 1);
}

static void shifts(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < NR(golden_pairs); i++) {
		const struct golden_pair *g = &golden_pairs[i];
		struct shift shift = rank_shift(g->base, g->nr_base, g->change, g->nr_change, 0.95);

		near(g->name, shift.estimate, g->shift);
		if (isnan(g->low) && g->nr_base > 4)
			continue;
		near(g->name, shift.low, g->low);
		near(g->name, shift.high, g->high);
	}
}

/* All pairs written down and sorted, which is what the estimate and its interval are defined by. */
static void shifts_by_definition(void **state)
{
	static const size_t sizes[][2] = { { 1, 1 }, { 1, 6 }, { 7, 7 }, { 8, 5 }, { 24, 26 }, { 60, 41 } };
	struct random random = { 11 };
	size_t i, k, n, round;

	(void)state;
	for (round = 0; round < 60; round++) {
		size_t nr_base = sizes[round % NR(sizes)][0], nr_change = sizes[round % NR(sizes)][1];
		double base[60], change[60], all[60 * 60];
		struct shift shift;

		for (i = 0; i < nr_base; i++)
			base[i] = round % 2 ? random_normal(&random) : random_below(&random, 5);
		for (k = 0; k < nr_change; k++)
			change[k] = round % 2 ? random_normal(&random) : -(double)random_below(&random, 5);
		for (n = i = 0; i < nr_base; i++)
			for (k = 0; k < nr_change; k++)
				all[n++] = change[k] - base[i];
		shift = rank_shift(base, nr_base, change, nr_change, 0.95);
		near("estimate", shift.estimate, stats_median(all, n));
		/* It sorted them; the interval is as far from either end. */
		for (i = 0; i < n && !(all[i] == shift.low && all[n - 1 - i] == shift.high); i++)
			;
		assert_true(isnan(shift.low) || i < n);
	}
}

/* 10000 boots of each side have 10^8 pairs: no table of them is made. */
static void shift_of_many(void **state)
{
	enum { MANY = 10000 };
	double *base = malloc(MANY * sizeof(*base)), *change = malloc(MANY * sizeof(*change));
	struct shift shift;
	size_t i;

	(void)state;
	for (i = 0; i < MANY; i++) {
		base[i] = (i * 7919) % MANY;
		change[i] = (i * 104729) % MANY + 3;
	}
	shift = rank_shift(base, MANY, change, MANY, 0.95);
	near("estimate", shift.estimate, 3);
	assert_true(shift.low < 3 && shift.low > -100 && shift.high > 3 && shift.high < 100);
	free(base);
	free(change);
}

/* Two samples of @nr with @u pairs in which the change is smaller. */
static double p_of_u(size_t nr, size_t u)
{
	double base[32], change[32];
	size_t i, left = u;

	for (i = 0; i < nr; i++) {
		size_t below = left < nr ? left : nr;

		base[i] = i;
		/* Above all of the base but the last @below values of it. */
		change[i] = nr - 0.5 - below + i * 1e-6;
		left -= below;
	}
	return rank_test(base, nr, change, nr);
}

/*
 * Critical values of U, two-sided, level 0.05 and 0.01: Mann and Whitney (1947) as printed in any
 * table, for example Siegel (1956), table K.
 */
static void critical_values(void **state)
{
	static const struct {
		size_t nr, at_5, at_1;
	} table[] = {
		{ 5, 2, 0 }, { 6, 5, 2 }, { 7, 8, 4 }, { 8, 13, 7 }, { 9, 17, 11 }, { 10, 23, 16 },
		{ 12, 37, 27 }, { 15, 64, 51 }, { 20, 127, 105 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < NR(table); i++) {
		assert_true(p_of_u(table[i].nr, table[i].at_5) <= 0.05);
		assert_true(p_of_u(table[i].nr, table[i].at_5 + 1) > 0.05);
		assert_true(p_of_u(table[i].nr, table[i].at_1) <= 0.01);
		assert_true(p_of_u(table[i].nr, table[i].at_1 + 1) > 0.01);
	}
}

static void least_p(void **state)
{
	(void)state;
	near("3 and 3", rank_least_p(3), 2 / 20.0);
	near("5 and 5", rank_least_p(5), 2 / 252.0);
	near("8 and 8", rank_least_p(8), 2 / 12870.0);
	near("1 and 1", rank_least_p(1), 1);
}

static void median_intervals(void **state)
{
	double values[100], low, high;
	size_t i, k;

	(void)state;
	for (i = 0; i < NR(golden_ranks); i++) {
		for (k = 0; k < golden_ranks[i].nr; k++)
			values[k] = golden_ranks[i].nr - k;
		if (!median_interval(values, golden_ranks[i].nr, golden_ranks[i].confidence, &low,
				     &high)) {
			assert_int_equal(golden_ranks[i].low, 0);
			continue;
		}
		assert_int_equal(low, golden_ranks[i].low);
		assert_int_equal(high, golden_ranks[i].high);
	}
}

static void holm(void **state)
{
	double adjusted[NR(golden_p)];
	size_t i;

	(void)state;
	holm_adjust(golden_p, NR(golden_p), adjusted);
	for (i = 0; i < NR(golden_p); i++)
		near("holm", adjusted[i], golden_holm[i]);
}

static void quantiles(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < NR(golden_q); i++)
		near("normal", normal_quantile(golden_q[i]), golden_z[i]);
}

/* How often @nr boots of each side with normal noise show a shift of @shift deviations. */
static double simulated_power(size_t nr, double shift, double alpha, int trials)
{
	double *base = calloc(nr, sizeof(*base)), *change = calloc(nr, sizeof(*change));
	struct random random = { 7 };
	int found = 0, trial;
	size_t i;

	for (trial = 0; trial < trials; trial++) {
		for (i = 0; i < nr; i++) {
			base[i] = random_normal(&random);
			change[i] = random_normal(&random) + shift;
		}
		found += rank_test(base, nr, change, nr) <= alpha;
	}
	free(base);
	free(change);
	return (double)found / trials;
}

/* Boots that are asked for are enough, and not many more than enough. */
static void boots_are_enough(void **state)
{
	static const struct {
		double shift, alpha, power;
	} cases[] = {
		{ 0.5, 0.05, 0.9 }, { 1, 0.05, 0.95 }, { 1, 0.0005, 0.95 }, { 3, 0.0005, 0.95 },
		{ 6, 0.0005, 0.95 },
	};
	size_t i, nr;
	double power;

	(void)state;
	for (i = 0; i < NR(cases); i++) {
		double superiority = erfc(-cases[i].shift / 2) / 2;

		nr = boots_needed(superiority, cases[i].alpha, cases[i].power);
		power = simulated_power(nr, cases[i].shift, cases[i].alpha, 600);
		print_message("# shift %g, level %g: %zu boots, power %.3f\n", cases[i].shift,
			      cases[i].alpha, nr, power);
		if (power < cases[i].power - 0.025)
			fail_msg("%zu boots find it in %.3f", nr, power);
		power = simulated_power(nr * 2 / 3, cases[i].shift, cases[i].alpha, 600);
		if (power >= cases[i].power)
			fail_msg("%zu boots would do for what asks for %zu", nr * 2 / 3, nr);
	}
	assert_true(boots_needed(0.5, 0.05, 0.9) == SIZE_MAX);
	assert_int_equal(boots_needed(1, 0.05 / 104, 0.95) >= 8, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rank_tests),
		cmocka_unit_test(shifts),
		cmocka_unit_test(shifts_by_definition),
		cmocka_unit_test(shift_of_many),
		cmocka_unit_test(critical_values),
		cmocka_unit_test(least_p),
		cmocka_unit_test(median_intervals),
		cmocka_unit_test(holm),
		cmocka_unit_test(quantiles),
		cmocka_unit_test(boots_are_enough),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
