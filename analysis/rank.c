// SPDX-License-Identifier: GPL-2.0-only
/* The Wilcoxon-Mann-Whitney test and what is derived from it. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "inference.h"
#include "mem.h"
#include "stats.h"

/* Up to here the test counts arrangements; all counts are integers below 2^53. */
enum { EXACT_MOST = 50 };

/* Of 4096 boots of each side: 128 MiB. */
enum { MOST_DIFFERENCES = 1 << 24 };

struct ranked {
	double value;
	size_t rank;		/* doubled, so that the mean of two ranks is an integer */
	bool of_change;
};

static int by_value(const void *a, const void *b)
{
	double x = ((const struct ranked *)a)->value, y = ((const struct ranked *)b)->value;

	return (x > y) - (x < y);
}

/* Both samples in order; equal values share the mean of their ranks. */
static struct ranked *rank(const double *base, size_t nr_base, const double *change,
			   size_t nr_change)
{
	size_t nr = nr_base + nr_change, i, k;
	struct ranked *all = mem_zero(nr, sizeof(*all));

	for (i = 0; i < nr; i++) {
		all[i].of_change = i >= nr_base;
		all[i].value = i < nr_base ? base[i] : change[i - nr_base];
	}
	qsort(all, nr, sizeof(*all), by_value);
	for (i = 0; i < nr; i = k) {
		for (k = i; k < nr && all[k].value == all[i].value; k++)
			;
		/* Ranks i + 1 to k have the mean (i + 1 + k) / 2. */
		for (size_t j = i; j < k; j++)
			all[j].rank = i + 1 + k;
	}
	return all;
}

static size_t rank_sum(const struct ranked *all, size_t nr)
{
	size_t sum = 0, i;

	for (i = 0; i < nr; i++)
		sum += all[i].of_change ? all[i].rank : 0;
	return sum;
}

/*
 * In how many ways @nr_change of the ranks have each sum. Counted over the ranks as they are, ties
 * included, so that the test is exact with ties too (Streitberg and Roehmel 1986, the shift
 * algorithm).
 */
static double *count_sums(const struct ranked *all, size_t nr, size_t nr_change, size_t *nr_sums)
{
	size_t most = nr * (nr + 1) + 1, i, k, sum;
	double *ways = mem_zero((nr_change + 1) * most, sizeof(*ways));
	double *last;

	ways[0] = 1;
	for (i = 0; i < nr; i++)
		for (k = nr_change; k > 0; k--)
			for (sum = most - 1; sum >= all[i].rank; sum--)
				ways[k * most + sum] += ways[(k - 1) * most + sum - all[i].rank];
	last = mem_zero(most, sizeof(*last));
	memcpy(last, ways + nr_change * most, most * sizeof(*last));
	free(ways);
	*nr_sums = most;
	return last;
}

static double exact_p(const struct ranked *all, size_t nr, size_t nr_change)
{
	size_t observed = rank_sum(all, nr), nr_sums, sum;
	double *ways = count_sums(all, nr, nr_change, &nr_sums);
	double total = 0, below = 0, above = 0;

	for (sum = 0; sum < nr_sums; sum++) {
		total += ways[sum];
		below += sum <= observed ? ways[sum] : 0;
		above += sum >= observed ? ways[sum] : 0;
	}
	free(ways);
	return fmin(1, 2 * fmin(below, above) / total);
}

/* With the corrections for ties and continuity: Hollander and Wolfe (1999), section 4.1. */
static double normal_p(const struct ranked *all, size_t nr, size_t nr_base, size_t nr_change)
{
	double mean = nr_change * (nr + 1.0) / 2, ties = 0, deviation, variance;
	size_t i, k;

	for (i = 0; i < nr; i = k) {
		for (k = i; k < nr && all[k].value == all[i].value; k++)
			;
		ties += pow(k - i, 3) - (k - i);
	}
	variance = nr_base * (double)nr_change / 12 * (nr + 1.0 - ties / (nr * (nr - 1.0)));
	deviation = fabs(rank_sum(all, nr) / 2.0 - mean) - 0.5;
	if (!(variance > 0) || deviation <= 0)
		return 1;
	return erfc(deviation / sqrt(2 * variance));
}

/**
 * rank_test() - Wilcoxon-Mann-Whitney rank sum test
 * @base: one sample, a value for each boot
 * @nr_base: how many
 * @change: the other sample
 * @nr_change: how many
 *
 * Exact up to 50 values in all, by the normal approximation above.
 *
 * Return: the two-sided p value, twice the smaller tail; 1 when a sample is empty.
 */
double rank_test(const double *base, size_t nr_base, const double *change, size_t nr_change)
{
	size_t nr = nr_base + nr_change;
	struct ranked *all;
	double p;

	if (!nr_base || !nr_change)
		return 1;
	all = rank(base, nr_base, change, nr_change);
	if (nr <= EXACT_MOST)
		p = exact_p(all, nr, nr_change);
	else
		p = normal_p(all, nr, nr_base, nr_change);
	free(all);
	return p;
}

