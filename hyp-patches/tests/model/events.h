/* SPDX-License-Identifier: GPL-2.0-only */
/* What EL2 would record as events, as the text that tracefs shows. */

#ifndef MODEL_EVENTS_H
#define MODEL_EVENTS_H

#include "world.h"

/** events_on() - record from now on, from nothing; off after world_reset() */
void events_on(void);

/** events_next() - Return: the next event that was recorded, "NAME FIELDS", or NULL */
const char *events_next(void);

/** events_nr() - how many there were of that name since events_on() */
u32 events_nr(const char *name);

void events_reset(void);

#endif /* MODEL_EVENTS_H */
