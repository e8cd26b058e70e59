// SPDX-License-Identifier: GPL-2.0-only
/* One metric over many commits. */
#include "trend.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "mem.h"
#include "plot.h"
#include "table.h"

enum { WIDTH = 960, HEIGHT = 420 };

static const char *unit_text(const struct trend *trend)
{
	return trend->unit ? trend->unit : "per operation";
}

static void print_script(const struct trend *trend, FILE *script)
{
	size_t i;

	fprintf(script, "set terminal svg size %d,%d fixed noenhanced font 'sans-serif,13' "
		"background rgb '#ffffff'\nset encoding utf8\n"
		"set border 3 linecolor rgb '#666666'\n"
		"set grid ytics linecolor rgb '#dddddd' linetype 1 linewidth 0.8\n"
		"set tics nomirror out scale 0.6 textcolor rgb '#222222'\nunset key\n"
		"set offsets 0.5, 0.5, graph 0.1, graph 0.1\nset title ", WIDTH, HEIGHT);
	plot_string(script, trend->metric);
	fputs("\nset ylabel ", script);
	plot_string(script, unit_text(trend));
	fputs("\nset xtics rotate by -35 left (", script);
	for (i = 0; i < trend->nr; i++) {
		fputs(i ? ", " : "", script);
		plot_string(script, trend->points[i].name);
		fprintf(script, " %zu", i);
	}
	fputs(")\n$points << END\n", script);
	for (i = 0; i < trend->nr; i++) {
		const struct trend_point *point = &trend->points[i];
		bool alone = isnan(point->low);

		fprintf(script, "%zu %.17g %.17g %.17g\n", i, point->value,
			alone ? point->value : point->low, alone ? point->value : point->high);
	}
	fputs("END\n"
	      "plot $points using 1:2 with steps linewidth 1 linecolor rgb '#bbbbbb', \\\n"
	      "     $points using 1:2:3:4 with yerrorbars pointtype 7 pointsize 0.7 "
	      "linewidth 1.5 linecolor rgb '#1f6fb4'\n", script);
}

/**
 * trend_draw() - the metric as a chart
 * @trend: what to draw
 * @svg: set to the drawing, which the caller frees
 * @length: set to its length
 * @error: the reason on failure
 *
 * Return: 0 or -errno.
 */
int trend_draw(const struct trend *trend, char **svg, size_t *length, struct error *error)
{
	char *script = NULL;
	size_t script_length;
	FILE *out = open_memstream(&script, &script_length);
	int code;

	if (!out)
		return error_set(error, SMMUSTAT_FAILED, "out of memory: draw fewer commits");
	print_script(trend, out);
	fclose(out);
	code = plot_run(script, svg, length, error);
	free(script);
	return code;
}

/**
 * trend_print() - the metric as a table
 * @trend: what to print
 * @out: where to
 */
void trend_print(const struct trend *trend, FILE *out)
{
	static const char *const heads[] = { "commit", "median", "low", "high", "boots" };
	struct table *table = table_new(sizeof(heads) / sizeof(*heads), heads, 1);
	size_t i;

	fprintf(out, "%s, %s\n", trend->metric, unit_text(trend));
	for (i = 0; i < trend->nr; i++) {
		const struct trend_point *point = &trend->points[i];

		table_cell(table, "%s", point->name);
		table_number(table, point->value, 2);
		table_number(table, point->low, 2);
		table_number(table, point->high, 2);
		table_cell(table, "%zu", point->nr);
	}
	table_print(table, TABLE_TEXT, out);
	table_free(table);
}
