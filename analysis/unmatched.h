/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SMMUSTAT_UNMATCHED_H
#define SMMUSTAT_UNMATCHED_H

#include <jansson.h>

#include "stats.h"

enum side { SIDE_BASE, SIDE_CHANGE, SIDE_BOTH };
enum unmatched_kind { UNMATCHED_ROW, UNMATCHED_COUNTER, UNMATCHED_RUN, UNMATCHED_MODE };

/* What the two sides of a comparison do not have alike, and so what no verdict speaks of. */
struct unmatched {
	enum unmatched_kind kind;
	enum side side;		/* which has it */
	const struct row *row;	/* of a row, or the first of those that have the counter */
	char *name;		/* of what is no row */
	char *why;
	bool lost;		/* the base has it, and what became of it is not known */
};

/* They grow in the order that they are found. */
struct unmatched_list {
	struct unmatched *items;
	size_t nr;
	size_t nr_lost;
};

void unmatched_add_row(struct unmatched_list *list, enum side side, const struct row *row, bool lost,
		       char *why);
void unmatched_add(struct unmatched_list *list, enum unmatched_kind kind, enum side side, char *name,
		   bool lost, char *why);
void unmatched_free(struct unmatched_list *list);
char *unmatched_text(const struct unmatched *item);
char *unmatched_summary(const struct unmatched_list *list);
json_t *unmatched_json(const struct unmatched_list *list);

#endif
