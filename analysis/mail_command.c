// SPDX-License-Identifier: GPL-2.0-only
/* The commands that measure again what a result file holds. */
#include <stdlib.h>
#include <string.h>

#include "mail.h"
#include "mem.h"
#include "paragraph.h"
#include "setup.h"
#include "wrap.h"

enum { INDENT = 4, CONTINUED = 2 };

static const char plain[] =
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=.,:/@%~";

/**
 * mail_command() - a command for a shell, on as many lines as it needs
 * @words: its words, which need no quotes
 * @nr: their number
 * @out: where to
 */
void mail_command(const char *const *words, size_t nr, FILE *out)
{
	int column = fprintf(out, "%*s%s", INDENT, "", words[0]);
	size_t i;

	for (i = 1; i < nr; i++) {
		/* An option and its value stay together. */
		int length = strlen(words[i]);

		if (*words[i] == '-' && i + 1 < nr && *words[i + 1] != '-')
			length += 1 + strlen(words[i + 1]);
		if (column + 1 + length + CONTINUED > WRAP_WIDTH && *words[i] == '-')
			column = fprintf(out, " \\\n%*s%s", 2 * INDENT, "", words[i]) - 3;
		else
			column += fprintf(out, " %s", words[i]);
	}
	fputc('\n', out);
}

/* What the user asked for, which older files do not say. */
static const char *asked(const struct result *result, const char *key)
{
	const json_t *run = json_array_get(json_object_get(result->root, "runs"), 0);

	return json_string_value(json_object_get(json_object_get(run, "request"), key));
}

static const char *only_name(const struct result *result)
{
	const char *name = NULL;
	size_t i, k;

	for (i = 0; i < result->nr_runs; i++) {
		for (k = 0; k < result->runs[i].nr_benchmarks; k++) {
			const struct benchmark *row = &result->runs[i].benchmarks[k];

			if (benchmark_is_overhead(row))
				continue;
			if (name && strcmp(name, row->name))
				return NULL;
			name = row->name;
		}
	}
	return name;
}

/* Words of a file are put into a command only when they mean there what they are. */
static bool is_plain(const char *word)
{
	return *word && *word != '-' && strspn(word, plain) == strlen(word) &&
	       strlen(word) < WRAP_WIDTH / 2;
}

/* A pattern as a word of a command, which the caller frees; NULL when there is none. */
static char *filter_of(const struct result *result)
{
	const char *filter = asked(result, "filter");
	char *name, *c;
	bool plain_name;

	if (!filter)
		return NULL;
	name = mem_string(filter);
	for (c = name; *c; c++)
		if (strchr("*?[]!", *c))
			*c = 'x';
	plain_name = is_plain(name);
	free(name);
	return plain_name ? mem_format("'%s'", filter) : mem_string("FILTER");
}

static const char *suite_of(const struct result *result)
{
	const char *suite = asked(result, "suite");

	if (!suite)
		suite = only_name(result);
	return suite && is_plain(suite) ? suite : "full";
}

/* Those that scripts/bench knows. */
static bool is_mode(const char *mode)
{
	static const char *const modes[] = { "native", "identity", "paravirt", "nested" };
	size_t i;

	for (i = 0; i < sizeof(modes) / sizeof(*modes); i++)
		if (!strcmp(mode, modes[i]))
			return true;
	return false;
}

static char *modes_of(const struct result *result)
{
	char *text = mem_string(""), *longer;
	size_t i, k;

	for (i = 0; i < result->nr_runs; i++) {
		const char *mode = result->runs[i].mode;

		for (k = 0; k < i && strcmp(result->runs[k].mode, mode); k++)
			;
		if (k < i || !is_mode(mode))
			continue;
		longer = mem_format("%s%s%s", text, *text ? "," : "", mode);
		free(text);
		text = longer;
	}
	return text;
}

static size_t boots_of(const struct result *result)
{
	size_t most = 0, nr, i, k;

	for (i = 0; i < result->nr_runs; i++) {
		for (nr = k = 0; k < result->nr_runs; k++)
			nr += !strcmp(result->runs[k].mode, result->runs[i].mode);
		most = nr > most ? nr : most;
	}
	return most;
}

static int64_t threads_of(const struct result *result)
{
	int64_t most = 1, threads;
	size_t i, k;

	for (i = 0; i < result->nr_runs; i++) {
		for (k = 0; k < result->runs[i].nr_benchmarks; k++) {
			threads = parameter_integer(result->runs[i].benchmarks[k].parameters,
						    "threads");
			most = threads > most ? threads : most;
		}
	}
	return most;
}

/* The version without what says that the tree was another one; NULL when there is none. */
static char *commit_of(const struct result *result)
{
	char *version = setup_value(result->runs[0].setup, "suite_version"), *dirty;

	dirty = strstr(version, "-dirty");
	if (dirty)
		*dirty = '\0';
	if (strcmp(version, "unknown") && is_plain(version))
		return version;
	free(version);
	return NULL;
}

static bool is_own_kernel(const struct result *result)
{
	return !json_is_string(json_object_get(result->runs[0].setup, "series_hash"));
}

/**
 * mail_reservations() - what a command cannot say of how a result was measured
 * @side: put before each sentence
 * @result: the result
 * @out: where to
 */
void mail_reservations(const char *side, const struct result *result, FILE *out)
{
	char *version = setup_value(result->runs[0].setup, "suite_version"), *commit;
	char *filter = filter_of(result);

	commit = commit_of(result);
	if (!commit)
		print_item(out, "%sno commit of this suite is known: %s", side, version);
	else if (strstr(version, "-dirty"))
		print_item(out, "%sthe tree of %s had changes that no commit holds", side, commit);
	if (!asked(result, "suite"))
		print_item(out, "%sthe file does not name its suite; %s has its rows", side,
			   suite_of(result));
	if (filter && !strcmp(filter, "FILTER"))
		print_item(out, "%sFILTER is %s", side, asked(result, "filter"));
	if (is_own_kernel(result))
		print_item(out, "%sDIR holds the kernel, which is no build of this suite's series",
			   side);
	free(filter);
	free(commit);
	free(version);
}

/**
 * mail_bench() - the commands that measure a result again
 * @result: the result
 * @isolation: whether the attacks were tried as well
 * @folder: where the new one is to lie
 * @out: where to
 */
void mail_bench(const struct result *result, bool isolation, const char *folder, FILE *out)
{
	char *modes = modes_of(result), *commit = commit_of(result);
	char *boots = mem_format("%zu", boots_of(result));
	char *threads = mem_format("%lld", (long long)threads_of(result));
	char *filter = filter_of(result);
	const char *words[32];
	size_t nr = 0;

	if (commit)
		mail_command((const char *[]){ "git", "checkout", commit }, 3, out);
	words[nr++] = "scripts/bench";
	words[nr++] = "--suite";
	words[nr++] = suite_of(result);
	if (filter) {
		words[nr++] = "--filter";
		words[nr++] = filter;
	}
	words[nr++] = "--clock";
	words[nr++] = result->runs[0].clock;
	if (strcmp(threads, "1")) {
		words[nr++] = "--threads";
		words[nr++] = threads;
	}
	words[nr++] = "--modes";
	words[nr++] = modes;
	words[nr++] = "--boots";
	words[nr++] = boots;
	if (is_own_kernel(result)) {
		words[nr++] = "--kernel";
		words[nr++] = "DIR";
	}
	if (isolation)
		words[nr++] = "--isolation";
	words[nr++] = "--out";
	words[nr++] = folder;
	mail_command(words, nr, out);
	free(filter);
	free(threads);
	free(boots);
	free(commit);
	free(modes);
}
