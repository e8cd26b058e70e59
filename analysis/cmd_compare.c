// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "compare.h"
#include "file.h"
#include "mem.h"

static const char doc[] =
	"With one file, compare each mode with the native baseline that has the same guarantee: "
	"strict with native:strict, lazy with native:lazy, passthrough and identity with "
	"native:passthrough. With two files, compare each row of B with the same row of A. Runs "
	"that were not made alike are refused, naming the field. The figures printed are those that "
	"are judged: on insn the median over rounds, or the least of single operations, where ticks "
	"of the timer explain all that differs, else the mean; on wall the mean of each boot."
	"\v"
	"Example: smmustat compare before/results.json after/results.json --by commit\n"
	"Example: smmustat compare results/latest --baseline native:strict --format json\n\n"
	"Comparing by commit or kernel waives the fields kernel_release, kernel_version, "
	"config_hash, series_hash and suite_version. The clock may never differ: insn and ns are "
	"never compared.\n\n"
	"What is not alike on both sides is listed, in every format: rows, modes and counters of one "
	"side, rows that were measured on one and not on the other, runs that are not complete. It "
	"is no failure, and no \"no change\" either.\n\n"
	"Exit status: 0 success, 1 failed, 2 wrong usage, 3 when nothing is comparable, something "
	"that was measured in A has no answer in B, or a run is not complete. A row that a mode "
	"does not have is listed and leaves the status 0: modes differ in what they can do.";

static const struct argp_option option_table[] = {
	{ "by", 'b', "AXIS", 0, "mode (default for one file), commit (default for two) or kernel",
	  0 },
	{ "baseline", 'B', "LABEL", 0, "only comparisons with native:strict, native:lazy or "
	  "native:passthrough", 0 },
	{ "format", 'f', "FORMAT", 0, "text (default), mail, md, csv or json", 0 },
	{ "allow", 'a', "FIELD", 0, "let this field of the setup, kvm_mode or revision differ; "
	  "may be given more than once", 0 },
	{ "out", 'o', "FILE", 0, "write there instead of standard output", 0 },
	{ 0 },
};

struct options {
	struct compare_request request;
	const char *axis;
	const char *format;
	const char *out;
	const char *files[2];
	int nr_files;
	struct error *error;
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
	static const char *const axes[] = { "mode", "commit", "kernel", NULL };
	static const char *const formats[] = { "text", "mail", "md", "csv", "json", NULL };
	struct options *options = state->input;

	switch (key) {
	case 'b':
		options->axis = argument;
		return cmd_one_of("axis", argument, axes, options->error);
	case 'B':
		options->request.baseline = argument;
		return 0;
	case 'f':
		options->format = argument;
		return cmd_one_of("format", argument, formats, options->error);
	case 'a':
		return compare_allow(&options->request, argument, options->error);
	case 'o':
		options->out = argument;
		return 0;
	case ARGP_KEY_ARG:
		if (options->nr_files < 2) {
			options->files[options->nr_files++] = argument;
			return 0;
		}
		error_set(options->error, 0, "%s: two files at most: merge the others first",
			  argument);
		return EINVAL;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static int set_axis(struct options *options, struct error *error)
{
	const char *axis = options->axis;

	if (!options->nr_files)
		return error_set(error, SMMUSTAT_USAGE, "no file given: name one results.json, or "
				 "two");
	if (!axis)
		axis = options->nr_files == 1 ? "mode" : "commit";
	options->request.axis = !strcmp(axis, "mode") ? AXIS_MODE :
				!strcmp(axis, "commit") ? AXIS_COMMIT : AXIS_KERNEL;
	if (options->request.axis != AXIS_MODE && options->nr_files == 1)
		return error_set(error, SMMUSTAT_USAGE, "--by %s needs two files: the one before "
				 "and the one after", axis);
	return 0;
}

/**
 * cmd_compare() - smmustat compare
 * @argc: as for main()
 * @argv: as for main()
 * @error: one line on failure
 *
 * Return: 0, -errno or a SMMUSTAT_ code.
 */
int cmd_compare(int argc, char **argv, struct error *error)
{
	static const struct argp argp = { option_table, parse, "A [B]", doc, NULL, NULL, NULL };
	struct options options = { .format = "text", .error = error };
	struct result *results[2] = { NULL, NULL };
	struct stats *stats[2] = { NULL, NULL };
	struct comparisons *comparisons = NULL;
	char *text = NULL;
	size_t length;
	FILE *out;
	int code, printed, i;

	code = cmd_parse(&argp, argc, argv, &options, error);
	if (!code)
		code = set_axis(&options, error);
	for (i = 0; !code && i < options.nr_files; i++) {
		code = result_load(options.files[i], &results[i], error);
		if (!code)
			code = stats_build(results[i], &stats[i], error);
	}
	if (code)
		goto cleanup;
	code = compare(stats[0], stats[1] ? stats[1] : stats[0], &options.request, &comparisons,
		       error);
	if (!comparisons)
		goto cleanup;
	out = open_memstream(&text, &length);
	if (!out) {
		code = error_set(error, SMMUSTAT_FAILED, "out of memory: compare fewer runs");
		goto cleanup;
	}
	/* With nothing to compare what there is on either side is said all the same. */
	printed = comparisons_print(comparisons, options.format, out);
	fclose(out);
	if (!printed)
		printed = file_write(options.out, text, length, error);
	if (printed)
		code = printed;
	else if (!code)
		code = comparisons_code(comparisons);
cleanup:
	free(text);
	comparisons_free(comparisons);
	for (i = 0; i < 2; i++) {
		stats_free(stats[i]);
		result_free(results[i]);
	}
	compare_allow_none(&options.request);
	return code;
}
