// SPDX-License-Identifier: GPL-2.0-only
/*
 * The IOMMUs at EL2: what the host says of this machine, and which mode is in force.
 */

#include <nvhe/iommu_core.h>

/* From the host, before it lost its privileges. */
struct pkvm_iommu_machine pkvm_iommu_machine;

static const struct pkvm_iommu_mode_ops *const mode_ops[] = {
	[PKVM_IOMMU_NESTED] = NULL,
};

/* Set once, before the host loses its privileges. NULL: the host owns the IOMMUs. */
static const struct pkvm_iommu_mode_ops *iommu_mode;

/**
 * pkvm_iommu_early_alloc() - take our share of what the host reserved
 *
 * Return: 0, or -ENOMEM.
 */
int pkvm_iommu_early_alloc(void)
{
	void *base;

	if (!pkvm_iommu_machine.pages)
		return 0;

	base = hyp_early_alloc_contig(pkvm_iommu_machine.pages);
	if (!base)
		return -ENOMEM;

	iommu_pool_init(base, pkvm_iommu_machine.pages << PAGE_SHIFT);

	return 0;
}

/**
 * pkvm_iommu_init() - take the IOMMUs from the host
 *
 * When EL2's own page tables and the host's stage 2 are complete, on one CPU.
 *
 * Return: 0, or an error that must stop the boot.
 */
int pkvm_iommu_init(void)
{
	const struct pkvm_iommu_mode_ops *ops;
	int ret;

	if (pkvm_iommu_machine.mode == PKVM_IOMMU_NATIVE)
		return 0;

	if (pkvm_iommu_machine.mode >= ARRAY_SIZE(mode_ops))
		return -EINVAL;

	ops = mode_ops[pkvm_iommu_machine.mode];
	if (!ops)
		return -ENODEV;

	ret = ops->init();
	if (ret)
		return ret;

	iommu_mode = ops;

	return 0;
}
