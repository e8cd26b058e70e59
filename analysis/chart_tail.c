// SPDX-License-Identifier: GPL-2.0-only
/* Chart: the tail of the distribution of single operations. */
#include "panel.h"

static const double percents[] = { 50, 90, 99, 99.9, 99.99 };

enum { NR_PERCENTS = sizeof(percents) / sizeof(*percents), HEIGHT = 210, ENTRY = 20 };

/* A percentile is drawn when at least one operation lies above its rank, else it is the maximum. */
static bool is_point(const struct view *view, int point)
{
	double beyond = (100 - percents[point]) / 100 * view->single->count;

	return beyond > 1 - 1e-6 && view_percentile(view, percents[point]) > 0;
}

static bool is_line(const struct report *report, const struct view *view)
{
	return view->single && view->single->hist && view->row->guarantee != GUARANTEE_NO_DOMAIN &&
	       view_is_smallest(report, view) && is_point(view, 0);
}

static void print_data(const struct report *report, FILE *script, enum guarantee guarantee)
{
	size_t i;
	int point;

	for (i = 0; i < report->nr_views; i++) {
		const struct view *view = &report->views[i];

		if (view->row->guarantee != guarantee || !is_line(report, view))
			continue;
		fprintf(script, "$line%zu << END\n", i);
		for (point = 0; point < NR_PERCENTS; point++)
			if (is_point(view, point))
				fprintf(script, "%.17g %.17g\n", -log10(1 - percents[point] / 100),
					view_percentile(view, percents[point]));
		fputs("END\n", script);
	}
}

static void print_plot(const struct report *report, FILE *script, enum guarantee guarantee)
{
	char data[32];
	bool first = true;
	size_t i;

	for (i = 0; i < report->nr_views; i++) {
		const struct view *view = &report->views[i];

		if (view->row->guarantee != guarantee || !is_line(report, view))
			continue;
		snprintf(data, sizeof(data), "$line%zu", i);
		panel_line(script, report, view, first, data);
		first = false;
	}
	fputc('\n', script);
}

static void print_axis(const struct report *report, FILE *script, enum guarantee guarantee)
{
	double low = INFINITY, high = 0;
	size_t i;
	int point;

	for (i = 0; i < report->nr_views; i++) {
		const struct view *view = &report->views[i];

		if (view->row->guarantee != guarantee || !is_line(report, view))
			continue;
		for (point = 0; point < NR_PERCENTS; point++) {
			if (!is_point(view, point))
				continue;
			low = fmin(low, view_percentile(view, percents[point]));
			high = fmax(high, view_percentile(view, percents[point]));
		}
	}
	panel_log_axis(script, low, high);
}

/**
 * chart_tail() - print the script of the chart
 * @report: what is drawn: every benchmark with single operations, at its smallest size
 * @script: where to
 *
 * Return: the number of lines; 0 when there is nothing to draw.
 */
size_t chart_tail(const struct report *report, FILE *script)
{
	struct page *page = page_new(report, script);
	size_t lines[GUARANTEE_KINDS] = { 0 }, all = 0, i;
	int right = 0, kind;

	for (i = 0; i < report->nr_views; i++) {
		if (!is_line(report, &report->views[i]))
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
	page_begin(page, "Tail of the distribution of single operations");
	fprintf(script, "set xrange [0.2:4.1]\nset xtics ('50' 0.30103, '90' 1, '99' 2, '99.9' 3, "
		"'99.99' 4)\nset xlabel 'percentile of operations'\nset ylabel '%s'\n",
		report->insn ? "insn per operation" : "ns per operation");
	for (kind = 0; kind < GUARANTEE_KINDS; kind++) {
		if (!lines[kind])
			continue;
		page_next(page, PANEL_LEFT, right);
		print_axis(report, script, kind);
		print_data(report, script, kind);
		print_plot(report, script, kind);
		page_end(page);
	}
out:
	page_free(page);
	return all;
}
