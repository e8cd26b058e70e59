// SPDX-License-Identifier: GPL-2.0-only
/* What a gate found: in words, as tests, as JSON. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "gate.h"
#include "json_out.h"
#include "mem.h"
#include "plural.h"
#include "table.h"
#include "wrap.h"

static const char *per_operation(const struct metric *metric)
{
	if (!metric->unit)
		return "per operation";
	if (!strcmp(metric->unit, "bytes"))
		return "bytes";
	return strcmp(metric->unit, "ns") ? "insn per operation" : "ns per operation";
}

/* Without digits that say nothing, and with those that a small difference needs. */
static char *number(double value, double difference)
{
	int decimals = fabs(difference) > 0 && fabs(difference) < 0.05 ? 4 : 1;

	if (value == floor(value) && difference == floor(difference))
		decimals = 0;
	return mem_format("%.*f", decimals, value);
}

static char *evidence(const struct gated *gated)
{
	const struct judgement *j = &gated->judgement;
	size_t nr = gated->change->nr;
	char *ratio;

	ratio = isnan(j->ratio) ? mem_string("no ratio to what is not above 0") :
		isnan(j->low) ? mem_format("ratio %.3f", j->ratio) :
		mem_format("ratio %.3f, %s %.3f..%.3f", j->ratio,
			   gated->base->exact ? "range" : "interval", j->low, j->high);
	if (!gated->base->exact) {
		char *longer = mem_format("%s, %zu and %zu boots, p %.2g, corrected %.2g, Cliff's "
					  "delta %+.2f", ratio, gated->base->nr, nr, j->p,
					  j->adjusted, j->delta);

		free(ratio);
		ratio = longer;
	}
	return ratio;
}

/**
 * gated_sentence() - by how much a figure moved, and how sure that is
 * @gated: the figure
 *
 * Return: a text the caller frees.
 */
char *gated_sentence(const struct gated *gated)
{
	const struct judgement *j = &gated->judgement;
	char *base = number(j->base, j->difference), *change = number(j->change, j->difference);
	char *by = number(fabs(j->difference), j->difference), *why = evidence(gated);
	char *below = judgement_below(j), *text;

	text = mem_format("%s -> %s %s, %c%s%s%s (%s)", base, change, per_operation(gated->base),
			  j->difference < 0 ? '-' : '+', by, *below ? ", " : "", below, why);
	free(below);
	free(base);
	free(change);
	free(by);
	free(why);
	return text;
}

static char *boots_text(size_t boots, const struct gate *gate)
{
	const char *what = strcmp(gate->base->clock, "insn") ? "boots" : "starts";

	if (boots == SIZE_MAX)
		return mem_format("no number of %s would decide", what);
	return mem_format("%zu %s of each side would decide", boots, what);
}

/**
 * gate_summary() - the outcome in a line
 * @gate: the gate
 *
 * Return: a text the caller frees.
 */
char *gate_summary(const struct gate *gate)
{
	char *unclear = boots_text(gate->boots, gate), *below, *text;

	below = gate->nr_below ? mem_format(" (%zu differ%s, by less than matters)", gate->nr_below,
					    gate->nr_below == 1 ? "s" : "") :
				 mem_string("");
	text = mem_format("%zu figure%s: %zu worse, %zu better, %zu no change%s, %zu inconclusive"
			  "%s%s; %zu not measured any more, %zu new", gate->nr, plural(gate->nr),
			  gate->nr_by[VERDICT_WORSE], gate->nr_by[VERDICT_BETTER],
			  gate->nr_by[VERDICT_SAME], below, gate->nr_by[VERDICT_UNCLEAR],
			  gate->nr_by[VERDICT_UNCLEAR] ? ": " : "",
			  gate->nr_by[VERDICT_UNCLEAR] ? unclear : "", gate->nr_gone, gate->nr_added);
	free(below);
	free(unclear);
	return text;
}

