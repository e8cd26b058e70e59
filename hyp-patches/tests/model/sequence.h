/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Bytes as a machine and what happens to it: hypercalls and PSCI calls of the host's,
 * transitions of pages, transactions of devices, hardware that misbehaves, other CPUs
 * and devices in the middle of all that. Any bytes are a sequence, so whatever changes
 * them finds others: random ones (test_fuzz.c), libFuzzer (fuzz/).
 */

#ifndef MODEL_SEQUENCE_H
#define MODEL_SEQUENCE_H

#include "kernel.h"

/* What came of it. */
struct sequence_counts {
	bool booted;
	u32 operations;
	u32 left; /* transitions of pages away from the host */
	u32 failed;
	u32 topups;
	u32 resets;
	u32 slept;
	u64 mapped; /* pages, in domains */
	u64 unmapped;
	u64 refused; /* commands */
};

/**
 * sequence_run() - from the boot of a machine to its last operation
 * @print: what is done, an operation a line with its outcome
 *
 * It ends the test where something does not hold that must: sequence_check.c.
 */
struct sequence_counts sequence_run(const u8 *bytes, size_t size, bool print);

#endif /* MODEL_SEQUENCE_H */
