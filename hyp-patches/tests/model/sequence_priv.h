/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of a sequence share. */

#ifndef MODEL_SEQUENCE_PRIV_H
#define MODEL_SEQUENCE_PRIV_H

#include "machine.h"
#include "sequence.h"

#define SEQUENCE_SMMUS 3

/* What EL2 grants the hardware in one wait, and what its own work may take besides. */
#define TIMEOUT_US 100000ULL
#define WORK_US	   10000ULL

/* Memory that is none of the host's: firmware's. */
#define NOMAP_AT (LOW_BASE + BLOCK_SIZE + BLOCK_SIZE / 4)
#undef NOMAP_SIZE
#define NOMAP_SIZE (4 * PAGE_SIZE)

/* What the sequence knows of an SMMU. */
struct smmu_state {
	struct model *m;
	struct model_config well; /* the hardware, when it behaves */
	bool aborting;		  /* it cannot translate */
	bool stage1;		  /* it has no stage 2, and no mirror */
	bool lost;		  /* it did not follow once: it may stay closed */
	bool was_lost;		  /* that, and it may have come back */
};

struct sequence {
	struct sequence_counts counts;
	struct smmu_state smmus[SEQUENCE_SMMUS];
	u32 nr_smmus;
	u64 low_end, high_end;	 /* of the memory */
	u32 entered[MODEL_CPUS]; /* PSCI calls that firmware has: 0 or the function */
	u32 closed;		 /* those of them that reset the machine */
	u64 allowed_us;		 /* for the operation at hand */
	u32 gbpa_reset;		 /* of all SMMUs */
	bool paravirt;		 /* the mode that has domains */
	bool print;
};

extern struct sequence seq;

/* sequence.c: the bytes that this CPU reads, and what they say next: 0 behind their end. */
void sequence_read(const u8 *bytes, size_t size);
u32 next_byte(void);
u64 next_word(void);
bool next_bit(u32 *bits);

/* A page at or around a place where something begins or ends. */
u64 next_place(void);

/* A part of the line that tells what is done. */
void say(const char *fmt, ...) __printf(1, 2);
void say_line(void);

/* sequence_ops.c: one of the operations, by its number. Return: a page that it was about */
void ops_reset(void);
u64 sequence_op(u32 number);
u64 sequence_op_of_other(u32 number);
void sequence_settle(void);

/* sequence_power.c: PSCI calls, and power that goes and comes back */
void power_boot(u32 bits);
u64 op_psci_enter(void);
u64 op_psci_return(void);
u64 op_psci(void);
u64 op_sleep(void);
u64 op_start(void);
void power_settle(void);

/* sequence_other.c: devices and other CPUs in the midst of the next operation */
u64 op_meanwhile(void);
bool other_armed(void);
u64 other_end(void);

/* sequence_domain.c: domains, where the mode has them */
void domains_reset(void);
u64 domain_op(u32 number);
bool domains_mirror(u32 smmu, u32 sid);
void domains_look_up(void);
void domains_check(void);
void domains_end(void);

/* sequence_check.c */
bool check_may_reach(u32 smmu, u32 sid, u64 addr);
void check_begin(void);
void check_step(u64 place, u64 time);
void check_end(void);

#endif /* MODEL_SEQUENCE_PRIV_H */
