// SPDX-License-Identifier: GPL-2.0-only
/* Devices and what the host mapped for them in a domain. */

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "cases.h"
#include "domain.h"
#include "edu.h"
#include "kmod.h"
#include "sysfile.h"
#include "testdev.h"

#define HOST_WORD	0x1057da7a1057da7aull

static uint64_t page_of(const struct fixture *f, size_t i)
{
	return f->mem.phys[i];
}

int domain_hits(struct fixture *f, uint64_t iova, size_t page)
{
	volatile uint64_t *word = mem_word(&f->mem, page);
	int ret;

	*word = HOST_WORD;
	ret = testdev_write(&f->testdev, iova);
	if (ret < 0)
		return ret;
	if ((uint32_t)*word != (ret == REACHED ? TESTDEV_PATTERN : (uint32_t)HOST_WORD))
		return -EBADMSG;

	return ret;
}

/* A device reads at an address, at which it would find that page. */
static int sees(struct fixture *f, uint64_t iova, size_t page)
{
	*mem_word(&f->mem, page) = HOST_WORD;

	return device_sees(f, iova, HOST_WORD);
}

int domain_map_victim(struct fixture *f)
{
	int ret = domain_map(f, DOMAIN_A, DOMAIN_IOVA, page_of(f, f->page));

	if (!ret)
		ret = domain_hits(f, DOMAIN_IOVA, f->page);

	return ret == REACHED ? 0 : ret < 0 ? ret : -EIO;
}

static int map_with(struct fixture *f, uint32_t prot)
{
	uint64_t range = page_of(f, f->page) | 1, mapped;

	return domain_map_list(f, DOMAIN_A, DOMAIN_IOVA, prot, &range, 1, &mapped);
}

int mapped_write(struct fixture *f)
{
	int ret = map_with(f, DOMAIN_MEMORY);

	return ret ? ret : domain_hits(f, DOMAIN_IOVA, f->page);
}

int mapped_read(struct fixture *f)
{
	int ret = map_with(f, DOMAIN_MEMORY);

	return ret ? ret : sees(f, DOMAIN_IOVA, f->page);
}

int beside_mapped_write(struct fixture *f)
{
	int ret = domain_map_victim(f);

	if (!ret)
		ret = testdev_write(&f->testdev, DOMAIN_IOVA + f->mem.page_size);
	if (ret == BLOCKED)
		ret = testdev_write(&f->testdev, DOMAIN_IOVA - f->mem.page_size);

	return ret;
}

int physical_write(struct fixture *f)
{
	int ret = domain_map_victim(f);

	return ret ? ret : domain_hits(f, page_of(f, f->page), f->page);
}

/* Its translation is cached when it ends. */
static int map_use_unmap(struct fixture *f)
{
	int ret = domain_map_victim(f);

	return ret ? ret : domain_unmap(f, DOMAIN_A, DOMAIN_IOVA);
}

int unmapped_write(struct fixture *f)
{
	int ret = map_use_unmap(f);

	return ret ? ret : domain_hits(f, DOMAIN_IOVA, f->page);
}

int unmapped_read(struct fixture *f)
{
	int ret = map_with(f, DOMAIN_MEMORY);

	if (!ret)
		ret = sees(f, DOMAIN_IOVA, f->page);
	if (ret != REACHED)
		return ret < 0 ? ret : -EIO;
	ret = domain_unmap(f, DOMAIN_A, DOMAIN_IOVA);

	return ret ? ret : sees(f, DOMAIN_IOVA, f->page);
}

/* Another page at the same address: it is reached, and the one before is not. */
int remapped_write(struct fixture *f)
{
	volatile uint64_t *before = mem_word(&f->mem, f->page);
	size_t other = f->page + 1;
	int ret = map_use_unmap(f);

	if (!ret)
		ret = domain_map(f, DOMAIN_A, DOMAIN_IOVA, page_of(f, other));
	if (ret)
		return ret;
	*before = HOST_WORD;
	ret = domain_hits(f, DOMAIN_IOVA, other);

	return *before == HOST_WORD ? ret : -EBADMSG;
}

int read_only_read(struct fixture *f)
{
	int ret = map_with(f, DOMAIN_READ | DOMAIN_CACHE);

	return ret ? ret : sees(f, DOMAIN_IOVA, f->page);
}

