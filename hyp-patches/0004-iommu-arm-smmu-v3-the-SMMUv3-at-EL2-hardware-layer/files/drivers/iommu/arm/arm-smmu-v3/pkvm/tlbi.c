// SPDX-License-Identifier: GPL-2.0-only
/* Invalidation commands for what changed in a stage 2. */

#include "smmu.h"

/* Without range commands, more pages than this cost more than starting afresh. */
#define TLBI_PAGES_MAX	64

static struct arm_smmu_cmd tlbi_ipa(u16 vmid, u64 addr)
{
	struct arm_smmu_cmd cmd = arm_smmu_make_cmd_tlbi(CMDQ_OP_TLBI_S2_IPA, 0, vmid);

	/* Last level only: tables that blocks were split into stay. */
	cmd.data[1] = CMDQ_TLBI_1_LEAF | (addr & CMDQ_TLBI_1_IPA_MASK);

	return cmd;
}

/*
 * A range is (num + 1) << scale pages; no level hint, since blocks may be cached.
 * Without a hint the encoding of one page as a range is reserved: that one goes as
 * a plain command.
 */
static void tlbi_range(struct smmu_batch *b, u16 vmid, u64 addr, u64 pages)
{
	while (pages) {
		u32 scale = __ffs(pages);
		u64 num = (pages >> scale) & CMDQ_TLBI_RANGE_NUM_MAX;
		struct arm_smmu_cmd cmd = tlbi_ipa(vmid, addr);

		if (num << scale > 1) {
			cmd.data[0] |= FIELD_PREP(CMDQ_TLBI_0_NUM, num - 1) |
				       FIELD_PREP(CMDQ_TLBI_0_SCALE, scale);
			cmd.data[1] |= FIELD_PREP(CMDQ_TLBI_1_TG, (PAGE_SHIFT - 10) / 2);
		}
		smmu_batch_add(b, cmd);

		addr += num << (scale + PAGE_SHIFT);
		pages -= num << scale;
	}
}

/**
 * smmu_tlbi_ipa() - forget the last level of a range of a stage 2
 * @b: a batch that was begun
 * @vmid: of the stage 2
 * @addr: page aligned
 * @size: whole pages
 */
void smmu_tlbi_ipa(struct smmu_batch *b, u16 vmid, u64 addr, u64 size)
{
	u64 pages = size >> PAGE_SHIFT;
	u64 i;

	if (b->smmu->range_inval) {
		tlbi_range(b, vmid, addr, pages);
	} else if (pages > TLBI_PAGES_MAX) {
		smmu_batch_add(b, arm_smmu_make_cmd_tlbi(CMDQ_OP_TLBI_S12_VMALL, 0, vmid));
	} else {
		for (i = 0; i < pages; i++)
			smmu_batch_add(b, tlbi_ipa(vmid, addr + i * PAGE_SIZE));
	}
}

/** smmu_invalidate_all() - forget configuration and translations of any owner */
void smmu_invalidate_all(struct smmu_batch *b)
{
	smmu_batch_add(b, arm_smmu_make_cmd_cfgi_all());
	if (b->smmu->desc->id[0] & IDR0_HYP)
		smmu_batch_add(b, arm_smmu_make_cmd_op(CMDQ_OP_TLBI_EL2_ALL));
	smmu_batch_add(b, arm_smmu_make_cmd_op(CMDQ_OP_TLBI_NSNH_ALL));
}
