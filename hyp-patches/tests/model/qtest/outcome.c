// SPDX-License-Identifier: GPL-2.0-only
/*
 * What may happen. An SMMU may use what was in memory before a change until commands
 * that name it are complete (IHI 0070, 3.21). So each of the changes outstanding is there
 * or not there yet, and any mixture of them may be what a transfer meets.
 */

#include "outcome.h"

#define MAX_ENTRIES 256

static struct change changes[MAX_CHANGES];
static u32 nr_changes;

/* What QEMU's TLB may hold. */
static struct change entries[MAX_ENTRIES];
static u32 nr_entries;

void changes_reset(void)
{
	nr_changes = nr_entries = 0;
}

u32 changes_outstanding(void)
{
	return nr_changes;
}

void change(struct change *c, const u64 *words)
{
	u32 i;

	for (i = 0; i < c->words; i++) {
		c->old[i] = model_side.read64(c->at + 8 * i);
		put(c->at + 8 * i, words[i]);
	}
	changes[nr_changes++] = *c;
}

static bool covers_config(const u64 *command, const struct change *c)
{
	u32 sid = command[0] >> 32, bits;

	/* A first-level entry goes with all entries behind it (IHI 0070, 5.1.1). */
	if ((command[0] & 0xff) == 0x03)
		return c->kind == CHANGE_STE && sid == c->sid;
	bits = BITS(command[1], 4, 0) + 1;

	return bits > 31 || (bits >= c->bits && sid >> bits == c->sid >> bits);
}

/*
 * One address reaches a leaf around it, but not all leaves behind a table. What a range from
 * within a page on reaches is UNPREDICTABLE (IHI 0070, 4.4.1.1).
 */
static bool covers_ipa(const u64 *command, const struct change *c)
{
	static const u32 granules[] = { 0, 12, 14, 16 };
	u32 granule = granules[BITS(command[1], 11, 10)];
	u64 addr = command[1] & 0xffffffffff000ULL, size = 1;

	if (granule) {
		if (addr & ((1ULL << granule) - 1))
			return false;
		size = (BITS(command[0], 16, 12) + 1) << BITS(command[0], 25, 20) << granule;
	}

	return c->kind == CHANGE_LEAF && BITS(command[0], 47, 32) == c->vmid &&
	       (!granule || granule == c->granule) && addr < c->ipa + c->size &&
	       c->ipa < addr + size;
}

static bool covers(const u64 *command, const struct change *c)
{
	bool config = c->kind == CHANGE_STE || c->kind == CHANGE_L1;

	switch (command[0] & 0xff) {
	case 0x03: /* CFGI_STE */
	case 0x04: /* CFGI_STE_RANGE, CFGI_ALL */
		return config && covers_config(command, c);
	case 0x28: /* TLBI_S12_VMALL */
		return !config && BITS(command[0], 47, 32) == c->vmid;
	case 0x2a: /* TLBI_S2_IPA */
		return covers_ipa(command, c);
	case 0x30: /* TLBI_NSNH_ALL */
		return !config;
	default:
		return false;
	}
}

/* QEMU does what a command says at once. */
static void forget(const u64 *command)
{
	u32 i, left = 0;

	for (i = 0; i < nr_entries; i++) {
		if (!covers(command, &entries[i]))
			entries[left++] = entries[i];
	}
	nr_entries = left;
}

bool known(u16 vmid, u32 granule, u64 iova)
{
	u32 i;

	for (i = 0; i < nr_entries; i++) {
		if (entries[i].vmid == vmid && entries[i].granule == granule &&
		    iova - entries[i].ipa < entries[i].size)
			return true;
	}

	return false;
}

static void learn(const struct transfer *t, const struct outcome *o)
{
	struct change entry = { .kind = CHANGE_LEAF,
				.vmid = BITS(o->ste[2], 15, 0),
				.granule = walk_granule(o->ste),
				.ipa = t->iova & ~(o->view.size - 1),
				.size = o->view.size };
	u32 i;

	if (!o->view.stage2 || o->view.fault)
		return;
	for (i = 0; i < nr_entries; i++) {
		if (entries[i].vmid == entry.vmid && entries[i].granule == entry.granule &&
		    entries[i].ipa == entry.ipa && entries[i].size == entry.size)
			return;
	}
	if (nr_entries == MAX_ENTRIES)
		world_bug("a sequence has too many translations");
	entries[nr_entries++] = entry;
}

