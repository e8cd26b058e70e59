/* SPDX-License-Identifier: GPL-2.0-only */
/* Sequences of numbers, each kept once and known by a number of its own from 0. */

#ifndef PLUGIN_SEQUENCES_H
#define PLUGIN_SEQUENCES_H

#include <stddef.h>
#include <stdint.h>

struct sequence {
	size_t first;		/* into sequences.items */
	uint32_t nr;
	uint32_t hash;
};

struct sequences {
	uint32_t *items;
	size_t nr_items, room_items;
	struct sequence *list;
	size_t nr, room;
	uint32_t *slots;	/* number of a sequence and 1, or 0 */
	size_t nr_slots;	/* a power of two, or 0 */
};

/* sequences_number() - that of a sequence, new or known; or -ENOMEM, -E2BIG */
int64_t sequences_number(struct sequences *set, const uint32_t *items, size_t nr);
void sequences_free(struct sequences *set);

static inline const uint32_t *sequences_items(const struct sequences *set, size_t number)
{
	return set->items + set->list[number].first;
}

/* array_room() - @array with room for one more than @nr; NULL, with @array as it was, without memory */
void *array_room(void *array, size_t nr, size_t *room, size_t size);

#endif /* PLUGIN_SEQUENCES_H */
