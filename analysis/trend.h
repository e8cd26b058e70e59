/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SMMUSTAT_TREND_H
#define SMMUSTAT_TREND_H

#include <stddef.h>
#include <stdio.h>

struct error;

/* A metric at one commit, in the order they are drawn. */
struct trend_point {
	char *name;
	double value;		/* median over boots */
	double low, high;	/* its interval on wall, the range on insn; NAN when there is none */
	size_t nr;
};

struct trend {
	const char *metric;
	const char *unit;	/* NULL for counts */
	struct trend_point *points;
	size_t nr;
};

int trend_draw(const struct trend *trend, char **svg, size_t *length, struct error *error);
void trend_print(const struct trend *trend, FILE *out);

#endif
