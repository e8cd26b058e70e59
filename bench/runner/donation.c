// SPDX-License-Identifier: GPL-2.0-only
/*
 * Guests that take pages and end. This blocks, and the clock of an emulator jumps
 * while the machine is idle: so there are counters of this task alone, and EL2's.
 *
 * A round is one guest. The PMU counts from just before the guest touches its
 * pages, or ends, until just after. What is in there besides the pages, a run of
 * the guest or the end of a machine, is a row of its own: the guest that touches
 * its pages again, and the guest that ends without having touched any. The guest's
 * own instructions are in none.
 *
 * One guest goes ahead. Its pages are split from the blocks they are mapped in,
 * and moved to where they can be pinned; those that follow get the same pages.
 */

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "donation.h"
#include "levels.h"
#include "machine.h"
#include "touch.h"
#include "vmm.h"

enum phase { TAKE, TOUCH, RECLAIM, END };

static const char *const ops[] = {
	[TAKE] = "guest_take",
	[TOUCH] = "guest_touch",
	[RECLAIM] = "guest_reclaim",
	[END] = "guest_end",
};

/*
 * A guest that other tasks ran beside is tried again, this often in all. Where they always
 * do, the row lacks what only a guest by itself can tell, and keeps the rest.
 */
#define MOST_TRIES	8

struct sample {
	struct levels_sample levels;
	struct smmubench_el2 el2;
};

struct donation {
	const struct machine *m;
	struct smmubench_run *run;
	enum phase phase;
	void *memory;
	struct levels levels;
	struct sample overhead;		/* of EL2's counters only */
	struct sample before, after;
};

static void read_el2(struct donation *d, struct sample *s)
{
	if (!d->run->el2_error && ioctl(d->m->fd, SMMUBENCH_EL2, &s->el2))
		d->run->el2_error = errno;
}

/* What a read adds to EL2's counters before the next one: see module/el2.c. */
static void calibrate(struct donation *d)
{
	unsigned int i;

	d->run->el2_error = d->m->info.el2_error;
	read_el2(d, &d->before);
	read_el2(d, &d->before);
	read_el2(d, &d->overhead);
	for (i = 0; i < SMMUBENCH_MAX_EL2; i++)
		d->overhead.el2.value[i] -= d->before.el2.value[i];
}

static void begin(struct donation *d)
{
	read_el2(d, &d->before);
	levels_begin(&d->levels, &d->before.levels);
}

static void end(struct donation *d)
{
	levels_end(&d->levels, &d->after.levels);
	read_el2(d, &d->after);
}

static int touch(struct donation *d, struct vmm *guest)
{
	int ret;

	begin(d);
	ret = touch_pages(guest);
	end(d);

	return ret;
}

/* The life of a guest. What was between the last begin() and end() counts. */
static int one_guest(struct donation *d)
{
	struct vmm *guest;
	int ret;

	ret = touch_start(&guest, d->memory, d->run->batch, d->m->info.page_size);
	if (!ret && d->phase != END)
		ret = touch(d, guest);
	if (!ret && d->phase == TOUCH)
		ret = touch(d, guest);

	if (d->phase == RECLAIM || d->phase == END)
		begin(d);
	vmm_destroy(guest);
	if (d->phase == RECLAIM || d->phase == END)
		end(d);

	return ret;
}

static int find_phase(const char *op, enum phase *phase)
{
	unsigned int i;

	for (i = 0; i < sizeof(ops) / sizeof(ops[0]); i++) {
		if (!strcmp(op, ops[i])) {
			*phase = i;
			return 0;
		}
	}

	return -ENOENT;
}

bool donation_runs_guest(const char *op)
{
	enum phase phase;

	return !find_phase(op, &phase) && (phase == TAKE || phase == TOUCH);
}

/*
 * What EL2 executes around a guest that runs, the PMU does not count: see
 * levels_unseen(). Without the insn clock it is missing, and record.c says so.
 */
