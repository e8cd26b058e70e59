// SPDX-License-Identifier: GPL-2.0-only
/* Good or bad: what bisection asks of a commit. */
#include "place.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "inference.h"
#include "mem.h"

/**
 * place_ends() - whether there is anything to find between two commits
 * @good: the metric at the good end
 * @bad: at the bad end
 * @demand: how sure is sure enough; its effect is the change that is looked for
 * @judgement: set; VERDICT_WORSE when the bad end is
 */
void place_ends(const struct metric *good, const struct metric *bad, const struct demand *demand,
		struct judgement *judgement)
{
	const struct sides sides = {
		.base = good->values, .nr_base = good->nr,
		.change = bad->values, .nr_change = bad->nr,
		.grain = fmax(good->grain, bad->grain),
		.exact = good->exact,
		.count = !good->unit,
	};

	judge(&sides, 1, demand, judgement);
}

/**
 * place_point() - whether a commit is good or bad
 * @good: the metric at the good end
 * @bad: at the bad end, worse than @good
 * @point: at the commit
 * @demand: how sure is sure enough
 * @placed: set
 *
 * The border is half way between the ends. An exact figure lies on one side of it; of a time the
 * interval of the median has to, which takes boots.
 */
void place_point(const struct metric *good, const struct metric *bad, const struct metric *point,
		 const struct demand *demand, struct placed *placed)
{
	double *values = mem_zero(point->nr, sizeof(*values)), low, high;

	memcpy(values, point->values, point->nr * sizeof(*values));
	*placed = (struct placed){
		.place = PLACE_UNCLEAR,
		.value = metric_middle(point),
		.border = (metric_middle(good) + metric_middle(bad)) / 2,
	};
	if (point->exact) {
		placed->place = placed->value > placed->border ? PLACE_BAD : PLACE_GOOD;
	} else if (!median_interval(values, point->nr, demand->confidence, &low, &high)) {
		/* The widest interval, from the least value to the largest, misses 2 / 2^n. */
		placed->boots = ceil(1 - log2(1 - demand->confidence));
	} else if (high < placed->border) {
		placed->place = PLACE_GOOD;
	} else if (low > placed->border) {
		placed->place = PLACE_BAD;
	} else {
		placed->boots = point->nr + point->nr / 2;
	}
	free(values);
}
