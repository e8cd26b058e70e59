// SPDX-License-Identifier: GPL-2.0-only
/*
 * Stage 2 tables for devices: identity, built once in blocks as large as they
 * get, then taken apart where pages leave the host. A split changes nothing that
 * a device can see, so it may stay when the transition fails after it; and since
 * it stays, a page that comes back finds its table and needs no memory.
 */

#include "s2.h"

#define LAST_LEVEL	3
#define LEVEL_BITS	(PAGE_SHIFT - 3)
#define LEVEL_SHIFT(l)	(PAGE_SHIFT + LEVEL_BITS * (LAST_LEVEL - (l)))
#define LEVEL_SIZE(l)	(1UL << LEVEL_SHIFT(l))
#define TABLE_ENTRIES	(PAGE_SIZE / sizeof(u64))

/* The architecture concatenates up to 16 tables at the first level. */
#define MAX_CONCAT_BITS	4

#define PTE_VALID_BIT	BIT(0)
#define PTE_TABLE_BIT	BIT(1)	/* or a page, at the last level */
#define PTE_MEMATTR	GENMASK_ULL(5, 2)
#define PTE_S2AP	GENMASK_ULL(7, 6)
#define PTE_SH		GENMASK_ULL(9, 8)
#define PTE_AF_BIT	BIT(10)
#define PTE_ADDR	GENMASK_ULL(SMMU_TABLE_BITS - 1, PAGE_SHIFT)

#define MEMATTR_NORMAL_WB	0xf
#define MEMATTR_DEVICE_nGnRE	0x1
#define S2AP_RW			3

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

static u64 leaf(u64 addr, u64 attr, int level)
{
	return addr | attr | (level == LAST_LEVEL ? PTE_TABLE_BIT : 0);
}

static bool is_valid(u64 pte)
{
	return pte & PTE_VALID_BIT;
}

static bool is_table(u64 pte, int level)
{
	return is_valid(pte) && (pte & PTE_TABLE_BIT) && level < LAST_LEVEL;
}

/* Blocks exist at level 2, and with pages of 4 KiB at level 1. */
static bool has_blocks(int level)
{
	return level == 2 || (level == 1 && IS_ENABLED(CONFIG_ARM64_4K_PAGES));
}

static u64 *child(u64 pte)
{
	return hyp_phys_to_virt(pte & PTE_ADDR);
}

/* Concatenated tables are one large one: the index may exceed TABLE_ENTRIES. */
static u64 *entry(const struct smmu_s2 *s2, u64 *table, int level, u64 addr)
{
	u64 index = addr >> LEVEL_SHIFT(level);

	return table + (level == s2->start_level ? index : index & (TABLE_ENTRIES - 1));
}

static void set_entry(const struct smmu_s2 *s2, u64 *ptep, u64 pte)
{
	WRITE_ONCE(*ptep, pte);
	if (!s2->coherent)
		iommu_clean(ptep, sizeof(*ptep));
}

/* What is below must be visible before what leads to it. */
static void set_table(const struct smmu_s2 *s2, u64 *ptep, u64 *table)
{
	if (!s2->coherent)
		iommu_clean(table, PAGE_SIZE);
	dma_wmb();
	set_entry(s2, ptep, hyp_virt_to_phys(table) | PTE_VALID_BIT | PTE_TABLE_BIT);
}

/* The end of the block of that level around @addr, or @end if that comes first. */
static u64 block_end(u64 addr, u64 end, int level)
{
	return min(ALIGN_DOWN(addr, LEVEL_SIZE(level)) + LEVEL_SIZE(level), end);
}

/**
 * smmu_s2_init() - an empty table
 * @ia_bits: of an address, cut to what the format reaches
 * @oas: as IDR5.OAS encodes the output size
 * @coherent: see struct smmu_s2
 * @live_split: see struct smmu_s2
 *
 * Return: 0 or -ENOMEM.
 */
int smmu_s2_init(struct smmu_s2 *s2, u32 ia_bits, u32 oas, bool coherent, bool live_split)
{
	u32 levels, top_bits;

	ia_bits = min_t(u32, ia_bits, SMMU_TABLE_BITS);
	levels = DIV_ROUND_UP(ia_bits - PAGE_SHIFT, LEVEL_BITS);
	top_bits = ia_bits - PAGE_SHIFT - LEVEL_BITS * (levels - 1);
	if (levels > 1 && top_bits <= MAX_CONCAT_BITS) {
		levels--;
		top_bits += LEVEL_BITS;
	}

	*s2 = (struct smmu_s2) {
		.ia_bits = ia_bits,
		.oas = min_t(u32, oas, IDR5_OAS_48_BIT),
		.start_level = LAST_LEVEL + 1 - levels,
		.coherent = coherent,
		.live_split = live_split,
	};
	s2->pgd = iommu_boot_alloc(max_t(size_t, sizeof(u64) << top_bits, PAGE_SIZE),
				   PKVM_IOMMU_MEM_PAGE_TABLES);
	if (!s2->pgd)
		return -ENOMEM;
	if (!coherent)
		iommu_clean(s2->pgd, sizeof(u64) << top_bits);

	return 0;
}

