// SPDX-License-Identifier: GPL-2.0-only
/* Whether a figure changed: the one place where that is decided. */
#include "verdict.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "inference.h"
#include "mem.h"
#include "stats.h"

/*
 * Starts of exact figures from which their range can be told. Of two ways that a start can go, three
 * and three starts see one each too often: test_noise.c counts how often.
 */
enum { LEAST_STARTS = 4, USUAL_STARTS = 5 };

/* No start moves a path by that much, so that a larger change is plain with fewer of them. */
static const double plain = 0.05;

const struct demand demand_usual = { .confidence = 0.95, .power = 0.95, .effect = 0.03 };

struct range {
	double low, high;
};

static struct range range_of(const double *values, size_t nr)
{
	struct range range = { INFINITY, -INFINITY };
	size_t i;

	for (i = 0; i < nr; i++) {
		range.low = fmin(range.low, values[i]);
		range.high = fmax(range.high, values[i]);
	}
	return range;
}

/**
 * is_equal() - whether two quotients are the same
 * @a: one
 * @b: the other
 *
 * Equal sums over unequal counts may leave the last bit of a quotient.
 *
 * Return: true when they differ by no more than that.
 */
bool is_equal(double a, double b)
{
	return fabs(a - b) <= 1e-12 * fabs(a);
}

/*
 * Instructions and counts repeat exactly, but for what the start of a boot moves: where the timer
 * ticks fall, and what lies where. So the values of each side have a range, and a change is a gap
 * between the ranges that is wider than the grain: one interrupt more in a mean, a bucket of the
 * histogram in a percentile, a few events more in a count.
 */
static void judge_exact(const struct sides *s, struct judgement *j)
{
	struct range base = range_of(s->base, s->nr_base);
	struct range change = range_of(s->change, s->nr_change);
	double gap = fmax(change.low - base.high, base.low - change.high);

	if (base.low > 0) {
		j->low = change.low / base.high;
		j->high = change.high / base.low;
	}
	if (is_equal(base.low, change.low) && is_equal(base.high, change.high))
		j->verdict = VERDICT_SAME;
	else if ((s->nr_base < LEAST_STARTS || s->nr_change < LEAST_STARTS) &&
		 (s->count || gap <= plain * fabs(base.high) + s->grain))
		j->verdict = VERDICT_UNCLEAR;
	else if (gap <= s->grain || is_equal(base.low + gap, base.low))
		j->verdict = VERDICT_SAME;
	else
		j->verdict = change.low > base.high ? VERDICT_WORSE : VERDICT_BETTER;
	if (j->verdict == VERDICT_UNCLEAR)
		j->boots = USUAL_STARTS;
}

static double *logarithms(const double *values, size_t nr)
{
	double *logs = mem_zero(nr, sizeof(*logs));
	size_t i;

	for (i = 0; i < nr; i++)
		logs[i] = log(values[i]);
	return logs;
}

static void estimate(const struct sides *s, const struct demand *demand, struct judgement *j)
{
	double *base, *change;
	struct shift shift;

	if (!(range_of(s->base, s->nr_base).low > 0) || !(range_of(s->change, s->nr_change).low > 0))
		return;
	base = logarithms(s->base, s->nr_base);
	change = logarithms(s->change, s->nr_change);
	shift = rank_shift(base, s->nr_base, change, s->nr_change, demand->confidence);
	j->ratio = exp(shift.estimate);
	j->low = exp(shift.low);
	j->high = exp(shift.high);
	free(base);
	free(change);
}

/* P(change > base) if the change were as large as matters, from the noise of one side. */
static double superiority_within(const double *values, size_t nr, double effect)
{
	double *larger = mem_zero(nr, sizeof(*larger)), all, own = 0;
	size_t i;

	/* Without the pairs of a value and itself, which are no two boots. */
	for (i = 0; i < nr; i++) {
		larger[i] = values[i] + effect * fabs(values[i]);
		own += larger[i] > values[i] ? 1 : 0.5;
	}
	all = rank_superiority(values, nr, larger, nr) * nr * nr;
	free(larger);
	return (all - own) / (nr * (nr - 1.0));
}

/*
 * From the noise within each side, never from the difference between them: to ask for boots until
 * a difference shows would find one in the end.
 */
static size_t boots_that_decide(const struct sides *s, size_t nr_metrics,
				const struct demand *demand)
{
	double alpha = (1 - demand->confidence) / nr_metrics, superiority, weights;

	if (s->nr_base < 2 || s->nr_change < 2)
		return boots_needed(1, alpha, demand->power);
	weights = s->nr_base + s->nr_change;
	superiority = superiority_within(s->base, s->nr_base, demand->effect) * s->nr_base / weights +
		      superiority_within(s->change, s->nr_change, demand->effect) * s->nr_change /
		      weights;
	return boots_needed(superiority, alpha, demand->power);
}

