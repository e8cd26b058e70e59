// SPDX-License-Identifier: GPL-2.0-only
/*
 * The host's driver, drivers/iommu/pkvm-iommu.c as it is, on EL2's core with an IOMMU that is no
 * SMMU (fake.h). And what comes of it when a hypercall or an IOMMU fails, at each place: what was
 * asked for fails, with nothing done that is not said, and works when it is tried again.
 */

#include "host/around.h"

#include "cmocka_all.h"
#include "fake.h"

#define IOVA	(5 * PAGE_SIZE)
#define PAGES	1300
#define RW	(IOMMU_READ | IOMMU_WRITE | IOMMU_CACHE)
#define STREAMS 3

static struct fwnode_handle nodes[FAKE_IOMMUS];
static struct iommu_fwspec fwspec;
static struct device iommus[FAKE_IOMMUS], device;

/* What EL2 has tables for before there are domains. */
static u64 tables;

static void start(void)
{
	u32 i;

	fake_machine_in(PKVM_IOMMU_PARAVIRT, 64);
	tables = el2_memory(PKVM_IOMMU_MEM_PAGE_TABLES);
	host_reset();
	for (i = 0; i < FAKE_IOMMUS; i++) {
		iommus[i] = (struct device){ .name = "iommu", .fwnode = &nodes[i] };
		assert_int_equal(pkvm_iommu_register(&iommus[i], i, true), 0);
	}
	fwspec = (struct iommu_fwspec){ .iommu_fwnode = &nodes[1], .num_ids = STREAMS, .ids = { 4, 9, 6 } };
	device = (struct device){ .name = "device", .fwspec = &fwspec };
}

/* Nothing that the driver had is left. */
static void stop(void)
{
	u32 i;

	assert_int_equal(host.live, FAKE_IOMMUS);
	for (i = 0; i < FAKE_IOMMUS; i++)
		free(iommus[i].managed);
}

/* What the kernel's iommu.c does with the driver's operations. */

static struct iommu_domain *make_domain(void)
{
	struct iommu_domain *domain = host.ops->domain_alloc_paging(&device);

	if (!IS_ERR(domain))
		domain->ops = host.ops->default_domain_ops;

	return domain;
}

static int attach(struct iommu_domain *domain)
{
	return domain->ops->attach_dev(domain, &device, NULL);
}

/* How many pages of which size, of those left. */
static size_t pieces(struct iommu_domain *domain, u64 addrs, u64 left, size_t *count)
{
	size_t block = domain->pgsize_bitmap & ~PAGE_SIZE;
	u64 to_block;

	if (block && IS_ALIGNED(addrs, block) && left >= block) {
		*count = left / block;
		return block;
	}
	to_block = block ? block - (addrs & (block - 1)) : left;
	*count = min(left, to_block) / PAGE_SIZE;

	return PAGE_SIZE;
}

static u64 unmap_queued(struct iommu_domain *domain, u64 iova, u64 pages, bool queued)
{
	struct iommu_iotlb_gather gather = { queued };
	u64 done, left = pages * PAGE_SIZE;
	size_t count, size;

	for (; left; left -= done, iova += done) {
		size = pieces(domain, iova, left, &count);
		done = domain->ops->unmap_pages(domain, iova, size, count, &gather);
		if (done > count * size)
			host_bug("more is unmapped than was to be");
		if (!done)
			break;
	}

	return pages - left / PAGE_SIZE;
}

static u64 unmap(struct iommu_domain *domain, u64 iova, u64 pages)
{
	return unmap_queued(domain, iova, pages, false);
}

static u64 at_el2(u64 iova)
{
	return host_hypercall(HYPERCALL___pkvm_iommu_iova_to_phys, host.domain, iova);
}

/* Both sides know that pages lead there. */
static void assert_maps(struct iommu_domain *domain, u64 iova, u64 phys, u64 pages)
{
	for (; pages--; iova += PAGE_SIZE, phys += PAGE_SIZE) {
		assert_int_equal(at_el2(iova), phys);
		assert_int_equal(domain->ops->iova_to_phys(domain, iova + 7), phys + 7);
	}
}

static void assert_maps_none(struct iommu_domain *domain, u64 iova, u64 pages)
{
	for (; pages--; iova += PAGE_SIZE) {
		assert_int_equal(at_el2(iova), 0);
		assert_int_equal(domain->ops->iova_to_phys(domain, iova + 7), 0);
	}
}

/* Return: how many pages were mapped, which is what the driver said, with @error or without. */
static u64 map_some(struct iommu_domain *domain, u64 iova, u64 phys, u64 pages, int prot, gfp_t gfp,
		    int *error)
{
	u64 left = pages * PAGE_SIZE, at = iova, to = phys;
	size_t count, size, mapped;

	for (*error = 0; left && !*error; left -= mapped, at += mapped, to += mapped) {
		size = pieces(domain, at | to, left, &count);
		mapped = 0;
		host.atomic = !gfpflags_allow_blocking(gfp);
		*error = domain->ops->map_pages(domain, at, to, size, count, prot, gfp, &mapped);
		host.atomic = false;
		if (mapped > size * count || (!*error && mapped != size * count))
			host_bug("%zu of %zu are mapped with %d", mapped, size * count, *error);
	}
	assert_maps(domain, iova, phys, (at - iova) / PAGE_SIZE);

	return (at - iova) / PAGE_SIZE;
}

static int map(struct iommu_domain *domain, u64 iova, u64 phys, u64 pages, int prot, gfp_t gfp)
{
	int error;
	u64 done = map_some(domain, iova, phys, pages, prot, gfp, &error);

	if (error && unmap(domain, iova, done) != done)
		return -EFAULT;

	return error;
}

static u32 streams_attached(void)
{
	u32 i, n = 0;

	for (i = 0; i < FAKE_STREAMS; i++)
		n += fake_attached(0, i) + fake_attached(1, i);

	return n;
}

/* Pages that devices may reach, and so may not leave the host. */
static u32 held(u64 pages)
{
	u32 n = 0;

	while (pages--)
		n += el2_maps(el2_dma_pages() + pages * PAGE_SIZE);

	return n;
}

