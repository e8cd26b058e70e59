// SPDX-License-Identifier: GPL-2.0-only
/*
 * QEMU's SMMUv3 on its virt machine, and the edu devices behind it (docs/specs/edu.rst
 * of QEMU). Their buffer starts with a pattern that goes to memory; what comes from
 * memory goes behind it.
 */

#include "sides.h"

#include "qemu.h"

#define SMMU 0x09050000ULL
#define ECAM 0x4010000000ULL
#define BARS 0x10000000ULL

#define PCI_COMMAND	    0x04
#define PCI_COMMAND_MEMORY  0x2
#define PCI_COMMAND_MASTER  0x4
#define PCI_BASE_ADDRESS_0  0x10

#define EDU_SOURCE	0x80
#define EDU_DESTINATION 0x88
#define EDU_COUNT	0x90
#define EDU_COMMAND	0x98
#define EDU_BUFFER	0x40000
#define EDU_RUN		0x1
#define EDU_TO_MEMORY	0x2
#define EDU_NS		100000000

/* A word of the tables' memory that no table has. */
#define SCRATCH (TABLES_END - 8)

/* One access: of a longer one that fails QEMU tries each word, and records each. */
#define TRANSFER 4

#define PATTERN 0xfedc1234U

const u32 streams[STREAMS] = { 0x08, 0x10, 0x48, 0xf0 };

static void run(u32 stream, u64 from, u64 to, u32 command)
{
	u64 bar = BARS + stream * SZ_1M;

	qemu_write64(bar + EDU_SOURCE, from);
	qemu_write64(bar + EDU_DESTINATION, to);
	qemu_write64(bar + EDU_COUNT, TRANSFER);
	qemu_write64(bar + EDU_COMMAND, EDU_RUN | command);
	qemu_step(EDU_NS);
}

void qemu_side_reset(void)
{
	u32 i;

	qemu_reset();
	for (i = 0; i < STREAMS; i++) {
		u64 config = ECAM + (streams[i] << 12);

		qemu_write32(config + PCI_BASE_ADDRESS_0, BARS + i * SZ_1M);
		qemu_write32(config + PCI_COMMAND, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
	}
}

void qemu_side_init(void)
{
	u32 i;

	qemu_side_reset();
	if (qemu_read32(ECAM + (streams[0] << 12)) != 0x11e81234 || qemu_read32(SMMU + GBPA) & GBPA_ABORT)
		world_bug("QEMU's machine is not what this program expects");
	qemu_write32(SCRATCH, PATTERN);
	for (i = 0; i < STREAMS; i++)
		run(i, SCRATCH, EDU_BUFFER, 0);
}

static void reg32(u32 offset, u32 value)
{
	qemu_write32(SMMU + offset, value);
}

static void reg64(u32 offset, u64 value)
{
	qemu_write64(SMMU + offset, value);
}

static u32 get32(u32 offset)
{
	return qemu_read32(SMMU + offset);
}

/* What the device read, round the SMMU: while that is off it keeps its caches. */
static u32 buffer(u32 stream)
{
	u32 cr0 = get32(CR0), gbpa = get32(GBPA);

	qemu_write32(SCRATCH, 0);
	reg32(CR0, cr0 & ~CR0_SMMUEN);
	reg32(GBPA, (gbpa & ~GBPA_ABORT) | GBPA_UPDATE);
	run(stream, EDU_BUFFER + 8, SCRATCH, EDU_TO_MEMORY);
	reg32(GBPA, gbpa | GBPA_UPDATE);
	reg32(CR0, cr0);

	return qemu_read32(SCRATCH);
}

/* Each place gets a number of its own. */
static bool transfer(const struct transfer *t, u64 *pa)
{
	static u32 serial;
	u32 got = 0, mark = ++serial * MAX_PLACES, i;

	for (i = 0; i < t->nr_places; i++)
		qemu_write32(t->places[i], mark + i);
	if (t->write)
		run(t->stream, EDU_BUFFER, t->iova, EDU_TO_MEMORY);
	else
		run(t->stream, t->iova, EDU_BUFFER + 8, 0);
	if (!t->write)
		got = buffer(t->stream);

	for (i = 0; i < t->nr_places; i++) {
		*pa = t->places[i];
		if (t->write ? qemu_read32(*pa) == PATTERN : got == mark + i)
			return true;
	}

	return false;
}

const struct side qemu_side = {
	.name = "QEMU",
	.write64 = qemu_write64,
	.read64 = qemu_read64,
	.reg32 = reg32,
	.reg64 = reg64,
	.get32 = get32,
	.transfer = transfer,
};
