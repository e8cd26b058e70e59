// SPDX-License-Identifier: GPL-2.0-only
/* From bytes to a machine, and to one operation after the other. */

#include "sequence_priv.h"

#include <stdio.h>

/* Pages that EL2 gets: what the machines here need at boot, and a few. */
#define RESERVE	   192
#define RESERVE_AT (LOW_BASE + BLOCK_SIZE / 2)

/* Longer sequences find nothing that shorter ones do not; dead hardware takes long. */
#define MAX_OPERATIONS 256
#define MAX_TIME_US    2000000

#define MMU_700_R0P0   (0x487U << 20 | 0x43b)

struct sequence seq;

/* What other CPUs do comes from bytes of its own. */
static __thread const u8 *at, *end;
static __thread char line[256];
static __thread size_t line_size;

void sequence_read(const u8 *bytes, size_t size)
{
	at = bytes;
	end = bytes + size;
}

u32 next_byte(void)
{
	return at < end ? *at++ : 0;
}

u64 next_word(void)
{
	u64 word = 0;
	u32 i;

	for (i = 0; i < sizeof(word); i++)
		word |= (u64)next_byte() << 8 * i;

	return word;
}

bool next_bit(u32 *bits)
{
	bool bit = *bits & 1;

	*bits >>= 1;

	return bit;
}

void say(const char *fmt, ...)
{
	size_t room = sizeof(line) - line_size;
	va_list ap;
	int n;

	if (!seq.print)
		return;
	va_start(ap, fmt);
	n = vsnprintf(line + line_size, room, fmt, ap);
	va_end(ap);
	line_size += min((size_t)n, room - 1);
}

void say_line(void)
{
	if (seq.print)
		printf("%s%.*s\n", model_cpu ? "  " : "", (int)line_size, line);
	fflush(stdout);
	line_size = 0;
}

u64 next_place(void)
{
	const u64 places[] = {
		LOW_BASE,
		LOW_BASE + BLOCK_SIZE,
		LOW_BASE + 2 * BLOCK_SIZE,
		LOW_BASE + 2 * BLOCK_SIZE + BLOCK_SIZE / 2,
		LOW_BASE + 3 * BLOCK_SIZE,
		NOMAP_AT,
		RESERVE_AT,
		seq.low_end,
		HIGH_BASE,
		HIGH_BASE + BLOCK_SIZE,
		seq.high_end,
		0,
		seq.smmus[0].well.base,
		pkvm_iommu_machine.limit,
		1ULL << 44,
	};
	u64 place = places[next_byte() % ARRAY_SIZE(places)];

	return ALIGN_DOWN(place, PAGE_SIZE) + (int8_t)next_byte() * (int64_t)PAGE_SIZE;
}

static struct model_config smmu_config(u32 index)
{
	static const u8 oas[] = { 4, 0, 2, 5 };
	struct model_config config = machine_default(index);
	u32 bits = next_byte() | next_byte() << 8;

	config.idr0 &= ~(1U << 27 | 1U << 4);
	config.idr0 |= (u32)next_bit(&bits) << 27; /* two-level stream table */
	config.idr0 |= (u32)next_bit(&bits) << 4;  /* coherent */
	config.idr0 |= (u32)next_bit(&bits) << 10; /* ATS */
	config.idr0 |= (u32)next_bit(&bits) << 9;  /* EL2 streams */
	config.idr3 = (u32)next_bit(&bits) << 10 | (next_bit(&bits) ? 2 << 11 : 0);
	config.idr5 = (config.idr5 & ~7U) | oas[bits & 3];
	bits >>= 2;
	config.idr1 = (1 + (bits & 7)) << 21;
	bits >>= 3;
	config.idr1 |= (1 + (bits & 3)) << 16 | (config.idr0 >> 27 & 1 ? 10 : 6);
	bits >>= 2;
	config.iidr = next_bit(&bits) ? MMU_700_R0P0 : 0;
	if (next_bit(&bits) && next_bit(&bits))
		config.idr0 &= ~1U; /* no stage 2 */

