/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SMMUSTAT_SCHEMA_H
#define SMMUSTAT_SCHEMA_H

#include <jansson.h>
#include <stddef.h>

/* Called for each problem; @where is for example runs[0].benchmarks[3] (dma_map 4096 batch). */
typedef void (*schema_report)(void *context, const char *where, const char *problem);

size_t schema_check(const json_t *root, schema_report report, void *context);

/* For the files that together make up schema_check(). */
struct schema {
	schema_report report;
	void *context;
	size_t problems;
	const char *where;
};

#define SCHEMA_INTEGER_END (1LL << 53)

void schema_problem(struct schema *schema, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
json_int_t schema_integer(struct schema *schema, const json_t *object, const char *key);
const char *schema_string(struct schema *schema, const json_t *object, const char *key,
			  const char *const *allowed);
const json_t *schema_array(struct schema *schema, const json_t *object, const char *key);
const json_t *schema_object(struct schema *schema, const json_t *object, const char *key);
void schema_benchmark(struct schema *schema, const json_t *benchmark, const char *clock);
void schema_figures(struct schema *schema, const json_t *benchmark, const char *method);
void schema_counts(struct schema *schema, const json_t *benchmark);

#endif
