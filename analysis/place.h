/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SMMUSTAT_PLACE_H
#define SMMUSTAT_PLACE_H

#include "figures.h"
#include "verdict.h"

enum place { PLACE_GOOD, PLACE_BAD, PLACE_UNCLEAR };

/* Where a metric of a commit lies between those of a good and of a bad one. */
struct placed {
	enum place place;
	double value;		/* of the point: the median of its boots */
	double border;		/* half way between the ends */
	size_t boots;		/* of the point that would tell, when unclear */
};

void place_ends(const struct metric *good, const struct metric *bad, const struct demand *demand,
		struct judgement *judgement);
void place_point(const struct metric *good, const struct metric *bad, const struct metric *point,
		 const struct demand *demand, struct placed *placed);

#endif
