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
static int write_and_restore(struct fixture *f, uint64_t phys)
{
	uint32_t before;
	int ret, outcome;

	ret = device_read(f, phys, &before, sizeof(before));
	if (ret)
		return ret;
	outcome = testdev_write(&f->testdev, phys);
	if (outcome != REACHED)
		return outcome;
	memcpy(f->bounce.at, &before, sizeof(before));
	ret = edu_from_memory(&f->edu, f->bounce.phys[0], sizeof(before));
	if (!ret)
		ret = edu_to_memory(&f->edu, phys, sizeof(before));

	return ret ? ret : outcome;
}

/* REACHED when any byte of the page comes out as something but 0. */
static int page_shows(struct fixture *f, uint64_t phys)
{
	unsigned char page[EDU_BUFFER_SIZE];
	size_t i;
	int ret;

	ret = device_read(f, phys, page, sizeof(page));
	if (ret)
		return ret;
	for (i = 0; i < sizeof(page); i++) {
		if (page[i])
			return REACHED;
	}

	return BLOCKED;
}

static int symbol(struct fixture *f, const char *name, uint64_t *phys)
{
	return memmap_symbol(f->system_map, name, phys) ? fixture_skip(f, "no System.map") : 0;
}

static int symbol_shows(struct fixture *f, const char *name)
{
	uint64_t phys;
	int ret = symbol(f, name, &phys);

	return ret ? ret : page_shows(f, phys);
}

/* The last word: the pool's list nodes are at the start of its pages. */
int carveout_write(struct fixture *f)
{
	const struct phys_range *c = &f->memmap.carveout;

	if (!c->size)
		return fixture_skip(f, "EL2 got no memory at boot");

	return write_and_restore(f, c->start + c->size - sizeof(uint32_t));
}

int carveout_read(struct fixture *f)
{
	const struct phys_range *c = &f->memmap.carveout;
	uint64_t step = c->size / CARVEOUT_SAMPLE & ~(uint64_t)(EDU_BUFFER_SIZE - 1);
	int i, ret = BLOCKED;

	if (!c->size)
		return fixture_skip(f, "EL2 got no memory at boot");
	for (i = 0; i < CARVEOUT_SAMPLE && ret == BLOCKED; i++)
		ret = page_shows(f, c->start + (uint64_t)i * step);

	return ret;
}

int text_read(struct fixture *f)
{
	return symbol_shows(f, "__hyp_text_start");
}

int rodata_read(struct fixture *f)
{
	return symbol_shows(f, "__hyp_rodata_start");
}

/* EL2's copy of the memory map starts with where RAM starts. */
int bss_read(struct fixture *f)
{
	uint64_t phys;
	int ret = symbol(f, "__kvm_nvhe_hyp_memory", &phys);

	return ret ? ret : device_sees(f, phys, f->memmap.ram[0].start);
}

int bss_write(struct fixture *f)
{
	uint64_t phys;
	int ret = symbol(f, "__hyp_bss_end", &phys);

	return ret ? ret : write_and_restore(f, phys - sizeof(uint32_t));
}

/* A page that was the host's until just now, and that the device has used. */
static int give_to_pool(struct fixture *f, uint64_t *phys)
{
	int64_t error;
	int ret;

	if (!f->ids.topup)
		return fixture_skip(f, "no such hypercall in this kernel");
	ret = kmod_pages(f->kmod, 0, phys);
	if (ret)
		return ret;
	if (testdev_write(&f->testdev, *phys) != REACHED)
		return -EIO;
	ret = kmod_call(f->kmod, f->ids.topup, *phys / f->mem.page_size, 1, &error);
	if (!ret && error == -ENOSPC)
		return fixture_skip(f, "EL2's pool is full");
	if (!ret && error == -ENOMEM)
		return fixture_skip(f, "to EL2's pool the page would cost more than it brings");

	return ret ? ret : (int)error;
}

int pool_write(struct fixture *f)
{
	uint64_t phys;
	int ret = give_to_pool(f, &phys);

	return ret ? ret : testdev_write(&f->testdev, phys);
}

/* A free page of the pool holds a list node, or zeros: it is read as soon as it is there. */
int pool_read(struct fixture *f)
{
	uint64_t phys;
	int ret = give_to_pool(f, &phys);

	return ret ? ret : page_shows(f, phys);
}

static int sweep_page(struct fixture *f, uint64_t phys, void *arg)
{
	size_t *reached = arg;
	int ret = testdev_write(&f->testdev, phys + f->bounce.page_size / 2);

	if (ret == REACHED) {
		ktap_note("reached 0x%" PRIx64, phys);
		(*reached)++;
	}

	return ret < 0 ? ret : 0;
}

/* Whatever EL2 keeps the CPU from, it must keep devices from. */
int every_page(struct fixture *f)
{
	size_t closed, reached = 0;
	int ret;

	ret = closed_pages(f, &closed, &(struct closed_visitor){ sweep_page, &reached });
	if (ret)
		return ret;
	ktap_note("%zu pages of RAM are closed to the CPU, %zu of them open to a device", closed,
		  reached);
	if (!closed)
		return fixture_skip(f, "no page is closed to the CPU");

	return reached ? REACHED : BLOCKED;
}
