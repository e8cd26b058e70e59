// SPDX-License-Identifier: GPL-2.0-only
/*
 * Blocks in the tables of domains: what is aligned and large enough is one entry, and goes
 * as one. With pages of more than 4 KiB there are none.
 */

#include "domain_checks.h"

#include "points.h"

#define A 8

/* Aligned to a block, and the page before it lies in another table. */
#define IOVA 0x10000000ULL
#define AT   (HIGH_BASE + 2 * BLOCK_SIZE)

#define NR ((u64)PKVM_IOMMU_PAGES_MAX)

static struct model *m;

static bool has_blocks(void)
{
	return PAGE_SHIFT == 12;
}

static void boot(void)
{
	u64 shape;

	m = machine_paravirt(NULL);
	assert_int_equal(__pkvm_iommu_domain_alloc(1, 0, &shape), 0);
	assert_int_equal(shape & PKVM_IOMMU_DOMAIN_BLOCKS, has_blocks() ? BLOCK_SIZE : 0);
	assert_int_equal(attach(1, A), 0);
}

static void assert_leaf(u64 iova, u64 size)
{
	assert_int_equal(model_look(m, A, iova).size, has_blocks() ? size : PAGE_SIZE);
}

static void one_entry(void **state)
{
	u64 syncs, tables;

	(void)state;
	boot();
	/* What is above the last level. */
	assert_int_equal(domain_map(1, IOVA + BLOCK_SIZE, AT, 1, DOMAIN_RW), 1);
	tables = memory_of(PKVM_IOMMU_MEM_PAGE_TABLES);
	assert_int_equal(domain_map(1, IOVA, AT, NR, DOMAIN_RW), NR);
	assert_leaf(IOVA + 5 * PAGE_SIZE, BLOCK_SIZE);
	assert_int_equal(memory_of(PKVM_IOMMU_MEM_PAGE_TABLES) == tables, has_blocks());
	assert_arrives(m, A, IOVA, NR, AT);
	assert_nothing(m, A, IOVA - PAGE_SIZE, 1);
	assert_nothing(m, A, IOVA + BLOCK_SIZE + PAGE_SIZE, 1);
	assert_maps(AT + PAGE_SIZE, NR - 1, 1);
	assert_maps(AT, 1, 2);
	assert_int_equal(__pkvm_iommu_iova_to_phys(1, IOVA + NR * PAGE_SIZE - 3),
			 AT + NR * PAGE_SIZE - 3);
	assert_int_equal(world_give(AT + 7 * PAGE_SIZE, 1), -EBUSY);

	syncs = counter(PKVM_IOMMU_CMD_SYNC);
	assert_int_equal(domain_unmap(1, IOVA, NR), NR);
	assert_int_equal(counter(PKVM_IOMMU_CMD_SYNC), syncs + 1);
	assert_nothing(m, A, IOVA, NR);
	assert_may_leave(AT + PAGE_SIZE, NR - 1);
	assert_int_equal(domain_unmap(1, IOVA, NR), 0);
}

/* With what is not aligned on both sides, or too short, pages are mapped. */
static void not_aligned(void **state)
{
	(void)state;
	boot();
	assert_int_equal(domain_map(1, IOVA, AT + PAGE_SIZE, NR, DOMAIN_RW), NR);
	assert_leaf(IOVA, PAGE_SIZE);
	assert_int_equal(domain_unmap(1, IOVA + PAGE_SIZE, 1), 1);
	assert_int_equal(domain_map(1, IOVA + BLOCK_SIZE + PAGE_SIZE, AT, NR, DOMAIN_RW), NR);
	assert_int_equal(model_look(m, A, IOVA + BLOCK_SIZE + PAGE_SIZE).size, PAGE_SIZE);
	assert_int_equal(domain_map(1, IOVA + 4 * BLOCK_SIZE, AT, NR - 1, DOMAIN_RW), NR - 1);
	assert_int_equal(model_look(m, A, IOVA + 4 * BLOCK_SIZE).size, PAGE_SIZE);
	assert_arrives(m, A, IOVA + 4 * BLOCK_SIZE, NR - 1, AT);
	assert_nothing(m, A, IOVA + 4 * BLOCK_SIZE + (NR - 1) * PAGE_SIZE, 1);
}

