// SPDX-License-Identifier: GPL-2.0-only
#include "hist.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "mem.h"

struct bucket {
	uint64_t low, high, count;
};

struct hist {
	unsigned int precision_bits;
	struct bucket *buckets;
	size_t nr;
};

/**
 * hist_new() - make an empty histogram
 * @precision_bits: buckets per octave, as a power of two; only like histograms merge
 *
 * Return: a histogram the caller frees with hist_free().
 */
struct hist *hist_new(unsigned int precision_bits)
{
	struct hist *hist = mem_zero(1, sizeof(*hist));

	hist->precision_bits = precision_bits;
	return hist;
}

/**
 * hist_free() - free a histogram
 * @hist: what to free; may be NULL
 */
void hist_free(struct hist *hist)
{
	if (hist)
		free(hist->buckets);
	free(hist);
}

/**
 * hist_append() - add a bucket above all that are there
 * @hist: the histogram
 * @low: lowest value of the bucket
 * @high: first value above it
 * @count: operations in it
 *
 * Return: 0, or -EINVAL when the bucket is empty of values or lies not above the last one.
 */
int hist_append(struct hist *hist, uint64_t low, uint64_t high, uint64_t count)
{
	if (low >= high || (hist->nr && low < hist->buckets[hist->nr - 1].high))
		return -EINVAL;
	hist->buckets = mem_grow(hist->buckets, hist->nr);
	hist->buckets[hist->nr++] = (struct bucket){ low, high, count };
	return 0;
}

/**
 * hist_merge() - add the counts of one histogram to another, without loss
 * @into: grows
 * @from: is only read
 *
 * Return: 0, or -EINVAL when the buckets of the two do not coincide; @into is then unchanged.
 */
int hist_merge(struct hist *into, const struct hist *from)
{
	struct hist *sum;
	size_t a = 0, b = 0;
	int code = 0;

	if (into->precision_bits != from->precision_bits)
		return -EINVAL;
	sum = hist_new(into->precision_bits);
	while (!code && (a < into->nr || b < from->nr)) {
		const struct bucket *x = a < into->nr ? &into->buckets[a] : NULL;
		const struct bucket *y = b < from->nr ? &from->buckets[b] : NULL;

		if (x && y && x->low == y->low && x->high == y->high) {
			code = hist_append(sum, x->low, x->high, x->count + y->count);
			a++;
			b++;
		} else if (!y || (x && x->low < y->low)) {
			code = hist_append(sum, x->low, x->high, x->count);
			a++;
		} else {
			code = hist_append(sum, y->low, y->high, y->count);
			b++;
		}
	}
	if (!code) {
		struct hist old = *into;

		*into = *sum;
		*sum = old;
	}
	hist_free(sum);
	return code;
}

/**
 * hist_count() - operations in all buckets
 * @hist: the histogram
 *
 * Return: their number.
 */
uint64_t hist_count(const struct hist *hist)
{
	uint64_t count = 0;
	size_t i;

	for (i = 0; i < hist->nr; i++)
		count += hist->buckets[i].count;
	return count;
}

/**
 * hist_resolution() - how far apart values of one bucket may lie
 * @hist: the histogram
 * @value: a value in it
 *
 * Return: in the unit of the values.
 */
double hist_resolution(const struct hist *hist, double value)
{
	return fmax(1, ldexp(value, -(int)hist->precision_bits));
}

/**
 * hist_percentile() - the value that a share of the operations does not exceed
 * @hist: the histogram
 * @percent: the share, 0 to 100
 * @min: smallest value seen
 * @max: largest value seen
 *
 * Nearest rank: of n operations in ascending order, the one with rank ceil(percent / 100 * n), at
 * least 1. A bucket [low, high) holds the integers a = max(low, min) to b = min(high - 1, max), and
 * the c operations in it are taken as spread evenly over them: the k-th of c is
 * a + (b - a) * (k - 1/2) / c. A bucket one value wide is therefore exact, and no result lies
 * outside [min, max]. The ranks 1 and n are known exactly: they are min and max.
 *
 * Return: the value in the unit of the buckets; NAN when the histogram is empty.
 */
double hist_percentile(const struct hist *hist, double percent, uint64_t min, uint64_t max)
{
	uint64_t n = hist_count(hist), before = 0;
	double rank;
	size_t i;

	if (!n)
		return NAN;
	/* 99.9 / 100 * 1000 is a hair above 999 in binary; a rank must not move up for that. */
	rank = ceil(percent / 100 * n - 1e-9 * n);
	if (rank <= 1)
		return min;
	if (rank >= n)
		return max;
	for (i = 0; i < hist->nr; i++) {
		const struct bucket *bucket = &hist->buckets[i];

		if (rank <= before + bucket->count) {
			double a = fmax(bucket->low, min), b = fmin(bucket->high - 1, max);

			return a + (b - a) * (rank - before - 0.5) / bucket->count;
		}
		before += bucket->count;
	}
	return max;
}
