// SPDX-License-Identifier: GPL-2.0-only
/*
 * How much memory EL2 needs for the SMMUv3s. It has to be set aside before EL2
 * can look at them, so their ID registers are read here for the estimate; EL2
 * reads them again and believes only itself. An estimate that is too low stops
 * the boot.
 */

#include <linux/bitfield.h>
#include <linux/io.h>
#include <linux/kvm_host.h>
#include <linux/log2.h>
#include <linux/memblock.h>
#include <linux/of.h>

#include <asm/kvm_pkvm.h>
#include <asm/kvm_pkvm_iommu.h>

#include "arm-smmu-v3-pkvm.h"
#include "arm-smmu-v3-regs.h"

/* Concatenated tables of the first level, aligned to their size. */
#define PGD_PAGES	32

/* Both queues of an SMMU, as EL2 sizes them, and room to align them. */
#define QUEUES_SIZE	SZ_16K

struct ids {
	u32 idr0, idr1, idr3, idr5;
};

static bool __init read_ids(u64 base, struct ids *id)
{
	void __iomem *regs = early_ioremap(base, SZ_4K);

	if (!regs)
		return false;

	id->idr0 = readl_relaxed(regs + ARM_SMMU_IDR0);
	id->idr1 = readl_relaxed(regs + ARM_SMMU_IDR1);
	id->idr3 = readl_relaxed(regs + ARM_SMMU_IDR3);
	id->idr5 = readl_relaxed(regs + ARM_SMMU_IDR5);
	early_iounmap(regs, SZ_4K);

	return true;
}

/* Twice the size: a table is aligned to its own. */
static u64 __init strtab_size(const struct ids *id)
{
	u32 sid_bits = min_t(u32, FIELD_GET(IDR1_SIDSIZE, id->idr1), 32);
	u64 linear = sizeof(struct arm_smmu_ste) << sid_bits;
	u64 l1 = sizeof(u64) * min_t(u64, BIT_ULL(sid_bits) >> STRTAB_SPLIT, STRTAB_MAX_L1_ENTRIES);

	if (FIELD_GET(IDR0_ST_LVL, id->idr0) != IDR0_ST_LVL_2LVL || sid_bits <= STRTAB_SPLIT)
		return 2 * linear;

	return 2 * (max_t(u64, l1, 64) + sizeof(struct arm_smmu_strtab_l2));
}

/*
 * Tables of one mirror. Blocks leave a table for each block of the first level,
 * and a few where ownership changes within a block: at the ends of memory regions
 * and frames, around the pages that EL2 has for each CPU, its image and its pool.
 */
static u64 __init mirror_pages(u64 limit, bool live_split)
{
	unsigned int shift = PAGE_SHIFT + 2 * (PAGE_SHIFT - 3);
	unsigned int i, runs = 16;
	struct device_node *cpu;
	u64 pages;

	for_each_of_cpu_node(cpu)
		runs += 3;
	runs += kvm_nvhe_sym(hyp_memblock_nr) + kvm_nvhe_sym(pkvm_iommu_machine).nr_frames;

	pages = PGD_PAGES + 2 * DIV_ROUND_UP(limit, 1ULL << (shift + (PAGE_SHIFT == 12 ? 9 : 0)));
	pages += 4 * runs;
	if (live_split)
		return pages;

	for (i = 0; i < kvm_nvhe_sym(hyp_memblock_nr); i++)
		pages += __hyp_pgtable_max_pages(kvm_nvhe_sym(hyp_memory)[i].size >> PAGE_SHIFT);

	return pages;
}

/**
 * pkvm_smmu_v3_pages() - pages that EL2 needs for the SMMUs it was told of
 * @limit: end of the addresses that a mirror covers
 */
u64 __init pkvm_smmu_v3_pages(u64 limit)
{
	static const u8 oas_bits[] __initconst = { 32, 36, 40, 42, 44, 48 };
	struct pkvm_iommu_desc *descs = kvm_nvhe_sym(pkvm_iommu_machine).descs;
	u64 pages = 0, bytes = 0;
	DECLARE_BITMAP(seen, 32) = {};
	struct ids id;
	u32 i, kind, oas;

	for (i = 0; i < kvm_nvhe_sym(pkvm_iommu_machine).nr_descs; i++) {
		if (!read_ids(descs[i].base, &id))
			continue;

		bytes += strtab_size(&id) + QUEUES_SIZE;

		oas = min_t(u32, FIELD_GET(IDR5_OAS, id.idr5), ARRAY_SIZE(oas_bits) - 1);
		/* As EL2 tells which of them share a mirror. */
		kind = FIELD_GET(IDR5_OAS, id.idr5) | (FIELD_GET(IDR3_BBM, id.idr3) == 2) << 3 |
		       (descs[i].coherent && (id.idr0 & IDR0_COHACC)) << 4;
		if (!__test_and_set_bit(kind, seen))
			pages += mirror_pages(min(limit, BIT_ULL(oas_bits[oas])),
					      FIELD_GET(IDR3_BBM, id.idr3) == 2);
	}

	return pages + DIV_ROUND_UP(bytes, PAGE_SIZE);
}
