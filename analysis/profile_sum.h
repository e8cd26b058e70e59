/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SMMUSTAT_PROFILE_SUM_H
#define SMMUSTAT_PROFILE_SUM_H

#include "profile_calls.h"

/*
 * What EL2 executes around the run of a guest the PMU does not count, and the bench takes from the clock:
 * less an empty window, so that what lies around the reading of the clock there and is not the same code
 * makes a difference, in each window the same. It is 4 instructions with gcc 12.
 */
enum { CLOCK_SLACK = 16 };

/*
 * What a window comes to. The clock counts all of it. With a guest there is no clock: the counters count
 * from their first reading in the window to their last one, while the task runs that they are of.
 */
struct window_sum {
	uint64_t all;
	bool runs_guest;
	uint64_t levels[LEVELS];
	struct call_spans spans[LEVELS];
};

bool agrees_at_el2(uint64_t executed, uint64_t counted, uint64_t slack);
void window_sum(const struct trace *trace, bool guest, const struct trace_window *window,
		struct window_sum *sum);
void window_sum_free(struct window_sum *sum);

#endif
