// SPDX-License-Identifier: GPL-2.0-only
/*
 * The walks: the stream table (IHI 0070, 3.3), then stage 1 or 2 of VMSAv8-64 (DDI
 * 0487, the chapter on it), of which the model knows what needs no extension.
 */

#include "model_priv.h"

#define ADDRESS 0xfffffffffffffULL /* bits 51 to 0 */

static enum visibility table_seen_by(const struct model *m)
{
	return seen_by(m, BITS(m->cr1, 7, 6), BITS(m->cr1, 9, 8), BITS(m->cr1, 11, 10));
}

static void must_be_aligned(u64 addr, u64 size, const char *what)
{
	if (addr & (size - 1))
		world_bug("%s at %#llx is not aligned to %#llx", what, addr, size);
}

u64 walk_l1(const struct model *m, u64 at)
{
	return world_device_read(at, table_seen_by(m));
}

/* The descriptor for the streams around @sid that agree in all but the last @bits. */
static u64 fetch_l1(struct model *m, u64 table, u32 sid, u32 bits, bool cached)
{
	u64 at = table + 8 * (sid >> bits);
	const struct l1_entry *entry = cached ? l1_find(m, at) : NULL;
	u64 desc = entry ? entry->desc : walk_l1(m, at);

	if (cached && !entry)
		l1_add(m, &(struct l1_entry){ .sid = sid, .bits = bits, .at = at, .desc = desc });

	return desc;
}

/* Fetches the entry of a stream. */
u32 walk_ste(struct model *m, u32 sid, u64 *ste, bool cached)
{
	u32 log2size = BITS(m->strtab_cfg, 5, 0), split = BITS(m->strtab_cfg, 10, 6);
	u32 fmt = BITS(m->strtab_cfg, 17, 16), span, i;
	u64 table = cut(m, m->strtab_base & ADDRESS & ~0x3fULL), desc;

	if (log2size > IDR1_SIDSIZE(m->config.idr1))
		world_bug("the stream table is larger than stream IDs are");
	if (log2size < 32 && sid >> log2size)
		return EVENT_BAD_STREAMID;

	if (fmt == 0) {
		must_be_aligned(table, 64ULL << log2size, "the stream table");
	} else {
		if (fmt != 1 || BITS(m->config.idr0, 28, 27) != 1 ||
		    (split != 6 && split != 8 && split != 10))
			world_bug("the SMMU has no stream table of the format %#x", m->strtab_cfg);
		must_be_aligned(table, max(8ULL << (log2size - split), 64ULL), "the stream table");
		desc = fetch_l1(m, table, sid, split, cached);
		span = BITS(desc, 4, 0);
		sid &= (1U << split) - 1;
		if (!span || span > split + 1 || sid >> (span - 1))
			return EVENT_BAD_STREAMID;
		table = cut(m, desc & ADDRESS & ~0x3fULL);
		must_be_aligned(table, 64ULL << (span - 1), "the second level of a stream table");
	}

	for (i = 0; i < STE_WORDS; i++)
		ste[i] = world_device_read(table + 64 * sid + 8 * i, table_seen_by(m));

	return MODEL_REACHED;
}

u32 walk_granule(const u64 *ste)
{
	static const u32 shifts[] = { 12, 16, 14, 0 };

	return shifts[BITS(ste[2], 47, 46)];
}

/* Bits of an address that the stage 2 may name: S2PS, of which no more count than there are. */
static u32 output_bits(const struct model *m, const u64 *ste)
{
	static const u32 bits[] = { 32, 36, 40, 42, 44, 48, 48, 48 };

	return min(bits[BITS(ste[2], 50, 48)], oas_bits(m));
}

static u32 start_level(const u64 *ste)
{
	u32 sl0 = BITS(ste[2], 39, 38);

	return (walk_granule(ste) == 12 ? 2 : 3) - sl0;
}

/* Bits that the walk resolves at its first level. */
static int first_bits(const u64 *ste)
{
	int shift = walk_granule(ste), ia = 64 - BITS(ste[2], 37, 32);

	return ia - shift - (3 - (int)start_level(ste)) * (shift - 3);
}

/* The largest first level needs an SMMU with that many bits, else tables are put side by side. */
static bool level_allowed(u32 granule, u32 level, u32 oas)
{
	if (granule == 12)
		return level > 0 || oas >= 44;

	return level > 1 || (level == 1 && oas >= (granule == 14 ? 42 : 44));
}

/* What makes an entry ILLEGAL; 0, or the event. */
u32 walk_check_ste(struct model *m, const u64 *ste)
{
	u32 granule = walk_granule(ste), config = BITS(ste[0], 3, 1);
	u32 oas = oas_bits(m), ia = 64 - BITS(ste[2], 37, 32);
	int bits;

	if (!(ste[0] & 1))
		return EVENT_BAD_STE;
	if (config <= 4)
		return MODEL_REACHED;
	if (config == 5)
		return s1_check_ste(m, ste);
	if (config != 6 || !(m->config.idr0 & IDR0_S2P))
		return EVENT_BAD_STE;

	/* S2AA64, no S2ENDI, S2HA, S2HD, S2S; what is beyond 48 bits is not for us. */
	if (!(ste[2] >> 51 & 1) || ste[2] & (1ULL << 52 | 3ULL << 55 | 1ULL << 57))
		return EVENT_BAD_STE;
	if (!granule || !(BITS(m->config.idr5, 6, 4) & (granule == 12 ? 1 : granule == 14 ? 2 : 4)))
		return EVENT_BAD_STE;
	/* Small tables (IDR3.STT) are not for us either. */
	if (ia > oas || ia > 48 || ia < 25 || start_level(ste) > 3)
		return EVENT_BAD_STE;
	if (!level_allowed(granule, start_level(ste), oas))
		return EVENT_BAD_STE;
	bits = first_bits(ste);
	if (bits < 1 || bits > (int)granule - 3 + (start_level(ste) ? 4 : 0))
		return EVENT_BAD_STE;
	if (BITS(ste[3], 51, 4) << 4 >> output_bits(m, ste))
		return EVENT_BAD_STE;

	/* No ATS, no attributes of its own; the shareability comes with the transaction. */
	if (ste[1] != 1ULL << 44 || ste[3] & ~ADDRESS || ste[4] | ste[5] | ste[6] | ste[7])
		world_bug("a stream table entry sets fields that the model does not know");
	must_be_aligned(ste[3], max(8ULL << bits, 64ULL), "the first level of a stage 2");

	return MODEL_REACHED;
}

