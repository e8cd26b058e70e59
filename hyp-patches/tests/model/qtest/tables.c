// SPDX-License-Identifier: GPL-2.0-only
/* What tables there are, and what may be in them. */

#include "tables.h"

#include "../random.h"

/* Where things lie in TABLES. */
#define L1_TABLE   (TABLES + 0x2000)
#define LINEAR	   (TABLES + 0x10000)
#define L2_ARRAY   (TABLES + 0x20000)
#define SPACE	   (TABLES + 0x400000)
#define EMPTY	   (TABLES + 0xe00000)

#define SPACE_SIZE 0x400000
#define ROOT_SIZE  0x100000

#define TOUCHED	   2048

/* From this one on, VMIDs are those of entries with something wrong. */
#define SPOILED 0x80

struct space spaces[SPACES];

static u64 *state;
static u32 log2size, split;
static bool two_level, odd;
static u64 touched[TOUCHED];
static u32 nr_touched;

u64 draw(u64 n)
{
	return random_below(state, n);
}

bool chance(u32 percent)
{
	return draw(100) < percent;
}

bool oddly(u32 percent)
{
	return odd && chance(percent);
}

void put(u64 at, u64 value)
{
	if (nr_touched == TOUCHED)
		world_bug("a sequence writes too much");
	touched[nr_touched++] = at;
	model_side.write64(at, value);
	qemu_side.write64(at, value);
}

void tables_clear(void)
{
	while (nr_touched) {
		model_side.write64(touched[--nr_touched], 0);
		qemu_side.write64(touched[nr_touched], 0);
	}
}

/* The stream table */

u64 tables_registers(u32 *cfg)
{
	*cfg = log2size | (two_level ? split << 6 | 1 << 16 : 0);

	return two_level ? L1_TABLE : LINEAR;
}

u32 tables_bits(void)
{
	return two_level ? split : 0;
}

u64 l1_at(u32 sid)
{
	return L1_TABLE + 8 * (sid >> split);
}

static u64 l2_array(u32 sid)
{
	return L2_ARRAY + 0x20000 * ((sid >> split) % 8);
}

u64 ste_at(u32 sid)
{
	if (!two_level)
		return LINEAR + 64 * sid;

	return l2_array(sid) + 64 * (sid & ((1U << split) - 1));
}

u64 draw_l1(u32 sid)
{
	u32 span = oddly(20) ? draw(14) : chance(90) ? split + 1 : 0;

	return span ? l2_array(sid) | span : 0;
}

static u64 stage2(const struct space *s)
{
	static const u8 tg[] = { [12] = 0, [14] = 2, [16] = 1 };

	return s->vmid | (u64)(64 - s->ia) << 32 | (u64)s->sl0 << 38 | 1ULL << 40 | 1ULL << 42 |
	       3ULL << 44 | (u64)tg[s->granule] << 46 | (u64)s->ps_field << 48 | 1ULL << 51 |
	       (u64)s->affd << 53 | (u64)chance(80) << 58;
}

/* Bits that an entry's first level resolves. */
static int first_bits(const u64 *ste)
{
	int granule = walk_granule(ste), below = BITS(ste[2], 39, 38) + (granule == 12 ? 1 : 0);

	return 64 - (int)BITS(ste[2], 37, 32) - granule - below * (granule - 3);
}

bool spoiled_start(const u64 *ste)
{
	return BITS(ste[2], 15, 0) >= SPOILED && BITS(ste[2], 47, 46) != 3 &&
	       BITS(ste[2], 39, 38) != 3 && BITS(ste[2], 37, 32) <= 39 && first_bits(ste) < 1 &&
	       ste[3] == EMPTY;
}

/*
 * One field of a stage 2 as it must not be. It has another VMID and a table of its own, with
 * nothing in it: nothing is mixed up, and who takes it nevertheless translates nothing.
 */
