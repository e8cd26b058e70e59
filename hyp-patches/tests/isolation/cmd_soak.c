// SPDX-License-Identifier: GPL-2.0-only
/*
 * All at once, for a time: guests that take pages and give them back, with a device
 * that tries each step; others that are killed amid it; a hostile process at EL2's
 * hypercalls and the SMMUs' registers; one that takes nearly all memory and leaves
 * what is free in short runs. A guest may be refused for want of memory, and nothing
 * else may go wrong. What EL2 took by then is all that is missing afterwards.
 */

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sysinfo.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cases.h"
#include "closed.h"
#include "commands.h"
#include "kmod.h"
#include "ktap.h"
#include "mailbox.h"
#include "poke.h"
#include "state.h"
#include "stress.h"

#define SECONDS		60
#define RESULTS		4	/* of cmd_soak() */
#define WORKERS		4	/* processes beside this one, see start() */
#define FRAME_SIZE	(2 * SMMU_PAGE)
#define LEAVE_FREE	(96ull << 20)
#define KEEP_FREE	(64ull << 20)	/* as much as is free in short runs: disks need some */
#define TOPUP_ORDER	3	/* of what the kernel gives to EL2 at once, if it can */
#define CHUNK		(1u << 20)
#define CHUNKS		4096

/* What the processes did, in memory that they share; each has counters of its own. */
struct tally {
	uint64_t guests;
	uint64_t pages;
	uint64_t refused;	/* guests, for want of memory */
	uint64_t calls;
	uint64_t pokes;
	uint64_t squeezes;
	uint64_t wrong;
};

struct worker {
	void (*run)(struct fixture *f, struct tally *t);
	bool killed;	/* and started again, all the time */
};

/* How a guest ended. Return: whether as it should. */
static bool count_guest(struct tally *t, int ret)
{
	if (!ret) {
		t->guests++;
		t->pages += STRESS_PAGES;
	} else if (ret == -ENOMEM) {
		t->refused++;
	} else {
		t->wrong++;
	}

	return !ret || ret == -ENOMEM;
}

/* One guest. Return: whether to go on. */
static bool guest(struct fixture *f, struct tally *t)
{
	const char *problem;
	int ret = stress_guest(f, STRESS_PAGES, &problem);

	if (!count_guest(t, ret))
		ktap_note("after %" PRIu64 " guests: %s: %s", t->guests, problem, strerror(-ret));

	return !t->wrong;
}

/* Guests without a device, which has one user at a time. */
static void churn(struct fixture *f, struct tally *t)
{
	int ret;

	for (;;) {
		ret = fixture_set_up(f, true);
		if (!ret)
			ret = mailbox_fill(f->guest, 1, STRESS_PAGES);
		count_guest(t, ret);
		fixture_tear_down(f);
	}
}

/* Nothing here is the host's to give, and no register of an SMMU the host's to touch. */
static void hostile(struct fixture *f, struct tally *t)
{
	const uint64_t size = f->bounce.page_size;
	const struct phys_range *el2 = &f->memmap.carveout;
	struct poke frame;
	uint64_t value, pfn, at;
	int64_t error;
	size_t smmu;

	for (;;) {
		pfn = t->calls % 2 ? f->memmap.ram_end / size + (uint64_t)rand() :
				     (el2->start + (uint64_t)rand() % el2->size) / size;
		error = -EIO;
		if (kmod_call(f->kmod, f->ids.topup, pfn, 1 + (uint64_t)rand() % 40, &error) ||
		    error >= 0)
			t->wrong++;
		t->calls++;
		if (t->calls % 1000)
			continue;

		smmu = (size_t)rand() % f->memmap.smmu_count;
		if (poke_map(&frame, f->memmap.smmu[smmu], FRAME_SIZE))
			continue;
		for (at = 0; at < FRAME_SIZE; at += 64) {
			t->wrong += poke_read(&frame, at, 4, &value) != 0;
			t->wrong += poke_write(&frame, at, 4, ~0ull) != 0;
			t->pokes += 2;
		}
		poke_unmap(&frame);
	}
}

static bool much_is_free(void)
{
	struct sysinfo info;

	return !sysinfo(&info) && (uint64_t)info.freeram * info.mem_unit > LEAVE_FREE;
}

