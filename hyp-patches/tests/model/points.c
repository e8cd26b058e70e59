// SPDX-License-Identifier: GPL-2.0-only
/* The points at which others come in. */

#include "points.h"
#include "random.h"
#include "world.h"

static struct act act;
static u64 passed, passed_by_other, done;
static bool acting;

void points_reset(void)
{
	act = (struct act){};
	acting = false;
}

void world_act(const struct act *new)
{
	act = *new;
	passed = 0;
	passed_by_other = 0;
	done = 0;
}

bool world_act_end(void)
{
	unsigned int cpu = act.cpu;

	act = (struct act){};
	while (cpu && smp_paused(cpu))
		smp_switch(cpu);

	return done;
}

static bool by_chance(void)
{
	return !act.one_in || !random_below(&act.seed, act.one_in);
}

static void come_in(void)
{
	done++;
	if (!act.cpu) {
		acting = true;
		act.fn();
		acting = false;
	} else if (smp_paused(act.cpu)) {
		smp_switch(act.cpu);
	} else {
		smp_start(act.cpu, act.fn);
	}
}

void point(void)
{
	if (!act.fn || acting)
		return;

	if (smp_other()) {
		passed_by_other++;
		if (act.one_in ? by_chance() : passed_by_other == act.back)
			smp_switch(0);
	} else {
		passed++;
		if (act.at ? passed == act.at : by_chance())
			come_in();
	}
}

/*
 * The compiler calls this at each basic block of the EL2 code (-fsanitize-coverage=trace-pc).
 * libFuzzer has one of its own, which counts.
 */
void __sanitizer_cov_trace_pc(void) __attribute__((weak));
void __sanitizer_cov_trace_pc(void)
{
	if (act.blocks)
		point();
}
