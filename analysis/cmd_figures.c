// SPDX-License-Identifier: GPL-2.0-only
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "figures.h"
#include "file.h"

static const char doc[] =
	"List every figure of a result file by the name that smmustat gate and scripts/bisect know "
	"it by, with its value in each boot; on insn in each perturbed start."
	"\v"
	"Example: smmustat figures results/latest --metric '*/dma_map/4k/*'\n"
	"Example: smmustat figures results/latest --format json --out results/baseline/quick.json\n\n"
	"A name is LABEL/BENCHMARK[/SIZE]/METHOD/QUANTITY. mean and median are per operation and less "
	"the null row of the same boot, percentiles and counters as measured. The gate judges those "
	"marked *; the others are printed with a figure that moved.\n\n"
	"With --format json the file can be kept, and given to smmustat gate in place of results.";

static const struct argp_option option_table[] = {
	{ "metric", 'm', "GLOB", 0, "only figures whose name matches", 0 },
	{ "format", 'f', "FORMAT", 0, "text (default), or json, which holds all figures", 0 },
	{ "out", 'o', "FILE", 0, "write there instead of standard output", 0 },
	{ 0 },
};

struct options {
	const char *pattern;
	const char *out;
	const char *file;
	bool json;
	struct error *error;
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
	struct options *options = state->input;

	switch (key) {
	case 'm':
		options->pattern = argument;
		return 0;
	case 'f':
		return cmd_text_or_json(argument, &options->json, options->error);
	case 'o':
		options->out = argument;
		return 0;
	case ARGP_KEY_ARG:
		if (!options->file) {
			options->file = argument;
			return 0;
		}
		error_set(options->error, 0, "%s: one file at a time", argument);
		return EINVAL;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static size_t print_names(const struct figures *figures, const char *pattern, FILE *out)
{
	size_t found = 0, i, k;

	for (i = 0; i < figures->nr; i++) {
		const struct metric *metric = &figures->metrics[i];

		if (pattern && fnmatch(pattern, metric->name, 0))
			continue;
		fprintf(out, "%c %s", metric->judged ? '*' : ' ', metric->name);
		for (k = 0; k < metric->nr; k++)
			fprintf(out, " %.10g", metric->values[k]);
		fputc('\n', out);
		found++;
	}
	return found;
}

/**
 * cmd_figures() - smmustat figures
 * @argc: as for main()
 * @argv: as for main()
 * @error: one line on failure
 *
 * Return: 0, -errno or a SMMUSTAT_ code.
 */
int cmd_figures(int argc, char **argv, struct error *error)
{
	static const struct argp argp = { option_table, parse, "FILE", doc, NULL, NULL, NULL };
	struct options options = { .error = error };
	struct figures *figures = NULL;
	char *text = NULL;
	size_t length;
	FILE *out;
	int code;

	code = cmd_parse(&argp, argc, argv, &options, error);
	if (!code && options.json && options.pattern)
		code = error_set(error, SMMUSTAT_USAGE, "--format json holds all figures: leave "
				 "--metric out");
	if (!code && !options.file)
		code = error_set(error, SMMUSTAT_USAGE, "no file given: name a result file");
	if (!code)
		code = figures_load(options.file, &figures, error);
	if (code)
		return code;
	out = open_memstream(&text, &length);
	if (!out)
		code = error_set(error, SMMUSTAT_FAILED, "out of memory: list fewer runs");
	else if (options.json)
		code = figures_print(figures, out);
	else if (!print_names(figures, options.pattern, out))
		code = error_set(error, SMMUSTAT_USAGE, "%s: has no figure named %s: smmustat "
				 "figures lists the names", options.file,
				 options.pattern ? options.pattern : "anything");
	if (out)
		fclose(out);
	if (!code)
		code = file_write(options.out, text, length, error);
	free(text);
	figures_free(figures);
	return code;
}
