// SPDX-License-Identifier: GPL-2.0-only
/* One sequence: its steps are drawn as it runs, done on both sides, and compared. */

#include "sequence.h"

#include <stdarg.h>
#include <stdio.h>

#include "outcome.h"

#define CMDQ TABLES
#define EVTQ (TABLES + 0x1000)

#define SYNC 0x46

struct totals totals;

static const struct side *const sides[] = { &model_side, &qemu_side };
static struct model *model;
static u32 cr0, cmdq_shift, evtq_shift, prod, last_cons;

/* The text of the sequence. */
static char text[1 << 18];
static size_t text_used;

__printf(1, 2) static void say(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	text_used += vsnprintf(text + text_used, sizeof(text) - text_used, format, ap);
	va_end(ap);
	if (text_used >= sizeof(text))
		world_bug("a sequence says too much");
}

void sequence_print(void)
{
	fputs(text, stdout);
}

static void reg32(u32 offset, u32 value)
{
	sides[0]->reg32(offset, value);
	sides[1]->reg32(offset, value);
}

static void reg64(u32 offset, u64 value)
{
	sides[0]->reg64(offset, value);
	sides[1]->reg64(offset, value);
}

/* Transfers */

static void say_outcome(const char *who, const struct outcome *o)
{
	say("#     %s: ", who);
	if (o->moved)
		say("at %#llx", o->pa);
	else
		say("nowhere");
	if (o->event[0] & 0xff)
		say(", event %#llx %#llx %#llx %#llx", o->event[0], o->event[1], o->event[2],
		    o->event[3]);
	say("\n");
}

/* What was recorded, taken from the queue. More than one for a transfer is none that we know. */
static void take_event(const struct side *side, struct outcome *o)
{
	u32 p = side->get32(EVTQ_PROD), c = side->get32(EVTQ_CONS), i;

	if (p == c)
		return;
	for (i = 0; i < 4; i++)
		o->event[i] = side->read64(EVTQ + 32 * (c & ((1U << evtq_shift) - 1)) + 8 * i);
	if (((p - c) & ((2U << evtq_shift) - 1)) != 1)
		o->event[0] |= 0xff;
	side->reg32(EVTQ_CONS, p);
}

/* Which of the list, or -1. */
static int find(const struct outcome *seen, const struct outcome *list, u32 n)
{
	u32 i;

	for (i = 0; i < n; i++) {
		if (same(seen, &list[i]))
			return i;
	}

	return -1;
}

static void compare_ipa(const struct outcome *seen, const struct outcome *expected)
{
	if (expected->event[1] >> 39 & 1 && expected->event[3] != seen->event[3])
		explain("ipa-low-bits");
}

static void add_places(struct transfer *t, const struct outcome *list, u32 n)
{
	u32 i, j;

	for (i = 0; i < n; i++) {
		for (j = 0; list[i].moved && j < t->nr_places && t->places[j] != list[i].pa; j++)
			;
		if (list[i].moved && j == t->nr_places && j < MAX_PLACES - 1)
			t->places[t->nr_places++] = list[i].pa;
	}
}

static void say_allowed(const char *who, const struct outcome *list, u32 n)
{
	u32 i;

	for (i = 0; i < n; i++) {
		if (find(&list[i], list, i) < 0)
			say_outcome(who, &list[i]);
	}
}

/* What a transfer that is not explained met, as memory has it. */
static void say_tables(const struct transfer *t, const struct outcome *o)
{
	const struct space *s;

	if (tables_bits())
		say("#     L1STD %#llx, the low %u bits index the second level\n",
		    model_side.read64(l1_at(streams[t->stream])), tables_bits());
	say("#     STE %#llx %#llx %#llx %#llx\n", o->ste[0], o->ste[1], o->ste[2], o->ste[3]);
	for (s = spaces; s < spaces + SPACES; s++)
		say("#     VMID %u: granule of %u bits, level %u on, %u bits to %u\n", s->vmid,
		    s->granule, s->start, s->ia, s->ps);
}

