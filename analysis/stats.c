// SPDX-License-Identifier: GPL-2.0-only
/* From the runs of a result file to the rows of a report. */
#include "stats.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "mem.h"

static int compare_doubles(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/**
 * stats_median() - the middle value
 * @values: in any order; sorted on return
 * @nr: how many
 *
 * Return: the middle one, or the mean of the two in the middle; NAN when there is none.
 */
double stats_median(double *values, size_t nr)
{
	if (!nr)
		return NAN;
	qsort(values, nr, sizeof(*values), compare_doubles);
	if (nr % 2)
		return values[nr / 2];
	return (values[nr / 2 - 1] + values[nr / 2]) / 2;
}

/**
 * stats_median_of() - the middle of values that stay in their order
 * @values: in any order
 * @nr: how many
 *
 * Return: as stats_median().
 */
double stats_median_of(const double *values, size_t nr)
{
	double *copy = mem_zero(nr, sizeof(*copy)), middle;
	size_t i;

	for (i = 0; i < nr; i++)
		copy[i] = values[i];
	middle = stats_median(copy, nr);
	free(copy);
	return middle;
}

/* The null row when @null, else the row itself. */
static const struct benchmark *side(const struct part *part, bool null)
{
	return null ? part->null : part->row;
}

/* Median over the rounds of @counter per operation, or of the sum when @counter is NULL. */
static double median_over_rounds(const struct row *row, const char *counter, bool null)
{
	const json_t *round, *value;
	double *values = NULL, median = NAN;
	size_t nr = 0, i, k;

	for (i = 0; i < row->nr_parts; i++) {
		json_array_foreach(side(&row->parts[i], null)->rounds, k, round) {
			value = json_object_get(round, "sum");
			if (counter)
				value = json_object_get(json_object_get(round, "counters"),
							counter);
			/* A round that could not count makes the median unknown, not smaller. */
			if (!json_is_integer(value))
				goto out;
			values = mem_grow(values, nr);
			values[nr++] = (double)json_integer_value(value) /
				       parameter_integer(round, "ops");
		}
	}
	median = stats_median(values, nr);
out:
	free(values);
	return median;
}

/* Mean of @counter per operation over all parts, or over their null rows. */
static double counter_mean(const struct row *row, const char *counter, bool null)
{
	const json_t *json, *value;
	double total = 0, ops = 0;
	size_t i;

	for (i = 0; i < row->nr_parts; i++) {
		json = json_object_get(side(&row->parts[i], null)->counters, counter);
		value = json_object_get(json, "value");
		if (!json_is_integer(value))
			return NAN;
		total += json_integer_value(value);
		ops += parameter_integer(json, "ops");
	}
	return ops > 0 ? total / ops : NAN;
}

/**
 * benchmark_hist() - the histogram of a row of one run
 * @benchmark: the row, which has one
 * @code: set to 0, or -errno when its buckets make no histogram
 *
 * Return: a histogram the caller frees with hist_free().
 */
struct hist *benchmark_hist(const struct benchmark *benchmark, int *code)
{
	const json_t *bucket, *json = benchmark->histogram;
	struct hist *hist = hist_new(parameter_integer(json, "precision_bits"));
	size_t i;

	*code = 0;
	json_array_foreach(json_object_get(json, "buckets"), i, bucket) {
		*code = hist_append(hist, json_integer_value(json_array_get(bucket, 0)),
				    json_integer_value(json_array_get(bucket, 1)),
				    json_integer_value(json_array_get(bucket, 2)));
		if (*code)
			break;
	}
	return hist;
}

/**
 * benchmark_round_means() - what an operation took in each round
 * @benchmark: a row measured by batch
 * @nr: set to the number of rounds
 *
 * Return: means per operation, in the order of the rounds, which the caller frees.
 */
double *benchmark_round_means(const struct benchmark *benchmark, size_t *nr)
{
	double *means;
	const json_t *round;
	size_t i;

	*nr = json_array_size(benchmark->rounds);
	means = mem_zero(*nr, sizeof(*means));
	json_array_foreach(benchmark->rounds, i, round)
		means[i] = (double)parameter_integer(round, "sum") / parameter_integer(round, "ops");
	return means;
}

/**
 * null_overhead() - what a null row says an operation's overhead is
 * @null: the row, measured by batch or single
 *
 * The middle of its rounds or operations, and not their mean: a tick of the timer that hit the null
 * row is no part of what the loop and the clock cost in other rows.
 *
 * Return: in the row's unit, per operation.
 */
double null_overhead(const struct benchmark *null)
{
	struct hist *hist;
	double *values, middle;
	size_t nr;
	int code;

	if (null->histogram) {
		hist = benchmark_hist(null, &code);
		middle = code ? NAN : hist_percentile(hist, 50, null->min, null->max);
		hist_free(hist);
		return middle;
	}
	values = benchmark_round_means(null, &nr);
	middle = stats_median(values, nr);
	free(values);
	return middle;
}

/*
 * Less the median over the null row's rounds, for the reason that null_overhead() gives. What is
 * counted over all rounds together has no median; a tick does not enter EL2, so the mean will do.
 */
static struct figure counter_figure(const struct row *row, const char *name, double raw)
{
	struct figure figure = { .raw = raw, .net = NAN };
	double null;

	if (!row->null_subtracted)
		return figure;
	null = median_over_rounds(row, name, true);
	if (isnan(null))
		null = counter_mean(row, name, true);
	figure.net = figure.raw - null;
	return figure;
}

static void derive_counters(struct row *row)
{
	const json_t *counter;
	struct counter *new;
	const char *name;
	size_t i;

	for (i = 0; i < row->nr_parts; i++) {
		json_object_foreach((json_t *)row->parts[i].row->counters, name, counter) {
			if (row_counter(row, name))
				continue;
			row->counters = mem_grow(row->counters, row->nr_counters);
			new = &row->counters[row->nr_counters++];
			new->name = name;
			new->source = parameter_string(counter, "source");
			new->mean = counter_figure(row, name, counter_mean(row, name, false));
			new->median = counter_figure(row, name,
						     median_over_rounds(row, name, false));
		}
	}
}

static int add_histogram(struct row *row, const struct benchmark *benchmark)
{
	struct hist *hist;
	int code;

	hist = benchmark_hist(benchmark, &code);
	if (!code && row->hist) {
		code = hist_merge(row->hist, hist);
	} else if (!code) {
		row->hist = hist;
		return 0;
	}
	hist_free(hist);
	return code;
}

/* Mean and median per operation, where there is a clock. */
static void derive_times(struct row *row, double null_total)
{
	row->mean.raw = (double)row->sum / row->count;
	row->median.raw = median_over_rounds(row, NULL, false);
	if (!row->null_subtracted)
		return;
	row->null_mean = null_total / row->count;
	row->mean.net = ((double)row->sum - null_total) / row->count;
	row->median.net = row->median.raw - median_over_rounds(row, NULL, true);
}

static int derive(struct row *row, const char *path, struct error *error)
{
	double null_total = 0;
	size_t i;

	row->null_subtracted = !row->overhead && row->nr_parts;
	row->mean = row->median = (struct figure){ NAN, NAN };
	row->null_mean = NAN;
	for (i = 0; i < row->nr_parts; i++) {
		const struct part *part = &row->parts[i];
		const struct benchmark *b = part->row;

		row->min = !i || b->min < row->min ? b->min : row->min;
		row->max = b->max > row->max ? b->max : row->max;
		row->count += b->count;
		row->sum += b->sum;
		if (!part->null)
			row->null_subtracted = false;
		else if (!row->counted)
			null_total += null_overhead(part->null) * b->count;
		if (b->histogram && add_histogram(row, b))
			return error_set(error, -EINVAL, "%s: the histograms of %s in %s and in "
					 "earlier runs have other buckets: report them apart",
					 path, row->name, part->run->run_id);
	}
	if (!row->nr_parts)
		return 0;
	if (!row->counted)
		derive_times(row, null_total);
	derive_counters(row);
	return 0;
}

static char *row_key(const struct run *run, const struct benchmark *b)
{
	char *parameters = json_dumps(b->parameters, JSON_COMPACT | JSON_SORT_KEYS);
	char *key = mem_format("%s %s %s %lld %s", b->label, run->kvm_mode, b->name,
			       (long long)b->revision, parameters);

	free(parameters);
	return key;
}

static struct row *find_row(struct stats *stats, const struct run *run, const struct benchmark *b)
{
	char *key = row_key(run, b);
	struct row *row;
	size_t i;

	for (i = 0; i < stats->nr_rows; i++) {
		if (!strcmp(stats->rows[i].key, key)) {
			free(key);
			return &stats->rows[i];
		}
	}
	stats->rows = mem_grow(stats->rows, stats->nr_rows);
	row = &stats->rows[stats->nr_rows++];
	*row = (struct row){
		.name = b->name,
		.mode = run->mode,
		.kvm_mode = run->kvm_mode,
		.label = b->label,
		.method = b->method,
		.status = b->status,
		.reason = b->reason,
		.unit = b->unit,
		.parameters = b->parameters,
		.revision = b->revision,
		.guarantee = b->guarantee,
		.overhead = benchmark_is_overhead(b),
		.counted = benchmark_is_counted(b),
		.key = key,
	};
	return row;
}

static void add_part(struct stats *stats, const struct run *run, const struct benchmark *b)
{
	struct row *row = find_row(stats, run, b);

	if (strcmp(b->status, "ok")) {
		/* Measured in one boot and not in another: the figures are not those of all. */
		if (!strcmp(row->status, "ok"))
			row->status = "partial";
		if (!row->reason)
			row->reason = b->reason;
	} else if (strcmp(row->status, "ok")) {
		row->status = "partial";
	}
	if (!benchmark_has_figures(b))
		return;
	row->unit = b->unit;
	row->parts = mem_grow(row->parts, row->nr_parts);
	row->parts[row->nr_parts++] = (struct part){ run, b, run_null_row(run, b) };
}

/**
 * stats_build() - derive all figures of a result file
 * @result: has to live as long as the statistics
 * @out: set to the statistics, which the caller frees with stats_free()
 * @error: the reason on failure
 *
 * Return: 0 or -errno; -EINVAL when the file mixes clocks.
 */
int stats_build(const struct result *result, struct stats **out, struct error *error)
{
	struct stats *stats = mem_zero(1, sizeof(*stats));
	size_t i, k;
	int code = 0;

	stats->result = result;
	stats->clock = result->runs[0].clock;
	stats->unit = strcmp(stats->clock, "insn") ? "ns" : "insn";
	for (i = 0; i < result->nr_runs; i++) {
		const struct run *run = &result->runs[i];

		if (strcmp(run->clock, stats->clock)) {
			code = error_set(error, -EINVAL, "%s: has runs with clock %s and with "
					 "clock %s: merge them into two files, insn and ns are "
					 "never compared", result->path, stats->clock, run->clock);
			goto fail;
		}
		for (k = 0; k < run->nr_benchmarks; k++)
			add_part(stats, run, &run->benchmarks[k]);
	}
	for (i = 0; i < stats->nr_rows; i++) {
		code = derive(&stats->rows[i], result->path, error);
		if (code)
			goto fail;
	}
	*out = stats;
	return 0;
fail:
	stats_free(stats);
	return code;
}

/**
 * stats_free() - free statistics
 * @stats: what to free; may be NULL
 */
void stats_free(struct stats *stats)
{
	size_t i;

	if (!stats)
		return;
	for (i = 0; i < stats->nr_rows; i++) {
		hist_free(stats->rows[i].hist);
		free(stats->rows[i].parts);
		free(stats->rows[i].counters);
		free(stats->rows[i].key);
	}
	free(stats->rows);
	free(stats);
}
