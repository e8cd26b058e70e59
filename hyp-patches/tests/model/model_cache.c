// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the model has cached: stream table entries, and translations in pieces as
 * large as the leaf they came from. Old ones leave only to make room.
 */

#include "model_priv.h"

const struct ste_entry *ste_find(const struct model *m, u32 sid)
{
	u32 i;

	for (i = 0; i < STES; i++) {
		if (m->stes[i].valid && m->stes[i].sid == sid)
			return &m->stes[i];
	}

	return NULL;
}

void ste_add(struct model *m, u32 sid, const u64 *ste)
{
	struct ste_entry *entry = &m->stes[m->next_ste++ % STES];

	entry->valid = true;
	entry->sid = sid;
	memcpy(entry->ste, ste, sizeof(entry->ste));
}

const struct tlb_entry *tlb_find(const struct model *m, u16 vmid, u64 iova)
{
	const struct tlb_entry *t;

	for (t = m->tlb; t < m->tlb + TLB_SIZE; t++) {
		if (t->valid && t->vmid == vmid && iova - t->iova < t->size)
			return t;
	}

	return NULL;
}

void tlb_add(struct model *m, const struct tlb_entry *entry)
{
	struct tlb_entry *t = &m->tlb[m->next_tlb++ % TLB_SIZE];

	*t = *entry;
	t->valid = true;
}

static void tlb_drop(struct model *m, int vmid, u64 iova, u64 size, u32 granule)
{
	struct tlb_entry *t;

	for (t = m->tlb; t < m->tlb + TLB_SIZE; t++) {
		if ((vmid < 0 || t->vmid == vmid) && (!granule || t->granule == granule) &&
		    t->iova < iova + size && iova < t->iova + t->size)
			t->valid = false;
	}
}

/* A command names pages of its own granule; a leaf of any size around them goes. */
static void tlb_drop_ipa(struct model *m, const struct model_command *cmd)
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
	tlb_drop(m, BITS(cmd->word[0], 47, 32), addr, size, granule);
}

static void stes_drop(struct model *m, u32 sid, u32 bits)
{
	u32 i;

	for (i = 0; i < STES; i++) {
		if (bits > 31 || m->stes[i].sid >> bits == sid >> bits)
			m->stes[i].valid = false;
	}
}

void cache_apply(struct model *m, const struct model_command *cmd)
{
	switch (cmd->word[0] & 0xff) {
	case 0x03: /* CFGI_STE */
		stes_drop(m, cmd->word[0] >> 32, 0);
		break;
	case 0x04: /* CFGI_STE_RANGE; of everything it is CFGI_ALL */
		stes_drop(m, cmd->word[0] >> 32, BITS(cmd->word[1], 4, 0) + 1);
		break;
	case 0x28: /* TLBI_S12_VMALL */
		tlb_drop(m, BITS(cmd->word[0], 47, 32), 0, ~0ULL, 0);
		break;
	case 0x2a: /* TLBI_S2_IPA */
		tlb_drop_ipa(m, cmd);
		break;
	case 0x30: /* TLBI_NSNH_ALL */
		tlb_drop(m, -1, 0, ~0ULL, 0);
		break;
	default:
		break;
	}
}