/* The model does what it may, and QEMU that, or what of its own is known. */
static bool do_transfer(struct transfer *t)
{
	static struct outcome list[MAX_EXPECTED], qemu[MAX_DEVIATING];
	struct outcome seen[2] = {};
	u32 nr_qemu, n = expected(model, t, list, qemu, &nr_qemu), i;
	int at;

	t->nr_places = 0;
	add_places(t, list, n);
	add_places(t, qemu, nr_qemu);
	/* Untranslated, too. */
	if (t->iova >= DATA && t->iova < DATA_END)
		t->places[t->nr_places++] = t->iova;

	say("    stream %#x %s %#llx\n", streams[t->stream], t->write ? "writes" : "reads",
	    t->iova);
	totals.transfers++;
	for (i = 0; i < 2; i++) {
		seen[i].moved = sides[i]->transfer(t, &seen[i].pa);
		take_event(sides[i], &seen[i]);
		say_outcome(sides[i]->name, &seen[i]);
	}

	if (find(&seen[0], list, n) < 0) {
		say_tables(t, &list[0]);
		say_allowed("allowed", list, n);
		say("the model does what is not explained\n");
		return false;
	}
	learn_from(t, &seen[1], list, n);
	learn_from(t, &seen[1], qemu, nr_qemu);
	at = find(&seen[1], list, n);
	if (at >= 0) {
		compare_ipa(&seen[1], &list[at]);
		if (!same(&seen[0], &list[at]))
			explain_stale();
		return true;
	}
	at = find(&seen[1], qemu, nr_qemu);
	if (at >= 0) {
		compare_ipa(&seen[1], &qemu[at]);
		explain_outcome(&qemu[at]);
		return true;
	}
	say_tables(t, &list[0]);
	say_allowed("allowed", list, n);
	say_allowed("QEMU's", qemu, nr_qemu);
	say("QEMU does what is not explained\n");

	return false;
}

static bool transfer_step(void)
{
	struct transfer t = { .stream = draw(STREAMS), .iova = draw_iova(), .write = chance(50) };

	return do_transfer(&t);
}

/* Commands */

/* In place of a command that was refused. */
static void replace(const struct side *side, u32 cons)
{
	u64 at = CMDQ + 16 * (cons & ((1U << cmdq_shift) - 1));

	side->write64(at, SYNC);
	side->write64(at + 8, 0);
	side->reg32(GERRORN, side->get32(GERROR));
}

static u32 cons_mask(void)
{
	return (2U << cmdq_shift) - 1;
}

/* What the model has consumed since the last time. */
static void account(void)
{
	u32 cons = model_side.get32(CMDQ_CONS) & cons_mask();
	u64 command[2], at;

	for (; last_cons != cons; last_cons = (last_cons + 1) & cons_mask()) {
		at = CMDQ + 16 * (last_cons & ((1U << cmdq_shift) - 1));
		command[0] = model_side.read64(at);
		command[1] = model_side.read64(at + 8);
		changes_consumed(command);
	}
}

/* Both sides stand at the same command, with the same error or none: or one is helped on. */
static bool settle_queue(void)
{
	u32 cons[2], error[2], gerror[2], i;
	u64 command[2], at;

	for (;;) {
		for (i = 0; i < 2; i++) {
			cons[i] = sides[i]->get32(CMDQ_CONS);
			gerror[i] = sides[i]->get32(GERROR) ^ sides[i]->get32(GERRORN);
			error[i] = gerror[i] & GERROR_CMDQ ? cons[i] >> 24 & 0x7f : 0;
			cons[i] &= cons_mask() | (gerror[i] & GERROR_CMDQ ? 0 : 0x7fU << 24);
		}
		account();
		if (error[0] == error[1] && gerror[0] == gerror[1] &&
		    !((cons[0] ^ cons[1]) & cons_mask())) {
			if (cons[0] != cons[1])
				explain("cerror-kept");
			return true;
		}
		at = CMDQ + 16 * (cons[0] & ((1U << cmdq_shift) - 1));
		command[0] = model_side.read64(at);
		command[1] = model_side.read64(at + 8);
		say("#     model: CMDQ_CONS %#x, error %u; QEMU: %#x, error %u; at %#llx %#llx\n",
		    cons[0], error[0], cons[1], error[1], command[0], command[1]);
		/* QEMU may have met a later one that both refuse. */
		if (error[0] != CERROR_ILL || cons[0] == (cons[1] & cons_mask()) ||
		    !explained_command(model, command)) {
			say("the command queues differ\n");
			return false;
		}
		replace(&model_side, cons[0]);
	}
}

static bool acknowledge(void)
{
	u32 cons = model_side.get32(CMDQ_CONS) & cons_mask(), i;

	if (!((model_side.get32(GERROR) ^ model_side.get32(GERRORN)) & GERROR_CMDQ))
		return true;
	say("    CMD_SYNC in the place of the refused command, GERRORN\n");
	for (i = 0; i < 2; i++)
		replace(sides[i], cons);

	return settle_queue();
}

static void push(u64 word0, u64 word1)
{
	u64 at = CMDQ + 16 * (prod & ((1U << cmdq_shift) - 1));
	u32 i;

	say("    command %#llx %#llx\n", word0, word1);
	for (i = 0; i < 2; i++) {
		sides[i]->write64(at, word0);
		sides[i]->write64(at + 8, word1);
	}
	prod = (prod + 1) & cons_mask();
	totals.commands++;
}

