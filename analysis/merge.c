// SPDX-License-Identifier: GPL-2.0-only
#include "merge.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "mem.h"
#include "merge_run.h"
#include "plural.h"
#include "result.h"

struct merge {
	json_t *top;		/* all but the runs */
	struct merge_run *runs;
	size_t nr_runs;
	size_t nr_known;	/* given more than once */
	char *known;		/* the first of them */
	size_t nr_sessions;
};

/**
 * merge_new() - begin a merge
 *
 * Return: an empty merge the caller frees with merge_free().
 */
struct merge *merge_new(void)
{
	struct merge *merge = mem_zero(1, sizeof(*merge));

	merge->top = json_object();
	return merge;
}

/**
 * merge_free() - free a merge
 * @merge: what to free; may be NULL
 */
void merge_free(struct merge *merge)
{
	size_t i;

	if (!merge)
		return;
	for (i = 0; i < merge->nr_runs; i++)
		merge_run_free(&merge->runs[i]);
	free(merge->known);
	free(merge->runs);
	json_decref(merge->top);
	free(merge);
}

static int add_run(struct merge *merge, const char *path, json_t *json, size_t index,
		   struct error *error)
{
	enum merge_found found = MERGE_KNOWN;
	struct merge_run run;
	int code;

	code = merge_run_read(&run, path, json, index, error);
	if (code)
		return code;
	code = merge_run_find(merge->runs, merge->nr_runs, &run, &found, error);
	if (!code && found == MERGE_NEW) {
		merge->runs = mem_grow(merge->runs, merge->nr_runs);
		merge->runs[merge->nr_runs++] = run;
		return 0;
	}
	if (!code && !merge->nr_known++)
		merge->known = mem_format("%s of %s", run.run_id, path);
	merge_run_free(&run);
	return code;
}

static json_int_t minor_of(const json_t *schema)
{
	return json_integer_value(json_object_get(schema, "minor"));
}

/* Keys beside runs that this program does not know are kept. */
static int add_top(struct merge *merge, const char *path, json_t *root, struct error *error)
{
	json_t *value, *have;
	const char *key;

	json_object_foreach(root, key, value) {
		if (!strcmp(key, "runs"))
			continue;
		have = json_object_get(merge->top, key);
		if (!strcmp(key, "schema") && have && minor_of(have) >= minor_of(value))
			continue;
		if (have && strcmp(key, "schema") && !json_equal(have, value))
			return error_set(error, -EINVAL, "%s: key %s differs from that of an "
					 "earlier file; merge files of one suite", path, key);
		json_object_set(merge->top, key, value);
	}
	return 0;
}

/**
 * merge_add() - add the runs of a file
 * @merge: grows
 * @path: the file
 * @error: the reason on failure
 *
 * A boot that is there already is counted once; boots of other sessions may have its run_id.
 *
 * Return: 0 or -errno.
 */
int merge_add(struct merge *merge, const char *path, struct error *error)
{
	json_t *root, *runs, *run;
	size_t i;
	int code;

	code = document_load(path, &root, error);
	if (code)
		return code;
	runs = json_object_get(root, "runs");
	if (!json_is_array(runs))
		code = error_set(error, -EINVAL, "%s: has no array runs; give a result file", path);
	if (!code)
		code = add_top(merge, path, root, error);
	json_array_foreach(runs, i, run) {
		if (code)
			break;
		code = add_run(merge, path, run, i, error);
	}
	json_decref(root);
	return code;
}

static int is_run_file(const struct dirent *entry)
{
	size_t length = strlen(entry->d_name);

	return *entry->d_name != '.' && length > 5 && !strcmp(entry->d_name + length - 5, ".json");
}

/**
 * merge_add_folder() - add all run files of a folder
 * @merge: grows
 * @path: the folder; the files are those in its subfolder runs whose name ends in .json
 * @error: the reason on failure
 *
 * Return: 0 or -errno; -ENOENT when there is no run file.
 */
int merge_add_folder(struct merge *merge, const char *path, struct error *error)
{
	char *folder = mem_format("%s/runs", path), *file;
	struct dirent **entries = NULL;
	int nr, i, code = 0;

	nr = scandir(folder, &entries, is_run_file, alphasort);
	if (nr <= 0)
		code = error_set(error, nr ? -errno : -ENOENT, "%s: no run files (*.json) there; "
				 "give the folder that a suite wrote", folder);
	for (i = 0; i < nr; i++) {
		if (!code) {
			file = mem_format("%s/%s", folder, entries[i]->d_name);
			code = merge_add(merge, file, error);
			free(file);
		}
		free(entries[i]);
	}
	free(entries);
	free(folder);
	return code;
}

static int compare_runs(const void *a, const void *b)
{
	const struct merge_run *x = a, *y = b;

	if (x->sequence != y->sequence)
		return x->sequence < y->sequence ? -1 : 1;
	return strcmp(x->run_id, y->run_id);
}