static struct iommu_domain *probed(void)
{
	struct iommu_domain *domain;

	start();
	assert_false(IS_ERR(host.ops->probe_device(&device)));
	domain = make_domain();
	assert_false(IS_ERR(domain));

	return domain;
}

static void released(struct iommu_domain *domain)
{
	assert_int_equal(attach(host.ops->release_domain), 0);
	host.ops->release_device(&device);
	domain->ops->free(domain);
	assert_int_equal(streams_attached(), 0);
	assert_int_equal(fake_domains(), 0);
	assert_int_equal(el2_memory(PKVM_IOMMU_MEM_PAGE_TABLES), tables);
	assert_int_equal(held(PAGES), 0);
	assert_true(el2_may_leave(el2_dma_pages()));
	stop();
}

static void a_device_comes_and_goes(void **state)
{
	struct iommu_domain *domain = probed();
	u32 i;

	assert_int_equal(fake_domains(), 1);
	assert_int_equal(attach(domain), 0);
	for (i = 0; i < STREAMS; i++) {
		assert_true(fake_attached(1, fwspec.ids[i]));
		assert_int_equal(fake_access(1, fwspec.ids[i], IOVA), 0);
	}
	assert_int_equal(streams_attached(), STREAMS);
	assert_int_equal(map(domain, IOVA, el2_dma_pages(), 1, IOMMU_READ, GFP_KERNEL), 0);
	assert_int_equal(fake_access(1, 9, IOVA), el2_dma_pages() | PKVM_IOMMU_READ);
	assert_int_equal(map(domain, 0, el2_dma_pages(), 1, IOMMU_WRITE | IOMMU_CACHE, GFP_KERNEL), 0);
	assert_int_equal(fake_access(1, 4, 0), el2_dma_pages() | PKVM_IOMMU_WRITE | PKVM_IOMMU_CACHE);
	assert_false(el2_may_leave(el2_dma_pages()));

	assert_int_equal(attach(host.ops->identity_domain), 0);
	assert_int_equal(fake_access(1, 6, IOVA) & PAGE_MASK, IOVA);
	assert_int_equal(attach(host.ops->blocked_domain), 0);
	assert_int_equal(streams_attached(), 0);
	assert_int_equal(attach(domain), 0);
	assert_int_equal(fake_access(1, 9, IOVA), el2_dma_pages() | PKVM_IOMMU_READ);
	released(domain);
}

/* Across the tables of both sides, and of more pages than one hypercall takes. */
static void lists_of_pages(void **state)
{
	static const u64 lengths[] = { 1, 2, 511, 512, 513, 1023, 1024, 1025, PAGES };
	u64 first, n, phys = el2_dma_pages();
	struct iommu_domain *domain = probed();
	u32 i;

	assert_int_equal(attach(domain), 0);
	for (i = 0; i < ARRAY_SIZE(lengths); i++) {
		n = lengths[i];
		for (first = 0; first < 3; first++) {
			u64 iova = first * (PAGE_SIZE / 8 - 1) * PAGE_SIZE;

			assert_int_equal(map(domain, iova, phys, n, RW, GFP_KERNEL), 0);
			assert_int_equal(held(n), n);
			assert_maps_none(domain, iova + n * PAGE_SIZE, 1);
			if (iova)
				assert_maps_none(domain, iova - PAGE_SIZE, 1);
			assert_int_equal(unmap(domain, iova, n), n);
			assert_maps_none(domain, iova, n);
			assert_int_equal(held(n), 0);
		}
	}
	released(domain);
}

/* Whatever EL2 says that an address has; the last of it can be mapped, and nothing behind. */
static void shapes(void **state)
{
	static const u32 bits[] = {
		PAGE_SHIFT + 1, PAGE_SHIFT + 3, 2 * PAGE_SHIFT - 3, 2 * PAGE_SHIFT - 2, FAKE_BITS,
		FAKE_BITS + 7, 48, 52,
	};
	u64 phys = el2_dma_pages(), end, fits;
	struct iommu_domain *domain;
	int error;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(bits); i++) {
		start();
		fake.shape = bits[i];
		assert_false(IS_ERR(host.ops->probe_device(&device)));
		domain = make_domain();
		assert_false(IS_ERR(domain));
		assert_int_equal(domain->geometry.aperture_end, BIT_ULL(bits[i]) - 1);
		assert_true(domain->geometry.force_aperture);
		assert_int_equal(domain->pgsize_bitmap, PAGE_SIZE);
		end = 1ULL << bits[i];
		fits = min(end, 1ULL << FAKE_BITS);
		assert_int_equal(map(domain, fits - PAGE_SIZE, phys, 1, RW, GFP_KERNEL), 0);
		assert_int_equal(map(domain, 0, phys, 1, RW, GFP_KERNEL), 0);
		assert_int_equal(domain->ops->iova_to_phys(domain, end), 0);
		assert_int_equal(domain->ops->iova_to_phys(domain, end + fits - PAGE_SIZE), 0);
		/* The IOMMU may have less than the driver was told of. */
		if (bits[i] >= FAKE_BITS) {
			assert_int_equal(map(domain, fits, phys, 1, RW, GFP_KERNEL), -ERANGE);
			assert_int_equal(map(domain, end, phys, 1, RW, GFP_KERNEL), -ERANGE);
			assert_int_equal(map_some(domain, fits - 3 * PAGE_SIZE, phys, 2, RW, GFP_KERNEL,
						  &error), 2);
			assert_int_equal(unmap(domain, fits - 3 * PAGE_SIZE, 2), 2);
			assert_int_equal(unmap(domain, fits, 1), 0);
			assert_int_equal(unmap(domain, end, 1), 0);
		}
		assert_maps(domain, 0, phys, 1);
		assert_maps(domain, fits - PAGE_SIZE, phys, 1);
		released(domain);
	}
}

