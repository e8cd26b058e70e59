// SPDX-License-Identifier: GPL-2.0-only
/*
 * Invalidation. What an SMMU is to forget, a list, becomes the commands that it has, with
 * one doorbell and one CMD_SYNC.
 */

#include "smmu.h"

static void add_all(struct smmu_batch *b)
{
	smmu_batch_add(b, arm_smmu_make_cmd_cfgi_all());
	if (b->smmu->desc->id[0] & IDR0_HYP)
		smmu_batch_add(b, arm_smmu_make_cmd_op(CMDQ_OP_TLBI_EL2_ALL));
	smmu_batch_add(b, arm_smmu_make_cmd_op(CMDQ_OP_TLBI_NSNH_ALL));
}

/* The commands of a list, with a doorbell and a CMD_SYNC behind them. */
static void issue(struct smmu_batch *b, struct smmu *smmu, const struct smmu_inv *list, u32 nr,
		  struct smmu_deadline *deadline)
{
	u32 i;

	smmu_batch_begin(b, smmu, deadline);
	for (i = 0; i < nr; i++) {
		switch (list[i].what) {
		case SMMU_INV_ALL:
			add_all(b);
			break;
		}
	}
	smmu_batch_submit(b);
}

/**
 * smmu_invalidate() - have one SMMU forget
 * @list: what
 * @nr: of @list
 *
 * Return: 0; -ETIMEDOUT or -EIO, when it may have forgotten nothing.
 */
int smmu_invalidate(struct smmu *smmu, const struct smmu_inv *list, u32 nr)
{
	struct smmu_deadline deadline = {};
	struct smmu_batch batch;

	issue(&batch, smmu, list, nr, &deadline);

	return smmu_batch_wait(&batch);
}
