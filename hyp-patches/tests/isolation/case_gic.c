// SPDX-License-Identifier: GPL-2.0-only
/*
 * The GIC as a master: the ITS and the redistributors write tables wherever the host
 * says that they lie. The host here is Linux, which uses the ITS itself. So it gets a
 * command queue and a device table of ours for a moment, and its own back, in the way
 * that QEMU's ITS allows: the tables can be moved while it is disabled, and GITS_CREADR
 * can be written while there is one security state. Registers and commands as in Arm
 * IHI 0069, 5.3 and 12.
 *
 * What the page then holds decides, so an access that the CPU was kept from counts as
 * blocked, too.
 */

#include <errno.h>
#include <string.h>

#include "cases.h"
#include "mailbox.h"
#include "poke.h"

#define GITS_CTLR	0x00
#define GITS_CBASER	0x80
#define GITS_CWRITER	0x88
#define GITS_CREADR	0x90
#define GITS_BASER0	0x100	/* the device table, in QEMU */
#define GICR_PENDBASER	0x78

#define GITS_ENABLED	1u
#define TABLE_VALID	(1ull << 63)
#define TABLE_ALIGN	0x10000u	/* of a pending table */

#define ITS_MAPD	0x08
#define ITS_MAPTI	0x0a
#define ITS_INT		0x03
#define COMMAND_WORDS	4

/*
 * An LPI whose bit is the first 4 KiB into the pending table. Nobody uses it: Linux gives
 * out low numbers first.
 */
#define LPI_OFFSET	4096u
#define LPI		(LPI_OFFSET * 8)
#define ANY_LPI		8192u

/* Pages of ours. */
enum { QUEUE, DEVICE_TABLE, ITT, NR_TABLES };

struct its {
	struct poke frame;
	struct mem mem;
	uint64_t device_table;
	size_t commands;
};

static uint64_t read64(const struct poke *frame, size_t offset)
{
	uint64_t value = 0;

	poke_read(frame, offset, sizeof(value), &value);

	return value;
}

static void write64(const struct poke *frame, size_t offset, uint64_t value)
{
	poke_write(frame, offset, sizeof(value), value);
}

static void enable(const struct its *its, bool on)
{
	poke_write(&its->frame, GITS_CTLR, sizeof(uint32_t), on ? GITS_ENABLED : 0);
}

static int its_open(struct fixture *f, struct its *its)
{
	int ret;

	memset(its, 0, sizeof(*its));
	if (!f->memmap.its)
		return fixture_skip(f, "no ITS");
	ret = mem_alloc(&its->mem, f->kmod, NR_TABLES);
	if (!ret)
		ret = poke_map(&its->frame, f->memmap.its, GIC_FRAME);
	if (!ret)
		its->device_table = its->mem.phys[DEVICE_TABLE];

	return ret;
}

static void its_close(struct its *its)
{
	poke_unmap(&its->frame);
	mem_free(&its->mem);
}

/* For device 0, of the device table of ours. */
static void add(struct its *its, uint64_t what, uint64_t second, uint64_t third)
{
	volatile uint64_t *at = mem_word(&its->mem, QUEUE) + COMMAND_WORDS * its->commands++;

	at[0] = what;
	at[1] = second;
	at[2] = third;
	at[3] = 0;
}

/* With a table of its interrupts at @itt: two of them. */
static void add_device(struct its *its, uint64_t itt)
{
	add(its, ITS_MAPD, 0, TABLE_VALID | itt);
}

/* Its event 0 is the LPI of the first CPU, whose collection Linux gave the number 0. */
static void add_event(struct its *its, uint64_t lpi)
{
	add(its, ITS_MAPTI, lpi << 32, 0);
}

/* The commands of ours with the tables of ours; then all is as it was. */
static int its_run(struct its *its)
{
	const uint64_t end = its->commands * COMMAND_WORDS * sizeof(uint64_t);
	const struct poke *f = &its->frame;
	uint64_t queue = read64(f, GITS_CBASER), table = read64(f, GITS_BASER0);
	uint64_t written = read64(f, GITS_CWRITER), done;

	if (read64(f, GITS_CREADR) != written)
		return -EBUSY;

	enable(its, false);
	write64(f, GITS_BASER0, TABLE_VALID | its->device_table);
	write64(f, GITS_CBASER, TABLE_VALID | its->mem.phys[QUEUE]);
	enable(its, true);
	write64(f, GITS_CWRITER, end);
	done = read64(f, GITS_CREADR);

	enable(its, false);
	write64(f, GITS_BASER0, table);
	write64(f, GITS_CBASER, queue);
	enable(its, true);
	write64(f, GITS_CREADR, written);
	write64(f, GITS_CWRITER, written);

	return done == end ? 0 : -EIO;
}

/* A word of the victim, as its owner reads it. */
static int look(struct fixture *f, size_t offset, uint64_t *word)
{
	if (f->guest)
		return mailbox_read(f->guest, f->page, offset, word);
	*word = *(volatile uint64_t *)(f->mem.at + f->page * f->mem.page_size + offset);

	return 0;
}

/* Whether the GIC can be made to change the word at @offset of the victim. */
static int attack(struct fixture *f, size_t offset,
		  int (*write)(struct fixture *f, struct its *its))
{
	uint64_t before, after;
	struct its its;
	int ret = its_open(f, &its);

	if (!ret && f->guest)
		ret = mailbox_fill(f->guest, f->page, 1);
	if (!ret)
		ret = look(f, offset, &before);
	if (!ret)
		ret = write(f, &its);
	if (!ret)
		ret = look(f, offset, &after);
	its_close(&its);
	if (ret)
		return ret;

	return before == after ? BLOCKED : REACHED;
}

static int move_device_table(struct fixture *f, struct its *its)
{
	its->device_table = f->mem.phys[f->page];
	add_device(its, its->mem.phys[ITT]);

	return its_run(its);
}

static int move_itt(struct fixture *f, struct its *its)
{
	add_device(its, f->mem.phys[f->page]);
	add_event(its, ANY_LPI);

	return its_run(its);
}

static int move_pending_table(struct fixture *f, struct its *its)
{
	const uint64_t table = f->mem.phys[f->page] & ~(uint64_t)(TABLE_ALIGN - 1);
	struct poke frame;
	uint64_t was;
	int ret = poke_map(&frame, f->memmap.redistributor, GIC_FRAME);

	if (ret)
		return ret;
	add_device(its, its->mem.phys[ITT]);
	add_event(its, LPI);
	add(its, ITS_INT, 0, 0);

	was = read64(&frame, GICR_PENDBASER);
	write64(&frame, GICR_PENDBASER, table);
	ret = its_run(its);
	write64(&frame, GICR_PENDBASER, was);
	poke_unmap(&frame);

	return ret;
}

/* A page, not the guest's first, in which the LPI's bit can lie; where it does. */
static int find_pending(struct fixture *f, size_t *offset)
{
	size_t i;

	for (i = 1; i < f->mem.pages; i++) {
		*offset = (LPI_OFFSET - f->mem.phys[i]) % TABLE_ALIGN;
		if (*offset < f->mem.page_size) {
			f->page = i;
			return 0;
		}
	}

	return fixture_skip(f, "no page lies where a pending table can");
}

int its_table(struct fixture *f)
{
	return attack(f, 0, move_device_table);
}

int its_itt(struct fixture *f)
{
	return attack(f, 0, move_itt);
}

int redistributor(struct fixture *f)
{
	size_t offset = 0;
	int ret = find_pending(f, &offset);

	return ret ? ret : attack(f, offset, move_pending_table);
}