/* One that does not fit as a whole is mapped as far as the driver says. */
static void what_does_not_fit(void **state)
{
	struct iommu_domain *domain = probed();
	u64 phys = el2_dma_pages(), end = FAKE_PAGES * PAGE_SIZE;
	int error;

	assert_int_equal(map_some(domain, end - 600 * PAGE_SIZE, phys, 700, RW, GFP_KERNEL, &error), 600);
	assert_int_equal(error, -ERANGE);
	assert_int_equal(unmap(domain, end - 600 * PAGE_SIZE, 600), 600);

	/* Nor is anything mapped over. */
	assert_int_equal(map(domain, IOVA + 700 * PAGE_SIZE, phys, 1, RW, GFP_KERNEL), 0);
	assert_int_equal(map_some(domain, IOVA, phys, PAGES, RW, GFP_KERNEL, &error), 700);
	assert_int_equal(error, -EEXIST);
	assert_maps(domain, IOVA + 700 * PAGE_SIZE, phys, 1);
	assert_int_equal(unmap(domain, IOVA, 700), 700);
	assert_maps(domain, IOVA + 700 * PAGE_SIZE, phys, 1);
	released(domain);
}

/* An unmap ends at a hole, and what lies behind is there for both sides. */
static void unmap_of_a_hole(void **state)
{
	struct iommu_domain *domain = probed();
	u64 phys = el2_dma_pages();

	assert_int_equal(map(domain, IOVA, phys, 100, RW, GFP_KERNEL), 0);
	assert_int_equal(map(domain, IOVA + 101 * PAGE_SIZE, phys, 100, RW, GFP_KERNEL), 0);
	assert_int_equal(unmap(domain, IOVA, 201), 100);
	assert_maps_none(domain, IOVA, 101);
	assert_maps(domain, IOVA + 101 * PAGE_SIZE, phys, 100);
	assert_int_equal(unmap(domain, IOVA + 101 * PAGE_SIZE, 100), 100);
	released(domain);
}

/* Blocks are told of, and are one hypercall each. */
static void blocks(void **state)
{
	u64 block = PKVM_IOMMU_PAGES_MAX * PAGE_SIZE, phys = ALIGN(el2_dma_pages(), block);
	struct iommu_domain *domain;
	u32 calls;

	start();
	fake.shape = FAKE_BITS | block;
	assert_false(IS_ERR(host.ops->probe_device(&device)));
	domain = make_domain();
	assert_false(IS_ERR(domain));
	assert_int_equal(domain->pgsize_bitmap, PAGE_SIZE | block);
	calls = host.calls;
	assert_int_equal(map(domain, block, phys, 2 * PKVM_IOMMU_PAGES_MAX, RW, GFP_KERNEL), 0);
	assert_int_equal(host.calls - calls, 2);
	assert_int_equal(unmap(domain, block, PKVM_IOMMU_PAGES_MAX), PKVM_IOMMU_PAGES_MAX);
	assert_maps_none(domain, block, PKVM_IOMMU_PAGES_MAX);
	assert_maps(domain, 2 * block, phys + block, PKVM_IOMMU_PAGES_MAX);
	assert_int_equal(unmap(domain, 2 * block, PKVM_IOMMU_PAGES_MAX), PKVM_IOMMU_PAGES_MAX);
	released(domain);
}

/* Of a deferred unmap the host knows at once, EL2 with the flush; devices reach it until then. */
static void deferred(void **state)
{
	struct iommu_domain *domain = probed();
	u64 phys = el2_dma_pages(), i;
	u32 calls;

	assert_int_equal(attach(domain), 0);
	assert_int_equal(map(domain, IOVA, phys, PAGES, RW, GFP_KERNEL), 0);
	calls = host.calls;
	for (i = 0; i < PAGES; i += 13)
		assert_int_equal(unmap_queued(domain, IOVA + i * PAGE_SIZE, 13, true), 13);
	assert_int_equal(host.calls, calls);
	assert_int_equal(held(PAGES), PAGES);
	for (i = 0; i < PAGES; i++) {
		assert_int_equal(domain->ops->iova_to_phys(domain, IOVA + i * PAGE_SIZE), 0);
		assert_int_equal(fake_access(1, 4, IOVA + i * PAGE_SIZE) & PAGE_MASK, phys + i * PAGE_SIZE);
	}
	domain->ops->flush_iotlb_all(domain);
	/* Twelve ranges to a call. */
	assert_int_equal(host.calls - calls, DIV_ROUND_UP(PAGES / 13, PKVM_IOMMU_RANGES_MAX));
	assert_int_equal(held(PAGES), 0);
	assert_maps_none(domain, IOVA, PAGES);
	domain->ops->flush_iotlb_all(domain);
	assert_int_equal(host.calls - calls, DIV_ROUND_UP(PAGES / 13, PKVM_IOMMU_RANGES_MAX));

	/* Long ones: a call takes part of a range, and the next one goes on there. */
	assert_int_equal(map(domain, IOVA, phys, PAGES, RW, GFP_KERNEL), 0);
	assert_int_equal(unmap_queued(domain, IOVA, 300, true), 300);
	assert_int_equal(unmap_queued(domain, IOVA + 300 * PAGE_SIZE, PAGES - 300, true), PAGES - 300);
	domain->ops->flush_iotlb_all(domain);
	assert_int_equal(held(PAGES), 0);
	assert_maps_none(domain, IOVA, PAGES);

	/* More of them than there is room for: they are flushed on the way. */
	assert_int_equal(map(domain, IOVA, phys, PAGES, RW, GFP_KERNEL), 0);
	for (i = 0; i < PAGES; i++)
		assert_int_equal(unmap_queued(domain, IOVA + i * PAGE_SIZE, 1, true), 1);
	assert_true(held(PAGES) && held(PAGES) < PAGES);

	/* A page is to leave: all domains are flushed. */
	assert_true(pkvm_iommu_flush_queues());
	assert_false(pkvm_iommu_flush_queues());
	assert_int_equal(held(PAGES), 0);
	assert_int_equal(host.prints, 0);
	released(domain);
}

/* What comes to the queue while it is flushed. */
static struct iommu_domain *other_domain;

static void another_unmaps(enum hypercall call)
{
	host.on_call = NULL;
	assert_int_equal(unmap_queued(other_domain, IOVA + 20 * PAGE_SIZE, 5, true), 5);
}