static int map_boot(struct smmu_s2 *s2, u64 *table, int level, u64 addr, u64 end, bool mmio)
{
	u64 next;
	int ret;

	for (; addr < end; addr = next) {
		u64 *ptep = entry(s2, table, level, addr);
		bool whole, by_page = !mmio && !s2->live_split;
		u64 *below;

		next = block_end(addr, end, level);
		whole = next - addr == LEVEL_SIZE(level);
		if (level == LAST_LEVEL || (whole && has_blocks(level) && !by_page)) {
			set_entry(s2, ptep, leaf(addr, leaf_attr(mmio), level));
			continue;
		}

		if (!is_valid(*ptep)) {
			below = iommu_pool_take(PKVM_IOMMU_MEM_PAGE_TABLES);
			if (!below)
				return -ENOMEM;
			set_table(s2, ptep, below);
		}
		ret = map_boot(s2, child(*ptep), level + 1, addr, next, mmio);
		if (ret)
			return ret;
	}

	return 0;
}

/**
 * smmu_s2_map_boot() - map a range that is not mapped, in large blocks
 * @start: page aligned
 * @end: page aligned
 * @mmio: whether it is MMIO; else memory
 *
 * Before an SMMU uses the table. What the table cannot reach is left out.
 *
 * Return: 0 or -ENOMEM.
 */
int smmu_s2_map_boot(struct smmu_s2 *s2, u64 start, u64 end, bool mmio)
{
	return map_boot(s2, s2->pgd, s2->start_level, start, min(end, BIT_ULL(s2->ia_bits)),
			mmio);
}

static u64 split_cost(const struct smmu_s2 *s2, u64 *table, int level, u64 addr, u64 end)
{
	u64 next, cost = 0;
	int l;

	for (; addr < end; addr = next) {
		u64 pte = *entry(s2, table, level, addr);

		next = block_end(addr, end, level);
		if (is_table(pte, level)) {
			cost += split_cost(s2, child(pte), level + 1, addr, next);
		} else if (is_valid(pte)) {
			/* A table below each block of each level that the range touches. */
			for (l = level; l < LAST_LEVEL; l++)
				cost += ((next - 1) >> LEVEL_SHIFT(l)) -
					(addr >> LEVEL_SHIFT(l)) + 1;
		}
	}

	return cost;
}

/**
 * smmu_s2_split_cost() - tables that smmu_s2_split() would take
 * @start: page aligned
 * @end: page aligned
 */
u64 smmu_s2_split_cost(const struct smmu_s2 *s2, u64 start, u64 end)
{
	return split_cost(s2, s2->pgd, s2->start_level, start, min(end, BIT_ULL(s2->ia_bits)));
}

/* Replaces a block by a table of what it consists of, with the same attributes. */
static int split_block(struct smmu_s2 *s2, u64 *ptep, int level)
{
	u64 pte = *ptep;
	u64 addr = pte & PTE_ADDR, attr = pte & ~PTE_ADDR;
	u64 *below = iommu_pool_take(PKVM_IOMMU_MEM_PAGE_TABLES);
	u32 i;

	if (!below)
		return -ENOMEM;

	for (i = 0; i < TABLE_ENTRIES; i++)
		below[i] = leaf(addr + i * LEVEL_SIZE(level + 1), attr, level + 1);
	set_table(s2, ptep, below);
	pkvm_iommu_count(PKVM_IOMMU_TABLE_SPLITS);

	return 0;
}

static int split(struct smmu_s2 *s2, u64 *table, int level, u64 addr, u64 end)
{
	u64 next;
	int ret;

	if (level == LAST_LEVEL)
		return 0;

	for (; addr < end; addr = next) {
		u64 *ptep = entry(s2, table, level, addr);
		u64 pte = *ptep;

		next = block_end(addr, end, level);
		if (!is_valid(pte))
			continue;
		if (!is_table(pte, level)) {
			ret = split_block(s2, ptep, level);
			if (ret)
				return ret;
		}
		ret = split(s2, child(*ptep), level + 1, addr, next);
		if (ret)
			return ret;
	}

	return 0;
}