static void print_gated(const struct gate *gate, const struct gated *gated, FILE *out)
{
	char *sentence = gated_sentence(gated), *moved = gated_moved(gate, gated), *text;

	fprintf(out, "\n%-7s %s\n", gated->judgement.below > 0 ? "small" :
		verdict_name(gated->judgement.verdict), gated->base->name);
	print_wrapped(out, 8, sentence);
	if (*moved) {
		text = mem_format("with it: %s", moved);
		print_wrapped(out, 8, text);
		free(text);
	}
	free(sentence);
	free(moved);
}

static void print_unclear(const struct gate *gate, FILE *out)
{
	size_t i;

	fputs("\ninconclusive: how many of each side would decide\n", out);
	for (i = 0; i < gate->nr; i++) {
		const struct gated *gated = &gate->list[i];

		if (gated->judgement.verdict != VERDICT_UNCLEAR)
			continue;
		if (gated->judgement.boots == SIZE_MAX)
			fprintf(out, "%10s", "none");
		else
			fprintf(out, "%10zu", gated->judgement.boots);
		fprintf(out, "  %s\n", gated->base->name);
	}
}

/* A figure of one side, with what the other says of its row. */
static void print_single(FILE *out, const char *word, const struct metric *metric, const char *side,
			 const char *other, const char *why)
{
	char *text = mem_format("measured in the %s only%s%s%s%s", side, why ? "; in the " : "",
				why ? other : "", why ? " " : "", why ? why : "");

	fprintf(out, "\n%-7s %s\n", word, metric->name);
	print_wrapped(out, 8, text);
	free(text);
}

/* What only one side has. */
static void print_one_sided(const struct gate *gate, FILE *out)
{
	const struct left_out *run;
	const char *path;
	size_t i;

	for (i = 0; i < gate->nr_gone; i++)
		print_single(out, "gone", gate->gone[i], "base", "change",
			     gate_why_gone(gate, gate->gone[i]));
	for (i = 0; i < gate->nr_added; i++)
		print_single(out, "new", gate->added[i], "change", "base",
			     figures_why_not(gate->base, gate->added[i]->name));
	for (i = 0; i < gate->nr_runs; i++) {
		run = gate_run(gate, i, &path);
		fprintf(out, "\nrun     %s of %s: %s\n", run->name, path, run->why);
	}
	if (gate->nr_further)
		fputs("\nnot judged, and on one side only (or 0 in every boot of the other)\n", out);
	for (i = 0; i < gate->nr_further; i++)
		fprintf(out, "    %-6s  %s\n", i < gate->nr_further_base ? "base" : "change",
			gate->further[i]->name);
}

static int print_text(const struct gate *gate, FILE *out)
{
	bool insn = !strcmp(gate->base->clock, "insn");
	char *text = gate_summary(gate), *how;
	size_t i, k;

	how = insn ? mem_string("Clock insn: path length, exact. A change is a gap between the "
				"ranges over perturbed starts that is wider than the grain: one "
				"interrupt of a mean, a bucket of a percentile, four events of a "
				"count.") :
	      mem_format("Clock wall: real time. A change is what the rank test over boots finds "
			 "at %g %% for all figures together (Holm), if it may be as large as "
			 "what matters; \"no change\" is where the interval of the ratio (%g %%, "
			 "of each figure alone) stays within %g %% of 1, however certain a "
			 "smaller difference is.", 100 * gate->request->demand.confidence,
			 100 * gate->request->demand.confidence,
			 100 * gate->request->demand.effect);
	print_wrapped(out, 0, text);
	print_wrapped(out, 0, how);
	free(text);
	free(how);
	if (*gate->waived) {
		text = mem_format("The setups differ in %s, which --allow let through.",
				  gate->waived);
		print_wrapped(out, 0, text);
		free(text);
	}
	for (k = VERDICT_WORSE; k <= VERDICT_BETTER; k++)
		for (i = 0; i < gate->nr; i++)
			if (gate->list[i].judgement.verdict == k)
				print_gated(gate, &gate->list[i], out);
	for (i = 0; i < gate->nr; i++)
		if (gate->list[i].judgement.below > 0)
			print_gated(gate, &gate->list[i], out);
	print_one_sided(gate, out);
	if (gate->nr_by[VERDICT_UNCLEAR])
		print_unclear(gate, out);
	return ferror(out) ? -1 : 0;
}

