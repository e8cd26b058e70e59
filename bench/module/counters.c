// SPDX-License-Identifier: GPL-2.0-only
/* The PMU's counters by exception level, through perf events of this kernel. */

#include <linux/err.h>
#include <linux/perf_event.h>

#include <asm/virt.h>

#include "smmubench.h"

struct counter_desc {
	u64 config;
	bool el2;
};

static const struct counter_desc descs[SMMUBENCH_NR_COUNTERS] = {
	[SMMUBENCH_INSTRUCTIONS_EL1] = { PERF_COUNT_HW_INSTRUCTIONS, false },
	[SMMUBENCH_INSTRUCTIONS_EL2] = { PERF_COUNT_HW_INSTRUCTIONS, true },
	[SMMUBENCH_CYCLES_EL1] = { PERF_COUNT_HW_CPU_CYCLES, false },
	[SMMUBENCH_CYCLES_EL2] = { PERF_COUNT_HW_CPU_CYCLES, true },
};

static struct perf_event *counter_open(const struct counter_desc *desc, int cpu, bool insn)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_HARDWARE,
		.size = sizeof(attr),
		.config = desc->config,
		.pinned = 1,
		.exclude_user = 1,
		.exclude_kernel = desc->el2,
		.exclude_hv = !desc->el2,
	};
	struct perf_event *event;

	/* An emulator that counts instructions has no cycles: it would count time. */
	if (insn && desc->config == PERF_COUNT_HW_CPU_CYCLES)
		return ERR_PTR(-ENODATA);

	/* With VHE this kernel is what runs at EL2; no level is left to count. */
	if (desc->el2 && is_kernel_in_hyp_mode())
		return ERR_PTR(-EOPNOTSUPP);

	event = perf_event_create_kernel_counter(&attr, cpu, NULL, NULL, NULL);
	if (IS_ERR(event))
		return event;

	/* A pinned event that found no counter is in an error state. */
	if (READ_ONCE(event->state) != PERF_EVENT_STATE_ACTIVE) {
		perf_event_release_kernel(event);
		return ERR_PTR(-EBUSY);
	}

	return event;
}

/**
 * bench_counters_open() - count on the thread's CPU from here on
 * @t: its event[] and counter_error[] are set
 * @insn: measuring on the instruction clock
 */
void bench_counters_open(struct bench_thread *t, bool insn)
{
	unsigned int i;

	for (i = 0; i < SMMUBENCH_NR_COUNTERS; i++) {
		struct perf_event *event = counter_open(&descs[i], t->cpu, insn);

		t->counter_error[i] = PTR_ERR_OR_ZERO(event);
		t->event[i] = IS_ERR(event) ? NULL : event;
	}
}

/**
 * bench_counters_close() - the reverse; fine when nothing was opened
 *
 * A counter that stopped being active in between (its CPU went away) counted
 * nonsense and is marked as such.
 */
void bench_counters_close(struct bench_thread *t)
{
	unsigned int i;

	for (i = 0; i < SMMUBENCH_NR_COUNTERS; i++) {
		if (!t->event[i])
			continue;
		if (READ_ONCE(t->event[i]->state) != PERF_EVENT_STATE_ACTIVE)
			t->counter_error[i] = -EBUSY;
		perf_event_release_kernel(t->event[i]);
		t->event[i] = NULL;
	}
}

/**
 * bench_counters_probe() - which counters could be had on a CPU now
 * @error: one for each counter: 0 or -errno
 */
void bench_counters_probe(int cpu, s32 *error, bool insn)
{
	unsigned int i;

	for (i = 0; i < SMMUBENCH_NR_COUNTERS; i++) {
		struct perf_event *event = counter_open(&descs[i], cpu, insn);

		error[i] = PTR_ERR_OR_ZERO(event);
		if (!IS_ERR(event))
			perf_event_release_kernel(event);
	}
}

/**
 * bench_counters_read() - totals since the counters were opened
 * @value: one for each counter; 0 for those that are not open
 *
 * On the thread's CPU with preemption off: pmu->read() is for this CPU only.
 */
void bench_counters_read(struct bench_thread *t, u64 *value)
{
	unsigned int i;

	for (i = 0; i < SMMUBENCH_NR_COUNTERS; i++) {
		struct perf_event *event = t->event[i];

		value[i] = 0;
		if (event) {
			event->pmu->read(event);
			value[i] = local64_read(&event->count);
		}
	}
}
