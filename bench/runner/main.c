// SPDX-License-Identifier: GPL-2.0-only
/* smmubench: the program on the target. See bench/module/measure.c for how to measure. */

#include <stdio.h>
#include <string.h>

#include "cli.h"

const struct command commands[] = {
	{ "doctor", "what this machine can measure and what not", cmd_doctor },
	{ "devices", "which devices may be measured with, and why not the others", cmd_devices },
	{ "list", "the benchmarks", cmd_list },
	{ "show", "explain one benchmark", cmd_show },
	{ "run", "measure and write a result file", cmd_run },
	{ NULL, NULL, NULL },
};

static void help(void)
{
	const struct command *c;

	puts("Usage: smmubench COMMAND [OPTION...]\n"
	     "Measures the DMA API through the SMMU of this machine.\n");
	for (c = commands; c->name; c++)
		printf("  %-9s %s\n", c->name, c->help);
	puts("\nEvery command has --help. Example:\n"
	     "  smmubench doctor && smmubench run --out result.json");
}

int main(int argc, char **argv)
{
	const struct command *c;

	if (argc < 2)
		return wrong_usage("no command; see smmubench --help");
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "help") || !strcmp(argv[1], "-?")) {
		help();
		return EX_OK;
	}
	for (c = commands; c->name; c++) {
		if (!strcmp(argv[1], c->name))
			return c->run(argc - 1, argv + 1);
	}

	return wrong_usage("unknown command '%s'; it is one of: doctor, devices, list, show, run",
			   argv[1]);
}
