// SPDX-License-Identifier: GPL-2.0-only
/*
 * One run: memory and threads for it, the check before it, and its sum. All
 * memory is there before the first clock read and goes in the reverse order.
 */

#include <linux/cpumask.h>
#include <linux/dma-mapping.h>
#include <linux/err.h>
#include <linux/gfp.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/sizes.h>
#include <linux/slab.h>

#include "hist.h"
#include "smmubench.h"

static DEFINE_SPINLOCK(current_job_lock);
static struct bench_job *current_job;	/* under current_job_lock */

static void stop_job(struct bench_job *job)
{
	WRITE_ONCE(job->interrupted, true);
	WRITE_ONCE(job->stop, true);
}

/**
 * bench_run_abort() - let the run that is under way, if any, end after its round
 */
void bench_run_abort(void)
{
	spin_lock(&current_job_lock);
	if (current_job)
		stop_job(current_job);
	spin_unlock(&current_job_lock);
}

static void set_current_job(struct bench_job *job)
{
	spin_lock(&current_job_lock);
	current_job = job;
	spin_unlock(&current_job_lock);
}

static void free_thread(struct bench_thread *t)
{
	struct page *page, *next;
	unsigned int i;

	if (!t)
		return;
	for (i = 0; i < t->nr_chunks; i++)
		free_pages((unsigned long)t->chunk[i], t->chunk_order);
	list_for_each_entry_safe(page, next, &t->perturb_pages, lru)
		__free_page(page);
	kvfree(t->hist);
	kvfree(t->rounds);
	kfree(t);
}

/* Held pages move what is allocated behind them, and with it cache sets and tables. */
static int hold_pages(struct bench_thread *t, unsigned int n)
{
	struct page *page;

	while (n--) {
		page = alloc_page(GFP_KERNEL);
		if (!page)
			return -ENOMEM;
		list_add(&page->lru, &t->perturb_pages);
	}

	return 0;
}

static int alloc_chunks(struct bench_thread *t, unsigned int order)
{
	size_t stride = PAGE_ALIGN(t->size);
	unsigned int each = (PAGE_SIZE << order) / stride, i;

	t->chunk_order = order;
	for (i = 0; i < SMMUBENCH_BATCH; i++) {
		if (i % each == 0) {
			void *chunk = (void *)__get_free_pages(GFP_KERNEL | __GFP_ZERO |
							       __GFP_NOWARN, order);

			if (!chunk)
				return -ENOMEM;
			t->chunk[t->nr_chunks++] = chunk;
		}
		t->buf[(i + t->job->param->perturb) % SMMUBENCH_BATCH] =
			t->chunk[t->nr_chunks - 1] + (i % each) * stride;
	}

	return 0;
}

/*
 * Distinct pages for each operation, cut from naturally aligned chunks. What
 * iommu_map() does depends on where a buffer and its IOVA lie within the next
 * larger page size: with chunks of that size the path does not depend on
 * which memory happened to be free. Where it is too fragmented, smaller ones do.
 */
static int alloc_buffers(struct bench_thread *t)
{
	unsigned int order = get_order(max_t(size_t, t->size, SZ_2M)), i;

	if (!alloc_chunks(t, order))
		return 0;

	for (i = 0; i < t->nr_chunks; i++)
		free_pages((unsigned long)t->chunk[i], t->chunk_order);
	t->nr_chunks = 0;

	return alloc_chunks(t, get_order(t->size));
}

static struct bench_thread *alloc_thread(struct bench_job *job, const struct bench_op *op,
					 struct device *dev, unsigned int cpu)
{
	const struct smmubench_run *p = job->param;
	struct bench_thread *t;
	unsigned int i;

	t = kzalloc_obj(*t);
	if (!t)
		return NULL;

	t->job = job;
	t->op = op;
	t->dev = dev;
	t->size = p->size;
	t->cpu = cpu;
	t->min = U64_MAX;
	INIT_LIST_HEAD(&t->perturb_pages);
	for (i = 0; i < SMMUBENCH_BATCH; i++)
		t->dma[i] = DMA_MAPPING_ERROR;

	if (hold_pages(t, p->perturb))
		goto fail;

	if (p->method == SMMUBENCH_BATCHED)
		t->rounds = kvzalloc_objs(*t->rounds, p->rounds);
	else
		t->hist = kvzalloc_objs(*t->hist, HIST_BUCKETS);
	if (!t->rounds && !t->hist)
		goto fail;

	if (op->needs_device && alloc_buffers(t))
		goto fail;

	return t;

fail:
	free_thread(t);
	return NULL;
}

static int thread_fn(void *data)
{
	struct bench_thread *t = data;
	struct bench_job *job = t->job;

	t->error = bench_measure(t);
	if (t->op->finish)
		t->op->finish(t);
	if (atomic_dec_and_test(&job->running))
		complete(&job->done);

	return 0;
}

