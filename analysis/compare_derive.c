// SPDX-License-Identifier: GPL-2.0-only
/* From two rows side by side to what is said of them. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "compare.h"
#include "mem.h"

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
		if (!(base[i].value > 0))
			return;
		low = fmin(low, change[k].value / base[i].value);
		high = fmax(high, change[k].value / base[i].value);
		pairs++;
	}
	if (pairs < 2)
		return;
	c->low = low;
	c->high = high;
}

static double *values_of(const struct start *starts, size_t nr)
{
	double *values = mem_zero(nr, sizeof(*values));
	size_t i;

	for (i = 0; i < nr; i++)
		values[i] = starts[i].value;
	return values;
}

/* What leaves the ticks of the timer out on both sides, or the mean on both. */
static enum quantity common_quantity(const struct comparison *c)
{
	enum quantity quantity = row_quantity(c->base);

	return row_quantity(c->change) == quantity ? quantity : QUANTITY_MEAN;
}

static void derive(struct comparison *c, struct sides *sides)
{
	struct start *base, *change;

	c->quantity = common_quantity(c);
	c->el2_entries = row_el2_entries(c->change);
	sides->nr_base = row_starts(c->base, c->quantity, &base);
	sides->nr_change = row_starts(c->change, c->quantity, &change);
	sides->exact = !strcmp(c->base->unit, "insn");
	if (c->quantity == QUANTITY_MEAN)
		sides->grain = fmax(row_interrupt(c->base, NULL), row_interrupt(c->change, NULL));
	sides->base = values_of(base, sides->nr_base);
	sides->change = values_of(change, sides->nr_change);
	if (sides->exact)
		paired_range(c, base, sides->nr_base, change, sides->nr_change);
	free(base);
	free(change);
}

/**
 * comparisons_derive() - ratio, difference, interval and verdict of rows side by side
 * @all: the rows of each comparison are set, with figures
 *
 * The figures that are printed are those that are judged: of each start the quantity that stands for
 * an operation, of the starts of a side the one in the middle.
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
			c->low = judgements[i].low;
			c->high = judgements[i].high;
		}
		free((double *)sides[i].base);
		free((double *)sides[i].change);
	}
	free(sides);
	free(judgements);
}