/**
 * smmu_s2_split() - map a range by pages, where it is mapped
 * @start: page aligned
 * @end: page aligned
 *
 * Return: 0; -ENOMEM when the pool has fewer pages than smmu_s2_split_cost().
 */
int smmu_s2_split(struct smmu_s2 *s2, u64 start, u64 end)
{
	return split(s2, s2->pgd, s2->start_level, start, min(end, BIT_ULL(s2->ia_bits)));
}

/* Sets the pages of a range that have a table; @attr 0 unmaps. */
static int set_pages(struct smmu_s2 *s2, u64 *table, int level, u64 addr, u64 end, u64 attr)
{
	u64 next;
	int ret;

	for (; addr < end; addr = next) {
		u64 *ptep = entry(s2, table, level, addr);
		u64 pte = *ptep;

		next = block_end(addr, end, level);
		if (level == LAST_LEVEL) {
			set_entry(s2, ptep, attr ? leaf(addr, attr, level) : 0);
		} else if (is_table(pte, level)) {
			ret = set_pages(s2, child(pte), level + 1, addr, next, attr);
			if (ret)
				return ret;
		} else if (is_valid(pte)) {
			return -EEXIST;
		}
	}

	return 0;
}

/**
 * smmu_s2_unmap() - take pages of memory out, after smmu_s2_split()
 * @start: page aligned
 * @end: page aligned
 *
 * Devices may reach them until the caller has invalidated.
 *
 * Return: 0, or -EEXIST for a block that was not split.
 */
int smmu_s2_unmap(struct smmu_s2 *s2, u64 start, u64 end)
{
	return set_pages(s2, s2->pgd, s2->start_level, start, min(end, BIT_ULL(s2->ia_bits)), 0);
}

/**
 * smmu_s2_map() - put pages of memory back that smmu_s2_unmap() took out
 * @start: page aligned
 * @end: page aligned
 *
 * It allocates nothing: pages that never had a table, since the hypervisor had
 * them before the tables were built, stay out of the reach of devices.
 */
void smmu_s2_map(struct smmu_s2 *s2, u64 start, u64 end)
{
	set_pages(s2, s2->pgd, s2->start_level, start, min(end, BIT_ULL(s2->ia_bits)),
		  leaf_attr(false));
}

/**
 * smmu_s2_ste() - the stream table entry that translates with the table
 * @vmid: that the TLBs know it by
 * @ste: filled
 */
void smmu_s2_ste(const struct smmu_s2 *s2, u16 vmid, struct arm_smmu_ste *ste)
{
	u64 cache = s2->coherent ? CR1_CACHE_WB : CR1_CACHE_NC;
	u64 tg = IS_ENABLED(CONFIG_ARM64_4K_PAGES) ? 0 : IS_ENABLED(CONFIG_ARM64_64K_PAGES) ? 1 : 2;
	u64 sl = (IS_ENABLED(CONFIG_ARM64_4K_PAGES) ? 2 : 3) - s2->start_level;
	u64 vtcr = FIELD_PREP(STRTAB_STE_2_VTCR_S2T0SZ, 64 - s2->ia_bits) |
		   FIELD_PREP(STRTAB_STE_2_VTCR_S2SL0, sl) |
		   FIELD_PREP(STRTAB_STE_2_VTCR_S2IR0, cache) |
		   FIELD_PREP(STRTAB_STE_2_VTCR_S2OR0, cache) |
		   FIELD_PREP(STRTAB_STE_2_VTCR_S2SH0,
			      s2->coherent ? ARM_SMMU_SH_ISH : ARM_SMMU_SH_OSH) |
		   FIELD_PREP(STRTAB_STE_2_VTCR_S2TG, tg) |
		   FIELD_PREP(STRTAB_STE_2_VTCR_S2PS, s2->oas);

	*ste = (struct arm_smmu_ste) { .data = {
		cpu_to_le64(STRTAB_STE_0_V |
			    FIELD_PREP(STRTAB_STE_0_CFG, STRTAB_STE_0_CFG_S2_TRANS)),
		cpu_to_le64(FIELD_PREP(STRTAB_STE_1_SHCFG, STRTAB_STE_1_SHCFG_INCOMING)),
		cpu_to_le64(FIELD_PREP(STRTAB_STE_2_S2VMID, vmid) |
			    FIELD_PREP(STRTAB_STE_2_VTCR, vtcr) |
			    STRTAB_STE_2_S2AA64 | STRTAB_STE_2_S2R),
		cpu_to_le64(hyp_virt_to_phys(s2->pgd) & STRTAB_STE_3_S2TTB_MASK),
	} };
}
