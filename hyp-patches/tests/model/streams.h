/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A mode of the tests' own: every stream aborts until it is attached to one of a few
 * domains, each of which reaches one window of the host's memory and nothing else. Pages
 * of the windows do not leave the host.
 */

#ifndef MODEL_STREAMS_H
#define MODEL_STREAMS_H

#include "machine.h"
#include "smmu.h"

#define STREAMS_DOMAINS 2

/* Where the window of a domain begins; it is a block. */
#define STREAMS_WINDOW(domain) (HIGH_BASE + (domain)*2 * BLOCK_SIZE)

/** streams_ste() - the entry that translates with the tables of a domain */
struct arm_smmu_ste streams_ste(u32 smmu, u32 domain);

/** streams_set() - smmu_ste_set() under its lock; NULL for smmu_ste_clear() */
int streams_set(u32 smmu, u32 sid, const struct arm_smmu_ste *ste);

/** streams_attach() - a stream reaches what the domain does. Return: as smmu_ste_set() */
int streams_attach(u32 smmu, u32 sid, u32 domain);

/** streams_detach() - the reverse. Return: as smmu_ste_clear() */
int streams_detach(u32 smmu, u32 sid);

/** streams_get() - smmu_ste_get() under its lock */
int streams_get(u32 smmu, u32 sid, struct arm_smmu_ste *ste);

#endif /* MODEL_STREAMS_H */
