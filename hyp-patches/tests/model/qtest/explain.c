// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where QEMU 11.1 does something else than the architecture says. Of a transfer, each rule
 * says exactly what QEMU makes of it: nothing else is explained. Sections are those of IHI
 * 0070, and say what is right.
 */

#include "outcome.h"

#include <stdio.h>

#define IDR0_PRI (1U << 16)

/* From it on to the next power of two, memory reads as ones in QEMU's machine. */
#define HIGH_PCI 0x8000000000ULL

/* Beyond it, L1STD.Span is reserved. */
#define SPAN_MAX 11

static void silence(struct outcome *o, u32 fault)
{
	memset(o->event, 0, sizeof(o->event));
	o->view.fault = fault;
	o->moved = false;
}

/* What is wrong with an entry is recorded whatever its S2R says. */
static void record(struct model *m, const struct transfer *t, struct outcome *o, u32 fault)
{
	silence(o, fault);
	o->view.stage2 &= fault >= EVENT_TRANSLATION;
	expect_event(m, t, o);
}

static bool translates(const struct outcome *o)
{
	return BITS(o->ste[0], 3, 0) == 0xd;
}

static u32 granule_of(const struct outcome *o)
{
	return walk_granule(o->ste);
}

static u32 input_bits(const struct outcome *o)
{
	return 64 - BITS(o->ste[2], 37, 32);
}

static u32 output_bits(const struct outcome *o)
{
	static const u8 bits[] = { 32, 36, 40, 42, 44, 44, 44, 44 };

	return bits[BITS(o->ste[2], 50, 48)];
}

/* Bits of an address that one table of the first level, and all below it, translate. */
static u32 table_bits(const struct outcome *o)
{
	u32 granule = granule_of(o), below = BITS(o->ste[2], 39, 38) + (granule == 12 ? 1 : 0);

	return granule + (below + 1) * (granule - 3);
}

/* An entry with something wrong has a table of its own, and none of these. */
static const struct space *space_of(const struct outcome *o)
{
	return translates(o) ? space_at(o->ste[3]) : NULL;
}

/* The descriptor that ended the walk, as memory has it. */
static bool last_place(const struct outcome *o, struct place *p)
{
	const struct space *s = space_of(o);
	struct place places[4];

	if (!o->view.stage2 || !s || o->walked >> s->ia)
		return false;
	*p = places[walk_places(s, o->walked, places) - 1];

	return true;
}

/* Words of memory that are for a moment as QEMU takes them. */
static struct {
	u64 at, was;
} taken[2];
static u32 nr_taken;

static void take(u64 at, u64 value)
{
	taken[nr_taken].at = at;
	taken[nr_taken++].was = model_side.read64(at);
	model_side.write64(at, value);
}

static void give_back(void)
{
	while (nr_taken) {
		nr_taken--;
		model_side.write64(taken[nr_taken].at, taken[nr_taken].was);
	}
}

/* The index in a second level, and what the first one says of it; false where there is none. */
static bool second_level(struct model *m, const struct transfer *t, u32 *index, u64 *l1)
{
	u32 sid = streams[t->stream], span;

	if (!tables_bits() || sid >> BITS(m->strtab_cfg, 5, 0))
		return false;
	*l1 = model_side.read64(l1_at(sid));
	*index = sid & ((1U << tables_bits()) - 1);
	span = BITS(*l1, 4, 0);

	return span && span <= SPAN_MAX && span <= tables_bits() + 1 && *index >> (span - 1);
}

static bool span(struct model *m, const struct transfer *t, struct outcome *o)
{
	u32 index;
	u64 l1;

	if (o->view.fault != EVENT_BAD_STREAMID || !second_level(m, t, &index, &l1) ||
	    index >> BITS(l1, 4, 0))
		return false;
	take(l1_at(streams[t->stream]), l1 + 1);
	*o = look(m, t, t->iova);

	return true;
}

static bool span_end(struct model *m, const struct transfer *t, struct outcome *o)
{
	u32 index;
	u64 l1;

	if (o->view.fault != EVENT_BAD_STREAMID || !second_level(m, t, &index, &l1))
		return false;
	record(m, t, o, EVENT_BAD_STE);

	return true;
}

static bool recinvsid(struct model *m, const struct transfer *t, struct outcome *o)
{
	if (o->view.fault != EVENT_BAD_STREAMID || m->cr2 & 2 || !(m->cr0.have & CR0_EVTQEN))
		return false;
	o->event[0] = EVENT_BAD_STREAMID | (u64)streams[t->stream] << 32;

	return true;
}

/* The bits that ask for updates of tables by hardware, which neither side has. */
static bool httu(struct model *m, const struct transfer *t, struct outcome *o)
{
	const u64 bits = 1ULL << 55 | 1ULL << 56;

	if (o->view.fault != EVENT_BAD_STE || !translates(o) || !(o->ste[2] & bits))
		return false;
	take(ste_at(streams[t->stream]) + 16, o->ste[2] & ~bits);
	*o = look(m, t, t->iova);

	return true;
}

