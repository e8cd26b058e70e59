// SPDX-License-Identifier: GPL-2.0-only
/* A mode in which streams are attached one by one: see streams.h. */

#include "streams.h"

#include "mirror.h"

#define FIRST_VMID (SMMU_MIRROR_VMID + 1)

/* Written for SMMUs that do not snoop, which is right for all. */
static struct smmu_mirror domains[STREAMS_DOMAINS];

static int streams_init(void)
{
	struct arm_smmu_ste abort = { .data = { STRTAB_STE_0_V } };
	struct smmu *smmu;
	u32 i;

	for (i = 0; i < STREAMS_DOMAINS; i++) {
		if (smmu_mirror_init(&domains[i], smmus[0].oas_bits,
				     FIELD_GET(IDR5_OAS, smmus[0].desc->id[3]), false, true) ||
		    smmu_mirror_build(&domains[i], STREAMS_WINDOW(i),
				      STREAMS_WINDOW(i) + BLOCK_SIZE, false))
			return -ENOMEM;
	}
	for_each_smmu(smmu) smmu_strtab_fill(smmu, &abort);

	return 0;
}

static int streams_host_leave(phys_addr_t phys, u64 size)
{
	u32 i;

	for (i = 0; i < STREAMS_DOMAINS; i++) {
		if (phys < STREAMS_WINDOW(i) + BLOCK_SIZE && STREAMS_WINDOW(i) < phys + size)
			return -EBUSY;
	}

	return 0;
}

static void streams_host_return(phys_addr_t phys, u64 size)
{
	(void)phys;
	(void)size;
}

/* Under the names of modes that the core knows of, whose objects are left out. */
const struct pkvm_iommu_mode_ops pkvm_smmu_paravirt_ops;
const struct pkvm_iommu_mode_ops pkvm_smmu_identity_ops = {
	.init = streams_init,
	.host_leave = streams_host_leave,
	.host_return = streams_host_return,
};

struct arm_smmu_ste streams_ste(u32 smmu, u32 domain)
{
	const struct smmu_mirror *m = &domains[domain];
	struct arm_smmu_ste ste;

	smmu_s2_ste(&m->shape, hyp_virt_to_phys(m->pgd), FIRST_VMID + domain, smmus[smmu].coherent,
		    &ste);

	return ste;
}

int streams_set(u32 smmu, u32 sid, const struct arm_smmu_ste *ste)
{
	int ret;

	iommu_host_lock();
	ret = ste ? smmu_ste_set(&smmus[smmu], sid, ste) : smmu_ste_clear(&smmus[smmu], sid);
	iommu_host_unlock();

	return ret;
}

int streams_attach(u32 smmu, u32 sid, u32 domain)
{
	struct arm_smmu_ste ste = streams_ste(smmu, domain);

	return streams_set(smmu, sid, &ste);
}

int streams_detach(u32 smmu, u32 sid)
{
	return streams_set(smmu, sid, NULL);
}

int streams_get(u32 smmu, u32 sid, struct arm_smmu_ste *ste)
{
	int ret;

	iommu_host_lock();
	ret = smmu_ste_get(&smmus[smmu], sid, ste);
	iommu_host_unlock();

	return ret;
}
