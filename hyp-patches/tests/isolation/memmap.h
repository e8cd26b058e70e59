/* SPDX-License-Identifier: GPL-2.0-only */
/* The map of physical memory: where a hostile host would aim. */

#ifndef ISOLATION_MEMMAP_H
#define ISOLATION_MEMMAP_H

#include <stddef.h>
#include <stdint.h>

#define MEMMAP_SMMUS	4
#define MEMMAP_RAM	8

#define SMMU_PAGE	0x10000u	/* each register page of an SMMU; two side by side */

#define GIC_FRAME	0x10000u	/* each of an ITS and of a redistributor */

struct phys_range {
	uint64_t start;
	uint64_t size;
};

struct memmap {
	struct phys_range ram[MEMMAP_RAM];	/* as /proc/iomem has it */
	size_t ram_count;
	uint64_t ram_end;			/* of the last */
	struct phys_range carveout;		/* what EL2 got at boot; size 0 without one */
	uint64_t smmu[MEMMAP_SMMUS];		/* register frames, from the device tree */
	size_t smmu_count;
	uint64_t nomap;				/* RAM that firmware keeps for itself, or 0 */
	uint64_t its;				/* the GIC's ITS, or 0 */
	uint64_t its_doorbell;			/* GITS_TRANSLATER, or 0 */
	uint64_t redistributor;			/* the GIC's of the first CPU, or 0 */
};

/* Return: 0, or -errno when there is no RAM to be found. The rest may be lacking. */
int memmap_read(struct memmap *map);

/**
 * memmap_symbol() - a symbol of the running kernel's image
 * @system_map: path of the System.map of that kernel, or the lines of it that matter; NULL for none
 *
 * Return: 0, -ENOENT without the symbol or a System.map.
 */
int memmap_symbol(const char *system_map, const char *name, uint64_t *phys);

#endif /* ISOLATION_MEMMAP_H */