static u32 space_left(void)
{
	u32 cons = model_side.get32(CMDQ_CONS) & cons_mask();

	return (1U << cmdq_shift) - ((prod - cons) & cons_mask());
}

static bool doorbell(void)
{
	say("    CMDQ_PROD %#x\n", prod);
	reg32(CMDQ_PROD, prod);

	return settle_queue();
}

/* An invalidation by address; of the pages around a site, or of others. */
static void push_ipa(void)
{
	const struct space *s = &spaces[draw(SPACES)];
	u64 word0 = 0x2a | (u64)s->vmid << 32, word1 = draw_iova() & 0xffffffffff000ULL;

	if (chance(50)) {
		word0 |= (1 + draw(31)) << 12 | draw(6) << 20;
		word1 |= (u64)((s->granule - 10) / 2) << 10;
		if (oddly(5))
			word0 &= ~(0x1fULL << 12 | 0x3fULL << 20);
	}
	push(word0, word1 | chance(50));
}

static void push_any(void)
{
	static const u8 reserved[] = { 0x00, 0x08, 0x14, 0x29, 0x31, 0x47, 0x7f, 0xff };
	static const u8 absent[] = { 0x18, 0x20, 0x40, 0x41, 0x44, 0x45 };
	u64 sid = streams[draw(STREAMS)];
	u32 kind = draw(100);

	if (kind < 20)
		push(0x03 | sid << 32, chance(50));
	else if (kind < 28)
		push(0x04 | sid << 32, draw(12));
	else if (kind < 36)
		push(0x04, 31);
	else if (kind < 56)
		push(0x28 | (1 + draw(SPACES)) << 32, 0);
	else if (kind < 80)
		push_ipa();
	else if (kind < 86)
		push(0x30, 0);
	else if (kind < 90)
		push(0x10 | (1 + draw(SPACES)) << 32, 0);
	else if (kind < 92)
		push(0x01 | sid << 32, 0);
	else if (kind < 95)
		push(SYNC | (oddly(30) ? 3 : draw(3)) << 12, 0);
	else if (kind < 97)
		push(0x03 | 1 << 10 | sid << 32, 0);
	else
		push(oddly(60) ? absent[draw(ARRAY_SIZE(absent))]
			       : reserved[draw(ARRAY_SIZE(reserved))],
		     0);
}

static bool commands_step(void)
{
	u32 n = 1 + draw(4);

	if (!acknowledge())
		return false;
	while (n-- && space_left() > 1)
		push_any();
	if (space_left() && chance(80))
		push(SYNC, 0);

	return doorbell();
}

/* All caches, complete. */
static bool invalidate_all(void)
{
	if (!(cr0 & CR0_CMDQEN)) {
		cr0 |= CR0_CMDQEN;
		say("    CR0 %#x\n", cr0);
		reg32(CR0, cr0);
		if (!settle_queue())
			return false;
	}
	while ((model_side.get32(GERROR) ^ model_side.get32(GERRORN)) & GERROR_CMDQ) {
		if (!acknowledge())
			return false;
	}
	push(0x04, 31);
	push(0x30, 0);
	push(SYNC, 0);

	return doorbell();
}

/* Tables */

static void change_ste(u32 sid)
{
	struct change c = { .kind = CHANGE_STE, .at = ste_at(sid), .words = 4, .sid = sid };
	u64 ste[4];
	u32 i;

	draw_ste(ste);
	say("    STE of %#x:", sid);
	for (i = 0; i < 4; i++)
		say(" %#llx", ste[i]);
	say("\n");
	change(&c, ste);
}

static void change_l1(void)
{
	u32 sid = streams[draw(STREAMS)];
	struct change c = {
		.kind = CHANGE_L1, .at = l1_at(sid), .words = 1, .sid = sid, .bits = tables_bits()
	};
	u64 desc = draw_l1(sid);

	if (!tables_bits())
		return;
	say("    L1STD of %#x: %#llx\n", sid, desc);
	change(&c, &desc);
}

static void change_descriptor(const struct space *s, const struct place *p, u64 desc)
{
	struct change c = { .at = p->at,
			    .words = 1,
			    .vmid = s->vmid,
			    .granule = s->granule,
			    .ipa = p->ipa,
			    .size = p->size };

	c.kind = IS_TABLE(desc, p->level) || IS_TABLE(p->value, p->level) ? CHANGE_TABLE
									  : CHANGE_LEAF;
	say("    VMID %u, level %u, from %#llx on: %#llx becomes %#llx\n", s->vmid, p->level,
	    p->ipa, p->value, desc);
	change(&c, &desc);
}

