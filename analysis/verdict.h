/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SMMUSTAT_VERDICT_H
#define SMMUSTAT_VERDICT_H

#include <stdbool.h>
#include <stddef.h>

enum verdict {
	VERDICT_SAME,		/* no change, or none that matters */
	VERDICT_WORSE,		/* more than noise explains: more is worse in every unit here */
	VERDICT_BETTER,
	VERDICT_UNCLEAR,	/* too few boots to tell */
};

/* How sure is sure enough. */
struct demand {
	double confidence;	/* that there is no false alarm among all metrics */
	double power;		/* that a change of this size is seen */
	double effect;		/* the change that matters, for example 0.03: a smaller one is none */
};

extern const struct demand demand_usual;

/* One figure on both sides, a value for each boot. */
struct sides {
	const double *base, *change;
	size_t nr_base, nr_change;
	double grain;	/* of exact figures: differences up to this are none */
	bool exact;
	bool count;		/* of events, which may be rare */
};

struct judgement {
	enum verdict verdict;
	double base, change;	/* medians of the values */
	double difference;
	double ratio;		/* NAN when the base is not above 0 */
	double low, high;	/* of the ratio: its confidence interval, or range when exact; or NAN */
	double p, adjusted;	/* of the rank test, alone and among all; NAN when exact */
	double delta;		/* Cliff's */
	double below;		/* a change is certain, and smaller than this, which matters; else 0 */
	size_t boots;		/* of each side that would decide, when unclear; SIZE_MAX: none */
};

void judge(const struct sides *sides, size_t nr, const struct demand *demand,
	   struct judgement *judgements);
bool is_equal(double a, double b);
char *judgement_below(const struct judgement *judgement);
const char *verdict_name(enum verdict verdict);

#endif