struct regime s2_regime(const struct model *m, const u64 *ste)
{
	return (struct regime){
		.quiet = !BITS(ste[2], 58, 58),
		.no_fault = BITS(ste[2], 53, 53),
		.tag = BITS(ste[2], 15, 0),
		.granule = walk_granule(ste),
		.level = start_level(ste),
		.ia = 64 - BITS(ste[2], 37, 32),
		.out = output_bits(m, ste),
		.table = ste[3] & ADDRESS,
		.visibility = seen_by(m, BITS(ste[2], 41, 40), BITS(ste[2], 43, 42),
				      BITS(ste[2], 45, 44)),
	};
}

static bool may_be_block(u32 granule, u32 level)
{
	return level == 2 || (level == 1 && granule == 12);
}

/* Rights of a device that is not privileged, and attributes as stage 2 has them. */
static void read_leaf(const struct regime *r, u64 pte, struct model_view *view)
{
	u8 attr = r->mair >> 8 * BITS(pte, 4, 2);

	if (!r->stage1) {
		view->memattr = BITS(pte, 5, 2);
		view->may = BITS(pte, 7, 6);
		return;
	}

	if (attr != 0xff && attr != 0x44 && attr != 0x04)
		world_bug("%#llx has the attributes %#x", pte, attr);
	view->memattr = attr == 0xff ? 0xf : attr == 0x44 ? 5 : 1;
	if (BITS(pte, 6, 6))
		view->may = BITS(pte, 7, 7) ? MODEL_READ : MODEL_READ | MODEL_WRITE;
	view->global = !BITS(pte, 11, 11);
}

static struct model_view leaf_view(const struct regime *r, u64 pte, u64 iova, u64 size)
{
	struct model_view view = { .size = size };
	u64 address = pte & 0xfffffffff000ULL;

	/* Four of the upper bits are software's. */
	if (address & (size - 1) || pte >> 48 & ~(0xfULL << 7))
		world_bug("%#llx is no leaf of %#llx bytes", pte, size);
	read_leaf(r, pte, &view);
	/* In this order (IHI 0070, 7.3.22). */
	if (address >> r->out)
		view.fault = EVENT_ADDR_SIZE;
	else if (!BITS(pte, 10, 10) && !r->no_fault)
		view.fault = EVENT_ACCESS;
	view.pa = address + (iova & (size - 1));

	return view;
}

struct model_view model_walk(struct model *m, const u64 *ste, u64 ipa)
{
	struct regime r = s2_regime(m, ste);

	return walk(m, &r, ipa, false);
}

struct model_view walk(struct model *m, const struct regime *r, u64 iova, bool cached)
{
	u32 granule = r->granule, level = r->level, shift;
	u64 table = r->table, pte, index, at;
	const struct walk_entry *entry;

	if (iova >> r->ia)
		return (struct model_view){ .fault = EVENT_TRANSLATION, .size = 1ULL << r->ia };

	entry = cached ? walk_find(m, r->tag, iova) : NULL;
	if (entry) {
		table = entry->table;
		level = entry->level + 1;
	}

	for (;; level++) {
		shift = granule + (3 - level) * (granule - 3);
		index = iova >> shift;
		if (level != r->level)
			index &= (1U << (granule - 3)) - 1;
		at = table + 8 * index;
		pte = world_device_read(at, r->visibility);

		if (pte & 1 && level == 3 && pte & 2)
			return leaf_view(r, pte, iova, 1ULL << shift);
		if (pte & 1 && level < 3 && !(pte & 2) && may_be_block(granule, level))
			return leaf_view(r, pte, iova, 1ULL << shift);
		if ((pte & 3) != 3 || level == 3)
			return (struct model_view){ .fault = EVENT_TRANSLATION,
						    .size = 1ULL << shift };
		/* Of stage 1 a table may take rights away. */
		if (r->stage1 && pte >> 59)
			world_bug("%#llx sets fields that the model does not know", pte);
		table = pte & 0xfffffffff000ULL;
		if (table >> r->out)
			return (struct model_view){ .fault = EVENT_ADDR_SIZE,
						    .size = 1ULL << shift };
		must_be_aligned(table, 1ULL << granule, "a table");
		if (cached)
			walk_add(m, &(struct walk_entry){ .tag = r->tag,
							  .level = level,
							  .iova = iova >> shift << shift,
							  .size = 1ULL << shift,
							  .at = at,
							  .table = table,
							  .visibility = r->visibility });
	}
}
