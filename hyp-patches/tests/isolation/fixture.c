// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "edu.h"
#include "fixture.h"
#include "kmod.h"
#include "mailbox.h"
#include "sysfile.h"
#include "testdev.h"
#include "vmm.h"

#define PAGES		64	/* so that one of them lies where the GIC's tables can */
#define PAGES_MAX	1024
#define STALE		0xa5	/* in the bounce page when nothing was copied there */

static int complain(const char *what, int error)
{
	fprintf(stderr, "isolation: %s: %s\n", what, strerror(-error));

	return 1;
}

int fixture_open(struct fixture *f, const char *system_map, const char *where)
{
	int ret;

	memset(f, 0, sizeof(*f));
	f->system_map = system_map;
	if (sysfile_read(f->mode, sizeof(f->mode), "/sys/kernel/pkvm_iommu/mode"))
		strcpy(f->mode, "native");
	f->isolating = strcmp(f->mode, "native");

	f->kmod = kmod_open();
	if (f->kmod < 0)
		return complain("no " ISOLATION_DEVICE ", insmod isolation_hvc.ko", f->kmod);
	ret = kmod_ids(f->kmod, &f->ids);
	if (ret)
		return complain("the module is of another version", ret);
	f->domains = f->ids.map && !strcmp(f->mode, "paravirt");
	ret = memmap_read(&f->memmap);
	if (ret)
		return complain("/proc/iomem shows no RAM, run this as root", ret);
	ret = testdev_open(&f->testdev, where);
	if (ret)
		return complain("no iommu-testdev, start QEMU with -device iommu-testdev", ret);
	ret = edu_open(&f->edu, where);
	if (ret)
		return complain("no edu, start QEMU with -device edu,dma_mask=0xffffffffffffffff",
				ret);
	f->mirror = f->testdev.identity && f->edu.identity;
	ret = mem_alloc(&f->bounce, f->kmod, 1);
	if (ret)
		return complain("no memory", ret);
	f->bounce_dma = f->bounce.phys[0];

	return 0;
}

void fixture_close(struct fixture *f)
{
	mem_free(&f->bounce);
	pci_close(&f->edu);
	pci_close(&f->testdev);
	if (f->kmod >= 0)
		close(f->kmod);
}

/* Where memory is fragmented, only among many pages do two lie side by side, or none. */
static int find_memory(struct fixture *f)
{
	size_t pages;
	int ret;

	for (pages = PAGES; pages <= PAGES_MAX; pages *= 8) {
		mem_free(&f->mem);
		ret = mem_alloc(&f->mem, f->kmod, pages);
		if (ret || !mem_neighbours(&f->mem, &f->page, &f->neighbour))
			return ret;
	}
	f->page = 1;
	f->neighbour = 0;

	return 0;
}

int fixture_set_up(struct fixture *f, bool guest)
{
	int ret;

	f->why_skipped = NULL;
	f->guest = NULL;
	memset(&f->mem, 0, sizeof(f->mem));
	ret = find_memory(f);
	if (!ret && guest) {
		ret = mailbox_start(&f->guest, f->mem.at, f->mem.pages, f->mem.page_size);
		if (ret == -EOPNOTSUPP || ret == -ENOENT)
			ret = fixture_skip(f, "no protected guests without kvm-arm.mode=protected");
	}

	return ret;
}

void fixture_end_guest(struct fixture *f)
{
	vmm_destroy(f->guest);
	f->guest = NULL;
}

void fixture_tear_down(struct fixture *f)
{
	fixture_end_guest(f);
	mem_free(&f->mem);
}

int fixture_skip(struct fixture *f, const char *why)
{
	f->why_skipped = why;

	return -ENODATA;
}

int device_takes(struct fixture *f, uint64_t phys, size_t size)
{
	return edu_from_memory(&f->edu, phys, size);
}

int device_gives(struct fixture *f, void *to, size_t size)
{
	int ret;

	memset(f->bounce.at, STALE, size);
	ret = edu_to_memory(&f->edu, f->bounce_dma, size);
	if (!ret)
		memcpy(to, f->bounce.at, size);

	return ret;
}

int device_read(struct fixture *f, uint64_t phys, void *to, size_t size)
{
	int ret = device_takes(f, phys, size);

	return ret ? ret : device_gives(f, to, size);
}

int device_sees(struct fixture *f, uint64_t phys, uint64_t word)
{
	uint64_t seen;
	int ret = device_read(f, phys, &seen, sizeof(seen));

	if (ret)
		return ret;
	if (seen == word)
		return REACHED;

	return seen ? -EBADMSG : BLOCKED;
}

int device_writes(struct fixture *f, size_t page)
{
	return testdev_write(&f->testdev, f->mem.phys[page]);
}
