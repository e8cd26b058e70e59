/* SPDX-License-Identifier: GPL-2.0-only */
/* Machines for the tests, and what is asked of all of them. */

#ifndef MODEL_MACHINE_H
#define MODEL_MACHINE_H

#include "cmocka_all.h"

#include <nvhe/iommu_core.h>

#include "model.h"
#include "world.h"

/* A block of the level above the last. */
#define BLOCK_SIZE (1ULL << (2 * PAGE_SHIFT - 3))

/* Memory, a dozen blocks of it without a hole, and in it what EL2 has. */
#define LOW_BASE   RAM_START
#define LOW_SIZE   (2 * SZ_1G)
#define HIGH_BASE  0x100000000ULL
#define HIGH_SIZE  (PAGE_SHIFT == 16 ? 12 * BLOCK_SIZE : (u64)SZ_1G)
#define IMAGE_BASE (LOW_BASE + 0x210000)
#define IMAGE_SIZE 0x90000ULL
#define POOL_BASE  (LOW_BASE + 0x8000000)
#define POOL_SIZE  0x800000ULL
#define NOMAP_BASE (LOW_BASE + 0x20000000)
#define NOMAP_SIZE 0x40000ULL

#define MMIO_LIMIT 0x300000000ULL

/* The GIC's ITS, near the first SMMU: registers for CPUs alone, then the frame for devices. */
#define ITS_BASE       0x09020000ULL
#define ITS_TRANSLATER (ITS_BASE + SZ_64K)

/**
 * machine_default() - an SMMU that can all that the IOMMU code makes use of
 * @index: of it in the machine
 */
struct model_config machine_default(u32 index);

/**
 * machine_add() - an SMMU, and its description for EL2
 * @coherent: what firmware says, and it is right where it says no
 *
 * After machine_new().
 */
struct model *machine_add(const struct model_config *config, bool coherent);

/**
 * machine_new() - start from nothing: memory and owners, no SMMU
 *
 * The host reserves POOL_SIZE; world_reserve() afterwards replaces that.
 */
void machine_new(void);

/** machine_boot() - EL2 takes the SMMUs. Return: 0 or what pkvm_iommu_init() returned. */
int machine_boot(void);

/** machine_one() - machine_new() with one default SMMU, changed by @change if not NULL; booted */
struct model *machine_one(void (*change)(struct model_config *config));

/** machine_paravirt() - the same in the mode in which the host makes domains */
struct model *machine_paravirt(void (*change)(struct model_config *config));

/** machine_reach() - addresses from there on are too long for an SMMU, or for the host */
u64 machine_reach(struct model *m);

/** assert_mirror() - devices reach just what the host may access, each page at its own address */
void assert_mirror(struct model *m);
void assert_mirror_in(struct model *m, u64 start, u64 end);

/** assert_closed() - no device reaches anything */
void assert_closed(struct model *m);

/** reaches() - whether a write of a device arrives, through the caches of the SMMU */
bool reaches(struct model *m, u64 addr);

/** pool_has() - whether somebody could reserve so many pages now */
bool pool_has(u64 pages);

/** pool_take() - a page of the pool, also of those kept for a top-up. NULL: there is none */
void *pool_take(enum pkvm_iommu_memory use);

/** counter() - sum of one of EL2's counters; memory_of() - one of its sizes */
u64 counter(enum pkvm_iommu_counter i);
u64 memory_of(enum pkvm_iommu_memory use);

#endif /* MODEL_MACHINE_H */