/* A part of a block does not go, wherever the part begins. */
static void only_as_a_whole(void **state)
{
	static const u64 first[] = { 0, 1, 255, 511 };
	u64 ranges[2], did;
	u32 i;

	(void)state;
	boot();
	assert_int_equal(domain_map(1, IOVA - PAGE_SIZE, AT, 1, DOMAIN_RW), 1);
	assert_int_equal(domain_map(1, IOVA, AT, NR, DOMAIN_RW), NR);
	for (i = 0; i < ARRAY_SIZE(first); i++)
		assert_int_equal(domain_unmap(1, IOVA + first[i] * PAGE_SIZE, NR - 1), 0);
	/* What comes before it does; the whole does in a list as well. */
	assert_int_equal(domain_unmap(1, IOVA - PAGE_SIZE, NR), 1);
	assert_arrives(m, A, IOVA, NR, AT);
	assert_maps(AT, NR, 1);
	ranges[0] = domain_range(IOVA, NR - 1);
	ranges[1] = domain_range(IOVA, NR);
	assert_int_equal(__pkvm_iommu_unmap(1, ranges, 2, &did), 0);
	assert_int_equal(did, 0);
	assert_int_equal(__pkvm_iommu_unmap(1, ranges + 1, 1, &did), 0);
	assert_int_equal(did, NR);
	assert_may_leave(AT, NR);
}

static void nothing_over_another(void **state)
{
	(void)state;
	boot();
	assert_int_equal(domain_map(1, IOVA, AT, NR, DOMAIN_RW), NR);
	assert_int_equal(domain_map(1, IOVA, AT, NR, DOMAIN_RW), -EEXIST);
	assert_int_equal(domain_map(1, IOVA + 3 * PAGE_SIZE, AT, 1, DOMAIN_RW), -EEXIST);
	assert_int_equal(domain_map(1, IOVA - PAGE_SIZE, AT, NR, DOMAIN_RW), 1);
	assert_maps(AT + PAGE_SIZE, NR - 1, 1);
	assert_arrives(m, A, IOVA, NR, AT);

	/* A block over a page: as far as it goes. */
	assert_int_equal(domain_map(1, IOVA + BLOCK_SIZE + 3 * PAGE_SIZE, AT, 1, DOMAIN_RW), 1);
	assert_int_equal(domain_map(1, IOVA + BLOCK_SIZE, AT, NR, DOMAIN_RW), 3);
	assert_arrives(m, A, IOVA + BLOCK_SIZE, 3, AT);

	/* Of memory that is the host's to the third page: without the block. */
	assert_int_equal(world_give(AT + BLOCK_SIZE + 2 * PAGE_SIZE, 1), 0);
	assert_int_equal(domain_map(1, IOVA + 4 * BLOCK_SIZE, AT + BLOCK_SIZE, NR, DOMAIN_RW), 2);
	assert_int_equal(domain_map(1, IOVA + 4 * BLOCK_SIZE + 2 * PAGE_SIZE,
				    AT + BLOCK_SIZE + 2 * PAGE_SIZE, 1, DOMAIN_RW), -EPERM);
	assert_maps(AT + BLOCK_SIZE + 3 * PAGE_SIZE, NR - 3, 0);
}

/* A table that maps nothing any more, and that the SMMU knows. */
static void empty_table(void)
{
	assert_int_equal(domain_map(1, IOVA, AT, 1, DOMAIN_RW), 1);
	assert_arrives(m, A, IOVA, 1, AT);
	assert_int_equal(domain_unmap(1, IOVA, 1), 1);
}

static void over_an_empty_table(void **state)
{
	u64 tables, syncs, free;

	(void)state;
	boot();
	assert_int_equal(domain_map(1, IOVA + BLOCK_SIZE, AT, 1, DOMAIN_RW), 1);
	empty_table();
	free = memory_of(PKVM_IOMMU_MEM_POOL_FREE);
	tables = memory_of(PKVM_IOMMU_MEM_PAGE_TABLES);
	syncs = counter(PKVM_IOMMU_CMD_SYNC);
	assert_int_equal(domain_map(1, IOVA, AT, NR, DOMAIN_RW), NR);
	assert_leaf(IOVA, BLOCK_SIZE);
	assert_arrives(m, A, IOVA, NR, AT);
	if (!has_blocks())
		return;

	assert_int_equal(counter(PKVM_IOMMU_CMD_SYNC), syncs + 1);
	assert_int_equal(memory_of(PKVM_IOMMU_MEM_PAGE_TABLES), tables - PAGE_SIZE);
	assert_int_equal(memory_of(PKVM_IOMMU_MEM_POOL_FREE), free + PAGE_SIZE);
	/* Nothing leads to the table. */
	model_settled(AT + BLOCK_SIZE, PAGE_SIZE);

	/* And pages where a block was. */
	assert_int_equal(domain_unmap(1, IOVA, NR), NR);
	assert_int_equal(domain_map(1, IOVA, AT, 1, DOMAIN_RW), 1);
	assert_arrives(m, A, IOVA, 1, AT);
	assert_nothing(m, A, IOVA + PAGE_SIZE, 1);
}

