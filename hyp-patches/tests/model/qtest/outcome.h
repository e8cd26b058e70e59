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
 * @view, @ste, @off: in what is expected, what it follows from; @off: the SMMU is
 */
struct outcome {
	bool moved;
	u64 pa;
	u64 event[4];
	struct model_view view;
	u64 ste[STE_WORDS];
	bool off;
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

#define MAX_CHANGES  6
#define MAX_EXPECTED (1 << MAX_CHANGES)

void changes_reset(void);
u32 changes_outstanding(void);

/** change() - write words of a table on both sides */
void change(struct change *c, const u64 *words);

/** changes_consumed() - a command has been consumed */
void changes_consumed(const u64 *command);

/** expected() - what a transfer may come to: what memory says, first, then what it said. Return: how many */
u32 expected(struct model *m, const struct transfer *t, struct outcome *list);

/** same() - whether what was seen is what is expected */
bool same(const struct outcome *seen, const struct outcome *expected);

/** explained() - whether the architecture or a deviation of QEMU's explains what QEMU did */
bool explained(const struct transfer *t, const struct outcome *seen, const struct outcome *expected);

/** explained_command() - the same of a command that one side refuses; @cerror: of both, model first */
bool explained_command(const u64 *command, const u32 *cerror);

/** explain() - by its name: what only happens at one place */
void explain(const char *name);
void explain_stale(void);

/** explain_report() - how often each */
void explain_report(void);

#endif /* QTEST_OUTCOME_H */
