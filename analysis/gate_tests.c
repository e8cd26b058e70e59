// SPDX-License-Identifier: GPL-2.0-only
/* A gate as tests, one for each figure: KTAP for people and scripts, JUnit for CI servers. */
#include <stdlib.h>
#include <string.h>

#include "gate.h"
#include "mem.h"
#include "table.h"

enum outcome { PASSED, FAILED, INCONCLUSIVE };

/* The figures of both sides, those that are gone, and the runs that are not complete. */
static size_t nr_tests(const struct gate *gate)
{
	return gate->nr + gate->nr_gone + gate->nr_runs;
}

/* The description of test @index, and what became of it; the caller frees @detail. */
static enum outcome test(const struct gate *gate, size_t index, const char **name, char **detail)
{
	const struct gated *gated;
	const struct left_out *run;
	const char *why, *path;
	char *sentence, *moved;

	if (index >= gate->nr + gate->nr_gone) {
		run = gate_run(gate, index - gate->nr - gate->nr_gone, &path);
		*name = run->name;
		*detail = mem_format("inconclusive: %s in %s", run->why, path);
		return INCONCLUSIVE;
	}
	if (index >= gate->nr) {
		*name = gate->gone[index - gate->nr]->name;
		why = gate_why_gone(gate, gate->gone[index - gate->nr]);
		*detail = mem_format("measured in the base only%s%s", why ? "; in the change " : "",
				     why ? why : "");
		return FAILED;
	}
	gated = &gate->list[index];
	*name = gated->base->name;
	sentence = gated_sentence(gated);
	moved = gated_moved(gate, gated);
	*detail = mem_format("%s: %s%s%s", verdict_name(gated->judgement.verdict), sentence,
			     *moved ? "; with it: " : "", moved);
	free(sentence);
	free(moved);
	switch (gated->judgement.verdict) {
	case VERDICT_WORSE:
		return FAILED;
	case VERDICT_BETTER:
		return gate->request->any ? FAILED : PASSED;
	case VERDICT_UNCLEAR:
		return INCONCLUSIVE;
	default:
		return PASSED;
	}
}

/* It passed, and there is something to be said all the same. */
static bool is_below(const struct gate *gate, size_t index)
{
	return index < gate->nr && gate->list[index].judgement.below > 0;
}

static void print_ktap(const struct gate *gate, FILE *out)
{
	enum outcome outcome;
	const char *name;
	char *detail;
	size_t i;

	fprintf(out, "KTAP version 1\n1..%zu\n", nr_tests(gate));
	for (i = 0; i < gate->nr_added; i++)
		fprintf(out, "# new: %s\n", gate->added[i]->name);
	for (i = 0; i < nr_tests(gate); i++) {
		outcome = test(gate, i, &name, &detail);
		if (outcome == FAILED || is_below(gate, i))
			fprintf(out, "# %s\n", detail);
		fprintf(out, "%sok %zu %s%s%s\n", outcome == PASSED ? "" : "not ", i + 1, name,
			outcome == INCONCLUSIVE ? " # " : "", outcome == INCONCLUSIVE ? detail : "");
		free(detail);
	}
}

static void print_xml(FILE *out, const char *before, const char *text, const char *after)
{
	fputs(before, out);
	print_escaped(out, text, TABLE_HTML);
	fputs(after, out);
}

static void print_junit(const struct gate *gate, FILE *out)
{
	size_t failures = gate->nr_by[VERDICT_WORSE] + gate->nr_gone, i;
	const char *name;
	char *detail;

	if (gate->request->any)
		failures += gate->nr_by[VERDICT_BETTER];
	fprintf(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<testsuite name=\"gate\" tests=\"%zu\" errors=\"%zu\" failures=\"%zu\" "
		"skipped=\"0\">\n", nr_tests(gate),
		gate->nr_by[VERDICT_UNCLEAR] + gate->nr_runs, failures);
	for (i = 0; i < nr_tests(gate); i++) {
		enum outcome outcome = test(gate, i, &name, &detail);

		print_xml(out, "  <testcase classname=\"gate\" name=\"", name, "\"");
		if (is_below(gate, i))
			print_xml(out, ">\n    <system-out>", detail,
				  "</system-out>\n  </testcase>\n");
		else if (outcome == PASSED)
			fputs("/>\n", out);
		else
			print_xml(out, outcome == FAILED ? ">\n    <failure message=\"" :
				  ">\n    <error message=\"", detail, "\"/>\n  </testcase>\n");
		free(detail);
	}
	fputs("</testsuite>\n", out);
}

/**
 * gate_print_tests() - print a gate as tests
 * @gate: the gate
 * @junit: as JUnit's XML, else as KTAP
 * @out: where to
 *
 * What is inconclusive did not pass, and is no failure either: not ok with the reason, an error.
 *
 * Return: 0 or negative.
 */
int gate_print_tests(const struct gate *gate, bool junit, FILE *out)
{
	if (junit)
		print_junit(gate, out);
	else
		print_ktap(gate, out);
	return ferror(out) ? -1 : 0;
}
