/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SMMUSTAT_STATS_H
#define SMMUSTAT_STATS_H

#include <math.h>

#include "hist.h"
#include "result.h"

/*
 * A derived number; NAN says that it is not known, which is not 0. "raw" is as measured, "net" has
 * the null row of the same run subtracted.
 */
struct figure {
	double raw, net;
};

struct counter {
	const char *name;
	const char *source;
	struct figure mean;	/* per operation, over all operations */
	struct figure median;	/* per operation, over the rounds */
};

/* The same row of one run, with the row that measured its overhead. */
struct part {
	const struct run *run;
	const struct benchmark *row;
	const struct benchmark *null;
};

/* One row of a report: same label, name, parameters and revision, over all runs that have it. */
struct row {
	const char *name;
	const char *mode;
	const char *kvm_mode;
	const char *label;
	const char *method;
	const char *status;
	const char *reason;
	const char *unit;
	const json_t *parameters;
	int64_t revision;
	enum guarantee guarantee;
	bool overhead;		/* it is the null row itself, or the like */
	bool counted;		/* it has counters only: no unit, no sum, no figure of its own */
	bool null_subtracted;
	struct part *parts;
	size_t nr_parts;
	uint64_t count, sum, min, max;
	struct figure mean;
	struct figure median;	/* of the means of the rounds */
	double null_mean;	/* what was subtracted, per operation */
	struct hist *hist;
	struct counter *counters;
	size_t nr_counters;
	char *key;
};

struct stats {
	const struct result *result;
	const char *clock;
	const char *unit;
	struct row *rows;
	size_t nr_rows;
};

int stats_build(const struct result *result, struct stats **stats, struct error *error);
void stats_free(struct stats *stats);
struct hist *benchmark_hist(const struct benchmark *benchmark, int *code);
double *benchmark_round_means(const struct benchmark *benchmark, size_t *nr);
double null_overhead(const struct benchmark *null);
double stats_median(double *values, size_t nr);
double stats_median_of(const double *values, size_t nr);
double row_percentile(const struct row *row, double percent);
const struct counter *row_counter(const struct row *row, const char *name);
double row_el2_entries(const struct row *row);
double row_interrupt(const struct row *row, const char *counter);

#endif
