// SPDX-License-Identifier: GPL-2.0-only
/* The Wilcoxon-Mann-Whitney test and what is derived from it. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "inference.h"
#include "mem.h"
#include "stats.h"

/* Up to here the test counts arrangements; all counts are integers below 2^53. */
enum { EXACT_MOST = 50 };

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

/* Pairs whose difference is at most @limit; both samples in ascending order. */
static size_t pairs_up_to(const double *base, size_t nr_base, const double *change,
			  size_t nr_change, double limit)
{
	size_t pairs = 0, i, k = 0;

	for (i = 0; i < nr_base; i++) {
		while (k < nr_change && change[k] - base[i] <= limit)
			k++;
		pairs += k;
	}
	return pairs;
}

/* Numbers in the order of the doubles, and back: the sign is the top bit of both. */
static uint64_t to_ordered(double value)
{
	uint64_t bits;

	memcpy(&bits, &value, sizeof(bits));
	return bits >> 63 ? ~bits : bits | 1ULL << 63;
}

static double from_ordered(uint64_t ordered)
{
	uint64_t bits = ordered >> 63 ? ordered & ~(1ULL << 63) : ~ordered;
	double value;

	memcpy(&value, &bits, sizeof(value));
	return value;
}

/*
 * The difference with that rank among all pairs, from 1. The least number up to which
 * there are so many is one of them; halving what lies between the ends finds it in 64 steps, and
 * nothing that grows with the number of pairs is kept.
 */
static double nth_difference(const double *base, size_t nr_base, const double *change,
			     size_t nr_change, size_t rank)
{
	uint64_t low = to_ordered(change[0] - base[nr_base - 1]);
	uint64_t high = to_ordered(change[nr_change - 1] - base[0]), middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (pairs_up_to(base, nr_base, change, nr_change, from_ordered(middle)) >= rank)
			high = middle;
		else
			low = middle + 1;
	}
	return from_ordered(low);
}

static double *in_order(const double *values, size_t nr)
{
	double *copy = mem_zero(nr, sizeof(*copy));

	memcpy(copy, values, nr * sizeof(*copy));
	qsort(copy, nr, sizeof(*copy), by_size);
	return copy;
}

/**
 * rank_shift() - by how much the change exceeds the base
 * @base: one sample, finite
 * @nr_base: how many, not 0
 * @change: the other sample, finite
 * @nr_change: how many, not 0
 * @confidence: of the interval, for example 0.95
 *
 * The estimate of Hodges and Lehmann (1963): the median of all pairwise differences; its interval
 * lies between two of them, in the order that Moses gives (Hollander and Wolfe 1999, section 4.3).
 * Of logarithms it is a ratio.
 *
 * Return: the shift, with no interval when the samples are too small for the confidence.
 */
struct shift rank_shift(const double *base, size_t nr_base, const double *change, size_t nr_change,
			double confidence)
{
	double *a = in_order(base, nr_base), *b = in_order(change, nr_change);
	struct shift shift = { NAN, NAN, NAN };
	size_t nr = nr_base * nr_change, u;

	shift.estimate = nth_difference(a, nr_base, b, nr_change, (nr + 1) / 2);
	if (nr % 2 == 0)
		shift.estimate += (nth_difference(a, nr_base, b, nr_change, nr / 2 + 1) -
				   shift.estimate) / 2;
	u = u_quantile(nr_base, nr_change, (1 - confidence) / 2);
	if (u) {
		shift.low = nth_difference(a, nr_base, b, nr_change, u);
		shift.high = nth_difference(a, nr_base, b, nr_change, nr - u + 1);
	}
	free(a);
	free(b);
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
