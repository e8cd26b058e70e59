// SPDX-License-Identifier: GPL-2.0-only
/* The report as one page that opens from disk: no script, nothing fetched. */
#include <stdlib.h>
#include <string.h>

#include "chart.h"
#include "text.h"

static const char head[] =
	"<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	"<meta name=\"color-scheme\" content=\"light dark\">\n"
	"<title>DMA path under pKVM</title>\n<style>\n"
	":root { --text: #1a1a1a; --faint: #555; --line: #ddd; --page: #fff; --head: #f4f4f2; }\n"
	"@media (prefers-color-scheme: dark) {\n"
	":root { --text: #e6e6e6; --faint: #aaa; --line: #444;\n"
	"  --page: #16181b; --head: #22262b; }\n"
	"}\n"
	"body { font: 16px/1.5 system-ui, sans-serif; color: var(--text);\n"
	"  background: var(--page); max-width: 1000px; margin: 2rem auto; padding: 0 1rem; }\n"
	"h1 { line-height: 1.2; } h2 { margin-top: 2.5rem; }\n"
	".faint, figcaption { color: var(--faint); }\n"
	".wide { overflow-x: auto; margin: 1rem 0; }\n"
	"table { border-collapse: collapse; font-size: 14px; }\n"
	"th, td { text-align: left; padding: .3rem .7rem; border-bottom: 1px solid var(--line);\n"
	"  vertical-align: top; }\n"
	"th { background: var(--head); white-space: nowrap; }\n"
	".number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }\n"
	"figure { margin: 2rem 0; }\n"
	/* The drawings have dark text, so they keep their white ground in the dark. */
	"figure svg { max-width: 100%; height: auto; background: #fff;\n"
	"  border: 1px solid var(--line); }\n"
	"figcaption { font-size: 14px; margin-top: .4rem; }\n"
	"</style>\n</head>\n<body>\n";

static void print_facts(const struct report *report, FILE *out)
{
	static const char *const heads[] = { "setup", "value" };
	struct table *table = table_new(2, heads, 2);
	size_t i;

	for (i = 0; i < report->nr_facts; i++) {
		table_cell(table, "%s", report->facts[i].name);
		table_cell(table, "%s", report->facts[i].value);
	}
	table_print(table, TABLE_HTML, out);
	table_free(table);
}

static void print_counters(const struct table *counters, FILE *out)
{
	if (!counters)
		return;
	fputs("<details><summary>Other counters</summary>\n", out);
	table_print(counters, TABLE_HTML, out);
	fputs("</details>\n", out);
}

static void print_kind(const struct report *report, enum guarantee guarantee, FILE *out)
{
	struct table *figures = text_table(report, guarantee);
	struct table *counters = text_counters(report, guarantee);
	char *promises = report_promises(report, guarantee, "; ");

	fprintf(out, "<h2>%s</h2>\n<p class=\"faint\">", label_kind(guarantee));
	print_escaped(out, promises, TABLE_HTML);
	fputs("</p>\n", out);
	if (figures)
		table_print(figures, TABLE_HTML, out);
	print_counters(counters, out);
	free(promises);
	table_free(counters);
	table_free(figures);
}

/* A page needs no namespaces for a drawing within it, and then holds no address at all. */
static void print_svg(const char *svg, FILE *out)
{
	static const char *const skipped[] = {
		"xmlns=\"http://www.w3.org/2000/svg\"",
		"xmlns:xlink=\"http://www.w3.org/1999/xlink\"",
	};
	const char *end = strchr(svg, '>'), *c;
	size_t i;

	for (c = svg; *c; c++) {
		for (i = 0; c < end && i < 2; i++)
			if (!strncmp(c, skipped[i], strlen(skipped[i])))
				c += strlen(skipped[i]);
		fputc(*c, out);
	}
}

static void print_chart(const struct chart *chart, FILE *out)
{
	fprintf(out, "<figure id=\"%s\">\n", chart->name);
	if (chart->svg)
		print_svg(chart_body(chart), out);
	else
		fprintf(out, "<strong>%s</strong>\n", chart->title);
	fputs("<figcaption>", out);
	print_escaped(out, chart->caption, TABLE_HTML);
	fputs("</figcaption>\n</figure>\n", out);
}

static void print_sections(const struct report *report, FILE *out)
{
	struct section *sections;
	size_t nr = report_sections(report, &sections), i;

	for (i = 0; i < nr; i++) {
		fprintf(out, "<h2>%s</h2>\n<p class=\"faint\">", sections[i].title);
		print_escaped(out, sections[i].note, TABLE_HTML);
		fputs("</p>\n", out);
		table_print(sections[i].table, TABLE_HTML, out);
		print_counters(sections[i].counters, out);
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
		fputs(headed ? "<li>" : "<h2>Not, or not wholly, measured</h2>\n<ul>\n<li>", out);
		print_escaped(out, sentence, TABLE_HTML);
		fputs("</li>\n", out);
		headed = true;
		free(sentence);
	}
	if (headed)
		fputs("</ul>\n", out);
}

/**
 * report_html() - print a report as a page that needs nothing else
 * @report: the report
 * @charts: the charts in it
 * @nr_charts: their number
 * @out: where to
 *
 * Return: 0.
 */
int report_html(const struct report *report, const struct chart *charts, size_t nr_charts,
		FILE *out)
{
	size_t i;
	int kind;

	fputs(head, out);
	fprintf(out, "<h1>DMA path under pKVM: %s</h1>\n", report->insn ?
		"instructions per operation" : "ns per operation");
	print_facts(report, out);
	for (i = 0; i < nr_charts; i++)
		print_chart(&charts[i], out);
	for (kind = 0; kind < GUARANTEE_KINDS; kind++)
		if (report_has(report, kind))
			print_kind(report, kind, out);
	print_sections(report, out);
	print_missing(report, out);
	fputs("</body>\n</html>\n", out);
	return 0;
}
