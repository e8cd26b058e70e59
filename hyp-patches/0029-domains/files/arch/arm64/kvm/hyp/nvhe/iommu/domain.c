// SPDX-License-Identifier: GPL-2.0-only
/*
 * Domains: address spaces of devices that the host makes, fills and attaches by hypercall.
 * Here is what all kinds of IOMMUs share: which domains there are, who is using one, and
 * the checks of what the host says. What a domain is made of is the mode's.
 *
 * Domains are made, attached and ended under host_mmu.lock.
 */

#include <nvhe/iommu_core.h>

#define DOMAINS_PER_PAGE	(PAGE_SIZE / sizeof(struct iommu_domain))
#define DOMAIN_PAGES		(PAGE_SIZE / sizeof(struct iommu_domain *))

enum domain_state {
	DOMAIN_NONE,
	DOMAIN_LIVE,
	DOMAIN_DYING,		/* nobody may begin to use it */
};

/* Pages with domains, taken from the pool when the first of them is made. They stay. */
static struct iommu_domain **domain_pages;

/* How domains are made; NULL in modes without. */
static const struct pkvm_iommu_domain_ops *domain_ops;

/**
 * iommu_domains_init() - the mode in force has domains
 *
 * While the machine boots.
 *
 * Return: 0 or -ENOMEM.
 */
int iommu_domains_init(const struct pkvm_iommu_domain_ops *ops)
{
	domain_pages = iommu_boot_alloc(PAGE_SIZE, PKVM_IOMMU_MEM_DOMAINS);
	if (!domain_pages)
		return -ENOMEM;
	domain_ops = ops;

	return 0;
}

/* The place of a domain; NULL where the host never made one near. @id: from the host */
static struct iommu_domain *domain_at(u32 id)
{
	struct iommu_domain *page;
	u32 i = id / DOMAINS_PER_PAGE;

	if (!domain_ops || id >= PKVM_IOMMU_MAX_DOMAINS)
		return NULL;

	page = READ_ONCE(domain_pages[array_index_nospec(i, DOMAIN_PAGES)]);

	return page ? &page[id % DOMAINS_PER_PAGE] : NULL;
}

/* The place for a new domain; with the page around it, if need be. */
static struct iommu_domain *domain_place(u32 id)
{
	struct iommu_reserve reserve;
	u32 i = id / DOMAINS_PER_PAGE;

	if (id >= PKVM_IOMMU_MAX_DOMAINS)
		return NULL;
	i = array_index_nospec(i, DOMAIN_PAGES);
	if (!domain_pages[i] && !iommu_pool_reserve(&reserve, 1)) {
		/* Who finds the page finds it zeroed. */
		smp_store_release(&domain_pages[i],
				  iommu_pool_take(&reserve, PKVM_IOMMU_MEM_DOMAINS));
	}

	return domain_at(id);
}

/**
 * __pkvm_iommu_domain_alloc() - an address space with nothing in it
 * @id: that the host will call it by, below PKVM_IOMMU_MAX_DOMAINS
 * @iommu: index of one that it is for; others that are alike can be attached as well
 * @bits: of an address of a device in it
 *
 * Return: 0; -ENODEV in modes without domains; -EINVAL for an argument out of bounds;
 * -EEXIST; -ENOMEM when the host has to top up; -ENOSPC when the hardware can tell no more
 * of them apart.
 */
int __pkvm_iommu_domain_alloc(u32 id, u32 iommu, u64 *bits)
{
	struct iommu_domain *d;
	int ret = -ENOMEM;

	*bits = 0;
	if (!domain_ops)
		return -ENODEV;
	if (id >= PKVM_IOMMU_MAX_DOMAINS || iommu >= pkvm_iommu_machine.nr_descs)
		return -EINVAL;
	iommu = array_index_nospec(iommu, pkvm_iommu_machine.nr_descs);

	iommu_host_lock();
	d = domain_place(id);
	if (d)
		ret = d->state == DOMAIN_NONE ? domain_ops->alloc(d, iommu, bits) : -EEXIST;
	if (!ret) {
		d->nr_attached = 0;
		/* What it is made of comes before. */
		smp_store_release(&d->state, DOMAIN_LIVE);
	}
	iommu_host_unlock();

	return ret;
}

