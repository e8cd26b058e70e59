/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SMMUSTAT_PROFILE_H
#define SMMUSTAT_PROFILE_H

#include <stdio.h>

#include "profile_calls.h"

struct error;

struct profile_share {
	uint64_t own, inclusive, entries;
};

/* What all measured operations of one row executed. */
struct profile {
	const struct trace *trace;
	const struct trace_row *row;
	const char *name;		/* of the row */
	const char *run_id;
	uint64_t ops;
	uint64_t all;			/* instructions that count */
	uint64_t levels[LEVELS];
	struct calls *calls;
	uint64_t *inclusive;		/* by node */
	struct profile_share *functions;
	struct profile_share *parts;
	int64_t clock_off;		/* what the result has more at EL2, around runs of a guest */
	bool differs;			/* from what the result has, and that is no reason */
};

enum profile_view { VIEW_FUNCTIONS, VIEW_PARTS, VIEW_TREE, VIEW_COLLAPSED };

int profile_new(const struct trace *trace, const struct trace_row *row, struct profile **profile,
		struct error *error);
void profile_free(struct profile *profile);

size_t part_of(const struct trace_function *function);
const char *part_name(size_t part);
size_t parts_nr(void);

void profile_print(const struct profile *profile, enum profile_view view, double least, FILE *out);
json_t *profile_json(const struct profile *profile);

#endif
