// SPDX-License-Identifier: GPL-2.0-only
/* From the rows of a result file to figures by name. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "figures.h"
#include "inference.h"
#include "mem.h"
#include "result.h"
#include "stats.h"

enum { FEW_EVENTS = 4, USUAL_BATCH = 64 };

static char *size_name(int64_t size)
{
	if (!size)
		return mem_string("");
	if (size % (1 << 20) == 0)
		return mem_format("/%lldm", (long long)size >> 20);
	if (size % (1 << 10) == 0)
		return mem_format("/%lldk", (long long)size >> 10);
	return mem_format("/%lld", (long long)size);
}

/* What a name leaves out, because nearly all rows have it so. */
static bool is_usual(const char *parameter, const json_t *value)
{
	static const char *const in_name[] = {
		"size", "domain", "invalidation", "method", NULL
	};
	static const char *const words[] = {
		"none", "single", "kvm", "bidirectional", "distinct", "warm", NULL
	};
	size_t i;

	for (i = 0; in_name[i]; i++)
		if (!strcmp(parameter, in_name[i]))
			return true;
	for (i = 0; json_is_string(value) && words[i]; i++)
		if (!strcmp(json_string_value(value), words[i]))
			return true;
	if (!strcmp(parameter, "batch") && json_integer_value(value) == USUAL_BATCH)
		return true;
	return json_is_integer(value) && (json_integer_value(value) == 0 ||
		(json_integer_value(value) == 1 && strcmp(parameter, "live")));
}

/* A label or a mode, with the KVM mode where that is not the usual one. */
static char *with_kvm_mode(const char *label, const char *kvm_mode)
{
	if (!strcmp(kvm_mode, "protected"))
		return mem_string(label);
	return mem_format("%s@%s", label, kvm_mode);
}

/**
 * row_name() - what a row is called in the names of its figures
 * @label: of the row
 * @kvm_mode: of the run
 * @benchmark: its name
 * @parameters: its parameters
 *
 * Return: LABEL/BENCHMARK[/SIZE][/PARAMETER=VALUE]/METHOD, which the caller frees.
 */
char *row_name(const char *label, const char *kvm_mode, const char *benchmark,
	       const json_t *parameters)
{
	char *full = with_kvm_mode(label, kvm_mode);
	char *size = size_name(parameter_integer(parameters, "size")), *name, *longer;
	const json_t *value;
	const char *parameter;

	name = mem_format("%s/%s%s", full, benchmark, size);
	free(full);
	free(size);
	json_object_foreach((json_t *)parameters, parameter, value) {
		if (is_usual(parameter, value))
			continue;
		if (json_is_string(value))
			longer = mem_format("%s/%s=%s", name, parameter, json_string_value(value));
		else
			longer = mem_format("%s/%s=%lld", name, parameter,
					    (long long)json_integer_value(value));
		free(name);
		name = longer;
	}
	longer = mem_format("%s/%s", name, parameter_string(parameters, "method"));
	free(name);
	return longer;
}

static char *name_of(const struct row *row)
{
	return row_name(row->label, row->kvm_mode, row->name, row->parameters);
}

/* Boots of insn that started alike repeat each other: the first stands for them. */
static bool repeats(const struct row *row, size_t index)
{
	size_t i;

	for (i = 0; i < index && !strcmp(row->parts[i].run->clock, "insn"); i++)
		if (row->parts[i].run->perturb == row->parts[index].run->perturb)
			return true;
	return false;
}

/*
 * The interval of the median by order statistics is its grain: where the rounds are not alike,
 * because some flush a queue, another start has others in the middle.
 */
static double round_median(const struct benchmark *b, double *grain)
{
	double *means, median, low, high;
	size_t nr;

	means = benchmark_round_means(b, &nr);
	median = stats_median(means, nr);
	if (median_interval(means, nr, 0.95, &low, &high))
		*grain = fmax(*grain, high - low);
	free(means);
	return median;
}

