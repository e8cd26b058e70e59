// SPDX-License-Identifier: GPL-2.0-only
/*
 * A stage 2 for devices that mirrors what the host may access: identity, built once in
 * blocks as large as they get.
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
