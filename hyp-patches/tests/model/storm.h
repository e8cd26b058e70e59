/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A host that calls EL2 at random, on all CPUs: each hypercall of the paravirt mode, pages that
 * change hands, devices of streams that it attaches. Arguments are few, so that they meet, or
 * lie at an edge. One domain it leaves alone; that one is used as it should be, and checked.
 */

#ifndef MODEL_STORM_H
#define MODEL_STORM_H

#include "kernel.h"

/**
 * storm_run() - a machine boots, and is what it was once the storm is over
 * @seed: of all of it
 * @calls: by all CPUs together
 * @threads: CPUs and devices are threads that run at once; else one runs at a time, and others
 *	come in amid what it does
 *
 * Behind the calls come 1000 rounds of map, DMA and unmap. Then all domains end, and pages
 * that were donated go back: each use of EL2's memory, the pages that are free and the sum of
 * the counts of all pages must be what they were at the start. It ends the test where something
 * does not hold.
 *
 * Return: a sum over all answers; without @threads it is the same each time.
 */
u64 storm_run(u64 seed, u64 calls, bool threads);

/** storm_print() - how often each call was made in the last run, and succeeded, in TAP comments */
void storm_print(void);

/** storm_covers() - whether each call succeeded and failed in the last run */
bool storm_covers(void);

#endif /* MODEL_STORM_H */
