// SPDX-License-Identifier: GPL-2.0-only
#include "result.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "file.h"
#include "mem.h"
#include "schema.h"

/**
 * parameter_string() - a parameter that is a word
 * @parameters: of a row
 * @name: which one
 *
 * Return: its value, or "" when it is absent.
 */
const char *parameter_string(const json_t *parameters, const char *name)
{
	const char *text = json_string_value(json_object_get(parameters, name));

	return text ? text : "";
}

/**
 * parameter_integer() - a parameter that is a number
 * @parameters: of a row
 * @name: which one
 *
 * Return: its value, or 0 when it is absent.
 */
int64_t parameter_integer(const json_t *parameters, const char *name)
{
	return json_integer_value(json_object_get(parameters, name));
}

/**
 * benchmark_has_figures() - whether there is something measured in a row
 * @benchmark: the row
 *
 * Return: true for a row that is ok, or partial and not empty.
 */
bool benchmark_has_figures(const struct benchmark *benchmark)
{
	return benchmark->count > 0;
}

/* What a row measures besides what it is about. */
static const struct {
	const char *name;
	const char *overhead;
} overheads[] = {
	{ "guest_take", "guest_touch" },
	{ "guest_reclaim", "guest_end" },
	{ NULL, "null" },	/* all others */
};

static const char *overhead_of(const char *name)
{
	size_t i;

	for (i = 0; overheads[i].name && strcmp(name, overheads[i].name); i++)
		;
	return overheads[i].overhead;
}

/**
 * benchmark_is_overhead() - whether a row is there to be subtracted from others
 * @benchmark: the row
 *
 * Return: true for null and its like.
 */
bool benchmark_is_overhead(const struct benchmark *benchmark)
{
	size_t i;

	for (i = 0; i < sizeof(overheads) / sizeof(*overheads); i++)
		if (!strcmp(benchmark->name, overheads[i].overhead))
			return benchmark->guarantee == GUARANTEE_NO_DOMAIN;
	return false;
}

/**
 * benchmark_is_counted() - whether a row has counters and no clock
 * @benchmark: the row
 *
 * Return: true for the method counted, also when it was not measured.
 */
bool benchmark_is_counted(const struct benchmark *benchmark)
{
	return !strcmp(benchmark->method, "counted");
}

/**
 * run_null_row() - the row that measured the overhead of another
 * @run: the run of both
 * @benchmark: the other row
 *
 * Loop, clock and counter reads cost what they cost only with the same method, threads and batch.
 *
 * Return: the row, or NULL when the run has none.
 */
const struct benchmark *run_null_row(const struct run *run, const struct benchmark *benchmark)
{
	static const char *const same[] = { "threads", "batch", "method", NULL };
	size_t i, k;

	for (i = 0; i < run->nr_benchmarks; i++) {
		const struct benchmark *row = &run->benchmarks[i];

		if (strcmp(row->name, overhead_of(benchmark->name)) || !benchmark_has_figures(row) ||
		    row->guarantee != GUARANTEE_NO_DOMAIN)
			continue;
		for (k = 0; same[k]; k++)
			if (!json_equal(json_object_get(row->parameters, same[k]),
					json_object_get(benchmark->parameters, same[k])))
				break;
		if (!same[k])
			return row;
	}
	return NULL;
}

static void index_benchmark(struct benchmark *row, const json_t *json, const char *mode)
{
	const json_t *parameters = json_object_get(json, "parameters");
	const char *domain = parameter_string(parameters, "domain");
	const char *invalidation = parameter_string(parameters, "invalidation");

	row->name = json_string_value(json_object_get(json, "name"));
	row->revision = json_integer_value(json_object_get(json, "revision"));
	row->parameters = parameters;
	row->method = parameter_string(parameters, "method");
	row->status = json_string_value(json_object_get(json, "status"));
	row->reason = json_string_value(json_object_get(json, "reason"));
	row->guarantee = label_guarantee(mode, domain, invalidation);
	row->label = label_name(mode, domain, invalidation);
	if (strcmp(row->status, "ok") && strcmp(row->status, "partial"))
		return;
	row->unit = json_string_value(json_object_get(json, "unit"));
	row->count = json_integer_value(json_object_get(json, "count"));
	row->sum = json_integer_value(json_object_get(json, "sum"));
	row->min = json_integer_value(json_object_get(json, "min"));
	row->max = json_integer_value(json_object_get(json, "max"));
	row->histogram = json_object_get(json, "histogram");
	row->rounds = json_object_get(json, "rounds");
	row->counters = json_object_get(json, "counters");
}

