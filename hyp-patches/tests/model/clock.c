// SPDX-License-Identifier: GPL-2.0-only
/*
 * The clock. Time passes where EL2 waits, on each access to a register, and a little
 * whenever somebody looks at the clock; the SMMUs go on with their work meanwhile.
 */

#include "model.h"
#include "points.h"
#include "random.h"
#include "world.h"

/* About what an access takes that has to reach a device and come back. */
#define ACCESS_NS 250

static u64 now_us, wait_us, access_ns, access_random, elapsed_ns;

/* Whether this CPU looked at hardware or at the clock since the last look here. */
static __thread bool looked;

void clock_reset(void)
{
	now_us = 1000000;
	elapsed_ns = 0;
	wait_us = 1;
	world_pace(ACCESS_NS, 0);
}

void world_pace(u32 ns, u64 seed)
{
	access_ns = ns;
	access_random = seed;
}

void world_wait(u32 us)
{
	wait_us = us;
}

static void pass(u64 ns)
{
	for (elapsed_ns += ns; elapsed_ns >= 1000; elapsed_ns -= 1000) {
		now_us++;
		model_tick();
	}
}

void clock_access(void)
{
	looked = true;
	pass(access_random ? random_below(&access_random, 2 * access_ns + 1) : access_ns);
	point();
}

void clock_wait(void)
{
	pass(1000 * wait_us);
}

bool clock_looked(void)
{
	bool did = looked;

	looked = false;

	return did;
}

u64 world_time(void)
{
	return now_us;
}

/* So that a loop which only looks at the clock ends, too. */
u64 iommu_clock_us(void)
{
	u64 now;

	looked = true;
	world_enter();
	now = now_us++;
	world_leave();

	return now;
}
