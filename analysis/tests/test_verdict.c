// SPDX-License-Identifier: GPL-2.0-only
/* What is certain and what matters: worse is what is both. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "mem.h"
#include "random.h"
#include "verdict.h"

enum { BOOTS = 60 };

/* Two sides of so many boots, whose noise is that share of the figure. */
static struct judgement judged(double slowdown, double noise, size_t boots, double effect)
{
	const struct demand demand = { 0.95, 0.95, effect };
	struct random random = { 17 };
	double *base = mem_zero(boots, sizeof(*base)), *change = mem_zero(boots, sizeof(*change));
	struct sides sides = { .base = base, .nr_base = boots, .change = change, .nr_change = boots };
	struct judgement judgement;
	size_t i;

	for (i = 0; i < boots; i++) {
		base[i] = 1000 * (1 + noise * random_normal(&random));
		change[i] = 1000 * (1 + slowdown) * (1 + noise * random_normal(&random));
	}
	judge(&sides, 1, &demand, &judgement);
	free(base);
	free(change);
	return judgement;
}

static void expect(double slowdown, double noise, double effect, enum verdict verdict, bool below)
{
	struct judgement j = judged(slowdown, noise, BOOTS, effect);

	if (j.verdict != verdict || (j.below > 0) != below)
		fail_msg("%g %% with noise %g %%, effect %g %%: %s%s (ratio %.4f, %.4f..%.4f, p %g)",
			 100 * slowdown, 100 * noise, 100 * effect, verdict_name(j.verdict),
			 j.below > 0 ? ", small" : "", j.ratio, j.low, j.high, j.adjusted);
}

static void certain_but_small(void **state)
{
	(void)state;
	expect(0.002, 0.001, 0.03, VERDICT_SAME, true);
	expect(-0.002, 0.001, 0.03, VERDICT_SAME, true);
	expect(0.02, 0.005, 0.03, VERDICT_SAME, true);
	expect(-0.02, 0.005, 0.03, VERDICT_SAME, true);
	/* Of another size that matters, the same is a change. */
	expect(0.002, 0.001, 0.001, VERDICT_WORSE, false);
	expect(-0.002, 0.001, 0.001, VERDICT_BETTER, false);
	expect(0.02, 0.005, 0.01, VERDICT_WORSE, false);
}

static void certain_and_large(void **state)
{
	(void)state;
	expect(0.04, 0.005, 0.03, VERDICT_WORSE, false);
	expect(-0.04, 0.005, 0.03, VERDICT_BETTER, false);
	/* Certain, and it may be as large: not shown to be small. */
	expect(0.02, 0.03, 0.03, VERDICT_WORSE, false);
}

static void uncertain(void **state)
{
	(void)state;
	expect(0, 0.01, 0.03, VERDICT_SAME, false);
	expect(0, 0.2, 0.03, VERDICT_UNCLEAR, false);
}

/* Thousands of boots make everything certain, and nothing of it matters more. */
static void many_boots(void **state)
{
	struct judgement j = judged(0.002, 0.01, 5000, 0.03);

	(void)state;
	assert_true(j.adjusted < 1e-9);
	assert_int_equal(j.verdict, VERDICT_SAME);
	assert_true(j.below > 0);
}

/* A change of just the size that matters is found, not every other time. */
static void at_the_margin(void **state)
{
	(void)state;
	expect(0.03, 0.001, 0.03, VERDICT_WORSE, false);
	expect(0.03, 0.01, 0.03, VERDICT_WORSE, false);
	expect(-0.03, 0.01, 0.03, VERDICT_BETTER, false);
}

static void in_words(void **state)
{
	struct judgement j = { .ratio = 1.00203, .below = 0.03 };
	char *text = judgement_below(&j);

	(void)state;
	assert_string_equal(text, "differs by 0.2 %, less than the 3 % that matters");
	free(text);
	j.below = 0;
	text = judgement_below(&j);
	assert_string_equal(text, "");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(certain_but_small),
		cmocka_unit_test(certain_and_large),
		cmocka_unit_test(uncertain),
		cmocka_unit_test(many_boots),
		cmocka_unit_test(at_the_margin),
		cmocka_unit_test(in_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
