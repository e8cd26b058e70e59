// SPDX-License-Identifier: GPL-2.0-only
/* Chart: instructions per operation, stacked by exception level. */
#include <stdlib.h>

#include "mem.h"
#include "panel.h"
#include "plot.h"

enum { BAR = 28, LEVELS = 4 };

static const char *const level_counters[LEVELS] = {
	"instructions_el0", "instructions_el1", "instructions_el2", "instructions_el3",
};
static const char *const level_colours[LEVELS] = { "#999999", "#0072B2", "#E69F00", "#009E73" };

static bool is_bar(const struct report *report, const struct view *view, enum guarantee guarantee)
{
	int level;

	if (view->row->guarantee != guarantee || !view->row->nr_parts || view->row->overhead ||
	    !view_is_smallest(report, view))
		return false;
	for (level = 0; level < LEVELS; level++)
		if (!isnan(view_counter(view, level_counters[level])))
			return true;
	return false;
}

static size_t count_bars(const struct report *report, enum guarantee guarantee)
{
	size_t bars = 0, i;

	for (i = 0; i < report->nr_views; i++)
		bars += is_bar(report, &report->views[i], guarantee);
	return bars;
}

/* Subtracting the null row can leave less than nothing; a bar cannot. */
static double level_value(const struct view *view, int level)
{
	double value = view_counter(view, level_counters[level]);

	return isnan(value) || value < 0 ? 0 : value;
}

static double total(const struct view *view)
{
	double sum = 0;
	int level;

	for (level = 0; level < LEVELS; level++)
		sum += level_value(view, level);
	return sum;
}

static bool level_used(const struct report *report, int level)
{
	size_t i;

	for (i = 0; i < report->nr_views; i++)
		if (!isnan(view_counter(&report->views[i], level_counters[level])))
			return true;
	return false;
}

/* What stands behind a bar: its length, and its parts when it has more than one. */
static char *figure(const struct view *view)
{
	const char *separator = " (";
	char *text = mem_format("%.0f", total(view)), *longer;
	int level, parts = 0;

	for (level = 0; level < LEVELS; level++)
		parts += level_value(view, level) > 0;
	for (level = 0; parts > 1 && level < LEVELS; level++) {
		if (level_value(view, level) <= 0)
			continue;
		longer = mem_format("%s%s%.0f at EL%d", text, separator, level_value(view, level),
				    level);
		free(text);
		text = longer;
		separator = ", ";
	}
	longer = mem_format("%s%s", text, parts > 1 ? ")" : "");
	free(text);
	return longer;
}

static void print_figure(FILE *script, const struct view *view, double y)
{
	char *text = figure(view);

	fputs("set label ", script);
	plot_string(script, text);
	fprintf(script, " at first %.17g, first %.17g left offset 0.6,0 font ',12'\n", total(view),
		y);
	free(text);
}

static char *bar_name(const struct view *view)
{
	char *name = view_name(view), *text;

	text = mem_format("%s  %s", name, view->label);
	free(name);
	return text;
}

/* Room for the longest name of a bar, but not so much that no plot is left. */
static int left_margin(const struct report *report)
{
	int left = 0, width;
	char *name;
	size_t i;

	for (i = 0; i < report->nr_views; i++) {
		if (!is_bar(report, &report->views[i], report->views[i].row->guarantee))
			continue;
		name = bar_name(&report->views[i]);
		width = panel_text_width(name) + 30;
		left = width > left ? width : left;
		free(name);
	}
	return left < PAGE_WIDTH - PANEL_LEAST_PLOT ? left : PAGE_WIDTH - PANEL_LEAST_PLOT;
}

/* The axis is so long that the figure behind each bar fits in. */
static double axis_end(const struct report *report, int plot_width)
{
	double end = 1, room;
	char *text;
	size_t i;

	for (i = 0; i < report->nr_views; i++) {
		if (!is_bar(report, &report->views[i], report->views[i].row->guarantee))
			continue;
		text = figure(&report->views[i]);
		room = fmax(plot_width - panel_text_width(text) - 10, plot_width / 4);
		end = fmax(end, total(&report->views[i]) * plot_width / room);
		free(text);
	}
	return end;
}

