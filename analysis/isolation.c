// SPDX-License-Identifier: GPL-2.0-only
/*
 * The isolation tests' KTAP, a file for each mode, as one matrix. A result is
 *
 *	MODE NAME: ATTEMPT: OUTCOME
 *
 * of which all but the name may be missing. What the outcome should have been is the tests' affair:
 * here it counts whether they said ok.
 */
#include "isolation.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "ktap.h"
#include "mem.h"
#include "table.h"

static const char prefix[] = "isolation-", suffix[] = ".ktap";

/* Behind the outcome of what no mode isolates: why. */
static const char since[] = ", since ";

/* Cases of one file that have one reason in common. */
struct reason {
	char *names;
	char *reason;
};

struct reasons {
	struct reason *list;
	size_t nr;
};

struct verdicts {
	size_t ok, failed, skipped;
	struct reasons skips;
	struct reasons gaps;	/* as it must be for now, and known not to be isolation */
	struct ktap_end end;
};

/* Where the results of one file go. */
struct sink {
	struct isolation *all;
	size_t mode;
	struct verdicts *verdicts;
};

/* One result, cut up in place. */
struct line {
	bool ok;
	const char *name;
	const char *attempt;
	const char *outcome;	/* empty when it does not say */
	const char *skip;	/* the reason, or NULL */
	const char *gap;	/* the reason, or NULL */
};

static char *append(char *text, const char *separator, char *more)
{
	char *longer = mem_format("%s%s%s", text, *text ? separator : "", more);

	free(text);
	free(more);
	return longer;
}

/* The text behind a marker, which ends what stands before it; NULL when it is not there. */
static char *cut(char *text, const char *marker)
{
	char *at = strstr(text, marker);

	if (!at)
		return NULL;
	*at = '\0';
	return at + strlen(marker);
}

static bool is_outcome(const char *text)
{
	return !strncmp(text, "blocked", strlen("blocked")) ||
	       !strncmp(text, "reached", strlen("reached"));
}

/* "NAME: ATTEMPT: OUTCOME", of which the last two may be missing. */
static void parse_description(char *text, struct line *line)
{
	char *rest, *last;

	line->name = text;
	line->attempt = line->outcome = "";
	rest = cut(text, ": ");
	if (!rest)
		return;
	line->attempt = rest;
	for (last = strstr(rest, ": "); last && !is_outcome(last + 2); last = strstr(last + 2, ": "))
		;
	if (last) {
		*last = '\0';
		line->outcome = last + 2;
	} else if (is_outcome(rest)) {
		line->attempt = "";
		line->outcome = rest;
	}
}

static void parse_result(const struct ktap_result *result, const char *mode, struct line *line)
{
	size_t length = strlen(mode);
	char *text = result->description;

	line->ok = result->ok;
	line->skip = result->skip;
	if (!strncmp(text, mode, length) && text[length] == ' ')
		text += length + 1;
	parse_description(text, line);
	if (result->note && is_outcome(result->note))
		line->outcome = result->note;
	line->gap = strstr(line->outcome, since);
	if (line->gap)
		line->gap += strlen(since);
	if (!*line->name)
		line->name = "(without a name)";
}

/* A name that comes twice in one file is two cases. */
static struct isolation_case *find_case(struct isolation *all, const struct line *line, size_t mode)
{
	struct isolation_case *new;
	size_t i;

	for (i = 0; i < all->nr_cases; i++)
		if (!strcmp(all->cases[i].name, line->name) && !all->cases[i].cells[mode])
			return &all->cases[i];
	all->cases = mem_grow(all->cases, all->nr_cases);
	new = &all->cases[all->nr_cases++];
	new->name = mem_string(line->name);
	new->attempt = mem_string(line->attempt);
	new->cells = mem_zero(all->nr_modes, sizeof(*new->cells));
	return new;
}

static char *cell(const struct line *line)
{
	int length = strcspn(line->outcome, ",");

	if (line->skip)
		return mem_string("skip");
	if (line->ok)
		return *line->outcome ? mem_format("%.*s", length, line->outcome) :
					mem_string("pass");
	return *line->outcome ? mem_format("FAIL: %.*s", length, line->outcome) :
				mem_string("FAIL");
}