/* There is nothing in such tables: tables.c. */
static bool start_level(struct model *m, const struct transfer *t, struct outcome *o)
{
	if (o->view.fault != EVENT_BAD_STE || !translates(o) || !spoiled_start(o->ste))
		return false;
	o->view.stage2 = true;
	o->view.quiet = !BITS(o->ste[2], 58, 58);
	if (t->iova >> oas_bits(m))
		silence(o, EVENT_ADDR_SIZE);
	else
		record(m, t, o, EVENT_TRANSLATION);

	return true;
}

static bool below_s2ps(struct model *m, const struct transfer *t, struct outcome *o)
{
	if (!translates(o) || o->view.fault == EVENT_BAD_STE || output_bits(o) >= input_bits(o))
		return false;
	record(m, t, o, EVENT_BAD_STE);

	return true;
}

/* Behind stage 2 it takes this for a fault that a CD says to record, too: hit(). */
static bool input_size(struct model *m, const struct transfer *t, struct outcome *o)
{
	(void)m;
	(void)t;

	if (o->view.fault != EVENT_ADDR_SIZE || o->view.stage2)
		return false;
	silence(o, MODEL_ABORTED);

	return true;
}

static bool concatenated(struct model *m, const struct transfer *t, struct outcome *o)
{
	u64 iova = o->view.stage2 ? t->iova & ((1ULL << table_bits(o)) - 1) : t->iova;

	if (!o->view.stage2 || t->iova >> input_bits(o) || iova == t->iova)
		return false;
	*o = look(m, t, iova);

	return true;
}

/*
 * The walk goes on at an address that no table may have: what QEMU's machine has there. As
 * a table, ones lead to where nothing is, and as a leaf to an address that is too large.
 */
static bool table_size(struct model *m, const struct transfer *t, struct outcome *o)
{
	u32 granule, level;
	struct place p;
	u64 at;

	if (o->view.fault != EVENT_ADDR_SIZE || !last_place(o, &p) || !IS_TABLE(p.value, p.level))
		return false;
	granule = granule_of(o);
	level = p.level + 1;
	at = p.value & DESC_ADDRESS;
	if (at >= HIGH_PCI && at < 2 * HIGH_PCI) {
		if (level == 3)
			return false;
		level++;
		at = DESC_ADDRESS & ~((1ULL << granule) - 1);
	}
	at += 8 * ((o->walked >> (granule + (3 - level) * (granule - 3))) &
		   ((1U << (granule - 3)) - 1));
	record(m, t, o, EVENT_WALK_EABT);
	o->event[1] = (u64)!t->write << 35 | 1ULL << 39 | 2ULL << 40;
	o->event[2] = t->iova;
	o->event[3] = at;

	return true;
}

/* What QEMU checks of a leaf before its address. */
static bool leaf(struct model *m, const struct transfer *t, const struct place *p,
		 struct outcome *o)
{
	if (!BITS(p->value, 10, 10) && !BITS(o->ste[2], 53, 53))
		record(m, t, o, EVENT_ACCESS);
	else if (!(p->value & (t->write ? 1 << 7 : 1 << 6)))
		record(m, t, o, EVENT_PERMISSION);
	else
		return false;

	return true;
}

static bool block_level(struct model *m, const struct transfer *t, struct outcome *o)
{
	struct place p;

	if (o->view.fault != EVENT_TRANSLATION || !last_place(o, &p) || p.level == 3 ||
	    (p.value & 3) != DESC_VALID || block_allowed(space_of(o), p.level))
		return false;
	silence(o, MODEL_REACHED);
	o->view.size = p.size;
	o->pa = (p.value & DESC_ADDRESS & ~(p.size - 1)) + (o->walked & (p.size - 1));
	if (!leaf(m, t, &p, o))
		o->moved = o->pa >= DATA && o->pa < DATA_END;

	return true;
}

static bool priority(struct model *m, const struct transfer *t, struct outcome *o)
{
	struct place p;

	if (o->view.fault != EVENT_ADDR_SIZE || !last_place(o, &p) || IS_TABLE(p.value, p.level))
		return false;

	return leaf(m, t, &p, o);
}

/*
 * A write without permission that finds the translation in its TLB, QEMU takes for a fault
 * of stage 1, which it records only where a CD says so: where there is only stage 2, never.
 * For a read the TLB looks at no permission, and what then stops it records nothing.
 */
static bool hit(struct model *m, const struct transfer *t, struct outcome *o)
{
	(void)m;

	if (o->view.fault != EVENT_PERMISSION || !(o->event[0] & 0xff) ||
	    !known(BITS(o->ste[2], 15, 0), granule_of(o), t->iova))
		return false;
	silence(o, EVENT_PERMISSION);

	return true;
}

