// SPDX-License-Identifier: GPL-2.0-only
/* Memory as the device tree tells it, by the rules of drivers/of/fdt.c and mm/memblock.c. */

#include "boards.h"

#include <linux/memblock.h>
#include <libfdt.h>

#include <asm/kvm_pkvm.h>

#define MAX_REGIONS 256

/* Firmware fills in what the source leaves out: a size of 0, or all of memory. */
#define FIRMWARE_BASE 0x100000000ULL
#define FIRMWARE_SIZE (2 * SZ_1G)

static struct memblock_region memory[MAX_REGIONS], reserved[MAX_REGIONS];

struct memblock memblock = {
	.memory = { .regions = memory },
	.reserved = { .regions = reserved },
};

struct memblock_region kvm_nvhe_hyp_memory[MAX_REGIONS];
unsigned int kvm_nvhe_hyp_memblock_nr;

static void insert(struct memblock_type *type, u64 base, u64 end, unsigned int flags)
{
	unsigned long i = type->cnt;

	if (base >= end)
		return;
	if (type->cnt == MAX_REGIONS)
		panic("more than %d regions of memory", MAX_REGIONS);
	for (; i && type->regions[i - 1].base > base; i--)
		type->regions[i] = type->regions[i - 1];
	type->regions[i] = (struct memblock_region){ base, end - base, flags };
	type->cnt++;
}

static bool mergeable(const struct memblock_region *a, const struct memblock_region *b)
{
	return a->flags == b->flags && a->base + a->size >= b->base;
}

static void merge(struct memblock_type *type)
{
	unsigned long i, n = 0;

	for (i = 1; i < type->cnt; i++) {
		struct memblock_region *last = &type->regions[n], *r = &type->regions[i];

		if (mergeable(last, r))
			last->size = max(last->base + last->size, r->base + r->size) - last->base;
		else
			type->regions[++n] = *r;
	}
	type->cnt = type->cnt ? n + 1 : 0;
}

int memblock_add(phys_addr_t base, phys_addr_t size)
{
	insert(&memblock.memory, base, base + size, MEMBLOCK_NONE);
	merge(&memblock.memory);

	return 0;
}

int __memblock_reserve(phys_addr_t base, phys_addr_t size, int nid, enum memblock_flags flags)
{
	insert(&memblock.reserved, base, base + size, MEMBLOCK_NONE);
	merge(&memblock.reserved);

	return 0;
}

int memblock_mark_nomap(phys_addr_t base, phys_addr_t size)
{
	struct memblock_region old[MAX_REGIONS];
	unsigned long i, nr = memblock.memory.cnt;

	memcpy(old, memory, nr * sizeof(*old));
	memblock.memory.cnt = 0;
	for (i = 0; i < nr; i++) {
		u64 start = old[i].base, end = start + old[i].size;
		u64 from = clamp_t(u64, base, start, end);
		u64 to = clamp_t(u64, base + size, start, end);

		insert(&memblock.memory, start, from, old[i].flags);
		insert(&memblock.memory, from, to, old[i].flags | MEMBLOCK_NOMAP);
		insert(&memblock.memory, to, end, old[i].flags);
	}
	merge(&memblock.memory);

	return 0;
}

bool memblock_overlaps_region(struct memblock_type *type, phys_addr_t base, phys_addr_t size)
{
	unsigned long i;

	for (i = 0; i < type->cnt; i++) {
		const struct memblock_region *r = &type->regions[i];

		if (base < r->base + r->size && r->base < base + size)
			return true;
	}

	return false;
}

bool memblock_is_region_reserved(phys_addr_t base, phys_addr_t size)
{
	return memblock_overlaps_region(&memblock.reserved, base, size);
}

static const struct memblock_region *region_of(phys_addr_t addr)
{
	unsigned long i;

	for (i = 0; i < memblock.memory.cnt; i++) {
		if (addr >= memory[i].base && addr - memory[i].base < memory[i].size)
			return &memory[i];
	}

	return NULL;
}

bool memblock_is_memory(phys_addr_t addr)
{
	return region_of(addr);
}

bool memblock_is_map_memory(phys_addr_t addr)
{
	const struct memblock_region *r = region_of(addr);

	return r && !(r->flags & MEMBLOCK_NOMAP);
}

bool memblock_is_region_memory(phys_addr_t base, phys_addr_t size)
{
	const struct memblock_region *r = region_of(base);

	return r && r->base + r->size >= base + size;
}

phys_addr_t memblock_start_of_DRAM(void)
{
	return memory[0].base;
}

phys_addr_t memblock_end_of_DRAM(void)
{
	const struct memblock_region *last = &memory[memblock.memory.cnt - 1];

	return last->base + last->size;
}

phys_addr_t memblock_phys_mem_size(void)
{
	phys_addr_t size = 0;
	unsigned long i;

	for (i = 0; i < memblock.memory.cnt; i++)
		size += memory[i].size;

	return size;
}

/* Each "reg" of the node, by the cells of the root or of /reserved-memory. */
static void each_reg(struct device_node *np, void (*add)(struct device_node *np, u64 base, u64 size))
{
	int na = of_n_addr_cells(np), ns = of_n_size_cells(np), length, i;
	const __be32 *reg = of_get_property(np, "linux,usable-memory", &length);

	if (!reg)
		reg = of_get_property(np, "reg", &length);
	for (i = 0; reg && na + ns && i + na + ns <= length / 4; i += na + ns)
		add(np, of_read_number(reg + i, na), of_read_number(reg + i + na, ns));
}

static void add_memory(struct device_node *np, u64 base, u64 size)
{
	memblock_add(base, size ? size : FIRMWARE_SIZE);
}

static void add_reserved(struct device_node *np, u64 base, u64 size)
{
	if (!of_property_read_bool(np, "no-map")) {
		memblock_reserve(base, size);
		return;
	}
	/* One that is reserved already stays mapped. */
	if (!memblock_overlaps_region(&memblock.memory, base, size) ||
	    !memblock_is_region_reserved(base, size))
		memblock_mark_nomap(base, size);
}

void memory_scan(const void *blob)
{
	struct device_node *np, *parent = of_find_node_by_path("/reserved-memory");
	unsigned long i;
	uint64_t base, size;
	int n;

	for_each_child_of_node(of_root, np) {
		if (of_node_is_type(np, "memory") && of_device_is_available(np))
			each_reg(np, add_memory);
	}
	if (!memblock.memory.cnt)
		memblock_add(FIRMWARE_BASE, FIRMWARE_SIZE);
	for (n = 0; n < fdt_num_mem_rsv(blob); n++) {
		if (!fdt_get_mem_rsv(blob, n, &base, &size))
			memblock_reserve(base, size);
	}
	if (parent) {
		for_each_available_child_of_node(parent, np)
			each_reg(np, add_reserved);
	}

	/* As arch/arm64/kvm/pkvm.c registers them. */
	for (i = 0; i < memblock.memory.cnt; i++)
		kvm_nvhe_hyp_memory[i] = memory[i];
	kvm_nvhe_hyp_memblock_nr = i;
}
