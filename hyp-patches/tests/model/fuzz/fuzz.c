// SPDX-License-Identifier: GPL-2.0-only
/*
 * libFuzzer's way to the sequences (sequence.h). Beside its own options it takes
 *
 *	fuzz replay FILE...	prints what is done, an operation a line with its outcome
 *	fuzz minimise FILE	a shorter one that ends as FILE does, in FILE.min
 */

#include "sequence.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const u8 *bytes, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

int LLVMFuzzerTestOneInput(const u8 *bytes, size_t size)
{
	sequence_run(bytes, size, false);

	return 0;
}

static void fail(const char *file)
{
	perror(file);
	exit(2);
}

static void replay(const char *file)
{
	static u8 bytes[SZ_64K];
	FILE *f = fopen(file, "r");
	size_t size;

	if (!f)
		fail(file);
	size = fread(bytes, 1, sizeof(bytes), f);
	if (ferror(f))
		fail(file);
	fclose(f);
	printf("%s:\n", file);
	sequence_run(bytes, size, true);
}

/* libFuzzer starts it again by a shell, so the name has to be the program's own. */
static void minimise(char *file)
{
	char self[4096] = "", to[4096];

	if (readlink("/proc/self/exe", self, sizeof(self) - 1) < 0)
		fail("/proc/self/exe");
	snprintf(to, sizeof(to), "-exact_artifact_path=%s.min", file);
	execl(self, self, "-minimize_crash=1", "-max_total_time=60", to, file, NULL);
	fail(self);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	char **args = *argv;
	int i;

	if (*argc >= 3 && !strcmp(args[1], "replay")) {
		for (i = 2; i < *argc; i++)
			replay(args[i]);
		exit(0);
	}
	if (*argc == 3 && !strcmp(args[1], "minimise"))
		minimise(args[2]);

	return 0;
}
