// SPDX-License-Identifier: GPL-2.0-only
/* What the charts share: panels, axes, colours. */
#include "panel.h"

#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "plot.h"

enum { TITLE = 46, HEADING = 24, PROMISE = 17, ABOVE = 12, BELOW = 66 };

struct panel {
	enum guarantee guarantee;
	char *promises;
	int lines;
	int plot_height;
};

struct page {
	const struct report *report;
	FILE *script;
	struct panel panels[GUARANTEE_KINDS];
	int nr_panels;
	int next;
	int height;
	int top;
};

/* Okabe and Ito: colours that colour-blind people tell apart. */
static const char *const colours[] = {
	"#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#555555",
};
static const int points[] = { 7, 5, 9, 13, 11, 6, 4, 8, 12 };

/**
 * page_new() - begin a chart of several panels
 * @report: what is drawn
 * @script: the gnuplot script
 *
 * Return: a page the caller frees with page_free().
 */
struct page *page_new(const struct report *report, FILE *script)
{
	struct page *page = mem_zero(1, sizeof(*page));

	page->report = report;
	page->script = script;
	page->height = page->top = TITLE;
	return page;
}

/**
 * page_free() - free a page
 * @page: what to free
 */
void page_free(struct page *page)
{
	int i;

	for (i = 0; i < page->nr_panels; i++)
		free(page->panels[i].promises);
	free(page);
}

/**
 * page_panel() - plan a panel
 * @page: the page; it has not begun
 * @guarantee: the rows in the panel
 * @plot_height: pixels of the plot itself
 */
void page_panel(struct page *page, enum guarantee guarantee, int plot_height)
{
	struct panel *panel = &page->panels[page->nr_panels++];
	const char *c;

	panel->guarantee = guarantee;
	panel->plot_height = plot_height;
	panel->promises = report_promises(page->report, guarantee, "\n");
	panel->lines = 1;
	for (c = panel->promises; *c; c++)
		panel->lines += *c == '\n';
	page->height += HEADING + panel->lines * PROMISE + ABOVE + plot_height + BELOW;
}

static void print_label(struct page *page, const char *text, int x, int y, const char *style)
{
	fputs("set label ", page->script);
	plot_string(page->script, text);
	fprintf(page->script, " at screen %.5f, screen %.5f left %s\n", (double)x / PAGE_WIDTH,
		1 - (double)y / page->height, style);
}

/**
 * page_begin() - print what comes before the first panel
 * @page: all its panels are planned
 * @title: of the chart
 */
void page_begin(struct page *page, const char *title)
{
	fprintf(page->script,
		"set terminal svg size %d,%d fixed noenhanced font 'sans-serif,13' "
		"background rgb '#ffffff'\n"
		"set encoding utf8\n"
		"set border 3 linecolor rgb '#666666'\n"
		"set grid linecolor rgb '#dddddd' linetype 1 linewidth 0.8\n"
		"set tics nomirror out scale 0.6 textcolor rgb '#222222'\n"
		"set xtics offset 0,0.4\nset xlabel offset 0,0.9\n"
		"set style fill solid 1.0 noborder\n"
		"set multiplot\n", PAGE_WIDTH, page->height);
	print_label(page, title, 16, 20, "font ',17' textcolor rgb '#111111'");
}

/**
 * page_next() - begin the next panel: heading, guarantees, margins
 * @page: the page; has begun
 * @left: pixels left of the plot
 * @right: pixels right of the plot
 */
void page_next(struct page *page, int left, int right)
{
	struct panel *panel = &page->panels[page->next++];
	char *promises = mem_string(panel->promises), *line, *rest = promises;
	int top = page->top;

	print_label(page, label_kind(panel->guarantee), 16, top + 10,
		    "font ',15' textcolor rgb '#111111'");
	top += HEADING;
	while ((line = strsep(&rest, "\n"))) {
		print_label(page, line, 16, top + 6, "font ',12' textcolor rgb '#555555'");
		top += PROMISE;
	}
	free(promises);
	top += ABOVE;
	fprintf(page->script,
		"set lmargin at screen %.5f\nset rmargin at screen %.5f\n"
		"set tmargin at screen %.5f\nset bmargin at screen %.5f\n"
		"set key at screen %.5f, screen %.5f left top Left reverse spacing 1.25 "
		"samplen 2.5 font ',12'\n",
		(double)left / PAGE_WIDTH, 1 - (double)right / PAGE_WIDTH,
		1 - (double)top / page->height,
		1 - (double)(top + panel->plot_height) / page->height,
		1 - (double)(right - 18) / PAGE_WIDTH, 1 - (double)top / page->height);
	page->top = top + panel->plot_height + BELOW;
}

/**
 * page_end() - print what comes behind each panel
 * @page: the page
 */
void page_end(struct page *page)
{
	fputs("unset label\n", page->script);
	if (page->next == page->nr_panels)
		fputs("unset multiplot\n", page->script);
}

/**
 * panel_log_axis() - a logarithmic y axis with readable steps
 * @script: the gnuplot script
 * @low: smallest value drawn, above 0
 * @high: largest value drawn
 *
 * gnuplot labels decades only, which leaves an axis over one octave without any number.
 */
