// SPDX-License-Identifier: GPL-2.0-only
/* ID registers of the SMMUv3s, which tell one board's figures from another's. */

#include <linux/device.h>
#include <linux/io.h>
#include <linux/platform_device.h>
#include <linux/uaccess.h>

#include "smmubench.h"

#define SMMU_IDR0	0x00
#define SMMU_IDR1	0x04
#define SMMU_IDR3	0x0c
#define SMMU_IDR5	0x14
#define SMMU_IIDR	0x18
#define SMMU_ID_SPAN	0x1000

struct smmu_walk {
	unsigned int skip;
	phys_addr_t base;
	bool found;
};

static int find_smmu(struct device *dev, void *data)
{
	struct smmu_walk *walk = data;
	struct resource *res;
	int found = 0;

	device_lock(dev);
	if (dev->driver && !strcmp(dev->driver->name, "arm-smmu-v3") && !walk->skip--) {
		res = platform_get_resource(to_platform_device(dev), IORESOURCE_MEM, 0);
		if (res) {
			walk->base = res->start;
			walk->found = true;
		}
		found = 1;
	}
	device_unlock(dev);

	return found;
}

/* A frame that EL2 keeps to itself faults: an error, not the end of the kernel. */
static int read_reg(void __iomem *regs, unsigned int offset, u32 *value)
{
	return copy_from_kernel_nofault(value, (__force const void *)(regs + offset),
					sizeof(*value));
}

/**
 * bench_smmu_read() - the ID registers of the SMMU with number smmu->index
 * @smmu: filled; readable is 0 when the registers do not belong to this host
 *
 * Return: 0, -ENOENT behind the last SMMU, -ENOMEM.
 */
int bench_smmu_read(struct smmubench_smmu *smmu)
{
	struct smmu_walk walk = { .skip = smmu->index };
	void __iomem *regs;

	bus_for_each_dev(&platform_bus_type, NULL, &walk, find_smmu);
	if (!walk.found)
		return -ENOENT;

	regs = ioremap(walk.base, SMMU_ID_SPAN);
	if (!regs)
		return -ENOMEM;

	smmu->base = walk.base;
	smmu->readable = !read_reg(regs, SMMU_IDR0, &smmu->idr0) &&
			 !read_reg(regs, SMMU_IDR1, &smmu->idr1) &&
			 !read_reg(regs, SMMU_IDR3, &smmu->idr3) &&
			 !read_reg(regs, SMMU_IDR5, &smmu->idr5) &&
			 !read_reg(regs, SMMU_IIDR, &smmu->iidr);
	iounmap(regs);

	return 0;
}
