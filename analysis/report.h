/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SMMUSTAT_REPORT_H
#define SMMUSTAT_REPORT_H

#include <stdio.h>

#include "stats.h"

struct chart;
struct error;
struct isolation;
struct table;

/* One line of a table: a batch row beside the single row with the same parameters. */
struct view {
	const struct row *batch;
	const struct row *single;
	const struct row *row;	/* the one the headline comes from */
	char *label;		/* with the KVM mode when that is not protected */
	char *details;		/* parameters in which rows of this report differ */
	size_t order;
};

struct fact {
	const char *name;
	char *value;
};

struct report {
	const struct stats *stats;
	struct view *views;
	size_t nr_views;
	struct view *counted;	/* rows without a clock: in no chart, and in a table of their own */
	size_t nr_counted;
	const struct isolation *isolation;	/* NULL when the tests have left nothing */
	struct fact *facts;
	size_t nr_facts;
	bool insn;
};

/* What is no row with a clock: a heading, what it says, and a table. */
struct section {
	const char *title;
	char *note;
	struct table *table;
	struct table *counters;	/* the rest of what was counted; may be NULL */
};

struct report *report_new(const struct stats *stats, const struct isolation *isolation);
void report_free(struct report *report);
void report_facts(struct report *report);
const char *report_clock(const struct report *report);
double view_mean(const struct view *view);
double view_percentile(const struct view *view, double percent);
double view_counter(const struct view *view, const char *name);
double view_counter_median(const struct view *view, const char *name);
char *view_name(const struct view *view);
char *report_promises(const struct report *report, enum guarantee guarantee,
		      const char *separator);
bool report_has(const struct report *report, enum guarantee guarantee);
size_t report_sections(const struct report *report, struct section **sections);
void sections_free(struct section *sections, size_t nr);
void format_size(char *text, size_t room, int64_t bytes);

int report_text(const struct report *report, FILE *out);
int report_mail(const struct report *report, FILE *out);
int report_markdown(const struct report *report, FILE *out);
int report_html(const struct report *report, const struct chart *charts, size_t nr_charts,
		FILE *out);
int report_json(const struct report *report, FILE *out);

#endif