int read_only_write(struct fixture *f)
{
	int ret = map_with(f, DOMAIN_READ | DOMAIN_CACHE);

	return ret ? ret : domain_hits(f, DOMAIN_IOVA, f->page);
}

int write_only_write(struct fixture *f)
{
	int ret = map_with(f, DOMAIN_WRITE | DOMAIN_CACHE);

	return ret ? ret : domain_hits(f, DOMAIN_IOVA, f->page);
}

int write_only_read(struct fixture *f)
{
	int ret;

	if (!f->mirror)
		return fixture_skip(f, "stage 1 has no right to write without that to read");
	ret = map_with(f, DOMAIN_WRITE | DOMAIN_CACHE);

	return ret ? ret : sees(f, DOMAIN_IOVA, f->page);
}

/* The list's pages: those of the fixture from page 1 on. */
static void fill_list(const struct fixture *f, uint64_t *list)
{
	size_t i;

	for (i = 0; i < DOMAIN_LIST; i++)
		list[i] = page_of(f, 1 + i) | 1;
}

/* Of a list's pages just the first @n are reached. Return: REACHED, or what is not so. */
static int hits_first(struct fixture *f, size_t n)
{
	size_t i;
	int ret;

	for (i = 0; i < DOMAIN_LIST; i++) {
		ret = domain_hits(f, DOMAIN_IOVA + i * f->mem.page_size, 1 + i);
		if (ret != (i < n ? REACHED : BLOCKED))
			return ret < 0 ? ret : -EBADMSG;
	}

	return REACHED;
}

int list_write(struct fixture *f)
{
	uint64_t list[DOMAIN_LIST], mapped;
	int ret;

	fill_list(f, list);
	ret = domain_map_list(f, DOMAIN_A, DOMAIN_IOVA, DOMAIN_MEMORY, list, DOMAIN_LIST, &mapped);
	if (ret)
		return ret;

	return mapped == DOMAIN_LIST ? hits_first(f, DOMAIN_LIST) : -EBADMSG;
}

/* What is wrong ends the list at each of its places: what is before is mapped, nothing behind. */
static int list_ends_at(struct fixture *f, uint64_t bad)
{
	uint64_t list[DOMAIN_LIST], mapped, range;
	size_t i;
	int ret;

	for (i = 0; i < DOMAIN_LIST; i++) {
		fill_list(f, list);
		list[i] = bad;
		ret = domain_map_list(f, DOMAIN_A, DOMAIN_IOVA, DOMAIN_MEMORY, list, DOMAIN_LIST,
				      &mapped);
		if (mapped != i || !ret != !!i)
			return mapped > i ? REACHED : -EBADMSG;
		ret = hits_first(f, i);
		if (ret != REACHED)
			return ret;
		range = DOMAIN_IOVA | i;
		ret = i ? domain_unmap_list(f, DOMAIN_A, &range, 1, &mapped) : 0;
		if (ret || mapped != i)
			return ret ? ret : -EBADMSG;
	}

	return BLOCKED;
}

int list_with_bad_entry(struct fixture *f)
{
	return list_ends_at(f, f->memmap.carveout.start | 1);
}

int list_with_empty_entry(struct fixture *f)
{
	return list_ends_at(f, page_of(f, 1));
}

/* Unmaps end at the first page that is not mapped; what is behind it stays mapped. */
int list_with_hole(struct fixture *f)
{
	uint64_t list[DOMAIN_LIST], n;
	size_t hole, i;
	int ret = list_write(f);

	if (ret != REACHED)
		return ret < 0 ? ret : -EIO;
	for (hole = DOMAIN_LIST - 1; hole; hole--) {
		ret = domain_unmap(f, DOMAIN_A, DOMAIN_IOVA + hole * f->mem.page_size);
		if (ret)
			return ret;
		/* From the hole on: nothing is taken out. */
		for (i = 0; i < DOMAIN_LIST; i++)
			list[i] = (DOMAIN_IOVA + (hole + i) % DOMAIN_LIST * f->mem.page_size) | 1;
		ret = domain_unmap_list(f, DOMAIN_A, list, DOMAIN_LIST, &n);
		if (ret || n)
			return ret ? ret : -EBADMSG;
		ret = hits_first(f, hole);
		if (ret != REACHED)
			return ret;
	}

	return BLOCKED;
}