/* An SMMU that does not say that it forgot the table: the table stays, with what is new in it. */
static void no_answer(void **state)
{
	u64 tables;

	(void)state;
	boot();
	empty_table();
	tables = memory_of(PKVM_IOMMU_MEM_PAGE_TABLES);
	model_knobs(m)->commands_per_us = 0;
	assert_int_equal(domain_map(1, IOVA, AT, NR, DOMAIN_RW), NR);
	assert_leaf(IOVA, PAGE_SIZE);
	assert_int_equal(memory_of(PKVM_IOMMU_MEM_PAGE_TABLES), tables);
	assert_maps(AT, NR, 1);

	/* What cannot be unmapped for sure ends with the domain, blocks as well. */
	assert_int_equal(domain_map(1, IOVA + BLOCK_SIZE, AT, NR, DOMAIN_RW), NR);
	assert_int_equal(domain_unmap(1, IOVA + BLOCK_SIZE, NR), -ETIMEDOUT);
	assert_int_equal(domain_map(1, IOVA + BLOCK_SIZE, AT, 1, DOMAIN_RW), -EEXIST);
	assert_maps(AT, NR, 2);
	model_knobs(m)->commands_per_us = MODEL_AT_ONCE;
	assert_int_equal(detach(1, A), 0);
	assert_true(domain_free(1) > 0);
	assert_may_leave(AT, NR);
}

/* Domains end with the blocks in them, a few at a time. */
static void many(void **state)
{
	u64 used = 0, i;

	(void)state;
	boot();
	for (i = 0; i < 9; i++)
		used += domain_map(1, IOVA + i * BLOCK_SIZE, AT, NR, DOMAIN_RW);
	assert_int_equal(used, 9 * NR);
	assert_maps(AT, NR, 9);
	assert_int_equal(detach(1, A), 0);
	assert_true(domain_free(1) > 3);
	assert_may_leave(AT, NR);
}

/* Registers are not counted; nor is a block mapped that begins in them and ends in nothing. */
static void of_mmio(void **state)
{
	u64 mmio = MMIO_LIMIT - BLOCK_SIZE;

	(void)state;
	boot();
	assert_int_equal(domain_map(1, IOVA, mmio, NR, PKVM_IOMMU_READ | PKVM_IOMMU_WRITE), NR);
	assert_leaf(IOVA, BLOCK_SIZE);
	assert_int_equal(model_look(m, A, IOVA).memattr, 1);
	assert_arrives(m, A, IOVA, NR, mmio);
	assert_int_equal(domain_unmap(1, IOVA, NR), NR);
	assert_nothing(m, A, IOVA, NR);
	assert_int_equal(domain_map(1, IOVA, MMIO_LIMIT, NR, DOMAIN_RW), -EPERM);
	/* Ends with the domain. */
	assert_int_equal(domain_map(1, IOVA, mmio, NR, DOMAIN_RW), NR);
	assert_int_equal(detach(1, A), 0);
	assert_true(domain_free(1) > 0);
}

/* Now two CPUs: blocks, and pages in their place. */
static int map_whole(void)
{
	return domain_map(1, IOVA, AT, NR, DOMAIN_RW);
}

static int map_page_inside(void)
{
	return domain_map(1, IOVA + 5 * PAGE_SIZE, AT + 5 * PAGE_SIZE, 1, DOMAIN_RW);
}

static int unmap_whole(void)
{
	return domain_unmap(1, IOVA, NR);
}

static int unmap_page_inside(void)
{
	return domain_unmap(1, IOVA + 5 * PAGE_SIZE, 1);
}

static void none(void)
{
}

static void mapped(void)
{
	assert_int_equal(map_whole(), NR);
	assert_true(arrives(m, A, IOVA + 5 * PAGE_SIZE, true, AT + 5 * PAGE_SIZE));
}

