// SPDX-License-Identifier: GPL-2.0-only
/* Validation of a result file: one row, and whether its figures add up. */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "schema.h"

static const json_int_t none = -1;

static void check_counter(struct schema *schema, const char *name, const json_t *counter,
			  json_int_t count, const json_t *rounds)
{
	const json_t *value = json_object_get(counter, "value"), *round, *part;
	json_int_t ops, sum = 0;
	size_t i;

	if (!json_is_object(counter)) {
		schema_problem(schema, "counters.%.60s is not an object", name);
		return;
	}
	schema_string(schema, counter, "source", NULL);
	if (!value) {
		schema_problem(schema, "counters.%.60s.value is missing", name);
		return;
	}
	if (json_is_null(value))
		return;
	ops = schema_integer(schema, counter, "ops");
	if (schema_integer(schema, counter, "value") == none || ops == none)
		return;
	if (!ops) {
		schema_problem(schema, "counters.%.60s has a value over 0 operations", name);
		return;
	}
	if (ops != count || !json_array_size(rounds))
		return;
	/* It covers all rounds: where each round has its part, the parts make up the whole. */
	json_array_foreach(rounds, i, round) {
		part = json_object_get(json_object_get(round, "counters"), name);
		if (!json_is_integer(part))
			return;
		sum += json_integer_value(part);
	}
	if (sum != json_integer_value(value))
		schema_problem(schema, "counters.%.60s.value is %" JSON_INTEGER_FORMAT
			       " but the rounds add up to %" JSON_INTEGER_FORMAT, name,
			       json_integer_value(value), sum);
}

static void check_total(struct schema *schema, const char *what, const char *key, json_int_t got,
			json_int_t want)
{
	if (got != want && want != none)
		schema_problem(schema, "%s add up to %s %" JSON_INTEGER_FORMAT
			       " but the row says %" JSON_INTEGER_FORMAT, what, key, got, want);
}

/* Keeps totals in range however many parts a hostile file has: 2^10 parts of 2^53 fit. */
static json_int_t add(json_int_t total, json_int_t part)
{
	return part > INT64_MAX - total ? INT64_MAX : total + part;
}

static void check_parts(struct schema *schema, const json_t *parts, const char *what,
			json_int_t count, json_int_t sum, json_int_t *min, json_int_t *max)
{
	json_int_t all_ops = 0, all_sum = 0, part_ops, part_sum, mean;
	const json_t *part;
	size_t i;

	json_array_foreach(parts, i, part) {
		if (!json_is_object(part)) {
			schema_problem(schema, "%s[%zu] is not an object", what, i);
			return;
		}
		part_ops = schema_integer(schema, part, "ops");
		part_sum = schema_integer(schema, part, "sum");
		if (part_ops == none || part_sum == none)
			return;
		all_ops = add(all_ops, part_ops);
		all_sum = add(all_sum, part_sum);
		if (!part_ops) {
			schema_problem(schema, "%s[%zu].ops is 0", what, i);
			return;
		}
		mean = part_sum / part_ops;
		*min = *min == none || mean < *min ? mean : *min;
		*max = mean > *max ? mean : *max;
	}
	check_total(schema, what, "count", all_ops, count);
	check_total(schema, what, "sum", all_sum, sum);
}

static void check_rounds(struct schema *schema, const json_t *rounds)
{
	const json_t *round, *counters, *value;
	const char *name;
	size_t i;

	json_array_foreach(rounds, i, round) {
		counters = json_object_get(round, "counters");
		if (json_is_object(round) && !json_is_object(counters))
			schema_problem(schema, "rounds[%zu].counters is not an object", i);
		json_object_foreach((json_t *)counters, name, value) {
			if (!json_is_null(value) &&
			    (!json_is_integer(value) || json_integer_value(value) < 0 ||
			     json_integer_value(value) >= SCHEMA_INTEGER_END))
				schema_problem(schema, "rounds[%zu].counters.%.60s is neither an "
					       "integer from 0 to 2^53 - 1 nor null", i, name);
		}
	}
}

struct totals {
	json_int_t count, sum, min, max;
};

static bool read_bucket(struct schema *schema, const json_t *bucket, size_t index,
			json_int_t out[3])
{
	const json_t *value;
	size_t i;

	if (json_array_size(bucket) != 3) {
		schema_problem(schema, "histogram.buckets[%zu] is not [low, high, count]", index);
		return false;
	}
	json_array_foreach(bucket, i, value) {
		out[i] = json_integer_value(value);
		if (!json_is_integer(value) || out[i] < 0 || out[i] >= SCHEMA_INTEGER_END) {
			schema_problem(schema, "histogram.buckets[%zu][%zu] is not an integer from "
				       "0 to 2^53 - 1", index, i);
			return false;
		}
	}
	if (out[0] >= out[1]) {
		schema_problem(schema, "histogram.buckets[%zu] has low not below high", index);
		return false;
	}
	if (!out[2]) {
		schema_problem(schema, "histogram.buckets[%zu] has count 0; buckets are sparse",
			       index);
		return false;
	}
	return true;
}