int mapped_mmio_write(struct fixture *f)
{
	uint64_t size = f->mem.page_size, range = f->edu.phys / size * size | 1, mapped;
	int ret;

	ret = domain_map_list(f, DOMAIN_A, DOMAIN_IOVA, DOMAIN_READ | DOMAIN_WRITE, &range, 1,
			      &mapped);
	if (ret)
		return ret;
	pci_write32(&f->edu, EDU_LIVENESS, 0);
	ret = testdev_write(&f->testdev, DOMAIN_IOVA + f->edu.phys % size + EDU_LIVENESS);
	if (ret < 0)
		return ret;

	return pci_read32(&f->edu, EDU_LIVENESS) == ~TESTDEV_PATTERN ? REACHED : BLOCKED;
}

int mapped_doorbell_write(struct fixture *f)
{
	uint64_t size = f->mem.page_size, at = f->memmap.its_doorbell, mapped;
	uint64_t range = at / size * size | 1;
	int ret;

	if (!at)
		return fixture_skip(f, "no ITS");
	ret = domain_map_list(f, DOMAIN_A, DOMAIN_IOVA, DOMAIN_WRITE, &range, 1, &mapped);

	return ret ? ret : testdev_write(&f->testdev, DOMAIN_IOVA + at % size);
}

static int set_type(struct fixture *f, const char *type)
{
	return sysfile_write(type, "/sys/bus/pci/devices/%s/iommu_group/type", f->testdev.name);
}

int domain_driver(struct fixture *f, const char *type, int (*run)(struct fixture *f))
{
	int ret, back;

	ret = domain_end(f);
	/* The driver believes it attached: it does so anew in a domain of another type only. */
	if (!ret && !f->mirror)
		ret = set_type(f, "DMA-FQ");
	if (!ret && !f->mirror)
		ret = set_type(f, "DMA");
	if (!ret)
		ret = set_type(f, type);
	if (ret)
		return ret;
	ret = run(f);
	if (!f->mirror)
		return ret;
	back = set_type(f, "identity");

	return back ? back : ret;
}

static int driver_map_write(struct fixture *f)
{
	uint64_t iova, phys = page_of(f, f->page);
	int ret, unmap;

	ret = kmod_dma_map(f->kmod, f->testdev.name, phys, &iova);
	if (ret)
		return ret;
	ret = domain_hits(f, iova, f->page);
	unmap = kmod_dma_unmap(f->kmod, f->testdev.name, phys, iova);

	return unmap ? unmap : ret;
}

static int driver_unmap_write(struct fixture *f)
{
	uint64_t iova, phys = page_of(f, f->page);
	int ret;

	ret = kmod_dma_map(f->kmod, f->testdev.name, phys, &iova);
	if (ret)
		return ret;
	ret = domain_hits(f, iova, f->page);
	if (ret != REACHED)
		return ret < 0 ? ret : -EIO;
	ret = kmod_dma_unmap(f->kmod, f->testdev.name, phys, iova);

	return ret ? ret : domain_hits(f, iova, f->page);
}

/* The victim behind another page, which lies anywhere, in a row for the device. */
static int driver_link(struct fixture *f, uint64_t *iova)
{
	const uint64_t phys[2] = { page_of(f, f->page == 1 ? 2 : 1), page_of(f, f->page) };
	int ret = kmod_link(f->kmod, f->testdev.name, phys, iova);

	*iova += f->mem.page_size;

	return ret;
}

static int driver_link_write(struct fixture *f)
{
	uint64_t iova;
	int ret, unlink;

	ret = driver_link(f, &iova);
	if (ret)
		return ret;
	ret = domain_hits(f, iova, f->page);
	unlink = kmod_unlink(f->kmod, f->testdev.name);

	return unlink ? unlink : ret;
}

static int driver_unlink_write(struct fixture *f)
{
	uint64_t iova;
	int ret;

	ret = driver_link(f, &iova);
	if (ret)
		return ret;
	ret = domain_hits(f, iova, f->page);
	if (ret != REACHED)
		return ret < 0 ? ret : -EIO;
	ret = kmod_unlink(f->kmod, f->testdev.name);

	return ret ? ret : domain_hits(f, iova, f->page);
}

