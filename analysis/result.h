/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SMMUSTAT_RESULT_H
#define SMMUSTAT_RESULT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "label.h"

struct error;

/* One row of one run. Strings and JSON belong to the result. */
struct benchmark {
	const char *name;
	int64_t revision;
	const json_t *parameters;
	const char *method;
	const char *status;
	const char *reason;
	const char *unit;	/* NULL without a clock: then it has counters only */
	uint64_t count, sum, min, max;
	const json_t *histogram;
	const json_t *rounds;
	const json_t *counters;
	enum guarantee guarantee;
	char *label;
};

/* One boot. */
struct run {
	const char *run_id;
	int64_t sequence;
	const char *mode;
	const char *kvm_mode;
	int64_t perturb;
	const char *status;
	const char *clock;
	const json_t *setup;
	const json_t *memory;	/* what EL2 holds, in bytes; NULL in schema 1.0 */
	struct benchmark *benchmarks;
	size_t nr_benchmarks;
};

struct result {
	char *path;
	json_t *root;
	struct run *runs;
	size_t nr_runs;
};

int document_load(const char *path, json_t **root, struct error *error);
int result_new(const char *path, json_t *root, struct result **result, struct error *error);
char *result_path(const char *path);
int result_load(const char *path, struct result **result, struct error *error);
void result_free(struct result *result);
const struct benchmark *run_null_row(const struct run *run, const struct benchmark *benchmark);
const char *parameter_string(const json_t *parameters, const char *name);
int64_t parameter_integer(const json_t *parameters, const char *name);
bool benchmark_has_figures(const struct benchmark *benchmark);
bool benchmark_is_overhead(const struct benchmark *benchmark);
bool benchmark_is_counted(const struct benchmark *benchmark);

#endif
