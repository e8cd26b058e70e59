/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What surrounds the EL2 code in the tests: memory and who owns it, locks, CPUs
 * and the clock. It checks on the way what must hold at any moment, and ends the
 * test where it does not:
 *
 *  - EL2 and the SMMUs follow pointers only into pages of the hypervisor's;
 *  - locks are taken in the order of locks.c;
 *  - none of the IOMMU code's is held while it waits.
 */

#ifndef MODEL_WORLD_H
#define MODEL_WORLD_H

#include <nvhe/iommu_shim.h>

/* The physical addresses that memory may have here. */
#define RAM_START 0x40000000ULL
#define RAM_END	  0x280000000ULL

enum owner {
	OWNER_HOST,
	OWNER_HYP,
	OWNER_GUEST,
};

/* How a device sees what EL2 wrote. */
enum visibility {
	VISIBLE_AT_ONCE,
	VISIBLE_WHEN_CLEANED, /* it does not snoop: see iommu_clean() */
};

/**
 * world_reset() - no memory, nothing owned, all static data of EL2 as at its start
 */
void world_reset(void);

/** world_bug_of() - run what must end the test. Return: the line that it would have ended with */
const char *world_bug_of(void (*fn)(void));

/** world_add_memory() - a region of memory; the host owns it. In ascending order. */
void world_add_memory(u64 base, u64 size, int flags);

/** world_reserve() - pages that the host sets aside for the IOMMU code of EL2 */
void world_reserve(u64 base, u64 nr_pages);

/** world_set_owner() - without telling the IOMMU code: as it is before boot */
void world_set_owner(u64 phys, u64 size, enum owner owner);
enum owner world_owner(u64 phys);

/**
 * world_give() - a transition of ownership from the host to a guest
 * @phys: page aligned
 * @nr_pages: not too many (pkvm_iommu_too_many())
 *
 * Return: 0; -EPERM where not all of them are the host's; or why the IOMMU code refused;
 * then nothing has changed.
 */
int world_give(u64 phys, u64 nr_pages);

/** world_take() - the reverse. Return: 0, or -EPERM where one of them is the host's */
int world_take(u64 phys, u64 nr_pages);

/** world_all_owned_by() - whether pages are all memory, and of that owner's */
bool world_all_owned_by(u64 phys, u64 nr_pages, enum owner owner);

/** world_cpu_pa_bits() - bits of the CPUs' physical addresses; 48 after world_reset() */
void world_cpu_pa_bits(u32 bits);

/**
 * world_host_may() - whether the host may access a page: of its memory, or MMIO outside frames
 * @addr: of the page
 * @end: the end of the pages from there on of which the same is true, if not NULL
 */
bool world_host_may(u64 addr, u64 *end);

/** world_cpu_only() - whether registers are the host's, and in no domain of a device */
bool world_cpu_only(u64 addr);

/**
 * world_weak() - let stores become visible to devices late, as they may without barriers
 *
 * Those by WRITE_ONCE() at once, before any that came earlier; the others only with
 * the next barrier. Expensive: for tests of a few transitions.
 */
void world_weak(bool weak);

/** world_on_store() - call @fn after each WRITE_ONCE() to memory. NULL ends it. */
void world_on_store(void (*fn)(void));

/* What devices read and write. */
u64 world_device_read(u64 phys, enum visibility v);
void world_device_write(u64 phys, u64 value, enum visibility v);

/** world_meanwhile() - call @fn each time the code waits: what other CPUs do. NULL ends it. */
void world_meanwhile(void (*fn)(void));

/**
 * world_pace() - how long each access to a register takes; 250 ns after world_reset()
 * @ns: of an access: an SMMU sees a write before that time passes, and answers a read after it
 * @seed: not 0: from nothing to twice @ns, by these random numbers
 */
void world_pace(u32 ns, u64 seed);

/** world_wait() - how long cpu_relax() takes; 1 microsecond after world_reset() */
void world_wait(u32 us);

/** world_time() - microseconds that have passed, without any passing */
u64 world_time(void);

/**
 * world_threads() - CPUs and devices are threads that run at once (threads.c)
 *
 * CPUs meet at the locks of the EL2 code; all of them, and devices, meet in the model
 * between world_enter() and world_leave(). No world_act() then.
 */
void world_threads(bool on);
bool world_has_threads(void);
void world_enter(void);
void world_leave(void);

/* Between the files of the world. */
void world_owners_reset(void);
void world_barrier(void);
void clock_reset(void);
void clock_access(void);
void clock_wait(void);
bool clock_looked(void);
void view_reset(void);
void view_junk(u64 phys, u64 size);

#endif /* MODEL_WORLD_H */