/* EL2 has domains of all these names, so that the driver gets none. */
int driver_refused_domain(struct fixture *f)
{
	bool ours[DRIVER_DOMAINS] = { false };
	int i, error, ret = domain_end(f);

	for (i = 0; i < DRIVER_DOMAINS && !ret; i++) {
		ret = domain_alloc(f, i);
		ours[i] = !ret;
		if (ret == -EEXIST)
			ret = 0;
	}
	/* It asks for a domain only where the type is another. */
	if (!ret && !f->mirror)
		ret = set_type(f, "DMA-FQ");
	if (!ret && !set_type(f, "DMA"))
		ret = -EPROTO;
	/* It goes on in the domain that it had, which it is in where that was the mirror. */
	if (!ret)
		ret = f->mirror ? device_writes(f, f->page) : REACHED;
	for (i = 0; i < DRIVER_DOMAINS; i++) {
		error = ours[i] ? domain_free(f, i) : 0;
		if (error)
			ret = error;
	}

	return ret == REACHED ? driver_write(f) : ret < 0 ? ret : -EIO;
}

/* Something is mapped where the driver wants to map next, in whichever domain is its own. */
static int driver_map_refused(struct fixture *f)
{
	uint64_t iova, other, phys = page_of(f, f->page);
	bool ours[DRIVER_DOMAINS] = { false };
	int i, error, ret;

	ret = kmod_dma_map(f->kmod, f->testdev.name, phys, &iova);
	if (!ret)
		ret = kmod_dma_unmap(f->kmod, f->testdev.name, phys, iova);
	if (ret)
		return ret;
	for (i = 0; i < DRIVER_DOMAINS; i++)
		ours[i] = !domain_map(f, i, iova, page_of(f, 1));
	if (kmod_dma_map(f->kmod, f->testdev.name, phys, &other) != -EIO)
		ret = -EPROTO;
	for (i = 0; i < DRIVER_DOMAINS; i++) {
		error = ours[i] ? domain_unmap(f, i, iova) : 0;
		if (error)
			ret = error;
	}

	return ret ? ret : driver_map_write(f);
}

int driver_refused_map(struct fixture *f)
{
	return domain_driver(f, "DMA", driver_map_refused);
}

int driver_linked_write(struct fixture *f)
{
	return domain_driver(f, "DMA", driver_link_write);
}

int driver_lazy_linked_write(struct fixture *f)
{
	return domain_driver(f, "DMA-FQ", driver_link_write);
}

int driver_unlinked_write(struct fixture *f)
{
	return domain_driver(f, "DMA", driver_unlink_write);
}

/* The first region that firmware left the device to work in, at its own address. 0: none */
static uint64_t direct_region(struct fixture *f)
{
	unsigned long long start, end;
	char text[1024], type[32], *line, *rest;

	if (sysfile_read(text, sizeof(text), "/sys/bus/pci/devices/%s/iommu_group/reserved_regions",
			 f->testdev.name))
		return 0;
	for (line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		if (sscanf(line, "%llx %llx %31s", &start, &end, type) == 3 &&
		    !strcmp(type, "direct"))
			return start;
	}

	return 0;
}

/* The other device, which is in the mirror, sees what the first wrote there. */
static int write_direct(struct fixture *f)
{
	uint64_t at = direct_region(f);
	uint32_t word;
	int ret;

	ret = device_read(f, at, &word, sizeof(word));
	if (!ret && word == TESTDEV_PATTERN)
		return -EEXIST;
	if (!ret)
		ret = testdev_write(&f->testdev, at);
	if (ret != REACHED)
		return ret;
	ret = device_read(f, at, &word, sizeof(word));

	return ret ? ret : word == TESTDEV_PATTERN ? REACHED : -EBADMSG;
}

int direct_write(struct fixture *f)
{
	if (!direct_region(f))
		return fixture_skip(f, "firmware left no device of these to work");

	return domain_driver(f, "DMA", write_direct);
}

int driver_write(struct fixture *f)
{
	return domain_driver(f, "DMA", driver_map_write);
}

int driver_unmapped_write(struct fixture *f)
{
	return domain_driver(f, "DMA", driver_unmap_write);
}