/* Runs all threads to their end; a signal makes that the end of their round. */
static int run_threads(struct bench_job *job)
{
	unsigned int n = job->param->threads, i;
	int ret = 0;

	for (i = 0; i < n; i++) {
		struct bench_thread *t = job->thread[i];
		struct task_struct *task = kthread_create(thread_fn, t, "smmubench/%u", i);

		if (IS_ERR(task)) {
			ret = PTR_ERR(task);
			break;
		}
		kthread_bind(task, t->cpu);
		t->task = get_task_struct(task);
	}

	if (!ret) {
		for (i = 0; i < n; i++)
			wake_up_process(job->thread[i]->task);
		if (wait_for_completion_interruptible(&job->done)) {
			stop_job(job);
			wait_for_completion(&job->done);
		}
	}

	/* Those that were never woken end here without having run. */
	for (i = 0; i < n && job->thread[i]->task; i++)
		kthread_stop_put(job->thread[i]->task);

	return ret;
}

static void collect(struct bench_job *job, struct smmubench_round *rounds, u64 *hist)
{
	struct smmubench_run *p = job->param;
	unsigned int i, k;

	p->min = U64_MAX;
	for (i = 0; i < p->threads; i++) {
		struct bench_thread *t = job->thread[i];

		p->thread[i].cpu = t->cpu;
		p->thread[i].ops = t->ops;
		p->thread[i].sum = t->sum;
		p->count += t->ops;
		p->sum += t->sum;
		p->min = min(p->min, t->min);
		p->max = max(p->max, t->max);
		for (k = 0; k < SMMUBENCH_NR_COUNTERS; k++) {
			if (t->counter_error[k])
				p->counter_error[k] = -t->counter_error[k];
		}
		for (k = 0; k < SMMUBENCH_MAX_EL2; k++)
			p->el2[k] += t->el2[k];
		for (k = 0; t->rounds && k < t->nr_rounds; k++) {
			rounds[p->nr_rounds] = t->rounds[k];
			rounds[p->nr_rounds++].thread = i;
		}
		for (k = 0; t->hist && k < HIST_BUCKETS; k++)
			hist[k] += t->hist[k];
	}
	if (!p->count)
		p->min = 0;
}

static int fail(struct smmubench_run *p, enum smmubench_status status)
{
	p->status = status;

	return 0;
}

static int measure(struct bench_job *job, struct smmubench_round *rounds, u64 *hist)
{
	struct smmubench_run *p = job->param;
	unsigned int i;
	int ret;

	for (i = 0; i < p->threads; i++)
		bench_counters_open(job->thread[i], p->clock == SMMUBENCH_CLOCK_INSN);
	/* What EL2 counts during a round must be that round's: see el2.c. */
	job->el2_error = p->threads > 1 ? -EXDEV : bench_el2_calibrate(job->el2_overhead);
	p->el2_error = -job->el2_error;
	set_current_job(job);
	ret = run_threads(job);
	set_current_job(NULL);
	for (i = 0; i < p->threads; i++)
		bench_counters_close(job->thread[i]);
	if (ret)
		return ret;

	collect(job, rounds, hist);
	p->status = job->interrupted ? SMMUBENCH_PARTIAL : SMMUBENCH_OK;
	for (i = 0; i < p->threads; i++) {
		if (job->thread[i]->error) {
			snprintf(p->reason, sizeof(p->reason),
				 "an operation failed after %llu measured ones (%d)", p->count,
				 job->thread[i]->error);
			return fail(p, SMMUBENCH_FAILED);
		}
	}

	return 0;
}

/**
 * bench_run() - measure what was asked for; under bench_run_lock
 * @param: validated but for the names; its results are filled in
 * @rounds: room for threads * rounds entries (batched), or NULL
 * @hist: HIST_BUCKETS zeroed entries (single), or NULL
 *
 * Return: 0 with param->status set, -ENOENT for an unknown operation, -ENODEV
 * for a device that is not bound, -ERANGE for more threads than CPUs, -ENOMEM.
 */
int bench_run(struct smmubench_run *param, struct smmubench_round *rounds, u64 *hist)
{
	const struct bench_op *op = bench_op_find(param->op);
	struct bench_job job = { .param = param, .cntfrq = read_sysreg(cntfrq_el0) };
	struct device *dev = NULL;
	unsigned int i, cpu;
	int ret = 0;

	if (!op)
		return -ENOENT;
	if (op->supported && op->supported(param->reason))
		return fail(param, SMMUBENCH_UNSUPPORTED);
	if (op->needs_device) {
		dev = bench_device_find(param->device);
		if (!dev)
			return -ENODEV;
		if (!param->size)
			return -EINVAL;
		param->domain = bench_device_domain(dev);
	}
	if (param->threads > num_online_cpus())
		return -ERANGE;

	init_completion(&job.done);
	atomic_set(&job.running, param->threads);
	job.thread = kzalloc_objs(*job.thread, param->threads);
	if (!job.thread)
		return -ENOMEM;

	cpu = cpumask_first(cpu_online_mask);
	for (i = 0; i < param->threads; i++) {
		job.thread[i] = alloc_thread(&job, op, dev, cpu);
		if (!job.thread[i]) {
			ret = -ENOMEM;
			goto out;
		}
		cpu = cpumask_next(cpu, cpu_online_mask);
	}

	if (op->check && op->check(job.thread[0], param->reason))
		ret = fail(param, SMMUBENCH_FAILED);
	else
		ret = measure(&job, rounds, hist);

out:
	for (i = 0; i < param->threads; i++)
		free_thread(job.thread[i]);
	kfree(job.thread);
	return ret;
}
