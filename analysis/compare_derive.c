// SPDX-License-Identifier: GPL-2.0-only
/* From two rows side by side to what is said of them. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "compare.h"
#include "mem.h"

static double net(const struct row *row)
{
	return isnan(row->mean.net) ? row->mean.raw : row->mean.net;
}

/* Paired by perturbation: both sides started the same way, so each pair is one exact ratio. */
static void paired_range(struct comparison *c, const struct start *base, size_t nr_base,
			 const struct start *change, size_t nr_change)
{
	double low = INFINITY, high = -INFINITY;
	size_t i, k, pairs = 0;

	c->low = c->high = NAN;
	for (i = 0; i < nr_base; i++) {
		for (k = 0; k < nr_change && change[k].id != base[i].id; k++)
			;
		if (k == nr_change)
			continue;
		if (!(base[i].mean > 0))
			return;
		low = fmin(low, change[k].mean / base[i].mean);
		high = fmax(high, change[k].mean / base[i].mean);
		pairs++;
	}
	if (pairs < 2)
		return;
	c->low = low;
	c->high = high;
}

static double *means_of(const struct start *starts, size_t nr)
{
	double *means = mem_zero(nr, sizeof(*means));
	size_t i;

	for (i = 0; i < nr; i++)
		means[i] = starts[i].mean;
	return means;
}

static void derive(struct comparison *c, struct sides *sides)
{
	struct start *base, *change;

	c->base_mean = net(c->base);
	c->change_mean = net(c->change);
	c->difference = c->change_mean - c->base_mean;
	c->equal = is_equal(c->base_mean, c->change_mean);
	if (c->equal)
		c->difference = 0;
	c->ratio = c->base_mean > 0 ? c->equal ? 1 : c->change_mean / c->base_mean : NAN;
	c->el2_entries = row_el2_entries(c->change);
	sides->nr_base = row_starts(c->base, &base);
	sides->nr_change = row_starts(c->change, &change);
	sides->exact = !strcmp(c->base->unit, "insn");
	sides->grain = fmax(row_interrupt(c->base, NULL), row_interrupt(c->change, NULL));
	sides->base = means_of(base, sides->nr_base);
	sides->change = means_of(change, sides->nr_change);
	if (sides->exact)
		paired_range(c, base, sides->nr_base, change, sides->nr_change);
	free(base);
	free(change);
}

/**
 * comparisons_derive() - ratio, difference, interval and verdict of rows side by side
 * @all: the rows of each comparison are set, with figures
 *
 * With insn the interval is the range of the ratio over the perturbed starts that both sides have.
 * With wall, ratio and interval are those of a boot of the change to one of the base. Without two
 * of them there is no interval.
 */
void comparisons_derive(struct comparisons *all)
{
	struct judgement *judgements = mem_zero(all->nr, sizeof(*judgements));
	struct sides *sides = mem_zero(all->nr, sizeof(*sides));
	size_t i;

	for (i = 0; i < all->nr; i++)
		derive(&all->list[i], &sides[i]);
	judge(sides, all->nr, &demand_usual, judgements);
	for (i = 0; i < all->nr; i++) {
		struct comparison *c = &all->list[i];

		c->judgement = judgements[i];
		if (!sides[i].exact) {
			c->ratio = judgements[i].ratio;
			c->low = judgements[i].low;
			c->high = judgements[i].high;
		}
		free((double *)sides[i].base);
		free((double *)sides[i].change);
	}
	free(sides);
	free(judgements);
}
