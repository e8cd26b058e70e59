// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "compare.h"
#include "error.h"

struct loaded {
	struct result *result;
	struct stats *stats;
};

static struct loaded load(const char *path)
{
	struct loaded loaded = { NULL, NULL };
	struct error error = { "" };

	assert_int_equal(result_load(path, &loaded.result, &error), 0);
	assert_int_equal(stats_build(loaded.result, &loaded.stats, &error), 0);
	return loaded;
}

static void unload(struct loaded *loaded)
{
	stats_free(loaded->stats);
	result_free(loaded->result);
}

static void near(double got, double want)
{
	if (!(fabs(got - want) < 1e-9))
		fail_msg("got %.12g, want %.12g", got, want);
}

/* A row of starts with one operation each, without a null row. */
static struct row make_row(struct part *parts, struct run *runs, struct benchmark *rows,
			   const char *unit, const uint64_t *sums, size_t nr)
{
	struct row row = { .unit = unit, .parts = parts, .nr_parts = nr };
	size_t i;

	row.mean.raw = 0;
	row.mean.net = NAN;
	for (i = 0; i < nr; i++) {
		runs[i] = (struct run){ .perturb = i, .sequence = i };
		rows[i] = (struct benchmark){ .count = 1, .sum = sums[i] };
		parts[i] = (struct part){ &runs[i], &rows[i], NULL };
		row.mean.raw += (double)sums[i] / nr;
	}
	return row;
}

static struct comparison derive(const char *unit, const uint64_t *base, size_t nr_base,
				const uint64_t *change, size_t nr_change)
{
	struct part base_parts[8], change_parts[8];
	struct run base_runs[8], change_runs[8];
	struct benchmark base_rows[8], change_rows[8];
	struct row a = make_row(base_parts, base_runs, base_rows, unit, base, nr_base);
	struct row b = make_row(change_parts, change_runs, change_rows, unit, change, nr_change);
	struct comparison comparison = { .base = &a, .change = &b };
	struct comparisons all = { .list = &comparison, .nr = 1 };

	comparisons_derive(&all);
	return comparison;
}

/*
 * Perturbed starts pair up: 110/100, 126/120, 208/200 lie in 1.04 to 1.1. What is judged, and so what
 * is printed, is the start in the middle of each side.
 */
static void exact_interval(void **state)
{
	const uint64_t base[] = { 100, 120, 200 }, change[] = { 110, 126, 208 };
	struct comparison c = derive("insn", base, 3, change, 3);

	(void)state;
	near(c.low, 1.04);
	near(c.high, 1.1);
	near(c.judgement.difference, 6);
	near(c.judgement.ratio, 126.0 / 120);
}

static void one_start_has_no_interval(void **state)
{
	const uint64_t base[] = { 100 }, change[] = { 100, 101 };
	struct comparison c = derive("insn", base, 1, change, 2);

	(void)state;
	assert_true(isnan(c.low) && isnan(c.high));
	c = derive("ns", base, 1, change, 2);
	assert_true(isnan(c.low) && isnan(c.high));
}

/*
 * Boots have no partner: of the 16 ratios the two in the middle are 1.5, and 4 boots of each reach
 * 95 % with the lowest and the highest of them.
 */
static void wall_interval(void **state)
{
	const uint64_t base[] = { 100, 120, 100, 120 }, change[] = { 180, 150, 150, 150 };
	struct comparison c = derive("ns", base, 4, change, 4);

	(void)state;
	near(c.judgement.ratio, 1.5);
	near(c.low, 1.25);
	near(c.high, 1.8);
	c = derive("ns", base, 3, change, 3);
	assert_true(isnan(c.low) && isnan(c.high));
}