/**
 * __pkvm_iommu_domain_free() - the end of a domain and of all that it maps
 * @id: from the host
 *
 * The first call that does not fail makes it one that only this call knows.
 *
 * Return: 0; -EAGAIN when there is more to do, for which the host calls again; -ENOENT;
 * -EBUSY while something is attached to it; -EIO or -ETIMEDOUT when an IOMMU does not answer,
 * and it may be tried again.
 */
int __pkvm_iommu_domain_free(u32 id)
{
	struct iommu_domain *d;
	int ret = -ENOENT;

	iommu_host_lock();
	d = domain_at(id);
	if (!d || d->state == DOMAIN_NONE)
		goto unlock;

	ret = -EBUSY;
	if (d->nr_attached)
		goto unlock;

	WRITE_ONCE(d->state, DOMAIN_DYING);
	ret = domain_ops->free(d);
	if (!ret)
		WRITE_ONCE(d->state, DOMAIN_NONE);
unlock:
	iommu_host_unlock();

	return ret;
}

/* A live domain, or NULL for the one that mirrors the host. Under host_mmu.lock. */
static int domain_named(u32 id, struct iommu_domain **d)
{
	*d = NULL;
	if (id == PKVM_IOMMU_DOMAIN_IDENTITY)
		return 0;

	*d = domain_at(id);

	return *d && (*d)->state == DOMAIN_LIVE ? 0 : -ENOENT;
}

/**
 * __pkvm_iommu_attach() - a stream, which was attached to nothing, gets a domain
 * @id: of the domain, or PKVM_IOMMU_DOMAIN_IDENTITY: all that the host may access
 * @iommu: from the host
 * @stream: as the IOMMU numbers what it tells apart
 * @pasid: 0
 *
 * Return: 0; -ENODEV in modes without domains; -ENOENT for no such domain; -EINVAL for an
 * IOMMU that there is not, or that the domain is not for; -ENXIO for a stream that it has
 * not; -EOPNOTSUPP for another @pasid; -EBUSY where the stream is attached; -ENOMEM when the
 * host has to top up; -EOVERFLOW for more streams than are counted; -EIO or -ETIMEDOUT when the
 * IOMMU does not answer.
 */
int __pkvm_iommu_attach(u32 id, u32 iommu, u32 stream, u32 pasid)
{
	struct iommu_domain *d;
	int ret;

	if (!domain_ops)
		return -ENODEV;
	if (iommu >= pkvm_iommu_machine.nr_descs)
		return -EINVAL;
	if (pasid)
		return -EOPNOTSUPP;
	iommu = array_index_nospec(iommu, pkvm_iommu_machine.nr_descs);

	iommu_host_lock();
	ret = domain_named(id, &d) ?: domain_ops->attach(d, iommu, stream);
	if (!ret && d)
		d->nr_attached++;
	iommu_host_unlock();

	return ret;
}

/**
 * __pkvm_iommu_detach() - the reverse: the stream reaches nothing, and nothing is cached
 *
 * Arguments and errors as for __pkvm_iommu_attach(); -ENOENT also where the stream is not
 * attached to that domain.
 */
int __pkvm_iommu_detach(u32 id, u32 iommu, u32 stream, u32 pasid)
{
	struct iommu_domain *d;
	int ret;

	if (!domain_ops)
		return -ENODEV;
	if (iommu >= pkvm_iommu_machine.nr_descs)
		return -EINVAL;
	if (pasid)
		return -EOPNOTSUPP;
	iommu = array_index_nospec(iommu, pkvm_iommu_machine.nr_descs);

	iommu_host_lock();
	ret = domain_named(id, &d) ?: domain_ops->detach(d, iommu, stream);
	if (!ret && d)
		d->nr_attached--;
	iommu_host_unlock();

	return ret;
}