/* A row per line, so that a difference of two files reads as a difference of rows. */
static void print_key(FILE *out, const char *indent, const char *key, const json_t *value,
		      bool first)
{
	json_t *name = json_string(key);
	const json_t *row;
	size_t i;

	fprintf(out, "%s%s", first ? "" : ",\n", indent);
	json_dumpf(name, out, JSON_ENCODE_ANY);
	json_decref(name);
	fputs(": ", out);
	if (strcmp(key, "benchmarks") || !json_array_size(value)) {
		json_dumpf(value, out, JSON_ENCODE_ANY);
		return;
	}
	fputs("[", out);
	json_array_foreach(value, i, row) {
		fprintf(out, "%s\n%s  ", i ? "," : "", indent);
		json_dumpf(row, out, JSON_ENCODE_ANY);
	}
	fprintf(out, "\n%s]", indent);
}

/**
 * merge_print() - print the merged document
 * @merge: is sorted by sequence on return, session by session
 * @out: where to
 * @error: the reason on failure
 *
 * The same runs give the same bytes, whatever the order they were added in.
 *
 * Return: 0 or -errno.
 */
int merge_print(struct merge *merge, FILE *out, struct error *error)
{
	const json_t *value;
	const char *key;
	bool first = true;
	size_t i;

	if (!merge->nr_runs)
		return error_set(error, -ENODATA, "the files have no runs: measure first");
	merge->nr_sessions = merge_sessions(merge->runs, merge->nr_runs);
	qsort(merge->runs, merge->nr_runs, sizeof(*merge->runs), compare_runs);
	fputs("{\n", out);
	print_key(out, "  ", "schema", json_object_get(merge->top, "schema"), true);
	json_object_foreach(merge->top, key, value)
		if (strcmp(key, "schema"))
			print_key(out, "  ", key, value, false);
	fputs(",\n  \"runs\": [", out);
	for (i = 0; i < merge->nr_runs; i++) {
		fputs(i ? ",\n    {\n" : "\n    {\n", out);
		first = true;
		json_object_foreach(merge->runs[i].json, key, value) {
			print_key(out, "      ", key, value, first);
			first = false;
		}
		fputs("\n    }", out);
	}
	fputs("\n  ]\n}\n", out);
	return 0;
}

/* Rows of a run by name and parameters. */
static json_t *row_keys(const json_t *run)
{
	json_t *keys = json_object();
	const json_t *row;
	char *text;
	size_t i;

	json_array_foreach(json_object_get(run, "benchmarks"), i, row) {
		json_t *key = json_pack("[O?, O?]", json_object_get(row, "name"),
					json_object_get(row, "parameters"));

		text = json_dumps(key, JSON_COMPACT | JSON_SORT_KEYS);
		json_object_set_new(keys, text, json_integer(i));
		free(text);
		json_decref(key);
	}
	return keys;
}

static char *mode_of(const json_t *run)
{
	const char *mode = json_string_value(json_object_get(run, "mode"));
	const char *kvm_mode = json_string_value(json_object_get(run, "kvm_mode"));

	return mem_format("%s under KVM mode %s", mode ? mode : "native", kvm_mode ? kvm_mode : "?");
}

/* That runs lack rows which other boots of their mode have. */
static void print_gaps(const struct merge *merge, FILE *out)
{
	json_t *modes = json_object(), *all, **keys = mem_zero(merge->nr_runs, sizeof(*keys));
	const char *key, *first;
	json_t *value;
	size_t i, nr;
	char *mode;

	for (i = 0; i < merge->nr_runs; i++) {
		mode = mode_of(merge->runs[i].json);
		keys[i] = row_keys(merge->runs[i].json);
		all = json_object_get(modes, mode);
		if (!all)
			json_object_set_new(modes, mode, all = json_object());
		json_object_update(all, keys[i]);
		free(mode);
	}
	for (i = 0; i < merge->nr_runs; i++) {
		mode = mode_of(merge->runs[i].json);
		nr = 0;
		first = "";
		json_object_foreach(json_object_get(modes, mode), key, value)
			if (!json_object_get(keys[i], key) && !nr++)
				first = key;
		if (nr)
			fprintf(out, "smmustat merge: note: %s lacks %zu row%s that other boots of %s have, "
				"the first is %s\n", merge->runs[i].run_id, nr, plural(nr), mode, first);
		free(mode);
	}
	for (i = 0; i < merge->nr_runs; i++)
		json_decref(keys[i]);
	free(keys);
	json_decref(modes);
}

/**
 * merge_remarks() - what whoever merges has to know
 * @merge: was printed
 * @out: where to, a line each
 */
void merge_remarks(const struct merge *merge, FILE *out)
{
	const char *status;
	size_t i;

	if (merge->nr_known)
		fprintf(out, "smmustat merge: note: %zu %s given more than once and counted once, "
			"the first is %s\n", merge->nr_known,
			merge->nr_known == 1 ? "boot was" : "boots were", merge->known);
	if (merge->nr_sessions > 1)
		fprintf(out, "smmustat merge: note: boots of %zu sessions have one run_id: those of the "
			"second end in .2, and so on\n", merge->nr_sessions);
	for (i = 0; i < merge->nr_runs; i++) {
		status = json_string_value(json_object_get(merge->runs[i].json, "status"));
		if (status && strcmp(status, "ok"))
			fprintf(out, "smmustat merge: note: %s is %s\n", merge->runs[i].run_id, status);
	}
	print_gaps(merge, out);
}
