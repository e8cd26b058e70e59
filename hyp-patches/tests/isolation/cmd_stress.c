// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pages that change hands many times. Each round: a device reaches the page, the
 * guest takes it, the device does not; the guest ends, the page is zeroed and the
 * device reaches it again. A guest takes ten pages before it ends. On each further
 * CPU a process starts and ends guests of its own meanwhile, and is killed amid it.
 *
 * Then all is where it was. The pool may have paid for tables, once for each block
 * that a page came from: they stay, and pool and tables together are the same.
 */

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cases.h"
#include "closed.h"
#include "commands.h"
#include "ktap.h"
#include "mailbox.h"
#include "state.h"
#include "stress.h"
#include "testdev.h"

#define ROUNDS		1000
#define CHURNERS_MAX	16
#define RESULTS		3	/* of cmd_stress() */

/* The page is the host's: the device writes it, and the CPU sees that. */
static int host_reaches(struct fixture *f, size_t page)
{
	volatile uint64_t *word = mem_word(&f->mem, page);
	int ret;

	*word = 0;
	ret = device_writes(f, page);
	if (ret < 0)
		return ret;

	return ret == REACHED && *word == TESTDEV_PATTERN ? 0 : -EBADMSG;
}

static int guest_keeps(struct fixture *f, size_t page)
{
	enum outcome wanted = f->isolating ? BLOCKED : REACHED;
	uint64_t word;
	int ret;

	ret = device_writes(f, page);
	if (ret != (int)wanted)
		return ret < 0 ? ret : -EBADMSG;
	ret = mailbox_read(f->guest, page, 0, &word);
	if (ret)
		return ret;

	return wanted == REACHED || word == mailbox_secret(f->guest, page) ? 0 : -EBADMSG;
}

/* One guest, from its start to its end. @problem names the step that failed. */
static int run_guest(struct fixture *f, size_t pages, const char **problem)
{
	size_t i;
	int ret = 0;

	for (i = 1; !ret && i <= pages; i++) {
		*problem = "a device does not reach the host's page";
		ret = host_reaches(f, i);
		if (ret)
			break;
		*problem = "the guest does not get the page";
		ret = mailbox_fill(f->guest, i, 1);
		if (ret)
			break;
		*problem = f->isolating ? "a device reaches the guest's page" :
					  "a device does not reach the guest's page";
		ret = guest_keeps(f, i);
	}
	fixture_end_guest(f);
	for (i = 1; !ret && i <= pages; i++) {
		*problem = "the page was not zeroed at the guest's end";
		if (*mem_word(&f->mem, i))
			return -EBADMSG;
		*problem = "a device does not reach the page after the guest's end";
		ret = host_reaches(f, i);
	}

	return ret;
}

int stress_guest(struct fixture *f, size_t pages, const char **problem)
{
	int ret;

	*problem = "no guest";
	ret = fixture_set_up(f, true);
	if (!ret)
		ret = run_guest(f, pages, problem);
	fixture_tear_down(f);

	return ret;
}

/* @rounds pages change hands. Return: how many did, less when something failed. */
static size_t stress(struct fixture *f, size_t rounds)
{
	const char *problem;
	size_t done = 0, pages;
	int ret;

	while (done < rounds) {
		pages = rounds - done < STRESS_PAGES ? rounds - done : STRESS_PAGES;
		ret = stress_guest(f, pages, &problem);
		if (ret) {
			ktap_note("after %zu rounds: %s: %s", done, problem, strerror(-ret));
			break;
		}
		done += pages;
	}

	return done;
}

/* A process that only starts and ends guests, until it is killed. */
static pid_t start_churner(struct fixture *f)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	while (!fixture_set_up(f, true) && !mailbox_fill(f->guest, 1, STRESS_PAGES))
		fixture_tear_down(f);
	_exit(1);
}

/* Return: 0, or -ECHILD when one had ended by itself, since a guest did not work. */
static int end_churners(const pid_t *pid, long n)
{
	int status, ret = 0;
	long i;

	for (i = 0; i < n; i++) {
		kill(pid[i], SIGKILL);
		if (waitpid(pid[i], &status, 0) != pid[i] || !WIFSIGNALED(status))
			ret = -ECHILD;
	}

	return ret;
}

static size_t stress_beside_churners(struct fixture *f, size_t rounds)
{
	long i, others = sysconf(_SC_NPROCESSORS_ONLN) - 1;
	pid_t pid[CHURNERS_MAX];
	size_t done = 0;

	if (others > CHURNERS_MAX)
		others = CHURNERS_MAX;
	for (i = 0; i < others; i++) {
		pid[i] = start_churner(f);
		if (pid[i] < 0)
			break;
	}
	if (i == others)
		done = stress(f, rounds);
	if (end_churners(pid, i)) {
		ktap_note("a process beside it could not go on");
		return 0;
	}

	return done;
}

static uint64_t spendable(const struct state *memory)
{
	return state_value(memory, "pool_free") + state_value(memory, "page_tables");
}

static void compare_memory(struct fixture *f, const struct state *before, const struct state *after)
{
	static const char *const fixed[] = { "reserved", "stream_tables", "queues", "donated" };
	bool same = before->n && spendable(before) == spendable(after);
	size_t i;

	if (!before->n && !f->isolating) {
		ktap_skip("EL2 holds none in this mode", "%s stress: the memory of EL2's IOMMU code",
			  f->mode);
		return;
	}
	for (i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++)
		same &= state_value(before, fixed[i]) == state_value(after, fixed[i]);
	state_differences(before, after);
	ktap_result(same, "%s stress: the memory of EL2's IOMMU code is what it was", f->mode);
}

int cmd_stress(struct fixture *f, const char *argument)
{
	struct state before = { 0 }, after = { 0 };
	size_t rounds = ROUNDS, done, closed_before = 0, closed_after = 0;
	char *end;
	int ret;

	if (argument) {
		rounds = strtoul(argument, &end, 10);
		if (*end || !rounds) {
			fprintf(stderr, "isolation: stress wants a number of rounds, not '%s'\n",
				argument);
			return EX_WRONG_USAGE;
		}
	}
	ktap_begin(RESULTS);
	done = stress(f, STRESS_PAGES);
	state_read(&before, STATE_MEMORY);
	ret = closed_pages(f, &closed_before, NULL);
	if (done == STRESS_PAGES)
		done = stress_beside_churners(f, rounds);
	ktap_result(done == rounds,
		    "%s stress: %zu of %zu rounds of donate, DMA, reclaim, DMA, on %ld CPUs",
		    f->mode, done, rounds, sysconf(_SC_NPROCESSORS_ONLN));
	if (!ret)
		ret = closed_pages(f, &closed_after, NULL);
	ktap_result(!ret && closed_before == closed_after,
		    "%s stress: %zu pages are closed to the CPU, %zu were", f->mode, closed_after,
		    closed_before);
	state_read(&after, STATE_MEMORY);
	compare_memory(f, &before, &after);

	return ktap_end();
}
