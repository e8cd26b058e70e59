/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SMMUSTAT_CHART_H
#define SMMUSTAT_CHART_H

#include <stddef.h>

struct error;
struct report;

struct chart {
	const char *name;	/* file name without .svg */
	const char *title;
	char *caption;		/* one sentence: clock, machine, n, what it does not show */
	char *svg;		/* NULL when there is nothing to draw; the caption then says why */
};

int charts_render(const struct report *report, struct chart **charts, size_t *nr_charts,
		  struct error *error);
int charts_write(const struct chart *charts, size_t nr_charts, const char *beside,
		 struct error *error);
void charts_free(struct chart *charts, size_t nr_charts);
const char *chart_body(const struct chart *chart);

#endif
