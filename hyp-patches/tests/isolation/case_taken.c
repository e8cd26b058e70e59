// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pages that the host mapped for a device, and a guest that is to have them: it gets none
 * that a device may reach. What the guest reads decides whether a write got to its page.
 */

#include <errno.h>

#include "cases.h"
#include "domain.h"
#include "kmod.h"
#include "mailbox.h"
#include "testdev.h"

#define TRIES		20	/* for a flush that does not come by itself at once */

static uint64_t victim(const struct fixture *f)
{
	return f->mem.phys[f->page];
}

static int take(struct fixture *f)
{
	return mailbox_fill(f->guest, f->page, 1);
}

/* The guest has the page; a device writes at an address that led to it. */
static int guest_keeps(struct fixture *f, uint64_t iova)
{
	return guest_says(f, testdev_write(&f->testdev, iova));
}

/* The guest does not get the page. */
static int refused(struct fixture *f)
{
	int ret = take(f);

	if (!ret)
		return -EBADMSG;

	return ret == -EBUSY ? 0 : ret;
}

int mapped_taken(struct fixture *f)
{
	int ret = domain_map_victim(f);

	if (!ret)
		ret = refused(f);

	return ret ? ret : domain_hits(f, DOMAIN_IOVA, f->page);
}

/* One of two domains lets go of it. */
int twice_mapped_taken(struct fixture *f)
{
	int ret = domain_map_victim(f);

	if (!ret)
		ret = domain_alloc(f, DOMAIN_B);
	if (!ret)
		ret = domain_map(f, DOMAIN_B, DOMAIN_IOVA, victim(f));
	if (!ret)
		ret = domain_unmap(f, DOMAIN_B, DOMAIN_IOVA);
	if (!ret)
		ret = refused(f);

	return ret ? ret : domain_hits(f, DOMAIN_IOVA, f->page);
}

int unmapped_taken(struct fixture *f)
{
	int ret = domain_map_victim(f);

	if (!ret)
		ret = refused(f);
	if (!ret)
		ret = domain_unmap(f, DOMAIN_A, DOMAIN_IOVA);
	if (!ret)
		ret = take(f);

	return ret ? ret : guest_keeps(f, DOMAIN_IOVA);
}

/* It was mapped until its domain ended. */
int freed_taken(struct fixture *f)
{
	int ret = domain_map_victim(f);

	if (!ret)
		ret = domain_detach(f, DOMAIN_A, &f->streams[0]);
	if (!ret)
		ret = domain_detach(f, DOMAIN_A, &f->streams[1]);
	if (!ret)
		ret = domain_free(f, DOMAIN_A);
	if (!ret)
		ret = take(f);

	return ret ? ret : guest_keeps(f, DOMAIN_IOVA);
}

static int map_of_guests(struct fixture *f)
{
	int ret = domain_map(f, DOMAIN_A, DOMAIN_IOVA, victim(f));

	if (ret && ret != -EPERM)
		return ret;
	if (!ret)
		return REACHED;

	return guest_keeps(f, DOMAIN_IOVA);
}

int guest_page_map(struct fixture *f)
{
	int ret = take(f);

	return ret ? ret : map_of_guests(f);
}

/* The guest lends it to the host, which may have devices use it. */
static int map_shared(struct fixture *f)
{
	int ret = take(f);

	if (!ret)
		ret = mailbox_share(f->guest, f->page);
	if (!ret)
		ret = domain_map(f, DOMAIN_A, DOMAIN_IOVA, victim(f));

	return ret ? ret : guest_keeps(f, DOMAIN_IOVA);
}

int shared_page_map(struct fixture *f)
{
	return map_shared(f);
}

/* The guest does not get it back as long as the host has it mapped for a device. */
int shared_page_kept(struct fixture *f)
{
	int ret = map_shared(f);

	if (ret != REACHED)
		return ret < 0 ? ret : -EIO;
	ret = mailbox_unshare(f->guest, f->page);
	if (!ret) {
		ret = take(f);
		return ret ? ret : guest_keeps(f, DOMAIN_IOVA) == BLOCKED ? -EPROTO : -EBADMSG;
	}

	return guest_keeps(f, DOMAIN_IOVA);
}

/* An unmap that the host's driver put off: a device still reaches the page. */
static int unmap_later(struct fixture *f, uint64_t *iova)
{
	int i, ret;

	for (i = 0; i < TRIES; i++) {
		ret = kmod_dma_map(f->kmod, f->testdev.name, victim(f), iova);
		if (!ret)
			ret = domain_hits(f, *iova, f->page);
		if (ret != REACHED)
			return ret < 0 ? ret : -EIO;
		ret = kmod_dma_unmap(f->kmod, f->testdev.name, victim(f), *iova);
		if (!ret)
			ret = domain_hits(f, *iova, f->page);
		if (ret)
			return ret == REACHED ? 0 : ret;
	}

	return -ETIMEDOUT;
}

static int take_deferred(struct fixture *f)
{
	uint64_t iova;
	int ret = unmap_later(f, &iova);

	if (!ret)
		ret = take(f);

	return ret ? ret : guest_keeps(f, iova);
}

/* The same for pages in a row, whether or not the flush has been meanwhile. */
static int take_unlinked(struct fixture *f)
{
	const uint64_t phys[2] = { f->mem.phys[f->page == 1 ? 2 : 1], victim(f) };
	uint64_t iova;
	int ret;

	ret = kmod_link(f->kmod, f->testdev.name, phys, &iova);
	if (ret)
		return ret;
	iova += f->mem.page_size;
	ret = domain_hits(f, iova, f->page);
	if (ret == REACHED)
		ret = kmod_unlink(f->kmod, f->testdev.name);
	else if (!ret)
		ret = -EIO;
	if (!ret)
		ret = take(f);

	return ret ? ret : guest_keeps(f, iova);
}

int deferred_linked_taken(struct fixture *f)
{
	return domain_driver(f, "DMA-FQ", take_unlinked);
}

int deferred_taken(struct fixture *f)
{
	return domain_driver(f, "DMA-FQ", take_deferred);
}