static void deferred_meanwhile(void **state)
{
	struct iommu_domain *domain = probed();

	assert_int_equal(map(domain, IOVA, el2_dma_pages(), 25, RW, GFP_KERNEL), 0);
	assert_int_equal(unmap_queued(domain, IOVA, 20, true), 20);
	other_domain = domain;
	host.on_call = another_unmaps;
	domain->ops->flush_iotlb_all(domain);
	assert_null(host.on_call);
	assert_int_equal(held(25), 0);
	released(domain);
}

/* Two want the same table: there is one, which knows of both. */
static void another_maps(void)
{
	host.on_page = NULL;
	assert_int_equal(map(other_domain, IOVA + PAGE_SIZE, el2_dma_pages(), 1, RW, GFP_KERNEL), 0);
}

static void tables_meanwhile(void **state)
{
	struct iommu_domain *domain = probed();

	other_domain = domain;
	host.on_page = another_maps;
	assert_int_equal(map(domain, IOVA, el2_dma_pages(), 1, RW, GFP_KERNEL), 0);
	assert_null(host.on_page);
	assert_maps(domain, IOVA + PAGE_SIZE, el2_dma_pages(), 1);
	released(domain);
}

static void reserved_regions(void **state)
{
	struct iommu_resv_region *region, *next;
	struct iommu_domain *domain = probed();
	LIST_HEAD(regions);
	u32 direct = 0, msi = 0;

	host.ops->get_resv_regions(&device, &regions);
	list_for_each_entry_safe(region, next, &regions, list) {
		msi += region->type == IOMMU_RESV_SW_MSI && region->start == 0x8000000;
		direct += region->type == IOMMU_RESV_DIRECT;
		/* As iommu.c maps it, before the device is attached. */
		if (region->type == IOMMU_RESV_DIRECT)
			assert_int_equal(map(domain, region->start, el2_dma_pages(), 1, region->prot,
					     GFP_KERNEL), 0);
		list_del(&region->list);
		kfree(region);
	}
	assert_int_equal(msi, 1);
	assert_int_equal(direct, 1);
	assert_int_equal(attach(domain), 0);
	assert_int_equal(fake_access(1, 9, 2 * PAGE_SIZE), el2_dma_pages() | PKVM_IOMMU_READ);

	host.fail_alloc = host.allocs + 1;
	host.ops->get_resv_regions(&device, &regions);
	assert_true(list_empty(&regions));
	released(domain);
}

static void devices(void **state)
{
	struct fwnode_handle elsewhere;

	start();
	assert_int_equal(host.ops->of_xlate(&device, &(struct of_phandle_args){ .args = { 12 } }), 0);
	assert_int_equal(fwspec.ids[STREAMS], 12);
	fwspec.iommu_fwnode = &elsewhere;
	assert_int_equal(PTR_ERR(host.ops->probe_device(&device)), -ENODEV);
	fwspec.iommu_fwnode = &nodes[0];
	host.fail_alloc = host.allocs + 1;
	assert_int_equal(PTR_ERR(host.ops->probe_device(&device)), -ENOMEM);
	assert_false(IS_ERR(host.ops->probe_device(&device)));
	assert_ptr_equal(host.ops->device_group(&device), generic_device_group(&device));
	device.pci = true;
	assert_ptr_equal(host.ops->device_group(&device), pci_device_group(&device));
	assert_true(host.ops->capable(&device, IOMMU_CAP_DEFERRED_FLUSH));
	assert_false(host.ops->capable(&device, IOMMU_CAP_NOEXEC));
	assert_false(host.ops->capable(&device, IOMMU_CAP_CACHE_COHERENCY));
	device.coherent = true;
	assert_true(host.ops->capable(&device, IOMMU_CAP_CACHE_COHERENCY));
	host.passthrough = true;
	assert_int_equal(host.ops->def_domain_type(&device), 0);
	host.ops->release_device(&device);
	stop();
}

/* One that has no identity domain, and what does not register, is as if it were not there. */
static void registering(void **state)
{
	struct fwnode_handle node;
	struct device third = { .name = "third", .fwnode = &node };

	start();
	host.fail_alloc = host.allocs + 1;
	assert_int_equal(pkvm_iommu_register(&third, 2, false), -ENOMEM);
	host.no_sysfs = true;
	assert_int_equal(pkvm_iommu_register(&third, 2, false), -ENOMEM);
	host.no_sysfs = false;
	fwspec.iommu_fwnode = &node;
	assert_int_equal(PTR_ERR(host.ops->probe_device(&device)), -ENODEV);
	free(third.managed);
	third.managed = NULL;
	host.no_register = true;
	assert_int_equal(pkvm_iommu_register(&third, 2, false), -EBUSY);
	assert_int_equal(PTR_ERR(host.ops->probe_device(&device)), -ENODEV);
	free(third.managed);
	third.managed = NULL;
	host.no_register = false;
	assert_int_equal(pkvm_iommu_register(&third, 2, false), 0);
	assert_false(IS_ERR(host.ops->probe_device(&device)));
	assert_int_equal(host.ops->def_domain_type(&device), 0);
	host.passthrough = true;
	assert_int_equal(host.ops->def_domain_type(&device), IOMMU_DOMAIN_DMA);
	host.ops->release_device(&device);
	free(third.managed);
	host.live--;
	stop();
}

static struct {
	int flags;
	u64 iova;
} fault;

static int on_fault(struct device *dev, u64 iova, int flags)
{
	fault.flags = flags;
	fault.iova = iova;

	return 0;
}

