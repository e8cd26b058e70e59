// SPDX-License-Identifier: GPL-2.0-only
/*
 * The gate on noise that was recorded: how often it alarms when nothing changed, and how often it
 * finds what was planted. noise-wall.json holds 60 boots of the quick suite in two modes on the
 * emulator's wall clock, on a machine with other users; noise-insn.json 48 perturbed starts. Both
 * are what smmustat figures prints, less what is not judged.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "error.h"
#include "gate.h"
#include "inference.h"
#include "mem.h"
#include "random.h"

enum { SETS = 200, MOST_ALARMS = 16, TRIALS = 100 };

static struct figures *load(const char *path)
{
	struct figures *figures;
	struct error error = { "" };

	if (figures_load(path, &figures, &error))
		fail_msg("%s", error.text);
	return figures;
}

/* Boots @from to @to of @order, of every metric. */
static struct figures *pick(const struct figures *all, const size_t *order, size_t from, size_t to)
{
	struct figures *some = figures_new("some", all->clock);
	struct error error = { "" };
	struct metric *metric;
	size_t i, k;

	for (i = 0; i < all->nr_setups; i++)
		figures_add_setup(some, all->setups[i].mode, all->setups[i].kvm_mode,
				  all->setups[i].setup, &error);
	for (i = 0; i < all->nr; i++) {
		metric = figures_add(some, mem_string(all->metrics[i].name), all->metrics[i].unit);
		metric->grain = all->metrics[i].grain;
		assert_int_equal(all->metrics[i].nr, all->metrics[0].nr);
		for (k = from; k < to; k++)
			metric_value(metric, all->metrics[i].values[order[k]]);
	}
	assert_int_equal(figures_index(some, &error), 0);
	return some;
}

static void shuffle(struct random *random, size_t *order, size_t nr)
{
	size_t i, k, swap;

	for (i = 0; i < nr; i++)
		order[i] = i;
	for (i = nr; i > 1; i--) {
		k = random_below(random, i);
		swap = order[i - 1];
		order[i - 1] = order[k];
		order[k] = swap;
	}
}

/* How many of SETS comparisons of all figures of the same kernel raise any alarm. */
static int alarms(const struct figures *all, size_t boots)
{
	static const struct gate_request request = {
		.setups = { .axis = AXIS_COMMIT }, .demand = { 0.95, 0.95, 0.03 }, .any = true,
	};
	size_t nr = all->metrics[0].nr, *order = mem_zero(nr, sizeof(*order));
	struct random random = { boots };
	struct error error = { "" };
	int count = 0, set;

	assert_true(2 * boots <= nr);
	for (set = 0; set < SETS; set++) {
		struct figures *base, *change;
		struct gate *gate;

		shuffle(&random, order, nr);
		base = pick(all, order, 0, boots);
		change = pick(all, order, boots, 2 * boots);
		assert_int_equal(gate_new(base, change, &request, &gate, &error), 0);
		count += gate_code(gate) == SMMUSTAT_FAILED;
		gate_free(gate);
		figures_free(base);
		figures_free(change);
	}
	free(order);
	print_message("# clock %s, %zu and %zu %s, %zu figures: %d of %d sets raise an alarm\n",
		      all->clock, boots, boots, strcmp(all->clock, "insn") ? "boots" : "starts",
		      all->nr, count, SETS);
	return count;
}

/* The fewest boots that can alarm at all, and all that were recorded. */
static void same_on_wall(void **state)
{
	struct figures *all = load(TEST_DATA "/noise-wall.json");
	size_t least = 1;

	(void)state;
	while (rank_least_p(least) > 0.05 / all->nr)
		least++;
	assert_in_range(alarms(all, least), 0, MOST_ALARMS);
	assert_in_range(alarms(all, all->metrics[0].nr / 2), 0, MOST_ALARMS);
	figures_free(all);
}

static void same_on_insn(void **state)
{
	struct figures *all = load(TEST_DATA "/noise-insn.json");

	(void)state;
	assert_in_range(alarms(all, 5), 0, MOST_ALARMS);
	/* Fewer starts leave open what they cannot tell. */
	assert_in_range(alarms(all, 3), 0, MOST_ALARMS);
	assert_in_range(alarms(all, 2), 0, MOST_ALARMS);
	assert_in_range(alarms(all, 1), 0, MOST_ALARMS);
	figures_free(all);
}

/* What the tool asks for, from the noise of the boots that were recorded. */
static size_t asked_for(const struct metric *metric, size_t nr_metrics, double effect)
{
	size_t half = metric->nr / 2, i;
	struct judgement *judgements = mem_zero(nr_metrics, sizeof(*judgements));
	struct sides *sides = mem_zero(nr_metrics, sizeof(*sides));
	const struct demand demand = { 0.95, 0.95, effect };
	size_t boots;

	/* The others are there to be corrected for. */
	for (i = 0; i < nr_metrics; i++)
		sides[i] = (struct sides){ .base = metric->values, .nr_base = half,
					   .change = metric->values + half, .nr_change = half };
	judge(sides, nr_metrics, &demand, judgements);
	boots = judgements[0].verdict == VERDICT_UNCLEAR ? judgements[0].boots : half;
	free(sides);
	free(judgements);
	return boots;
}