/* The figure of one boot; @grain grows to the coarsest that one of them has. */
static double part_figure(const struct row *row, const struct part *part, const char *quantity,
			  double *grain)
{
	double null = row->null_subtracted ? null_overhead(part->null) : 0;
	const struct benchmark *b = part->row;
	struct hist *hist;
	double value;
	int code;

	if (!strcmp(quantity, "mean"))
		return (double)b->sum / b->count - null;
	if (!strcmp(quantity, "median"))
		return round_median(b, grain) - null;
	hist = benchmark_hist(b, &code);
	value = code ? NAN : hist_percentile(hist, strtod(quantity + 1, NULL), b->min, b->max);
	*grain = fmax(*grain, hist_resolution(hist, value));
	hist_free(hist);
	return value;
}

static void add_quantity(struct figures *figures, const struct row *row, const char *name,
			 const char *quantity)
{
	/* Without its null row a mean is another figure, and so it has another name. */
	bool raw = !row->null_subtracted && !row->overhead && *quantity == 'm';
	struct metric *metric = figures_add(figures, mem_format("%s/%s%s", name, quantity,
								raw ? "_raw" : ""),
					    strcmp(row->unit, "insn") ? "ns" : "insn");
	double grain = 0;
	size_t i;

	for (i = 0; i < row->nr_parts; i++)
		if (!repeats(row, i))
			metric_value(metric, part_figure(row, &row->parts[i], quantity, &grain));
	if (!strcmp(quantity, "mean"))
		grain = row_interrupt(row, NULL);
	metric->grain = grain;
	metric->revision = row->revision;
}

/* Per operation; NAN when it was not counted. */
static double part_counter(const struct part *part, const char *name)
{
	const json_t *json = json_object_get(part->row->counters, name);
	const json_t *value = json_object_get(json, "value");

	if (!json_is_integer(value))
		return NAN;
	return (double)json_integer_value(value) / parameter_integer(json, "ops");
}

/* What a few events more in all of a boot would add: what happens once is no part of a path. */
static double few_events(const struct row *row)
{
	double most = 0;
	size_t i;

	for (i = 0; i < row->nr_parts; i++)
		most = fmax(most, (double)FEW_EVENTS / row->parts[i].row->count);
	return most;
}

/* Absent is not 0: a counter that was not counted in some boot is no metric. */
static void add_counter(struct figures *figures, const struct row *row, const char *name,
			const char *counter)
{
	struct metric *metric = figures_add(figures, mem_format("%s/%s", name, counter), NULL);
	bool known = true, zero = true;
	size_t i;

	if (!strncmp(counter, "instructions", strlen("instructions")))
		metric->unit = "insn";
	metric->revision = row->revision;
	for (i = 0; i < row->nr_parts; i++) {
		const struct part *part = &row->parts[i];
		double value = part_counter(part, counter);

		if (repeats(row, i))
			continue;
		metric_value(metric, value);
		known &= !isnan(value);
		zero &= value == 0;
	}
	metric->grain = fmax(row_interrupt(row, counter), few_events(row));
	if (known && (!zero || !strcmp(counter, "cmd_sync")))
		return;
	free(metric->name);
	free(metric->values);
	figures->nr--;
}

/* The sum over all reasons to enter EL2. */
static void add_entries(struct figures *figures, const struct row *row, const char *name)
{
	static const char prefix[] = "el2_entries_";
	struct metric *metric;
	double *sums = mem_zero(row->nr_parts, sizeof(*sums));
	size_t i, k, nr = 0;

	for (i = 0; i < row->nr_counters; i++) {
		if (strncmp(row->counters[i].name, prefix, strlen(prefix)))
			continue;
		nr++;
		for (k = 0; k < row->nr_parts; k++)
			sums[k] += part_counter(&row->parts[k], row->counters[i].name);
	}
	for (k = 0; nr && k < row->nr_parts; k++)
		if (isnan(sums[k]))
			nr = 0;
	if (nr) {
		metric = figures_add(figures, mem_format("%s/el2_entries", name), NULL);
		for (k = 0; k < row->nr_parts; k++)
			if (!repeats(row, k))
				metric_value(metric, sums[k]);
		metric->grain = few_events(row);
		metric->revision = row->revision;
	}
	free(sums);
}

