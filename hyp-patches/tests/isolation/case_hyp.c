// SPDX-License-Identifier: GPL-2.0-only
/*
 * Devices and the hypervisor's memory. Where a test writes, a word that got there
 * by mistake does as little harm as possible, and is put back: in native it does
 * get there.
 */

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "cases.h"
#include "closed.h"
#include "edu.h"
#include "kmod.h"
#include "ktap.h"
#include "testdev.h"

#define CARVEOUT_SAMPLE	16	/* pages of it to look for anything but zeros in */

/* Writes 4 bytes at @phys and, if that worked, writes back what was there. */
static int write_and_restore(struct world *w, uint64_t phys)
{
	uint32_t before;
	int ret, outcome;

	ret = device_read(w, phys, &before, sizeof(before));
	if (ret)
		return ret;
	outcome = testdev_write(&w->testdev, phys);
	if (outcome != REACHED)
		return outcome;
	memcpy(w->bounce.at, &before, sizeof(before));
	ret = edu_from_memory(&w->edu, w->bounce.phys[0], sizeof(before));
	if (!ret)
		ret = edu_to_memory(&w->edu, phys, sizeof(before));

	return ret ? ret : outcome;
}

/* REACHED when any byte of the page comes out as something but 0. */
static int page_shows(struct world *w, uint64_t phys)
{
	unsigned char page[EDU_BUFFER_SIZE];
	size_t i;
	int ret;

	ret = device_read(w, phys, page, sizeof(page));
	if (ret)
		return ret;
	for (i = 0; i < sizeof(page); i++) {
		if (page[i])
			return REACHED;
	}

	return BLOCKED;
}

static int symbol(struct world *w, const char *name, uint64_t *phys)
{
	return places_symbol(w->map, name, phys) ? world_lacks(w, "no System.map") : 0;
}

static int symbol_shows(struct world *w, const char *name)
{
	uint64_t phys;
	int ret = symbol(w, name, &phys);

	return ret ? ret : page_shows(w, phys);
}

/* The last word: the pool's list nodes are at the start of its pages. */
int carveout_write(struct world *w)
{
	const struct place *c = &w->places.carveout;

	if (!c->size)
		return world_lacks(w, "EL2 got no memory at boot");

	return write_and_restore(w, c->start + c->size - sizeof(uint32_t));
}

int carveout_read(struct world *w)
{
	const struct place *c = &w->places.carveout;
	uint64_t step = c->size / CARVEOUT_SAMPLE & ~(uint64_t)(EDU_BUFFER_SIZE - 1);
	int i, ret = BLOCKED;

	if (!c->size)
		return world_lacks(w, "EL2 got no memory at boot");
	for (i = 0; i < CARVEOUT_SAMPLE && ret == BLOCKED; i++)
		ret = page_shows(w, c->start + (uint64_t)i * step);

	return ret;
}

int text_read(struct world *w)
{
	return symbol_shows(w, "__hyp_text_start");
}

int rodata_read(struct world *w)
{
	return symbol_shows(w, "__hyp_rodata_start");
}

/* EL2's copy of the memory map starts with where RAM starts. */
int bss_read(struct world *w)
{
	uint64_t phys;
	int ret = symbol(w, "__kvm_nvhe_hyp_memory", &phys);

	return ret ? ret : device_sees(w, phys, w->places.ram[0].start);
}

int bss_write(struct world *w)
{
	uint64_t phys;
	int ret = symbol(w, "__hyp_bss_end", &phys);

	return ret ? ret : write_and_restore(w, phys - sizeof(uint32_t));
}

/* A page that was the host's until just now, and that the device has used. */
static int give_to_pool(struct world *w, uint64_t *phys)
{
	int64_t error;
	int ret;

	if (!w->ids.topup)
		return world_lacks(w, "no such hypercall in this kernel");
	ret = kmod_pages(w->kmod, 0, phys);
	if (ret)
		return ret;
	if (testdev_write(&w->testdev, *phys) != REACHED)
		return -EIO;
	ret = kmod_call(w->kmod, w->ids.topup, *phys / w->mem.page_size, 1, &error);
	if (!ret && error == -ENOSPC)
		return world_lacks(w, "EL2's pool is full");
	if (!ret && error == -ENOMEM)
		return world_lacks(w, "to EL2's pool the page would cost more than it brings");

	return ret ? ret : (int)error;
}

int pool_write(struct world *w)
{
	uint64_t phys;
	int ret = give_to_pool(w, &phys);

	return ret ? ret : testdev_write(&w->testdev, phys);
}

/* A free page of the pool holds a list node, or zeros: it is read as soon as it is there. */
int pool_read(struct world *w)
{
	uint64_t phys;
	int ret = give_to_pool(w, &phys);

	return ret ? ret : page_shows(w, phys);
}

static int sweep_page(struct world *w, uint64_t phys, void *arg)
{
	size_t *reached = arg;
	int ret = testdev_write(&w->testdev, phys + w->bounce.page_size / 2);

	if (ret == REACHED) {
		ktap_note("reached 0x%" PRIx64, phys);
		(*reached)++;
	}

	return ret < 0 ? ret : 0;
}

/* Whatever EL2 keeps the CPU from, it must keep devices from. */
int every_page(struct world *w)
{
	size_t closed, reached = 0;
	int ret;

	ret = closed_pages(w, &closed, &(struct closed_visitor){ sweep_page, &reached });
	if (ret)
		return ret;
	ktap_note("%zu pages of RAM are closed to the CPU, %zu of them open to a device", closed,
		  reached);
	if (!closed)
		return world_lacks(w, "no page is closed to the CPU");

	return reached ? REACHED : BLOCKED;
}