/* Faults concern the domain that the device is attached to, while it is. */
static void faults_of_devices(void **state)
{
	struct iommu_domain *domain = probed();

	assert_null(pkvm_iommu_find_device(1, 5));
	assert_null(pkvm_iommu_find_device(0, 9));
	assert_ptr_equal(pkvm_iommu_find_device(1, 9), &device);
	assert_int_equal(device.refs, 1);
	domain->handler = on_fault;
	assert_false(pkvm_iommu_report_fault(&device, IOVA, true));
	assert_int_equal(attach(domain), 0);
	assert_true(pkvm_iommu_report_fault(&device, IOVA, true));
	assert_int_equal(fault.flags, IOMMU_FAULT_WRITE);
	assert_int_equal(fault.iova, IOVA);
	assert_true(pkvm_iommu_report_fault(&device, IOVA, false));
	assert_int_equal(fault.flags, IOMMU_FAULT_READ);
	domain->handler = NULL;
	assert_false(pkvm_iommu_report_fault(&device, IOVA, true));
	domain->handler = on_fault;
	assert_int_equal(attach(host.ops->identity_domain), 0);
	assert_false(pkvm_iommu_report_fault(&device, IOVA, true));
	assert_int_equal(attach(domain), 0);
	assert_int_equal(attach(host.ops->blocked_domain), 0);
	assert_false(pkvm_iommu_report_fault(&device, IOVA, true));
	released(domain);
}

/* An alias is listed twice: it is attached once. */
static void a_stream_listed_twice(void **state)
{
	struct iommu_domain *domain;

	start();
	fwspec.ids[2] = fwspec.ids[0];
	assert_false(IS_ERR(host.ops->probe_device(&device)));
	domain = make_domain();
	assert_int_equal(attach(domain), 0);
	assert_int_equal(streams_attached(), 2);
	assert_int_equal(attach(host.ops->blocked_domain), 0);
	assert_int_equal(host.prints, 0);
	released(domain);
}

/* The next hypercalls but @after fail, so many of them. */
static void fail_calls(u32 after, u32 times, int error)
{
	host.fail_call = host.calls + after + 1;
	host.fail_times = times;
	host.fail_with = error;
}

/* At its second stream: the device is where it was, with all of them. */
static void an_attach_fails_halfway(void **state)
{
	struct iommu_domain *domain = probed();
	u32 i;

	fail_calls(1, 1, -EIO);
	assert_int_equal(attach(domain), -EIO);
	assert_int_equal(streams_attached(), 0);
	assert_int_equal(attach(domain), 0);
	domain->handler = on_fault;
	assert_int_equal(map(domain, IOVA, el2_dma_pages(), 1, RW, GFP_KERNEL), 0);

	fail_calls(STREAMS + 1, 1, -EIO);
	assert_int_equal(attach(host.ops->identity_domain), -EIO);
	for (i = 0; i < STREAMS; i++)
		assert_int_equal(fake_access(1, fwspec.ids[i], IOVA) & PAGE_MASK, el2_dma_pages());
	assert_true(pkvm_iommu_report_fault(&device, IOVA, true));

	/* Nor can it be put back. */
	fail_calls(STREAMS, STREAMS + 2, -EIO);
	assert_int_equal(attach(host.ops->identity_domain), -EIO);
	assert_int_equal(streams_attached(), 0);
	assert_false(pkvm_iommu_report_fault(&device, IOVA, true));
	host.fail_call = 0;
	assert_int_equal(attach(host.ops->identity_domain), 0);
	released(domain);
}

/* A stream that EL2 does not detach is not said to be blocked, and keeps what it reaches. */
static void a_detach_fails(void **state)
{
	struct iommu_domain *domain = probed();

	assert_int_equal(attach(domain), 0);
	assert_int_equal(map(domain, IOVA, el2_dma_pages(), 1, RW, GFP_KERNEL), 0);
	fail_calls(1, 1, -ETIMEDOUT);
	assert_int_equal(attach(host.ops->blocked_domain), -ETIMEDOUT);
	assert_int_equal(host.prints, 1);
	assert_int_equal(streams_attached(), 1);
	assert_int_equal(fake_access(1, fwspec.ids[1], IOVA) & PAGE_MASK, el2_dma_pages());

	/* Nothing else is attached meanwhile. */
	fail_calls(1, 1, -ETIMEDOUT);
	assert_int_equal(attach(host.ops->identity_domain), -ETIMEDOUT);
	assert_int_equal(streams_attached(), 1);
	assert_int_equal(attach(domain), 0);
	assert_int_equal(streams_attached(), STREAMS);

	/* It outlives the domain, of which the pages stay the host's. */
	fail_calls(0, 1, -ETIMEDOUT);
	assert_int_equal(attach(host.ops->blocked_domain), -ETIMEDOUT);
	domain->ops->free(domain);
	assert_false(el2_may_leave(el2_dma_pages()));
	assert_int_equal(attach(host.ops->blocked_domain), 0);
	assert_int_equal(streams_attached(), 0);
	host.ops->release_device(&device);
	stop();
}

/* What EL2 does not unmap of a flush is one range: the others are unmapped. */
static void a_flush_fails(void **state)
{
	struct iommu_domain *domain = probed();
	u32 i;

	assert_int_equal(map(domain, IOVA, el2_dma_pages(), 30, RW, GFP_KERNEL), 0);
	for (i = 0; i < 30; i++)
		assert_int_equal(unmap_queued(domain, IOVA + i * PAGE_SIZE, 1, true), 1);
	fail_calls(1, 2, -EIO);
	domain->ops->flush_iotlb_all(domain);
	assert_int_equal(held(30), 2);
	assert_int_equal(host.prints, 1);

	/* Of an address that EL2 did not unmap nothing else is made. */
	for (i = 0; i < 30; i++) {
		u64 iova = IOVA + i * PAGE_SIZE, was = at_el2(iova);

		assert_int_equal(map(domain, iova, el2_dma_pages(), 1, RW, GFP_KERNEL), was ? -EEXIST : 0);
		assert_int_equal(domain->ops->iova_to_phys(domain, iova), was ? 0 : el2_dma_pages());
	}
	released(domain);
}

