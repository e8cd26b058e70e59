// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <linux/perf_event.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "levels.h"

/* Empty windows that are tried; a timer tick is in one of them at the most. */
#define EMPTY_WINDOWS	8

static int open_event(uint32_t type, uint64_t config, bool user, bool kernel, bool hv)
{
	struct perf_event_attr attr = {
		.type = type,
		.size = sizeof(attr),
		.config = config,
		.pinned = 1,
		.exclude_user = !user,
		.exclude_kernel = !kernel,
		.exclude_hv = !hv,
	};
	int fd = syscall(SYS_perf_event_open, &attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

static int open_counter(unsigned int i, bool insn)
{
	bool cycles = i == SMMUBENCH_CYCLES_EL1 || i == SMMUBENCH_CYCLES_EL2;
	bool el2 = i == SMMUBENCH_INSTRUCTIONS_EL2 || i == SMMUBENCH_CYCLES_EL2;

	/* As in the module: an emulator that counts instructions has no cycles. */
	if (cycles && insn)
		return -ENODATA;

	return open_event(PERF_TYPE_HARDWARE, cycles ? PERF_COUNT_HW_CPU_CYCLES :
			  PERF_COUNT_HW_INSTRUCTIONS, false, !el2, el2);
}

static void read_counter(int fd, uint64_t *value, __s32 *error)
{
	/* A pinned event that lost its counter reads as the end of the file. */
	if (fd >= 0 && read(fd, value, sizeof(*value)) != sizeof(*value))
		*error = EBUSY;
}

/* The clock reads as nanoseconds, which at the 1 GHz of the insn clock are its ticks. */
static uint64_t read_ticks(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC_RAW, &ts);

	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

static void read_all(struct levels *l, struct levels_sample *s)
{
	__s32 error = 0;
	unsigned int i;

	for (i = 0; i < SMMUBENCH_NR_COUNTERS; i++)
		read_counter(l->fd[i], &s->pmu[i], &l->error[i]);
	read_counter(l->user, &s->user, &error);
	read_counter(l->switches, &s->switches, &error);
	if (error)
		l->insn = false;
}

/*
 * The window of the clock lies in that of the counters. What reads the clock may have left
 * host stage 2 with a page beside it, and comes back before the windows begin.
 */
void levels_begin(struct levels *l, struct levels_sample *s)
{
	if (l->insn)
		read_ticks();
	read_all(l, s);
	s->ticks = l->insn ? read_ticks() : 0;
}

void levels_end(struct levels *l, struct levels_sample *s)
{
	s->ticks = l->insn ? read_ticks() : 0;
	read_all(l, s);
}

bool levels_complete(const struct levels *l)
{
	return l->insn && l->user >= 0 && l->switches >= 0 &&
	       !l->error[SMMUBENCH_INSTRUCTIONS_EL1] && !l->error[SMMUBENCH_INSTRUCTIONS_EL2];
}

static struct levels_sample window(const struct levels_sample *before,
				   const struct levels_sample *after)
{
	struct levels_sample d = {
		.user = after->user - before->user,
		.ticks = after->ticks - before->ticks,
		.switches = after->switches - before->switches,
	};
	unsigned int i;

	for (i = 0; i < SMMUBENCH_NR_COUNTERS; i++)
		d.pmu[i] = after->pmu[i] - before->pmu[i];

	return d;
}

/* Instructions that the counters saw. */
static uint64_t seen(const struct levels_sample *d)
{
	return d->user + d->pmu[SMMUBENCH_INSTRUCTIONS_EL1] + d->pmu[SMMUBENCH_INSTRUCTIONS_EL2];
}

static void calibrate(struct levels *l)
{
	struct levels_sample before = { 0 }, after = { 0 }, d;
	unsigned int i;

	for (i = 0; i < EMPTY_WINDOWS; i++) {
		levels_begin(l, &before);
		levels_end(l, &after);
		d = window(&before, &after);
		if (!i || seen(&d) < seen(&l->empty))
			l->empty = d;
	}
}

void levels_open(struct levels *l, bool insn)
{
	unsigned int i;

	*l = (struct levels){ .insn = insn };
	for (i = 0; i < SMMUBENCH_NR_COUNTERS; i++) {
		l->fd[i] = open_counter(i, insn);
		l->error[i] = l->fd[i] < 0 ? -l->fd[i] : 0;
	}
	l->user = insn ? open_event(PERF_TYPE_HARDWARE, PERF_COUNT_HW_INSTRUCTIONS,
				    true, false, false) : -ENODATA;
	/* The kernel switches: it is not counted where the kernel is left out. */
	l->switches = insn ? open_event(PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CONTEXT_SWITCHES,
					true, true, true) : -ENODATA;
	if (levels_complete(l))
		calibrate(l);
}

void levels_close(struct levels *l)
{
	unsigned int i;

	for (i = 0; i < SMMUBENCH_NR_COUNTERS; i++) {
		if (l->fd[i] >= 0)
			close(l->fd[i]);
	}
	if (l->user >= 0)
		close(l->user);
	if (l->switches >= 0)
		close(l->switches);
}

int levels_unseen(const struct levels *l, const struct levels_sample *before,
		  const struct levels_sample *after, uint64_t guest, uint64_t *unseen)
{
	struct levels_sample d = window(before, after);
	uint64_t all = d.ticks - l->empty.ticks, known = seen(&d) - seen(&l->empty) + guest;

	if (d.switches || all < known)
		return -EAGAIN;
	*unseen = all - known;

	return 0;
}
