/* SPDX-License-Identifier: GPL-2.0-only */
/* What a test works with: the devices, the places to aim at, memory, a guest. */

#ifndef ISOLATION_WORLD_H
#define ISOLATION_WORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi.h"
#include "mem.h"
#include "pci.h"
#include "places.h"

struct vmm;

/* What became of an attempt. Anything below is -errno: it could not be made. */
enum outcome {
	UNGUARDED = -2,		/* in a table only: REACHED, and known to be */
	UNTRIED = -1,		/* in a table only: not to be tried in this mode */
	BLOCKED = 0,
	REACHED = 1,
};

#define STATE_MEMORY	"/sys/kernel/pkvm_iommu/memory"
#define STATE_COUNTERS	"/sys/kernel/pkvm_iommu/counters"

struct world {
	char mode[32];		/* as the kernel says */
	bool isolating;		/* whether that mode promises anything */
	const char *map;	/* System.map, or NULL */
	const char *lack;	/* why a test returned -ENODATA */
	int kmod;
	struct isolation_ids ids;
	struct places places;
	struct pci_device testdev;
	struct pci_device edu;
	struct mem bounce;	/* a page of the host, where reads end */

	/* Anew for each case. */
	struct mem mem;
	struct vmm *guest;	/* runs in mem, see mailbox.h; or NULL */
	size_t page;		/* of mem: the victim; the guest has not touched it */
	size_t neighbour;	/* the page behind it, in the same block of 2 MiB; 0: none */
};

/**
 * world_open() - find all of it
 * @map: System.map of the running kernel, or NULL
 * @where: what the names of the PCI devices start with, or ""
 *
 * Return: 0, or 1 after a line that says what to do about it.
 */
int world_open(struct world *w, const char *map, const char *where);
void world_close(struct world *w);

/* Memory of the host with a victim in it, and with a guest when asked. 0 or -errno. */
int world_begin(struct world *w, bool guest);
void world_end(struct world *w);

/* The guest's end, before the case's. When this returns, its memory is the host's, and zeroed. */
void world_end_guest(struct world *w);

/* Sets what is lacking. Return: -ENODATA, which skips the test. */
int world_lacks(struct world *w, const char *what);

/**
 * device_read() - what edu finds at a physical address
 *
 * Return: 0 or -errno. A read that was refused gives zeros.
 */
int device_read(struct world *w, uint64_t phys, void *to, size_t size);

/**
 * device_sees() - whether edu finds a word at a physical address
 * @word: not 0
 *
 * Return: REACHED, BLOCKED when it finds 0, -EBADMSG when it finds another, -errno.
 */
int device_sees(struct world *w, uint64_t phys, uint64_t word);

/**
 * device_writes() - whether iommu-testdev can write the first half of a page's word
 *
 * Only for pages of ours; the CPU or the guest shows whether the word changed.
 * Return: as the device says: REACHED, BLOCKED or -errno.
 */
int device_writes(struct world *w, size_t page);

#endif /* ISOLATION_WORLD_H */