static int unseen_of(struct donation *d, uint64_t *unseen)
{
	__s32 *error = &d->levels.error[SMMUBENCH_INSTRUCTIONS_EL2];

	*unseen = 0;
	if (*error || !donation_runs_guest(d->run->op) || d->run->clock != SMMUBENCH_CLOCK_INSN)
		return 0;
	if (!levels_complete(&d->levels)) {
		*error = EBUSY;
		return 0;
	}

	return levels_unseen(&d->levels, &d->before.levels, &d->after.levels,
			     touch_instructions(d->run->batch), unseen);
}

static void keep(struct donation *d, uint64_t unseen, struct smmubench_round *round)
{
	struct smmubench_run *run = d->run;
	unsigned int i;

	round->ops = run->batch;
	for (i = 0; i < SMMUBENCH_NR_COUNTERS; i++)
		round->counter[i] = d->after.levels.pmu[i] - d->before.levels.pmu[i];
	round->counter[SMMUBENCH_INSTRUCTIONS_EL2] += unseen;
	for (i = 0; i < SMMUBENCH_MAX_EL2; i++)
		run->el2[i] += d->after.el2.value[i] - d->before.el2.value[i] -
			       d->overhead.el2.value[i];
	run->nr_rounds++;
	run->count += run->batch;
	run->thread[0].ops = run->count;
}

static int one_round(struct donation *d, struct smmubench_round *round)
{
	unsigned int tries = 0;
	uint64_t unseen;
	int ret, disturbed;

	do {
		ret = one_guest(d);
		if (ret)
			return ret;
		disturbed = unseen_of(d, &unseen);
	} while (disturbed && ++tries < MOST_TRIES);
	if (disturbed)
		d->levels.error[SMMUBENCH_INSTRUCTIONS_EL2] = -disturbed;
	keep(d, unseen, round);

	return 0;
}

static void all_guests(struct donation *d, struct smmubench_round *rounds, bool (*stop)(void))
{
	struct smmubench_run *run = d->run;
	int ret = one_guest(d);

	while (!ret && run->nr_rounds < run->rounds && !stop())
		ret = one_round(d, &rounds[run->nr_rounds]);
	run->status = run->nr_rounds == run->rounds ? SMMUBENCH_OK : SMMUBENCH_PARTIAL;
	if (!ret)
		return;
	run->status = SMMUBENCH_FAILED;
	snprintf(run->reason, sizeof(run->reason), "a protected guest failed after %llu page%s: %s",
		 run->count, run->count == 1 ? "" : "s", strerror(-ret));
}

int donation_run(const struct machine *m, struct smmubench_run *run,
		 struct smmubench_round *rounds, bool (*stop)(void))
{
	struct donation d = { .m = m, .run = run };
	size_t page_size = m->info.page_size, held = run->perturb * page_size;
	size_t size = held + (run->batch + 1) * page_size;
	char *memory;
	int ret;

	ret = find_phase(run->op, &d.phase);
	if (ret)
		return ret;
	if (m->info.kvm_mode != SMMUBENCH_KVM_PROTECTED) {
		run->status = SMMUBENCH_UNSUPPORTED;
		snprintf(run->reason, sizeof(run->reason),
			 "only protected KVM takes a guest's pages from the host, not KVM mode %s",
			 kvm_mode_name(m->info.kvm_mode));
		return 0;
	}

	/* All of it is there, so that no guest waits for the host to find a page. */
	memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	if (memory == MAP_FAILED)
		return -errno;
	d.memory = memory + held;	/* another start has other pages: see smmubench_run.perturb */

	levels_open(&d.levels, run->clock == SMMUBENCH_CLOCK_INSN);
	calibrate(&d);
	all_guests(&d, rounds, stop);
	memcpy(run->counter_error, d.levels.error, sizeof(run->counter_error));
	levels_close(&d.levels);
	munmap(memory, size);

	return 0;
}
