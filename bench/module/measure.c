// SPDX-License-Identifier: GPL-2.0-only
/*
 * The measured code, and nothing else.
 *
 * How to measure properly:
 *
 * - On an emulator, use the instruction clock: one vCPU, `-icount
 *   shift=0,sleep=off`, and a counter of 1 GHz. The module refuses that clock
 *   when a loop of known length does not take exactly its number of ticks. What
 *   comes out is path length, exact and repeatable. It is not time.
 * - On a board, fix the CPU frequency, keep the machine idle, and boot several
 *   times: the boot is the unit of replication, rounds of one boot are not.
 * - Subtract the row `null` of the same run, method and number of threads. It
 *   measures everything here around an empty operation.
 * - `batch` gives the mean: work that is deferred and done in bulk (the flush
 *   queue of lazy domains, page-table and cache refills) is in it. `single`
 *   gives the distribution; each sample carries one clock read, and on a board
 *   is no finer than the counter's tick.
 * - Interrupts stay on, as for the drivers whose work this is; a timer tick
 *   that hits a round is in that round. The median over rounds leaves it out.
 *   Preemption is off from clock read to clock read.
 * - Warm up for 1024 operations or more: the IOVA caches hold magazines of 127
 *   entries and the flush queue 256.
 *
 * Per operation, `single` keeps one mapping live and walks over the same 64
 * buffers as `batch`, which keeps up to 64.
 */

#include <linux/compiler.h>
#include <linux/preempt.h>
#include <linux/sched.h>
#include <linux/smp.h>

#include "clock.h"
#include "hist.h"
#include "smmubench.h"

struct sample {
	u64 ticks;
	u64 before[SMMUBENCH_NR_COUNTERS];
	u64 after[SMMUBENCH_NR_COUNTERS];
	u64 el2_before[SMMUBENCH_MAX_EL2];
	u64 el2_after[SMMUBENCH_MAX_EL2];
};

static __always_inline int run_ops(struct bench_thread *t, unsigned int first, unsigned int n)
{
	int (*run)(struct bench_thread *t, unsigned int i) = t->op->run;
	unsigned int i;
	int ret = 0;

	for (i = first; i < first + n; i++) {
		ret = run(t, i);
		if (unlikely(ret))
			break;
	}

	return ret;
}

static noinline int timed_batch(struct bench_thread *t, unsigned int n, struct sample *s)
{
	u64 start;
	int ret;

	preempt_disable();
	bench_counters_read(t, s->before);
	start = bench_ticks();
	ret = run_ops(t, 0, n);
	s->ticks = bench_ticks() - start;
	bench_counters_read(t, s->after);
	if (unlikely(smp_processor_id() != t->cpu))
		ret = -EXDEV;
	preempt_enable();

	return ret;
}

static noinline int timed_single(struct bench_thread *t, unsigned int i, u64 *ticks)
{
	u64 start;
	int ret;

	preempt_disable();
	start = bench_ticks();
	ret = t->op->run(t, i);
	*ticks = bench_ticks() - start;
	if (unlikely(smp_processor_id() != t->cpu))
		ret = -EXDEV;
	preempt_enable();

	return ret;
}

/*
 * The same with EL2's counters read before and after, outside of what is timed.
 * In batches only: around single operations the reads would be what caches and
 * branch predictors remember.
 */
static int counted_batch(struct bench_thread *t, unsigned int n, struct sample *s)
{
	bool el2 = !t->job->el2_error;
	int ret;

	preempt_disable();
	if (el2)
		bench_el2_read(s->el2_before);
	ret = timed_batch(t, n, s);
	if (el2)
		bench_el2_read(s->el2_after);
	preempt_enable();

	return ret;
}

static u64 to_unit(struct bench_thread *t, u64 ticks)
{
	const struct bench_job *job = t->job;

	return job->param->clock == SMMUBENCH_CLOCK_INSN ? ticks : ticks_to_ns(ticks, job->cntfrq);
}

static void account(struct bench_thread *t, u64 ops, u64 sum, u64 each)
{
	t->ops += ops;
	t->sum += sum;
	t->min = min(t->min, each);
	t->max = max(t->max, each);
}

/* A round that was still going when the first thread ended does not count. */
static bool counts(struct bench_thread *t)
{
	return !READ_ONCE(t->job->stop);
}

static void add_el2(struct bench_thread *t, const struct sample *s)
{
	unsigned int i;

	if (t->job->el2_error)
		return;
	for (i = 0; i < SMMUBENCH_MAX_EL2; i++)
		t->el2[i] += s->el2_after[i] - s->el2_before[i] - t->job->el2_overhead[i];
}

static int batch_round(struct bench_thread *t, bool keep)
{
	unsigned int n = t->job->param->batch;
	struct smmubench_round *round;
	struct sample s = {};	/* EL2 has fewer counters than there is room for */
	unsigned int i;
	int ret;

	if (t->op->prepare) {
		ret = t->op->prepare(t, 0, n);
		if (ret)
			return ret;
	}

	ret = counted_batch(t, n, &s);
	keep = keep && !ret && counts(t);

	if (t->op->restore)
		t->op->restore(t, 0, n);
	if (!keep)
		return ret;

	round = &t->rounds[t->nr_rounds++];
	round->ops = n;
	round->sum = to_unit(t, s.ticks);
	for (i = 0; i < SMMUBENCH_NR_COUNTERS; i++)
		round->counter[i] = s.after[i] - s.before[i];
	add_el2(t, &s);
	account(t, n, round->sum, round->sum / n);

	return 0;
}

static int single_op(struct bench_thread *t, unsigned int i, bool keep)
{
	u64 ticks, value;
	int ret;

	if (t->op->prepare) {
		ret = t->op->prepare(t, i, 1);
		if (ret)
			return ret;
	}

	ret = timed_single(t, i, &ticks);
	keep = keep && !ret && counts(t);

	if (t->op->restore)
		t->op->restore(t, i, 1);
	if (!keep)
		return ret;

	value = to_unit(t, ticks);
	t->hist[hist_index(value)]++;
	account(t, 1, value, value);

	return 0;
}

static int one_round(struct bench_thread *t, unsigned int round, bool keep)
{
	cond_resched();

	return t->job->param->method == SMMUBENCH_BATCHED ?
	       batch_round(t, keep) : single_op(t, round % SMMUBENCH_BATCH, keep);
}

/* Everyone warms up, then everyone starts. */
static void wait_for_all(struct bench_job *job)
{
	atomic_inc(&job->arrived);
	while (atomic_read(&job->arrived) < job->param->threads && !READ_ONCE(job->stop)) {
		cpu_relax();
		cond_resched();
	}
}

/**
 * bench_measure() - all of one thread: warm-up, barrier, measured rounds
 * @t: on its CPU, with buffers, counters and room for the results
 *
 * Return: 0 when done or stopped, or what an operation returned.
 */
int bench_measure(struct bench_thread *t)
{
	const struct smmubench_run *p = t->job->param;
	unsigned int warmup = p->warmup, i;
	int ret = 0;

	/* Another start moves what comes after: ticks of the timer, IOVAs, lines. */
	if (p->perturb) {
		bench_spin(p->perturb * 1009UL);
		warmup += p->perturb;
	}

	for (i = 0; i < warmup && !ret && counts(t); i++)
		ret = one_round(t, i, false);

	if (ret)
		WRITE_ONCE(t->job->stop, true);
	wait_for_all(t->job);

	for (i = 0; i < p->rounds && !ret && counts(t); i++)
		ret = one_round(t, i, true);
	WRITE_ONCE(t->job->stop, true);

	return ret;
}