/* EL2 has no memory: it gets some, by whoever may sleep and by whoever may not; or nobody has. */
static void memory_for_el2(void **state)
{
	gfp_t gfp[] = { GFP_KERNEL, GFP_ATOMIC };
	struct iommu_domain *domain;
	int error;
	u64 done;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(gfp); i++) {
		domain = probed();
		assert_int_equal(attach(domain), 0);
		assert_int_equal(map(domain, IOVA, el2_dma_pages(), 1, RW, gfp[i]), 0);
		el2_drain();
		host.no_pages = true;
		/* As far as the leaf goes that there is. */
		done = map_some(domain, IOVA + PAGE_SIZE, el2_dma_pages(), FAKE_PAGES / FAKE_LEAVES, RW,
				gfp[i], &error);
		assert_int_equal(error, -ENOMEM);
		assert_int_equal(done, FAKE_PAGES / FAKE_LEAVES - 6);
		assert_int_equal(host.given, 0);
		host.no_pages = false;
		assert_int_equal(map(domain, IOVA + (1 + done) * PAGE_SIZE, el2_dma_pages(), 6, RW, gfp[i]), 0);
		assert_true(host.given > 0);
		assert_int_equal(unmap(domain, IOVA, done + 7), done + 7);
		released(domain);
	}
}

/*
 * A life of a device and a domain. Whatever fails, for which there has to be a fault, is tried
 * again without one.
 * @faults: so many at the most
 * @failed: what was tried again
 * @domain_stays: EL2 did not end it; nobody uses it, nor its name
 * @pages_stay: an unmap failed, for good
 */
static struct life {
	bool lazy, atomic;
	u32 faults, failed;
	bool domain_stays, pages_stay;
} life;

static void fault_ends(void)
{
	life.failed++;
	assert_true(host.failed || fake.op.hit);
	host.fail_call = 0;
	fake.op.times = 0;
	fake.op.ends_after = 0;
	host.no_pages = false;
}

/* With one fault the device is where it was, or where EL2 did not let go of it; and then it goes. */
static void attach_again(struct iommu_domain *domain, u32 streams)
{
	u32 before = streams_attached(), prints = host.prints;
	int ret = attach(domain);

	if (ret) {
		fault_ends();
		assert_true(streams_attached() <= max(before, life.faults > 1 ? STREAMS : 0));
		if (life.faults == 1 && host.prints == prints)
			assert_int_equal(streams_attached(), before);
		assert_int_equal(attach(domain), 0);
	}
	assert_int_equal(streams_attached(), streams);
}

static void map_again(struct iommu_domain *domain, u64 iova, u64 phys, u64 pages, gfp_t gfp)
{
	u64 done;
	int error;

	done = map_some(domain, iova, phys, pages, RW, gfp, &error);
	if (!error)
		return;
	fault_ends();
	/* What is said to be mapped is, and no more. */
	assert_maps_none(domain, iova + done * PAGE_SIZE, pages - done);
	assert_int_equal(unmap(domain, iova, done), done);
	assert_maps_none(domain, iova, pages);
	assert_int_equal(map(domain, iova, phys, pages, RW, gfp), 0);
}

static void unmap_again(struct iommu_domain *domain, u64 iova, u64 phys, u64 pages)
{
	u64 done = unmap(domain, iova, pages), at, gone = 0;

	assert_maps_none(domain, iova, done);
	if (done == pages)
		return;
	/* Nobody says of a page that it is there which is not, nor the reverse. */
	for (at = done; at < pages; at++) {
		u64 to = at_el2(iova + at * PAGE_SIZE);

		assert_int_equal(domain->ops->iova_to_phys(domain, iova + at * PAGE_SIZE), to);
		gone += !to;
	}
	/* An unmap that was cut short is no fault: it ended where it says. */
	if (fake.op.hit && !fake.op.error && !gone) {
		life.failed++;
	} else {
		fault_ends();
	}
	if (gone) {
		/* They are unmapped, and count as mapped, since an IOMMU did not answer. */
		life.pages_stay = true;
		assert_true(fake.op.hit);
		assert_int_equal(unmap(domain, iova + done * PAGE_SIZE, pages - done), 0);
		done += gone;
	}
	assert_int_equal(unmap(domain, iova + done * PAGE_SIZE, pages - done), pages - done);
	assert_maps_none(domain, iova, pages);
}

/* A range for which EL2 fails stays; the others do not. */
static void unmap_lazily(struct iommu_domain *domain, u64 iova, u64 pages)
{
	u64 at, n, stay = 0, faults;
	u32 prints = host.prints;

	for (at = 0; at < pages; at += n) {
		n = min(pages - at, 40ULL);
		assert_int_equal(unmap_queued(domain, iova + at * PAGE_SIZE, n, true), n);
	}
	domain->ops->flush_iotlb_all(domain);
	for (at = 0; at < pages; at++) {
		assert_int_equal(domain->ops->iova_to_phys(domain, iova + at * PAGE_SIZE), 0);
		stay += !!at_el2(iova + at * PAGE_SIZE);
	}
	if (host.prints == prints) {
		assert_int_equal(stay, 0);
		return;
	}
	faults = fake.op.hit + !!(host.failed & BIT(HYPERCALL___pkvm_iommu_unmap)) * host.fail_times;
	fault_ends();
	life.pages_stay = true;
	assert_true(stay <= 40 * faults);
}

static void live(void)
{
	gfp_t gfp = life.atomic ? GFP_ATOMIC : GFP_KERNEL;
	u64 phys = el2_dma_pages();
	struct iommu_domain *domain;
	struct iommu_device *iommu;
	u32 prints;

	iommu = host.ops->probe_device(&device);
	if (IS_ERR(iommu)) {
		host.failed = 1;
		fault_ends();
		iommu = host.ops->probe_device(&device);
	}
	assert_false(IS_ERR(iommu));
	domain = make_domain();
	if (IS_ERR(domain)) {
		host.failed |= host.fail_alloc && host.allocs >= host.fail_alloc;
		fault_ends();
		assert_int_equal(fake_domains(), 0);
		domain = make_domain();
	}
	assert_false(IS_ERR(domain));
	/* The first name is free, whatever ended before. */
	assert_int_equal(host.domain, 0);
	attach_again(domain, STREAMS);
	map_again(domain, IOVA, phys, PAGES, gfp);
	map_again(domain, 0, phys, 1, gfp);
	if (life.lazy)
		unmap_lazily(domain, IOVA, 700);
	else
		unmap_again(domain, IOVA, phys, 700);
	attach_again(host.ops->identity_domain, STREAMS);
	attach_again(host.ops->blocked_domain, 0);
	attach_again(domain, STREAMS);
	if (!life.pages_stay)
		map_again(domain, IOVA, phys, 20, gfp);
	attach_again(host.ops->release_domain, 0);
	host.ops->release_device(&device);
	prints = host.prints;
	domain->ops->free(domain);
	if (host.prints != prints) {
		fault_ends();
		life.domain_stays = true;
	}

	/* Nothing is left, or a domain that no device uses, of which nobody else gets the name. */
	assert_int_equal(host.live, FAKE_IOMMUS);
	assert_int_equal(streams_attached(), 0);
	assert_int_equal(fake_domains(), life.domain_stays);
	if (!life.domain_stays) {
		assert_int_equal(el2_memory(PKVM_IOMMU_MEM_PAGE_TABLES), tables);
		assert_int_equal(held(PAGES), 0);
	}
	assert_int_equal(el2_memory(PKVM_IOMMU_MEM_DONATED), host.given * PAGE_SIZE);
}