static void check_histogram(struct schema *schema, const json_t *row, const struct totals *row_says)
{
	static const char *const types[] = { "log-linear", NULL };
	const json_t *hist = schema_object(schema, row, "histogram"), *buckets, *bucket;
	json_int_t now[3], first[3] = { 0 }, last[3] = { 0 }, count = 0;
	long double lowest = 0, highest = 0;
	size_t i;

	if (!hist)
		return;
	schema_string(schema, hist, "type", types);
	if (schema_integer(schema, hist, "precision_bits") > 32)
		schema_problem(schema, "histogram.precision_bits is above 32");
	buckets = schema_array(schema, hist, "buckets");
	if (!buckets)
		return;
	json_array_foreach(buckets, i, bucket) {
		if (!read_bucket(schema, bucket, i, now))
			return;
		if (i && now[0] < last[1]) {
			schema_problem(schema, "histogram.buckets[%zu] does not lie above the one "
				       "before it", i);
			return;
		}
		if (!i)
			memcpy(first, now, sizeof(first));
		memcpy(last, now, sizeof(last));
		count = add(count, now[2]);
		lowest += (long double)now[0] * now[2];
		highest += (long double)(now[1] - 1) * now[2];
	}
	check_total(schema, "histogram buckets", "count", count, row_says->count);
	if (!i)
		return;
	if (row_says->min != none && (row_says->min < first[0] || row_says->min >= first[1]))
		schema_problem(schema, "min %" JSON_INTEGER_FORMAT
			       " lies outside the lowest bucket", row_says->min);
	if (row_says->max != none && (row_says->max < last[0] || row_says->max >= last[1]))
		schema_problem(schema, "max %" JSON_INTEGER_FORMAT
			       " lies outside the highest bucket", row_says->max);
	if (row_says->sum != none && (row_says->sum < lowest || row_says->sum > highest))
		schema_problem(schema, "sum %" JSON_INTEGER_FORMAT " is impossible for the buckets",
			       row_says->sum);
}

static void check_batch(struct schema *schema, const json_t *row, const struct totals *totals)
{
	const json_t *rounds = schema_array(schema, row, "rounds");
	json_int_t min = none, max = none;
	size_t before = schema->problems;

	if (json_object_get(row, "histogram"))
		schema_problem(schema, "method batch has a histogram; only single has one");
	if (!rounds)
		return;
	check_rounds(schema, rounds);
	check_parts(schema, rounds, "rounds", totals->count, totals->sum, &min, &max);
	if (schema->problems != before || min == none)
		return;
	if (totals->min != none && totals->min != min)
		schema_problem(schema, "min is %" JSON_INTEGER_FORMAT " but the lowest round has "
			       "sum/ops %" JSON_INTEGER_FORMAT, totals->min, min);
	if (totals->max != none && totals->max != max)
		schema_problem(schema, "max is %" JSON_INTEGER_FORMAT " but the highest round has "
			       "sum/ops %" JSON_INTEGER_FORMAT, totals->max, max);
}

static void check_single(struct schema *schema, const json_t *row, const struct totals *totals)
{
	const json_t *rounds = schema_array(schema, row, "rounds");

	if (json_array_size(rounds))
		schema_problem(schema, "method single has rounds; only batch has them");
	check_histogram(schema, row, totals);
	if (totals->count <= 0 || totals->sum == none || totals->min == none || totals->max == none)
		return;
	if (totals->sum / totals->count < totals->min ||
	    (totals->sum + totals->count - 1) / totals->count > totals->max)
		schema_problem(schema, "sum/count lies outside min to max");
}

/**
 * schema_figures() - check the figures of a row that has some
 * @schema: takes the problems
 * @row: the row; its status is ok or partial
 * @method: batch or single
 */
void schema_figures(struct schema *schema, const json_t *row, const char *method)
{
	struct totals totals = {
		.count = schema_integer(schema, row, "count"),
		.sum = schema_integer(schema, row, "sum"),
		.min = schema_integer(schema, row, "min"),
		.max = schema_integer(schema, row, "max"),
	};
	const json_t *threads, *counters, *counter, *rounds = json_object_get(row, "rounds");
	const char *status = json_string_value(json_object_get(row, "status"));
	json_int_t unused_min = none, unused_max = none;
	const char *name;

	if (!totals.count && status && !strcmp(status, "ok"))
		schema_problem(schema, "count is 0 in a row with status ok");
	if (totals.min != none && totals.max != none && totals.min > totals.max)
		schema_problem(schema, "min is above max");
	if (!strcmp(method, "batch"))
		check_batch(schema, row, &totals);
	else
		check_single(schema, row, &totals);
	threads = schema_array(schema, row, "threads");
	if (json_array_size(threads))
		check_parts(schema, threads, "threads", totals.count, totals.sum, &unused_min,
			    &unused_max);
	counters = schema_object(schema, row, "counters");
	json_object_foreach((json_t *)counters, name, counter)
		check_counter(schema, name, counter, totals.count, rounds);
}

