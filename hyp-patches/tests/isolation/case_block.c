// SPDX-License-Identifier: GPL-2.0-only
/* What the host maps by the block: as much as one call takes, aligned to it on both sides. */

#include <errno.h>

#include "cases.h"
#include "domain.h"
#include "mailbox.h"
#include "testdev.h"

/* A part of a block is unmapped where it is mapped by pages, those being large. */
#define BLOCK_PAGE_SIZE	4096

static uint64_t block_size(const struct fixture *f)
{
	return DOMAIN_BATCH * f->mem.page_size;
}

/* Where the victim lies in it. */
static uint64_t inside(const struct fixture *f)
{
	return DOMAIN_IOVA + f->mem.phys[f->page] % block_size(f);
}

static int unmap_pages(struct fixture *f, uint64_t nr_pages)
{
	uint64_t range = DOMAIN_IOVA | nr_pages, unmapped;
	int ret = domain_unmap_list(f, DOMAIN_A, &range, 1, &unmapped);

	return ret ? ret : unmapped == nr_pages ? 0 : -EIO;
}

static int unmap_block(struct fixture *f)
{
	return unmap_pages(f, DOMAIN_BATCH);
}

/* All that lies around the victim, used by the host or not; if EL2 has none of it. */
static int try_block(struct fixture *f)
{
	uint64_t phys = f->mem.phys[f->page], range, mapped;
	int ret;

	range = (phys - phys % block_size(f)) | DOMAIN_BATCH;
	ret = domain_map_list(f, DOMAIN_A, DOMAIN_IOVA, DOMAIN_MEMORY, &range, 1, &mapped);
	if (ret || mapped == DOMAIN_BATCH)
		return ret;
	ret = unmap_pages(f, mapped);

	return ret ? ret : -EPERM;
}

/* Another page is the victim if need be. */
static int map_block(struct fixture *f)
{
	int ret = -EPERM;

	for (; f->page < f->mem.pages && ret == -EPERM; f->page++) {
		ret = try_block(f);
		if (!ret)
			return 0;
	}

	return ret;
}

static int use_block(struct fixture *f)
{
	int ret = map_block(f);

	if (!ret)
		ret = domain_hits(f, inside(f), f->page);

	return ret == REACHED ? 0 : ret < 0 ? ret : -EIO;
}

int block_write(struct fixture *f)
{
	int ret = map_block(f);

	return ret ? ret : domain_hits(f, inside(f), f->page);
}

int block_beside_write(struct fixture *f)
{
	int ret = use_block(f);

	if (!ret)
		ret = testdev_write(&f->testdev, DOMAIN_IOVA + block_size(f));

	return ret == BLOCKED ? testdev_write(&f->testdev, DOMAIN_IOVA - f->mem.page_size) : ret;
}

int block_unmapped_write(struct fixture *f)
{
	int ret = use_block(f);

	if (!ret)
		ret = unmap_block(f);

	return ret ? ret : domain_hits(f, inside(f), f->page);
}

int block_page_unmapped(struct fixture *f)
{
	uint64_t range = inside(f) | 1, unmapped;
	int ret = use_block(f);

	if (!ret && f->mem.page_size == BLOCK_PAGE_SIZE)
		ret = domain_unmap_list(f, DOMAIN_A, &range, 1, &unmapped);
	if (!ret && f->mem.page_size == BLOCK_PAGE_SIZE && unmapped)
		ret = -EBADMSG;

	return ret ? ret : domain_hits(f, inside(f), f->page);
}

/* The SMMU knows a table, which is given back. */
static int block_over_table(struct fixture *f)
{
	int ret = map_block(f);

	/* It can be mapped, and does not go on to be. */
	if (!ret)
		ret = unmap_block(f);
	if (!ret)
		ret = domain_map(f, DOMAIN_A, inside(f), f->mem.phys[f->page]);
	if (!ret)
		ret = domain_hits(f, inside(f), f->page);
	if (ret == REACHED)
		ret = domain_unmap(f, DOMAIN_A, inside(f));

	return ret ? ret : use_block(f);
}

int block_over_pages_write(struct fixture *f)
{
	int ret = block_over_table(f);

	return ret ? ret : domain_hits(f, inside(f), f->page);
}

int page_over_block_write(struct fixture *f)
{
	int ret = block_over_table(f);

	if (!ret)
		ret = unmap_block(f);
	if (!ret)
		ret = domain_map(f, DOMAIN_A, DOMAIN_IOVA, f->mem.phys[f->page]);
	if (!ret)
		ret = domain_hits(f, DOMAIN_IOVA, f->page);
	if (ret != REACHED)
		return ret < 0 ? ret : -EIO;

	/* Where the block led to the same page. */
	return inside(f) == DOMAIN_IOVA ? testdev_write(&f->testdev, inside(f) + f->mem.page_size) :
					  domain_hits(f, inside(f), f->page);
}

int block_taken(struct fixture *f)
{
	int ret = use_block(f);

	if (!ret)
		ret = mailbox_fill(f->guest, f->page, 1) == -EBUSY ? 0 : -EBADMSG;

	return ret ? ret : domain_hits(f, inside(f), f->page);
}

int block_unmapped_taken(struct fixture *f)
{
	int ret = use_block(f);

	if (!ret)
		ret = unmap_block(f);
	if (!ret)
		ret = mailbox_fill(f->guest, f->page, 1);

	return ret ? ret : guest_says(f, testdev_write(&f->testdev, inside(f)));
}
