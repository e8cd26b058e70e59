// SPDX-License-Identifier: GPL-2.0-only
/* A comparison as a mail: a table for each pair of labels. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "label.h"
#include "mail.h"
#include "mem.h"
#include "paragraph.h"
#include "plural.h"
#include "report.h"
#include "setup.h"
#include "table.h"

static bool same_pair(const struct comparison *a, const struct comparison *b)
{
	return !strcmp(a->change->label, b->change->label) &&
	       !strcmp(a->base->label, b->base->label) &&
	       a->change->guarantee == b->change->guarantee;
}

static bool is_first(const struct comparisons *all, size_t index)
{
	size_t i;

	for (i = 0; i < index; i++)
		if (same_pair(&all->list[i], &all->list[index]))
			return false;
	return true;
}

/* What a row is called in a report, with its method. */
static char *name_of(const struct report *report, const struct row *row)
{
	char *name, *text;
	size_t i;

	for (i = 0; i < report->nr_views; i++) {
		if (report->views[i].batch != row && report->views[i].single != row)
			continue;
		name = view_name(&report->views[i]);
		text = mem_format("%s %s", name, row->method);
		free(name);
		return text;
	}
	return mem_string(row->name);
}

static void add_line(struct table *table, const struct report *report, const struct comparison *c)
{
	char *name = name_of(report, c->change);
	double difference = c->judgement.difference;

	/* The mail has no room for a column of a word that is nearly always the same. */
	table_cell(table, "%s%s", name, c->quantity == QUANTITY_MEAN ? "" : " *");
	table_number(table, c->judgement.base, 1);
	table_number(table, c->judgement.change, 1);
	/* A small difference is not none. */
	table_number(table, difference, difference == 0 || fabs(difference) >= 0.05 ? 1 : 4);
	table_number(table, c->judgement.ratio, 3);
	if (isnan(c->low))
		table_cell(table, "-");
	else
		table_cell(table, "%.3f..%.3f", c->low, c->high);
	table_cell(table, "%s", verdict_name(c->judgement.verdict));
	if (c->judgement.boots && c->judgement.boots != SIZE_MAX)
		table_cell(table, "%zu", c->judgement.boots);
	else
		table_cell(table, "-");
	table_number(table, c->el2_entries, 3);
	table_cell(table, "%llu/%llu", (unsigned long long)c->base->count,
		   (unsigned long long)c->change->count);
	free(name);
}

static void print_pair(const struct comparisons *all, size_t first, const struct report *report,
		       FILE *out)
{
	static const char *const heads[] = {
		"per operation", "base", "new", "difference", "ratio", "interval", "verdict",
		"needs", "EL2 entries", "n"
	};
	const struct comparison *pair = &all->list[first];
	const struct row *base = pair->base, *change = pair->change;
	struct table *table = table_new(sizeof(heads) / sizeof(*heads), heads, 1);
	size_t i;

	fputc('\n', out);
	if (!strcmp(base->label, change->label)) {
		print_paragraph(out, 0, "%s, base and new", change->label);
	} else {
		print_paragraph(out, 0, "%s (new) against %s (base)", change->label, base->label);
		print_paragraph(out, 2, "guarantee of %s: %s", base->label,
				label_promise(base->mode, base->guarantee));
	}
	print_paragraph(out, 2, "guarantee of %s: %s", change->label,
			label_promise(change->mode, change->guarantee));
	fputc('\n', out);
	for (i = first; i < all->nr; i++)
		if (same_pair(pair, &all->list[i]))
			add_line(table, report, &all->list[i]);
	table_print(table, TABLE_MAIL, out);
	table_free(table);
}

/* Machine and number of boots of one side. */
static void print_side(const char *name, const struct stats *stats, FILE *out)
{
	const struct result *result = stats->result;
	const json_t *setup = result->runs[0].setup;
	char *cpu = setup_value(setup, "cpu_model"), *qemu = setup_value(setup, "qemu");
	char *kernel = setup_value(setup, "kernel_release");
	char *series = setup_value(setup, "series_hash");
	char *suite = setup_value(setup, "suite_version");

	print_item(out, "%s: CPU model %s, QEMU %s, kernel %s, patch series %s, suite %s, "
		   "%zu boot%s of all modes", name, cpu, qemu, kernel, series, suite,
		   result->nr_runs, plural(result->nr_runs));
	free(suite);
	free(series);
	free(kernel);
	free(qemu);
	free(cpu);
}

