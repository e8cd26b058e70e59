// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sequences.h"

/* Numbers leave a bit for whoever keeps them: see recorder.h. */
#define MOST_SEQUENCES	(1UL << 31)

void *array_room(void *array, size_t nr, size_t *room, size_t size)
{
	size_t more = *room ? 2 * *room : 256;
	void *grown;

	if (nr < *room)
		return array;
	grown = realloc(array, more * size);
	if (grown)
		*room = more;

	return grown;
}

static uint32_t hash_of(const uint32_t *items, size_t nr)
{
	uint64_t hash = 0xcbf29ce484222325ULL;
	size_t i;

	for (i = 0; i < nr; i++)
		hash = (hash ^ items[i]) * 0x100000001b3ULL;

	return hash ^ hash >> 32;
}

static int grow_slots(struct sequences *set)
{
	size_t nr = set->nr_slots ? 2 * set->nr_slots : 1024, i, at;
	uint32_t *slots;

	if (set->nr < set->nr_slots / 2)
		return 0;
	slots = calloc(nr, sizeof(*slots));
	if (!slots)
		return -ENOMEM;
	for (i = 0; i < set->nr; i++) {
		for (at = set->list[i].hash & (nr - 1); slots[at]; at = (at + 1) & (nr - 1))
			;
		slots[at] = i + 1;
	}
	free(set->slots);
	set->slots = slots;
	set->nr_slots = nr;

	return 0;
}

static int append(struct sequences *set, const uint32_t *items, size_t nr, uint32_t hash)
{
	struct sequence *list = array_room(set->list, set->nr, &set->room, sizeof(*list));
	uint32_t *grown;
	size_t room;

	if (!list)
		return -ENOMEM;
	set->list = list;
	if (set->room_items - set->nr_items < nr) {
		room = 2 * set->room_items + nr;
		grown = realloc(set->items, room * sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		set->items = grown;
		set->room_items = room;
	}
	memcpy(set->items + set->nr_items, items, nr * sizeof(*items));
	set->list[set->nr++] = (struct sequence){ set->nr_items, nr, hash };
	set->nr_items += nr;

	return 0;
}

int64_t sequences_number(struct sequences *set, const uint32_t *items, size_t nr)
{
	uint32_t hash = hash_of(items, nr);
	size_t at;
	int ret;

	if (set->nr >= MOST_SEQUENCES || nr > UINT32_MAX)
		return -E2BIG;
	ret = grow_slots(set);
	if (ret)
		return ret;
	for (at = hash & (set->nr_slots - 1); set->slots[at]; at = (at + 1) & (set->nr_slots - 1)) {
		const struct sequence *s = &set->list[set->slots[at] - 1];

		if (s->hash == hash && s->nr == nr &&
		    !memcmp(set->items + s->first, items, nr * sizeof(*items)))
			return set->slots[at] - 1;
	}
	ret = append(set, items, nr, hash);
	if (ret)
		return ret;
	set->slots[at] = set->nr;

	return set->nr - 1;
}

void sequences_free(struct sequences *set)
{
	free(set->items);
	free(set->list);
	free(set->slots);
	*set = (struct sequences){ 0 };
}
