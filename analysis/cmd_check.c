// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>

#include "cmd.h"
#include "plural.h"
#include "result.h"
#include "schema.h"

static const char doc[] =
	"Find everything that is wrong with result files: types, ranges, sums that do not add up, "
	"rows or runs that are there twice. One line for each problem."
	"\v"
	"Example: smmustat check results/latest/results.json\n\n"
	"Exit status: 0 when all files are valid, 1 when one is not, 2 for wrong usage.";

struct options {
	int first_file;
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
	struct options *options = state->input;

	(void)argument;
	if (key != ARGP_KEY_ARGS)
		return ARGP_ERR_UNKNOWN;
	options->first_file = state->next;
	return 0;
}

static void print_problem(void *context, const char *where, const char *problem)
{
	struct error line;

	/* error_set() keeps what a hostile file says on one line. */
	error_set(&line, 0, "%s: %s: %s", (const char *)context, where, problem);
	puts(line.text);
}

/**
 * cmd_check() - smmustat check
 * @argc: as for main()
 * @argv: as for main()
 * @error: one line on failure
 *
 * Return: 0 when all files are valid, else -errno or a SMMUSTAT_ code.
 */
int cmd_check(int argc, char **argv, struct error *error)
{
	static const struct argp argp = { .parser = parse, .args_doc = "FILE...", .doc = doc };
	struct options options = { 0 };
	size_t problems;
	json_t *root;
	int code, result = 0, i;

	code = cmd_parse(&argp, argc, argv, &options, error);
	if (code)
		return code;
	if (!options.first_file)
		return error_set(error, SMMUSTAT_USAGE, "no file given: name the files to check");
	for (i = options.first_file; i < argc; i++) {
		if (document_load(argv[i], &root, error)) {
			puts(error->text);
			*error->text = '\0';
			result = SMMUSTAT_FAILED;
			continue;
		}
		problems = schema_check(root, print_problem, argv[i]);
		if (problems)
			result = SMMUSTAT_FAILED;
		else
			printf("%s: valid, schema %d.%d, %zu run%s\n", argv[i],
			       (int)json_integer_value(json_object_get(
				       json_object_get(root, "schema"), "major")),
			       (int)json_integer_value(json_object_get(
				       json_object_get(root, "schema"), "minor")),
			       json_array_size(json_object_get(root, "runs")),
			       plural(json_array_size(json_object_get(root, "runs"))));
		json_decref(root);
	}
	return result;
}