/* With a fault, and without one. */
static void live_twice(void)
{
	u32 stay;

	live();
	stay = life.domain_stays;
	host.fail_call = 0;
	host.fail_alloc = 0;
	host.failed = 0;
	host.no_pages = false;
	fake.op.times = 0;
	fake.op.hit = 0;
	if (stay)
		return;
	life.pages_stay = false;
	life.failed = 0;
	live();
	assert_int_equal(life.failed, 0);
}

/* How many hypercalls, operations and allocations there are in a life. */
static struct {
	u32 calls, ops, allocs;
} whole;

static void begin(bool lazy, bool atomic)
{
	start();
	life = (struct life){ .lazy = lazy, .atomic = atomic };
}

static void count_whole(bool lazy, bool atomic)
{
	u32 allocs;

	begin(lazy, atomic);
	allocs = host.allocs;
	fake.op.calls = 0;
	live();
	assert_int_equal(life.failed, 0);
	assert_int_equal(host.prints, 0);
	whole.calls = host.calls;
	whole.ops = fake.op.calls;
	whole.allocs = host.allocs - allocs;
	assert_true(whole.calls > 20 && whole.ops > 20 && whole.allocs > 3);
	stop();
}

/* On another machine, where something stayed behind on the last. */
static void live_with_faults(u32 faults, bool lazy, bool atomic)
{
	life = (struct life){ .lazy = lazy, .atomic = atomic, .faults = faults };
	live_twice();
	if (life.domain_stays) {
		stop();
		begin(lazy, atomic);
	}
}

/* Not -ENOENT: EL2 says so of a stream that is detached. */
static const int errors[] = {
	-ENOMEM, -EIO, -ETIMEDOUT, -EAGAIN, -EBUSY, -ENOSPC, -EPERM, -EEXIST, -EOVERFLOW,
};

#define for_each_way(lazy, atomic) \
	for (u32 way = 0, lazy, atomic; lazy = way & 1, atomic = way >> 1, way < 4; way++)

/* Hypercalls that EL2 does not carry out: one, or some one behind the other. */
static void hypercalls_fail(void **state)
{
	static const u32 times[] = { 1, 2, 6 };
	u32 at, e;

	for_each_way(lazy, atomic) {
		count_whole(lazy, atomic);
		begin(lazy, atomic);
		for (e = 0; e < ARRAY_SIZE(errors); e++) {
			for (at = 1; at <= whole.calls; at++) {
				host.fail_call = host.calls + at;
				host.fail_times = times[(e + at) % ARRAY_SIZE(times)];
				host.fail_with = errors[e];
				live_with_faults(host.fail_times, lazy, atomic);
			}
		}
		stop();
	}
}

/* Operations that an IOMMU does not carry out, or halfway. */
static void iommus_fail(void **state)
{
	static const u64 pages[] = { 0, 1, 300 };
	u32 at, e;

	for_each_way(lazy, atomic) {
		count_whole(lazy, atomic);
		begin(lazy, atomic);
		/* The last one is none: it is cut short. */
		for (e = 0; e <= ARRAY_SIZE(errors); e++) {
			for (at = 1; at <= whole.ops; at++) {
				fake.op.at = at;
				fake.op.times = 1 + at % 3;
				fake.op.error = e < ARRAY_SIZE(errors) ? errors[e] : 0;
				fake.op.pages = pages[(e + at) % ARRAY_SIZE(pages)] ?: !fake.op.error;
				live_with_faults(fake.op.times, lazy, atomic);
			}
		}
		stop();
	}
}

/* One that EL2 has no memory for works as soon as it has some, and fails where nobody has. */
static void no_memory_at_el2(void **state)
{
	u32 at, pages, atomic;

	for (atomic = 0; atomic < 2; atomic++) {
		count_whole(false, atomic);
		begin(false, atomic);
		for (pages = 0; pages < 2; pages++) {
			for (at = 1; at <= whole.calls; at++) {
				host.fail_call = at;
				host.fail_times = 1;
				host.fail_with = -ENOMEM;
				host.no_pages = !pages;
				life.faults = 1;
				live();
				if (host.failed & (BIT(HYPERCALL___pkvm_iommu_domain_alloc) |
						   BIT(HYPERCALL___pkvm_iommu_attach) |
						   BIT(HYPERCALL___pkvm_iommu_map))) {
					assert_int_equal(life.failed, !pages);
					assert_int_equal(!host.given, !pages);
				}
				stop();
				begin(false, atomic);
			}
		}
		stop();
	}
}

/* The host itself has no memory. */
static void allocations_fail(void **state)
{
	u32 at;

	for_each_way(lazy, atomic) {
		count_whole(lazy, atomic);
		begin(lazy, atomic);
		for (at = 1; at <= whole.allocs; at++) {
			host.fail_alloc = host.allocs + at;
			host.failed = 1;
			live_with_faults(1, lazy, atomic);
		}
		stop();
	}
}

/* The end of a domain takes many calls. */
static void a_domain_ends_in_pieces(void **state)
{
	struct iommu_domain *domain = probed();
	u32 calls;

	assert_int_equal(map(domain, IOVA, el2_dma_pages(), PAGES, RW, GFP_KERNEL), 0);
	fake.op.ends_after = 7;
	calls = host.calls;
	released(domain);
	assert_int_equal(host.calls - calls, 8);
	assert_int_equal(host.prints, 0);
}

