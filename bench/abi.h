/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What smmubench.ko and its users agree on: the ioctls of /dev/smmubench.
 *
 * Every struct has one size on every build and explicit padding, which must be
 * zero on the way in. Module and runner come from one commit: a user of another
 * SMMUBENCH_ABI is refused.
 */

#ifndef SMMUBENCH_ABI_H
#define SMMUBENCH_ABI_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define SMMUBENCH_ABI		2

/* Operations between two clock reads, and distinct buffers of a thread. */
#define SMMUBENCH_BATCH		64

#define SMMUBENCH_MAX_THREADS	64
#define SMMUBENCH_MAX_ROUNDS	65536
#define SMMUBENCH_MAX_WARMUP	65536
#define SMMUBENCH_MAX_PERTURB	1024
#define SMMUBENCH_MAX_SIZE	(4ULL << 20)
#define SMMUBENCH_NAME_LEN	32
#define SMMUBENCH_DEVICE_LEN	64
#define SMMUBENCH_REASON_LEN	128

/* Room for the counters of EL2: how many there are and what they are called, the kernel says. */
#define SMMUBENCH_MAX_EL2	32

enum smmubench_kvm_mode {
	SMMUBENCH_KVM_NONE,
	SMMUBENCH_KVM_VHE,
	SMMUBENCH_KVM_NVHE,
	SMMUBENCH_KVM_PROTECTED,
};

enum smmubench_clock {
	SMMUBENCH_CLOCK_INSN,	/* ticks as they are: one for each instruction */
	SMMUBENCH_CLOCK_WALL,	/* nanoseconds */
};

enum smmubench_method {
	SMMUBENCH_BATCHED,	/* many operations between two clock reads */
	SMMUBENCH_SINGLE,	/* each operation timed on its own */
	SMMUBENCH_COUNTED,	/* counters and no clock: the runner's, not the module's */
};

/* The domain in force for the device while the operations ran. */
enum smmubench_domain {
	SMMUBENCH_DOMAIN_NONE,		/* no IOMMU: the operation has none, or the device */
	SMMUBENCH_DOMAIN_IDENTITY,
	SMMUBENCH_DOMAIN_STRICT,
	SMMUBENCH_DOMAIN_LAZY,
	SMMUBENCH_DOMAIN_OTHER,
};

enum smmubench_status {
	SMMUBENCH_OK,
	SMMUBENCH_PARTIAL,	/* interrupted; what was measured is there */
	SMMUBENCH_UNSUPPORTED,	/* this machine cannot; the reason says why */
	SMMUBENCH_FAILED,	/* the check or an operation failed; see the reason */
};

enum smmubench_counter {
	SMMUBENCH_INSTRUCTIONS_EL1,
	SMMUBENCH_INSTRUCTIONS_EL2,
	SMMUBENCH_CYCLES_EL1,
	SMMUBENCH_CYCLES_EL2,
	SMMUBENCH_NR_COUNTERS,
};

/**
 * struct smmubench_info - what this machine can measure
 * @abi: in: SMMUBENCH_ABI
 * @kvm_mode: enum smmubench_kvm_mode
 * @cntfrq: ticks of the counter in a second
 * @insn_clock: 1 when every tick of the counter is one instruction
 * @page_size: bytes
 * @devices: devices bound to this driver
 * @nr_el2: counters that EL2 keeps of itself; 0 when this kernel knows of none
 * @counter_error: by enum smmubench_counter: 0, or why it cannot be counted (errno)
 * @el2_error: 0, or why those of EL2 cannot be read (errno)
 * @pad: zero
 * @el2_name: of @nr_el2 counters, NUL-terminated
 */
struct smmubench_info {
	__u32 abi;
	__u32 kvm_mode;
	__u64 cntfrq;
	__u32 insn_clock;
	__u32 page_size;
	__u32 devices;
	__u32 nr_el2;
	__s32 counter_error[SMMUBENCH_NR_COUNTERS];
	__s32 el2_error;
	__u32 pad;
	char el2_name[SMMUBENCH_MAX_EL2][SMMUBENCH_NAME_LEN];
};

/**
 * struct smmubench_round - one measured batch of one thread
 * @ops: operations in it
 * @thread: index into smmubench_run.thread
 * @sum: instructions or nanoseconds over all of them
 * @counter: valid where smmubench_run.counter_error is 0
 */
