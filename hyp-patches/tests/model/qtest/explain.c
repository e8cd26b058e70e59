// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where QEMU does something else than the model, and may: because the architecture leaves
 * it open, or because QEMU's SMMUv3 is known to deviate. The last column says from what.
 * Sections are those of IHI 0070 unless they name DDI 0487.
 */

#include "outcome.h"

#include <stdio.h>

static u8 type(const struct outcome *o)
{
	return o->event[0];
}

static bool silent(const struct outcome *seen)
{
	return !seen->moved && !type(seen);
}

static const struct space *space_of(const struct outcome *e)
{
	u32 vmid = BITS(e->ste[2], 15, 0);

	return BITS(e->ste[0], 3, 0) == 0xd && vmid >= 1 && vmid <= SPACES ? &spaces[vmid - 1] : NULL;
}

/* The descriptor that ended the walk behind an outcome, as memory has it. */
static bool last_place(const struct transfer *t, const struct outcome *e, struct place *p)
{
	const struct space *s = space_of(e);
	struct place places[4];

	if (!s || t->iova >> s->ia)
		return false;
	*p = places[walk_places(s, t->iova, places) - 1];

	return true;
}

/* L1STD.Span is one more than the bits of the index; QEMU takes it for those bits. */
static bool span(const struct transfer *t, const struct outcome *seen, const struct outcome *e)
{
	(void)t;
	(void)seen;

	return e->view.fault == EVENT_BAD_STREAMID && tables_bits();
}

static bool recinvsid(const struct transfer *t, const struct outcome *seen, const struct outcome *e)
{
	(void)t;

	return e->view.fault == EVENT_BAD_STREAMID && !type(e) && !seen->moved &&
	       type(seen) == EVENT_BAD_STREAMID;
}

static bool input_size(const struct transfer *t, const struct outcome *seen, const struct outcome *e)
{
	(void)t;

	return e->view.fault == EVENT_ADDR_SIZE && !e->view.stage2 && silent(seen);
}

static bool spoiled(const struct transfer *t, const struct outcome *seen, const struct outcome *e)
{
	(void)t;
	(void)seen;

	return e->view.fault == EVENT_BAD_STE && BITS(e->ste[2], 15, 0) >= 0x80;
}

static bool read_hit(const struct transfer *t, const struct outcome *seen, const struct outcome *e)
{
	return !t->write && e->view.fault == EVENT_PERMISSION && silent(seen);
}

static bool output_below_input(const struct transfer *t, const struct outcome *seen,
			       const struct outcome *e)
{
	static const u8 bits[] = { 32, 36, 40, 42, 44, 48, 52, 56 };

	(void)t;

	return BITS(e->ste[0], 3, 0) == 0xd && !seen->moved && type(seen) == EVENT_BAD_STE &&
	       bits[BITS(e->ste[2], 50, 48)] < 64 - BITS(e->ste[2], 37, 32);
}

static bool table_size(const struct transfer *t, const struct outcome *seen, const struct outcome *e)
{
	struct place p;

	return e->view.fault == EVENT_ADDR_SIZE && e->view.stage2 && last_place(t, e, &p) &&
	       !seen->moved &&
	       (type(seen) == EVENT_WALK_EABT || type(seen) == EVENT_TRANSLATION || silent(seen));
}

static bool block_level(const struct transfer *t, const struct outcome *seen, const struct outcome *e)
{
	struct place p;

	(void)seen;

	return e->view.fault == EVENT_TRANSLATION && last_place(t, e, &p) && p.value & DESC_VALID &&
	       !(p.value & DESC_TABLE) && p.level < 3 && !block_allowed(space_of(e), p.level);
}

/* Behind the first of several tables side by side, QEMU looks into the first again. */
static bool concatenated(const struct transfer *t, const struct outcome *seen, const struct outcome *e)
{
	const struct space *s = space_of(e);

	(void)seen;

	return s && !(t->iova >> s->ia) &&
	       t->iova >> (s->granule + (4 - s->start) * (s->granule - 3));
}

