// SPDX-License-Identifier: GPL-2.0-only
#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "file.h"
#include "json_out.h"
#include "mem.h"
#include "profile.h"
#include "profile_rows.h"
#include "result.h"

static const char doc[] =
	"Show which function executes how many instructions of one operation, at EL1 and at EL2: from "
	"the traces that scripts/bench --profile left in the folder profile of a result."
	"\v"
	"Example: smmustat profile results/latest --row 'native:strict/dma_unmap/4k/*'\n"
	"Example: smmustat profile results/latest --row '*/guest_take/*' --tree\n"
	"Example: smmustat profile results/latest --collapsed | flamegraph.pl >unmap.svg\n\n"
	"Numbers are instructions for each operation, those of --collapsed and --format json of all "
	"operations together. own is what a function executes itself, inclusive with all that it calls. "
	"The sum over own is what the row measured, and where it is not, that is said and the exit "
	"status is 1. A row is called as in smmustat figures; those of method single have no profile, since "
	"batch times the same operations.";

enum { OPT_ROW = 256, OPT_BY, OPT_TREE, OPT_COLLAPSED, OPT_LEAST, OPT_CUT };

static const struct argp_option option_table[] = {
	{ "row", OPT_ROW, "GLOB", 0, "only rows whose name matches", 0 },
	{ "by", OPT_BY, "WHAT", 0, "function (default), or part: what the kernel and EL2 are made of", 0 },
	{ "tree", OPT_TREE, NULL, 0, "who calls whom", 0 },
	{ "collapsed", OPT_COLLAPSED, NULL, 0, "a line for each stack, as flame graphs are made of", 0 },
	{ "least", OPT_LEAST, "N", 0, "what includes fewer instructions an operation is one line "
	  "together (default 0.5)", 0 },
	{ "format", 'f', "FORMAT", 0, "text (default), or json, which holds all of it", 0 },
	{ "out", 'o', "FILE", 0, "write there instead of standard output", 0 },
	{ "cut", OPT_CUT, "RESULT", 0, "FILE is the trace of a whole boot, and RESULT what was measured "
	  "in it: write a file for each row into the folder that --out names", 1 },
	{ 0 },
};

struct options {
	const char *row, *out, *cut, *input;
	enum profile_view view;
	bool view_given;
	double least;
	bool json;
	struct error *error;
};

static error_t refuse(struct options *options, const char *what)
{
	error_set(options->error, 0, "%s", what);
	return EINVAL;
}

static error_t take_view(struct options *options, enum profile_view view)
{
	if (options->view_given && options->view != view)
		return refuse(options, "one of --by, --tree and --collapsed at a time");
	options->view_given = true;
	options->view = view;
	return 0;
}

