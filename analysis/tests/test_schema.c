// SPDX-License-Identifier: GPL-2.0-only
/* Each case spoils one thing in the golden file and expects that very complaint. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <jansson.h>

#include "schema.h"

struct seen {
	char first[700];
	size_t nr;
};

static void keep(void *context, const char *where, const char *problem)
{
	struct seen *seen = context;

	if (!seen->nr++)
		snprintf(seen->first, sizeof(seen->first), "%s: %s", where, problem);
}

/* A path such as runs/0/benchmarks/1 within @json. */
static json_t *walk(json_t *json, const char *path)
{
	char *copy = strdup(path), *rest = copy, *step;

	while ((step = strsep(&rest, "/")))
		json = json_is_array(json) ? json_array_get(json, atoi(step)) :
					     json_object_get(json, step);
	free(copy);
	assert_non_null(json);
	return json;
}

struct spoil {
	const char *where;
	const char *key;
	const char *value;	/* JSON; NULL removes the key */
	const char *complaint;
};

static const struct spoil spoils[] = {
	{ "runs/0", "run_id", NULL, "runs[0]: run_id is missing" },
	{ "runs/0", "sequence", "\"1\"", "runs[0]: sequence is not an integer" },
	{ "runs/0", "sequence", "-1", "outside 0 to 2^53 - 1" },
	{ "runs/0", "kvm_mode", "\"yes\"", "kvm_mode has the unknown value \"yes\"" },
	{ "runs/0", "status", "\"fine\"", "status has the unknown value" },
	{ "runs/0", "benchmarks", "{}", "benchmarks is not an array" },
	{ "runs/0/setup", "clock", "\"cycles\"", "clock has the unknown value" },
	{ "runs/0/setup", "clock", "\"wall\"", "unit insn does not fit clock wall" },
	{ "runs/0/setup", "nested", "{}", "setup.nested is not a plain value" },
	{ "runs/0/benchmarks/1", "count", "193",
	  "rounds add up to count 192 but the row says 193" },
	{ "runs/0/benchmarks/1", "sum", "176641", "rounds add up to sum 176640" },
	{ "runs/0/benchmarks/1", "sum", "9007199254740992", "outside 0 to 2^53 - 1" },
	{ "runs/0/benchmarks/1", "sum", "1.5", "holds a floating-point number" },
	{ "runs/0/benchmarks/1", "min", "899", "min is 899 but the lowest round has sum/ops 900" },
	{ "runs/0/benchmarks/1", "max", "951", "max is 951 but the highest round" },
	{ "runs/0/benchmarks/1", "unit", "\"ns\"", "unit ns does not fit clock insn" },
	{ "runs/0/benchmarks/1", "reason", "\"x\"", "reason is not null although status is ok" },
	{ "runs/0/benchmarks/1", "status", "\"failed\"", "reason is not a string with content" },
	{ "runs/0/benchmarks/1", "histogram", "{}", "method batch has a histogram" },
	{ "runs/0/benchmarks/1/counters/instructions_el1", "value", "5",
	  "counters.instructions_el1.value is 5 but the rounds add up to 176640" },
	{ "runs/0/benchmarks/1/counters/instructions_el1", "ops", "0", "over 0 operations" },
	{ "runs/0/benchmarks/1/rounds/0/counters", "instructions_el2", "\"0\"",
	  "neither an integer" },
	{ "runs/0/benchmarks/1/threads/0", "ops", "191", "threads add up to count 191" },
	{ "runs/0/benchmarks/1/parameters", "method", "\"mean\"", "method has the unknown value" },
	{ "runs/0/benchmarks/1/parameters", "size", NULL, "size is missing" },
	{ "runs/0/benchmarks/1/parameters", "invalidation", "\"none\"",
	  "domain dma needs the invalidation strict or lazy" },
	{ "runs/0/benchmarks/2/parameters", "method", "\"batch\"", "method batch has a histogram" },
	{ "runs/0/benchmarks/3", "count", "11", "histogram buckets add up to count 10" },
	{ "runs/0/benchmarks/3", "min", "901", "min 901 lies outside the lowest bucket" },
	{ "runs/0/benchmarks/3", "max", "2064", "max 2064 lies outside the highest bucket" },
	{ "runs/0/benchmarks/3", "sum", "10800", "sum 10800 is impossible for the buckets" },
	{ "runs/0/benchmarks/3", "histogram", NULL, "histogram is missing" },
	{ "runs/0/benchmarks/3", "rounds", "[{}]", "method single has rounds" },
	{ "runs/0/benchmarks/3/histogram", "buckets", "[[900, 901, 6], [1024, 1025]]",
	  "buckets[1] is not [low, high, count]" },
	{ "runs/0/benchmarks/3/histogram", "buckets", "[[900, 930, 6], [929, 2064, 4]]",
	  "buckets[1] does not lie above the one before it" },
	{ "runs/0/benchmarks/3/histogram", "buckets", "[[900, 900, 10]]", "low not below high" },
	{ "runs/0/benchmarks/3/histogram", "type", "\"linear\"", "type has the unknown value" },
	{ "runs/0/benchmarks/4", "reason", "null", "reason is not a string with content" },
	{ "runs/0/benchmarks/4", "status", "\"failed\"", "but the run's status is ok" },
	{ "runs/0/benchmarks/4", "status", "\"gone\"", "status has the unknown value" },
};

