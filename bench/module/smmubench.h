/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of smmubench.ko share. */

#ifndef SMMUBENCH_H
#define SMMUBENCH_H

#include <linux/cache.h>
#include <linux/completion.h>
#include <linux/device.h>
#include <linux/perf_event.h>
#include <linux/sched.h>
#include <linux/types.h>

#include <asm/barrier.h>
#include <asm/sysreg.h>

#include "abi.h"

struct bench_job;

/**
 * struct bench_thread - everything one thread touches while it measures
 *
 * Allocated on its own, in whole cache lines: threads share nothing but what
 * none of them writes in the measured part.
 */
struct bench_thread {
	/* Read and written by operations. */
	struct device *dev;
	size_t size;
	void *buf[SMMUBENCH_BATCH];
	dma_addr_t dma[SMMUBENCH_BATCH];

	struct bench_job *job;
	const struct bench_op *op;
	unsigned int cpu;
	struct task_struct *task;
	struct perf_event *event[SMMUBENCH_NR_COUNTERS];
	int counter_error[SMMUBENCH_NR_COUNTERS];
	struct list_head perturb_pages;
	void *chunk[SMMUBENCH_BATCH];
	unsigned int nr_chunks;
	unsigned int chunk_order;

	/* What came out. */
	struct smmubench_round *rounds;
	unsigned int nr_rounds;
	u64 el2[SMMUBENCH_MAX_EL2];
	u64 *hist;
	u64 ticks[SMMUBENCH_BATCH];
	u64 ops;
	u64 sum;
	u64 min;
	u64 max;
	int error;
} ____cacheline_aligned;

/**
 * struct bench_job - one SMMUBENCH_RUN
 * @param: as copied from the user and validated; filled with the results
 * @stop: no round that ends after this was set counts
 * @interrupted: a signal, or the device going away, is why
 * @arrived: threads at the start barrier
 * @running: threads that have not finished
 * @done: completed by the last of them
 * @el2_error: 0 when EL2's counters are read around each round, or why not
 * @el2_overhead: what a round has of them for being read
 */
struct bench_job {
	struct smmubench_run *param;
	struct bench_thread **thread;
	u32 cntfrq;
	bool stop;
	bool interrupted;
	atomic_t arrived;
	atomic_t running;
	struct completion done;
	int el2_error;
	u64 el2_overhead[SMMUBENCH_MAX_EL2];
};

/**
 * struct bench_op - one operation that can be measured
 * @name: as rows name it
 * @needs_device: works on the memory of smmubench_run.size and on a device
 * @supported: NULL, or returns 0 or -EOPNOTSUPP with a reason
 * @check: NULL, or proves before measuring that the operation does what its row
 *	   says; -EINVAL with a reason if not
 * @prepare: NULL, or makes operations @first to @first + @n - 1 ready; not measured
 * @run: operation @i; measured
 * @restore: NULL, or undoes the @n operations; not measured
 * @finish: NULL, or releases whatever an error or an interrupt left behind
 */
struct bench_op {
	const char *name;
	bool needs_device;
	int (*supported)(char *reason);
	int (*check)(struct bench_thread *t, char *reason);
	int (*prepare)(struct bench_thread *t, unsigned int first, unsigned int n);
	int (*run)(struct bench_thread *t, unsigned int i);
	void (*restore)(struct bench_thread *t, unsigned int first, unsigned int n);
	void (*finish)(struct bench_thread *t);
};

extern const struct bench_op bench_op_dma_map;
extern const struct bench_op bench_op_dma_unmap;

const struct bench_op *bench_op_find(const char *name);

/* The counter, ordered against everything before and after. */
static __always_inline u64 bench_ticks(void)
{
	u64 ticks;

	isb();
	ticks = read_sysreg(cntvct_el0);
	isb();

	return ticks;
}

void bench_spin(unsigned long loops);
bool bench_insn_clock(void);
enum smmubench_kvm_mode bench_kvm_mode(void);

void bench_counters_open(struct bench_thread *t, bool insn);
void bench_counters_close(struct bench_thread *t);
void bench_counters_probe(int cpu, s32 *error, bool insn);
void bench_counters_read(struct bench_thread *t, u64 *value);

void bench_el2_names(struct smmubench_info *info);
int bench_el2_read(u64 *value);
int bench_el2_calibrate(u64 *overhead);

int bench_measure(struct bench_thread *t);

int bench_run(struct smmubench_run *param, struct smmubench_round *rounds, u64 *hist);
void bench_run_abort(void);

int bench_device_init(void);
void bench_device_exit(void);
struct device *bench_device_find(const char *name);
unsigned int bench_device_count(void);
enum smmubench_domain bench_device_domain(struct device *dev);

/* Held by a run from looking the device up until its last mapping is gone. */
extern struct mutex bench_run_lock;

int bench_smmu_read(struct smmubench_smmu *smmu);

#endif /* SMMUBENCH_H */
