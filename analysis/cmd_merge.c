// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <stdlib.h>

#include "cmd.h"
#include "file.h"
#include "mem.h"
#include "merge.h"

static const char doc[] =
	"Merge the files of single boots into one result file, sorted by sequence. DIR stands for "
	"the files DIR/runs/*.json. A boot that is given twice is counted once, and boots of several "
	"sessions are pooled: those of the oldest keep their run ids, those of the next end in .2. On "
	"insn a start that is made again is the same start, and counted once. Boots with one run_id "
	"that were not made alike are refused. On a failure an existing result is untouched."
	"\v"
	"Example: smmustat merge results/latest\n"
	"Example: smmustat merge --out both.json results/monday results/tuesday\n\n"
	"Exit status: 0 success, 1 failed, 2 wrong usage.";

static const struct argp_option option_table[] = {
	{ "out", 'o', "FILE", 0, "write there (default: DIR/results.json when one DIR is given, "
	  "else standard output; - is standard output)", 0 },
	{ 0 },
};

struct options {
	const char *out;
	int first_file;
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
	struct options *options = state->input;

	switch (key) {
	case 'o':
		options->out = argument;
		return 0;
	case ARGP_KEY_ARGS:
		options->first_file = state->next;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/**
 * cmd_merge() - smmustat merge
 * @argc: as for main()
 * @argv: as for main()
 * @error: one line on failure
 *
 * Return: 0, -errno or a SMMUSTAT_ code.
 */
int cmd_merge(int argc, char **argv, struct error *error)
{
	static const struct argp argp = { option_table, parse, "FILE-or-DIR...", doc, NULL, NULL,
					  NULL };
	struct options options = { 0 };
	char *text = NULL, *in_folder = NULL;
	struct merge *merge;
	size_t length;
	FILE *out;
	int code, i;

	code = cmd_parse(&argp, argc, argv, &options, error);
	if (code)
		return code;
	if (!options.first_file)
		return error_set(error, SMMUSTAT_USAGE, "nothing given: name the files to merge, "
				 "or the folder that holds runs/");
	if (!options.out && options.first_file == argc - 1 && file_is_directory(argv[argc - 1]))
		options.out = in_folder = mem_format("%s/results.json", argv[argc - 1]);
	merge = merge_new();
	for (i = options.first_file; !code && i < argc; i++)
		code = (file_is_directory(argv[i]) ? merge_add_folder : merge_add)(merge, argv[i],
										   error);
	if (code)
		goto cleanup;
	out = open_memstream(&text, &length);
	if (!out) {
		code = error_set(error, SMMUSTAT_FAILED, "out of memory: merge fewer files");
		goto cleanup;
	}
	code = merge_print(merge, out, error);
	fclose(out);
	if (!code)
		code = file_write(options.out, text, length, error);
	if (!code)
		merge_remarks(merge, stderr);
cleanup:
	free(text);
	free(in_folder);
	merge_free(merge);
	return code;
}
