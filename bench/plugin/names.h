/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whose code it is that was executed. EL2 runs the kernel's image at addresses of its own,
 * and so does what the kernel maps a second time; such a place is found by the code there.
 */

#ifndef PLUGIN_NAMES_H
#define PLUGIN_NAMES_H

#include "image.h"
#include "marks.h"
#include "sequences.h"

enum level { LEVEL_EL0, LEVEL_EL1, LEVEL_EL2, LEVEL_GUEST };

struct named {
	uint64_t at;
	uint64_t size;
	const char *name;
	const char *file;	/* or NULL */
	enum level level;
};

#define NAMES_PLACES	16

/* The kernel's code is found this much above the address it is linked for. */
struct names_place {
	uint64_t shift;
	size_t votes;
};

struct names {
	const struct image *kernel;
	const struct marks *marks;
	struct names_place places[NAMES_PLACES];
	size_t nr_places;
	struct named *list;	/* by address, none within another */
	size_t nr, room;
};

/**
 * names_find() - every function that code of @blocks is of
 * @blocks: as in struct recorder
 *
 * Return: 0 or -ENOMEM.
 */
int names_find(struct names *names, const struct image *kernel, const struct marks *marks,
	       const struct sequences *blocks);
void names_free(struct names *names);
const char *level_name(enum level level);

#endif /* PLUGIN_NAMES_H */
