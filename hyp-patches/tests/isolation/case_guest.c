// SPDX-License-Identifier: GPL-2.0-only
/*
 * Devices and the pages of a protected guest. What the guest reads decides
 * whether a write reached its page; whether a read did, the secret it wrote.
 */

#include <errno.h>

#include "cases.h"
#include "kmod.h"
#include "mailbox.h"
#include "poke.h"
#include "testdev.h"

static int take(struct world *w)
{
	return mailbox_fill(w->guest, w->page, 1);
}

static uint64_t victim(const struct world *w)
{
	return w->mem.phys[w->page];
}

/* A device writes the guest's page; the guest says whether its word survived. */
static int write_what_guest_has(struct world *w)
{
	uint64_t word, secret = mailbox_secret(w->guest, w->page);
	int dma, ret;

	dma = device_writes(w, w->page);
	if (dma < 0)
		return dma;
	ret = mailbox_read(w->guest, w->page, 0, &word);
	if (ret)
		return ret;
	if ((uint32_t)word == TESTDEV_PATTERN)
		return REACHED;

	return word == secret && dma == BLOCKED ? BLOCKED : -EBADMSG;
}

static int read_what_guest_has(struct world *w)
{
	return device_sees(w, victim(w), mailbox_secret(w->guest, w->page));
}

int guest_write(struct world *w)
{
	int ret = take(w);

	return ret ? ret : write_what_guest_has(w);
}

int guest_read(struct world *w)
{
	int ret = take(w);

	return ret ? ret : read_what_guest_has(w);
}

/* The translation is in the SMMU when the page changes hands. */
int guest_write_cached(struct world *w)
{
	int ret = device_writes(w, w->page);

	if (ret != REACHED)
		return ret < 0 ? ret : -EIO;

	return guest_write(w);
}

int guest_read_cached(struct world *w)
{
	int ret;

	*mem_word(&w->mem, w->page) = 1;
	ret = device_sees(w, victim(w), 1);
	if (ret != REACHED)
		return ret < 0 ? ret : -EIO;

	return guest_read(w);
}

static int take_beside(struct world *w)
{
	return w->neighbour ? take(w) : world_lacks(w, "no two pages of memory lie side by side");
}

/* The host's page right behind the guest's: where a block was, there are pages now. */
int neighbour_write(struct world *w)
{
	volatile uint64_t *word = mem_word(&w->mem, w->neighbour);
	int ret = take_beside(w);

	if (ret)
		return ret;
	*word = 0;
	ret = device_writes(w, w->neighbour);
	if (ret < 0)
		return ret;

	return (uint32_t)*word == TESTDEV_PATTERN ? REACHED : BLOCKED;
}

int neighbour_read(struct world *w)
{
	int ret = take_beside(w);

	if (ret)
		return ret;
	*mem_word(&w->mem, w->neighbour) = 2;

	return device_sees(w, w->mem.phys[w->neighbour], 2);
}

static int share(struct world *w)
{
	int ret = take(w);

	return ret ? ret : mailbox_share(w->guest, w->page);
}

int shared_write(struct world *w)
{
	int ret = share(w);

	return ret ? ret : write_what_guest_has(w);
}

int shared_read(struct world *w)
{
	int ret = share(w);

	return ret ? ret : read_what_guest_has(w);
}

/* A device used the page while it was shared. Then the guest writes its secret anew. */
int unshared_write(struct world *w)
{
	int ret = shared_write(w);

	if (ret != REACHED)
		return ret < 0 ? ret : -EIO;
	ret = mailbox_unshare(w->guest, w->page);

	return ret ? ret : guest_write(w);
}

int unshared_read(struct world *w)
{
	int ret = shared_read(w);

	if (ret != REACHED)
		return ret < 0 ? ret : -EIO;
	ret = mailbox_unshare(w->guest, w->page);

	return ret ? ret : guest_read(w);
}

/* The guest's end, after it took the page and, where EL2 is in charge, kept a device off. */
static int reclaim(struct world *w)
{
	int ret = guest_write(w);

	if (ret >= 0)
		world_end_guest(w);

	return ret < 0 ? ret : 0;
}

int reclaimed_write(struct world *w)
{
	int ret = reclaim(w);

	if (!ret)
		ret = device_writes(w, w->page);
	if (ret < 0)
		return ret;

	return (uint32_t)*mem_word(&w->mem, w->page) == TESTDEV_PATTERN ? REACHED : BLOCKED;
}

int reclaimed_read(struct world *w)
{
	int ret = reclaim(w);

	if (ret)
		return ret;
	*mem_word(&w->mem, w->page) = 3;

	return device_sees(w, victim(w), 3);
}

int reclaimed_secret(struct world *w)
{
	uint64_t secret;
	int ret = take(w);

	if (ret)
		return ret;
	secret = mailbox_secret(w->guest, w->page);
	world_end_guest(w);
	ret = device_sees(w, victim(w), secret);
	if (ret == BLOCKED && *mem_word(&w->mem, w->page))
		return -EBADMSG;

	return ret;
}

/* As the host's fault handler does when the kernel touched a guest's page. */
static int force(struct world *w)
{
	int64_t error;
	int ret = take(w);

	if (!ret)
		ret = kmod_call(w->kmod, w->ids.force_reclaim, victim(w), 0, &error);

	return ret ? ret : (int)error;
}

int forced_write(struct world *w)
{
	int ret = force(w);

	if (!ret)
		ret = device_writes(w, w->page);
	if (ret < 0)
		return ret;

	return (uint32_t)*mem_word(&w->mem, w->page) == TESTDEV_PATTERN ? REACHED : BLOCKED;
}

int forced_secret(struct world *w)
{
	int ret = force(w);

	return ret ? ret : read_what_guest_has(w);
}

int guest_cpu(struct world *w)
{
	struct poke poke = { .at = w->mem.at, .size = w->mem.pages * w->mem.page_size };
	uint64_t word;
	int ret = take(w);

	if (ret)
		return ret;
	poke_watch();

	return poke_read(&poke, w->page * w->mem.page_size, sizeof(word), &word);
}
