/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SMMUSTAT_PROFILE_CALLS_H
#define SMMUSTAT_PROFILE_CALLS_H

#include "profile_trace.h"

/* A function as called from its parent. Node 0 is what calls the first ones. */
struct call {
	uint32_t function;
	uint32_t parent, child, sibling;	/* 0: none */
	uint64_t own;				/* instructions, without those of what it calls */
	uint64_t entries;
};

/* Of one level, the instructions of a window that count, by their order: from one to another. */
struct call_span {
	uint64_t from, to;
};

/* Such parts, in order and apart. */
struct call_spans {
	struct call_span *items;
	size_t nr;
};

/* spans_overlap() - how many of @nr instructions from @from on count; @at is kept between calls, from 0 */
static inline uint64_t spans_overlap(const struct call_spans *spans, size_t *at, uint64_t from,
				     uint64_t nr)
{
	uint64_t sum = 0, low, high;
	size_t i;

	while (*at < spans->nr && spans->items[*at].to <= from)
		(*at)++;
	for (i = *at; i < spans->nr && spans->items[i].from < from + nr; i++) {
		low = from > spans->items[i].from ? from : spans->items[i].from;
		high = from + nr < spans->items[i].to ? from + nr : spans->items[i].to;
		sum += high - low;
	}
	return sum;
}

struct calls {
	const struct trace *trace;
	struct call *nodes;
	size_t nr;
	uint64_t hidden;	/* at EL2 while MDCR_EL2 is a guest's, of those that count */
	uint64_t trips;		/* how often it became that */
};

struct calls *calls_new(const struct trace *trace);
void calls_free(struct calls *calls);
void calls_add(struct calls *calls, const struct trace_window *window, const struct call_spans *spans);

#endif