static void change_any_descriptor(void)
{
	struct space *s = &spaces[draw(SPACES)];
	u64 site = s->sites[draw(SITES)], desc = 0;
	struct place places[4], *p;
	u32 n = walk_places(s, site, places);

	p = &places[chance(70) ? n - 1 : draw(n)];
	if (p->level < 3 && chance(50))
		desc = draw_table(s, site, p->level);
	if (!desc)
		desc = draw_leaf(s, p->level);
	change_descriptor(s, p, desc);
}

static bool may_change(void)
{
	totals.changes++;

	return changes_outstanding() < MAX_CHANGES || invalidate_all();
}

static bool table_step(void)
{
	u32 kind = draw(10);

	if (!may_change())
		return false;
	if (kind < 3)
		change_ste(streams[draw(STREAMS)]);
	else if (kind < 4)
		change_l1();
	else
		change_any_descriptor();

	return true;
}

/* A leaf, and its invalidation by address. */
static void update_leaf(const struct space *s, u64 iova)
{
	struct place places[4], *p = &places[walk_places(s, iova, places) - 1];
	u64 word0 = 0x2a | (u64)s->vmid << 32, word1 = iova & ~0xfffULL;

	change_descriptor(s, p, draw_leaf(s, p->level));
	if (chance(50)) {
		word0 |= (1 + draw(3)) << 12;
		word1 &= ~((1ULL << s->granule) - 1);
		word1 |= (u64)((s->granule - 10) / 2) << 10;
	}
	push(word0, word1 | chance(50));
}

/* As software does it: used, changed, invalidated just as far as that needs, used again. */
static bool update_step(void)
{
	u32 stream = draw(STREAMS);
	const struct space *s = space_at(model_side.read64(ste_at(streams[stream]) + 24));
	struct transfer t = { .stream = stream };

	if (!acknowledge() || !may_change())
		return false;
	t.iova = s ? s->sites[draw(SITES)] + 8 * draw(512) : draw_iova();
	t.write = chance(50);
	if (!do_transfer(&t))
		return false;
	if (space_left() < 2)
		return true;
	if (s && chance(60)) {
		update_leaf(s, t.iova);
	} else {
		change_ste(streams[stream]);
		push(0x03 | (u64)streams[stream] << 32, chance(50));
	}
	push(SYNC, 0);
	t.write = chance(50);

	return doorbell() && do_transfer(&t);
}

/* Registers */

static bool register_step(void)
{
	u32 gbpa;

	if (chance(40)) {
		gbpa = chance(50) ? GBPA_ABORT : 0;
		say("    GBPA %#x\n", gbpa);
		reg32(GBPA, gbpa | GBPA_UPDATE);
		return true;
	}
	cr0 = CR0_SMMUEN | CR0_EVTQEN | CR0_CMDQEN;
	if (chance(50))
		cr0 &= ~(1U << (chance(60) ? 0 : 2 + draw(2)));
	say("    CR0 %#x\n", cr0);
	reg32(CR0, cr0);

	return settle_queue();
}

static bool step(void)
{
	u32 kind = draw(100);

	totals.steps++;
	if (kind < 40)
		return transfer_step();
	if (kind < 55)
		return table_step();
	if (kind < 70)
		return update_step();
	if (kind < 92)
		return commands_step();
	if (kind < 95)
		return invalidate_all();

	return register_step();
}

/* The SMMU as software sets it up, from reset. */
static void set_up(void)
{
	u32 cfg;
	u64 strtab = tables_registers(&cfg);
	u32 cr2 = oddly(35) ? 0 : 2; /* RECINVSID */

	cmdq_shift = 3 + draw(6);
	evtq_shift = 2 + draw(4);
	prod = last_cons = 0;
	say("    STRTAB_BASE %#llx, CFG %#x, queues of 2^%u and 2^%u, CR2 %#x\n", strtab, cfg,
	    cmdq_shift, evtq_shift, cr2);
	reg32(CR1, 0xd75);
	reg32(CR2, cr2);
	reg64(STRTAB, strtab);
	reg32(STRTAB_CFG, cfg);
	reg64(CMDQ_BASE, CMDQ | cmdq_shift);
	reg32(CMDQ_PROD, 0);
	reg32(CMDQ_CONS, 0);
	reg64(EVTQ_BASE, EVTQ | evtq_shift);
	reg32(EVTQ_PROD, 0);
	reg32(EVTQ_CONS, 0);
	reg32(GBPA, GBPA_UPDATE);
	cr0 = CR0_SMMUEN | CR0_EVTQEN | CR0_CMDQEN;
	reg32(CR0, cr0);
}

bool sequence(u64 seed)
{
	u64 random = seed;
	bool ok = true;
	u32 i, steps;

	text_used = 0;
	qemu_side_reset();
	model = model_side_reset();
	changes_reset();
	tables_new(&random);
	set_up();
	steps = 20 + draw(40);
	for (i = 0; ok && i < steps; i++)
		ok = step();
	tables_clear();

	return ok;
}
