// SPDX-License-Identifier: GPL-2.0-only
/* Many metrics at once, and how many boots it takes to tell. */
#include "inference.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "mem.h"

struct indexed {
	double p;
	size_t index;
};

static int by_p(const void *a, const void *b)
{
	double x = ((const struct indexed *)a)->p, y = ((const struct indexed *)b)->p;

	return (x > y) - (x < y);
}

/**
 * holm_adjust() - correct p values for being many
 * @p: the p value of each metric
 * @nr: how many
 * @adjusted: set to those to hold against the level; may be @p
 *
 * Holm (1979): the k-th smallest of n is multiplied by n - k + 1, and none may be below an earlier
 * one. The chance of any false alarm stays below the level, however the metrics depend on each
 * other.
 */
void holm_adjust(const double *p, size_t nr, double *adjusted)
{
	struct indexed *order = mem_zero(nr, sizeof(*order));
	double least = 0;
	size_t i;

	for (i = 0; i < nr; i++)
		order[i] = (struct indexed){ p[i], i };
	qsort(order, nr, sizeof(*order), by_p);
	for (i = 0; i < nr; i++) {
		least = fmax(least, fmin(1, order[i].p * (nr - i)));
		adjusted[order[i].index] = least;
	}
	free(order);
}

/**
 * normal_quantile() - the inverse of the standard normal distribution
 * @probability: above 0 and below 1
 *
 * By halving: no table of constants to get wrong, and nobody waits for it.
 *
 * Return: z with P(Z <= z) = @probability.
 */
double normal_quantile(double probability)
{
	double low = -40, high = 40, middle = 0;
	int i;

	for (i = 0; i < 100; i++) {
		middle = (low + high) / 2;
		if (erfc(-middle / sqrt(2)) / 2 < probability)
			low = middle;
		else
			high = middle;
	}
	return middle;
}

/*
 * Whether @nr boots of each side are enough. The share of pairs in which the change is larger has
 * the variance (2n + 1) / 12n^2 when nothing changed; else at most P(1 - P) / n (van Dantzig 1951),
 * which is less when the sides hardly overlap.
 */
static bool tells(size_t nr, double superiority, double z_alpha, double z_power)
{
	double same = (2.0 * nr + 1) / 12 / nr / nr;
	double differs = fmin(same, superiority * (1 - superiority) / nr);

	return z_alpha * sqrt(same) + z_power * sqrt(differs) <= fabs(superiority - 0.5);
}

/**
 * boots_needed() - how many boots of each side tell a difference
 * @superiority: P(change > base) that the difference makes, see rank_superiority()
 * @alpha: two-sided level of a single metric, corrected for their number
 * @power: the chance to see the difference, for example 0.95
 *
 * The normal approximation of the rank test (Noether 1987), and with few boots so many at least
 * that some arrangement of them is rarer than the level.
 *
 * Return: boots of each side; SIZE_MAX when a billion would not do.
 */
size_t boots_needed(double superiority, double alpha, double power)
{
	double z_alpha = normal_quantile(1 - alpha / 2), z_power = normal_quantile(power);
	size_t low = 1, high = 1, middle;

	while (rank_least_p(low) > alpha)
		low++;
	for (high = low; !tells(high, superiority, z_alpha, z_power); high *= 2)
		if (high > 1000000000)
			return SIZE_MAX;
	while (low < high) {
		middle = low + (high - low) / 2;
		if (tells(middle, superiority, z_alpha, z_power))
			high = middle;
		else
			low = middle + 1;
	}
	return high;
}