static void add_row(struct figures *figures, const struct row *row)
{
	char *name = name_of(row);
	size_t i;

	if (!row->counted && !strcmp(row->method, "batch")) {
		add_quantity(figures, row, name, "mean");
		add_quantity(figures, row, name, "median");
	} else if (!row->counted) {
		add_quantity(figures, row, name, "p50");
		add_quantity(figures, row, name, "p99");
	}
	for (i = 0; i < row->nr_counters; i++)
		add_counter(figures, row, name, row->counters[i].name);
	add_entries(figures, row, name);
	free(name);
}

/* What EL2 set aside does not depend on the boot; that it does not is judged like all else. */
static void add_memory(struct figures *figures, const struct result *result)
{
	static const char *const parts[] = { "reserved", "page_tables", NULL };
	size_t i, k, j;

	for (i = 0; i < figures->nr_setups; i++) {
		const struct figures_setup *of = &figures->setups[i];

		for (k = 0; parts[k]; k++) {
			char *mode = with_kvm_mode(of->mode, of->kvm_mode);
			struct metric *metric = figures_add(figures,
				mem_format("%s/memory/%s", mode, parts[k]), "bytes");

			free(mode);
			for (j = 0; j < result->nr_runs; j++) {
				const struct run *run = &result->runs[j];
				const json_t *bytes = json_object_get(run->memory, parts[k]);

				if (!strcmp(run->mode, of->mode) &&
				    !strcmp(run->kvm_mode, of->kvm_mode) && json_is_integer(bytes))
					metric_value(metric, json_integer_value(bytes));
			}
			if (metric->nr)
				continue;
			free(metric->name);
			figures->nr--;
		}
	}
}

static void leave_row_out(struct figures *figures, const struct row *row)
{
	bool reason = row->reason && strcmp(row->status, "ok");

	figures_leave_out(figures, name_of(row), mem_format("the row is %s%s%s", row->status,
							      reason ? ": " : "",
							      reason ? row->reason : ""), false);
}

/**
 * figures_build() - all figures of a result file by name
 * @stats: its statistics; not needed afterwards
 * @out: set to the figures, which the caller frees with figures_free()
 * @error: the reason on failure
 *
 * "mean" and "median" are less the null row of the same boot where there is one, percentiles and
 * counters as measured. Rows that were not measured in every boot are left out, and named as such.
 *
 * Return: 0 or -EINVAL.
 */
int figures_build(const struct stats *stats, struct figures **out, struct error *error)
{
	const struct result *result = stats->result;
	struct figures *figures = figures_new(result->path, stats->clock);
	size_t i;
	int code = 0;

	for (i = 0; !code && i < result->nr_runs; i++) {
		const struct run *run = &result->runs[i];

		code = figures_add_setup(figures, run->mode, run->kvm_mode, run->setup, error);
		if (!code && strcmp(run->status, "ok"))
			figures_leave_out(figures, mem_string(run->run_id),
					  mem_format("the run is %s", run->status), true);
	}
	for (i = 0; !code && i < stats->nr_rows; i++) {
		if (stats->rows[i].nr_parts && !strcmp(stats->rows[i].status, "ok"))
			add_row(figures, &stats->rows[i]);
		else
			leave_row_out(figures, &stats->rows[i]);
	}
	if (!code) {
		add_memory(figures, result);
		code = figures_index(figures, error);
	}
	if (code) {
		figures_free(figures);
		return code;
	}
	*out = figures;
	return 0;
}