static void print_method(const struct comparisons *all, bool insn, FILE *out)
{
	fputs("\nHow to read this\n", out);
	print_item(out, "mean per operation less that of the null row, where there is one; n: "
		   "operations of base/new; needs: so many %s of each side would decide what is %s",
		   insn ? "starts" : "boots", verdict_name(VERDICT_UNCLEAR));
	if (insn) {
		print_item(out, "*: the median over rounds, or the least of single operations, in "
			   "place of the mean: no more rounds differ than the timer's ticks explain");
		print_item(out, "interval: range of the ratio over perturbed starts; verdict: worse "
			   "or better when the starts of both sides lie apart, by more than one "
			   "interrupt costs where the figure is the mean");
	} else {
		print_item(out, "ratio and interval (%g %%) by Hodges and Lehmann, over boots; "
			   "verdict by the rank test, corrected for %zu row%s (Holm); %s: the "
			   "interval, of each row alone, stays within %g %% of 1, and what differs "
			   "by less does not matter", 100 * demand_usual.confidence, all->nr,
			   plural(all->nr), verdict_name(VERDICT_SAME), 100 * demand_usual.effect);
	}
	fputs("\nWhat this does not show\n", out);
	print_paragraph(out, 2, "%s. Counters other than entries to EL2 are in the comparison as "
			"JSON.", mail_not_shown(insn));
	if (*all->waived)
		print_paragraph(out, 2, "The setups differ in %s, which --allow let through.",
				all->waived);
}

static void print_unmatched(const struct comparisons *all, FILE *out)
{
	char *text;
	size_t i;

	if (all->unmatched.nr)
		fputs("\nNot compared, or not alike\n", out);
	for (i = 0; i < all->unmatched.nr; i++) {
		text = unmatched_text(&all->unmatched.items[i]);
		print_item(out, "%s", text);
		free(text);
	}
}

static void print_commands(const struct comparisons *all, FILE *out)
{
	static const char *const by[] = {
		[AXIS_MODE] = "mode", [AXIS_COMMIT] = "commit", [AXIS_KERNEL] = "kernel",
	};
	const char *words[16] = { ".build/analysis/smmustat", "compare" };
	bool two = all->base != all->change;
	size_t nr = 2;

	fputs("\nTo measure it again\n", out);
	mail_reservations(two ? "base: " : "", all->base->result, out);
	if (two)
		mail_reservations("new: ", all->change->result, out);
	if (*all->waived)
		print_item(out, "FIELD is what the setups differ in, an --allow for each");
	fputc('\n', out);
	mail_bench(all->base->result, false, two ? "results/base" : "results/again", out);
	if (two)
		mail_bench(all->change->result, false, "results/new", out);
	words[nr++] = two ? "results/base" : "results/again";
	if (two)
		words[nr++] = "results/new";
	words[nr++] = "--by";
	words[nr++] = by[all->axis];
	if (*all->waived) {
		words[nr++] = "--allow";
		words[nr++] = "FIELD";
	}
	words[nr++] = "--format";
	words[nr++] = "mail";
	mail_command(words, nr, out);
}

/**
 * comparisons_mail() - print comparisons as a mail
 * @comparisons: what to print
 * @out: where to
 *
 * Return: 0.
 */
int comparisons_mail(const struct comparisons *comparisons, FILE *out)
{
	bool insn = !strcmp(comparisons->change->unit, "insn");
	struct report *report = report_new(comparisons->change, NULL);
	char *summary = unmatched_summary(&comparisons->unmatched);
	size_t i;

	fprintf(out, "DMA path under pKVM, compared: %s per operation\n\n",
		insn ? "instructions" : "ns");
	print_paragraph(out, 0, "Clock %s.", report_clock(report));
	if (comparisons->base != comparisons->change)
		print_side("base", comparisons->base, out);
	print_side("new", comparisons->change, out);
	if (*summary)
		print_item(out, "not all is compared: %s; see below", summary);
	free(summary);
	for (i = 0; i < comparisons->nr; i++)
		if (is_first(comparisons, i))
			print_pair(comparisons, i, report, out);
	print_unmatched(comparisons, out);
	print_method(comparisons, insn, out);
	print_commands(comparisons, out);
	report_free(report);
	return 0;
}
