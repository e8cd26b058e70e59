// SPDX-License-Identifier: GPL-2.0-only
/* Machines for the tests, and what is asked of all of them. */

#include "machine.h"

#define FRAME_BASE(i) (0x09050000ULL + (i) * 2 * SZ_128K)

/* A stream that the table holds, whatever its shape. */
#define STREAM 8

struct model_config machine_default(u32 index)
{
	return (struct model_config){
		.base = FRAME_BASE(index),
		/* Two-level stream table, little-endian, VMID16, ASID16, COHACC, AArch64, both stages. */
		.idr0 = 1 << 27 | 2 << 21 | 1 << 18 | 1 << 12 | 1 << 4 | 2 << 2 | 1 << 1 | 1 << 0,
		/* Queues of up to 2^19, stream IDs of 16 bits. */
		.idr1 = 19 << 21 | 19 << 16 | 16,
		/* Range invalidation, BBM level 2. */
		.idr3 = 1 << 10 | 2 << 11,
		/* All granules, 44 bits. */
		.idr5 = 7 << 4 | 4,
		.ack_us = 3,
		.gbpa_us = 2,
		.commands_per_us = 3,
	};
}

void machine_new(void)
{
	world_reset();
	world_add_memory(LOW_BASE, NOMAP_BASE - LOW_BASE, 0);
	world_add_memory(NOMAP_BASE, NOMAP_SIZE, MEMBLOCK_NOMAP);
	world_add_memory(NOMAP_BASE + NOMAP_SIZE, LOW_BASE + LOW_SIZE - NOMAP_BASE - NOMAP_SIZE, 0);
	world_add_memory(HIGH_BASE, HIGH_SIZE, 0);
	pkvm_iommu_machine.mode = PKVM_IOMMU_IDENTITY;
	pkvm_iommu_machine.limit = MMIO_LIMIT;
	pkvm_iommu_machine.host_frames[pkvm_iommu_machine.nr_host_frames++] =
		(struct pkvm_iommu_frame){ ITS_BASE, ITS_TRANSLATER };
	world_set_owner(IMAGE_BASE, IMAGE_SIZE, OWNER_HYP);
	world_reserve(POOL_BASE, POOL_SIZE >> PAGE_SHIFT);
}

struct model *machine_add(const struct model_config *config, bool coherent)
{
	u32 n = pkvm_iommu_machine.nr_descs++;
	struct model *m;

	pkvm_iommu_machine.descs[n] = (struct pkvm_iommu_desc){
		.base = config->base,
		.size = SZ_128K,
		.coherent = coherent,
	};
	pkvm_iommu_machine.frames[pkvm_iommu_machine.nr_frames++] = (struct pkvm_iommu_frame){
		.start = config->base,
		.end = config->base + SZ_128K,
	};

	m = model_add(config);
	model_knobs(m)->no_snoop = !coherent;

	return m;
}

int machine_boot(void)
{
	int ret = pkvm_iommu_early_alloc();

	return ret ? ret : pkvm_iommu_init();
}

static struct model *one(enum pkvm_iommu_mode mode, void (*change)(struct model_config *config))
{
	struct model_config config = machine_default(0);
	struct model *m;

	machine_new();
	pkvm_iommu_machine.mode = mode;
	if (change)
		change(&config);
	m = machine_add(&config, config.idr0 & 1 << 4);
	assert_int_equal(machine_boot(), 0);

	return m;
}

struct model *machine_one(void (*change)(struct model_config *config))
{
	return one(PKVM_IOMMU_IDENTITY, change);
}

struct model *machine_paravirt(void (*change)(struct model_config *config))
{
	return one(PKVM_IOMMU_PARAVIRT, change);
}

u64 machine_reach(struct model *m)
{
	static const u32 oas_bits[] = { 32, 36, 40, 42, 44, 48, 48 };
	u32 bits = min(oas_bits[model_knobs(m)->idr5 & 7], iommu_cpu_pa_bits());

	return min(1ULL << bits, pkvm_iommu_machine.limit);
}

/* From @addr to the end of the piece that tables, or of the run that the host treats alike. */
static void assert_alike(const struct model_view *view, u64 addr, bool may)
{
	if (!view->fault && view->pa != addr)
		world_bug("%#llx translates to %#llx", addr, view->pa);
	if (!view->fault != may)
		world_bug("%#llx %s, and the host may%s access it", addr,
			  view->fault ? "faults" : "translates", may ? "" : " not");
	if (!view->fault && view->memattr != (addr_is_memory(addr) ? 0xf : 0x1))
		world_bug("%#llx has the attributes %#x", addr, view->memattr);
}

void assert_mirror_in(struct model *m, u64 start, u64 end)
{
	u64 addr, last = 0, piece_end = 0, run_end = 0, reach = machine_reach(m);
	struct model_view view;
	bool may = false;

	for (addr = start; addr < end; addr = min(piece_end, run_end)) {
		if (addr >= piece_end) {
			view = model_look(m, STREAM, addr);
			piece_end = (addr & ~(view.size - 1)) + view.size;
		} else {
			view.pa += addr - last;
		}
		last = addr;
		if (addr >= run_end) {
			may = world_host_may(addr, &run_end) && addr < reach;
			if (addr < reach)
				run_end = min(run_end, reach);
		}
		assert_alike(&view, addr, may);
	}
}

void assert_mirror(struct model *m)
{
	assert_mirror_in(m, 0, 1ULL << 52);
}

void assert_closed(struct model *m)
{
	u64 addr;

	for (addr = 0; addr < 1ULL << 52; addr = addr ? addr * 2 : PAGE_SIZE) {
		assert_int_not_equal(model_look(m, STREAM, addr).fault, MODEL_REACHED);
		assert_int_not_equal(model_access(m, STREAM, addr, true, NULL), MODEL_REACHED);
	}
	assert_int_not_equal(model_access(m, STREAM, LOW_BASE, false, NULL), MODEL_REACHED);
}

bool reaches(struct model *m, u64 addr)
{
	u64 pa;

	if (model_access(m, STREAM, addr, true, &pa))
		return false;
	if (pa != addr)
		world_bug("%#llx translates to %#llx", addr, pa);

	return true;
}

static u64 stat(u32 kind, u32 index)
{
	u64 values[PKVM_IOMMU_STATS_BATCH];

	assert_int_equal(__pkvm_iommu_stats(kind, index, values), 0);

	return values[0];
}

u64 counter(enum pkvm_iommu_counter i)
{
	return stat(0, i);
}

u64 memory_of(enum pkvm_iommu_memory use)
{
	return stat(1, use);
}

bool pool_has(u64 pages)
{
	struct iommu_reserve r;

	if (iommu_pool_reserve(&r, pages))
		return false;
	iommu_pool_commit(&r);

	return true;
}

void *pool_take(enum pkvm_iommu_memory use)
{
	struct iommu_reserve one = { 1 }, less = { -1ULL };

	if (!memory_of(PKVM_IOMMU_MEM_POOL_FREE))
		return NULL;
	/* One less is free, whatever of them is kept. */
	iommu_pool_commit(&less);

	return iommu_pool_take(&one, use);
}
