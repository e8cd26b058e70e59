// SPDX-License-Identifier: GPL-2.0-only
/* smmustat: from result files to reports and comparisons. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "mem.h"

static const struct {
	const char *name;
	int (*run)(int argc, char **argv, struct error *error);
	const char *help;
} commands[] = {
	{ "report", cmd_report, "tables and charts of one result file" },
	{ "compare", cmd_compare, "modes against their baseline, or one commit against another" },
	{ "gate", cmd_gate, "judge a change against its base: what noise does not explain fails" },
	{ "figures", cmd_figures, "every figure by name, to list or to keep" },
	{ "place", cmd_place, "good or bad: what bisection asks of a commit" },
	{ "profile", cmd_profile, "which function executes how many instructions of one operation" },
	{ "trend", cmd_trend, "one figure over many commits, with a chart" },
	{ "merge", cmd_merge, "the files of single boots into one results.json" },
	{ "check", cmd_check, "find everything that is wrong with a result file" },
};

static void print_usage(FILE *out)
{
	size_t i;

	fputs("Usage: smmustat COMMAND [OPTION...] FILE...\n\nCommands:\n", out);
	for (i = 0; i < sizeof(commands) / sizeof(*commands); i++)
		fprintf(out, "  %-8s  %s\n", commands[i].name, commands[i].help);
	fputs("\n\"smmustat COMMAND --help\" explains a command. In place of a file every command takes\n"
	      "a pipe or a FIFO, which is read once; - is standard input.\n"
	      "Example: smmustat report results/latest\n"
	      "Exit status: 0 success, 1 failed or worse, 2 wrong usage, 3 inconclusive.\n", out);
}

static int run_command(size_t index, int argc, char **argv)
{
	struct error error = { "" };
	char *name = mem_format("smmustat %s", commands[index].name);
	int code;

	argv[0] = name;
	code = commands[index].run(argc, argv, &error);
	if (!code && (fflush(stdout) || ferror(stdout)))
		code = error_set(&error, SMMUSTAT_FAILED,
				 "cannot write to standard output: use --out FILE");
	if (code && *error.text)
		fprintf(stderr, "%s: %s\n", name, error.text);
	free(name);
	return code < 0 ? SMMUSTAT_FAILED : code;
}

int main(int argc, char **argv)
{
	size_t i;

	if (argc < 2) {
		fputs("smmustat: no command given: smmustat --help lists them\n", stderr);
		return SMMUSTAT_USAGE;
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") || !strcmp(argv[1], "help")) {
		print_usage(stdout);
		return 0;
	}
	for (i = 0; i < sizeof(commands) / sizeof(*commands); i++)
		if (!strcmp(argv[1], commands[i].name))
			return run_command(i, argc - 1, argv + 1);
	fprintf(stderr, "smmustat: unknown command %s: smmustat --help lists them\n", argv[1]);
	return SMMUSTAT_USAGE;
}