static void squeeze(struct fixture *f, struct tally *t)
{
	static unsigned char *chunk[CHUNKS];
	size_t n, i, at;
	int kmod;

	for (;;) {
		for (n = 0; n < CHUNKS && much_is_free(); n++) {
			chunk[n] = mmap(NULL, CHUNK, PROT_READ | PROT_WRITE,
					MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
			if (chunk[n] == MAP_FAILED)
				break;
		}
		/* What of it is free now is free in runs of four: guests need some of two. */
		for (i = n > 128 ? n - 128 : 0; i < n; i++) {
			for (at = 0; at < CHUNK; at += 8 * f->bounce.page_size)
				madvise(chunk[i] + at, 4 * f->bounce.page_size, MADV_DONTNEED);
		}
		/* Of the others none that a contiguous top-up could have is left. */
		kmod = kmod_open();
		if (kmod >= 0 && !kmod_hoard(kmod, TOPUP_ORDER, KEEP_FREE))
			t->squeezes++;
		sleep(2);
		close(kmod);
		while (n--)
			munmap(chunk[n], CHUNK);
	}
}

static const struct worker workers[WORKERS] = {
	{ churn, true }, { churn, true }, { hostile, false }, { squeeze, false },
};

static pid_t start(struct fixture *f, const struct worker *worker, struct tally *t)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	worker->run(f, t);
	_exit(1);
}

/* Return: whether it lived until now. */
static bool end(pid_t pid)
{
	int status;

	kill(pid, SIGKILL);

	return pid > 0 && waitpid(pid, &status, WNOHANG) != pid &&
	       waitpid(pid, &status, 0) == pid && WIFSIGNALED(status);
}

/* Return: how many processes ended by themselves or by another's hand. */
static size_t soak(struct fixture *f, struct tally *t, time_t seconds)
{
	time_t until = time(NULL) + seconds;
	pid_t pid[WORKERS];
	size_t i, lost = 0;

	for (i = 0; i < WORKERS; i++)
		pid[i] = start(f, &workers[i], &t[i + 1]);
	while (time(NULL) < until && guest(f, &t[0])) {
		for (i = 0; i < WORKERS; i++) {
			if (!workers[i].killed || rand() % 4)
				continue;
			lost += !end(pid[i]);
			pid[i] = start(f, &workers[i], &t[i + 1]);
		}
	}
	for (i = 0; i < WORKERS; i++)
		lost += !end(pid[i]);

	return lost;
}

static uint64_t sum_of(const struct state *s)
{
	return state_value(s, "pool_free") + state_value(s, "page_tables");
}

int cmd_soak(struct fixture *f, const char *argument)
{
	struct state before = { 0 }, after = { 0 };
	struct tally all = { 0 }, *t;
	size_t i, lost, closed_before = 0, closed_after = 0;
	uint64_t donated;
	char *rest = "";
	long seconds = argument ? strtol(argument, &rest, 10) : SECONDS;
	int ret;

	if (*rest || seconds <= 0) {
		fprintf(stderr, "isolation: soak wants seconds, not '%s'\n", argument);
		return EX_WRONG_USAGE;
	}
	t = mmap(NULL, (WORKERS + 1) * sizeof(*t), PROT_READ | PROT_WRITE,
		 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (t == MAP_FAILED || !f->isolating || !f->memmap.carveout.size || !f->memmap.smmu_count) {
		ktap_begin(1);
		ktap_skip("EL2 owns no SMMU in this mode", "%s soak", f->mode);
		return ktap_end();
	}

	ktap_begin(RESULTS);
	state_read(&before, STATE_MEMORY);
	ret = closed_pages(f, &closed_before, NULL);
	lost = soak(f, t, seconds);
	if (!ret)
		ret = closed_pages(f, &closed_after, NULL);
	state_read(&after, STATE_MEMORY);
	for (i = 0; i <= WORKERS; i++) {
		all.guests += t[i].guests;
		all.pages += t[i].pages;
		all.refused += t[i].refused;
		all.calls += t[i].calls;
		all.pokes += t[i].pokes;
		all.squeezes += t[i].squeezes;
		all.wrong += t[i].wrong;
	}
	donated = state_value(&after, "donated") - state_value(&before, "donated");

	ktap_result(!all.wrong && t[0].guests && all.calls && all.pokes && all.squeezes,
		    "%s soak: %ld s: %" PRIu64 " guests, %" PRIu64 " pages taken, %" PRIu64
		    " wrong top-ups, %" PRIu64 " pokes, %" PRIu64 " times little memory, %" PRIu64
		    " guests refused for it, %" PRIu64 " went wrong", f->mode, seconds, all.guests,
		    all.pages, all.calls, all.pokes, all.squeezes, all.refused, all.wrong);
	ktap_result(!lost, "%s soak: %zu processes were lost", f->mode, lost);
	ktap_result(before.n && sum_of(&after) == sum_of(&before) + donated,
		    "%s soak: EL2's pool and tables grew by the %" PRIu64 " bytes given to it",
		    f->mode, donated);
	ktap_result(!ret && closed_after == closed_before + donated / f->bounce.page_size,
		    "%s soak: %zu pages are closed to the CPU, %zu were", f->mode, closed_after,
		    closed_before);

	return ktap_end();
}
