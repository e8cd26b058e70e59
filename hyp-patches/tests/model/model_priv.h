/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of the model share. */

#ifndef MODEL_MODEL_PRIV_H
#define MODEL_MODEL_PRIV_H

#include "model.h"
#include "world.h"

/* Bits [h:l] of a value. */
#define BITS(v, h, l) (((u64)(v) >> (l)) & (~0ULL >> (63 - ((h) - (l)))))

#define IDR0_S2P	(1U << 0)
#define IDR0_S1P	(1U << 1)
#define IDR0_COHACC	(1U << 4)
#define IDR0_BTM	(1U << 5)
#define IDR0_HYP	(1U << 9)
#define IDR0_ATS	(1U << 10)
#define IDR0_ASID16	(1U << 12)
#define IDR0_MSI	(1U << 13)
#define IDR3_RIL	(1U << 10)
#define IDR3_BBML(v)	BITS(v, 12, 11)
#define IDR1_SIDSIZE(v) BITS(v, 5, 0)
#define IDR1_EVTQS(v)	BITS(v, 20, 16)
#define IDR1_CMDQS(v)	BITS(v, 25, 21)

#define CR0_SMMUEN (1U << 0)
#define CR0_EVTQEN (1U << 2)
#define CR0_CMDQEN (1U << 3)
#define CR0_ATSCHK (1U << 4)

#define CR2_RECINVSID (1U << 1)
#define CR2_PTM	      (1U << 2)

#define IRQ_GERROR (1U << 0)
#define IRQ_EVTQ   (1U << 2)

#define GBPA_ABORT  (1U << 20)
#define GBPA_UPDATE (1U << 31)

#define GERROR_CMDQ (1U << 0)

#define EVENT_BAD_STREAMID 0x02
#define EVENT_BAD_STE	   0x04
#define EVENT_FORBIDDEN	   0x07
#define EVENT_BAD_CD	   0x0a
#define EVENT_TRANSLATION  0x10
#define EVENT_ADDR_SIZE	   0x11
#define EVENT_ACCESS	   0x12
#define EVENT_PERMISSION   0x13
#define EVENT_TLB_CONFLICT 0x20

#define QUEUE_OVERFLOW (1U << 31)

#define STE_WORDS 8
#define CD_WORDS  8
#define TLB_SIZE  1024
#define STES	  16
#define CDS	  16
#define L1DS	  8
#define WALKS	  64
#define REQUESTS  4
#define PENDING	  4096

/* A register that acknowledges another, a while after it was written. */
struct model_ack {
	u32 want, have;
	u32 us_left;
	u64 written; /* when */
};

struct model_command {
	u64 word[2];
};

/* Whose it is: a VMID, or with TAG_STAGE1 an ASID of an SMMU that has no stage 2. */
#define TAG_STAGE1 (1U << 16)

struct tlb_entry {
	bool valid, global; /* of stage 1, for any ASID */
	u32 tag;
	u64 iova, size, pa;
	u32 granule; /* log2 */
	u32 may;
};

/* Of which bit i of @have says whether word i is cached. */
struct ste_entry {
	bool valid;
	u32 sid;
	u32 have;
	u64 ste[STE_WORDS];
};

/* The one context descriptor of a stream. */
struct cd_entry {
	bool valid;
	u32 sid;
	u64 cd[CD_WORDS];
};

/* A descriptor of the first level of the stream table, and the streams that it is for. */
struct l1_entry {
	bool valid;
	u32 sid, bits;
	u64 at, desc;
};

/* What a device asked for. */
struct request {
	u32 sid;
	u64 iova;
};

/* A descriptor of a stage 1 or 2 that leads to a table, and for which addresses. */
struct walk_entry {
	bool valid;
	u32 tag;
	u32 level;
	u64 iova, size;
	u64 at, table;
	enum visibility visibility;
};

struct model {
	struct model_config config;
	struct model_counts counts;

	struct model_ack cr0, irq_ctrl;
	u32 gbpa, gbpa_before, gbpa_us_left;
	u32 cr1, cr2, gerror, gerrorn;
	u64 strtab_base;
	u32 strtab_cfg;
	u64 cmdq_base;
	u32 cmdq_prod, cmdq_cons;
	u64 evtq_base;
	u32 evtq_prod, evtq_cons;
	u64 gerror_msi, evtq_msi;

	u32 command_us_left, idle_us_left, unsynced;
	u64 random;
	struct model_command pending[PENDING];
	u32 nr_pending;
	u64 refused_at; /* the slot of the last one, or 0 */
	struct model_command refused;

