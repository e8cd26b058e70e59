// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the model has cached: both levels of the stream table, context descriptors, descriptors
 * that lead to tables of either stage, and translations in pieces as large as the leaf they came from.
 * Old ones leave to make room, and where the SMMU forgets (model_ahead.c).
 */

#include "model_priv.h"
#include "random.h"

const struct ste_entry *ste_find(const struct model *m, u32 sid)
{
	u32 i;

	for (i = 0; i < STES; i++) {
		if (m->stes[i].valid && m->stes[i].sid == sid)
			return &m->stes[i];
	}

	return NULL;
}

#define ALL_WORDS ((1U << STE_WORDS) - 1)

bool ste_complete(const struct ste_entry *entry)
{
	return entry->have == ALL_WORDS;
}

/* All of it or some (IHI 0070, 3.21.3). */
void ste_add(struct model *m, u32 sid, const u64 *ste)
{
	struct ste_entry *entry = &m->stes[m->next_ste++ % STES];

	entry->valid = true;
	entry->sid = sid;
	entry->have = m->config.partial ? random_below(&m->random, ALL_WORDS + 1) : ALL_WORDS;
	memcpy(entry->ste, ste, sizeof(entry->ste));
}

const struct cd_entry *cd_find(const struct model *m, u32 sid)
{
	const struct cd_entry *entry;

	for (entry = m->cds; entry < m->cds + CDS; entry++) {
		if (entry->valid && entry->sid == sid)
			return entry;
	}

	return NULL;
}

void cd_add(struct model *m, u32 sid, const u64 *cd)
{
	struct cd_entry *entry = &m->cds[m->next_cd++ % CDS];

	entry->valid = true;
	entry->sid = sid;
	memcpy(entry->cd, cd, sizeof(entry->cd));
}

const struct l1_entry *l1_find(const struct model *m, u64 at)
{
	const struct l1_entry *entry;

	for (entry = m->l1ds; entry < m->l1ds + L1DS; entry++) {
		if (entry->valid && entry->at == at)
			return entry;
	}

	return NULL;
}

void l1_add(struct model *m, const struct l1_entry *entry)
{
	struct l1_entry *e = &m->l1ds[m->next_l1d++ % L1DS];

	*e = *entry;
	e->valid = true;
}

/* Of those that lead to the same address an SMMU may use any, or none. */
const struct walk_entry *walk_find(struct model *m, u32 tag, u64 iova)
{
	u32 i, first = random_below(&m->random, WALKS);
	const struct walk_entry *entry;

	for (i = 0; i < WALKS; i++) {
		entry = &m->walks[(first + i) % WALKS];
		if (entry->valid && entry->tag == tag && iova - entry->iova < entry->size)
			return entry;
	}

	return NULL;
}

void walk_add(struct model *m, const struct walk_entry *entry)
{
	struct walk_entry *e = &m->walks[m->next_walk++ % WALKS];

	*e = *entry;
	e->valid = true;
}

/* An entry of stage 1 that is global matches any ASID. */
static bool matches(const struct tlb_entry *t, u32 tag)
{
	return t->tag == tag || (t->global && tag & TAG_STAGE1);
}

/*
 * Where several match, any of them is used; where sizes differ and the SMMU does not
 * support that, there is a fault (IHI 0070, 3.21.1.1 to 3.21.1.3).
 */
u32 tlb_find(struct model *m, u32 tag, u64 iova, const struct tlb_entry **found)
{
	const struct tlb_entry *t;
	u32 found_before = 0;

	*found = NULL;
	for (t = m->tlb; t < m->tlb + TLB_SIZE; t++) {
		if (!t->valid || !matches(t, tag) || iova - t->iova >= t->size)
			continue;
		if (*found && (*found)->size != t->size && IDR3_BBML(m->config.idr3) < 2)
			return EVENT_TLB_CONFLICT;
		if (!random_below(&m->random, ++found_before))
			*found = t;
	}

	return MODEL_REACHED;
}

void tlb_add(struct model *m, const struct tlb_entry *entry)
{
	struct tlb_entry *t = &m->tlb[m->next_tlb++ % TLB_SIZE];

	*t = *entry;
	t->valid = true;
}

/* @global: also entries of stage 1 that are */
static void tlb_drop(struct model *m, int tag, bool global, u64 iova, u64 size, u32 granule)
{
	struct tlb_entry *t;

	for (t = m->tlb; t < m->tlb + TLB_SIZE; t++) {
		if ((tag < 0 || t->tag == (u32)tag || (global && t->global)) &&
		    (!granule || t->granule == granule) && t->iova < iova + size && iova < t->iova + t->size)
			t->valid = false;
	}
}

static void walks_drop(struct model *m, int tag, u64 iova, u64 size)
{
	struct walk_entry *entry;

	for (entry = m->walks; entry < m->walks + WALKS; entry++) {
		if ((tag < 0 || entry->tag == (u32)tag) && entry->iova < iova + size &&
		    iova < entry->iova + entry->size)
			entry->valid = false;
	}
}