/* 5 and 5 boots apart: 2 / 252; 4 and 4: 2 / 70, too few however far apart they are. */
static void few_boots_are_inconclusive(void **state)
{
	const uint64_t base[] = { 100, 101, 102, 103, 104 }, change[] = { 201, 202, 203, 204, 205 };
	struct comparison c = derive("ns", base, 5, change, 5);

	(void)state;
	near(c.judgement.p, 2.0 / 252);
	assert_int_equal(c.judgement.verdict, VERDICT_WORSE);
	c = derive("ns", change, 5, base, 5);
	assert_int_equal(c.judgement.verdict, VERDICT_BETTER);
	c = derive("ns", base, 3, change, 3);
	assert_int_equal(c.judgement.verdict, VERDICT_UNCLEAR);
	assert_true(c.judgement.boots >= 4);
}

static void equal_is_said(void **state)
{
	const uint64_t base[] = { 100, 120 };
	struct comparison c = derive("insn", base, 2, base, 2);

	(void)state;
	near(c.judgement.ratio, 1);
	near(c.judgement.difference, 0);
}

static void nothing_has_no_ratio(void **state)
{
	const uint64_t base[] = { 0 }, change[] = { 5 };
	struct comparison c = derive("insn", base, 1, change, 1);

	(void)state;
	assert_true(isnan(c.judgement.ratio));
	near(c.judgement.difference, 5);
}

/* identity stands beside native:passthrough, paravirt:strict beside native:strict, lazy alone. */
static void like_with_like(void **state)
{
	struct loaded loaded = load(TEST_DATA "/modes.json");
	struct compare_request request = { .axis = AXIS_MODE };
	struct comparisons *all;
	struct error error = { "" };
	size_t i, found = 0;

	(void)state;
	assert_int_equal(compare(loaded.stats, loaded.stats, &request, &all, &error), 0);
	for (i = 0; i < all->nr; i++) {
		const struct comparison *c = &all->list[i];

		assert_int_equal(c->base->guarantee, c->change->guarantee);
		assert_string_equal(c->base->mode, "native");
		if (!strcmp(c->change->name, "null"))
			continue;
		if (!strcmp(c->change->label, "identity")) {
			assert_string_equal(c->base->label, "native:passthrough");
			near(c->judgement.ratio, 1.25);
			assert_true(isnan(c->el2_entries));
		} else {
			assert_string_equal(c->change->label, "paravirt:strict");
			assert_string_equal(c->base->label, "native:strict");
			near(c->judgement.ratio, 2.5);
			near(c->el2_entries, 1);
		}
		found++;
	}
	assert_int_equal(found, 2);
	comparisons_free(all);
	unload(&loaded);
}

static void refuses(void **state)
{
	struct loaded modes = load(TEST_DATA "/modes.json"), wall = load(TEST_DATA "/wall.json");
	struct loaded native = load(TEST_DATA "/native.json");
	struct compare_request request = { .axis = AXIS_MODE, .baseline = "native:lazy" };
	struct comparisons *all;
	struct error error = { "" };

	(void)state;
	assert_int_equal(compare(modes.stats, modes.stats, &request, &all, &error), SMMUSTAT_USAGE);
	assert_non_null(strstr(error.text, "refused"));
	request.baseline = "native:fast";
	assert_int_equal(compare(modes.stats, modes.stats, &request, &all, &error), SMMUSTAT_USAGE);
	assert_non_null(strstr(error.text, "unknown baseline"));
	request.baseline = NULL;
	assert_int_equal(compare(native.stats, native.stats, &request, &all, &error),
			 SMMUSTAT_INCONCLUSIVE);
	request.axis = AXIS_COMMIT;
	assert_int_equal(compare(native.stats, wall.stats, &request, &all, &error), -EINVAL);
	assert_non_null(strstr(error.text, "insn and ns are never compared"));
	unload(&modes);
	unload(&wall);
	unload(&native);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(exact_interval),
		cmocka_unit_test(one_start_has_no_interval),
		cmocka_unit_test(wall_interval),
		cmocka_unit_test(few_boots_are_inconclusive),
		cmocka_unit_test(equal_is_said),
		cmocka_unit_test(nothing_has_no_ratio),
		cmocka_unit_test(like_with_like),
		cmocka_unit_test(refuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
