// SPDX-License-Identifier: GPL-2.0-only
/*
 * The SMMUv3s of the paravirt mode on the side of the host: where the driver that knows no
 * hardware learns which device of the host's stands for which IOMMU of EL2's.
 */

#include <linux/kvm_host.h>
#include <linux/of.h>
#include <linux/platform_device.h>

#include <asm/kvm_pkvm_iommu.h>

#include "arm-smmu-v3-pkvm.h"

static int pkvm_smmu_v3_probe(struct platform_device *pdev)
{
	struct device_node *np;
	u32 i;

	if (pkvm_iommu_requested_mode() != PKVM_IOMMU_PARAVIRT)
		return -ENODEV;

	/* EL2 takes requests once the host has lost its privileges. */
	if (!is_pkvm_initialized())
		return -EPROBE_DEFER;

	for (i = 0; (np = pkvm_smmu_v3_node(i)); i++) {
		if (np == pdev->dev.of_node)
			return pkvm_iommu_register(&pdev->dev, i);
	}

	dev_err(&pdev->dev, "not described to EL2, which owns the SMMUs of this machine\n");

	return -ENODEV;
}

static const struct of_device_id pkvm_smmu_v3_of_match[] = {
	{ .compatible = "arm,smmu-v3", },
	{ },
};

static struct platform_driver pkvm_smmu_v3_driver = {
	.driver	= {
		.name			= "pkvm-smmu-v3",
		.of_match_table		= pkvm_smmu_v3_of_match,
		.suppress_bind_attrs	= true,
	},
	.probe	= pkvm_smmu_v3_probe,
};
builtin_platform_driver(pkvm_smmu_v3_driver);
