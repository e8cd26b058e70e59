/* SPDX-License-Identifier: GPL-2.0-only */
/* What it takes to give a page to a protected guest, and to get it back. */

#ifndef SMMUBENCH_DONATION_H
#define SMMUBENCH_DONATION_H

#include <stdbool.h>

#include "abi.h"

struct machine;

/**
 * donation_run() - measure a row of the method `counted`
 * @m: asked for EL2's counters
 * @run: op, batch, rounds and perturb in; filled as the module fills it, but for
 *	 sum, min and max, since there is no clock
 * @rounds: run->rounds of them
 * @stop: asked before each guest; what was counted until then is there
 *
 * Return: 0 with run->status set, or -errno.
 */
int donation_run(const struct machine *m, struct smmubench_run *run,
		 struct smmubench_round *rounds, bool (*stop)(void));

/* Whether a guest runs while the row @op counts, with the PMU stopped for part of it. */
bool donation_runs_guest(const char *op);

#endif /* SMMUBENCH_DONATION_H */
