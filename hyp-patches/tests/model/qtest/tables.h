/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The tables of one sequence: a stream table, and two stage 2s with a VMID each. What a
 * descriptor may be comes from the architecture, and from chance.
 */

#ifndef QTEST_TABLES_H
#define QTEST_TABLES_H

#include "sides.h"

#define SPACES 2
#define SITES  6

/**
 * struct space - a stage 2
 * @granule: log2 of it; @ia, @ps: bits of input and output; @start: level
 * @sites: addresses around which descriptors change
 */
struct space {
	u16 vmid;
	u32 granule, ia, ps_field, ps, sl0, start;
	bool affd;
	u64 root, pool;
	u32 pool_used;
	u64 sites[SITES];
};

extern struct space spaces[SPACES];

/** space_at() - the one with this first table, or NULL */
struct space *space_at(u64 root);

/* A descriptor, and the addresses that it is for. */
struct place {
	u64 at, value, ipa, size;
	u32 level;
};

#define DESC_VALID	    0x1
#define DESC_TABLE	    0x2
#define DESC_ADDRESS	    0xfffffffff000ULL
#define IS_TABLE(d, level)  (((d) & 3) == 3 && (level) < 3)

/** tables_new() - draw new ones, in both memories; @random: state of random_below() */
void tables_new(u64 *random);

/** tables_clear() - nothing of the last ones is left in either memory */
void tables_clear(void);

/** put() - a word of a table, on both sides */
void put(u64 at, u64 value);

/** tables_registers() - where the stream table is: STRTAB_BASE and STRTAB_BASE_CFG */
u64 tables_registers(u32 *cfg);

/** tables_bits() - streams that agree in all but so many bits share a first-level entry; 0: linear */
u32 tables_bits(void);
u64 l1_at(u32 sid);
u64 ste_at(u32 sid);

u64 draw_l1(u32 sid);
void draw_ste(u64 *ste);

/** spoiled_start() - whether S2T0SZ and S2SL0 of an entry leave the first level no bits */
bool spoiled_start(const u64 *ste);

/** walk_places() - the descriptors on the way to @ipa. Return: how many */
u32 walk_places(const struct space *s, u64 ipa, struct place *places);
bool block_allowed(const struct space *s, u32 level);

/** draw_leaf() - something that leads to no further table, for this level */
u64 draw_leaf(const struct space *s, u32 level);

/** draw_table() - a table one below @level with a descriptor for @ipa. Return: the entry, or 0 */
u64 draw_table(struct space *s, u64 ipa, u32 level);

/** draw_iova() - an address that a device asks for; what lies there in no stage 2 is harmless */
u64 draw_iova(void);

u64 draw(u64 n);
bool chance(u32 percent);

/** oddly() - chance() of what QEMU is known to deviate in: in some sequences there is none of it */
bool oddly(u32 percent);

#endif /* QTEST_TABLES_H */
