// SPDX-License-Identifier: GPL-2.0-only
/* The report for a terminal and for Markdown, and the tables that the HTML page shares. */
#include "text.h"

#include <stdlib.h>
#include <string.h>

#include "mem.h"

static void add_line(struct table *table, const struct report *report, const struct view *view)
{
	bool marked = !view->row->overhead && !view->row->null_subtracted;
	char size[32], batch_n[32] = "-", single_n[32] = "-";

	format_size(size, sizeof(size), parameter_integer(view->row->parameters, "size"));
	if (view->batch)
		snprintf(batch_n, sizeof(batch_n), "%llu", (unsigned long long)view->batch->count);
	if (view->single)
		snprintf(single_n, sizeof(single_n), "%llu",
			 (unsigned long long)view->single->count);
	table_cell(table, "%s%s%s%s%s", view->row->name, *view->details ? " " : "", view->details,
		   marked ? " !" : "", view->batch ? "" : " (mean of single)");
	table_cell(table, "%s", view->label);
	table_cell(table, "%s", size);
	table_number(table, view_mean(view), 1);
	table_number(table, view_percentile(view, 50), report->insn ? 0 : 1);
	table_number(table, view_percentile(view, 99), report->insn ? 0 : 1);
	table_number(table, view_percentile(view, 100), report->insn ? 0 : 1);
	table_number(table, view_counter(view, "instructions_el1"), 1);
	table_number(table, view_counter(view, "instructions_el2"), 1);
	table_cell(table, "%s/%s", batch_n, single_n);
}

/**
 * text_table() - the rows of one kind of guarantee
 * @report: the report
 * @guarantee: the kind
 *
 * Return: a table the caller frees with table_free(); NULL when no such row has figures.
 */
struct table *text_table(const struct report *report, enum guarantee guarantee)
{
	const char *unit = report->insn ? "mean insn/op" : "mean ns/op";
	const char *heads[] = {
		"name", "label", "size", unit, "p50", "p99", "max", "EL1/op", "EL2/op", "n"
	};
	struct table *table = NULL;
	size_t i;

	for (i = 0; i < report->nr_views; i++) {
		const struct view *view = &report->views[i];

		if (view->row->guarantee != guarantee || !view->row->nr_parts)
			continue;
		if (!table)
			table = table_new(sizeof(heads) / sizeof(*heads), heads, 2);
		add_line(table, report, view);
	}
	return table;
}

/**
 * text_missing() - a sentence for a row that is not, or not wholly, measured
 * @report: the report
 * @index: of a row of the statistics
 *
 * Return: the sentence, which the caller frees, or NULL for a row that is ok.
 */
char *text_missing(const struct report *report, size_t index)
{
	const struct row *row = &report->stats->rows[index];
	char *name = NULL, *text;
	size_t i;

	if (!strcmp(row->status, "ok"))
		return NULL;
	for (i = 0; !name && i < report->nr_views; i++)
		if (report->views[i].batch == row || report->views[i].single == row)
			name = view_name(&report->views[i]);
	text = mem_format("%s %s %s: %s: %s", row->label, name ? name : row->name, row->method,
			  row->status, row->reason ? row->reason : "no reason is recorded");
	free(name);
	return text;
}

static void print_rows(const struct report *report, enum table_format format, FILE *out)
{
	bool markdown = format == TABLE_MARKDOWN;
	int kind, which;
	char *promises;

	for (kind = 0; kind < GUARANTEE_KINDS; kind++) {
		if (!report_has(report, kind))
			continue;
		promises = report_promises(report, kind, "; ");
		fprintf(out, "\n%s%s\n%s", markdown ? "## " : "", label_kind(kind),
			markdown ? "\n" : "  ");
		print_escaped(out, promises, format);
		fputc('\n', out);
		free(promises);
		for (which = 0; which < 2; which++) {
			struct table *table = which ? text_counters(report, kind) :
						      text_table(report, kind);

			if (table && (markdown || which))
				fputc('\n', out);
			if (table)
				table_print(table, format, out);
			table_free(table);
		}
	}
}

static void print_sections(const struct report *report, enum table_format format, FILE *out)
{
	bool markdown = format == TABLE_MARKDOWN;
	struct section *sections;
	size_t nr = report_sections(report, &sections), i;

	for (i = 0; i < nr; i++) {
		fprintf(out, "\n%s%s\n%s", markdown ? "## " : "", sections[i].title,
			markdown ? "\n" : "  ");
		print_escaped(out, sections[i].note, format);
		fputs(markdown ? "\n\n" : "\n", out);
		table_print(sections[i].table, format, out);
		if (sections[i].counters) {
			fputc('\n', out);
			table_print(sections[i].counters, format, out);
		}
	}
	sections_free(sections, nr);
}

static void print_missing(const struct report *report, enum table_format format, FILE *out)
{
	bool headed = false;
	char *sentence;
	size_t i;

	for (i = 0; i < report->stats->nr_rows; i++) {
		sentence = text_missing(report, i);
		if (!sentence)
			continue;
		if (!headed)
			fputs(format == TABLE_MARKDOWN ? "\n## Not measured\n\n" :
							 "\nNot, or not wholly, measured\n", out);
		headed = true;
		fputs(format == TABLE_MARKDOWN ? "* " : "  ", out);
		print_escaped(out, sentence, format);
		fputc('\n', out);
		free(sentence);
	}
}

/**
 * report_text() - print a report for a terminal
 * @report: the report
 * @out: where to
 *
 * Return: 0.
 */
int report_text(const struct report *report, FILE *out)
{
	size_t i;

	fprintf(out, "DMA path under pKVM: %s\n", report->insn ? "instructions per operation" :
								"ns per operation");
	for (i = 0; i < report->nr_facts; i++) {
		fprintf(out, "  %-13s  ", report->facts[i].name);
		print_escaped(out, report->facts[i].value, TABLE_TEXT);
		fputc('\n', out);
	}
	print_rows(report, TABLE_TEXT, out);
	print_sections(report, TABLE_TEXT, out);
	print_missing(report, TABLE_TEXT, out);
	return 0;
}

/**
 * report_markdown() - print a report as Markdown
 * @report: the report
 * @out: where to
 *
 * Return: 0.
 */
int report_markdown(const struct report *report, FILE *out)
{
	static const char *const heads[] = { "setup", "value" };
	struct table *table = table_new(2, heads, 2);
	size_t i;

	fprintf(out, "# DMA path under pKVM: %s\n\n", report->insn ? "instructions per operation" :
								    "ns per operation");
	for (i = 0; i < report->nr_facts; i++) {
		table_cell(table, "%s", report->facts[i].name);
		table_cell(table, "%s", report->facts[i].value);
	}
	table_print(table, TABLE_MARKDOWN, out);
	table_free(table);
	print_rows(report, TABLE_MARKDOWN, out);
	print_sections(report, TABLE_MARKDOWN, out);
	print_missing(report, TABLE_MARKDOWN, out);
	return 0;
}
