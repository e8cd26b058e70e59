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

static bool run(u64 seed, u64 sequences, bool print)
{
	for (current = seed; current < seed + sequences; current++) {
		if (sequence(current)) {
			if (print)
				sequence_print();
			continue;
		}
		sequence_print();
		printf("# again: qtest --replay %llu\n", current);
		return false;
	}

	return true;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "sequences", required_argument, NULL, 'n' }, { "seed", required_argument, NULL, 's' },
		{ "replay", required_argument, NULL, 'r' },    { "plant", required_argument, NULL, 'p' },
		{},
	};
	u64 sequences = 1000, seed = 1;
	bool replay = false, ok;
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
	ok = run(seed, sequences, replay);
	qemu_stop();
	printf("# %llu steps: %llu transfers, %llu commands, %llu changes of tables\n", totals.steps,
	       totals.transfers, totals.commands, totals.changes);
	explain_report();
	printf("%s 1 - the model does as QEMU does, or the difference is explained\n", ok ? "ok" : "not ok");
	fflush(stdout);
	_Exit(!ok);
}
