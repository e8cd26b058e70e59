/* SPDX-License-Identifier: GPL-2.0-only */
/* Where in physical memory a hostile host would aim. */

#ifndef ISOLATION_PLACES_H
#define ISOLATION_PLACES_H

#include <stddef.h>
#include <stdint.h>

#define PLACES_SMMUS	4
#define PLACES_RAM	8

#define SMMU_PAGE	0x10000u	/* each register page of an SMMU; two side by side */

struct place {
	uint64_t start;
	uint64_t size;
};

struct places {
	struct place ram[PLACES_RAM];		/* as /proc/iomem has it */
	size_t ram_count;
	uint64_t ram_end;			/* of the last */
	struct place carveout;			/* what EL2 got at boot; size 0 without one */
	uint64_t smmu[PLACES_SMMUS];		/* register frames, from the device tree */
	size_t smmu_count;
	uint64_t its;				/* the GIC's ITS, or 0 */
	uint64_t its_doorbell;			/* GITS_TRANSLATER, or 0 */
	uint64_t redistributor;			/* the GIC's of the first CPU, or 0 */
};

/* Return: 0, or -errno when there is no RAM to be found. The rest may be lacking. */
int places_find(struct places *places);

/**
 * places_symbol() - a symbol of the running kernel's image
 * @map: System.map of that kernel, or the lines of it that matter; NULL for none
 *
 * Return: 0, -ENOENT without the symbol or a map.
 */
int places_symbol(const char *map, const char *name, uint64_t *phys);

#endif /* ISOLATION_PLACES_H */
