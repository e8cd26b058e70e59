// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chart.h"
#include "cmd.h"
#include "file.h"
#include "isolation.h"
#include "report.h"

static const char doc[] =
	"Tables and charts of a result file, or of the results.json in a folder. Rows with the "
	"same guarantee stand together. The null row of the same run is subtracted per operation. "
	"Where isolation tests left their KTAP beside the file, as isolation-MODE.ktap, their cases "
	"are shown as a matrix."
	"\v"
	"Example: smmustat report --format html --out report.html results/latest\n\n"
	"With --format html and --out, each chart is also written to the folder charts beside "
	"it.\n\n"
	"Exit status: 0 success, 1 failed, 2 wrong usage.";

static const struct argp_option option_table[] = {
	{ "format", 'f', "FORMAT", 0, "text (default), mail, md, html or json", 0 },
	{ "out", 'o', "FILE", 0, "write there instead of standard output", 0 },
	{ 0 },
};

enum format { TEXT, MAIL, MARKDOWN, HTML, JSON, NR_FORMATS };

static const char *const formats[NR_FORMATS] = { "text", "mail", "md", "html", "json" };

struct options {
	enum format format;
	const char *out;
	const char *file;
	struct error *error;
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
	struct options *options = state->input;
	int i;

	switch (key) {
	case 'f':
		for (i = 0; i < NR_FORMATS && strcmp(argument, formats[i]); i++)
			;
		options->format = i;
		if (i < NR_FORMATS)
			return 0;
		error_set(options->error, 0, "unknown format %s: use text, mail, md, html or json",
			  argument);
		return EINVAL;
	case 'o':
		options->out = argument;
		return 0;
	case ARGP_KEY_ARG:
		if (!options->file) {
			options->file = argument;
			return 0;
		}
		error_set(options->error, 0, "%s: one file at a time: merge them first, or see "
			  "smmustat compare", argument);
		return EINVAL;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static int print(const struct options *options, const struct report *report, FILE *out,
		 struct error *error)
{
	struct chart *charts;
	size_t nr_charts;
	int code;

	switch (options->format) {
	case MAIL:
		return report_mail(report, out);
	case MARKDOWN:
		return report_markdown(report, out);
	case JSON:
		return report_json(report, out);
	case HTML:
		code = charts_render(report, &charts, &nr_charts, error);
		if (code)
			return code;
		if (options->out && strcmp(options->out, "-"))
			code = charts_write(charts, nr_charts, options->out, error);
		if (!code)
			code = report_html(report, charts, nr_charts, out);
		charts_free(charts, nr_charts);
		return code;
	default:
		return report_text(report, out);
	}
}

/**
 * cmd_report() - smmustat report
 * @argc: as for main()
 * @argv: as for main()
 * @error: one line on failure
 *
 * Return: 0, -errno or a SMMUSTAT_ code.
 */
int cmd_report(int argc, char **argv, struct error *error)
{
	static const struct argp argp = { option_table, parse, "RESULTS.json|DIR", doc, NULL, NULL,
					  NULL };
	struct options options = { .error = error };
	struct isolation *isolation = NULL;
	struct result *result = NULL;
	struct report *report = NULL;
	struct stats *stats = NULL;
	char *text = NULL;
	size_t length;
	FILE *out;
	int code;

	code = cmd_parse(&argp, argc, argv, &options, error);
	if (code)
		return code;
	if (!options.file)
		return error_set(error, SMMUSTAT_USAGE, "no file given: name a results.json or the "
				 "folder that holds one");
	code = result_load(options.file, &result, error);
	if (!code)
		code = isolation_load(result->path, &isolation, error);
	if (!code)
		code = stats_build(result, &stats, error);
	if (code)
		goto cleanup;
	report = report_new(stats, isolation);
	out = open_memstream(&text, &length);
	if (!out) {
		code = error_set(error, SMMUSTAT_FAILED, "out of memory: report fewer runs");
		goto cleanup;
	}
	code = print(&options, report, out, error);
	fclose(out);
	if (!code)
		code = file_write(options.out, text, length, error);
cleanup:
	free(text);
	report_free(report);
	stats_free(stats);
	isolation_free(isolation);
	result_free(result);
	return code;
}
