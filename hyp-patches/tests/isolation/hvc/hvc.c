// SPDX-License-Identifier: GPL-2.0-only
/*
 * isolation_hvc: gives root what a hostile host kernel has. Raw hypercalls,
 * physical addresses, pages of the kernel. For tests only: it lets its user break
 * the machine, which is its purpose.
 */

#include <linux/arm-smccc.h>
#include <linux/capability.h>
#include <linux/dma-mapping.h>
#include <linux/fs.h>
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/list.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include <asm/kvm_asm.h>

#include "hvc_abi.h"

static long ioctl_hvc(void __user *arg)
{
	struct arm_smccc_1_2_regs in, out;
	struct isolation_hvc call;

	if (copy_from_user(&call, arg, sizeof(call)))
		return -EFAULT;
	static_assert(sizeof(in) == sizeof(call.x));
	memcpy(&in, call.x, sizeof(call.x));
	arm_smccc_1_2_hvc(&in, &out);
	memcpy(call.x, &out, sizeof(call.x));

	return copy_to_user(arg, &call, sizeof(call)) ? -EFAULT : 0;
}

static long ioctl_phys(void __user *arg)
{
	struct isolation_phys where;
	struct page *page;
	int ret;

	if (copy_from_user(&where, arg, sizeof(where)))
		return -EFAULT;
	/* As KVM pins what it gives to a protected guest: it moves out of CMA first. */
	ret = pin_user_pages_fast(where.address & PAGE_MASK, 1, FOLL_WRITE | FOLL_LONGTERM, &page);
	if (ret < 0)
		return ret;
	if (ret != 1)
		return -EFAULT;
	where.phys = page_to_phys(page) + offset_in_page(where.address);
	unpin_user_page(page);

	return copy_to_user(arg, &where, sizeof(where)) ? -EFAULT : 0;
}

static long ioctl_pages(void __user *arg)
{
	struct isolation_pages pages;
	struct page *page;

	if (copy_from_user(&pages, arg, sizeof(pages)))
		return -EFAULT;
	if (pages.pad || pages.order > MAX_PAGE_ORDER)
		return -EINVAL;
	/* A test does without rather than have a process killed for it. */
	page = alloc_pages(GFP_KERNEL | __GFP_ZERO | __GFP_NORETRY | __GFP_NOWARN, pages.order);
	if (!page)
		return -ENOMEM;
	pages.phys = page_to_phys(page);

	return copy_to_user(arg, &pages, sizeof(pages)) ? -EFAULT : 0;
}

static long ioctl_hoard(struct list_head *held, void __user *arg)
{
	struct isolation_hoard hoard;
	struct sysinfo info;
	struct page *page;

	if (copy_from_user(&hoard, arg, sizeof(hoard)))
		return -EFAULT;
	if (hoard.order > MAX_PAGE_ORDER)
		return -EINVAL;
	for (hoard.blocks = 0; !fatal_signal_pending(current); hoard.blocks++) {
		si_meminfo(&info);
		if (info.freeram <= hoard.keep >> PAGE_SHIFT)
			break;
		/* Of what is free as it lies: to make more such blocks out of smaller ones takes minutes. */
		page = alloc_pages((GFP_KERNEL & ~__GFP_RECLAIM) | __GFP_NOWARN, hoard.order);
		if (!page)
			break;
		set_page_private(page, hoard.order);
		list_add(&page->lru, held);
		cond_resched();
	}

	return copy_to_user(arg, &hoard, sizeof(hoard)) ? -EFAULT : 0;
}

static long ioctl_ids(void __user *arg)
{
	struct isolation_ids ids = {
		.end = KVM_HOST_SMCCC_ID(__KVM_HOST_SMCCC_FUNC_MAX),
		.force_reclaim = KVM_HOST_SMCCC_FUNC(__pkvm_force_reclaim_guest_page),
#ifdef HAVE_PKVM_IOMMU_CALLS
		.topup = KVM_HOST_SMCCC_FUNC(__pkvm_iommu_topup),
		.event = KVM_HOST_SMCCC_FUNC(__pkvm_iommu_event),
		.stats = KVM_HOST_SMCCC_FUNC(__pkvm_iommu_stats),
#endif
#ifdef HAVE_PKVM_DOMAIN_CALLS
		.domain_alloc = KVM_HOST_SMCCC_FUNC(__pkvm_iommu_domain_alloc),
		.domain_free = KVM_HOST_SMCCC_FUNC(__pkvm_iommu_domain_free),
		.attach = KVM_HOST_SMCCC_FUNC(__pkvm_iommu_attach),
		.detach = KVM_HOST_SMCCC_FUNC(__pkvm_iommu_detach),
		.map = KVM_HOST_SMCCC_FUNC(__pkvm_iommu_map),
		.unmap = KVM_HOST_SMCCC_FUNC(__pkvm_iommu_unmap),
		.iova_to_phys = KVM_HOST_SMCCC_FUNC(__pkvm_iommu_iova_to_phys),
		.give_back = KVM_HOST_SMCCC_FUNC(__pkvm_iommu_give_back),
#endif
#ifdef HAVE_PKVM_TRIM_CALL
		.trim = KVM_HOST_SMCCC_FUNC(__pkvm_iommu_trim),
#endif
	};

	return copy_to_user(arg, &ids, sizeof(ids)) ? -EFAULT : 0;
}