	bits = next_byte();
	config.commands_per_us = 1 + (bits & 3);
	bits >>= 2;
	config.idle_us = next_bit(&bits) ? 7 : 0;
	config.us_per_command = next_bit(&bits) ? 5 : 0;
	if (next_bit(&bits))
		config.commands_per_us = MODEL_AT_ONCE;
	config.ahead_in = next_bit(&bits) ? 8 : 0;
	config.seed = bits;

	return config;
}

/* A region ends within a page; memory that is none of the host's lies on the way. */
static void add_memory(void)
{
	world_reset();
	seq.low_end = LOW_BASE + 4 * BLOCK_SIZE;
	seq.high_end = HIGH_BASE + 2 * BLOCK_SIZE + PAGE_SIZE / 2;
	world_add_memory(LOW_BASE, NOMAP_AT - LOW_BASE, 0);
	world_add_memory(NOMAP_AT, NOMAP_SIZE, MEMBLOCK_NOMAP);
	world_add_memory(NOMAP_AT + NOMAP_SIZE, seq.low_end - NOMAP_AT - NOMAP_SIZE, 0);
	world_add_memory(HIGH_BASE, seq.high_end - HIGH_BASE, 0);
	pkvm_iommu_machine.mode = PKVM_IOMMU_IDENTITY;
	pkvm_iommu_machine.limit = MMIO_LIMIT;
	world_set_owner(LOW_BASE + 3 * PAGE_SIZE, 5 * PAGE_SIZE, OWNER_HYP);
	world_reserve(RESERVE_AT, RESERVE);
}

static void boot(void)
{
	u32 bits = next_byte(), pages = next_byte(), i;
	struct smmu_state *smmu;

	add_memory();
	seq.paravirt = (bits & 0x88) == 0x88 && bits != 0xff;
	if (seq.paravirt)
		pkvm_iommu_machine.mode = PKVM_IOMMU_PARAVIRT;
	power_boot(pages / 16);
	pages %= 16;
	seq.nr_smmus = 1 + bits % SEQUENCE_SMMUS;
	for (i = 0; i < seq.nr_smmus; i++) {
		smmu = &seq.smmus[i];
		smmu->well = smmu_config(i);
		smmu->well.gbpa_reset = seq.gbpa_reset;
		smmu->stage1 = !(smmu->well.idr0 & 1);
		smmu->aborting = smmu->stage1 && !seq.paravirt;
		smmu->m = machine_add(&smmu->well, smmu->well.idr0 & 1 << 4);
		smmu->well = *model_knobs(smmu->m);
		say("SMMU %u: IDR0 %#x IDR1 %#x IDR3 %#x IDR5 %#x IIDR %#x, ", i, smmu->well.idr0,
		    smmu->well.idr1, smmu->well.idr3, smmu->well.idr5, smmu->well.iidr);
		if (bits & 16 << i)
			model_live(smmu->m);
		/* One that does not answer stops the boot. */
		if (bits == 0xff)
			model_knobs(smmu->m)->ack_us = MODEL_NEVER;
	}
	seq.counts.booted = !machine_boot();
	/* So little that splits have to wait for the host. */
	while (seq.counts.booted && pool_has(pages + 1))
		pool_take(PKVM_IOMMU_MEM_QUEUES);
	say("%s", seq.counts.booted ? "booted" : "refused");
	say_line();
}

struct sequence_counts sequence_run(const u8 *bytes, size_t size, bool print)
{
	u64 place, before, other;
	bool armed;
	u32 i;

	seq = (struct sequence){ .print = print };
	sequence_read(bytes, size);
	boot();
	if (!seq.counts.booted)
		return seq.counts;

	check_begin();
	ops_reset();
	while (at < end && seq.counts.operations < MAX_OPERATIONS && world_time() < MAX_TIME_US) {
		before = world_time();
		armed = other_armed();
		seq.allowed_us = TIMEOUT_US + WORK_US;
		place = sequence_op(next_byte());
		if (armed) {
			other = other_end();
			if (seq.paravirt)
				domains_look_up();
			check_step(other, 0);
		}
		say_line();
		check_step(place, world_time() - before);
		seq.counts.operations++;
	}
	armed = other_armed();
	other_end();
	if (seq.paravirt && armed)
		domains_look_up();
	check_end();
	for (i = 0; i < seq.nr_smmus; i++)
		seq.counts.refused += model_counts(seq.smmus[i].m)->refused;

	return seq.counts;
}
