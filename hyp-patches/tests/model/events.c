// SPDX-License-Identifier: GPL-2.0-only
/*
 * Events of the EL2 code. Its calls reach functions that are made here of the same
 * definitions as the kernel's, so that nothing is left out that those say.
 */

#include "cmocka_all.h"

#include <stdio.h>

#include "events.h"

#define MAX_EVENTS 4096

static bool on;
static u32 nr, next;
static char texts[MAX_EVENTS][160];

static char *new_event(const char *name)
{
	if (nr == MAX_EVENTS)
		world_bug("more than %d events", MAX_EVENTS);
	strcpy(texts[nr], name);

	return texts[nr++];
}

#define add_text(text, ...)                                                                        \
	snprintf((text) + strlen(text), sizeof(texts[0]) - strlen(text), " " __VA_ARGS__)

#undef HYP_EVENT
#define HYP_EVENT(name, proto, fields, assign, print)                                              \
	struct event_##name {                                                                      \
		unsigned short id;                                                                 \
		fields                                                                             \
	};                                                                                         \
	/* As EL2 wants it. */                                                                     \
	_Static_assert(sizeof(struct event_##name) % 4 == 0 && sizeof(#name) <= 30, #name);        \
	void trace_##name(proto)                                                                   \
	{                                                                                          \
		struct event_##name entry, *__entry = &entry;                                      \
		char *text;                                                                        \
                                                                                                   \
		if (!on)                                                                           \
			return;                                                                    \
		assign text = new_event(#name);                                                    \
		add_text(text, print);                                                             \
	}                                                                                          \
	void trace_##name(proto)
#define HYP_EVENT_MULTI_READ
#include <asm/kvm_pkvm_iommu_events.h>

void event_lock(const hyp_spinlock_t *lock, u32 id)
{
	if (on && lock_is_held(lock))
		trace_iommu_lock_contended(id, 1);
}

void events_reset(void)
{
	on = false;
	nr = next = 0;
}

void events_on(void)
{
	events_reset();
	on = true;
}

const char *events_next(void)
{
	return next < nr ? texts[next++] : NULL;
}

u32 events_nr(const char *name)
{
	size_t length = strlen(name);
	u32 i, n = 0;

	for (i = 0; i < nr; i++)
		n += !strncmp(texts[i], name, length) && texts[i][length] == ' ';

	return n;
}
