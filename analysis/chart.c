// SPDX-License-Identifier: GPL-2.0-only
/* The charts of a report: which there are, what each one's caption says. */
#include "chart.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "error.h"
#include "file.h"
#include "mem.h"
#include "panel.h"
#include "plot.h"
#include "plural.h"
#include "setup.h"

static const struct {
	const char *name;
	const char *title;
	size_t (*print)(const struct report *report, FILE *script);
	const char *method;
	const char *what;
	const char *missing;
	const char *nothing;
} kinds[] = {
	{
		"levels", "Instructions per operation by exception level", chart_levels, "batch",
		"Mean instructions per operation in batches, each benchmark at its smallest size",
		"what an instruction costs, such as a barrier, an exception return or a TLB "
		"invalidation; panels give different guarantees and are no comparison",
		"no row has an instruction count that can be trusted",
	}, {
		"tail", "Tail of the distribution of single operations", chart_tail, "single",
		"Percentiles of single operations, each benchmark at its smallest size",
		"percentiles that n cannot resolve, work that is put off to a later operation, or "
		"contention between CPUs; panels give different guarantees and are no comparison",
		"no row has a histogram of single operations",
	}, {
		"sweep", "Cost against size", chart_sweep, "batch",
		"Mean per operation in batches against the size of an entry, both axes logarithmic",
		"the spread between operations, or sizes between the points; panels give different "
		"guarantees and are no comparison",
		"no benchmark was measured at more than one size",
	},
};

enum { NR_KINDS = sizeof(kinds) / sizeof(*kinds) };

static char *sizes_of_samples(const struct report *report, const char *method)
{
	uint64_t least = UINT64_MAX, most = 0;
	size_t i;

	for (i = 0; i < report->stats->nr_rows; i++) {
		const struct row *row = &report->stats->rows[i];

		if (!row->nr_parts || row->overhead || strcmp(row->method, method))
			continue;
		least = row->count < least ? row->count : least;
		most = row->count > most ? row->count : most;
	}
	if (least == most)
		return mem_format("%llu", (unsigned long long)most);
	return mem_format("%llu to %llu", (unsigned long long)(least > most ? 0 : least),
			  (unsigned long long)most);
}

static bool is_null_subtracted(const struct report *report)
{
	size_t i;

	for (i = 0; i < report->stats->nr_rows; i++)
		if (report->stats->rows[i].null_subtracted)
			return true;
	return false;
}

static char *caption(const struct report *report, int kind, bool drawn)
{
	const json_t *setup = report->stats->result->runs[0].setup;
	char *n, *cpu, *qemu, *text;

	if (!drawn)
		return mem_format("Not drawn: %s.", kinds[kind].nothing);
	n = sizes_of_samples(report, kinds[kind].method);
	cpu = setup_value(setup, "cpu_model");
	qemu = setup_value(setup, "qemu");
	text = mem_format("%s%s; clock %s, CPU model %s, QEMU %s, n = %s operations per row from "
			  "%zu boot%s; it does not show %s.", kinds[kind].what,
			  is_null_subtracted(report) ? ", null row subtracted" : "",
			  report_clock(report), cpu, qemu, n,
			  report->stats->result->nr_runs, plural(report->stats->result->nr_runs),
			  kinds[kind].missing);
	free(qemu);
	free(cpu);
	free(n);
	return text;
}

/* Replaces in place of @text, which it frees. */
static char *replace(char *text, const char *from, const char *to)
{
	size_t length = 0;
	char *result = NULL, *at, *rest = text;
	FILE *out = open_memstream(&result, &length);

	if (!out)
		return text;
	while ((at = strstr(rest, from))) {
		fwrite(rest, 1, at - rest, out);
		fputs(to, out);
		rest = at + strlen(from);
	}
	fputs(rest, out);
	fclose(out);
	free(text);
	return result;
}