struct smmubench_round {
	__u32 ops;
	__u32 thread;
	__u64 sum;
	__u64 counter[SMMUBENCH_NR_COUNTERS];
};

struct smmubench_thread {
	__u32 cpu;
	__u32 pad;
	__u64 ops;
	__u64 sum;
};

/**
 * struct smmubench_run - measure one operation
 * @abi: in: SMMUBENCH_ABI
 * @clock: in: enum smmubench_clock
 * @method: in: enum smmubench_method
 * @threads: in: 1 to SMMUBENCH_MAX_THREADS, each on a CPU of its own
 * @batch: in: operations prepared at a time: 1 to SMMUBENCH_BATCH
 * @rounds: in: measured rounds of @batch operations in each thread
 * @warmup: in: rounds before those
 * @perturb: in: which of the deterministic starts; 0 is the plain one
 * @size: in: bytes for each operation that takes memory, else 0
 * @op: in: name of the operation, NUL-terminated
 * @device: in: name of a device bound to the driver; empty if @op needs none
 * @rounds_ptr: in: array of struct smmubench_round (batched only)
 * @hist_ptr: in: array of __u64, indexed as hist.h says (single only)
 * @rounds_cap: in: entries at @rounds_ptr: at least @threads * @rounds, or 0
 * @hist_cap: in: entries at @hist_ptr: HIST_BUCKETS, or 0
 * @status: out: enum smmubench_status
 * @domain: out: enum smmubench_domain
 * @nr_rounds: out: entries filled at @rounds_ptr
 * @el2_error: out: 0, or why EL2's counters were not read (errno)
 * @count: out: operations measured
 * @sum: out: over all of them
 * @min: out: over operations (single) or over rounds of the rounded-down mean
 * @max: out: as @min
 * @counter_error: out: 0, or why a counter was not counted (errno)
 * @el2: out: over all measured rounds, without what lies between them (batched only)
 * @thread: out: one for each of @threads
 * @reason: out: one sentence when @status is neither ok nor partial
 */
struct smmubench_run {
	__u32 abi;
	__u32 clock;
	__u32 method;
	__u32 threads;
	__u32 batch;
	__u32 rounds;
	__u32 warmup;
	__u32 perturb;
	__u64 size;
	char op[SMMUBENCH_NAME_LEN];
	char device[SMMUBENCH_DEVICE_LEN];
	__u64 rounds_ptr;
	__u64 hist_ptr;
	__u32 rounds_cap;
	__u32 hist_cap;
	__u32 status;
	__u32 domain;
	__u32 nr_rounds;
	__s32 el2_error;
	__u64 count;
	__u64 sum;
	__u64 min;
	__u64 max;
	__s32 counter_error[SMMUBENCH_NR_COUNTERS];
	__u64 el2[SMMUBENCH_MAX_EL2];
	struct smmubench_thread thread[SMMUBENCH_MAX_THREADS];
	char reason[SMMUBENCH_REASON_LEN];
};

/**
 * struct smmubench_smmu - ID registers of one SMMUv3 that the host owns
 * @index: in: which, from 0; ENOENT behind the last
 * @readable: out: 1 when the registers could be read
 * @base: out: physical address of the first frame
 */
struct smmubench_smmu {
	__u32 index;
	__u32 readable;
	__u64 base;
	__u32 idr0;
	__u32 idr1;
	__u32 idr3;
	__u32 idr5;
	__u32 iidr;
	__u32 pad;
};

/**
 * struct smmubench_el2 - EL2's counters since boot, summed over the CPUs
 * @value: out: smmubench_info.nr_el2 of them. Reading adds to them, each time as much
 */
struct smmubench_el2 {
	__u64 value[SMMUBENCH_MAX_EL2];
};

#define SMMUBENCH_INFO	_IOWR('B', 0x70, struct smmubench_info)
#define SMMUBENCH_RUN	_IOWR('B', 0x71, struct smmubench_run)
#define SMMUBENCH_SMMU	_IOWR('B', 0x72, struct smmubench_smmu)
#define SMMUBENCH_EL2	_IOR('B', 0x73, struct smmubench_el2)

#endif /* SMMUBENCH_ABI_H */
