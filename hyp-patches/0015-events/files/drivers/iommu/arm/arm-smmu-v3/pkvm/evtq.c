// SPDX-License-Identifier: GPL-2.0-only
/*
 * The event queue and global errors. The interrupt lines stay with the host: its
 * handlers ask for one record at a time, so that EL2's work is bounded.
 */

#include "smmu.h"

#define SLOT_MASK(q)	((1U << (q)->shift) - 1)
#define INDEX_MASK(q)	((2U << (q)->shift) - 1)	/* with the wrap bit */

/**
 * smmu_evtq_init() - memory for the queue
 *
 * Return: 0 or -ENOMEM.
 */
int smmu_evtq_init(struct smmu *smmu)
{
	struct smmu_evtq *q = &smmu->evtq;
	u32 max = FIELD_GET(IDR1_EVTQS, smmu->desc->id[1]);

	hyp_spin_lock_init(&q->lock);
	q->shift = min_t(u32, SMMU_EVTQ_SHIFT, max);
	q->base = iommu_boot_alloc(SMMU_QUEUE_SIZE, PKVM_IOMMU_MEM_QUEUES);

	if (!q->base)
		return -ENOMEM;

	/* No line of ours may be written back over a record. */
	smmu_publish(smmu, q->base, SMMU_QUEUE_SIZE);

	return 0;
}

/* Empties the queue; the SMMU must not be writing it. */
void smmu_evtq_reset(struct smmu *smmu)
{
	struct smmu_evtq *q = &smmu->evtq;

	iommu_lock(&q->lock, PKVM_IOMMU_LOCK_EVTQ);
	q->cons = 0;
	writeq_relaxed(Q_BASE_RWA | (hyp_virt_to_phys(q->base) & Q_BASE_ADDR_MASK) |
		       FIELD_PREP(Q_BASE_LOG2SIZE, q->shift),
		       smmu->page0 + ARM_SMMU_EVTQ_BASE);
	writel_relaxed(0, smmu->page1 + ARM_SMMU_EVTQ_PROD);
	writel_relaxed(0, smmu->page1 + ARM_SMMU_EVTQ_CONS);
	iommu_unlock(&q->lock);
}

static bool evtq_pop(struct smmu *smmu, u64 *record)
{
	struct smmu_evtq *q = &smmu->evtq;
	u32 prod = readl(smmu->page1 + ARM_SMMU_EVTQ_PROD);
	u32 index = q->cons & INDEX_MASK(q);
	__le64 *entry;
	u32 i;

	if ((prod & INDEX_MASK(q)) == index)
		return false;

	entry = q->base + (index & SLOT_MASK(q)) * EVTQ_ENT_DWORDS;
	/* Cleans nothing, since nothing is dirty, and forgets what is stale. */
	smmu_publish(smmu, entry, EVTQ_ENT_DWORDS * sizeof(*entry));
	for (i = 0; i < EVTQ_ENT_DWORDS; i++)
		record[i] = le64_to_cpu(READ_ONCE(entry[i]));

	/* The overflow flag goes back as it came, which acknowledges it. */
	q->cons = ((index + 1) & INDEX_MASK(q)) | Q_OVF(prod);
	writel(q->cons, smmu->page1 + ARM_SMMU_EVTQ_CONS);

	return true;
}

/**
 * smmu_event() - the next fault record, or a global error
 * @record: EVTQ_ENT_DWORDS words; for a global error the first holds its bits
 *
 * Return: one of PKVM_IOMMU_EVENT_*.
 */
u32 smmu_event(struct smmu *smmu, u64 *record)
{
	u32 ret = PKVM_IOMMU_EVENT_NONE;
	u32 gerror;

	iommu_lock(&smmu->evtq.lock, PKVM_IOMMU_LOCK_EVTQ);
	if (evtq_pop(smmu, record))
		ret = PKVM_IOMMU_EVENT_RECORD;
	iommu_unlock(&smmu->evtq.lock);
	if (ret)
		return ret;

	gerror = smmu_take_gerror(smmu);
	if (gerror) {
		record[0] = gerror;
		ret = PKVM_IOMMU_EVENT_GERROR;
	}

	return ret;
}