/* gnuplot names the parts of every drawing alike; on one page the names have to differ. */
static char *unique_names(char *svg, const char *name)
{
	static const char *const before[] = { "'#", "id='", "id=\"", "url(#" };
	char *from, *to;
	size_t i;

	for (i = 0; i < sizeof(before) / sizeof(*before); i++) {
		from = mem_format("%sgp", before[i]);
		to = mem_format("%s%s_gp", before[i], name);
		svg = replace(svg, from, to);
		free(from);
		free(to);
		from = mem_format("%sgnuplot_", before[i]);
		to = mem_format("%s%s_gnuplot_", before[i], name);
		svg = replace(svg, from, to);
		free(from);
		free(to);
	}
	return svg;
}

/**
 * chart_body() - the drawing without what only a file of its own needs
 * @chart: the chart
 *
 * Return: the svg element, within the chart's drawing.
 */
const char *chart_body(const struct chart *chart)
{
	const char *element = strstr(chart->svg, "<svg");

	return element ? element : chart->svg;
}

static int render(const struct report *report, int kind, struct chart *chart, struct error *error)
{
	char *script = NULL, *title;
	size_t length, drawn;
	FILE *out = open_memstream(&script, &length);
	int code = 0;

	if (!out)
		return error_set(error, -ENOMEM, "out of memory: report fewer runs");
	drawn = kinds[kind].print(report, out);
	fclose(out);
	chart->name = kinds[kind].name;
	chart->title = kinds[kind].title;
	chart->caption = caption(report, kind, drawn);
	if (drawn)
		code = plot_run(script, &chart->svg, &length, error);
	free(script);
	if (!drawn || code)
		return code;
	chart->svg = unique_names(chart->svg, chart->name);
	/* What a screen reader says and a browser shows when the pointer rests on it. */
	title = mem_format("<title>%s</title>", chart->title);
	chart->svg = replace(chart->svg, "<title>Gnuplot</title>", title);
	free(title);
	return 0;
}

/**
 * charts_render() - draw all charts
 * @report: what is drawn
 * @charts: set to the charts, which the caller frees with charts_free()
 * @nr_charts: set to their number
 * @error: the reason on failure
 *
 * Return: 0 or -errno.
 */
int charts_render(const struct report *report, struct chart **charts, size_t *nr_charts,
		  struct error *error)
{
	struct chart *all = mem_zero(NR_KINDS, sizeof(*all));
	int code = 0, kind;

	for (kind = 0; !code && kind < NR_KINDS; kind++)
		code = render(report, kind, &all[kind], error);
	if (code) {
		charts_free(all, NR_KINDS);
		return code;
	}
	*charts = all;
	*nr_charts = NR_KINDS;
	return 0;
}

/**
 * charts_write() - write each drawing into a file of its own
 * @charts: the charts
 * @nr_charts: their number
 * @beside: the files go to a folder charts beside this file
 * @error: the reason on failure
 *
 * Return: 0 or -errno.
 */
int charts_write(const struct chart *charts, size_t nr_charts, const char *beside,
		 struct error *error)
{
	char *folder = file_beside(beside, "charts"), *path;
	size_t i;
	int code = 0;

	if (mkdir(folder, 0777) && errno != EEXIST)
		code = error_set(error, -errno, "%s: cannot make the folder: %s; give --out a file "
				 "in a folder that can be written", folder, strerror(errno));
	for (i = 0; !code && i < nr_charts; i++) {
		if (!charts[i].svg)
			continue;
		path = mem_format("%s/%s.svg", folder, charts[i].name);
		code = file_write(path, charts[i].svg, strlen(charts[i].svg), error);
		free(path);
	}
	free(folder);
	return code;
}

/**
 * charts_free() - free charts
 * @charts: what to free; may be NULL
 * @nr_charts: their number
 */
void charts_free(struct chart *charts, size_t nr_charts)
{
	size_t i;

	for (i = 0; charts && i < nr_charts; i++) {
		free(charts[i].caption);
		free(charts[i].svg);
	}
	free(charts);
}
