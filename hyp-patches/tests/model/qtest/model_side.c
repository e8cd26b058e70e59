// SPDX-License-Identifier: GPL-2.0-only
/* The model: consumes commands at once, and never drops or prefetches. */

#include "sides.h"

#include <nvhe/iommu_core.h>

#include "qemu.h"

#define FRAME_BASE 0x09050000ULL

static struct model *model;
static void *frame;

struct model *model_side_reset(void)
{
	struct model_config config = {
		.base = FRAME_BASE,
		.idr0 = qemu_read32(FRAME_BASE),
		.idr1 = qemu_read32(FRAME_BASE + 0x4),
		.idr3 = qemu_read32(FRAME_BASE + 0xc),
		.idr5 = qemu_read32(FRAME_BASE + 0x14),
		.commands_per_us = MODEL_AT_ONCE,
	};

	world_reset();
	world_add_memory(RAM_START, DATA_END - RAM_START, 0);
	pkvm_iommu_machine.limit = 1ULL << 52;
	world_set_owner(TABLES, TABLES_END - TABLES, OWNER_HYP);
	memset(hyp_phys_to_virt(TABLES), 0, TABLES_END - TABLES);
	model = model_add(&config);
	if (iommu_map_frame(FRAME_BASE, SZ_128K, &frame))
		world_bug("no registers");

	return model;
}

static u64 *word(u64 addr)
{
	return hyp_phys_to_virt(addr);
}

static void write64(u64 addr, u64 value)
{
	*word(addr) = value;
}

static u64 read64(u64 addr)
{
	return *word(addr);
}

static void reg32(u32 offset, u32 value)
{
	writel(value, frame + offset);
}

static void reg64(u32 offset, u64 value)
{
	writeq_relaxed(value, frame + offset);
}

static u32 get32(u32 offset)
{
	return readl(frame + offset);
}

/* The model moves no data: that an address is outside of memory, it does not see. */
static bool transfer(const struct transfer *t, u64 *pa)
{
	return !model_access(model, streams[t->stream], t->iova, t->write, pa) &&
	       *pa >= DATA && *pa < DATA_END;
}

const struct side model_side = {
	.name = "model",
	.write64 = write64,
	.read64 = read64,
	.reg32 = reg32,
	.reg64 = reg64,
	.get32 = get32,
	.transfer = transfer,
};
