// SPDX-License-Identifier: GPL-2.0-only
/*
 * A stage 2 for devices that mirrors what the host may access: identity, built once in
 * blocks as large as they get, then taken apart where pages leave the host. A split
 * changes nothing that a device can see, so it may stay when the transition fails after
 * it; and since it stays, a page that comes back finds its table and needs no memory.
 */

#include "mirror.h"

/*
 * Memory is cacheable here whatever the device sends: attributes combine to the
 * weaker of the two, so the device's decide. MMIO stays a device's in any case.
 */
static u64 leaf_attr(bool mmio)
{
	return PTE_VALID_BIT | PTE_AF_BIT | FIELD_PREP(PTE_S2AP, S2AP_RW) |
	       FIELD_PREP(PTE_MEMATTR, mmio ? MEMATTR_DEVICE_nGnRE : MEMATTR_NORMAL_WB) |
	       FIELD_PREP(PTE_SH, mmio ? ARM_SMMU_SH_OSH : ARM_SMMU_SH_ISH);
}

static void set_entry(const struct smmu_mirror *m, u64 *ptep, u64 pte)
{
	WRITE_ONCE(*ptep, pte);
	if (!m->coherent)
		iommu_clean(ptep, sizeof(*ptep));
}

/* What is below must be visible before what leads to it. */
static void set_table(const struct smmu_mirror *m, u64 *ptep, u64 *table)
{
	if (!m->coherent)
		iommu_clean(table, PAGE_SIZE);
	dma_wmb();
	set_entry(m, ptep, hyp_virt_to_phys(table) | PTE_VALID_BIT | PTE_TABLE_BIT);
}

/**
 * smmu_mirror_init() - an empty table
 * @ia_bits: of an address, cut to what the format reaches
 * @oas: as IDR5.OAS encodes the output size
 * @coherent: see struct smmu_mirror
 * @bbml2: see struct smmu_mirror
 *
 * Return: 0 or -ENOMEM.
 */
int smmu_mirror_init(struct smmu_mirror *m, u32 ia_bits, u32 oas, bool coherent, bool bbml2)
{
	*m = (struct smmu_mirror) { .coherent = coherent, .bbml2 = bbml2 };
	smmu_s2_geometry(&m->shape, ia_bits, oas);

	m->pgd = iommu_boot_alloc(m->shape.pgd_size, PKVM_IOMMU_MEM_PAGE_TABLES);
	if (!m->pgd)
		return -ENOMEM;
	if (!coherent)
		iommu_clean(m->pgd, m->shape.pgd_size);

	return 0;
}

static int build(struct smmu_mirror *m, u64 *table, int level, u64 addr, u64 end, bool mmio)
{
	u64 next;
	int ret;

	for (; addr < end; addr = next) {
		u64 *ptep = level_entry(&m->shape, table, level, addr);
		bool whole, by_page = !mmio && !m->bbml2;
		u64 *below;

		next = level_end(addr, end, level);
		whole = next - addr == LEVEL_SIZE(level);
		if (level == LAST_LEVEL || (whole && level_has_blocks(level) && !by_page)) {
			set_entry(m, ptep, pte_leaf(addr, leaf_attr(mmio), level));
			continue;
		}

		if (!pte_is_valid(*ptep)) {
			below = iommu_boot_alloc(PAGE_SIZE, PKVM_IOMMU_MEM_PAGE_TABLES);
			if (!below)
				return -ENOMEM;
			set_table(m, ptep, below);
		}
		ret = build(m, pte_child(*ptep), level + 1, addr, next, mmio);
		if (ret)
			return ret;
	}

	return 0;
}

/* What the table cannot reach is left out. */
static u64 within(const struct smmu_mirror *m, u64 end)
{
	return min(end, BIT_ULL(m->shape.ia_bits));
}

/**
 * smmu_mirror_build() - map a range that is not mapped, in large blocks
 * @start: page aligned
 * @end: page aligned
 * @mmio: whether it is MMIO; else memory
 *
 * Before an SMMU uses the table. What the table cannot reach is left out.
 *
 * Return: 0 or -ENOMEM.
 */
int smmu_mirror_build(struct smmu_mirror *m, u64 start, u64 end, bool mmio)
{
	return build(m, m->pgd, m->shape.start_level, start, within(m, end), mmio);
}

/* Where the walk for an address ends: at the last level, at a block, or where nothing is. */
static u64 *walk(const struct smmu_mirror *m, u64 addr, int *level)
{
	u64 *ptep = m->pgd + (addr >> LEVEL_SHIFT(m->shape.start_level));
	int l;

	for (l = m->shape.start_level; pte_is_table(*ptep, l); l++)
		ptep = pte_child(*ptep) +
		       ((addr >> LEVEL_SHIFT(l + 1)) & (TABLE_ENTRIES - 1));
	*level = l;

	return ptep;
}