static void spoil(u64 *ste)
{
	static const u64 flags[] = { 1ULL << 52, 1ULL << 55, 1ULL << 56, 1ULL << 57 };
	u32 how = draw(9);

	ste[2] = (ste[2] & ~0xffffULL) | (SPOILED + how);
	if (how < 4)
		ste[2] |= flags[how];
	else if (how == 4)
		ste[2] |= 3ULL << 46;
	else if (how == 5)
		ste[2] = (ste[2] & ~(0x3fULL << 32)) | (16 + draw(26)) << 32;
	else if (how == 6)
		ste[2] |= 3ULL << 38;
	else if (how == 7)
		ste[2] ^= (1 + draw(3)) << 38;
	ste[3] = EMPTY | (how == 8 ? 1ULL << 46 : 0);
	/* What QEMU makes of still fewer bits, C leaves undefined. */
	if (how > 4 && how < 8 && first_bits(ste) < -3)
		ste[2] |= 3ULL << 38;
}

/* V, Config, and a stage 2 where Config is 0b110. */
void draw_ste(u64 *ste)
{
	const struct space *s = &spaces[draw(SPACES)];
	u32 kind = draw(100);

	memset(ste, 0, 4 * sizeof(*ste));
	ste[1] = 1ULL << 44;
	if (kind < 8)
		return;
	if (kind < 24) {
		ste[0] = 1 | (kind < 16 ? 4 : draw(4)) << 1;
		return;
	}
	ste[0] = 1 | 6 << 1;
	ste[2] = stage2(s);
	ste[3] = s->root;
	if (kind < 34 && odd)
		spoil(ste);
}

/* The stage 2s */

static bool start_allowed(const struct space *s)
{
	int bits = (int)s->ia - (int)s->granule - (3 - (int)s->start) * ((int)s->granule - 3);

	if (s->start > 3 || (s->start == 0 && s->granule != 12))
		return false;

	return bits >= 1 && bits <= (int)s->granule - 3 + (s->start ? 4 : 0);
}

static bool concatenated(const struct space *s)
{
	return s->ia > s->granule + (4 - s->start) * (s->granule - 3);
}

static void draw_geometry(struct space *s)
{
	static const u8 bits[] = { 32, 36, 40, 42, 44, 44, 44, 44 };

	do {
		s->granule = 12 + 2 * draw(3);
		s->ia = 25 + draw(20);
		s->sl0 = draw(3);
		s->start = (s->granule == 12 ? 2 : 3) - s->sl0;
	} while (!start_allowed(s) || (!odd && concatenated(s)));
	do {
		s->ps_field = draw(8);
		s->ps = bits[s->ps_field];
	} while (s->ps < s->ia && !oddly(5));
	s->affd = chance(20);
}

bool block_allowed(const struct space *s, u32 level)
{
	return level == 2 || (level == 1 && s->granule == 12);
}

static u32 shift_of(const struct space *s, u32 level)
{
	return s->granule + (3 - level) * (s->granule - 3);
}

static u64 draw_target(u64 size)
{
	u64 first = ALIGN(DATA, size);

	return first < DATA_END ? first + draw((DATA_END - first) / size) * size : 0;
}

u64 draw_leaf(const struct space *s, u32 level)
{
	u32 kind = draw(100);
	u64 size = 1ULL << shift_of(s, level), leaf;

	leaf = (chance(90) ? 1 << 10 : 0) | 3 << 8 | (chance(70) ? 3 : draw(4)) << 6 | 0xf << 2;
	if (kind < 15)
		return chance(50) ? 0 : leaf & ~1ULL;
	if (level < 3 && !block_allowed(s, level))
		return oddly(20) ? leaf | DESC_VALID : 0;
	if (!draw_target(size))
		return 0;
	leaf |= draw_target(size) | DESC_VALID | (level == 3 ? 2 : 0);
	if (kind < 25)
		leaf |= 1ULL << (s->ps + draw(48 - s->ps)) | (odd ? 0 : 1 << 10 | 3 << 6);
	else if (kind < 30 && level == 3)
		leaf &= ~2ULL;

	return leaf;
}

u64 draw_table(struct space *s, u64 ipa, u32 level)
{
	u64 table = s->pool + ((u64)s->pool_used << s->granule), leaf;
	u32 index = (ipa >> shift_of(s, level + 1)) & ((1U << (s->granule - 3)) - 1);

	if ((u64)(s->pool_used + 1) << s->granule > SPACE_SIZE - ROOT_SIZE)
		return 0;
	s->pool_used++;
	leaf = level + 1 < 3 && chance(50) ? draw_table(s, ipa, level + 1) : 0;
	put(table + 8 * index, leaf ? leaf : draw_leaf(s, level + 1));

	return table | DESC_TABLE | DESC_VALID |
	       (oddly(4) ? 1ULL << (s->ps + draw(48 - s->ps)) : 0);
}

