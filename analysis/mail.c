// SPDX-License-Identifier: GPL-2.0-only
/* The report as a mail: the figures first, then how they came about, and how to get them again. */
#include "mail.h"

#include <stdlib.h>
#include <string.h>

#include "isolation.h"
#include "mem.h"
#include "paragraph.h"
#include "text.h"

static const char *fact(const struct report *report, const char *name)
{
	size_t i;

	for (i = 0; i < report->nr_facts; i++)
		if (!strcmp(report->facts[i].name, name))
			return report->facts[i].value;
	return "unknown";
}

/* What is said above the figures is not said again below them. */
static bool is_above(const char *name)
{
	static const char *const above[] = { "clock", "CPU model", "QEMU", "kernel", "boots", "n" };
	size_t i;

	for (i = 0; i < sizeof(above) / sizeof(*above); i++)
		if (!strcmp(name, above[i]))
			return true;
	return false;
}

static void print_head(const struct report *report, FILE *out)
{
	fprintf(out, "DMA path under pKVM: %s per operation\n\n",
		report->insn ? "instructions" : "ns");
	print_paragraph(out, 0, "Clock %s; CPU model %s, QEMU %s, kernel %s; %s. n: operations in "
			"batches / single operations.", fact(report, "clock"),
			fact(report, "CPU model"), fact(report, "QEMU"), fact(report, "kernel"),
			fact(report, "boots"));
}

/* Rows of a kind, and what of them is in the table. */
struct kind {
	enum guarantee guarantee;
	bool labelled;	/* there is more than one label */
	bool synced;	/* there are CMD_SYNCs */
};

static bool is_of(const struct view *view, const struct kind *kind)
{
	return view->row->guarantee == kind->guarantee && view->row->nr_parts;
}

static void add_line(struct table *table, const struct report *report, const struct view *view,
		     const struct kind *kind)
{
	bool marked = !view->row->overhead && !view->row->null_subtracted;
	unsigned long long batches = view->batch ? view->batch->count : 0;
	unsigned long long singles = view->single ? view->single->count : 0;
	char *name = view_name(view);

	table_cell(table, "%s%s%s", name, marked ? " !" : "",
		   view->batch ? "" : " (mean of single)");
	if (kind->labelled)
		table_cell(table, "%s", view->label);
	table_number(table, view_mean(view), 1);
	table_number(table, view_percentile(view, 50), report->insn ? 0 : 1);
	table_number(table, view_percentile(view, 99), report->insn ? 0 : 1);
	table_number(table, view_percentile(view, 100), report->insn ? 0 : 1);
	table_number(table, view_counter(view, "instructions_el1"), 1);
	table_number(table, view_counter(view, "instructions_el2"), 1);
	table_number(table, view_counter_median(view, "instructions_el1"), 1);
	table_number(table, row_el2_entries(view->row), 3);
	if (kind->synced)
		table_number(table, view_counter(view, "cmd_sync"), 3);
	table_cell(table, "%llu/%llu", batches, singles);
	free(name);
}

static struct kind kind_of(const struct report *report, enum guarantee guarantee)
{
	struct kind kind = { .guarantee = guarantee };
	const struct view *first = NULL;
	size_t i;

	for (i = 0; i < report->nr_views; i++) {
		const struct view *view = &report->views[i];

		if (!is_of(view, &kind))
			continue;
		first = first ? first : view;
		kind.labelled |= strcmp(first->label, view->label) != 0;
		kind.synced |= view_counter(view, "cmd_sync") > 0;
	}
	return kind;
}

static struct table *new_table(const struct kind *kind)
{
	const char *heads[16] = { "per operation" };
	size_t words = 1, nr;

