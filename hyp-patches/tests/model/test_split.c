// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a split costs, asked before it, against what it takes. The pool would run
 * dry in the middle of a transition if the two ever differed.
 */

#include "machine.h"

#include "random.h"
#include "mirror.h"

#define RANDOM_RANGES 4000

static struct smmu_mirror mirror;

/* A table with both sizes of blocks, pages at its edges, and holes. */
static void fresh_table(u32 ia_bits)
{
	machine_new();
	assert_int_equal(pkvm_iommu_early_alloc(), 0);
	assert_int_equal(smmu_mirror_init(&mirror, ia_bits, 5, true, true), 0);
	assert_int_equal(smmu_mirror_build(&mirror, 0, 2 * BLOCK_SIZE, true), 0);
	assert_int_equal(smmu_mirror_build(&mirror, LOW_BASE + 5 * PAGE_SIZE, LOW_BASE + SZ_1G / 2,
					  false), 0);
	assert_int_equal(smmu_mirror_build(&mirror, LOW_BASE + SZ_1G, LOW_BASE + 3 * SZ_1G, false), 0);
	iommu_pool_fill();
}

/* Tables it takes to map a range by pages; where it takes none, all of its pages are found. */
static u64 tables_for(u64 start, u64 end)
{
	return smmu_mirror_find(&mirror, start, end);
}

static int split(u64 start, u64 end)
{
	struct iommu_reserve reserve;
	int ret;

	assert_int_equal(iommu_pool_reserve(&reserve, tables_for(start, end)), 0);
	ret = smmu_mirror_split(&mirror, start, end, &reserve);
	/* Not one too many. */
	assert_int_equal(reserve.nr_pages, 0);

	return ret;
}

/* Splits, counting tables three ways; give_back keeps the pool as it was. */
static void split_costs_what_it_said(u64 start, u64 end)
{
	u64 cost = tables_for(start, end);
	u64 free = memory_of(PKVM_IOMMU_MEM_POOL_FREE) >> PAGE_SHIFT;
	u64 used = memory_of(PKVM_IOMMU_MEM_PAGE_TABLES) >> PAGE_SHIFT;
	u64 splits = counter(PKVM_IOMMU_TABLE_SPLITS);

	assert_true(cost <= free);
	assert_int_equal(split(start, end), 0);
	assert_int_equal(memory_of(PKVM_IOMMU_MEM_POOL_FREE) >> PAGE_SHIFT, free - cost);
	assert_int_equal(memory_of(PKVM_IOMMU_MEM_PAGE_TABLES) >> PAGE_SHIFT, used + cost);
	assert_int_equal(counter(PKVM_IOMMU_TABLE_SPLITS), splits + cost);
	assert_int_equal(tables_for(start, end), 0);
}

/* A contiguous transition needs two tables at either end at the most, and one for each block. */
static void by_hand(void **state)
{
	const u64 gigabyte = LOW_BASE + 2 * SZ_1G;
	/* With 4 KiB pages 1 GiB blocks are in use, and cost a table more. */
	const u64 top = PAGE_SHIFT == 12;

	(void)state;
	fresh_table(44);
	assert_int_equal(tables_for(gigabyte, gigabyte), 0);
	assert_int_equal(tables_for(gigabyte, gigabyte + PAGE_SIZE), top + 1);
	assert_int_equal(tables_for(gigabyte - PAGE_SIZE, gigabyte + PAGE_SIZE),
			 2 * top + 2);
	assert_int_equal(tables_for(gigabyte, gigabyte + BLOCK_SIZE), top + 1);
	assert_int_equal(tables_for(gigabyte + PAGE_SIZE,
					    gigabyte + BLOCK_SIZE + PAGE_SIZE), top + 2);
	/* What is not mapped needs none, whether it has a table or not. */
	assert_int_equal(tables_for(LOW_BASE, LOW_BASE + 5 * PAGE_SIZE), 0);
	assert_int_equal(tables_for(LOW_BASE + 4 * SZ_1G, LOW_BASE + 5ULL * SZ_1G), 0);
	/* Nor what the table cannot reach. */
	assert_int_equal(tables_for(1ULL << 44, (1ULL << 44) + PAGE_SIZE), 0);
	assert_int_equal(split(1ULL << 44, (1ULL << 44) + PAGE_SIZE), 0);
}

/* Devices see no difference: the same places with the same attributes, of memory and MMIO. */
static void nothing_changes(void **state)
{
	static const u64 places[] = { 0, BLOCK_SIZE, LOW_BASE + SZ_1G, LOW_BASE + 2 * SZ_1G };
	struct model_config config = machine_default(0);
	struct arm_smmu_ste ste;
	struct model *m;
	u64 addr;
	size_t i;

	(void)state;
	fresh_table(44);
	m = model_add(&config);
	smmu_s2_ste(&mirror.shape, hyp_virt_to_phys(mirror.pgd), 1, true, &ste);
	for (i = 0; i < ARRAY_SIZE(places); i++) {
		struct model_view view = model_walk(m, ste.data, places[i]), page;

		assert_int_equal(view.fault, MODEL_REACHED);
		assert_true(view.size >= BLOCK_SIZE);
		split_costs_what_it_said(places[i] + PAGE_SIZE, places[i] + 2 * PAGE_SIZE);
		for (addr = places[i]; addr < places[i] + BLOCK_SIZE; addr += PAGE_SIZE) {
			page = model_walk(m, ste.data, addr);
			assert_int_equal(page.fault, MODEL_REACHED);
			assert_int_equal(page.pa, addr);
			assert_int_equal(page.size, PAGE_SIZE);
			assert_int_equal(page.memattr, view.memattr);
		}
	}
}

/* Each range of up to 4 pages around each kind of boundary. */
static void small_ranges(void **state)
{
	static const u64 places[] = { 0, 2 * BLOCK_SIZE, LOW_BASE, LOW_BASE + BLOCK_SIZE,
				      LOW_BASE + SZ_1G / 2, LOW_BASE + SZ_1G, LOW_BASE + 2 * SZ_1G,
				      LOW_BASE + 3 * SZ_1G };
	size_t i;
	u64 from, pages;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(places); i++) {
		for (from = 0; from < 5; from++) {
			for (pages = 1; pages < 5; pages++) {
				u64 start = places[i] + (from - 3) * PAGE_SIZE;

				if (!places[i])
					start = from * PAGE_SIZE;
				fresh_table(40 + 4 * (pages & 1));
				split_costs_what_it_said(start, start + pages * PAGE_SIZE);
			}
		}
	}
}

static void random_ranges(void **state)
{
	u64 random = 1, i, start, pages;

	(void)state;
	fresh_table(48);
	for (i = 0; i < RANDOM_RANGES; i++) {
		start = random_below(&random, (LOW_BASE + 4 * SZ_1G) >> PAGE_SHIFT) << PAGE_SHIFT;
		pages = random_below(&random, 2) ? random_below(&random, PKVM_IOMMU_TRANSITION_MAX + 1) : random_below(&random, 8);
		if (tables_for(start, start + pages * PAGE_SIZE) >
		    memory_of(PKVM_IOMMU_MEM_POOL_FREE) >> PAGE_SHIFT)
			fresh_table(i & 1 ? 48 : 40);
		split_costs_what_it_said(start, start + pages * PAGE_SIZE);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(by_hand),
		cmocka_unit_test(nothing_changes),
		cmocka_unit_test(small_ranges),
		cmocka_unit_test(random_ranges),
	};

	return cmocka_run_group_tests_name("split", tests, NULL, NULL);
}