u32 walk_places(const struct space *s, u64 ipa, struct place *places)
{
	u64 table = s->root, index;
	u32 level = s->start, n = 0;

	for (;; level++) {
		index = ipa >> shift_of(s, level);
		if (level != s->start)
			index &= (1U << (s->granule - 3)) - 1;
		places[n].level = level;
		places[n].at = table + 8 * index;
		places[n].value = model_side.read64(places[n].at);
		places[n].size = 1ULL << shift_of(s, level);
		places[n].ipa = ipa & ~(places[n].size - 1);
		if (!IS_TABLE(places[n++].value, level))
			return n;
		table = places[n - 1].value & DESC_ADDRESS;
		if (table < TABLES || table >= TABLES_END)
			return n;
	}
}

/* Where a transfer that nothing translates changes nothing of what QEMU's machine has. */
static bool harmless(u64 iova)
{
	return iova < 0x8000000 || (iova >= 0xe100000 && iova < 0x10000000) ||
	       (iova >= DATA && iova < 0x4000000000) ||
	       (iova >= 0x10000000000 && iova < 1ULL << 51);
}

static u64 draw_site(const struct space *s)
{
	u64 iova;

	do {
		iova = s->ia > 32 && chance(50) ? DATA + draw(DATA_END - DATA)
						: draw(1ULL << 24) << 24 | draw(1ULL << 24);
		iova &= ((1ULL << s->ia) - 1) & ~0xfffULL;
	} while (!harmless(iova) || !harmless(iova | 0xffff));

	return iova;
}

u64 draw_iova(void)
{
	const struct space *s = &spaces[draw(SPACES)];
	u64 site = s->sites[draw(SITES)], iova;

	if (chance(3))
		site |= 1ULL << s->ia;
	if (oddly(2))
		site |= 1ULL << (44 + draw(6));
	iova = chance(60) ? site + 8 * draw(512) : (site & ~0xffffULL) + 8 * draw(0x2000);
	if (chance(5))
		iova += draw(64) << 20;

	return harmless(iova) ? iova : site;
}

struct space *space_at(u64 root)
{
	struct space *s;

	for (s = spaces; s < spaces + SPACES; s++) {
		if (s->root == root)
			return s;
	}

	return NULL;
}

static void space_new(u32 i)
{
	struct space *s = &spaces[i];
	struct place places[4];
	u32 j, n;
	u64 table;

	*s = (struct space){ .vmid = 1 + i, .root = SPACE + i * SPACE_SIZE };
	s->pool = s->root + ROOT_SIZE;
	draw_geometry(s);
	for (j = 0; j < SITES; j++) {
		s->sites[j] =
			j && chance(40) ? s->sites[j - 1] ^ draw(4) << s->granule : draw_site(s);
		if (s->sites[j] >> s->ia || !harmless(s->sites[j]))
			s->sites[j] = draw_site(s);
		n = walk_places(s, s->sites[j], places);
		if (places[n - 1].value)
			continue;
		table = places[n - 1].level < 3 && chance(75)
				? draw_table(s, s->sites[j], places[n - 1].level)
				: 0;
		put(places[n - 1].at, table ? table : draw_leaf(s, places[n - 1].level));
	}
}

void tables_new(u64 *random)
{
	u64 ste[4];
	u32 i, w;

	state = random;
	odd = chance(60);
	for (i = 0; i < SPACES; i++)
		space_new(i);

	two_level = chance(60);
	split = 6 + 2 * draw(3);
	log2size = two_level ? split + draw(13 - split) : 5 + draw(4);
	/* Mostly all streams are in it. */
	if (chance(80))
		log2size = max(log2size, (u32)8);
	for (i = 0; i < STREAMS; i++) {
		if (two_level)
			put(l1_at(streams[i]), draw_l1(streams[i]));
		draw_ste(ste);
		for (w = 0; w < 4; w++)
			put(ste_at(streams[i]) + 8 * w, ste[w]);
	}
}
