// SPDX-License-Identifier: GPL-2.0-only
/*
 * SMMUs that lost their power. The host picks the power states that its CPUs go to;
 * where firmware takes an SMMU's power as well, it comes back as from reset (IHI 0070,
 * 3.19): disabled, and open unless GBPA resets to abort. EL2 looks for that before the
 * host runs on a CPU that may have been without power.
 */

#include "smmu.h"

static struct smmu_lasting read_lasting(const struct smmu *smmu)
{
	return (struct smmu_lasting){
		.strtab_base = readq_relaxed(smmu->page0 + ARM_SMMU_STRTAB_BASE),
		.cmdq_base = readq_relaxed(smmu->page0 + ARM_SMMU_CMDQ_BASE),
		.evtq_base = readq_relaxed(smmu->page0 + ARM_SMMU_EVTQ_BASE),
		.strtab_cfg = readl_relaxed(smmu->page0 + ARM_SMMU_STRTAB_BASE_CFG),
		.cr1 = readl_relaxed(smmu->page0 + ARM_SMMU_CR1),
	};
}

/** smmu_remember() - what was written is in place; as it reads, since bits may be RES0 */
void smmu_remember(struct smmu *smmu)
{
	smmu->lasting = read_lasting(smmu);
}

/**
 * smmu_kept() - whether an SMMU is as EL2 left it
 *
 * Reset clears CR0 and leaves the bases unknown (IHI 0070, 6.3.9, 6.3.24, 6.3.26). GBPA
 * aborts ever since EL2 took the SMMU (6.3.14), and may do so after a reset as well. Only
 * of one that is shut EL2 leaves the command queue off: else it was off when the SMMU was
 * closed, which was lost already. Without a lock a change that another CPU makes at the
 * moment may look like a loss; with host_mmu.lock held the answer is right.
 */
bool smmu_kept(const struct smmu *smmu)
{
	u32 gbpa = readl_relaxed(smmu->page0 + ARM_SMMU_GBPA);
	u32 cr0 = readl_relaxed(smmu->page0 + ARM_SMMU_CR0ACK);
	struct smmu_lasting now;

	if ((gbpa & (GBPA_UPDATE | GBPA_ABORT)) != GBPA_ABORT || cr0 != READ_ONCE(smmu->cr0))
		return false;
	if (!(cr0 & CR0_CMDQEN) && !READ_ONCE(smmu->shut))
		return false;

	now = read_lasting(smmu);

	return !memcmp(&now, &smmu->lasting, sizeof(now));
}

/**
 * smmu_restore() - set up again what is not as EL2 left it
 * @open: as for smmu_start()
 *
 * Under host_mmu.lock, so that no page changes hands meanwhile. An SMMU that does not
 * come back, or not as it should, is shut: it needs no invalidation until it is started
 * again, which begins with one. Of one that does not even confirm that it is closed
 * nothing is known, and pages do not leave the host as long as it does not answer.
 */
void smmu_restore(struct smmu *smmu, bool open)
{
	iommu_assert_host_lock();
	if (smmu_kept(smmu) && smmu->gone == smmu->shut)
		return;

	pkvm_iommu_count(PKVM_IOMMU_POWER_LOSSES);
	WRITE_ONCE(smmu->shut, false);
	if (!smmu_start(smmu, open) && smmu_kept(smmu)) {
		smmu->gone = false;
		return;
	}

	WRITE_ONCE(smmu->shut, !smmu_close(smmu));
	WRITE_ONCE(smmu->say_gone, smmu->say_gone || !smmu->gone);
	smmu->gone = true;
}

/** smmu_tell_gone() - whether the host has to be told that the SMMU did not come back; once */
bool smmu_tell_gone(struct smmu *smmu)
{
	bool say;

	if (!READ_ONCE(smmu->say_gone))
		return false;

	iommu_host_lock();
	say = smmu->say_gone;
	smmu->say_gone = false;
	iommu_host_unlock();

	return say;
}
