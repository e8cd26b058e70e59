// SPDX-License-Identifier: GPL-2.0-only
/*
 * The SMMUs of this machine: taken over at boot, closed before the machine ends. What
 * they translate with is the mode's.
 */

#include "smmu.h"

/* By index of the description. */
struct smmu smmus[PKVM_IOMMU_MAX_DEVICES];

/* How often the SMMUs were closed and not opened again. Under host_mmu.lock. */
static u32 closed;

static int driver_probe(void)
{
	u32 i;
	int ret;

	for (i = 0; i < pkvm_iommu_machine.nr_descs; i++) {
		ret = smmu_probe(&smmus[i], &pkvm_iommu_machine.descs[i]);
		if (ret)
			return ret;
	}

	return 0;
}

static int driver_enable(void)
{
	struct smmu *smmu;
	int ret;

	for_each_smmu(smmu) {
		ret = smmu_enable(smmu);
		if (ret)
			return ret;
	}

	return 0;
}

static u32 driver_event(u32 index, u64 *record)
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
static int driver_close(void)
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

static void driver_open(void)
{
	iommu_host_lock();
	if (!--closed)
		open_first(pkvm_iommu_machine.nr_descs);
	iommu_host_unlock();
}

const struct pkvm_iommu_driver_ops pkvm_smmu_v3_driver_ops = {
	.probe = driver_probe,
	.enable = driver_enable,
	.event = driver_event,
	.close = driver_close,
	.open = driver_open,
};
