// SPDX-License-Identifier: GPL-2.0-only
/*
 * The model against QEMU's SMMUv3: random sequences of table changes, commands, register
 * writes and DMA on both, step by step.
 *
 *   qtest [--sequences N] [--seed S] [--replay S] [--plant FAULT] -- COMMAND...
 *
 * COMMAND starts qemu-system-aarch64 with the arguments that follow. Sequence I of seed S
 * has the seed S + I; --replay prints one as text. It prints TAP.
 */

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "outcome.h"
#include "plant.h"
#include "qemu.h"
#include "sequence.h"

/* With so many that are not explained it ends: there is enough to look at. */
#define MAX_FAILED 5

static u64 current;

static void usage(void)
{
	fputs("usage: qtest [--sequences N] [--seed S] [--replay S] [--plant FAULT] -- COMMAND...\n"
	      "example: qtest --replay 17 -- qemu-system-aarch64\n",
	      stderr);
	exit(2);
}

/* What the model takes for a fault of software's ends the program on its way. */
static void said(void)
{
	sequence_print();
	printf("Bail out! The model ended sequence %llu\n", current);
}

static u64 agree, differ, failed;

static void run_one(bool print)
{
	u32 before = explain_differences();
	bool ok = sequence(current);

	if (ok && explain_differences() == before)
		agree++;
	else if (ok)
		differ++;
	else
		failed++;
	if (print || !ok)
		sequence_print();
	if (!ok)
		printf("# again: qtest --replay %llu\n", current);
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "sequences", required_argument, NULL, 'n' },
		{ "seed", required_argument, NULL, 's' },
		{ "replay", required_argument, NULL, 'r' },
		{ "plant", required_argument, NULL, 'p' },
		{},
	};
	u64 sequences = 1000, seed = 1;
	bool replay = false;
	int option;

	while ((option = getopt_long(argc, argv, "+", options, NULL)) != -1) {
		if (option == 'n')
			sequences = strtoull(optarg, NULL, 0);
		else if (option == 's' || option == 'r')
			seed = strtoull(optarg, NULL, 0);
		else if (option != 'p' || !plant(optarg))
			usage();
		replay |= option == 'r';
	}
	if (replay)
		sequences = 1;
	if (optind == argc)
		usage();

	qemu_start(argv + optind);
	atexit(said);
	qemu_side_init();
	printf("TAP version 13\n1..1\n# seed %llu, %llu sequences\n", seed, sequences);
	for (current = seed; current < seed + sequences && failed < MAX_FAILED; current++)
		run_one(replay);
	qemu_stop();
	printf("# %llu sequences agree, %llu differ in what is explained, %llu in what is not\n",
	       agree, differ, failed);
	printf("# %llu steps: %llu transfers, %llu commands, %llu changes of tables\n",
	       totals.steps, totals.transfers, totals.commands, totals.changes);
	explain_report();
	printf("%s 1 - the model does as QEMU does, or the difference is explained\n",
	       failed ? "not ok" : "ok");
	fflush(stdout);
	_Exit(failed != 0);
}