/* Whether @boots drawn from the recorded ones show a slowdown, corrected for all metrics. */
static bool finds(struct random *random, const struct metric *metric, size_t boots,
		  double slowdown, size_t nr_metrics)
{
	double *base = mem_zero(boots, sizeof(*base)), *change = mem_zero(boots, sizeof(*change));
	struct judgement *judgements = mem_zero(nr_metrics, sizeof(*judgements));
	struct sides *sides = mem_zero(nr_metrics, sizeof(*sides));
	bool found;
	size_t i;

	for (i = 0; i < boots; i++) {
		base[i] = metric->values[random_below(random, metric->nr)];
		change[i] = metric->values[random_below(random, metric->nr)] * (1 + slowdown);
	}
	/* The others are there to be corrected for: of one boot each, they show nothing. */
	for (i = 0; i < nr_metrics; i++)
		sides[i] = (struct sides){ .base = base, .nr_base = i ? 1 : boots,
					   .change = change, .nr_change = i ? 1 : boots };
	judge(sides, nr_metrics, &demand_usual, judgements);
	found = judgements[0].verdict == VERDICT_WORSE;
	free(base);
	free(change);
	free(sides);
	free(judgements);
	return found;
}

/*
 * A slowdown planted in a metric drawn at random, found at the number of boots that the tool asks for
 * to see 3 % in it; and how often the same number takes 1 % for a change that matters.
 */
static void planted_on_wall(void **state)
{
	struct figures *all = load(TEST_DATA "/noise-wall.json");
	struct random random = { 3 };
	size_t nr = 0, boots, i, times[512];
	size_t fewest = SIZE_MAX, most = 0;
	int three = 0, one = 0, trial;

	(void)state;
	assert_in_range(all->nr, 1, 512);
	for (i = 0; i < all->nr; i++)
		if (all->metrics[i].judged && !all->metrics[i].exact && all->metrics[i].unit)
			times[nr++] = i;
	for (trial = 0; trial < TRIALS; trial++) {
		const struct metric *metric = &all->metrics[times[random_below(&random, nr)]];

		boots = asked_for(metric, all->nr, 0.03);
		if (boots == SIZE_MAX)
			fail_msg("%s: no number of boots would do", metric->name);
		fewest = boots < fewest ? boots : fewest;
		most = boots > most ? boots : most;
		three += finds(&random, metric, boots, 0.03, all->nr);
		one += finds(&random, metric, boots, 0.01, all->nr);
	}
	print_message("# clock wall, %zu to %zu boots: a slowdown of 3 %% found in %d of %d, of 1 %% "
		      "in %d\n", fewest, most, three, TRIALS, one);
	assert_in_range(three, 95, TRIALS);
	/* It is less than matters, and no alarm. */
	assert_in_range(one, 0, 5);
	figures_free(all);
}

/* The metric of the same row by another name. */
static struct metric *beside(const struct figures *figures, const struct metric *metric,
			     const char *quantity)
{
	char *name = mem_format("%.*s%s", (int)(metric_quantity(metric) - metric->name),
				metric->name, quantity);
	struct metric *other = (struct metric *)figures_metric(figures, name);

	free(name);
	return other;
}

static void grow(struct metric *metric, double slowdown)
{
	size_t i;

	for (i = 0; i < metric->nr; i++)
		metric->values[i] *= 1 + slowdown;
}

static bool is_named(const struct gate *gate, const struct metric *metric)
{
	size_t i;

	for (i = 0; i < gate->nr; i++)
		if (gate->list[i].change == metric)
			return gate->list[i].judgement.verdict == VERDICT_WORSE;
	return false;
}

/* How often the gate names a row whose operations take more, at five starts. */
static int found_on_insn(const struct figures *all, double slowdown)
{
	static const struct gate_request request = {
		.setups = { .axis = AXIS_COMMIT }, .demand = { 0.95, 0.95, 0.03 },
	};
	size_t nr = all->metrics[0].nr, *order = mem_zero(nr, sizeof(*order)), victim;
	struct random random = { 4 };
	struct error error = { "" };
	int found = 0, trial;

	for (trial = 0; trial < TRIALS; trial++) {
		struct metric *mean, *median;
		struct figures *base, *change;
		struct gate *gate;

		shuffle(&random, order, nr);
		base = pick(all, order, 0, 5);
		change = pick(all, order, 5, 10);
		do {
			victim = random_below(&random, all->nr);
		} while (strcmp(metric_quantity(&change->metrics[victim]), "mean"));
		mean = &change->metrics[victim];
		median = beside(change, mean, "median");
		grow(mean, slowdown);
		grow(median, slowdown);
		assert_int_equal(gate_new(base, change, &request, &gate, &error), 0);
		found += is_named(gate, mean) || is_named(gate, median);
		gate_free(gate);
		figures_free(base);
		figures_free(change);
	}
	free(order);
	print_message("# clock insn: a row slower by %g %% named in %d of %d\n", 100 * slowdown,
		      found, TRIALS);
	return found;
}

static void planted_on_insn(void **state)
{
	struct figures *all = load(TEST_DATA "/noise-insn.json");
	int three = found_on_insn(all, 0.03), one = found_on_insn(all, 0.01);

	(void)state;
	figures_free(all);
	assert_in_range(three, 95, TRIALS);
	assert_in_range(one, 90, TRIALS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(same_on_wall),
		cmocka_unit_test(same_on_insn),
		cmocka_unit_test(planted_on_wall),
		cmocka_unit_test(planted_on_insn),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