/* Rows without a clock, and memory, came with schema 1.1. */
static const struct spoil spoils_1_1[] = {
	{ "runs/0", "memory", "[]", "runs[0]: memory is not an object" },
	{ "runs/0/memory", "host", "\"2 GiB\"", "memory.host is not an integer" },
	{ "runs/0/memory", "host", "null", "memory.host is not an integer" },
	{ "runs/0/benchmarks/2", "unit", "\"insn\"",
	  "(guest_take 4096 counted): unit is not null although method is counted" },
	{ "runs/0/benchmarks/2", "unit", NULL, "unit is not null although method is counted" },
	{ "runs/0/benchmarks/2", "sum", "64", "method counted has sum; it has no clock" },
	{ "runs/0/benchmarks/2", "count", "127", "rounds add up to count 128" },
	{ "runs/0/benchmarks/2", "count", "0", "count is 0 in a row with counters" },
	{ "runs/0/benchmarks/2", "rounds", NULL, "rounds is missing" },
	{ "runs/0/benchmarks/2", "counters", NULL, "counters is missing" },
	{ "runs/0/benchmarks/2/rounds/1", "ops", NULL, "ops is missing" },
	{ "runs/0/benchmarks/2/rounds/1", "counters", NULL, "rounds[1].counters is not an object" },
	{ "runs/0/benchmarks/2/counters/instructions_el1", "value", "5",
	  "counters.instructions_el1.value is 5 but the rounds add up to 399360" },
	{ "runs/0/benchmarks/2/counters/cmd_sync", "value", NULL,
	  "counters.cmd_sync.value is missing" },
	{ "runs/0/benchmarks/1/parameters", "method", "\"counted\"",
	  "unit is not null although method is counted" },
};

static void complain(const char *file, const struct spoil *spoil)
{
	json_t *root = json_load_file(file, 0, NULL), *place;
	struct seen seen = { "", 0 };

	assert_non_null(root);
	place = walk(root, spoil->where);
	if (spoil->value)
		json_object_set_new(place, spoil->key,
				    json_loads(spoil->value, JSON_DECODE_ANY, NULL));
	else
		json_object_del(place, spoil->key);
	assert_true(schema_check(root, keep, &seen) > 0);
	if (!strstr(seen.first, spoil->complaint))
		fail_msg("%s %s: got \"%s\", want \"%s\"", spoil->where, spoil->key, seen.first,
			 spoil->complaint);
	json_decref(root);
}

static void complains_about_each(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(spoils) / sizeof(*spoils); i++)
		complain(TEST_DATA "/schema-1.0.json", &spoils[i]);
	for (i = 0; i < sizeof(spoils_1_1) / sizeof(*spoils_1_1); i++)
		complain(TEST_DATA "/schema-1.1.json", &spoils_1_1[i]);
}

static void golden_files_are_valid(void **state)
{
	static const char *const files[] = {
		TEST_DATA "/schema-1.0.json", TEST_DATA "/schema-1.1.json",
		TEST_DATA "/schema-1.2.json",
		TEST_DATA "/schema-1.3.json",
	};
	struct seen seen = { "", 0 };
	json_t *root;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(files) / sizeof(*files); i++) {
		root = json_load_file(files[i], 0, NULL);
		assert_non_null(root);
		schema_check(root, keep, &seen);
		assert_string_equal(seen.first, "");
		json_decref(root);
	}
}

static void finds_duplicates(void **state)
{
	json_t *root = json_load_file(TEST_DATA "/schema-1.0.json", 0, NULL);
	json_t *rows = walk(root, "runs/0/benchmarks"), *runs = walk(root, "runs");
	struct seen seen = { "", 0 };
	json_t *copy;

	(void)state;
	json_array_append(rows, json_array_get(rows, 1));
	assert_int_equal(schema_check(root, keep, &seen), 1);
	assert_string_equal(seen.first, "runs[0].benchmarks[5] (dma_map 4096 batch): same name and "
			    "parameters as benchmarks[1]");
	json_array_remove(rows, 5);
	copy = json_deep_copy(json_array_get(runs, 0));
	json_array_append_new(runs, copy);
	seen.nr = 0;
	assert_int_equal(schema_check(root, keep, &seen), 1);
	assert_string_equal(seen.first, "runs[1]: run_id \"native-b0-p0\" is that of runs[0]");
	json_decref(root);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(golden_files_are_valid),
		cmocka_unit_test(complains_about_each),
		cmocka_unit_test(finds_duplicates),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