static long ioctl_dma(void __user *arg)
{
	struct isolation_dma dma;
	struct pci_dev *pdev;
	long ret = 0;

	if (copy_from_user(&dma, arg, sizeof(dma)))
		return -EFAULT;
	if (dma.pad || dma.bdf > U16_MAX || !pfn_valid(PHYS_PFN(dma.phys)))
		return -EINVAL;
	pdev = pci_get_domain_bus_and_slot(dma.pci_domain, dma.bdf >> 8, dma.bdf & 0xff);
	if (!pdev)
		return -ENODEV;
	if (dma.unmap) {
		dma_unmap_page(&pdev->dev, dma.iova, PAGE_SIZE, DMA_BIDIRECTIONAL);
	} else {
		dma.iova = dma_map_page(&pdev->dev, pfn_to_page(PHYS_PFN(dma.phys)), 0, PAGE_SIZE,
					DMA_BIDIRECTIONAL);
		if (dma_mapping_error(&pdev->dev, dma.iova))
			ret = -EIO;
	}
	pci_dev_put(pdev);
	if (ret)
		return ret;

	return copy_to_user(arg, &dma, sizeof(dma)) ? -EFAULT : 0;
}

/* As the block layer does: the pages of a request, which lie anywhere, in a row. */
static int link_pages(struct device *dev, struct dma_iova_state *state, const u64 *phys)
{
	size_t linked;
	int ret;

	if (!dma_iova_try_alloc(dev, state, phys[0], 2 * PAGE_SIZE))
		return -EOPNOTSUPP;
	for (linked = 0; linked < 2 * PAGE_SIZE; linked += PAGE_SIZE, phys++) {
		ret = dma_iova_link(dev, state, *phys, linked, PAGE_SIZE, DMA_BIDIRECTIONAL, 0);
		if (ret)
			break;
	}
	if (!ret)
		ret = dma_iova_sync(dev, state, 0, 2 * PAGE_SIZE);
	if (ret)
		dma_iova_destroy(dev, state, linked, DMA_BIDIRECTIONAL, 0);

	return ret;
}

static long ioctl_link(void __user *arg)
{
	static struct dma_iova_state state;
	static DEFINE_MUTEX(lock);
	struct isolation_link link;
	struct pci_dev *pdev;
	long ret = 0;

	if (copy_from_user(&link, arg, sizeof(link)))
		return -EFAULT;
	if (link.pad || link.bdf > U16_MAX)
		return -EINVAL;
	pdev = pci_get_domain_bus_and_slot(link.pci_domain, link.bdf >> 8, link.bdf & 0xff);
	if (!pdev)
		return -ENODEV;
	scoped_guard(mutex, &lock) {
		if (!link.unmap && pfn_valid(PHYS_PFN(link.phys[0])) &&
		    pfn_valid(PHYS_PFN(link.phys[1])))
			ret = link_pages(&pdev->dev, &state, link.phys);
		else if (link.unmap && dma_use_iova(&state))
			dma_iova_destroy(&pdev->dev, &state, 2 * PAGE_SIZE, DMA_BIDIRECTIONAL, 0);
		else
			ret = -EINVAL;
		link.iova = state.addr;
		if (link.unmap || ret)
			memset(&state, 0, sizeof(state));
	}
	pci_dev_put(pdev);
	if (ret)
		return ret;

	return copy_to_user(arg, &link, sizeof(link)) ? -EFAULT : 0;
}

static long hvc_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	void __user *uarg = (void __user *)arg;

	if (!capable(CAP_SYS_RAWIO))
		return -EPERM;

	switch (cmd) {
	case ISOLATION_HVC:
		return ioctl_hvc(uarg);
	case ISOLATION_PHYS:
		return ioctl_phys(uarg);
	case ISOLATION_PAGES:
		return ioctl_pages(uarg);
	case ISOLATION_HOARD:
		return ioctl_hoard(file->private_data, uarg);
	case ISOLATION_IDS:
		return ioctl_ids(uarg);
	case ISOLATION_DMA:
		return ioctl_dma(uarg);
	case ISOLATION_LINK:
		return ioctl_link(uarg);
	default:
		return -ENOTTY;
	}
}

static int hvc_open(struct inode *inode, struct file *file)
{
	struct list_head *held = kmalloc(sizeof(*held), GFP_KERNEL);

	if (!held)
		return -ENOMEM;
	INIT_LIST_HEAD(held);
	file->private_data = held;

	return 0;
}

static int hvc_release(struct inode *inode, struct file *file)
{
	struct list_head *held = file->private_data;
	struct page *page, *next;
	unsigned int order;

	list_for_each_entry_safe(page, next, held, lru) {
		order = page_private(page);
		set_page_private(page, 0);
		__free_pages(page, order);
	}
	kfree(held);

	return 0;
}

static const struct file_operations hvc_fops = {
	.owner = THIS_MODULE,
	.open = hvc_open,
	.release = hvc_release,
	.unlocked_ioctl = hvc_ioctl,
};

static struct miscdevice hvc_misc = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "isolation",
	.mode = 0600,
	.fops = &hvc_fops,
};
module_misc_device(hvc_misc);

MODULE_DESCRIPTION("Raw hypercalls and physical addresses, for isolation tests");
MODULE_LICENSE("GPL");
