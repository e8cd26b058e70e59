// SPDX-License-Identifier: GPL-2.0-only
/* Which number stands for an operation of a row, and what it is in each start. */
#include "quantity.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"

/* Rounds that are not like the one in the middle. */
static size_t other_rounds(const struct benchmark *b, size_t *nr)
{
	double *means = benchmark_round_means(b, nr), middle = stats_median_of(means, *nr);
	size_t others = 0, i;

	for (i = 0; i < *nr; i++)
		others += means[i] != middle;
	free(means);
	return others;
}

/* Single operations that are not in the bucket of the shortest. */
static size_t other_operations(const struct benchmark *b, size_t *nr)
{
	const json_t *bucket, *buckets = json_object_get(b->histogram, "buckets");
	size_t alike = 0, i;

	*nr = b->count;
	json_array_foreach(buckets, i, bucket)
		if ((uint64_t)json_integer_value(json_array_get(bucket, 0)) <= b->min &&
		    b->min < (uint64_t)json_integer_value(json_array_get(bucket, 1)))
			alike = json_integer_value(json_array_get(bucket, 2));
	return b->count - alike;
}

/*
 * Linux arms the tick at CONFIG_HZ, 250 in this project's kernels, and an instruction is a nanosecond
 * on the clock insn: so many instructions lie between two ticks. One of a faster tick makes more
 * rounds differ than this allows for, and the mean is taken.
 */
enum { INSN_PER_TICK = 4000000 };

/* What an interrupt costs at the most; those of this project's kernels take 2000 to 8000. */
enum { INSN_OF_TICK = 20000 };

/* An operation as most of them are: the round in the middle, or the shortest. */
static double usual(const struct benchmark *b)
{
	double *means, middle;
	size_t nr;

	if (b->histogram)
		return b->min;
	means = benchmark_round_means(b, &nr);
	middle = stats_median_of(means, nr);
	free(means);
	return middle;
}

/*
 * Whether all that differs may be ticks of the timer, one begun and one stray interrupt included: by
 * their number in the time that the path takes without them, and by what they cost.
 */
static bool differs_by_ticks(const struct benchmark *b)
{
	size_t nr, others = b->histogram ? other_operations(b, &nr) : other_rounds(b, &nr);
	double path = usual(b) * b->count;

	return others <= path / INSN_PER_TICK + 2 && 2 * others < nr &&
	       fabs(b->sum - path) <= (double)others * INSN_OF_TICK + 1e-9 * path;
}

/**
 * row_quantity() - what stands for an operation of a row
 * @row: the row
 *
 * With the clock insn a path takes the same each time, but for the few rounds or operations that a
 * tick of the timer hits: which of them it hits says nothing of the path, and the tick in the mean
 * would make two equal paths differ. So the tick is left out, by the median over rounds, or the least
 * of single operations, where the ticks that fell into the row explain all that differs. Where more
 * differs there is work that is done now and then, a flush or a table more, which is part of the path:
 * there it is the mean, and so it is on the clock wall.
 *
 * Return: the quantity for row_starts().
 */
enum quantity row_quantity(const struct row *row)
{
	size_t i;

	if (!row->nr_parts || !row->unit || strcmp(row->unit, "insn"))
		return QUANTITY_MEAN;
	for (i = 0; i < row->nr_parts; i++) {
		const struct benchmark *b = row->parts[i].row;

		if (!differs_by_ticks(b))
			return QUANTITY_MEAN;
	}
	return row->parts[0].row->histogram ? QUANTITY_LEAST : QUANTITY_MEDIAN;
}

/**
 * quantity_name() - a quantity in a word
 * @quantity: the quantity
 *
 * Return: a constant string.
 */
const char *quantity_name(enum quantity quantity)
{
	static const char *const names[] = {
		[QUANTITY_MEAN] = "mean", [QUANTITY_MEDIAN] = "median", [QUANTITY_LEAST] = "least",
	};

	return names[quantity];
}

static double part_value(const struct row *row, const struct part *part, enum quantity quantity)
{
	double value = (double)part->row->sum / part->row->count, *means;
	size_t nr;

	if (quantity == QUANTITY_MEDIAN) {
		means = benchmark_round_means(part->row, &nr);
		value = stats_median(means, nr);
		free(means);
	} else if (quantity == QUANTITY_LEAST) {
		value = part->row->min;
	}
	if (row->null_subtracted)
		value -= null_overhead(part->null);
	return value;
}

/**
 * row_starts() - what an operation took in each start
 * @row: the row
 * @quantity: what stands for an operation
 * @starts: set to an array that the caller frees
 *
 * The clock insn has no noise: boots with the same perturbation repeat each other and count as one
 * start. With the clock wall each boot is one.
 *
 * Return: the number of starts; 0 for a row without a clock.
 */
size_t row_starts(const struct row *row, enum quantity quantity, struct start **starts)
{
	bool exact = row->unit && !strcmp(row->unit, "insn");
	struct start *all = mem_zero(row->nr_parts, sizeof(*all));
	double *weights = mem_zero(row->nr_parts, sizeof(*weights));
	size_t nr = 0, i, k;

	for (i = 0; i < row->nr_parts && !row->counted; i++) {
		const struct part *part = &row->parts[i];

		k = nr;
		if (exact)
			for (k = 0; k < nr && all[k].id != part->run->perturb; k++)
				;
		if (k == nr)
			all[nr++].id = exact ? part->run->perturb : part->run->sequence;
		all[k].value += part_value(row, part, quantity) * part->row->count;
		weights[k] += part->row->count;
	}
	for (k = 0; k < nr; k++)
		all[k].value /= weights[k];
	free(weights);
	*starts = all;
	return nr;
}
