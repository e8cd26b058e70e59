// SPDX-License-Identifier: GPL-2.0-only
/*
 * Invalidation. A mode says what is to be forgotten, as a list; each SMMU gets it as the
 * commands that it has, with one doorbell and one CMD_SYNC, and all of them work at once.
 */

#include "smmu.h"

/* Without range commands, more pages than this cost more than starting afresh. */
#define TLBI_PAGES_MAX	64

struct smmu_batches {
	struct smmu_batch of[PKVM_IOMMU_MAX_DEVICES];
};

/* Nothing at EL2 interrupts an invalidation on the same CPU. */
static DEFINE_PER_CPU(struct smmu_batches, smmu_batches);

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
 * a plain command (IHI 0070, 4.4.1.1).
 */
static void add_ipa_range(struct smmu_batch *b, u16 vmid, u64 addr, u64 pages)
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

static void add_ipa(struct smmu_batch *b, u16 vmid, u64 addr, u64 pages)
{
	u64 i;

	if (b->smmu->range_inval) {
		add_ipa_range(b, vmid, addr, pages);
	} else if (pages > TLBI_PAGES_MAX) {
		smmu_batch_add(b, arm_smmu_make_cmd_tlbi(CMDQ_OP_TLBI_S12_VMALL, 0, vmid));
	} else {
		for (i = 0; i < pages; i++)
			smmu_batch_add(b, tlbi_ipa(vmid, addr + i * PAGE_SIZE));
	}
}

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
		case SMMU_INV_IPA:
			add_ipa(b, list[i].vmid, list[i].addr, list[i].size >> PAGE_SHIFT);
			break;
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

/**
 * smmu_invalidate_each() - have all SMMUs forget that translate
 * @list: what
 * @nr: of @list
 *
 * Under host_mmu.lock, which keeps SMMUs from being closed and opened. Those
 * that do not answer share one deadline: CPUs wait for the lock meanwhile.
 *
 * Return: 0; -ETIMEDOUT or -EIO, when one of them may have forgotten nothing.
 */
int smmu_invalidate_each(const struct smmu_inv *list, u32 nr)
{
	struct smmu_batch *b = this_cpu_ptr(&smmu_batches)->of;
	struct smmu_deadline deadline = {};
	struct smmu *smmu;
	int ret = 0, err;
	u32 i;

	iommu_assert_host_lock();
	for (i = 0; i < pkvm_iommu_machine.nr_descs; i++) {
		smmu = &smmus[i];
		if (smmu->translates)
			issue(&b[i], smmu, list, nr, &deadline);
	}

	for (i = 0; i < pkvm_iommu_machine.nr_descs; i++) {
		if (!smmus[i].translates)
			continue;
		err = smmu_batch_wait(&b[i]);
		ret = ret ?: err;
	}

	return ret;
}