	/* A label that all rows have is in the words above them. */
	if (kind->labelled)
		heads[words++] = "label";
	nr = words;
	heads[nr++] = "mean";
	heads[nr++] = "p50";
	heads[nr++] = "p99";
	heads[nr++] = "max";
	heads[nr++] = "EL1";
	heads[nr++] = "EL2";
	heads[nr++] = "EL1 median";
	heads[nr++] = "EL2 entries";
	if (kind->synced)
		heads[nr++] = "CMD_SYNC";
	heads[nr++] = "n";
	return table_new(nr, heads, words);
}

static void print_kind(const struct report *report, enum guarantee guarantee, FILE *out)
{
	const struct kind kind = kind_of(report, guarantee);
	struct table *table = new_table(&kind);
	char *promises = report_promises(report, guarantee, "; ");
	size_t i;

	fprintf(out, "\n%s\n", label_kind(guarantee));
	print_paragraph(out, 2, "%s", promises);
	fputc('\n', out);
	for (i = 0; i < report->nr_views; i++)
		if (is_of(&report->views[i], &kind))
			add_line(table, report, &report->views[i], &kind);
	table_print(table, TABLE_MAIL, out);
	if (!kind.synced)
		fputs("  no row has CMD_SYNCs that EL2 counted\n", out);
	table_free(table);
	free(promises);
}

/* Dozens of cases would hide the figures: what became of them is in their remarks. */
static void print_sections(const struct report *report, FILE *out)
{
	struct section *sections;
	size_t nr = report_sections(report, &sections), i;

	for (i = 0; i < nr; i++) {
		fprintf(out, "\n%s\n", sections[i].title);
		print_paragraph(out, 2, "%s", sections[i].note);
		if (report->isolation && i + 1 == nr)
			continue;
		fputc('\n', out);
		table_print(sections[i].table, TABLE_MAIL, out);
	}
	sections_free(sections, nr);
}

static void print_missing(const struct report *report, FILE *out)
{
	bool headed = false;
	char *sentence;
	size_t i;

	for (i = 0; i < report->stats->nr_rows; i++) {
		sentence = text_missing(report, i);
		if (!sentence)
			continue;
		if (!headed)
			fputs("\nNot, or not wholly, measured\n", out);
		headed = true;
		print_item(out, "%s", sentence);
		free(sentence);
	}
}

/**
 * mail_not_shown() - what no figure on a clock says
 * @insn: whether the clock counts instructions
 *
 * Return: a constant string.
 */
const char *mail_not_shown(bool insn)
{
	if (insn)
		return "What an instruction costs, such as a barrier, an exception return, a TLB "
		       "invalidation or an access to the SMMU; waiting for the SMMU; contention "
		       "between CPUs";
	return "Other machines, other numbers of threads, and what the kernel does when more than "
	       "this runs";
}

static void print_method(const struct report *report, FILE *out)
{
	size_t i;

	fputs("\nWhat this does not show\n", out);
	print_paragraph(out, 2, "%s. Counters by reason and opcode%s are in the report as text or "
			"HTML.", mail_not_shown(report->insn),
			report->isolation ? ", and isolation case by case," : "");
	fputs("\nHow it was measured\n", out);
	for (i = 0; i < report->nr_facts; i++)
		if (!is_above(report->facts[i].name))
			print_item(out, "%s: %s", report->facts[i].name, report->facts[i].value);
}

/**
 * report_mail() - print a report as a mail
 * @report: the report
 * @out: where to
 *
 * Return: 0.
 */
int report_mail(const struct report *report, FILE *out)
{
	const struct result *result = report->stats->result;
	int kind;

	print_head(report, out);
	for (kind = 0; kind < GUARANTEE_KINDS; kind++)
		if (report_has(report, kind))
			print_kind(report, kind, out);
	print_sections(report, out);
	print_missing(report, out);
	print_method(report, out);
	fputs("\nTo measure it again\n", out);
	mail_reservations("", result, out);
	fputc('\n', out);
	mail_bench(result, report->isolation, "results/again", out);
	mail_command((const char *[]){ ".build/analysis/smmustat", "report", "--format", "mail",
				       "results/again" }, 5, out);
	return 0;
}
