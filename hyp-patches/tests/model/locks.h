/* SPDX-License-Identifier: GPL-2.0-only */
/* What a test may know of the locks. */

#ifndef MODEL_LOCKS_H
#define MODEL_LOCKS_H

#include <nvhe/iommu_shim.h>

/**
 * struct lock_class - all locks of one kind
 * @name: as documented
 * @file: where they are initialised; NULL for one that the IOMMU code never takes
 * @leaf: none is taken inside, and EL2 does not wait with it
 */
struct lock_class {
	const char *name;
	const char *file;
	bool leaf;
};

/* Outermost first; ends with one without a name. */
extern const struct lock_class lock_order[];

#endif /* MODEL_LOCKS_H */
