/* SPDX-License-Identifier: GPL-2.0-only */
/* Power: the host's PSCI calls, by the way of EL2's relay, and firmware that serves them. */

#ifndef MODEL_FIRMWARE_H
#define MODEL_FIRMWARE_H

#include "model.h"

/**
 * struct firmware - what firmware does
 * @power: the CPU that called has been without power, or in standby: what else happened
 *	meanwhile, before EL2 runs again. NULL: nothing
 * @standby: the CPU is never without power, whatever the host asked for
 * @offers_system_suspend: if not, it says NOT_SUPPORTED
 */
struct firmware {
	void (*power)(void);
	bool standby;
	bool offers_system_suspend;
};

extern struct firmware firmware;

/* Where the host goes on after a call. */
struct host_at {
	u64 pc; /* 0: behind the call */
	u64 x0;
};

void firmware_reset(void);

/** host_psci() - the host of this CPU calls */
struct host_at host_psci(u64 fn, u64 arg0, u64 arg1, u64 arg2);

/** host_starts() - this CPU, which another one's CPU_ON was about, starts */
struct host_at host_starts(void);

#endif /* MODEL_FIRMWARE_H */
