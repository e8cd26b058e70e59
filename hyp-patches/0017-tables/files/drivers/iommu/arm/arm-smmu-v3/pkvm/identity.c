// SPDX-License-Identifier: GPL-2.0-only
/*
 * The identity mode: every stream of every SMMU translates with a stage 2 that
 * holds what the host may access, at its own address. The host needs no driver
 * and no hypercall to use a device.
 */

#include "mirror.h"

/* SMMUs that are alike share one. Under host_mmu.lock. */
static struct smmu_mirror mirrors[PKVM_IOMMU_MAX_DEVICES];
static u32 nr_mirrors;

#define for_each_mirror(m)	for ((m) = mirrors; (m) < mirrors + nr_mirrors; (m)++)

static int build(void *arg, u64 start, u64 end, bool mmio)
{
	return smmu_mirror_build(arg, start, end, mmio);
}

/* The mirror that this SMMU can walk and change safely; a new one if need be. */
static struct smmu_mirror *mirror_for(const struct smmu *smmu)
{
	u32 ia_bits = min(smmu->oas_bits, iommu_cpu_pa_bits());
	u32 oas = FIELD_GET(IDR5_OAS, smmu->desc->id[3]);
	struct smmu_mirror *m, wanted;
	u64 limit;

	for_each_mirror(m) {
		if (m->shape.oas == min_t(u32, oas, IDR5_OAS_48_BIT) &&
		    m->coherent == smmu->coherent && m->bbml2 == smmu->bbml2)
			return m;
	}

	if (smmu_mirror_init(&wanted, ia_bits, oas, smmu->coherent, smmu->bbml2))
		return NULL;

	limit = min(pkvm_iommu_machine.limit, BIT_ULL(wanted.shape.ia_bits));
	if (iommu_host_walk(limit, build, &wanted))
		return NULL;

	m = &mirrors[nr_mirrors++];
	*m = wanted;

	return m;
}

/*
 * The mirrors are complete before the first SMMU is touched: firmware's own DMA,
 * say that of a frame buffer, is cut off for as short as can be.
 */
static int identity_init(void)
{
	const struct smmu_mirror *m;
	struct arm_smmu_ste ste;
	struct smmu *smmu;

	for_each_smmu(smmu) {
		if (smmu->desc->reason != PKVM_IOMMU_REASON_NONE)
			continue;

		m = mirror_for(smmu);
		if (!m)
			return smmu_fail(smmu, PKVM_IOMMU_REASON_NO_MEMORY);
		smmu_s2_ste(&m->shape, hyp_virt_to_phys(m->pgd), SMMU_MIRROR_VMID, m->coherent,
			    &ste);
		smmu_strtab_fill(smmu, &ste);
	}

	return 0;
}

const struct pkvm_iommu_mode_ops pkvm_smmu_identity_ops = {
	.init = identity_init,
};
