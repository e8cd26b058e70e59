// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "edu.h"
#include "kmod.h"
#include "mailbox.h"
#include "sysfile.h"
#include "testdev.h"
#include "vmm.h"
#include "world.h"

#define PAGES		64	/* so that one of them lies where the GIC's tables can */
#define PAGES_MAX	1024
#define STALE		0xa5	/* in the bounce page when nothing was copied there */

static int complain(const char *what, int error)
{
	fprintf(stderr, "isolation: %s: %s\n", what, strerror(-error));

	return 1;
}

int world_open(struct world *w, const char *map, const char *where)
{
	int ret;

	memset(w, 0, sizeof(*w));
	w->map = map;
	if (sysfile_read(w->mode, sizeof(w->mode), "/sys/kernel/pkvm_iommu/mode"))
		strcpy(w->mode, "native");
	w->isolating = strcmp(w->mode, "native");

	w->kmod = kmod_open();
	if (w->kmod < 0)
		return complain("no " ISOLATION_DEVICE ", insmod isolation_hvc.ko", w->kmod);
	ret = kmod_ids(w->kmod, &w->ids);
	if (ret)
		return complain("the module is of another version", ret);
	ret = places_find(&w->places);
	if (ret)
		return complain("/proc/iomem shows no RAM, run this as root", ret);
	ret = testdev_open(&w->testdev, where);
	if (ret)
		return complain("no iommu-testdev, start QEMU with -device iommu-testdev", ret);
	ret = edu_open(&w->edu, where);
	if (ret)
		return complain("no edu, start QEMU with -device edu,dma_mask=0xffffffffffffffff",
				ret);
	ret = mem_alloc(&w->bounce, w->kmod, 1);
	if (ret)
		return complain("no memory", ret);

	return 0;
}

void world_close(struct world *w)
{
	mem_free(&w->bounce);
	pci_close(&w->edu);
	pci_close(&w->testdev);
	if (w->kmod >= 0)
		close(w->kmod);
}

/* Where memory is fragmented, only among many pages do two lie side by side, or none. */
static int find_memory(struct world *w)
{
	size_t pages;
	int ret;

	for (pages = PAGES; pages <= PAGES_MAX; pages *= 8) {
		mem_free(&w->mem);
		ret = mem_alloc(&w->mem, w->kmod, pages);
		if (ret || !mem_neighbours(&w->mem, &w->page, &w->neighbour))
			return ret;
	}
	w->page = 1;
	w->neighbour = 0;

	return 0;
}

int world_begin(struct world *w, bool guest)
{
	int ret;

	w->lack = NULL;
	w->guest = NULL;
	memset(&w->mem, 0, sizeof(w->mem));
	ret = find_memory(w);
	if (!ret && guest) {
		ret = mailbox_start(&w->guest, w->mem.at, w->mem.pages, w->mem.page_size);
		if (ret == -EOPNOTSUPP || ret == -ENOENT)
			ret = world_lacks(w, "no protected guests without kvm-arm.mode=protected");
	}

	return ret;
}

void world_end_guest(struct world *w)
{
	vmm_destroy(w->guest);
	w->guest = NULL;
}

void world_end(struct world *w)
{
	world_end_guest(w);
	mem_free(&w->mem);
}

int world_lacks(struct world *w, const char *what)
{
	w->lack = what;

	return -ENODATA;
}

int device_read(struct world *w, uint64_t phys, void *to, size_t size)
{
	int ret;

	memset(w->bounce.at, STALE, size);
	ret = edu_from_memory(&w->edu, phys, size);
	if (!ret)
		ret = edu_to_memory(&w->edu, w->bounce.phys[0], size);
	if (!ret)
		memcpy(to, w->bounce.at, size);

	return ret;
}

int device_sees(struct world *w, uint64_t phys, uint64_t word)
{
	uint64_t seen;
	int ret = device_read(w, phys, &seen, sizeof(seen));

	if (ret)
		return ret;
	if (seen == word)
		return REACHED;

	return seen ? -EBADMSG : BLOCKED;
}

int device_writes(struct world *w, size_t page)
{
	return testdev_write(&w->testdev, w->mem.phys[page]);
}