/*
 * Two questions: whether there is a difference at all, which the rank test answers, and whether it
 * matters, which the interval of the ratio answers. What the interval keeps below the effect does not
 * matter, however certain it is: many boots make any difference certain. What is certain and may be
 * as large as the effect counts: to ask that all of the interval lie beyond the effect would let a
 * change of just that size pass every other time, and that is the one which the number of boots is
 * planned to find.
 */
static void decide(const struct sides *s, size_t nr_metrics, const struct demand *demand,
		   struct judgement *j)
{
	struct range base = range_of(s->base, s->nr_base);
	struct range change = range_of(s->change, s->nr_change);
	bool within = j->low > 1 - demand->effect && j->high < 1 + demand->effect;

	j->verdict = VERDICT_SAME;
	if (j->adjusted <= 1 - demand->confidence) {
		if (within)
			j->below = demand->effect;
		else
			j->verdict = j->delta > 0 ? VERDICT_WORSE : VERDICT_BETTER;
		return;
	}
	if (within ||
	    (base.low == base.high && change.low == change.high && base.low == change.low))
		return;
	j->verdict = VERDICT_UNCLEAR;
	j->boots = boots_that_decide(s, nr_metrics, demand);
	/* So few that what matters would change the order of none: more of them will tell. */
	if (j->boots == SIZE_MAX)
		j->boots = 2 * (s->nr_base > s->nr_change ? s->nr_base : s->nr_change);
	/* The noise asks for no more, but what there is leaves room for a change that matters. */
	if (j->boots <= s->nr_base && j->boots <= s->nr_change)
		j->boots = s->nr_base + s->nr_base / 2;
}

/**
 * judge() - decide for each of many figures whether it changed
 * @sides: their values
 * @nr: how many figures
 * @demand: how sure is sure enough
 * @judgements: set to @nr judgements
 *
 * Times are judged by the rank test over boots, corrected for their number (Holm); exact figures by
 * their ranges. "No change" of a time says that the interval of its ratio, at that confidence for this
 * figure alone, leaves no room for a change that matters, whether or not there is a smaller one; worse
 * or better, that there is one and that it may be so large. Every side has a value at least.
 */
void judge(const struct sides *sides, size_t nr, const struct demand *demand,
	   struct judgement *judgements)
{
	double *p = mem_zero(nr, sizeof(*p));
	size_t nr_times = 0, i, k = 0;

	for (i = 0; i < nr; i++) {
		const struct sides *s = &sides[i];
		struct judgement *j = &judgements[i];

		*j = (struct judgement){
			.base = stats_median_of(s->base, s->nr_base),
			.change = stats_median_of(s->change, s->nr_change),
			.low = NAN, .high = NAN, .p = NAN, .adjusted = NAN,
			.delta = cliffs_delta(s->base, s->nr_base, s->change, s->nr_change),
		};
		j->difference = is_equal(j->base, j->change) ? 0 : j->change - j->base;
		j->ratio = !(j->base > 0) ? NAN : j->difference == 0 ? 1 : j->change / j->base;
		if (s->exact) {
			judge_exact(s, j);
			continue;
		}
		estimate(s, demand, j);
		j->p = rank_test(s->base, s->nr_base, s->change, s->nr_change);
		p[nr_times++] = j->p;
	}
	if (nr_times)
		holm_adjust(p, nr_times, p);
	for (i = 0; i < nr; i++) {
		if (sides[i].exact)
			continue;
		judgements[i].adjusted = p[k++];
		decide(&sides[i], nr_times, demand, &judgements[i]);
	}
	free(p);
}

/**
 * judgement_below() - that a difference is certain and does not matter
 * @judgement: the judgement
 *
 * Return: for example "differs by 0.2 %, less than the 3 % that matters", or an empty string; the
 * caller frees it.
 */
char *judgement_below(const struct judgement *judgement)
{
	if (!(judgement->below > 0))
		return mem_string("");
	return mem_format("differs by %.2g %%, less than the %g %% that matters",
			  100 * fabs(judgement->ratio - 1), 100 * judgement->below);
}

/**
 * verdict_name() - a verdict in words
 * @verdict: the verdict
 *
 * Return: a constant string.
 */
const char *verdict_name(enum verdict verdict)
{
	static const char *const names[] = {
		[VERDICT_SAME] = "no change", [VERDICT_WORSE] = "worse",
		[VERDICT_BETTER] = "better", [VERDICT_UNCLEAR] = "inconclusive",
	};

	return names[verdict];
}
