// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads KTAP (Documentation/dev-tools/ktap.rst). A plan stands before its results or after them, as in
 * TAP and in what this project's tests wrote first. Suites are indented by any depth; the line that
 * ends one repeats what its results said.
 */
#include "ktap.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "mem.h"

enum { DEPTHS = 16 };

/* The file, or a suite in it that has not ended. */
struct level {
	size_t indent;
	long plan;		/* -1 before there is one */
	size_t seen, failed;
};

struct reader {
	struct level levels[DEPTHS];
	size_t depth;		/* levels that are open; 0 before the first line of KTAP */
	struct level ended;	/* the suite that the line before was the last of */
	bool has_ended;
	struct ktap_end *end;
};

static bool begins(const char *text, const char *with)
{
	return !strncmp(text, with, strlen(with));
}

static void keep_plan(struct reader *reader, const struct level *level)
{
	if (!reader->end->whole || (level->plan >= 0 && (size_t)level->plan == level->seen))
		return;
	reader->end->whole = false;
	reader->end->plan = level->plan;
}

/* The level that a line of that indentation belongs to; deeper ones have ended. */
static struct level *level_at(struct reader *reader, size_t indent)
{
	struct level *top;

	reader->has_ended = false;
	if (!reader->depth)
		reader->levels[reader->depth++].indent = indent;
	while (reader->depth > 1 && reader->levels[reader->depth - 1].indent > indent) {
		top = &reader->levels[--reader->depth];
		keep_plan(reader, top);
		reader->ended = *top;
		reader->has_ended = true;
	}
	top = &reader->levels[reader->depth - 1];
	if (indent > top->indent && reader->depth < DEPTHS) {
		top = &reader->levels[reader->depth++];
		*top = (struct level){ .indent = indent, .plan = -1 };
	}
	return top;
}

static void read_plan(struct reader *reader, struct level *level, char *text)
{
	char *reason;

	level->plan = strtol(text + 3, &reason, 10);
	reader->end->planned = true;
	reason += strspn(reason, " ");
	if (level->plan || reader->depth > 1 || *reason != '#')
		return;
	reason += strspn(reason, "# ");
	if (!strncasecmp(reason, "SKIP", 4))
		reason += 4;
	reader->end->skip = reason + strspn(reason, ": ");
}

static char *behind_number(char *text)
{
	text += strspn(text, " ");
	text += strspn(text, "0123456789");
	text += strspn(text, " ");
	return begins(text, "- ") ? text + 2 : text;
}

/* "DESCRIPTION # DIRECTIVE REASON" is cut up in place. */
static void read_directive(struct ktap_result *result)
{
	char *at = strstr(result->description, " # ");

	/* What has no description begins with its directive. */
	if (!at && begins(result->description, "# "))
		at = result->description - 1;
	if (!at)
		return;
	result->note = at + 3;
	if (at >= result->description)
		*at = '\0';
	else
		result->description = at + strlen(at);
	if (!strncasecmp(result->note, "SKIP", 4)) {
		result->skip = result->note + 4;
		result->skip += strspn(result->skip, ": ");
		result->note = NULL;
	} else if (!strncasecmp(result->note, "TODO", 4) || !strncasecmp(result->note, "XFAIL", 5)) {
		/* Nobody expects it to pass yet, so that it is no failure, and no pass either. */
		result->skip = result->note;
		result->note = NULL;
	}
}

static void read_result(struct reader *reader, struct level *level, char *text, ktap_case report,
			void *context)
{
	struct ktap_result result = { .ok = begins(text, "ok") };
	bool of_suite = reader->has_ended && reader->ended.seen;

	result.description = behind_number(text + strlen(result.ok ? "ok" : "not ok"));
	read_directive(&result);
	level->seen++;
	level->failed += !result.ok && !result.skip;
	/* A suite failed as its results did; one that says more than they is a result of its own. */
	if (of_suite && (result.ok || result.skip || reader->ended.failed))
		return;
	report(context, &result);
}

/**
 * ktap_read() - read a file of KTAP
 * @text: what is in it; cut up
 * @report: called for each result that stands for no others
 * @context: handed to @report
 * @end: set to what else the file says
 */
void ktap_read(char *text, ktap_case report, void *context, struct ktap_end *end)
{
	struct reader reader = { .end = end };
	char *line, *rest;
	size_t indent;

	reader.levels[0].plan = -1;
	*end = (struct ktap_end){ .whole = true };
	for (rest = text; (line = strsep(&rest, "\r\n"));) {
		indent = strspn(line, " \t");
		line += indent;
		if (begins(line, "ok ") || begins(line, "not ok "))
			read_result(&reader, level_at(&reader, indent), line, report, context);
		else if (begins(line, "1..") && isdigit((unsigned char)line[3]))
			read_plan(&reader, level_at(&reader, indent), line);
		else if (begins(line, "KTAP version ") || begins(line, "TAP version "))
			level_at(&reader, indent);
		else if (begins(line, "Bail out!"))
			end->bail_out = line + 9 + strspn(line + 9, " ");
	}
	level_at(&reader, 0);
	keep_plan(&reader, &reader.levels[0]);
	if (end->whole)
		end->plan = reader.levels[0].plan;
}