static void add_reason(struct reasons *reasons, const struct line *line, const char *why)
{
	struct reason *reason;
	size_t i;

	for (i = 0; i < reasons->nr; i++) {
		reason = &reasons->list[i];
		if (strcmp(reason->reason, why))
			continue;
		reason->names = append(reason->names, ", ", mem_string(line->name));
		return;
	}
	reasons->list = mem_grow(reasons->list, reasons->nr);
	reasons->list[reasons->nr++] = (struct reason){ mem_string(line->name), mem_string(why) };
}

static void add_result(void *context, const struct ktap_result *result)
{
	const struct sink *sink = context;
	struct line line;

	parse_result(result, sink->all->modes[sink->mode], &line);
	find_case(sink->all, &line, sink->mode)->cells[sink->mode] = cell(&line);
	if (line.skip) {
		sink->verdicts->skipped++;
		add_reason(&sink->verdicts->skips, &line, line.skip);
	} else if (line.ok) {
		sink->verdicts->ok++;
		if (line.gap)
			add_reason(&sink->verdicts->gaps, &line, line.gap);
	} else {
		sink->verdicts->failed++;
	}
}

static void add_remarks(struct isolation *all, size_t mode, struct verdicts *verdicts)
{
	const struct ktap_end *end = &verdicts->end;
	char *text = mem_format("%s: %zu as it must be, %zu not, %zu skipped", all->modes[mode],
				verdicts->ok, verdicts->failed, verdicts->skipped);
	size_t i;

	if (end->bail_out)
		text = append(text, ", ", mem_format("cut short: %s", end->bail_out));
	else if (!end->planned)
		text = append(text, ", ", mem_string("cut short: the file has no plan"));
	else if (!end->whole && end->plan < 0)
		text = append(text, ", ", mem_string("incomplete: a plan is missing"));
	else if (!end->whole)
		text = append(text, ", ", mem_format("incomplete: %ld were planned", end->plan));
	else if (end->skip)
		text = append(text, ", ", mem_format("not tried: %s", end->skip));
	for (i = 0; i < verdicts->gaps.nr; i++)
		text = append(text, "; ", mem_format("not isolated: %s, since %s",
						     verdicts->gaps.list[i].names,
						     verdicts->gaps.list[i].reason));
	for (i = 0; i < verdicts->skips.nr; i++)
		text = append(text, "; ", mem_format("skipped %s: %s", verdicts->skips.list[i].names,
						     verdicts->skips.list[i].reason));
	all->remarks = append(all->remarks, ". ", text);
}

static void free_reasons(struct reasons *reasons)
{
	size_t i;

	for (i = 0; i < reasons->nr; i++) {
		free(reasons->list[i].names);
		free(reasons->list[i].reason);
	}
	free(reasons->list);
}

static int add_file(struct isolation *all, size_t mode, const char *folder, struct error *error)
{
	struct verdicts verdicts = { 0 };
	struct sink sink = { all, mode, &verdicts };
	char *path, *data;
	size_t length;
	int code;

	path = mem_format("%s/%s%s%s", folder, prefix, all->modes[mode], suffix);
	code = file_read(path, &data, &length, error);
	free(path);
	if (code)
		return code;
	ktap_read(data, add_result, &sink, &verdicts.end);
	add_remarks(all, mode, &verdicts);
	free_reasons(&verdicts.skips);
	free_reasons(&verdicts.gaps);
	free(data);
	return 0;
}

static int is_wanted(const struct dirent *entry)
{
	size_t length = strlen(entry->d_name);

	return length > strlen(prefix) + strlen(suffix) &&
	       !strncmp(entry->d_name, prefix, strlen(prefix)) &&
	       !strcmp(entry->d_name + length - strlen(suffix), suffix);
}

/* Native comes first: there, an attack that is real gets through. */
static int compare_modes(const void *a, const void *b)
{
	const char *x = *(char *const *)a, *y = *(char *const *)b;
	int order = !!strcmp(x, "native") - !!strcmp(y, "native");

	return order ? order : strcmp(x, y);
}