/* The end of what one table of the last level maps. */
static u64 run_end(u64 addr, u64 end)
{
	return level_end(addr, end, LAST_LEVEL - 1);
}

/**
 * smmu_mirror_find() - look up the pages that are to leave the host
 * @start: page aligned
 * @end: page aligned, at most PKVM_IOMMU_TRANSITION_MAX pages further
 *
 * Return: how many tables it takes to map them by pages; for 0 they are found, and
 * smmu_mirror_unmap() may follow.
 */
int smmu_mirror_find(struct smmu_mirror *m, u64 start, u64 end)
{
	u64 addr, next, *ptep, *block = NULL;
	int level, tables = 0;

	m->nr_runs = 0;
	end = within(m, end);
	for (addr = start; addr < end; addr = next) {
		next = run_end(addr, end);
		ptep = walk(m, addr, &level);
		if (level == LAST_LEVEL) {
			m->runs[m->nr_runs++] = (struct smmu_mirror_run) {
				.ptep = ptep, .addr = addr, .nr = (next - addr) >> PAGE_SHIFT,
			};
		} else if (pte_is_valid(*ptep)) {
			/* A second table below one block shares those between. */
			tables += ptep == block ? 1 : LAST_LEVEL - level;
			block = ptep;
		}
	}

	return tables;
}

/* Replaces a block by a table of what it consists of, with the same attributes. */
static int split_block(const struct smmu_mirror *m, u64 *ptep, int level,
		       struct iommu_reserve *reserve)
{
	u64 addr = *ptep & PTE_ADDR, attr = *ptep & ~PTE_ADDR;
	u64 *below = iommu_pool_take(reserve, PKVM_IOMMU_MEM_PAGE_TABLES);
	u32 i;

	if (!below)
		return -ENOMEM;

	for (i = 0; i < TABLE_ENTRIES; i++)
		below[i] = pte_leaf(addr + i * LEVEL_SIZE(level + 1), attr, level + 1);
	set_table(m, ptep, below);
	pkvm_iommu_count(PKVM_IOMMU_TABLE_SPLITS);

	return 0;
}

/**
 * smmu_mirror_split() - map a range by pages, where it is mapped
 * @start: page aligned
 * @end: page aligned
 * @reserve: for as many tables as smmu_mirror_find() said
 *
 * Return: 0; -ENOMEM when it holds fewer.
 */
int smmu_mirror_split(struct smmu_mirror *m, u64 start, u64 end, struct iommu_reserve *reserve)
{
	u64 addr, *ptep;
	int level, ret;

	end = within(m, end);
	for (addr = start; addr < end; addr = run_end(addr, end)) {
		for (;;) {
			ptep = walk(m, addr, &level);
			if (level == LAST_LEVEL || !pte_is_valid(*ptep))
				break;
			ret = split_block(m, ptep, level, reserve);
			if (ret)
				return ret;
		}
	}

	return 0;
}

static __always_inline void map_run(const struct smmu_mirror *m, const struct smmu_mirror_run *run)
{
	u64 i, attr = leaf_attr(false);

	for (i = 0; i < run->nr; i++)
		WRITE_ONCE(run->ptep[i],
			   pte_leaf(run->addr + (i << PAGE_SHIFT), attr, LAST_LEVEL));
	if (!m->coherent)
		iommu_clean(run->ptep, run->nr * sizeof(*run->ptep));
}

/** smmu_mirror_remap() - put back what smmu_mirror_unmap() took out just now */
void smmu_mirror_remap(struct smmu_mirror *m)
{
	u32 i;

	for (i = 0; i < m->nr_runs; i++)
		map_run(m, &m->runs[i]);
}

/**
 * smmu_mirror_map() - put pages of memory back that came back to the host
 * @start: page aligned
 * @end: page aligned
 *
 * It allocates nothing: pages that never had a table, since the hypervisor had
 * them before the tables were built, stay out of the reach of devices.
 */
void smmu_mirror_map(struct smmu_mirror *m, u64 start, u64 end)
{
	struct smmu_mirror_run run;
	u64 next;
	int level;

	end = within(m, end);
	for (run.addr = start; run.addr < end; run.addr = next) {
		next = run_end(run.addr, end);
		run.ptep = walk(m, run.addr, &level);
		run.nr = (next - run.addr) >> PAGE_SHIFT;
		if (level == LAST_LEVEL)
			map_run(m, &run);
	}
}
