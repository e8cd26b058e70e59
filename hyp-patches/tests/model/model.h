/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A model of an SMMUv3, from the architecture (Arm IHI 0070) and not from the
 * code under test. Unlike QEMU's it takes its time: registers are acknowledged
 * and commands are consumed while time passes (world_pace()), an invalidation takes effect with
 * the CMD_SYNC behind it and not before, and what is cached stays.
 *
 * What software must not do ends the test: a register written at the wrong time,
 * a doorbell without a barrier, a misaligned table.
 */

#ifndef MODEL_MODEL_H
#define MODEL_MODEL_H

#include <nvhe/iommu_shim.h>

#define MODEL_MAX 4

struct model;

/**
 * struct model_config - what an SMMU is, and how it behaves
 * @base: of its register frame
 * @idr0: its ID registers
 * @ack_us: until CR0ACK and IRQ_CTRLACK follow; MODEL_NEVER for never
 * @gbpa_us: the same for GBPA.UPDATE
 * @commands_per_us: consumed from the command queue; 0 for none, MODEL_AT_ONCE for all of them
 *	before the doorbell returns
 * @us_per_command: or slower than one each microsecond; 0 or 1 for not
 * @idle_us: until an SMMU that had nothing to do notices a doorbell: up to this, by @seed
 * @ahead_in: at one moment of so many it fetches what no device asked for yet, or forgets
 *	something; 0 for never
 * @seed: of what an SMMU may do so or so
 * @refuse_in: counts down with each command; the one that finds it at 1 is refused
 * @refuse_as: with which CERROR; 0 for CERROR_ILL. CERROR_ATC_INV_SYNC waits for a CMD_SYNC
 * @keep_refused: refused again when it is read again
 * @cons_lie: added to what CMDQ_CONS says
 * @gbpa_reset: what GBPA resets to
 * @no_snoop: it snoops nothing, whatever IDR0 and attributes say
 * @partial: of a stream table entry it caches some words, and reads the others again each time
 */
struct model_config {
	u64 base;
	u32 idr0, idr1, idr3, idr5, iidr;
	u32 ack_us;
	u32 gbpa_us;
	u32 commands_per_us;
	u32 us_per_command;
	u32 idle_us;
	u32 ahead_in;
	u64 seed;
	u32 refuse_in;
	u32 refuse_as;
	bool keep_refused;
	u32 cons_lie;
	u32 gbpa_reset;
	bool no_snoop;
	bool partial;
};

#define MODEL_NEVER   (~0U)
#define MODEL_AT_ONCE (~0U)

/* CMDQ_CONS.ERR (IHI 0070, 7.1) */
#define CERROR_ILL	    1
#define CERROR_ABT	    2
#define CERROR_ATC_INV_SYNC 3

/* What has happened so far. */
struct model_counts {
	u64 doorbells;
	u64 commands; /* without CMD_SYNC */
	u64 tlbi_ipa;
	u64 tlbi_range; /* those of them, and of stage 1, that name a range */
	u64 tlbi_vmall;
	u64 tlbi_va, tlbi_asid; /* of stage 1 */
	u64 syncs;
	u64 refused;
	u64 events, events_lost;
	u64 interrupts;
	u32 unsynced_max; /* commands in a row without CMD_SYNC */
	u32 queued_max;	  /* entries waiting in the queue */
};

/* Faults beside those that have the number of their event. */
#define MODEL_REACHED 0x00
#define MODEL_ABORTED 0x01 /* without a record */

#define MODEL_READ  0x1
#define MODEL_WRITE 0x2

/**
 * struct model_view - what an address translates to
 * @fault: MODEL_REACHED, MODEL_ABORTED or the number of an event
 * @stage2: stage 2 translated, and that event is one of it
 * @quiet: that event is not recorded (STE.S2R, CD.R)
 * @global: of stage 1: it is for any ASID
 * @may: MODEL_READ, MODEL_WRITE: what the leaf permits
 * @pa: where it leads
 * @size: of the aligned piece around the address that is treated alike
 * @memattr: of the leaf
 */
struct model_view {
	u32 fault;
	bool stage2, quiet, global;
	u32 may;
	u64 pa;
	u64 size;
	u32 memattr;
};

void model_reset(void);

/**
 * model_add() - one more SMMU, in the state that reset leaves: open
 *
 * Return: it; knobs and counts may be used while it runs.
 */
struct model *model_add(const struct model_config *config);
struct model_config *model_knobs(struct model *m);
struct model_counts *model_counts(struct model *m);

/** model_live() - the state that firmware may leave: running, with its own tables and errors */
void model_live(struct model *m);

/** model_tick() - a microsecond passes for all */
void model_tick(void);

/**
 * model_access() - a transaction of a device, through the caches of the SMMU
 *
 * Return: MODEL_REACHED, and @pa if it is not NULL; else what stopped it.
 */
u32 model_access(struct model *m, u32 sid, u64 iova, bool write, u64 *pa);

/**
 * model_access_translated() - a transaction with an address that the device says is translated
 *
 * Return: as model_access().
 */
u32 model_access_translated(struct model *m, u32 sid, u64 pa);

/**
 * model_settled() - EL2 says that nobody reaches a range of memory any more
 *
 * Ends the test where an entry of a cache does not agree with that, or leads to a table
 * or a stream table entry which the tables in memory no longer name.
 */
void model_settled(u64 phys, u64 size);

/**
 * model_look() - what tables in memory say now: no caches, nothing recorded
 *
 * What may not be both read and written is a permission fault here.
 */
struct model_view model_look(struct model *m, u32 sid, u64 iova);

/** model_walk() - the same for a stream table entry of the caller's, of stage 2 */
struct model_view model_walk(struct model *m, const u64 *ste, u64 ipa);

/** model_overflow_acknowledged() - whether software handed back the event queue's flag */
bool model_overflow_acknowledged(const struct model *m);

/* What may be lost with the power: registers, a queue's each, and the caches. */
#define MODEL_CR0	  (1U << 0)
#define MODEL_GBPA	  (1U << 1)
#define MODEL_STRTAB_BASE (1U << 2)
#define MODEL_STRTAB_CFG  (1U << 3)
#define MODEL_CMDQ	  (1U << 4)
#define MODEL_EVTQ	  (1U << 5)
#define MODEL_CR1	  (1U << 6)
#define MODEL_CR2	  (1U << 7)
#define MODEL_IRQ_CTRL	  (1U << 8)
#define MODEL_MSI	  (1U << 9)
#define MODEL_GERROR	  (1U << 10)
#define MODEL_CACHES	  (1U << 11)
#define MODEL_ALL	  ((1U << 12) - 1)

/**
 * model_lose() - the power was away
 * @what: MODEL_*; all of it, where it is as the architecture says
 * @seed: of what registers then hold that reset leaves unknown
 */
void model_lose(struct model *m, u32 what, u64 seed);

/** model_gerror() - a global error of the hardware's own: bits of GERROR */
void model_gerror(struct model *m, u32 bits);

#endif /* MODEL_MODEL_H */