/* One that EL2 does not end keeps its name, and holds no other up. */
static void a_domain_does_not_end(void **state)
{
	struct iommu_domain *domain = probed();
	u32 name = host.domain;

	fake.op.at = 1;
	fake.op.times = 1;
	fake.op.error = -ETIMEDOUT;
	domain->ops->free(domain);
	assert_int_equal(host.prints, 1);
	assert_int_equal(fake_domains(), 1);
	domain = make_domain();
	assert_false(IS_ERR(domain));
	assert_int_not_equal(host.domain, name);
	assert_int_equal(attach(domain), 0);
	assert_int_equal(attach(host.ops->blocked_domain), 0);
	name = host.domain;
	domain->ops->free(domain);
	domain = make_domain();
	assert_int_equal(host.domain, name);
	domain->ops->free(domain);
	host.ops->release_device(&device);
	stop();
}

#define MANY 24

static struct {
	struct iommu_domain *domain;
	u32 name;
} many[MANY];

/* One page in each leaf of a domain, and what is unmapped leaves the leaf behind. */
static void wander(u32 n)
{
	u64 i, iova;

	host.domain = many[n].name;
	for (i = 0; i < FAKE_LEAVES; i++) {
		iova = i * FAKE_LEAF + IOVA;
		assert_int_equal(map(many[n].domain, iova, el2_dma_pages(), 1, RW, GFP_KERNEL), 0);
		assert_int_equal(unmap(many[n].domain, iova, 1), 1);
	}
}

static u64 kept(void)
{
	return (el2_memory(PKVM_IOMMU_MEM_PAGE_TABLES) - tables) >> PAGE_SHIFT;
}

/* Domains that wander, until EL2 has got more than the quota. */
static void make_many(void)
{
	u32 i;

	for (i = 0; i < MANY; i++) {
		many[i].domain = make_domain();
		assert_false(IS_ERR(many[i].domain));
		many[i].name = host.domain;
		wander(i);
		/* Not sooner. */
		assert_true(!host.work || kept() > 64);
	}
	assert_non_null(host.work);
	assert_int_equal(host.work_delay, 0);
	assert_int_equal(kept(), MANY * FAKE_LEAVES);
}

static void free_many(void)
{
	u32 i;

	for (i = 0; i < MANY; i++)
		many[i].domain->ops->free(many[i].domain);
}

/* What maps nothing is kept up to the quota; then all of it goes, and nothing else. */
static void tables_come_back(void **state)
{
	struct iommu_domain *domain = probed();
	u64 used = el2_dma_pages() + PAGE_SIZE;

	make_many();
	host.domain = many[3].name;
	assert_int_equal(map(many[3].domain, IOVA, used, 1, RW, GFP_KERNEL), 0);
	host_work();
	assert_int_equal(kept(), 1);
	assert_maps(many[3].domain, IOVA, used, 1);
	assert_int_equal(unmap(many[3].domain, IOVA, 1), 1);

	/* It is looked at when EL2 wants memory, and when the host does. */
	wander(0);
	assert_null(host.work);
	pkvm_iommu_trim_soon();
	assert_non_null(host.work);
	assert_int_not_equal(host.work_delay, 0);
	host_work();
	assert_int_equal(kept(), 0);
	free_many();
	released(domain);
}

static void trim_with(u32 at, u32 times, int error)
{
	fake.op = (struct fake_op){ .at = at, .times = times, .error = error };
	pkvm_iommu_trim_soon();
	host_work();
	assert_int_equal(fake.op.hit, times);
	fake.op = (struct fake_op){ 0 };
}

/* Another CPU works on a domain: it is tried again, and some other time. */
static void tables_are_busy(void **state)
{
	struct iommu_domain *domain = probed();
	u32 calls;

	make_many();
	calls = host.calls;
	trim_with(3, 7, -EBUSY);
	assert_int_equal(kept(), 0);
	/* A call for each leaf, none behind the last, one where there is none; and those in vain. */
	assert_int_equal(host.calls - calls, MANY * FAKE_LEAVES + 1 + 7);

	/* One table stays, of those that are looked at first; the others of the domain do not. */
	wander(MANY - 2);
	wander(MANY - 1);
	trim_with(3, 8, -EBUSY);
	assert_int_equal(kept(), 1);

	/* An IOMMU that does not answer keeps the tables of its domain. */
	wander(MANY - 1);
	trim_with(4, 1, -EIO);
	assert_int_equal(kept(), FAKE_LEAVES - 3);
	trim_with(0, 0, 0);
	assert_int_equal(kept(), 0);
	free_many();
	released(domain);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_device_comes_and_goes),
		cmocka_unit_test(lists_of_pages),
		cmocka_unit_test(shapes),
		cmocka_unit_test(what_does_not_fit),
		cmocka_unit_test(unmap_of_a_hole),
		cmocka_unit_test(blocks),
		cmocka_unit_test(deferred),
		cmocka_unit_test(deferred_meanwhile),
		cmocka_unit_test(tables_meanwhile),
		cmocka_unit_test(reserved_regions),
		cmocka_unit_test(devices),
		cmocka_unit_test(registering),
		cmocka_unit_test(faults_of_devices),
		cmocka_unit_test(a_stream_listed_twice),
		cmocka_unit_test(an_attach_fails_halfway),
		cmocka_unit_test(a_detach_fails),
		cmocka_unit_test(a_flush_fails),
		cmocka_unit_test(memory_for_el2),
		cmocka_unit_test(a_domain_ends_in_pieces),
		cmocka_unit_test(a_domain_does_not_end),
		cmocka_unit_test(tables_come_back),
		cmocka_unit_test(tables_are_busy),
		cmocka_unit_test(hypercalls_fail),
		cmocka_unit_test(iommus_fail),
		cmocka_unit_test(no_memory_at_el2),
		cmocka_unit_test(allocations_fail),
	};

	return cmocka_run_group_tests_name("host", tests, NULL, NULL);
}