void learn_from(const struct transfer *t, const struct outcome *seen, const struct outcome *list,
		u32 n)
{
	u32 i;

	for (i = 0; i < n; i++) {
		if (same(seen, &list[i]))
			learn(t, &list[i]);
	}
}

void changes_consumed(const u64 *command)
{
	u32 i, left = 0;

	forget(command);
	if ((command[0] & 0xff) == 0x46) {
		for (i = 0; i < nr_changes; i++) {
			if (!changes[i].covered)
				changes[left++] = changes[i];
		}
		nr_changes = left;
		return;
	}
	for (i = 0; i < nr_changes; i++)
		changes[i].covered |= covers(command, &changes[i]);
}

/* Takes changes back, newest first, or makes them again. In the model's memory alone. */
static void swap(struct change *c)
{
	u64 now;
	u32 i;

	for (i = 0; i < c->words; i++) {
		now = model_side.read64(c->at + 8 * i);
		model_side.write64(c->at + 8 * i, c->old[i]);
		c->old[i] = now;
	}
}

void expect_event(struct model *m, const struct transfer *t, struct outcome *o)
{
	u32 fault = o->view.fault;

	if (fault <= MODEL_ABORTED || !(m->cr0.have & CR0_EVTQEN) ||
	    (o->view.stage2 && o->view.quiet))
		return;
	if (fault == EVENT_BAD_STREAMID && !(m->cr2 & 2))
		return;
	o->event[0] = fault | (u64)streams[t->stream] << 32;
	if (fault < EVENT_TRANSLATION)
		return;
	/* RnW, S2, and the input address as what failed (IHI 0070, 7.3.13) */
	o->event[1] = (u64)!t->write << 35 | (u64)o->view.stage2 << 39 | 2ULL << 40;
	o->event[2] = t->iova;
	o->event[3] = o->view.stage2 ? t->iova & ~0xfffULL : 0;
}

struct outcome look(struct model *m, const struct transfer *t, u64 iova)
{
	struct outcome o = { .view = transaction(m, streams[t->stream], iova, false),
			     .walked = iova };

	o.off = !(m->cr0.have & CR0_SMMUEN);
	if (!o.off && walk_ste(m, streams[t->stream], o.ste, false))
		memset(o.ste, 0, sizeof(o.ste));
	if (!o.view.fault && !(o.view.may & (t->write ? MODEL_WRITE : MODEL_READ)))
		o.view.fault = EVENT_PERMISSION;
	o.moved = !o.view.fault && o.view.pa >= DATA && o.view.pa < DATA_END;
	o.pa = o.view.pa;
	expect_event(m, t, &o);

	return o;
}

u32 expected(struct model *m, const struct transfer *t, struct outcome *list, struct outcome *qemu,
	     u32 *nr_qemu)
{
	u32 set, n = 0;
	int i;

	*nr_qemu = 0;
	for (set = 0; set < 1U << nr_changes; set++) {
		for (i = nr_changes - 1; i >= 0; i--) {
			if (set >> i & 1)
				swap(&changes[i]);
		}
		list[n] = look(m, t, t->iova);
		*nr_qemu += deviate(m, t, &list[n++], &qemu[*nr_qemu]);
		for (i = 0; i < (int)nr_changes; i++) {
			if (set >> i & 1)
				swap(&changes[i]);
		}
	}

	return n;
}

/* Of a record of what is configured wrongly, only the type and the stream are defined. */
bool same(const struct outcome *seen, const struct outcome *expected)
{
	bool stage2 = expected->event[1] >> 39 & 1;

	return seen->moved == expected->moved && (!seen->moved || seen->pa == expected->pa) &&
	       !((seen->event[0] ^ expected->event[0]) & 0xffffffff000000ffULL) &&
	       seen->event[1] == expected->event[1] && seen->event[2] == expected->event[2] &&
	       (!stage2 || (seen->event[3] ^ expected->event[3]) >> 12 == 0);
}
