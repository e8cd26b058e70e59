// SPDX-License-Identifier: GPL-2.0-only
/*
 * From the trace of a boot to one of each row that its result has. A boot has more windows than that:
 * those that warmed up come before, and what was measured is known by its sums, round for round.
 */
#include "profile_rows.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "figures.h"
#include "file.h"
#include "mem.h"
#include "profile_sum.h"
#include "result.h"

/* What a round has: its instructions on the clock, or those of each level as counted. */
static bool is_round(const struct window_sum *sum, const json_t *round, bool guest)
{
	const json_t *counters = json_object_get(round, "counters");
	const json_t *el1 = json_object_get(counters, "instructions_el1");
	const json_t *el2 = json_object_get(counters, "instructions_el2");
	const json_t *all = json_object_get(round, "sum");

	if (!guest)
		return json_is_integer(all) && (uint64_t)json_integer_value(all) == sum->all;
	return json_is_integer(el1) && json_is_integer(el2) &&
	       (uint64_t)json_integer_value(el1) == sum->levels[LEVEL_EL1] &&
	       agrees_at_el2(sum->levels[LEVEL_EL2], json_integer_value(el2),
			     sum->runs_guest ? CLOCK_SLACK : 0);
}

/*
 * The windows of all rounds, the last ones that fit: a round that was disturbed was measured again.
 * @found gets as many as there are rounds.
 */
static bool find_rounds(const struct trace *boot, const struct trace_row *row, const json_t *rounds,
			uint32_t *found)
{
	size_t at = row->nr, round = json_array_size(rounds);
	struct window_sum sum;

	while (round && at) {
		window_sum(boot, row->guest, &row->windows[--at], &sum);
		window_sum_free(&sum);
		if (is_round(&sum, json_array_get(rounds, round - 1), row->guest))
			found[--round] = at;
		else if (!row->guest)
			return false;
	}
	return !round;
}

static json_t *counts_json(const struct run *run, const struct benchmark *b)
{
	static const char *const names[] = { "instructions_el1", "instructions_el2", NULL };
	char *name = row_name(b->label, run->kvm_mode, b->name, b->parameters);
	json_t *json = json_pack("{s:s, s:I}", "name", name, "count", (json_int_t)b->count);
	const json_t *counter;
	int i;

	free(name);
	if (!benchmark_is_counted(b))
		json_object_set_new(json, "sum", json_integer(b->sum));
	for (i = 0; names[i]; i++) {
		counter = json_object_get(json_object_get(b->counters, names[i]), "value");
		if (json_is_integer(counter))
			json_object_set(json, names[i], (json_t *)counter);
	}
	return json;
}

static json_t *of_json(const struct run *run, const struct benchmark *b)
{
	const struct benchmark *overhead = run_null_row(run, b);
	json_t *json = counts_json(run, b);

	json_object_set_new(json, "run_id", json_string(run->run_id));
	json_object_set_new(json, "mode", json_string(run->mode));
	if (overhead && overhead != b)
		json_object_set_new(json, "overhead", counts_json(run, overhead));
	return json;
}

/* RUN_ID.NAME.json, of characters that every file system takes. */
static char *file_name(const char *folder, const char *run_id, const char *name)
{
	char *file = mem_format("%s.%s.json", run_id, name), *path, *c;

	for (c = file; *c; c++)
		if (!isalnum((unsigned char)*c) && !strchr("._-", *c))
			*c = '-';
	if (*file == '.')
		*file = '-';
	path = mem_format("%s/%s", folder, file);
	free(file);
	return path;
}

static int cut_row(const struct trace *boot, size_t row, const uint32_t *windows, size_t nr,
		   const struct run *run, const struct benchmark *b, const char *folder,
		   struct error *error)
{
	json_t *of = of_json(run, b);
	char *text, *path = file_name(folder, run->run_id,
				      json_string_value(json_object_get(of, "name")));
	size_t length;
	int code;

	code = profile_cut(boot, row, windows, nr, of, &text, &length, error);
	json_decref(of);
	if (!code) {
		code = file_write(path, text, length, error);
		free(text);
	}
	free(path);
	return code;
}

static int find_row(const struct trace *boot, size_t *next, const struct run *run,
		    const struct benchmark *b, const char *folder, struct error *error)
{
	bool guest = benchmark_is_counted(b);
	size_t nr = json_array_size(b->rounds), i;
	uint32_t *found = mem_zero(nr + 1, sizeof(*found));
	int code = -ENOENT;
	char *name;

	for (i = *next; i < boot->nr_rows && code == -ENOENT; i++) {
		if (boot->rows[i].guest != guest ||
		    !find_rounds(boot, &boot->rows[i], b->rounds, found))
			continue;
		*next = i + 1;
		code = cut_row(boot, i, found, nr, run, b, folder, error);
	}
	free(found);
	if (code != -ENOENT)
		return code;
	name = row_name(b->label, run->kvm_mode, b->name, b->parameters);
	error_set(error, SMMUSTAT_FAILED, "%s: no windows of it come to what %s has, round for round; "
		  "report that with both files", boot->path, name);
	free(name);
	return SMMUSTAT_FAILED;
}

/**
 * profile_rows() - cut the trace of a boot into its rows
 * @boot: the trace
 * @result: of the same boot
 * @folder: gets a file for each row with a mean or with counters
 * @error: one line on failure
 *
 * A row that is not found is a failure; the others have their files then.
 *
 * Return: 0, -errno or a SMMUSTAT_ code.
 */
int profile_rows(const struct trace *boot, const struct result *result, const char *folder,
		 struct error *error)
{
	const struct run *run = &result->runs[0];
	int code = 0, failed = 0;
	size_t next = 0, i;

	if (result->nr_runs != 1)
		return error_set(error, SMMUSTAT_USAGE, "%s: has %zu boots: give the file of the boot "
				 "that %s is of", result->path, result->nr_runs, boot->path);
	for (i = 0; i < run->nr_benchmarks; i++) {
		const struct benchmark *b = &run->benchmarks[i];

		if (!benchmark_has_figures(b) ||
		    (strcmp(b->method, "batch") && !benchmark_is_counted(b)))
			continue;
		code = find_row(boot, &next, run, b, folder, error);
		if (code < 0)
			return code;
		failed = code ? code : failed;
	}
	return failed;
}
