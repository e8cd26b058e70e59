// SPDX-License-Identifier: GPL-2.0-only
/*
 * IOMMUs that the hypervisor of protected KVM owns: their page tables are at EL2, and the host
 * asks for changes by hypercall. It knows no hardware: EL2 says how many bits an address has,
 * and takes streams as the device tree numbers them.
 */

#define pr_fmt(fmt) "pkvm-iommu: " fmt

#include <linux/arm-smccc.h>
#include <linux/dma-map-ops.h>
#include <linux/iommu.h>
#include <linux/kvm_host.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/of.h>
#include <linux/pci.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

#include <asm/kvm_pkvm_iommu.h>

struct pkvm_iommu {
	struct iommu_device iommu;
	struct list_head list;
	struct fwnode_handle *fwnode;
	u32 index;
};

/* What a device is attached to: at EL2 each of its streams is. */
struct pkvm_master {
	struct pkvm_iommu *iommu;
	struct device *dev;
	bool attached;
	u32 domain;
};

static LIST_HEAD(iommus);
static DEFINE_MUTEX(lists_lock);

/* A hypercall that may want memory of ours. */
#define call_with_memory(call)						\
({									\
	unsigned long __seen;						\
	int __ret;							\
									\
	do {								\
		__seen = pkvm_iommu_topups();				\
		__ret = (call);						\
	} while (__ret == -ENOMEM && pkvm_iommu_topup(__seen));		\
	__ret;								\
})

/* Return: 0; or an error, and a stream is still attached, until another call does better. */
static int master_detach(struct pkvm_master *master)
{
	struct iommu_fwspec *fwspec = dev_iommu_fwspec_get(master->dev);
	int err, ret = 0;
	u32 i;

	if (!master->attached)
		return 0;

	for (i = 0; i < fwspec->num_ids; i++) {
		err = kvm_call_hyp_nvhe(__pkvm_iommu_detach, master->domain, master->iommu->index,
					fwspec->ids[i], 0);
		/* Of an alias that is listed twice the second is gone with the first. */
		if (err && err != -ENOENT) {
			dev_err(master->dev, "EL2 did not detach stream %#x: %d\n",
				fwspec->ids[i], err);
			ret = err;
		}
	}
	master->attached = ret;

	return ret;
}

/* All of them, where none is attached; or none, if EL2 lets go of those that were. */
static int streams_attach(struct pkvm_master *master, u32 id)
{
	struct iommu_fwspec *fwspec = dev_iommu_fwspec_get(master->dev);
	int ret = 0;
	u32 i, j;

	master->domain = id;
	master->attached = true;
	for (i = 0; i < fwspec->num_ids; i++) {
		for (j = 0; j < i && fwspec->ids[j] != fwspec->ids[i]; j++)
			;
		if (j < i)
			continue;
		ret = call_with_memory(kvm_call_hyp_nvhe(__pkvm_iommu_attach, id,
							 master->iommu->index, fwspec->ids[i], 0));
		if (ret)
			break;
	}
	if (ret)
		master_detach(master);

	return ret;
}

static int master_attach(struct device *dev, u32 id)
{
	struct pkvm_master *master = dev_iommu_priv_get(dev);
	bool attached = master->attached;
	u32 old = master->domain;
	int ret;

	ret = master_detach(master);
	if (ret)
		return ret;

	ret = streams_attach(master, id);
	/* For the kernel it did not leave what it was attached to. */
	if (ret && attached && !master->attached)
		streams_attach(master, old);

	return ret;
}

static int pkvm_attach_identity(struct iommu_domain *domain, struct device *dev,
				struct iommu_domain *old)
{
	return master_attach(dev, PKVM_IOMMU_DOMAIN_IDENTITY);
}

static int pkvm_attach_blocked(struct iommu_domain *domain, struct device *dev,
			       struct iommu_domain *old)
{
	return master_detach(dev_iommu_priv_get(dev));
}

static struct iommu_domain pkvm_identity_domain = {
	.type = IOMMU_DOMAIN_IDENTITY,
	.ops = &(const struct iommu_domain_ops) {
		.attach_dev = pkvm_attach_identity,
	},
};

static struct iommu_domain pkvm_blocked_domain = {
	.type = IOMMU_DOMAIN_BLOCKED,
	.ops = &(const struct iommu_domain_ops) {
		.attach_dev = pkvm_attach_blocked,
	},
};

static struct iommu_device *pkvm_probe_device(struct device *dev)
{
	struct iommu_fwspec *fwspec = dev_iommu_fwspec_get(dev);
	struct pkvm_master *master;
	struct pkvm_iommu *iommu;

	guard(mutex)(&lists_lock);
	list_for_each_entry(iommu, &iommus, list) {
		if (iommu->fwnode != fwspec->iommu_fwnode)
			continue;

		master = kzalloc_obj(*master);
		if (!master)
			return ERR_PTR(-ENOMEM);
		master->iommu = iommu;
		master->dev = dev;
		dev_iommu_priv_set(dev, master);

		return &iommu->iommu;
	}

	return ERR_PTR(-ENODEV);
}

static void pkvm_release_device(struct device *dev)
{
	kfree(dev_iommu_priv_get(dev));
}

static struct iommu_group *pkvm_device_group(struct device *dev)
{
	return dev_is_pci(dev) ? pci_device_group(dev) : generic_device_group(dev);
}

static int pkvm_of_xlate(struct device *dev, const struct of_phandle_args *args)
{
	return iommu_fwspec_add_ids(dev, args->args, 1);
}

static bool pkvm_capable(struct device *dev, enum iommu_cap cap)
{
	switch (cap) {
	case IOMMU_CAP_CACHE_COHERENCY:
		return dev_is_dma_coherent(dev);
	default:
		return false;
	}
}

static const struct iommu_ops pkvm_iommu_ops = {
	.identity_domain	= &pkvm_identity_domain,
	.blocked_domain		= &pkvm_blocked_domain,
	.release_domain		= &pkvm_blocked_domain,
	.capable		= pkvm_capable,
	.probe_device		= pkvm_probe_device,
	.release_device		= pkvm_release_device,
	.device_group		= pkvm_device_group,
	.of_xlate		= pkvm_of_xlate,
	.owner			= THIS_MODULE,
};

/**
 * pkvm_iommu_register() - a device of the host's stands for an IOMMU of EL2's
 * @dev: that masters name as their IOMMU
 * @index: of its description for EL2
 *
 * It stays for good.
 *
 * Return: 0 or an error.
 */
int pkvm_iommu_register(struct device *dev, u32 index)
{
	struct pkvm_iommu *iommu = devm_kzalloc(dev, sizeof(*iommu), GFP_KERNEL);
	int ret;

	if (!iommu)
		return -ENOMEM;

	iommu->index = index;
	iommu->fwnode = dev_fwnode(dev);
	ret = iommu_device_sysfs_add(&iommu->iommu, dev, NULL, "pkvm-iommu.%u", index);
	if (ret)
		return ret;

	scoped_guard(mutex, &lists_lock)
		list_add(&iommu->list, &iommus);
	ret = iommu_device_register(&iommu->iommu, &pkvm_iommu_ops, dev);
	if (!ret)
		return 0;

	scoped_guard(mutex, &lists_lock)
		list_del(&iommu->list);
	iommu_device_sysfs_remove(&iommu->iommu);

	return ret;
}
