// SPDX-License-Identifier: GPL-2.0-only
/* Validation of a result file: the document and its runs. Rows are checked in schema_row.c. */
#include "schema.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"

/**
 * schema_problem() - report one problem at the current place
 * @schema: knows the place
 * @format: what is wrong
 */
void schema_problem(struct schema *schema, const char *format, ...)
{
	char text[512];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	schema->problems++;
	if (schema->report)
		schema->report(schema->context, schema->where, text);
}

/**
 * schema_integer() - require a key to be an integer from 0 to 2^53 - 1
 * @schema: takes the problems
 * @object: where the key lies
 * @key: its name
 *
 * Return: the integer, or -1 when it is missing or no such integer.
 */
json_int_t schema_integer(struct schema *schema, const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);

	if (!value)
		schema_problem(schema, "%s is missing", key);
	else if (!json_is_integer(value))
		schema_problem(schema, "%s is not an integer", key);
	else if (json_integer_value(value) < 0 || json_integer_value(value) >= SCHEMA_INTEGER_END)
		schema_problem(schema, "%s is %" JSON_INTEGER_FORMAT ", outside 0 to 2^53 - 1", key,
			       json_integer_value(value));
	else
		return json_integer_value(value);
	return -1;
}

/**
 * schema_string() - require a key to be a string, or one of some
 * @schema: takes the problems
 * @object: where the key lies
 * @key: its name
 * @allowed: the values it may have, ended by NULL; NULL for any that is not empty
 *
 * Return: the string, or NULL when it is missing or not allowed.
 */
const char *schema_string(struct schema *schema, const json_t *object, const char *key,
			  const char *const *allowed)
{
	const json_t *value = json_object_get(object, key);
	const char *text = json_string_value(value);

	if (!value) {
		schema_problem(schema, "%s is missing", key);
	} else if (!text || !*text) {
		schema_problem(schema, "%s is not a string with content", key);
	} else {
		if (!allowed)
			return text;
		for (; *allowed; allowed++)
			if (!strcmp(text, *allowed))
				return text;
		schema_problem(schema, "%s has the unknown value \"%.60s\"", key, text);
	}
	return NULL;
}

/**
 * schema_array() - require a key to be an array
 * @schema: takes the problems
 * @object: where the key lies
 * @key: its name
 *
 * Return: the array, or NULL.
 */
const json_t *schema_array(struct schema *schema, const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);

	if (json_is_array(value))
		return value;
	schema_problem(schema, value ? "%s is not an array" : "%s is missing", key);
	return NULL;
}

/**
 * schema_object() - require a key to be an object
 * @schema: takes the problems
 * @object: where the key lies
 * @key: its name
 *
 * Return: the object, or NULL.
 */
const json_t *schema_object(struct schema *schema, const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);

	if (json_is_object(value))
		return value;
	schema_problem(schema, value ? "%s is not an object" : "%s is missing", key);
	return NULL;
}

static bool has_real(const json_t *value)
{
	const json_t *member;
	const char *key;
	size_t i;

	if (json_is_real(value))
		return true;
	json_object_foreach((json_t *)value, key, member)
		if (has_real(member))
			return true;
	json_array_foreach(value, i, member)
		if (has_real(member))
			return true;
	return false;
}

/* Setup is flat, so that a difference has one name; smmus is the one list in it. */
static const char *check_setup(struct schema *schema, const json_t *run)
{
	static const char *const clocks[] = { "insn", "wall", NULL };
	const json_t *setup = schema_object(schema, run, "setup"), *value;
	const char *key;
	size_t i;

	if (!setup)
		return NULL;
	json_object_foreach((json_t *)setup, key, value) {
		if (strcmp(key, "smmus") && (json_is_object(value) || json_is_array(value)))
			schema_problem(schema, "setup.%.60s is not a plain value", key);
	}
	value = json_object_get(setup, "smmus");
	if (value && !json_is_null(value) && !json_is_array(value))
		schema_problem(schema, "setup.smmus is not an array");
	for (i = 0; i < json_array_size(value); i++)
		if (!json_is_object(json_array_get(value, i)))
			schema_problem(schema, "setup.smmus[%zu] is not an object", i);
	return schema_string(schema, setup, "clock", clocks);
}

/* Since schema 1.1. */
static void check_memory(struct schema *schema, const json_t *run)
{
	const json_t *memory = json_object_get(run, "memory"), *value;
	const char *key;

	if (memory && !json_is_object(memory))
		schema_problem(schema, "memory is not an object");
	json_object_foreach((json_t *)memory, key, value)
		if (!json_is_integer(value) || json_integer_value(value) < 0 ||
		    json_integer_value(value) >= SCHEMA_INTEGER_END)
			schema_problem(schema, "memory.%.60s is not an integer from 0 to 2^53 - 1",
				       key);
}