static error_t take_least(struct options *options, const char *argument)
{
	char *end;

	options->least = strtod(argument, &end);
	if (*argument && !*end && options->least >= 0 && options->least < 1e15)
		return 0;
	error_set(options->error, 0, "--least wants a number from 0, not %s", argument);
	return EINVAL;
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
	struct options *options = state->input;

	switch (key) {
	case OPT_ROW:
		options->row = argument;
		return 0;
	case OPT_BY:
		if (!strcmp(argument, "function"))
			return take_view(options, VIEW_FUNCTIONS);
		if (!strcmp(argument, "part"))
			return take_view(options, VIEW_PARTS);
		error_set(options->error, 0, "--by %s: it is function or part", argument);
		return EINVAL;
	case OPT_TREE:
		return take_view(options, VIEW_TREE);
	case OPT_COLLAPSED:
		return take_view(options, VIEW_COLLAPSED);
	case OPT_LEAST:
		return take_least(options, argument);
	case OPT_CUT:
		options->cut = argument;
		return 0;
	case 'f':
		return cmd_text_or_json(argument, &options->json, options->error);
	case 'o':
		options->out = argument;
		return 0;
	case ARGP_KEY_ARG:
		if (!options->input) {
			options->input = argument;
			return 0;
		}
		error_set(options->error, 0, "%s: one folder or file at a time", argument);
		return EINVAL;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* What is printed, while it is not certain that all of it can be. */
struct output {
	const struct options *options;
	json_t *list;
	FILE *out;
	size_t nr, nr_differ;
};

static int add_row(struct output *output, const struct trace *trace, const struct trace_row *row,
		   struct error *error)
{
	const char *name = json_string_value(json_object_get(row->of, "name"));
	struct profile *profile;
	int code;

	if (name && output->options->row && fnmatch(output->options->row, name, 0))
		return 0;
	code = profile_new(trace, row, &profile, error);
	if (code)
		return code;
	if (output->options->json) {
		json_array_append_new(output->list, profile_json(profile));
	} else {
		if (output->nr && output->options->view != VIEW_COLLAPSED)
			fputc('\n', output->out);
		profile_print(profile, output->options->view, output->options->least, output->out);
	}
	output->nr++;
	output->nr_differ += profile->differs;
	profile_free(profile);
	return 0;
}

static int add_file(struct output *output, const char *path, struct error *error)
{
	struct trace *trace;
	int code = trace_load(path, &trace, error);
	size_t i;

	if (code)
		return code;
	for (i = 0; i < trace->nr_rows && !code; i++)
		code = add_row(output, trace, &trace->rows[i], error);
	trace_free(trace);
	return code;
}

static int is_trace(const struct dirent *entry)
{
	size_t length = strlen(entry->d_name);

	return entry->d_name[0] != '.' && length > 5 && !strcmp(entry->d_name + length - 5, ".json");
}

/* The folder of a result, or the one in it that has the traces. */
static int add_folder(struct output *output, const char *path, struct error *error)
{
	char *inner = mem_format("%s/profile", path), *file;
	const char *folder = file_is_directory(inner) ? inner : path;
	struct dirent **entries;
	int nr = scandir(folder, &entries, is_trace, alphasort), i, code = 0;

	if (nr <= 0 || (folder == path && strcmp(strrchr(path, '/') ? strrchr(path, '/') + 1 : path,
						 "profile"))) {
		code = error_set(error, SMMUSTAT_FAILED, "%s: holds no profile: measure with "
				 "scripts/bench --profile", path);
	}
	for (i = 0; i < nr; i++) {
		file = mem_format("%s/%s", folder, entries[i]->d_name);
		if (!code)
			code = add_file(output, file, error);
		free(file);
		free(entries[i]);
	}
	if (nr >= 0)
		free(entries);
	free(inner);
	return code;
}

static int print_all(struct output *output, struct error *error)
{
	const struct options *options = output->options;
	int code;

	if (file_is_directory(options->input))
		code = add_folder(output, options->input, error);
	else
		code = add_file(output, options->input, error);
	if (!code && !output->nr)
		code = error_set(error, SMMUSTAT_USAGE, "%s: has no row named %s", options->input,
				 options->row ? options->row : "anything");
	if (!code && options->json)
		code = json_print(json_pack("{s:{s:i, s:i}, s:O}", "schema", "major", 1, "minor", 0,
					    "profiles", output->list), output->out);
	return code;
}

static int show(const struct options *options, struct error *error)
{
	struct output output = { .options = options, .list = json_array() };
	char *text = NULL;
	size_t length;
	int code;

	output.out = open_memstream(&text, &length);
	if (!output.out)
		code = error_set(error, SMMUSTAT_FAILED, "out of memory: show fewer rows");
	else
		code = print_all(&output, error);
	if (output.out)
		fclose(output.out);
	if (!code)
		code = file_write(options->out, text, length, error);
	if (!code && output.nr_differ)
		code = error_set(error, SMMUSTAT_FAILED, "%s: %zu of %zu rows do not come to what was "
				 "measured: do not use them, and report it", options->input,
				 output.nr_differ, output.nr);
	free(text);
	json_decref(output.list);
	return code;
}

static int cut(const struct options *options, struct error *error)
{
	struct result *result = NULL;
	struct trace *trace = NULL;
	int code;

	if (!options->out || !file_is_directory(options->out))
		return error_set(error, SMMUSTAT_USAGE, "--cut writes many files: give --out a folder "
				 "that exists");
	code = result_load(options->cut, &result, error);
	if (!code)
		code = trace_load(options->input, &trace, error);
	if (!code)
		code = profile_rows(trace, result, options->out, error);
	trace_free(trace);
	result_free(result);
	return code;
}

/**
 * cmd_profile() - smmustat profile
 * @argc: as for main()
 * @argv: as for main()
 * @error: one line on failure
 *
 * Return: 0, -errno or a SMMUSTAT_ code.
 */
int cmd_profile(int argc, char **argv, struct error *error)
{
	static const struct argp argp = { option_table, parse, "DIR|FILE", doc, NULL, NULL, NULL };
	struct options options = { .least = 0.5, .error = error };
	int code;

	code = cmd_parse(&argp, argc, argv, &options, error);
	if (!code && options.json && options.view_given)
		code = error_set(error, SMMUSTAT_USAGE, "--format json holds all of it: leave --by, "
				 "--tree and --collapsed out");
	if (!code && !options.input)
		code = error_set(error, SMMUSTAT_USAGE, "no file given: name the folder of a result");
	if (code)
		return code;
	return options.cut ? cut(&options, error) : show(&options, error);
}
