// SPDX-License-Identifier: GPL-2.0-only
/* Chart: mean per operation against size. */
#include <string.h>

#include "panel.h"
#include "plot.h"

enum { HEIGHT = 230, ENTRY = 20 };

static bool is_point(const struct view *view)
{
	return view->row->nr_parts && parameter_integer(view->row->parameters, "size") > 0 &&
	       view_mean(view) > 0;
}

static bool same_line(const struct view *a, const struct view *b)
{
	return a->order == b->order && a->row->guarantee == b->row->guarantee &&
	       !strcmp(a->label, b->label) && !strcmp(a->details, b->details);
}

/* The first point of a benchmark that was measured at more than one size stands for the line. */
static bool is_line(const struct report *report, size_t index)
{
	const struct view *view = &report->views[index];
	bool more = false;
	size_t i;

	if (!is_point(view))
		return false;
	for (i = 0; i < report->nr_views; i++) {
		const struct view *other = &report->views[i];

		if (i == index || !is_point(other) || !same_line(view, other))
			continue;
		if (i < index)
			return false;
		more |= parameter_integer(view->row->parameters, "size") !=
			parameter_integer(other->row->parameters, "size");
	}
	return more;
}

static void print_axis(const struct report *report, FILE *script)
{
	int64_t size, smallest = INT64_MAX, largest = 0;
	bool first = true;
	char text[32];
	size_t i, k;

	fputs("set logscale x 2\nset xtics (", script);
	for (i = 0; i < report->nr_views; i++) {
		if (!is_point(&report->views[i]))
			continue;
		size = parameter_integer(report->views[i].row->parameters, "size");
		for (k = 0; k < i; k++)
			if (is_point(&report->views[k]) &&
			    parameter_integer(report->views[k].row->parameters, "size") == size)
				break;
		if (k < i)
			continue;
		smallest = size < smallest ? size : smallest;
		largest = size > largest ? size : largest;
		format_size(text, sizeof(text), size);
		fprintf(script, "%s'%s' %lld", first ? "" : ", ", text, (long long)size);
		first = false;
	}
	fprintf(script, ")\nset xrange [%.17g:%.17g]\nset xlabel 'size of an entry'\n"
		"set ylabel '%s'\n", smallest / 1.4, largest * 1.4,
		report->insn ? "mean insn per operation" : "mean ns per operation");
}

static void print_panel(const struct report *report, FILE *script, enum guarantee guarantee)
{
	double low = INFINITY, high = 0;
	bool first = true;
	char data[32];
	size_t i, k;

	for (i = 0; i < report->nr_views; i++) {
		if (report->views[i].row->guarantee != guarantee || !is_line(report, i))
			continue;
		fprintf(script, "$line%zu << END\n", i);
		/* Views are sorted by size. */
		for (k = i; k < report->nr_views; k++) {
			const struct view *view = &report->views[k];

			if (!is_point(view) || !same_line(&report->views[i], view))
				continue;
			fprintf(script, "%lld %.17g\n", (long long)
				parameter_integer(view->row->parameters, "size"), view_mean(view));
			low = fmin(low, view_mean(view));
			high = fmax(high, view_mean(view));
		}
		fputs("END\n", script);
	}
	panel_log_axis(script, low, high);
	for (i = 0; i < report->nr_views; i++) {
		if (report->views[i].row->guarantee != guarantee || !is_line(report, i))
			continue;
		snprintf(data, sizeof(data), "$line%zu", i);
		panel_line(script, report, &report->views[i], first, data);
		first = false;
	}
	fputc('\n', script);
}

/**
 * chart_sweep() - print the script of the chart
 * @report: what is drawn: every benchmark with more than one size
 * @script: where to
 *
 * Return: the number of lines; 0 when there is nothing to draw.
 */
size_t chart_sweep(const struct report *report, FILE *script)
{
	struct page *page = page_new(report, script);
	size_t lines[GUARANTEE_KINDS] = { 0 }, all = 0, i;
	int right = 0, kind;

	for (i = 0; i < report->nr_views; i++) {
		if (!is_line(report, i))
			continue;
		lines[report->views[i].row->guarantee]++;
		right = panel_legend(&report->views[i], right);
		all++;
	}
	for (kind = 0; kind < GUARANTEE_KINDS; kind++)
		if (lines[kind])
			page_panel(page, kind, lines[kind] * ENTRY > HEIGHT ? lines[kind] * ENTRY :
									      HEIGHT);
	if (!all)
		goto out;
	page_begin(page, "Cost against size");
	print_axis(report, script);
	for (kind = 0; kind < GUARANTEE_KINDS; kind++) {
		if (!lines[kind])
			continue;
		page_next(page, PANEL_LEFT, right);
		print_panel(report, script, kind);
		page_end(page);
	}
out:
	page_free(page);
	return all;
}
