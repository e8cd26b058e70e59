// SPDX-License-Identifier: GPL-2.0-only
/*
 * Drivers without ids, which bind what driver_override names, and the list of
 * devices bound. A device that is leaving ends the run that uses it.
 */

#include <linux/dma-mapping.h>
#include <linux/iommu.h>
#include <linux/list.h>
#include <linux/pci.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

#include "smmubench.h"

struct bound_device {
	struct list_head node;
	struct device *dev;
};

static LIST_HEAD(bound_devices);	/* under bench_run_lock */
static atomic_t nr_bound;

static int bench_probe(struct device *dev)
{
	struct bound_device *bound;
	int ret;

	ret = dma_set_mask_and_coherent(dev, DMA_BIT_MASK(64));
	if (ret)
		ret = dma_set_mask_and_coherent(dev, DMA_BIT_MASK(32));
	if (ret)
		return ret;

	bound = kzalloc_obj(*bound);
	if (!bound)
		return -ENOMEM;

	bound->dev = dev;
	dev_set_drvdata(dev, bound);

	mutex_lock(&bench_run_lock);
	list_add_tail(&bound->node, &bound_devices);
	mutex_unlock(&bench_run_lock);
	atomic_inc(&nr_bound);

	return 0;
}

static void bench_remove(struct device *dev)
{
	struct bound_device *bound = dev_get_drvdata(dev);

	/* Whatever runs ends within a round and unmaps; then the lock is free. */
	bench_run_abort();
	mutex_lock(&bench_run_lock);
	list_del(&bound->node);
	mutex_unlock(&bench_run_lock);
	atomic_dec(&nr_bound);
	kfree(bound);
}

static int bench_pci_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	return bench_probe(&pdev->dev);
}

static void bench_pci_remove(struct pci_dev *pdev)
{
	bench_remove(&pdev->dev);
}

static struct pci_driver bench_pci_driver = {
	.name = "smmubench",
	.probe = bench_pci_probe,
	.remove = bench_pci_remove,
};

static int bench_platform_probe(struct platform_device *pdev)
{
	return bench_probe(&pdev->dev);
}

static void bench_platform_remove(struct platform_device *pdev)
{
	bench_remove(&pdev->dev);
}

static struct platform_driver bench_platform_driver = {
	.driver = { .name = "smmubench" },
	.probe = bench_platform_probe,
	.remove = bench_platform_remove,
};

/**
 * bench_device_find() - a bound device by name; under bench_run_lock
 *
 * Return: NULL if it is not bound. It stays bound until the lock is released.
 */
struct device *bench_device_find(const char *name)
{
	struct bound_device *bound;

	list_for_each_entry(bound, &bound_devices, node) {
		if (!strcmp(dev_name(bound->dev), name))
			return bound->dev;
	}

	return NULL;
}

unsigned int bench_device_count(void)
{
	return atomic_read(&nr_bound);
}

/**
 * bench_device_domain() - what stands between the device and memory
 * @dev: bound to this driver, so that its domain cannot change
 */
enum smmubench_domain bench_device_domain(struct device *dev)
{
	struct iommu_domain *domain = iommu_get_domain_for_dev(dev);

	if (!domain)
		return SMMUBENCH_DOMAIN_NONE;

	switch (domain->type) {
	case IOMMU_DOMAIN_IDENTITY:
		return SMMUBENCH_DOMAIN_IDENTITY;
	case IOMMU_DOMAIN_DMA:
		return SMMUBENCH_DOMAIN_STRICT;
	case IOMMU_DOMAIN_DMA_FQ:
		return SMMUBENCH_DOMAIN_LAZY;
	default:
		return SMMUBENCH_DOMAIN_OTHER;
	}
}

int bench_device_init(void)
{
	int ret;

	ret = pci_register_driver(&bench_pci_driver);
	if (ret)
		return ret;

	ret = platform_driver_register(&bench_platform_driver);
	if (ret)
		pci_unregister_driver(&bench_pci_driver);

	return ret;
}

void bench_device_exit(void)
{
	platform_driver_unregister(&bench_platform_driver);
	pci_unregister_driver(&bench_pci_driver);
}
