/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The fixture of a test: the devices, the addresses to aim at, and anew for each case
 * memory and a guest.
 */

#ifndef ISOLATION_FIXTURE_H
#define ISOLATION_FIXTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hvc_abi.h"
#include "mem.h"
#include "memmap.h"
#include "pci.h"

struct vmm;

/* What became of an attempt. Anything below is -errno: it could not be made. */
enum outcome {
	UNGUARDED = -2,		/* in a table only: REACHED, and known to be */
	UNTRIED = -1,		/* in a table only: not to be tried in this mode */
	BLOCKED = 0,
	REACHED = 1,
};

#define FIXTURE_STREAMS	2	/* of testdev and of edu */

/* What an IOMMU knows a device by: @iommu is EL2's number for it. */
struct stream {
	uint32_t iommu;
	uint32_t id;
};

struct fixture {
	char mode[32];		/* as the kernel says */
	bool isolating;		/* whether that mode promises anything */
	bool domains;		/* whether the host makes domains in it, see domain.h */
	bool mirror;		/* whether devices can have all that the host may access */
	const char *system_map;	/* its path, or NULL */
	const char *why_skipped; /* where a test returned -ENODATA */
	int kmod;
	struct isolation_ids ids;
	struct memmap memmap;
	struct pci_device testdev;
	struct pci_device edu;
	struct stream streams[FIXTURE_STREAMS];	/* where there are domains */
	struct mem bounce;	/* a page of the host, where reads end */
	uint64_t bounce_dma;	/* where devices find that page */

	/* Anew for each case. */
	struct mem mem;
	struct vmm *guest;	/* runs in mem, see mailbox.h; or NULL */
	size_t page;		/* of mem: the victim; the guest has not touched it */
	size_t neighbour;	/* the page behind it, in the same block of 2 MiB; 0: none */
};

/**
 * fixture_open() - find what stays for all cases
 * @system_map: path of the running kernel's System.map, or NULL
 * @where: what the names of the PCI devices start with, or ""
 *
 * Return: 0, or 1 after a line that says what to do about it.
 */
int fixture_open(struct fixture *f, const char *system_map, const char *where);
void fixture_close(struct fixture *f);

/* Memory of the host with a victim in it, and with a guest when asked. 0 or -errno. */
int fixture_set_up(struct fixture *f, bool guest);
void fixture_tear_down(struct fixture *f);

/* The guest's end, before the case's. When this returns, its memory is the host's, and zeroed. */
void fixture_end_guest(struct fixture *f);

/* @why: what is lacking. Return: -ENODATA, which skips the test. */
int fixture_skip(struct fixture *f, const char *why);

/**
 * device_read() - what edu finds at a physical address
 *
 * Return: 0 or -errno. A read that was refused gives zeros.
 */
int device_read(struct fixture *f, uint64_t phys, void *to, size_t size);

/* The two halves of that: into edu, and from there to the host. */
int device_takes(struct fixture *f, uint64_t phys, size_t size);
int device_gives(struct fixture *f, void *to, size_t size);

/**
 * device_sees() - whether edu finds a word at a physical address
 * @word: not 0
 *
 * Return: REACHED, BLOCKED when it finds 0, -EBADMSG when it finds another, -errno.
 */
int device_sees(struct fixture *f, uint64_t phys, uint64_t word);

/**
 * device_writes() - whether iommu-testdev can write the first half of a page's word
 *
 * Only for pages of ours; the CPU or the guest shows whether the word changed.
 * Return: as the device says: REACHED, BLOCKED or -errno.
 */
int device_writes(struct fixture *f, size_t page);

#endif /* ISOLATION_FIXTURE_H */
