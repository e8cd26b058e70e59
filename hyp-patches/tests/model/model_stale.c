// SPDX-License-Identifier: GPL-2.0-only
/* Entries of the caches that outlived what they were made from. */

#include "model_priv.h"

static const char *kind_of(u32 tag)
{
	return tag & TAG_STAGE1 ? "ASID" : "VMID";
}

static void bad_translation(const struct model *m, const struct tlb_entry *t, u64 pa)
{
	world_bug("SMMU %u: stale: the translation of %s %u from %#llx on, %#llx bytes, leads to %#llx, which the host may not access",
		  model_index(m), kind_of(t->tag), (u16)t->tag, t->iova, t->size, pa);
}

void stale_hit(const struct model *m, const struct tlb_entry *t, u64 pa)
{
	if (!world_host_may(pa, NULL))
		bad_translation(m, t, pa);
}

static void check_tlb(const struct model *m, u64 phys, u64 size)
{
	const struct tlb_entry *t;

	for (t = m->tlb; t < m->tlb + TLB_SIZE; t++) {
		if (t->valid && t->pa < phys + size && phys < t->pa + t->size)
			bad_translation(m, t, max(t->pa, phys));
	}
}

/* Of an entry whose table a CPU has taken out, until SMMUs have forgotten it (io_pgtable.c). */
#define PTE_FROZEN (1ULL << 56)

static void check_walks(const struct model *m)
{
	const struct walk_entry *w;
	u64 pte;

	for (w = m->walks; w < m->walks + WALKS; w++) {
		if (!w->valid)
			continue;
		pte = world_owner(w->at) == OWNER_HYP ? world_device_read(w->at, w->visibility) : 0;
		if (pte == PTE_FROZEN)
			continue;
		if ((pte & 3) != 3 || (pte & 0xfffffffff000ULL) != w->table)
			world_bug("SMMU %u: stale: the descriptor of %s %u for %#llx at level %u leads to a table at %#llx, memory says %#llx",
				  model_index(m), kind_of(w->tag), (u16)w->tag, w->iova, w->level, w->table, pte);
	}
}

/* Whether words that are cached are not those in memory. */
static bool differs(const struct ste_entry *s, const u64 *now)
{
	u32 i;

	for (i = 0; i < STE_WORDS; i++) {
		if (s->have >> i & 1 && s->ste[i] != now[i])
			return true;
	}

	return false;
}

/* Whether an entry, of words that are cached and of those in memory, aborts (IHI 0070, 5.2). */
static bool aborts(const struct ste_entry *s, const u64 *now)
{
	u64 first = s->have & 1 ? s->ste[0] : now[0];

	return !(first & 1) || BITS(first, 3, 1) < 4;
}

/* A change that timed out has left commands, and until they are done words that do no harm. */
static bool stale(struct model *m, const struct ste_entry *s)
{
	u64 now[STE_WORDS];

	if (walk_ste(m, s->sid, now, false))
		return true;

	return differs(s, now) && !(aborts(s, now) && cmdq_busy(m));
}

/* Of streams that translate by it: those that abort forget it with what else they left. */
static void check_cds(struct model *m)
{
	u64 ste[STE_WORDS], now[CD_WORDS];
	const struct cd_entry *c;

	for (c = m->cds; c < m->cds + CDS; c++) {
		if (!c->valid || walk_ste(m, c->sid, ste, false) || !(ste[0] & 1) ||
		    BITS(ste[0], 3, 1) != 5)
			continue;
		if (s1_cd(m, c->sid, ste, now, false) || memcmp(c->cd, now, sizeof(now)))
			world_bug("SMMU %u: stale: the context descriptor of stream %#x is not that in memory",
				  model_index(m), c->sid);
	}
}

static void check_streams(struct model *m)
{
	const struct ste_entry *s;
	const struct l1_entry *l;
	u64 desc;

	for (l = m->l1ds; l < m->l1ds + L1DS; l++) {
		if (!l->valid)
			continue;
		desc = world_owner(l->at) == OWNER_HYP ? walk_l1(m, l->at) : 0;
		if (desc != l->desc)
			world_bug("SMMU %u: stale: the descriptor of streams from %#x on is %#llx, memory says %#llx",
				  model_index(m), l->sid >> l->bits << l->bits, l->desc, desc);
	}
	for (s = m->stes; s < m->stes + STES; s++) {
		if (s->valid && stale(m, s))
			world_bug("SMMU %u: stale: the entry of stream %#x is not that in memory",
				  model_index(m), s->sid);
	}
}

void model_settled(u64 phys, u64 size)
{
	struct model *m;
	u32 i;

	/* What an SMMU that is off has cached is found where it is used. */
	for (i = 0; (m = model_at(i)); i++) {
		if (!(m->cr0.have & CR0_SMMUEN))
			continue;
		check_tlb(m, phys, size);
		check_walks(m);
		check_cds(m);
		check_streams(m);
	}
}