/**
 * schema_counts() - check the counters of a row that has no clock
 * @schema: takes the problems
 * @row: the row; its status is ok or partial
 */
void schema_counts(struct schema *schema, const json_t *row)
{
	static const char *const of_a_clock[] = { "sum", "min", "max", "histogram", NULL };
	const json_t *counters, *counter, *round, *rounds = schema_array(schema, row, "rounds");
	json_int_t count = schema_integer(schema, row, "count"), ops, all_ops = 0;
	const char *name;
	size_t i;

	for (i = 0; of_a_clock[i]; i++)
		if (json_object_get(row, of_a_clock[i]))
			schema_problem(schema, "method counted has %s; it has no clock",
				       of_a_clock[i]);
	if (!count)
		schema_problem(schema, "count is 0 in a row with counters");
	check_rounds(schema, rounds);
	json_array_foreach(rounds, i, round) {
		ops = schema_integer(schema, round, "ops");
		if (ops == none)
			return;
		all_ops = add(all_ops, ops);
	}
	check_total(schema, "rounds", "count", all_ops, count);
	counters = schema_object(schema, row, "counters");
	json_object_foreach((json_t *)counters, name, counter)
		check_counter(schema, name, counter, count, rounds);
}

static const char *check_parameters(struct schema *schema, const json_t *row)
{
	static const char *const invalidations[] = { "strict", "lazy", "none", NULL };
	static const char *const domains[] = { "dma", "identity", "none", NULL };
	static const char *const methods[] = { "batch", "single", "counted", NULL };
	static const char *const strings[] = { "api", "dir", "pages", "tables", NULL };
	static const char *const integers[] = { "size", "sg", "live", NULL };
	const json_t *parameters = schema_object(schema, row, "parameters");
	const char *domain, *invalidation;
	int i;

	if (!parameters)
		return NULL;
	for (i = 0; strings[i]; i++)
		schema_string(schema, parameters, strings[i], NULL);
	for (i = 0; integers[i]; i++)
		schema_integer(schema, parameters, integers[i]);
	if (!schema_integer(schema, parameters, "threads"))
		schema_problem(schema, "threads is 0");
	if (!schema_integer(schema, parameters, "batch"))
		schema_problem(schema, "batch is 0");
	invalidation = schema_string(schema, parameters, "invalidation", invalidations);
	domain = schema_string(schema, parameters, "domain", domains);
	if (domain && invalidation && !strcmp(domain, "dma") && !strcmp(invalidation, "none"))
		schema_problem(schema, "domain dma needs the invalidation strict or lazy");
	return schema_string(schema, parameters, "method", methods);
}

/**
 * schema_benchmark() - check one row
 * @schema: takes the problems
 * @row: the row
 * @clock: the clock of its run, or NULL when that is not known
 */
void schema_benchmark(struct schema *schema, const json_t *row, const char *clock)
{
	static const char *const states[] = {
		"ok", "skipped", "unsupported", "failed", "partial", NULL
	};
	static const char *const units[] = { "insn", "ns", NULL };
	const char *status, *method, *unit;
	const json_t *reason;

	if (!json_is_object(row)) {
		schema_problem(schema, "is not an object");
		return;
	}
	schema_string(schema, row, "name", NULL);
	schema_integer(schema, row, "revision");
	method = check_parameters(schema, row);
	status = schema_string(schema, row, "status", states);
	if (!status)
		return;
	reason = json_object_get(row, "reason");
	if (strcmp(status, "ok"))
		schema_string(schema, row, "reason", NULL);
	else if (!json_is_null(reason))
		schema_problem(schema, "reason is not null although status is ok");
	if (strcmp(status, "ok") && strcmp(status, "partial"))
		return;
	if (method && !strcmp(method, "counted")) {
		if (!json_is_null(json_object_get(row, "unit")))
			schema_problem(schema, "unit is not null although method is counted");
		schema_counts(schema, row);
		return;
	}
	unit = schema_string(schema, row, "unit", units);
	if (unit && clock && strcmp(unit, strcmp(clock, "insn") ? "ns" : "insn"))
		schema_problem(schema, "unit %s does not fit clock %s", unit, clock);
	if (method)
		schema_figures(schema, row, method);
}