/* Name and parameters identify a row: a second one would hide or double the first. */
static char *row_key(const json_t *row)
{
	json_t *key = json_array();
	char *text;

	json_array_append(key, json_object_get(row, "name"));
	json_array_append(key, json_object_get(row, "parameters"));
	text = json_dumps(key, JSON_COMPACT | JSON_SORT_KEYS);
	json_decref(key);
	return text;
}

static char *row_place(size_t run, size_t index, const json_t *row)
{
	const json_t *parameters = json_object_get(row, "parameters");
	const json_t *size = json_object_get(parameters, "size");
	const char *name = json_string_value(json_object_get(row, "name"));
	const char *method = json_string_value(json_object_get(parameters, "method"));
	char bytes[32] = "";

	if (json_is_integer(size))
		snprintf(bytes, sizeof(bytes), " %" JSON_INTEGER_FORMAT, json_integer_value(size));
	return mem_format("runs[%zu].benchmarks[%zu] (%.60s%s%s%.20s)", run, index,
			  name ? name : "no name", bytes, method ? " " : "", method ? method : "");
}

static void check_rows(struct schema *schema, const json_t *run, size_t run_index,
		       const char *clock)
{
	static const char *const ok[] = { "ok", "skipped", "unsupported", NULL };
	const char *run_status = json_string_value(json_object_get(run, "status"));
	const json_t *rows = schema_array(schema, run, "benchmarks");
	size_t nr = json_array_size(rows), i, j;
	const char *status, *where = schema->where;
	char **keys = mem_zero(nr, sizeof(*keys));
	char *place;

	for (i = 0; i < nr; i++) {
		const json_t *row = json_array_get(rows, i);

		place = row_place(run_index, i, row);
		schema->where = place;
		schema_benchmark(schema, row, clock);
		keys[i] = row_key(row);
		for (j = 0; keys[i] && j < i; j++)
			if (keys[j] && !strcmp(keys[i], keys[j]))
				schema_problem(schema, "same name and parameters as "
					       "benchmarks[%zu]", j);
		status = json_string_value(json_object_get(row, "status"));
		for (j = 0; status && ok[j] && strcmp(status, ok[j]); j++)
			;
		if (status && !ok[j] && run_status && !strcmp(run_status, "ok"))
			schema_problem(schema, "status is %.20s but the run's status is ok",
				       status);
		schema->where = where;
		free(place);
	}
	for (i = 0; i < nr; i++)
		free(keys[i]);
	free(keys);
}

static void check_run(struct schema *schema, const json_t *run, size_t index)
{
	static const char *const states[] = { "ok", "partial", "failed", NULL };
	static const char *const kvm_modes[] = { "protected", "nvhe", "vhe", "none", NULL };
	const char *clock;

	if (!json_is_object(run)) {
		schema_problem(schema, "is not an object");
		return;
	}
	schema_string(schema, run, "run_id", NULL);
	schema_integer(schema, run, "sequence");
	schema_string(schema, run, "boot_id", NULL);
	schema_string(schema, run, "mode_requested", NULL);
	if (!json_is_null(json_object_get(run, "mode")))
		schema_string(schema, run, "mode", NULL);
	schema_string(schema, run, "kvm_mode", kvm_modes);
	schema_integer(schema, run, "perturb");
	schema_string(schema, run, "status", states);
	clock = check_setup(schema, run);
	schema_object(schema, run, "volatile");
	check_memory(schema, run);
	check_rows(schema, run, index, clock);
}

/**
 * schema_check() - find everything that is wrong with a result file
 * @root: the document; its schema version was checked when it was loaded
 * @report: called for each problem; may be NULL
 * @context: handed to @report
 *
 * Return: the number of problems.
 */
size_t schema_check(const json_t *root, schema_report report, void *context)
{
	struct schema schema = { .report = report, .context = context, .where = "top" };
	const json_t *runs = schema_array(&schema, root, "runs");
	const json_t *id, *other;
	char place[64];
	size_t i, j;

	if (has_real(root))
		schema_problem(&schema, "holds a floating-point number; all numbers are integers");
	if (runs && !json_array_size(runs))
		schema_problem(&schema, "runs is empty");
	for (i = 0; i < json_array_size(runs); i++) {
		snprintf(place, sizeof(place), "runs[%zu]", i);
		schema.where = place;
		check_run(&schema, json_array_get(runs, i), i);
		id = json_object_get(json_array_get(runs, i), "run_id");
		for (j = 0; json_is_string(id) && j < i; j++) {
			other = json_object_get(json_array_get(runs, j), "run_id");
			if (json_equal(id, other))
				schema_problem(&schema, "run_id \"%.60s\" is that of runs[%zu]",
					       json_string_value(id), j);
		}
	}
	return schema.problems;
}
