/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Log-linear histograms: which bucket a value falls into, and what a bucket
 * spans. Plain C for the module, the runner and the tests on the build machine.
 *
 * With a precision of 7 bits every value below 256 has a bucket of its own.
 * Above, each power of two is cut into 128 buckets of equal width: a bucket is
 * never wider than 1/128 of the values in it. Histograms of this one geometry
 * add up bucket by bucket, so merging loses nothing.
 */

#ifndef SMMUBENCH_HIST_H
#define SMMUBENCH_HIST_H

#ifdef __KERNEL__
#include <linux/types.h>
typedef u64 hist_u64;
#else
#include <stdint.h>
typedef uint64_t hist_u64;
#endif

#define HIST_PRECISION_BITS	7
#define HIST_SUB		(1u << HIST_PRECISION_BITS)

/* Enough for every 64-bit value: 57 octaves beyond the first. */
#define HIST_BUCKETS		((64 - HIST_PRECISION_BITS + 1) * HIST_SUB)

/* Octaves above the exact range: 0 for values below 2 * HIST_SUB. */
static inline unsigned int hist_shift(hist_u64 value)
{
	if (value < 2 * HIST_SUB)
		return 0;

	return 63 - (unsigned int)__builtin_clzll(value) - HIST_PRECISION_BITS;
}

/**
 * hist_index() - the bucket of a value
 * @value: any
 *
 * Return: below HIST_BUCKETS, and ascending with @value.
 */
static inline unsigned int hist_index(hist_u64 value)
{
	unsigned int shift = hist_shift(value);

	return shift * HIST_SUB + (unsigned int)(value >> shift);
}

/**
 * hist_low() - the smallest value in a bucket
 * @index: below HIST_BUCKETS
 */
static inline hist_u64 hist_low(unsigned int index)
{
	unsigned int shift = index < 2 * HIST_SUB ? 0 : index / HIST_SUB - 1;

	return (hist_u64)(index - shift * HIST_SUB) << shift;
}

/**
 * hist_high() - the first value behind a bucket
 * @index: below HIST_BUCKETS
 *
 * Return: the exclusive end; for the last bucket, whose end is 2^64, 0.
 */
static inline hist_u64 hist_high(unsigned int index)
{
	unsigned int shift = index < 2 * HIST_SUB ? 0 : index / HIST_SUB - 1;

	return hist_low(index) + ((hist_u64)1 << shift);
}

#endif /* SMMUBENCH_HIST_H */