static void index_run(struct run *run, const json_t *json)
{
	const json_t *rows = json_object_get(json, "benchmarks");
	size_t i;

	run->run_id = json_string_value(json_object_get(json, "run_id"));
	run->sequence = json_integer_value(json_object_get(json, "sequence"));
	run->mode = json_string_value(json_object_get(json, "mode"));
	/* A kernel without the file that tells the mode is an upstream one: the host has it. */
	if (!run->mode)
		run->mode = "native";
	run->kvm_mode = json_string_value(json_object_get(json, "kvm_mode"));
	run->perturb = json_integer_value(json_object_get(json, "perturb"));
	run->status = json_string_value(json_object_get(json, "status"));
	run->setup = json_object_get(json, "setup");
	run->memory = json_object_get(json, "memory");
	run->clock = json_string_value(json_object_get(run->setup, "clock"));
	run->nr_benchmarks = json_array_size(rows);
	run->benchmarks = mem_zero(run->nr_benchmarks, sizeof(*run->benchmarks));
	for (i = 0; i < run->nr_benchmarks; i++)
		index_benchmark(&run->benchmarks[i], json_array_get(rows, i), run->mode);
}

struct first_problem {
	const char *path;
	struct error *error;
};

static void keep_first(void *context, const char *where, const char *problem)
{
	struct first_problem *first = context;

	if (!first->error)
		return;
	error_set(first->error, -EINVAL, "%s: %s: %s; run smmustat check on it", first->path, where,
		  problem);
	first->error = NULL;
}

/**
 * result_new() - validate and index a document
 * @path: where it was read from, for messages
 * @root: the document; a reference is taken over, also on a failure
 * @out: set to the result, which the caller frees with result_free()
 * @error: the reason on failure
 *
 * A file in which anything is wrong is refused: no figure is derived from sums that do not add up.
 *
 * Return: 0 or -EINVAL.
 */
int result_new(const char *path, json_t *root, struct result **out, struct error *error)
{
	struct first_problem first = { .error = error, .path = path };
	struct result *result = mem_zero(1, sizeof(*result));
	const json_t *runs;
	size_t i;

	result->path = mem_string(path);
	result->root = root;
	if (schema_check(root, keep_first, &first)) {
		result_free(result);
		return -EINVAL;
	}
	runs = json_object_get(root, "runs");
	result->nr_runs = json_array_size(runs);
	result->runs = mem_zero(result->nr_runs, sizeof(*result->runs));
	for (i = 0; i < result->nr_runs; i++)
		index_run(&result->runs[i], json_array_get(runs, i));
	*out = result;
	return 0;
}

/**
 * result_path() - the file that a user means
 * @path: a file, or a folder that holds a results.json
 *
 * Return: a path the caller frees.
 */
char *result_path(const char *path)
{
	return file_is_directory(path) ? mem_format("%s/results.json", path) : mem_string(path);
}

/**
 * result_load() - read, validate and index a result file
 * @path: the file, or a folder that holds a results.json
 * @out: set to the result, which the caller frees with result_free()
 * @error: the reason on failure
 *
 * Return: 0, -errno or a SMMUSTAT_ code.
 */
int result_load(const char *path, struct result **out, struct error *error)
{
	char *file = result_path(path);
	json_t *root;
	int code;

	code = document_load(file, &root, error);
	if (!code)
		code = result_new(file, root, out, error);
	free(file);
	return code;
}

/**
 * result_free() - release a result and all that points into it
 * @result: what to free; may be NULL
 */
void result_free(struct result *result)
{
	size_t i, k;

	if (!result)
		return;
	for (i = 0; i < result->nr_runs; i++) {
		for (k = 0; k < result->runs[i].nr_benchmarks; k++)
			free(result->runs[i].benchmarks[k].label);
		free(result->runs[i].benchmarks);
	}
	free(result->runs);
	json_decref(result->root);
	free(result->path);
	free(result);
}