/* In the order in which QEMU comes to them. */
static const struct rule {
	const char *name;
	bool (*apply)(struct model *m, const struct transfer *t, struct outcome *o);
	const char *section, *what;
} rules[] = {
	{ "span", span, "5.1", "QEMU takes L1STD.Span for one bit more" },
	{ "span-end", span_end, "7.3.3", "QEMU records what lies behind that Span as C_BAD_STE" },
	{ "recinvsid", recinvsid, "7.3.3",
	  "QEMU records C_BAD_STREAMID whatever CR2.RECINVSID says" },
	{ "httu", httu, "5.2", "QEMU ignores S2HA and S2HD, ILLEGAL without IDR0.HTTU" },
	{ "start-level", start_level, "5.2", "QEMU takes an S2T0SZ that is too large for S2SL0" },
	{ "s2t0sz", below_s2ps, "5.2", "QEMU bounds S2T0SZ by S2PS, not by the IAS" },
	{ "input-size", input_size, "3.4",
	  "QEMU does not record that an input address is too long" },
	{ "concatenated", concatenated, "5.2", "QEMU finds no second of several first tables" },
	{ "table-size", table_size, "7.3.14",
	  "QEMU does not check addresses of tables against S2PS" },
	{ "block-level", block_level, "7.3.13", "QEMU takes blocks at levels that have none" },
	{ "priority", priority, "7.3.22", "QEMU checks AF and permission before the address size" },
	{ "hit", hit, "7.3.16", "QEMU records no access without permission that its TLB knows" },
	{ "opcode", NULL, "4.4.2, 4.5, 4.7",
	  "QEMU ignores commands for features that it does not have" },
	{ "one-page", NULL, "4.4.1.1", "QEMU takes a range of one page without a level" },
	{ "signal", NULL, "4.7.3", "QEMU takes the reserved signal of CMD_SYNC" },
	{ "ipa-low-bits", NULL, "7.3", "QEMU records bits 11:0 of the IPA, which are RES0" },
	{ "cerror-kept", NULL, "6.3.28",
	  "QEMU keeps CMDQ_CONS.ERR behind an error, where it is UNKNOWN" },
};

/* The last ones are about what software must not look at. */
#define FORMATS 2

static u32 counts[ARRAY_SIZE(rules)], stale, transfers, commands;

void explain(const char *name)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(rules); i++) {
		if (!strcmp(rules[i].name, name)) {
			counts[i]++;
			commands += i < ARRAY_SIZE(rules) - FORMATS;
			return;
		}
	}
	world_bug("no rule has the name %s", name);
}

void explain_stale(void)
{
	stale++;
	transfers++;
}

void explain_outcome(const struct outcome *o)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(rules); i++)
		counts[i] += o->rules >> i & 1;
	transfers++;
}

u32 explain_differences(void)
{
	return transfers + commands;
}

/* The last rule follows from what QEMU did before, and may or may not be: without it, and with. */
u32 deviate(struct model *m, const struct transfer *t, const struct outcome *expected,
	    struct outcome *list)
{
	struct outcome o = *expected;
	u32 i, n = 0, used = 0;

	if (o.off)
		return 0;
	for (i = 0; rules[i].apply; i++) {
		if (rules[i].apply == hit && used) {
			list[n] = o;
			list[n++].rules = used;
		}
		if (rules[i].apply(m, t, &o))
			used |= 1U << i;
	}
	give_back();
	if (used && (!n || used != list[0].rules)) {
		list[n] = o;
		list[n++].rules = used;
	}

	return n;
}

/* CERROR_ILL to the architecture, and nothing to QEMU: why, by the name of the rule. */
static const char *ignored(const struct model *m, const u64 *command)
{
	/* TG without NUM, SCALE and TTL */
	bool one_page = BITS(command[1], 11, 10) && !BITS(command[1], 9, 8) &&
			!BITS(command[0], 16, 12) && !BITS(command[0], 25, 20);
	u32 idr0 = m->config.idr0;

	switch (command[0] & 0xff) {
	case 0x18: /* TLBI_EL3_ALL: 4.4.2.5 */
		return "opcode";
	case 0x20: /* TLBI_EL2_ALL: 4.4.2.7 */
		return idr0 & IDR0_HYP ? NULL : "opcode";
	case 0x40: /* ATC_INV: 4.5.1 */
		return idr0 & IDR0_ATS ? NULL : "opcode";
	case 0x41: /* PRI_RESP: 4.5.2 */
		return idr0 & IDR0_PRI ? NULL : "opcode";
	case 0x44: /* RESUME: 4.7.1 */
	case 0x45: /* STALL_TERM: 4.7.2 */
		return BITS(idr0, 25, 24) == 1 ? "opcode" : NULL;
	case 0x2a:
		return one_page ? "one-page" : NULL;
	case 0x46:
		return BITS(command[0], 13, 12) == 3 ? "signal" : NULL;
	default:
		return NULL;
	}
}

bool explained_command(const struct model *m, const u64 *command)
{
	const char *name = ignored(m, command);

	if (name)
		explain(name);

	return name;
}

void explain_report(void)
{
	u32 i;

	printf("# %u transfers and %u commands differ:\n", transfers, commands);
	printf("# %8u  either is right: an entry cached before a change that nothing invalidated "
	       "(3.21)\n",
	       stale);
	for (i = 0; i < ARRAY_SIZE(rules); i++)
		printf("# %8u  %s: %s (%s)\n", counts[i], rules[i].name, rules[i].what,
		       rules[i].section);
}
