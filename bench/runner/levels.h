/* SPDX-License-Identifier: GPL-2.0-only */
/* What this task makes each exception level execute, a run of a guest included. */

#ifndef SMMUBENCH_LEVELS_H
#define SMMUBENCH_LEVELS_H

#include <stdbool.h>
#include <stdint.h>

#include "abi.h"

/**
 * struct levels_sample - what was read at one end of a window
 * @pmu: by enum smmubench_counter
 * @user: instructions at EL0
 * @ticks: of the system counter
 * @switches: of the CPU to another task and back
 */
struct levels_sample {
	uint64_t pmu[SMMUBENCH_NR_COUNTERS];
	uint64_t user;
	uint64_t ticks;
	uint64_t switches;
};

/**
 * struct levels - counters of the calling task
 * @fd: by enum smmubench_counter, or -1
 * @user: of instructions at EL0, or -1
 * @switches: of context switches, or -1
 * @error: by enum smmubench_counter: 0, or why it is not counted (errno)
 * @insn: every tick of the system counter is one instruction
 * @empty: what a window without anything in it holds
 */
struct levels {
	int fd[SMMUBENCH_NR_COUNTERS];
	int user;
	int switches;
	__s32 error[SMMUBENCH_NR_COUNTERS];
	bool insn;
	struct levels_sample empty;
};

/**
 * levels_open() - count from here on, for this task only
 * @l: filled; levels_close() takes it whatever could be opened
 * @insn: whether every tick of the system counter is one instruction
 */
void levels_open(struct levels *l, bool insn);
void levels_close(struct levels *l);

/* The beginning and the end of a window. */
void levels_begin(struct levels *l, struct levels_sample *s);
void levels_end(struct levels *l, struct levels_sample *s);

/* Whether levels_unseen() can tell: on the insn clock, with all its counters. */
bool levels_complete(const struct levels *l);

/**
 * levels_unseen() - instructions of a window that the PMU did not count
 * @guest: those that a guest executed in it
 * @unseen: filled
 *
 * While a protected guest's MDCR_EL2 is loaded, HPMN and HPME are 0
 * (pvm_init_traps_mdcr()), and all counters stand still: also for what EL2 executes
 * between the two writes of that register. On the insn clock every instruction is a
 * tick, so what neither EL0, EL1 and EL2 as counted nor the guest account for is that.
 *
 * Return: 0; -EAGAIN when other tasks ran in the window, so that nothing can be told.
 */
int levels_unseen(const struct levels *l, const struct levels_sample *before,
		  const struct levels_sample *after, uint64_t guest, uint64_t *unseen);

#endif /* SMMUBENCH_LEVELS_H */
