// SPDX-License-Identifier: GPL-2.0-only
/* The list of what two sides do not have alike. */
#include "unmatched.h"

#include <stdlib.h>

#include "mem.h"

static void add(struct unmatched_list *list, struct unmatched item)
{
	list->items = mem_grow(list->items, list->nr);
	list->items[list->nr++] = item;
	list->nr_lost += item.lost;
}

/**
 * unmatched_add_row() - note a row
 * @list: grows
 * @side: which side has it
 * @row: the row; of the base where both have it
 * @lost: the base has it, and what became of it is not known
 * @why: in words; taken over
 */
void unmatched_add_row(struct unmatched_list *list, enum side side, const struct row *row, bool lost,
		       char *why)
{
	add(list, (struct unmatched){ UNMATCHED_ROW, side, row, NULL, why, lost });
}

/**
 * unmatched_add() - note what is no row
 * @list: grows
 * @kind: what it is
 * @side: which side has it
 * @name: of it; taken over
 * @lost: the base has it, and what became of it is not known
 * @why: in words; taken over
 */
void unmatched_add(struct unmatched_list *list, enum unmatched_kind kind, enum side side, char *name,
		   bool lost, char *why)
{
	add(list, (struct unmatched){ kind, side, NULL, name, why, lost });
}

/**
 * unmatched_free() - empty a list
 * @list: the list
 */
void unmatched_free(struct unmatched_list *list)
{
	size_t i;

	for (i = 0; i < list->nr; i++) {
		free(list->items[i].name);
		free(list->items[i].why);
	}
	free(list->items);
	*list = (struct unmatched_list){ NULL, 0, 0 };
}
