/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Who else acts while EL2 is at work: devices, whose accesses take no lock, and other
 * CPUs, each a thread of its own of which one runs at a time. They come in at points,
 * which have numbers, so that a test can try each of them:
 *
 *	for (n = 1; acted; n++) {
 *		world_act(&(struct act){ .fn = device, .at = n });
 *		...
 *		acted = world_act_end();
 *	}
 */

#ifndef MODEL_POINTS_H
#define MODEL_POINTS_H

#include <nvhe/iommu_shim.h>

/**
 * struct act - what others do
 * @fn: it; a CPU's may take locks, and ends the test by world_bug() only
 * @cpu: that does it, or 0 for a device
 * @at: the number of the only point to come in at, from 1; 0 for any
 * @one_in: at one point of so many, by @seed; 0 for each
 * @back: the CPU is interrupted at its own point of this number; it goes on when the first one
 *	waits for it or has ended. 0 for never; where @one_in is set, by chance.
 * @blocks: whether the begin of each basic block is a point, too
 */
struct act {
	void (*fn)(void);
	unsigned int cpu;
	u64 at;
	u64 one_in;
	u64 seed;
	u64 back;
	bool blocks;
};

/** world_act() - from now on; points count from here */
void world_act(const struct act *act);

/**
 * world_act_end() - no more of it; what was begun comes to its end
 *
 * Return: whether anything was done since world_act().
 */
bool world_act_end(void);

/*
 * Passed before a lock is taken and after one was released, before a register is read and
 * after one was written, after a store that others may see, in each wait, and where a basic
 * block of the EL2 code begins, if @blocks.
 */
void point(void);
void points_reset(void);

/* smp.c: CPUs other than the first. */
void smp_reset(void);
bool smp_other(void); /* whether another CPU than the first runs */
bool smp_paused(unsigned int cpu); /* whether it waits for its turn */
void smp_start(unsigned int cpu, void (*fn)(void));
void smp_switch(unsigned int cpu);
void smp_wait(void); /* for what another CPU is to do: it gets its turn */
void smp_fail(void) __attribute__((noreturn));

/* locks.c */
void locks_reset(void);
void locks_may_wait(void);
void locks_all_free(void);

#endif /* MODEL_POINTS_H */
