// SPDX-License-Identifier: GPL-2.0-only
/* Maps, for a device, of what is not the host's. */

#include <errno.h>
#include <inttypes.h>

#include "cases.h"
#include "closed.h"
#include "domain.h"
#include "kmod.h"
#include "ktap.h"
#include "testdev.h"

#define PAGES(phys, n)	((phys) | (n))

/* A map that EL2 must refuse, and what a device finds @offset behind its start. */
static int try_map(struct fixture *f, uint64_t iova, uint64_t range, uint32_t prot, size_t offset)
{
	uint64_t mapped = 0;
	int ret, dma;

	ret = domain_map_list(f, DOMAIN_A, iova, prot, &range, 1, &mapped);
	if (ret && ret != -EPERM && ret != -ERANGE && ret != -EINVAL)
		return ret;
	dma = testdev_write(&f->testdev, iova + offset);
	if (dma)
		return dma;
	if (mapped)
		ktap_note("EL2 mapped %" PRIu64 " pages, %d", mapped, ret);

	return ret && !mapped ? BLOCKED : REACHED;
}

/* As memory and as registers; a device would write the last word of the page. */
static int map_page(struct fixture *f, uint64_t phys)
{
	size_t last = f->mem.page_size - sizeof(uint32_t);
	uint64_t range = PAGES(phys / f->mem.page_size * f->mem.page_size, 1);
	int ret = try_map(f, DOMAIN_IOVA, range, DOMAIN_MEMORY, last);

	if (ret != BLOCKED)
		return ret;

	return try_map(f, DOMAIN_IOVA, range, DOMAIN_READ | DOMAIN_WRITE, last);
}

int carveout_map(struct fixture *f)
{
	const struct phys_range *c = &f->memmap.carveout;

	return c->size ? map_page(f, c->start + c->size - 1) :
			 fixture_skip(f, "EL2 got no memory at boot");
}

static int map_symbol(struct fixture *f, const char *name)
{
	uint64_t phys;

	if (memmap_symbol(f->system_map, name, &phys))
		return fixture_skip(f, "no System.map");

	return map_page(f, phys);
}

int text_map(struct fixture *f)
{
	return map_symbol(f, "__hyp_text_start");
}

int bss_map(struct fixture *f)
{
	return map_symbol(f, "__kvm_nvhe_hyp_memory");
}

static int give_to_pool(struct fixture *f, uint64_t phys)
{
	int64_t error;
	int ret = kmod_call(f->kmod, f->ids.topup, phys / f->mem.page_size, 1, &error);

	return ret ? ret : (int)error;
}

/* It was mapped before, and a device has used it. */
int pool_map(struct fixture *f)
{
	uint64_t phys;
	int ret = kmod_pages(f->kmod, 0, &phys);

	if (!ret)
		ret = domain_map(f, DOMAIN_A, DOMAIN_IOVA, phys);
	if (ret)
		return ret;
	if (testdev_write(&f->testdev, DOMAIN_IOVA) != REACHED)
		return -EIO;
	ret = domain_unmap(f, DOMAIN_A, DOMAIN_IOVA);
	if (!ret)
		ret = give_to_pool(f, phys);
	if (ret == -ENOSPC)
		return fixture_skip(f, "EL2's pool is full");
	if (ret == -ENOMEM)
		return fixture_skip(f, "to EL2's pool the page would cost more than it brings");

	return ret ? ret : map_page(f, phys);
}

/* EL2 takes no page into its pool that a device may reach. */
int mapped_to_pool(struct fixture *f)
{
	uint64_t phys;
	int ret = kmod_pages(f->kmod, 0, &phys);

	if (!ret)
		ret = domain_map(f, DOMAIN_A, DOMAIN_IOVA, phys);
	if (!ret)
		ret = give_to_pool(f, phys);
	if (ret != -EBUSY)
		return ret < 0 ? ret : -EBADMSG;

	return testdev_write(&f->testdev, DOMAIN_IOVA);
}

int smmu_page0_map(struct fixture *f)
{
	return f->memmap.smmu_count ? map_page(f, f->memmap.smmu[0]) : fixture_skip(f, "no SMMU");
}