static void print_panel(const struct report *report, FILE *script, enum guarantee guarantee,
			size_t bars, bool first)
{
	size_t i, bar = 0;
	double from;
	char *name;
	int level;
	bool begun = false;

	/* Labels, not tics: gnuplot cuts a tic's text after 50 characters and expands % in it. */
	fputs("unset ytics\n", script);
	for (i = 0; i < report->nr_views; i++) {
		if (!is_bar(report, &report->views[i], guarantee))
			continue;
		name = bar_name(&report->views[i]);
		fputs("set label ", script);
		plot_string(script, name);
		fprintf(script, " at graph 0, first %zu right offset -1,0 "
			"textcolor rgb '#222222'\n", bar++);
		free(name);
	}
	fprintf(script, "set yrange [%zu.5:-0.5]\n$bars << END\n", bars - 1);
	for (i = 0, bar = 0; i < report->nr_views; i++) {
		const struct view *view = &report->views[i];

		if (!is_bar(report, view, guarantee))
			continue;
		fprintf(script, "%zu", bar++);
		for (level = 0, from = 0; level < LEVELS; level++) {
			/* A box without width would still be drawn, as a line. */
			if (level_value(view, level) > 0)
				fprintf(script, " %.17g %.17g", from,
					from + level_value(view, level));
			else
				fputs(" NaN NaN", script);
			from += level_value(view, level);
		}
		fputc('\n', script);
	}
	fputs("END\n", script);
	for (i = 0, bar = 0; i < report->nr_views; i++)
		if (is_bar(report, &report->views[i], guarantee))
			print_figure(script, &report->views[i], bar++);
	for (level = 0; level < LEVELS; level++) {
		if (!level_used(report, level))
			continue;
		fprintf(script, "%s $bars using (0):1:%d:%d:($1-0.34):($1+0.34) with boxxyerror "
			"linecolor rgb '%s' ", begun ? ", \\\n" : "plot", 2 + 2 * level,
			3 + 2 * level, level_colours[level]);
		if (first)
			fprintf(script, "title 'EL%d'", level);
		else
			fputs("notitle", script);
		begun = true;
	}
	fputc('\n', script);
}

/**
 * chart_levels() - print the script of the chart
 * @report: what is drawn: every benchmark with instruction counters, at its smallest size
 * @script: where to
 *
 * Return: the number of bars; 0 when there is nothing to draw.
 */
size_t chart_levels(const struct report *report, FILE *script)
{
	struct page *page = page_new(report, script);
	size_t bars[GUARANTEE_KINDS], all = 0;
	int left = left_margin(report);
	bool first = true;
	int kind;

	for (kind = 0; kind < GUARANTEE_KINDS; kind++) {
		bars[kind] = count_bars(report, kind);
		all += bars[kind];
		if (bars[kind])
			page_panel(page, kind, bars[kind] * BAR);
	}
	if (!all)
		goto out;
	page_begin(page, "Instructions per operation by exception level");
	fprintf(script, "set xrange [0:%.17g]\nset xlabel 'instructions per operation' "
		"textcolor rgb '#222222'\nset grid x noy\n",
		axis_end(report, PAGE_WIDTH - left - PANEL_RIGHT));
	for (kind = 0; kind < GUARANTEE_KINDS; kind++) {
		if (!bars[kind])
			continue;
		page_next(page, left, PANEL_RIGHT);
		fprintf(script, "set key at screen 0.97, screen 0.985 right top horizontal "
			"Right noreverse samplen 1.5 width 1\n");
		print_panel(report, script, kind, bars[kind], first);
		page_end(page);
		first = false;
	}
out:
	page_free(page);
	return all;
}
