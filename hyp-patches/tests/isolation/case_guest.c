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

static int take(struct fixture *f)
{
	return mailbox_fill(f->guest, f->page, 1);
}

static uint64_t victim(const struct fixture *f)
{
	return f->mem.phys[f->page];
}

int guest_says(struct fixture *f, int dma)
{
	uint64_t word, secret = mailbox_secret(f->guest, f->page);
	int ret;

	if (dma < 0)
		return dma;
	ret = mailbox_read(f->guest, f->page, 0, &word);
	if (ret)
		return ret;
	if ((uint32_t)word == TESTDEV_PATTERN)
		return REACHED;

	return word == secret && dma == BLOCKED ? BLOCKED : -EBADMSG;
}

/* A device writes the guest's page; the guest says whether its word survived. */
static int write_what_guest_has(struct fixture *f)
{
	return guest_says(f, device_writes(f, f->page));
}

static int read_what_guest_has(struct fixture *f)
{
	return device_sees(f, victim(f), mailbox_secret(f->guest, f->page));
}

int guest_write(struct fixture *f)
{
	int ret = take(f);

	return ret ? ret : write_what_guest_has(f);
}

int guest_read(struct fixture *f)
{
	int ret = take(f);

	return ret ? ret : read_what_guest_has(f);
}

/* The translation is in the SMMU when the page changes hands. */
int guest_write_cached(struct fixture *f)
{
	int ret = device_writes(f, f->page);

	if (ret != REACHED)
		return ret < 0 ? ret : -EIO;

	return guest_write(f);
}

int guest_read_cached(struct fixture *f)
{
	int ret;

	*mem_word(&f->mem, f->page) = 1;
	ret = device_sees(f, victim(f), 1);
	if (ret != REACHED)
		return ret < 0 ? ret : -EIO;

	return guest_read(f);
}

static int take_beside(struct fixture *f)
{
	return f->neighbour ? take(f) : fixture_skip(f, "no two pages of memory lie side by side");
}

/* The host's page right behind the guest's: where a block was, there are pages now. */
int neighbour_write(struct fixture *f)
{
	volatile uint64_t *word = mem_word(&f->mem, f->neighbour);
	int ret = take_beside(f);

	if (ret)
		return ret;
	*word = 0;
	ret = device_writes(f, f->neighbour);
	if (ret < 0)
		return ret;

	return (uint32_t)*word == TESTDEV_PATTERN ? REACHED : BLOCKED;
}

int neighbour_read(struct fixture *f)
{
	int ret = take_beside(f);

	if (ret)
		return ret;
	*mem_word(&f->mem, f->neighbour) = 2;

	return device_sees(f, f->mem.phys[f->neighbour], 2);
}

static int share(struct fixture *f)
{
	int ret = take(f);

	return ret ? ret : mailbox_share(f->guest, f->page);
}

int shared_write(struct fixture *f)
{
	int ret = share(f);

	return ret ? ret : write_what_guest_has(f);
}

int shared_read(struct fixture *f)
{
	int ret = share(f);

	return ret ? ret : read_what_guest_has(f);
}

/* A device used the page while it was shared. Then the guest writes its secret anew. */
int unshared_write(struct fixture *f)
{
	int ret = shared_write(f);

	if (ret != REACHED)
		return ret < 0 ? ret : -EIO;
	ret = mailbox_unshare(f->guest, f->page);

	return ret ? ret : guest_write(f);
}

int unshared_read(struct fixture *f)
{
	int ret = shared_read(f);

	if (ret != REACHED)
		return ret < 0 ? ret : -EIO;
	ret = mailbox_unshare(f->guest, f->page);

	return ret ? ret : guest_read(f);
}

/* The guest's end, after it took the page and, where EL2 is in charge, kept a device off. */
static int reclaim(struct fixture *f)
{
	int ret = guest_write(f);

	if (ret >= 0)
		fixture_end_guest(f);

	return ret < 0 ? ret : 0;
}

int reclaimed_write(struct fixture *f)
{
	int ret = reclaim(f);

	if (!ret)
		ret = device_writes(f, f->page);
	if (ret < 0)
		return ret;

	return (uint32_t)*mem_word(&f->mem, f->page) == TESTDEV_PATTERN ? REACHED : BLOCKED;
}

int reclaimed_read(struct fixture *f)
{
	int ret = reclaim(f);

	if (ret)
		return ret;
	*mem_word(&f->mem, f->page) = 3;

	return device_sees(f, victim(f), 3);
}

int reclaimed_secret(struct fixture *f)
{
	uint64_t secret;
	int ret = take(f);

	if (ret)
		return ret;
	secret = mailbox_secret(f->guest, f->page);
	fixture_end_guest(f);
	ret = device_sees(f, victim(f), secret);
	if (ret == BLOCKED && *mem_word(&f->mem, f->page))
		return -EBADMSG;

	return ret;
}

/* As the host's fault handler does when the kernel touched a guest's page. */
static int force(struct fixture *f)
{
	int64_t error;
	int ret = take(f);

	if (!ret)
		ret = kmod_call(f->kmod, f->ids.force_reclaim, victim(f), 0, &error);

	return ret ? ret : (int)error;
}

int forced_write(struct fixture *f)
{
	int ret = force(f);

	if (!ret)
		ret = device_writes(f, f->page);
	if (ret < 0)
		return ret;

	return (uint32_t)*mem_word(&f->mem, f->page) == TESTDEV_PATTERN ? REACHED : BLOCKED;
}

int forced_secret(struct fixture *f)
{
	int ret = force(f);

	return ret ? ret : read_what_guest_has(f);
}

int guest_cpu(struct fixture *f)
{
	struct poke poke = { .at = f->mem.at, .size = f->mem.pages * f->mem.page_size };
	uint64_t word;
	int ret = take(f);

	if (ret)
		return ret;
	poke_watch();

	return poke_read(&poke, f->page * f->mem.page_size, sizeof(word), &word);
}
