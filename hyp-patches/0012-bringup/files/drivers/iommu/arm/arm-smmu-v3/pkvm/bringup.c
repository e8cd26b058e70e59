// SPDX-License-Identifier: GPL-2.0-only
/*
 * From an SMMU in whatever state firmware left it to one that EL2 owns: closed, set
 * up, invalidated, opened.
 */

#include "smmu.h"

static int wait_for(struct smmu *smmu, u32 reg, u32 mask, u32 value)
{
	struct smmu_deadline deadline = {};

	while ((readl_relaxed(smmu->page0 + reg) & mask) != value) {
		if (smmu_expired(&deadline))
			return -ETIMEDOUT;
		cpu_relax();
	}

	return 0;
}

static int write_ack(struct smmu *smmu, u32 value, u32 reg, u32 ack)
{
	writel(value, smmu->page0 + reg);

	return wait_for(smmu, ack, GENMASK(31, 0), value);
}

static int write_cr0(struct smmu *smmu, u32 cr0)
{
	return write_ack(smmu, cr0, ARM_SMMU_CR0, ARM_SMMU_CR0ACK);
}

/* What happens to transactions while the SMMU is disabled: nothing gets through. */
static int close_bypass(struct smmu *smmu)
{
	u32 gbpa;
	int ret;

	ret = wait_for(smmu, ARM_SMMU_GBPA, GBPA_UPDATE, 0);
	if (ret)
		return ret;

	gbpa = readl_relaxed(smmu->page0 + ARM_SMMU_GBPA);
	writel(gbpa | GBPA_UPDATE | GBPA_ABORT, smmu->page0 + ARM_SMMU_GBPA);

	return wait_for(smmu, ARM_SMMU_GBPA, GBPA_UPDATE | GBPA_ABORT, GBPA_ABORT);
}

/**
 * smmu_close() - no transaction gets through from here on
 *
 * Also for an SMMU that firmware left enabled. Its queues go on, so that what it
 * has cached can be invalidated, and so does the check of translated requests.
 *
 * Return: 0, or -ETIMEDOUT when the SMMU does not confirm. One that may let everything
 * through while it is disabled stays enabled.
 */
int smmu_close(struct smmu *smmu)
{
	/* An Update under way may yet end with the value that it began with (6.3.9). */
	int ret = wait_for(smmu, ARM_SMMU_CR0ACK, GENMASK(31, 0),
			   readl_relaxed(smmu->page0 + ARM_SMMU_CR0));
	u32 cr0 = readl_relaxed(smmu->page0 + ARM_SMMU_CR0ACK) & ~CR0_SMMUEN;

	return close_bypass(smmu) ?: write_cr0(smmu, cr0) ?: ret;
}

/**
 * smmu_open() - from closed to what the stream table says
 *
 * Whatever the SMMU has cached is gone by then: that it was off is no reason to
 * believe so.
 *
 * Return: 0; or an error, after which it lets through nothing, or what the table says.
 */
int smmu_open(struct smmu *smmu)
{
	u32 cr0 = readl_relaxed(smmu->page0 + ARM_SMMU_CR0ACK);
	struct smmu_inv all = { .what = SMMU_INV_ALL };

	return smmu_invalidate(smmu, &all, 1) ?: write_cr0(smmu, cr0 | CR0_SMMUEN);
}

static void write_config(struct smmu *smmu)
{
	u32 sh = smmu->coherent ? ARM_SMMU_SH_ISH : ARM_SMMU_SH_OSH;
	u32 cache = smmu->coherent ? CR1_CACHE_WB : CR1_CACHE_NC;

	writel_relaxed(FIELD_PREP(CR1_TABLE_SH, sh) | FIELD_PREP(CR1_TABLE_OC, cache) |
		       FIELD_PREP(CR1_TABLE_IC, cache) | FIELD_PREP(CR1_QUEUE_SH, sh) |
		       FIELD_PREP(CR1_QUEUE_OC, cache) | FIELD_PREP(CR1_QUEUE_IC, cache),
		       smmu->page0 + ARM_SMMU_CR1);
	/* Interrupts are wired: no address that firmware left is written to. */
	writeq_relaxed(0, smmu->page0 + ARM_SMMU_GERROR_IRQ_CFG0);
	/* The CPUs' broadcasts are about other tables. */
	writel_relaxed(CR2_PTM, smmu->page0 + ARM_SMMU_CR2);
	writeq_relaxed(smmu_strtab_base(smmu), smmu->page0 + ARM_SMMU_STRTAB_BASE);
	writel_relaxed(smmu_strtab_cfg(smmu), smmu->page0 + ARM_SMMU_STRTAB_BASE_CFG);
	smmu_cmdq_reset(smmu);
}

/* From any state to what the stream table says; or an error, after which it is to be closed. */
static int start(struct smmu *smmu)
{
	u32 cr0 = CR0_CMDQEN;
	int ret;

	/* Without the check, a device that claims to have translated goes unchecked. */
	if (smmu->has_ats)
		cr0 |= CR0_ATSCHK;

	ret = smmu_close(smmu) ?: write_cr0(smmu, 0) ?:
	      write_ack(smmu, 0, ARM_SMMU_IRQ_CTRL, ARM_SMMU_IRQ_CTRLACK);
	if (ret)
		return ret;

	write_config(smmu);

	return write_cr0(smmu, cr0) ?: smmu_open(smmu);
}

/**
 * smmu_enable() - from whatever firmware left to what the stream table says
 *
 * Return: 0; or an error that must stop the boot, after which the SMMU is as
 * closed as it lets itself be.
 */
int smmu_enable(struct smmu *smmu)
{
	if (start(smmu)) {
		smmu_close(smmu);
		return smmu_fail(smmu, PKVM_IOMMU_REASON_TIMEOUT);
	}

	smmu->desc->state = smmu->desc->reason == PKVM_IOMMU_REASON_NONE ?
			    PKVM_IOMMU_ISOLATING : PKVM_IOMMU_ABORTING;

	return 0;
}
