// SPDX-License-Identifier: GPL-2.0-only
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "figures.h"
#include "file.h"
#include "gate.h"
#include "inference.h"
#include "mem.h"
#include "trend.h"

static const char doc[] =
	"Show one metric over many commits, in the order they are named."
	"\v"
	"Example: smmustat trend --metric identity/dma_map/4k/batch/mean --chart trend.svg "
	"v1=a/results.json v2=b/results.json\n\n"
	"Low and high are the range over perturbed starts on insn, and the 95 % interval of the "
	"median over boots on wall; a commit with too few boots for one has none.";

static const struct argp_option option_table[] = {
	{ "metric", 'm', "NAME", 0, "the metric, as smmustat figures lists it", 0 },
	{ "chart", 'c', "FILE", 0, "draw it there, as SVG", 0 },
	{ "allow", 'a', "FIELD", 0, "let this field of the setup differ; may be given more than "
	  "once", 0 },
	{ 0 },
};

struct options {
	const char *metric;
	const char *chart;
	const char **points;
	size_t nr;
	struct compare_request setups;
	struct error *error;
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
	struct options *options = state->input;

	switch (key) {
	case 'm':
		options->metric = argument;
		return 0;
	case 'c':
		options->chart = argument;
		return 0;
	case 'a':
		return compare_allow(&options->setups, argument, options->error);
	case ARGP_KEY_ARG:
		if (!strchr(argument, '=')) {
			error_set(options->error, 0, "%s: give NAME=RESULT, the name being that of "
				  "the commit", argument);
			return EINVAL;
		}
		options->points = mem_grow(options->points, options->nr);
		options->points[options->nr++] = argument;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static void spread(const struct metric *metric, struct trend_point *point)
{
	double *values = mem_zero(metric->nr, sizeof(*values));
	size_t i;

	memcpy(values, metric->values, metric->nr * sizeof(*values));
	point->low = point->high = NAN;
	if (!metric->exact) {
		median_interval(values, metric->nr, 0.95, &point->low, &point->high);
	} else if (metric->nr > 1) {
		for (i = 0; i < metric->nr; i++) {
			point->low = fmin(point->low, values[i]);
			point->high = fmax(point->high, values[i]);
		}
	}
	free(values);
}

/* The first set of figures becomes @first, which all others have to be like. */
static int add_point(struct trend *trend, const char *argument, struct figures **first,
		     const struct compare_request *setups, struct error *error)
{
	const char *path = strchr(argument, '=') + 1;
	struct figures *figures = NULL;
	char *waived = mem_string("");
	const struct metric *metric;
	struct trend_point *point;
	int code;

	code = figures_load(path, &figures, error);
	if (!code && *first && figures_alike(*first, figures, setups, &waived, error))
		code = SMMUSTAT_USAGE;
	free(waived);
	if (code) {
		figures_free(figures);
		return code;
	}
	metric = figures_metric(figures, trend->metric);
	if (metric) {
		trend->points = mem_grow(trend->points, trend->nr);
		point = &trend->points[trend->nr++];
		*point = (struct trend_point){
			.name = mem_format("%.*s", (int)(path - argument - 1), argument),
			.value = metric_middle(metric), .nr = metric->nr,
		};
		spread(metric, point);
		trend->unit = metric->unit;
	} else {
		code = figures_no_metric(figures, trend->metric, error);
	}
	if (*first)
		figures_free(figures);
	else
		*first = figures;
	return code;
}

static int draw(const struct trend *trend, const char *chart, struct error *error)
{
	char *svg = NULL;
	size_t length;
	int code = trend_draw(trend, &svg, &length, error);

	if (!code)
		code = file_write(chart, svg, length, error);
	free(svg);
	return code;
}

/**
 * cmd_trend() - smmustat trend
 * @argc: as for main()
 * @argv: as for main()
 * @error: one line on failure
 *
 * Return: 0, -errno or a SMMUSTAT_ code.
 */
int cmd_trend(int argc, char **argv, struct error *error)
{
	static const struct argp argp = { option_table, parse, "NAME=RESULT...", doc, NULL, NULL,
					  NULL };
	struct options options = { .setups.axis = AXIS_COMMIT, .error = error };
	struct trend trend = { NULL, NULL, NULL, 0 };
	struct figures *first = NULL;
	size_t i;
	int code;

	code = cmd_parse(&argp, argc, argv, &options, error);
	if (!code && (!options.metric || !options.nr))
		code = error_set(error, SMMUSTAT_USAGE, "--metric and a NAME=RESULT are needed: see "
				 "smmustat trend --help");
	trend.metric = options.metric;
	for (i = 0; !code && i < options.nr; i++)
		code = add_point(&trend, options.points[i], &first, &options.setups, error);
	if (!code && options.chart)
		code = draw(&trend, options.chart, error);
	if (!code)
		trend_print(&trend, stdout);
	for (i = 0; i < trend.nr; i++)
		free(trend.points[i].name);
	free(trend.points);
	figures_free(first);
	compare_allow_none(&options.setups);
	free(options.points);
	return code;
}