/* Each page is counted as often as it is mapped. Then all is unmapped. */
static void clean(void)
{
	u64 i, n, addr;

	for (i = 0; i < NR; i++) {
		addr = __pkvm_iommu_iova_to_phys(1, IOVA + i * PAGE_SIZE);
		assert_true(!addr || addr == AT + i * PAGE_SIZE);
		assert_int_equal(domain_maps(AT + i * PAGE_SIZE), !!addr);
		assert_int_equal(arrives(m, A, IOVA + i * PAGE_SIZE, true, AT + i * PAGE_SIZE),
				 !!addr);
	}
	for (i = 0; i < NR; i += n) {
		n = domain_unmap(1, IOVA + i * PAGE_SIZE, NR - i);
		assert_true(n <= NR - i);
		n = n ? n : 1;
	}
	assert_nothing(m, A, IOVA, NR);
	assert_may_leave(AT, NR);
}

static void whole_or_page(int one, int two, bool met)
{
	/* They want one page between them; who comes second is told. */
	if (met)
		assert_true((one == NR && two == -EEXIST) || (one == 5 && two == 1) ||
			    (one == -EEXIST && two == 1));
	clean();
}

static void map_against_page(void **state)
{
	static const struct meeting fresh = { none, map_whole, map_page_inside, whole_or_page };
	static const struct meeting over = { empty_table, map_whole, map_page_inside,
					     whole_or_page };

	(void)state;
	boot();
	meet(&fresh, 64, 31);
	meet(&over, 64, 31);
}

static void page_or_whole(int one, int two, bool met)
{
	whole_or_page(two, one, met);
}

static void page_against_map(void **state)
{
	static const struct meeting over = { empty_table, map_page_inside, map_whole,
					     page_or_whole };

	(void)state;
	boot();
	meet(&over, 200, 67);
}

/* The whole goes, and a part of it does not. */
static void whole_went(int one, int two, bool met)
{
	assert_int_equal(one, NR);
	assert_true(!met || two == 0);
	clean();
}

static void unmap_against_part(void **state)
{
	static const struct meeting meeting = { mapped, unmap_whole, unmap_page_inside,
						whole_went };

	(void)state;
	boot();
	meet(&meeting, 64, 31);
}

/* The block is gone when a page takes its place, or it does not. */
static void page_or_not(int one, int two, bool met)
{
	assert_true(!met || two == NR);
	assert_true(one == -EEXIST || (met && one == 1));
	clean();
}

static void page_against_unmap(void **state)
{
	static const struct meeting meeting = { mapped, map_page_inside, unmap_whole,
						page_or_not };

	(void)state;
	boot();
	meet(&meeting, 64, 31);
}

/* Two empty tables of one domain are in the way of two blocks. */
static int map_whole_beside(void)
{
	return domain_map(1, IOVA + BLOCK_SIZE, AT + BLOCK_SIZE, NR, DOMAIN_RW);
}

static void empty_tables(void)
{
	empty_table();
	assert_int_equal(domain_map(1, IOVA + BLOCK_SIZE, AT, 1, DOMAIN_RW), 1);
	assert_int_equal(domain_unmap(1, IOVA + BLOCK_SIZE, 1), 1);
}

static void both(int one, int two, bool met)
{
	assert_int_equal(one, NR);
	if (met) {
		assert_int_equal(two, NR);
		assert_int_equal(domain_unmap(1, IOVA + BLOCK_SIZE, NR), NR);
	}
	assert_may_leave(AT + BLOCK_SIZE, NR);
	clean();
}

static void map_against_map(void **state)
{
	static const struct meeting meeting = { empty_tables, map_whole, map_whole_beside, both };

	(void)state;
	boot();
	meet(&meeting, 200, 67);
}

int main(void)
{
	static const struct CMUnitTest all[] = {
		cmocka_unit_test(one_entry),
		cmocka_unit_test(not_aligned),
		cmocka_unit_test(nothing_over_another),
		cmocka_unit_test(over_an_empty_table),
		cmocka_unit_test(many),
	};
	/* With pages of 4 KiB. */
	static const struct CMUnitTest blocks[] = {
		cmocka_unit_test(only_as_a_whole),
		cmocka_unit_test(no_answer),
		cmocka_unit_test(of_mmio),
		cmocka_unit_test(map_against_page),
		cmocka_unit_test(page_against_map),
		cmocka_unit_test(unmap_against_part),
		cmocka_unit_test(page_against_unmap),
		cmocka_unit_test(map_against_map),
	};
	int failed = cmocka_run_group_tests_name("block", all, NULL, NULL);

	return has_blocks() && !failed ? cmocka_run_group_tests_name("block", blocks, NULL, NULL) :
					 failed;
}