static struct isolation *find_modes(const char *folder)
{
	struct isolation *all = mem_zero(1, sizeof(*all));
	struct dirent **entries = NULL;
	int nr = scandir(folder, &entries, is_wanted, NULL), i;

	all->remarks = mem_string("");
	for (i = 0; i < nr; i++) {
		const char *mode = entries[i]->d_name + strlen(prefix);

		all->modes = mem_grow(all->modes, all->nr_modes);
		all->modes[all->nr_modes++] =
			mem_format("%.*s", (int)(strlen(mode) - strlen(suffix)), mode);
		free(entries[i]);
	}
	free(entries);
	if (all->nr_modes)
		qsort(all->modes, all->nr_modes, sizeof(*all->modes), compare_modes);
	return all;
}

/**
 * isolation_load() - read the isolation tests' results beside a result file
 * @beside: the result file; in its folder lie the files isolation-MODE.ktap
 * @out: set to what they say, which the caller frees with isolation_free(); NULL when there are none
 * @error: the reason on failure
 *
 * Return: 0 or -errno.
 */
int isolation_load(const char *beside, struct isolation **out, struct error *error)
{
	char *folder = file_beside(beside, ".");
	struct isolation *all = find_modes(folder);
	int code = 0;
	size_t i;

	for (i = 0; !code && i < all->nr_modes; i++)
		code = add_file(all, i, folder, error);
	free(folder);
	if (code || !all->nr_modes) {
		isolation_free(all);
		all = NULL;
	}
	*out = all;
	return code;
}

/**
 * isolation_free() - free results of isolation tests
 * @isolation: what to free; may be NULL
 */
void isolation_free(struct isolation *isolation)
{
	size_t i, k;

	if (!isolation)
		return;
	for (i = 0; i < isolation->nr_cases; i++) {
		for (k = 0; k < isolation->nr_modes; k++)
			free(isolation->cases[i].cells[k]);
		free(isolation->cases[i].cells);
		free(isolation->cases[i].name);
		free(isolation->cases[i].attempt);
	}
	for (k = 0; k < isolation->nr_modes; k++)
		free(isolation->modes[k]);
	free(isolation->modes);
	free(isolation->cases);
	free(isolation->remarks);
	free(isolation);
}

/**
 * isolation_table() - the matrix
 * @isolation: results with at least one mode
 *
 * Return: a table the caller frees with table_free().
 */
struct table *isolation_table(const struct isolation *isolation)
{
	size_t nr = isolation->nr_modes, i, k;
	const char **heads = mem_zero(nr + 2, sizeof(*heads));
	struct table *table;

	heads[0] = "case";
	for (k = 0; k < nr; k++)
		heads[k + 1] = isolation->modes[k];
	heads[nr + 1] = "attempt";
	table = table_new(nr + 2, heads, nr + 2);
	free(heads);
	for (i = 0; i < isolation->nr_cases; i++) {
		const struct isolation_case *c = &isolation->cases[i];

		table_cell(table, "%s", c->name);
		for (k = 0; k < nr; k++)
			table_cell(table, "%s", c->cells[k] ? c->cells[k] : "-");
		table_cell(table, "%s", c->attempt);
	}
	return table;
}

/**
 * isolation_json() - the matrix for programs
 * @isolation: results, or NULL
 *
 * Return: a new reference: a list of cases, or null.
 */
json_t *isolation_json(const struct isolation *isolation)
{
	json_t *list, *cells;
	size_t i, k;

	if (!isolation)
		return json_null();
	list = json_array();
	for (i = 0; i < isolation->nr_cases; i++) {
		const struct isolation_case *c = &isolation->cases[i];

		cells = json_object();
		for (k = 0; k < isolation->nr_modes; k++)
			json_object_set_new(cells, isolation->modes[k],
					    c->cells[k] ? json_string(c->cells[k]) : json_null());
		json_array_append_new(list, json_pack("{s:s, s:s, s:o}", "name", c->name,
						      "attempt", c->attempt, "modes", cells));
	}
	return list;
}
