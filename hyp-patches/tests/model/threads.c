// SPDX-License-Identifier: GPL-2.0-only
/*
 * CPUs and devices that run at once, for ThreadSanitizer: it checks the EL2 code alone,
 * and what orders accesses there is EL2's own locks. So this one, around each entry of
 * the model, must not: no compiler or library tells the sanitizer of it.
 */

#include <sched.h>

#include "world.h"

static bool threads;
static int inside;

void world_threads(bool on)
{
	threads = on;
}

bool world_has_threads(void)
{
	return threads;
}

void world_enter(void)
{
	while (threads && __atomic_exchange_n(&inside, 1, __ATOMIC_ACQUIRE))
		sched_yield();
}

void world_leave(void)
{
	__atomic_store_n(&inside, 0, __ATOMIC_RELEASE);
}