/**
 * rank_least_p() - the smallest p value that the test can give
 * @nr: values on each side
 *
 * One arrangement of the C(2n, n) has all of one side above all of the other, and one all below.
 *
 * Return: 2 / C(2n, n), at most 1.
 */
double rank_least_p(size_t nr)
{
	double p = 2;
	size_t i;

	for (i = 1; i <= nr; i++)
		p *= i / (double)(nr + i);
	return fmin(1, p);
}

/**
 * rank_superiority() - how often a value of the change exceeds one of the base
 * @base: one sample
 * @nr_base: how many
 * @change: the other sample
 * @nr_change: how many
 *
 * Return: P(change > base) + P(change = base) / 2 over all pairs; 1/2 when a sample is empty.
 */
double rank_superiority(const double *base, size_t nr_base, const double *change, size_t nr_change)
{
	struct ranked *all;
	double u;

	if (!nr_base || !nr_change)
		return 0.5;
	all = rank(base, nr_base, change, nr_change);
	u = rank_sum(all, nr_base + nr_change) / 2.0 - nr_change * (nr_change + 1.0) / 2;
	free(all);
	return u / nr_base / nr_change;
}

/**
 * cliffs_delta() - effect size
 * @base: one sample
 * @nr_base: how many
 * @change: the other sample
 * @nr_change: how many
 *
 * Cliff (1993): P(change > base) - P(change < base).
 *
 * Return: -1 when all of the change lies below the base, 1 when all lies above.
 */
double cliffs_delta(const double *base, size_t nr_base, const double *change, size_t nr_change)
{
	return 2 * rank_superiority(base, nr_base, change, nr_change) - 1;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* The smallest u with P(U <= u) >= @tail, for samples without ties. */
static size_t u_quantile(size_t nr_base, size_t nr_change, double tail)
{
	size_t nr = nr_base + nr_change, nr_sums, i, u;
	struct ranked *all;
	double *ways, total = 0, below = 0;

	if (nr > EXACT_MOST) {
		double middle = nr_base * (double)nr_change / 2;
		double width = sqrt(middle * (nr + 1) / 6);

		return fmax(0, floor(middle + normal_quantile(tail) * width));
	}
	all = mem_zero(nr, sizeof(*all));
	for (i = 0; i < nr; i++)
		all[i].rank = 2 * (i + 1);
	ways = count_sums(all, nr, nr_change, &nr_sums);
	free(all);
	for (i = 0; i < nr_sums; i++)
		total += ways[i];
	for (u = 0; ; u++) {
		below += ways[2 * u + nr_change * (nr_change + 1)];
		if (below >= tail * total)
			break;
	}
	free(ways);
	return u;
}

/**
 * rank_shift() - by how much the change exceeds the base
 * @base: one sample
 * @nr_base: how many, not 0
 * @change: the other sample
 * @nr_change: how many, not 0
 * @confidence: of the interval, for example 0.95
 *
 * The estimate of Hodges and Lehmann (1963): the median of all pairwise differences; its interval
 * lies between two of them, in the order that Moses gives (Hollander and Wolfe 1999, section 4.3).
 * Of logarithms it is a ratio.
 *
 * Return: the shift, with no interval when the samples are too small for the confidence, and without
 * an estimate when they are so large that their differences would not fit into memory.
 */
struct shift rank_shift(const double *base, size_t nr_base, const double *change, size_t nr_change,
			double confidence)
{
	size_t nr = nr_base * nr_change, i, k, u;
	struct shift shift = { NAN, NAN, NAN };
	double *differences;

	if (nr > MOST_DIFFERENCES)
		return shift;
	differences = mem_zero(nr, sizeof(*differences));
	for (i = 0; i < nr_base; i++)
		for (k = 0; k < nr_change; k++)
			differences[i * nr_change + k] = change[k] - base[i];
	shift.estimate = stats_median(differences, nr);
	u = u_quantile(nr_base, nr_change, (1 - confidence) / 2);
	if (u) {
		shift.low = differences[u - 1];
		shift.high = differences[nr - u];
	}
	free(differences);
	return shift;
}

/**
 * median_interval() - a confidence interval of the median by order statistics
 * @values: in any order; sorted on return
 * @nr: how many
 * @confidence: for example 0.95
 * @low: set to its lower end
 * @high: set to its upper end
 *
 * The narrowest pair x(k), x(n + 1 - k) for which a median outside is less likely than
 * 1 - confidence under the binomial distribution (David and Nagaraja 2003, section 7.1).
 *
 * Return: false when there are too few values: below 6 for 0.95.
 */
bool median_interval(double *values, size_t nr, double confidence, double *low, double *high)
{
	double tail = 0, term;
	size_t k;

	qsort(values, nr, sizeof(*values), by_size);
	for (k = 0; k < nr; k++) {
		term = exp(lgamma(nr + 1.0) - lgamma(k + 1.0) - lgamma(nr - k + 1.0) - nr * log(2));
		if (tail + term > (1 - confidence) / 2)
			break;
		tail += term;
	}
	if (!k)
		return false;
	*low = values[k - 1];
	*high = values[nr - k];
	return true;
}