static json_t *boots_json(const struct judgement *j)
{
	return j->verdict == VERDICT_UNCLEAR && j->boots != SIZE_MAX ? json_integer(j->boots) :
								       json_null();
}

static json_t *gated_json(const struct gate *gate, const struct gated *gated)
{
	const struct judgement *j = &gated->judgement;
	char *moved = gated_moved(gate, gated);
	json_t *json = json_pack(
		"{s:s, s:s?, s:s, s:b, s:o, s:o, s:o, s:o, s:[o, o], s:o, s:o, s:o, s:o, s:s}",
		"name", gated->base->name, "unit", gated->base->unit,
		"verdict", verdict_name(j->verdict), "below_effect", j->below > 0,
		"base", json_number(j->base),
		"change", json_number(j->change), "difference", json_number(j->difference),
		"ratio", json_number(j->ratio), "interval", json_number(j->low),
		json_number(j->high), "p", json_number(j->p), "p_corrected",
		json_number(j->adjusted), "cliffs_delta", json_number(j->delta),
		"boots_needed", boots_json(j), "moved", moved);

	free(moved);
	return json;
}

static void add_one_sided(json_t *list, const char *kind, const char *side, const char *name,
			  const char *why)
{
	json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:s?}", "kind", kind, "side", side,
					      "name", name, "reason", why));
}

static json_t *unmatched_list(const struct gate *gate)
{
	json_t *list = json_array();
	const struct left_out *run;
	const char *path;
	size_t i;

	for (i = 0; i < gate->nr_gone; i++)
		add_one_sided(list, "figure", "base", gate->gone[i]->name,
			      gate_why_gone(gate, gate->gone[i]));
	for (i = 0; i < gate->nr_added; i++)
		add_one_sided(list, "figure", "change", gate->added[i]->name,
			      figures_why_not(gate->base, gate->added[i]->name));
	for (i = 0; i < gate->nr_further; i++)
		add_one_sided(list, "counter", i < gate->nr_further_base ? "base" : "change",
			      gate->further[i]->name, NULL);
	for (i = 0; i < gate->nr_runs; i++) {
		run = gate_run(gate, i, &path);
		add_one_sided(list, "run", path == gate->base->path ? "base" : "change", run->name,
			      run->why);
	}
	return list;
}

static int print_json(const struct gate *gate, FILE *out)
{
	json_t *list = json_array(), *gone = json_array();
	size_t i;

	for (i = 0; i < gate->nr; i++)
		json_array_append_new(list, gated_json(gate, &gate->list[i]));
	for (i = 0; i < gate->nr_gone; i++)
		json_array_append_new(gone, json_string(gate->gone[i]->name));
	return json_print(json_pack("{s:{s:i, s:i}, s:s, s:i, s:s, s:o, s:o, s:o}", "schema", "major", 1,
				    "minor", 1, "clock", gate->base->clock, "status",
				    gate_code(gate), "waived", gate->waived, "figures", list,
				    "gone", gone, "unmatched", unmatched_list(gate)), out);
}

/**
 * gate_print() - print what a gate found
 * @gate: the gate
 * @format: text, ktap, junit or json
 * @out: where to
 *
 * Return: 0 or negative.
 */
int gate_print(const struct gate *gate, const char *format, FILE *out)
{
	if (!strcmp(format, "json"))
		return print_json(gate, out);
	if (!strcmp(format, "text"))
		return print_text(gate, out);
	return gate_print_tests(gate, !strcmp(format, "junit"), out);
}