int smmu_page1_map(struct fixture *f)
{
	return f->memmap.smmu_count ? map_page(f, f->memmap.smmu[0] + SMMU_PAGE) :
				      fixture_skip(f, "no SMMU");
}

/* Registers before the SMMU's, which may be mapped, and its first page. */
int mmio_across_smmu_map(struct fixture *f)
{
	uint64_t size = f->mem.page_size;

	if (!f->memmap.smmu_count)
		return fixture_skip(f, "no SMMU");

	return try_map(f, DOMAIN_IOVA, PAGES(f->memmap.smmu[0] - size, 2),
		       DOMAIN_READ | DOMAIN_WRITE, size + size / 2);
}

int its_map(struct fixture *f)
{
	return f->memmap.its ? map_page(f, f->memmap.its) : fixture_skip(f, "no ITS");
}

/* A device would write the last word of the registers. */
int its_across_doorbell_map(struct fixture *f)
{
	uint64_t size = f->mem.page_size;

	if (!f->memmap.its)
		return fixture_skip(f, "no ITS");

	return try_map(f, DOMAIN_IOVA, PAGES(f->memmap.its_doorbell / GIC_FRAME * GIC_FRAME - size, 2),
		       DOMAIN_READ | DOMAIN_WRITE, size - sizeof(uint32_t));
}

int redistributor_map(struct fixture *f)
{
	return f->memmap.redistributor ? map_page(f, f->memmap.redistributor) :
					 fixture_skip(f, "no redistributor");
}

int nomap_map(struct fixture *f)
{
	return f->memmap.nomap ? map_page(f, f->memmap.nomap) :
				 fixture_skip(f, "firmware keeps no memory to itself");
}

/* To EL2 that is registers of some device, which the host may map; there are none. */
int above_ram_map(struct fixture *f)
{
	int ret = domain_map(f, DOMAIN_A, DOMAIN_IOVA, f->memmap.ram_end);

	return ret && ret != -EPERM ? ret : testdev_write(&f->testdev, DOMAIN_IOVA);
}

int across_ram_end_map(struct fixture *f)
{
	uint64_t size = f->mem.page_size;

	return try_map(f, DOMAIN_IOVA, PAGES(f->memmap.ram_end - size, 2), DOMAIN_MEMORY, size);
}

int beyond_bus_map(struct fixture *f)
{
	return map_page(f, 1ull << 52);
}

int wrapping_map(struct fixture *f)
{
	uint64_t last = -(uint64_t)f->mem.page_size;

	return try_map(f, DOMAIN_IOVA, PAGES(last, 2), DOMAIN_MEMORY, f->mem.page_size);
}

/* The page is the host's, and the address more than a table translates. */
int high_iova_map(struct fixture *f)
{
	static const unsigned int bits[] = { 52, 48, 63 };
	uint64_t range = PAGES(f->mem.phys[f->page], 2);
	size_t i;
	int ret;

	for (i = 0; i < sizeof(bits) / sizeof(bits[0]); i++) {
		ret = try_map(f, 1ull << bits[i], range, DOMAIN_MEMORY, 0);
		if (ret == BLOCKED)
			ret = try_map(f, -(uint64_t)f->mem.page_size, range, DOMAIN_MEMORY, 0);
		if (ret != BLOCKED)
			return ret;
	}

	return BLOCKED;
}

static int map_closed(struct fixture *f, uint64_t phys, void *arg)
{
	size_t *mapped = arg;
	int ret = domain_map(f, DOMAIN_A, DOMAIN_IOVA, phys);

	if (ret == -EPERM)
		return 0;
	ktap_note("0x%" PRIx64 ": %d", phys, ret);
	(*mapped)++;

	return ret ? ret : domain_unmap(f, DOMAIN_A, DOMAIN_IOVA);
}

/* Whatever EL2 keeps the CPU from, the host maps for no device. */
int every_page_map(struct fixture *f)
{
	size_t closed, mapped = 0;
	int ret;

	ret = closed_pages(f, &closed, &(struct closed_visitor){ map_closed, &mapped });
	if (ret)
		return ret;
	ktap_note("%zu pages of RAM are closed to the CPU, %zu of them were mapped", closed,
		  mapped);

	return mapped ? REACHED : closed ? BLOCKED : -ENOENT;
}