static bool priority(const struct transfer *t, const struct outcome *seen, const struct outcome *e)
{
	struct place p;

	return e->view.fault == EVENT_ADDR_SIZE && e->view.stage2 && last_place(t, e, &p) &&
	       !seen->moved &&
	       (type(seen) == EVENT_ACCESS || type(seen) == EVENT_PERMISSION || silent(seen));
}

static const struct rule {
	const char *name;
	bool (*of)(const struct transfer *t, const struct outcome *seen, const struct outcome *expected);
	const char *section, *what;
} rules[] = {
	{ "recinvsid", recinvsid, "7.3.3", "QEMU records C_BAD_STREAMID whatever CR2.RECINVSID says" },
	{ "span", span, "5.1", "QEMU takes L1STD.Span for one bit more, and its end for C_BAD_STE" },
	{ "input-size", input_size, "3.4", "QEMU does not record that an input address is too long" },
	{ "spoiled-ste", spoiled, "5.2.2", "QEMU takes stream table entries that are ILLEGAL" },
	{ "read-hit", read_hit, "7.3.16", "QEMU records no read without permission that its TLB knows" },
	{ "s2ps-below-s2t0sz", output_below_input, "5.2", "QEMU bounds S2T0SZ by S2PS, not by the IAS" },
	{ "table-size", table_size, "3.4.3", "QEMU does not check addresses of tables against S2PS" },
	{ "block-level", block_level, "DDI 0487 D8.3", "QEMU takes blocks at levels that have none" },
	{ "priority", priority, "DDI 0487 D8.15", "QEMU checks AF and permission before the address size" },
	{ "concatenated", concatenated, "DDI 0487 D8.2", "QEMU finds no second of several first tables" },
	{ "opcode", NULL, "4.1.3", "QEMU ignores commands for features that it does not have" },
	{ "one-page", NULL, "4.4.1.1", "QEMU takes a range of one page without a level" },
	{ "signal", NULL, "4.7.3", "QEMU takes the reserved signal of CMD_SYNC" },
	{ "ipa-low-bits", NULL, "7.3.13", "QEMU records bits 11:0 of the IPA, which are RES0" },
	{ "cerror-kept", NULL, "6.3.28", "CMDQ_CONS.ERR outside of an error: QEMU keeps it, the model clears it" },
};

static u32 counts[ARRAY_SIZE(rules)], stale;

void explain(const char *name)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(rules); i++) {
		if (!strcmp(rules[i].name, name)) {
			counts[i]++;
			return;
		}
	}
	world_bug("no rule has the name %s", name);
}

void explain_stale(void)
{
	stale++;
}

bool explained(const struct transfer *t, const struct outcome *seen, const struct outcome *expected)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(rules); i++) {
		if (rules[i].of && rules[i].of(t, seen, expected)) {
			counts[i]++;
			return true;
		}
	}

	return false;
}

bool explained_command(const u64 *command, const u32 *cerror)
{
	if (cerror[0] != CERROR_ILL || cerror[1])
		return false;
	switch (command[0] & 0xff) {
	case 0x18: /* TLBI_EL3_ALL */
	case 0x20: /* TLBI_EL2_ALL, without IDR0.Hyp */
	case 0x40: /* ATC_INV, without IDR0.ATS */
	case 0x41: /* PRI_RESP, without IDR0.PRI */
	case 0x44: /* RESUME, where nothing stalls */
	case 0x45: /* STALL_TERM */
		explain("opcode");
		return true;
	case 0x2a:
		explain("one-page");
		return true;
	case 0x46:
		explain("signal");
		return true;
	default:
		return false;
	}
}

void explain_report(void)
{
	u32 i;

	printf("# %8u  either is right: an entry cached before a change that nothing invalidated (3.21)\n",
	       stale);
	for (i = 0; i < ARRAY_SIZE(rules); i++)
		printf("# %8u  %s (%s)\n", counts[i], rules[i].what, rules[i].section);
}