/* A command names pages of its own granule; a leaf of any size around them goes. */
static void tlb_drop_address(struct model *m, const struct model_command *cmd, u32 tag)
{
	static const u32 granules[] = { 0, 12, 14, 16 };
	u32 granule = granules[BITS(cmd->word[1], 11, 10)];
	u64 addr = cmd->word[1] & 0xffffffffff000ULL, size = 1;

	if (granule) {
		addr &= ~((1ULL << granule) - 1);
		size = (BITS(cmd->word[0], 16, 12) + 1) << BITS(cmd->word[0], 25, 20) << granule;
		if (BITS(cmd->word[1], 9, 8))
			world_bug("the model knows no level hints");
	}
	tlb_drop(m, tag, tag & TAG_STAGE1, addr, size, granule);
	/* Leaf: what leads to the last level may stay (IHI 0070, 4.4.1.1). */
	if (!(cmd->word[1] & 1))
		walks_drop(m, tag, addr, size);
}

/*
 * Of stage 1, by ASID or all. Where there is stage 2, no stream here has stage 1, so a VMID
 * matches nothing; where there is none, a VMID may match nothing. Nor need an ASID that is too
 * long for the SMMU (IHI 0070, 4.4 and 4.4.2).
 */
static void stage1_drop(struct model *m, const struct model_command *cmd)
{
	u32 asid = BITS(cmd->word[0], 63, 48), op = cmd->word[0] & 0xff;

	if (m->config.idr0 & IDR0_S2P || BITS(cmd->word[0], 47, 32) ||
	    (asid >> 8 && !(m->config.idr0 & IDR0_ASID16)))
		return;
	if (op == 0x12) {
		tlb_drop_address(m, cmd, TAG_STAGE1 | asid);
	} else {
		/* Entries that are global stay. */
		tlb_drop(m, TAG_STAGE1 | asid, false, 0, ~0ULL, 0);
		walks_drop(m, TAG_STAGE1 | asid, 0, ~0ULL);
	}
}

static void cds_drop(struct model *m, u32 sid, u32 bits)
{
	struct cd_entry *entry;

	for (entry = m->cds; entry < m->cds + CDS; entry++) {
		if (bits > 31 || entry->sid >> bits == sid >> bits)
			entry->valid = false;
	}
}

/* Of the streams that agree with @sid in all but the last @bits. */
static void stes_drop(struct model *m, u32 sid, u32 bits, bool leaf)
{
	u32 i;

	for (i = 0; i < STES; i++) {
		if (bits > 31 || m->stes[i].sid >> bits == sid >> bits)
			m->stes[i].valid = false;
	}
	for (i = 0; !leaf && i < L1DS; i++) {
		u32 coarse = max(bits, m->l1ds[i].bits);

		if (coarse > 31 || m->l1ds[i].sid >> coarse == sid >> coarse)
			m->l1ds[i].valid = false;
	}
}

/* One entry of each kind leaves, for reasons of the SMMU's own. */
void cache_forget(struct model *m)
{
	m->stes[random_below(&m->random, STES)].valid = false;
	m->l1ds[random_below(&m->random, L1DS)].valid = false;
	/* Where there is stage 2, there is no context descriptor. */
	if (!(m->config.idr0 & IDR0_S2P))
		m->cds[random_below(&m->random, CDS)].valid = false;
	m->walks[random_below(&m->random, WALKS)].valid = false;
	m->tlb[random_below(&m->random, min(m->next_tlb + 1, (u32)TLB_SIZE))].valid = false;
}

void cache_apply(struct model *m, const struct model_command *cmd)
{
	switch (cmd->word[0] & 0xff) {
	case 0x03: /* CFGI_STE: context descriptors as well (IHI 0070, 4.3.1) */
		cds_drop(m, cmd->word[0] >> 32, 0);
		stes_drop(m, cmd->word[0] >> 32, 0, cmd->word[1] & 1);
		break;
	case 0x04: /* CFGI_STE_RANGE; of everything it is CFGI_ALL */
		cds_drop(m, cmd->word[0] >> 32, BITS(cmd->word[1], 4, 0) + 1);
		stes_drop(m, cmd->word[0] >> 32, BITS(cmd->word[1], 4, 0) + 1, false);
		break;
	case 0x05: /* CFGI_CD, of the one that a stream has */
	case 0x06: /* CFGI_CD_ALL */
		cds_drop(m, cmd->word[0] >> 32, 0);
		break;
	case 0x11: /* TLBI_NH_ASID */
	case 0x12: /* TLBI_NH_VA */
		stage1_drop(m, cmd);
		break;
	case 0x28: /* TLBI_S12_VMALL */
		tlb_drop(m, BITS(cmd->word[0], 47, 32), false, 0, ~0ULL, 0);
		walks_drop(m, BITS(cmd->word[0], 47, 32), 0, ~0ULL);
		break;
	case 0x2a: /* TLBI_S2_IPA */
		tlb_drop_address(m, cmd, BITS(cmd->word[0], 47, 32));
		break;
	case 0x30: /* TLBI_NSNH_ALL */
		tlb_drop(m, -1, false, 0, ~0ULL, 0);
		walks_drop(m, -1, 0, ~0ULL);
		break;
	default:
		break;
	}
}
