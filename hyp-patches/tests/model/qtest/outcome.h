/* SPDX-License-Identifier: GPL-2.0-only */
/* What a transfer comes to: what each side did, and what it may. */

#ifndef QTEST_OUTCOME_H
#define QTEST_OUTCOME_H

#include "tables.h"

#define EVENT_WALK_EABT 0x0b

/**
 * struct outcome - of a transfer
 * @moved: to or from @pa
 * @event: what was recorded; of type 0 for nothing
 * @view, @ste, @off, @walked: in what is expected, what it follows from; @off: the SMMU is;
 *	@walked: the address that stage 2 translated
 * @rules: by which of explain.c it is QEMU's; 0 for none
 */
struct outcome {
	bool moved;
	u64 pa;
	u64 event[4];
	struct model_view view;
	u64 ste[STE_WORDS];
	bool off;
	u64 walked;
	u32 rules;
};

/* A change of memory that an SMMU need not have seen. */
enum change_kind { CHANGE_STE, CHANGE_L1, CHANGE_LEAF, CHANGE_TABLE };

struct change {
	enum change_kind kind;
	u64 at, old[4];
	u32 words;
	u32 sid, bits;	/* CHANGE_STE, CHANGE_L1: streams that agree in all but @bits */
	u16 vmid;	/* the others */
	u32 granule;
	u64 ipa, size;
	bool covered;	/* by a command that waits for its CMD_SYNC */
};

#define MAX_CHANGES   6
#define MAX_EXPECTED  (1 << MAX_CHANGES)
#define MAX_DEVIATING (2 * MAX_EXPECTED)

void changes_reset(void);
u32 changes_outstanding(void);

/** change() - write words of a table on both sides */
void change(struct change *c, const u64 *words);

/** changes_consumed() - a command has been consumed */
void changes_consumed(const u64 *command);

/**
 * expected() - what a transfer may come to
 * @list: what memory says, first, then what it said; MAX_EXPECTED
 * @qemu: what that is to QEMU, where it deviates; MAX_DEVIATING, and how many in @nr_qemu
 *
 * Return: how many.
 */
u32 expected(struct model *m, const struct transfer *t, struct outcome *list, struct outcome *qemu,
	     u32 *nr_qemu);

/** look() - what memory says now, of @iova in place of the transfer's own address */
struct outcome look(struct model *m, const struct transfer *t, u64 iova);

/** expect_event() - what is recorded of a fault */
void expect_event(struct model *m, const struct transfer *t, struct outcome *o);

/** same() - whether what was seen is what is expected */
bool same(const struct outcome *seen, const struct outcome *expected);

/** learn_from() - QEMU's TLB may have what led to what was seen; known() - whether it may have this */
void learn_from(const struct transfer *t, const struct outcome *seen, const struct outcome *list, u32 n);
bool known(u16 vmid, u32 granule, u64 iova);

/** deviate() - what QEMU makes of what is expected. Return: how many, at most two; 0: the same */
u32 deviate(struct model *m, const struct transfer *t, const struct outcome *expected,
	    struct outcome *list);

/** explained_command() - whether QEMU is known to ignore a command that is ILLEGAL */
bool explained_command(const struct model *m, const u64 *command);

/** explain() - count a rule by its name; explain_outcome() - by what deviate() said */
void explain(const char *name);
void explain_outcome(const struct outcome *o);
void explain_stale(void);

/** explain_differences() - how many, but for those that software does not see */
u32 explain_differences(void);

/** explain_report() - how often each */
void explain_report(void);

#endif /* QTEST_OUTCOME_H */
