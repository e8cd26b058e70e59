// SPDX-License-Identifier: GPL-2.0-only
/* The report as JSON: the statistics themselves, not what a table makes of them. */
#include "json_out.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "inference.h"
#include "isolation.h"
#include "mem.h"
#include "quantity.h"
#include "report.h"

/**
 * json_number() - a derived number, or null
 * @number: NAN when it is not known
 *
 * Return: a new reference.
 */
json_t *json_number(double number)
{
	return isfinite(number) ? json_real(number == 0 ? 0 : number) : json_null();
}

/**
 * json_print() - print a document and release it
 * @json: the caller's reference is taken
 * @out: where to
 *
 * Return: 0 or -EIO.
 */
int json_print(json_t *json, FILE *out)
{
	/* 15 digits are those that a double keeps for certain. */
	int code = json_dumpf(json, out, JSON_INDENT(2) | JSON_REAL_PRECISION(15));

	json_decref(json);
	return code || fputc('\n', out) == EOF ? -EIO : 0;
}

static json_t *figure(const struct figure *figure)
{
	return json_pack("{s:o, s:o}", "raw", json_number(figure->raw), "net",
			 json_number(figure->net));
}

static json_t *counters_json(const struct row *row)
{
	json_t *object = json_object();
	size_t i;

	for (i = 0; i < row->nr_counters; i++) {
		const struct counter *c = &row->counters[i];

		json_object_set_new(object, c->name, json_pack("{s:s, s:o, s:o, s:o, s:o}",
			"source", c->source,
			"per_op_mean", json_number(c->mean.raw),
			"per_op_mean_net", json_number(c->mean.net),
			"per_op_median", json_number(c->median.raw),
			"per_op_median_net", json_number(c->median.net)));
	}
	return object;
}

static json_t *percentiles_json(const struct row *row)
{
	static const struct {
		const char *name;
		double percent;
	} wanted[] = {
		{ "p50", 50 }, { "p90", 90 }, { "p99", 99 }, { "p99.9", 99.9 }, { "p99.99", 99.99 },
	};
	json_t *object;
	size_t i;

	if (!row->hist)
		return json_null();
	object = json_object();
	for (i = 0; i < sizeof(wanted) / sizeof(*wanted); i++)
		json_object_set_new(object, wanted[i].name,
				    json_number(row_percentile(row, wanted[i].percent)));
	return object;
}

static json_t *starts_json(const struct row *row)
{
	json_t *array = json_array();
	struct start *starts;
	size_t nr = row_starts(row, QUANTITY_MEAN, &starts), i;

	for (i = 0; i < nr; i++)
		json_array_append_new(array, json_pack("{s:I, s:o}", "start",
						       (json_int_t)starts[i].id, "mean",
						       json_number(starts[i].value)));
	free(starts);
	return array;
}

/* The median over boots; its interval needs six of them, and insn has no such noise. */
static json_t *boots_median_json(const struct row *row)
{
	double *means, low = NAN, high = NAN, median;
	struct start *starts;
	size_t nr = row_starts(row, QUANTITY_MEAN, &starts), i;

	means = mem_zero(nr, sizeof(*means));
	for (i = 0; i < nr; i++)
		means[i] = starts[i].value;
	median = stats_median(means, nr);
	if (row->unit && strcmp(row->unit, "insn"))
		median_interval(means, nr, 0.95, &low, &high);
	free(means);
	free(starts);
	return json_pack("{s:o, s:o, s:o, s:f}", "median", json_number(median), "low",
			 json_number(low), "high", json_number(high), "confidence", 0.95);
}

static json_t *of_clock(const struct row *row, uint64_t value)
{
	return row->counted ? json_null() : json_integer(value);
}

static json_t *row_json(const struct row *row)
{
	json_t *object = json_pack("{s:s, s:I, s:O, s:s, s:s, s:s, s:s, s:s, s:s, s:s?}",
		"name", row->name, "revision", (json_int_t)row->revision,
		"parameters", (json_t *)row->parameters, "label", row->label, "mode", row->mode,
		"kvm_mode", row->kvm_mode, "kind", label_kind_id(row->guarantee),
		"guarantee", label_promise(row->mode, row->guarantee),
		"status", row->status, "reason", row->reason);

	if (!row->nr_parts)
		return object;
	json_object_update_new(object, json_pack(
		"{s:s?, s:I, s:I, s:o, s:o, s:o, s:b, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
		"unit", row->unit, "boots", (json_int_t)row->nr_parts,
		"count", (json_int_t)row->count, "sum", of_clock(row, row->sum),
		"min", of_clock(row, row->min), "max", of_clock(row, row->max),
		"null_subtracted", row->null_subtracted,
		"null_mean", json_number(row->null_mean),
		"mean", figure(&row->mean), "round_median", figure(&row->median),
		"percentiles", percentiles_json(row), "starts", starts_json(row),
		"boots_median", boots_median_json(row),
		"el2_entries_per_op", json_number(row_el2_entries(row)),
		"counters", counters_json(row)));
	return object;
}

/**
 * report_json() - print a report as JSON
 * @report: the report
 * @out: where to
 *
 * Percentiles, min and max are as measured; a "net" figure is less the null row.
 *
 * Return: 0 or -EIO.
 */
int report_json(const struct report *report, FILE *out)
{
	const struct stats *stats = report->stats;
	json_t *runs = json_array(), *rows = json_array(), *facts = json_object();
	size_t i;

	for (i = 0; i < stats->result->nr_runs; i++) {
		const struct run *run = &stats->result->runs[i];

		json_array_append_new(runs, json_pack("{s:s, s:I, s:s, s:s, s:I, s:s, s:O, s:O?}",
			"run_id", run->run_id, "sequence", (json_int_t)run->sequence,
			"mode", run->mode, "kvm_mode", run->kvm_mode,
			"perturb", (json_int_t)run->perturb, "status", run->status,
			"setup", (json_t *)run->setup, "memory", (json_t *)run->memory));
	}
	for (i = 0; i < stats->nr_rows; i++)
		json_array_append_new(rows, row_json(&stats->rows[i]));
	for (i = 0; i < report->nr_facts; i++)
		json_object_set_new(facts, report->facts[i].name,
				    json_string(report->facts[i].value));
	return json_print(json_pack("{s:{s:i, s:i}, s:s, s:s, s:o, s:o, s:o, s:o}", "schema",
				    "major", 1, "minor", 1, "clock", stats->clock, "unit",
				    stats->unit, "facts", facts, "runs", runs, "benchmarks", rows,
				    "isolation", isolation_json(report->isolation)), out);
}