void panel_log_axis(FILE *script, double low, double high)
{
	static const double finest[] = { 1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 7, 8, 9, 0 };
	static const double fine[] = { 1, 1.5, 2, 3, 5, 7, 0 };
	static const double usual[] = { 1, 2, 5, 0 };
	static const double decades[] = { 1, 0 };
	const double *steps;
	bool first = true;
	double value;
	int power, i;

	low /= 1.3;
	high *= 1.3;
	steps = high / low < 4 ? finest : high / low < 40 ? fine : high / low < 1e4 ? usual :
										      decades;
	fprintf(script, "set logscale y\nset yrange [%.17g:%.17g]\nset ytics (", low, high);
	for (power = floor(log10(low)); power <= log10(high); power++) {
		for (i = 0; steps[i] > 0; i++) {
			value = steps[i] * pow(10, power);
			if (value < low || value > high)
				continue;
			fprintf(script, "%s'%.10g' %.10g", first ? "" : ", ", value, value);
			first = false;
		}
	}
	fputs(")\n", script);
}

/**
 * panel_text_width() - room that a text takes in a chart
 * @text: in the font of the axes
 *
 * Return: pixels, rather too many.
 */
int panel_text_width(const char *text)
{
	return 7.6 * strlen(text);
}

/**
 * panel_line_title() - what the legend says of a line
 * @view: whose line it is
 *
 * Return: a text the caller frees.
 */
char *panel_line_title(const struct view *view)
{
	return mem_format("%s %s%s%s", view->row->name, view->label, *view->details ? " " : "",
			  view->details);
}

/**
 * panel_legend() - room right of the plot for a legend
 * @view: a line that the legend names
 * @right: room for the lines before it; 0 for the first
 *
 * Return: pixels, but not so many that no plot is left.
 */
int panel_legend(const struct view *view, int right)
{
	char *title = panel_line_title(view);
	int width = panel_text_width(title) + 80;

	free(title);
	width = width > right ? width : right;
	return width < PAGE_WIDTH - PANEL_LEFT - PANEL_LEAST_PLOT ?
		       width : PAGE_WIDTH - PANEL_LEFT - PANEL_LEAST_PLOT;
}

static bool is_same_benchmark(const struct view *a, const struct view *b)
{
	return a->order == b->order && !strcmp(a->details, b->details);
}

static bool is_same_label(const struct view *a, const struct view *b)
{
	return !strcmp(a->label, b->label);
}

/* How many others of its kind come in the panel before @view, or in all when @view is NULL. */
static size_t rank(const struct report *report, enum guarantee guarantee, const struct view *view,
		   bool (*same)(const struct view *, const struct view *))
{
	size_t nr = 0, i, k;

	for (i = 0; i < report->nr_views; i++) {
		const struct view *other = &report->views[i];

		if (other->row->guarantee != guarantee || !other->row->nr_parts)
			continue;
		if (view && same(other, view))
			break;
		for (k = 0; k < i; k++)
			if (report->views[k].row->guarantee == guarantee &&
			    report->views[k].row->nr_parts && same(&report->views[k], other))
				break;
		nr += k == i;
	}
	return nr;
}

/**
 * panel_line() - print one element of a plot command: a line with its points
 * @script: the gnuplot script
 * @report: what is drawn
 * @view: whose line it is
 * @first: of the panel
 * @data: name of the data block
 *
 * The label gives the colour, the benchmark the dash and the point. Where there is one label, the
 * benchmark gives the colour too.
 */
void panel_line(FILE *script, const struct report *report, const struct view *view, bool first,
		const char *data)
{
	const size_t nr_colours = sizeof(colours) / sizeof(*colours);
	const size_t nr_points = sizeof(points) / sizeof(*points);
	enum guarantee guarantee = view->row->guarantee;
	size_t style = rank(report, guarantee, view, is_same_benchmark);
	size_t colour = rank(report, guarantee, view, is_same_label);
	char *title = panel_line_title(view);

	if (rank(report, guarantee, NULL, is_same_label) == 1)
		colour = style;
	fprintf(script, "%s %s using 1:2 with linespoints linecolor rgb '%s' linewidth 2 "
		"dashtype %zu pointtype %d pointsize 0.9 title ", first ? "plot" : ", \\\n ", data,
		colours[colour % nr_colours], style % 4 + 1, points[style % nr_points]);
	plot_string(script, title);
	free(title);
}

/**
 * view_is_smallest() - whether a line is of the smallest size of its benchmark
 * @report: the report
 * @view: the line
 *
 * Return: true when the report has no smaller one with the same label and details.
 */
bool view_is_smallest(const struct report *report, const struct view *view)
{
	int64_t size = parameter_integer(view->row->parameters, "size");
	size_t i;

	for (i = 0; i < report->nr_views; i++) {
		const struct view *other = &report->views[i];

		if (other->row->nr_parts && other->order == view->order &&
		    !strcmp(other->label, view->label) && !strcmp(other->details, view->details) &&
		    parameter_integer(other->row->parameters, "size") < size)
			return false;
	}
	return true;
}