	struct ste_entry stes[STES];
	struct cd_entry cds[CDS];
	struct l1_entry l1ds[L1DS];
	struct walk_entry walks[WALKS];
	struct tlb_entry tlb[TLB_SIZE];
	struct request requests[REQUESTS];
	u32 next_request, next_ste, next_cd, next_l1d, next_walk, next_tlb;
};

/* Accesses with these attributes (inner, outer: 1 is write-back; shareability) snoop or not. */
static inline enum visibility seen_by(const struct model *m, u64 inner, u64 outer, u64 sh)
{
	bool snoops = m->config.idr0 & IDR0_COHACC && !m->config.no_snoop;

	return snoops && inner == 1 && outer == 1 && sh == 3 ? VISIBLE_AT_ONCE : VISIBLE_WHEN_CLEANED;
}

static inline enum visibility queue_seen_by(const struct model *m)
{
	return seen_by(m, BITS(m->cr1, 1, 0), BITS(m->cr1, 3, 2), BITS(m->cr1, 5, 4));
}

/* Bits of an address that leaves the SMMU: IDR5.OAS. */
static inline u32 oas_bits(const struct model *m)
{
	static const u8 bits[] = { 32, 36, 40, 42, 44, 48, 52, 52 };

	return bits[BITS(m->config.idr5, 2, 0)];
}

/* What is left of an address that registers and stream tables hold (IHI 0070, 3.4.3). */
static inline u64 cut(const struct model *m, u64 addr)
{
	return addr & ((1ULL << oas_bits(m)) - 1);
}

/* model.c: by the order in which they were added; NULL behind the last. */
struct model *model_at(u32 index);
u32 model_index(const struct model *m);

/* model_cmdq.c */
void cmdq_tick(struct model *m);
void cmdq_doorbell(struct model *m, u32 queued);
bool cmdq_busy(const struct model *m);

/* model_cache.c */
void cache_apply(struct model *m, const struct model_command *cmd);
u32 tlb_find(struct model *m, u32 tag, u64 iova, const struct tlb_entry **found);
void tlb_add(struct model *m, const struct tlb_entry *entry);
bool ste_complete(const struct ste_entry *entry);
const struct ste_entry *ste_find(const struct model *m, u32 sid);
void ste_add(struct model *m, u32 sid, const u64 *ste);
const struct cd_entry *cd_find(const struct model *m, u32 sid);
void cd_add(struct model *m, u32 sid, const u64 *cd);
const struct l1_entry *l1_find(const struct model *m, u64 at);
void l1_add(struct model *m, const struct l1_entry *entry);
void cache_forget(struct model *m);
const struct walk_entry *walk_find(struct model *m, u32 tag, u64 iova);
void walk_add(struct model *m, const struct walk_entry *entry);

/* model_ahead.c */
void ahead_asked(struct model *m, u32 sid, u64 iova);
void ahead(struct model *m);

/* model_access.c */
struct model_view transaction(struct model *m, u32 sid, u64 iova, bool cached);

/* model_stale.c: the end of the test, if what this leads to is not the host's */
void stale_hit(const struct model *m, const struct tlb_entry *t, u64 pa);

/**
 * struct regime - what a walk of either stage goes by
 * @stage1: or else stage 2
 * @quiet: its faults are not recorded
 * @tag: of what it leaves in the caches
 * @granule: log2 of it
 * @level: of the table at @table
 * @ia: bits of an address that comes in
 * @out: bits of an address that the tables may name
 * @no_fault: an entry without the access flag is as good
 * @table: where the walk starts
 * @mair: of stage 1: attributes by their index
 * @visibility: of the tables
 */
struct regime {
	bool stage1, quiet, no_fault;
	u32 tag, granule, level, ia, out;
	u64 table, mair;
	enum visibility visibility;
};

/* model_walk.c */
u64 walk_l1(const struct model *m, u64 at);
u32 walk_ste(struct model *m, u32 sid, u64 *ste, bool cached);
struct model_view walk(struct model *m, const struct regime *regime, u64 iova, bool cached);
struct regime s2_regime(const struct model *m, const u64 *ste);
u32 walk_check_ste(struct model *m, const u64 *ste);
u32 walk_granule(const u64 *ste);

/* model_stage1.c */
u32 s1_check_ste(const struct model *m, const u64 *ste);
u32 s1_cd(struct model *m, u32 sid, const u64 *ste, u64 *cd, bool cached);
struct regime s1_regime(const struct model *m, const u64 *cd);

/* model_event.c */
void event_record(struct model *m, const struct model_view *view, u32 sid, u64 iova, bool write);
void interrupt(struct model *m, u32 which);

#endif /* MODEL_MODEL_PRIV_H */
