// SPDX-License-Identifier: GPL-2.0-only
/*
 * The identity mode: every stream of every SMMU translates with a stage 2 that
 * holds what the host may access, at its own address. The host needs no driver
 * and no hypercall to use a device; the price is paid when a page changes hands.
 */

#include "s2.h"

/* Tables that a short run of pages may split: two levels at either end. */
#define SPLITS_OF_A_RUN	4

/* By index of the description. */
static struct smmu smmus[PKVM_IOMMU_MAX_DEVICES];

/* SMMUs that are alike share one. Under host_mmu.lock. */
static struct smmu_s2 mirrors[PKVM_IOMMU_MAX_DEVICES];
static u32 nr_mirrors;

/* How often the SMMUs were closed and not opened again. Under host_mmu.lock. */
static u32 closed;

static int mirror_map(void *arg, u64 start, u64 end, bool mmio)
{
	return smmu_s2_map_boot(arg, start, end, mmio);
}

/* The mirror that this SMMU can walk and change safely; a new one if need be. */
static struct smmu_s2 *mirror_for(struct smmu *smmu)
{
	u32 ia_bits = min(smmu->oas_bits, iommu_cpu_pa_bits());
	u32 oas = FIELD_GET(IDR5_OAS, smmu->desc->id[3]);
	struct smmu_s2 *s2, wanted;
	u64 limit;
	u32 i;

	for (i = 0; i < nr_mirrors; i++) {
		s2 = &mirrors[i];
		if (s2->oas == min_t(u32, oas, IDR5_OAS_48_BIT) &&
		    s2->coherent == smmu->coherent && s2->live_split == smmu->live_split)
			return s2;
	}

	if (smmu->live_split)
		iommu_pool_keep(SPLITS_OF_A_RUN);
	if (smmu_s2_init(&wanted, ia_bits, oas, smmu->coherent, smmu->live_split))
		return NULL;

	limit = min(pkvm_iommu_machine.limit, BIT_ULL(wanted.ia_bits));
	if (iommu_mirror_walk(limit, mirror_map, &wanted))
		return NULL;

	s2 = &mirrors[nr_mirrors++];
	*s2 = wanted;

	return s2;
}

/*
 * The mirrors are complete before the first SMMU is touched: firmware's own DMA,
 * say that of a frame buffer, is cut off for as short as can be.
 */
static int identity_init(void)
{
	struct arm_smmu_ste ste;
	struct smmu *smmu;
	int ret;
	u32 i;

	for (i = 0; i < pkvm_iommu_machine.nr_descs; i++) {
		smmu = &smmus[i];
		ret = smmu_probe(smmu, &pkvm_iommu_machine.descs[i]);
		if (ret)
			return ret;
		if (smmu->desc->reason != PKVM_IOMMU_REASON_NONE)
			continue;

		smmu->mirror = mirror_for(smmu);
		if (!smmu->mirror) {
			smmu->desc->state = PKVM_IOMMU_FAILED;
			smmu->desc->reason = PKVM_IOMMU_REASON_NO_MEMORY;
			return -ENOMEM;
		}
		smmu_s2_ste(smmu->mirror, SMMU_MIRROR_VMID, &ste);
		smmu_strtab_fill(smmu, &ste);
	}

	for (i = 0; i < pkvm_iommu_machine.nr_descs; i++) {
		ret = smmu_enable(&smmus[i]);
		if (ret)
			return ret;
	}

	return 0;
}

/*
 * One CMD_SYNC for each SMMU, however many pages. All of them work at once, and those
 * that do not answer share one deadline: CPUs wait for host_mmu.lock meanwhile.
 */
static int invalidate(u64 start, u64 end)
{
	struct smmu_deadline deadline = {};
	struct smmu *smmu;
	int ret = 0, err;
	u32 i;

	for (i = 0; i < pkvm_iommu_machine.nr_descs; i++) {
		smmu = &smmus[i];
		if (!smmu->mirror)
			continue;
		smmu_batch_begin(&smmu->transition, smmu, &deadline);
		smmu_tlbi_ipa(&smmu->transition, SMMU_MIRROR_VMID, start, end - start);
		smmu_batch_submit(&smmu->transition);
	}

	for (i = 0; i < pkvm_iommu_machine.nr_descs; i++) {
		smmu = &smmus[i];
		if (!smmu->mirror)
			continue;
		err = smmu_batch_wait(&smmu->transition);
		ret = ret ?: err;
	}

	return ret;
}

static int identity_host_leave(phys_addr_t phys, u64 size)
{
	u64 end = phys + size, cost = 0;
	int ret;
	u32 i;

	for (i = 0; i < nr_mirrors; i++)
		cost += smmu_s2_split_cost(&mirrors[i], phys, end);
	if (cost && !iommu_pool_has(cost))
		return -ENOMEM;

	for (i = 0; cost && i < nr_mirrors; i++) {
		ret = smmu_s2_split(&mirrors[i], phys, end);
		if (ret)
			return ret;
	}

	for (i = 0, ret = 0; !ret && i < nr_mirrors; i++)
		ret = smmu_s2_unmap(&mirrors[i], phys, end);

	ret = ret ?: invalidate(phys, end);
	if (ret) {
		/* The pages stay the host's. */
		for (i = 0; i < nr_mirrors; i++)
			smmu_s2_map(&mirrors[i], phys, end);
	}

	return ret;
}

/* Nothing to invalidate: what is not mapped is not cached. */
static void identity_host_return(phys_addr_t phys, u64 size)
{
	u32 i;

	for (i = 0; i < nr_mirrors; i++)
		smmu_s2_map(&mirrors[i], phys, phys + size);
}

static u32 identity_event(u32 index, u64 *record)
{
	return smmu_event(&smmus[index], record);
}

/* An SMMU that does not come back stays closed. */
static void open_first(u32 nr)
{
	u32 i;

	for (i = 0; i < nr; i++)
		smmu_open(&smmus[i]);
}

/*
 * Pages may still change hands: it costs what it does while they are open. One that
 * does not confirm may let anything through, so all are as they were.
 */
static int identity_close(void)
{
	int ret = 0;
	u32 i;

	iommu_host_lock();
	for (i = 0; !closed && !ret && i < pkvm_iommu_machine.nr_descs; i++)
		ret = smmu_close(&smmus[i]);
	if (ret)
		open_first(i);
	else
		closed++;
	iommu_host_unlock();

	return ret;
}

static void identity_open(void)
{
	iommu_host_lock();
	if (!--closed)
		open_first(pkvm_iommu_machine.nr_descs);
	iommu_host_unlock();
}

const struct pkvm_iommu_ops pkvm_smmu_identity_ops = {
	.init = identity_init,
	.host_leave = identity_host_leave,
	.host_return = identity_host_return,
	.event = identity_event,
	.close = identity_close,
	.open = identity_open,
};
