/* SPDX-License-Identifier: GPL-2.0-only */
/* Power: the host's PSCI calls, by the way of EL2's relay, and firmware that serves them. */

#ifndef MODEL_FIRMWARE_H
#define MODEL_FIRMWARE_H

#include "model.h"

/**
 * struct firmware - what firmware does
 * @power: the CPU that called has been without power, or in standby: what else happened
 *	meanwhile, before EL2 runs again. NULL: nothing
 * @called: a call arrived. NULL: nothing
 * @standby: the CPU is never without power, whatever the host asked for
 * @offers_system_suspend: if not, it says NOT_SUPPORTED
 * @denies: it starts no CPU
 * @version: PSCI_VERSION(1, 1) after firmware_reset()
 * @names: where it is of version 0.1, whether it has more than CPU_SUSPEND
 */
struct firmware {
	void (*power)(void);
	void (*called)(u32 fn);
	bool standby;
	bool offers_system_suspend;
	bool denies;
	u32 version;
	bool names;
};

/* Firmware of version 0.1 numbers its functions as it likes: so. */
#define FIRMWARE_0_1_SUSPEND PSCI_0_2_FN_CPU_SUSPEND
#define FIRMWARE_0_1_OFF     PSCI_0_2_FN_CPU_OFF
#define FIRMWARE_0_1_ON	     PSCI_0_2_FN_CPU_ON
#define FIRMWARE_0_1_MIGRATE PSCI_0_2_FN_MIGRATE

extern struct firmware firmware;

/* Where the host goes on after a call. */
struct host_at {
	u64 pc; /* 0: behind the call */
	u64 x0;
	bool others; /* it is no call of PSCI's */
};

void firmware_reset(void);

/** host_psci() - the host of this CPU calls */
struct host_at host_psci(u64 fn, u64 arg0, u64 arg1, u64 arg2);

/** host_starts() - this CPU, which another one's CPU_ON was about, starts */
struct host_at host_starts(void);

#endif /* MODEL_FIRMWARE_H */
