// SPDX-License-Identifier: GPL-2.0-only
/*
 * Random calls of a hostile host, as many as one wants (../storm.h).
 *
 *	storm SEED CALLS [threads]
 *
 * The same seed makes the same calls, and without `threads` in the same order, so that all of
 * it is the same again. With `threads`, ThreadSanitizer watches the EL2 code where it is built in.
 */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "machine.h"
#include "storm.h"

int main(int argc, char **argv)
{
	bool threads = argc == 4 && !strcmp(argv[3], "threads");
	u64 seed, calls, sum;

	if (argc != 3 + threads) {
		fprintf(stderr, "usage: storm SEED CALLS [threads]\n");
		return 2;
	}
	seed = strtoull(argv[1], NULL, 0);
	calls = strtoull(argv[2], NULL, 0);
	printf("# storm %llu %llu%s\n", seed, calls, threads ? " threads" : "");
	fflush(stdout);
	sum = storm_run(seed, calls, threads);
	storm_print();
	if (!threads)
		printf("# sum of all answers: %#llx\n", sum);
	printf("ok 1 - nothing is lost, and nothing left\n1..1\n");

	return 0;
}
