// SPDX-License-Identifier: GPL-2.0-only
/* The memory of the IOMMU code. */

#include "machine.h"

/* Host memory that no other test here uses, in pages. */
#define SPARE ((HIGH_BASE + 4 * BLOCK_SIZE) >> PAGE_SHIFT)

static u64 pool_pages(void)
{
	return memory_of(PKVM_IOMMU_MEM_POOL_FREE) >> PAGE_SHIFT;
}

static bool is_zero(const void *p, size_t size)
{
	const u8 *byte = p;

	while (size && !*byte++)
		size--;

	return !size;
}

/* Takes pages until only @keep are left. */
static void drain(u64 keep)
{
	while (pool_pages() > keep)
		assert_non_null(pool_take(PKVM_IOMMU_MEM_QUEUES));
}

static void boot_memory(void **state)
{
	size_t size;
	u64 used = 0;
	u8 *p;

	(void)state;
	machine_new();
	assert_null(iommu_boot_alloc(1, PKVM_IOMMU_MEM_QUEUES));
	assert_int_equal(pkvm_iommu_early_alloc(), 0);
	assert_int_equal(memory_of(PKVM_IOMMU_MEM_RESERVED), POOL_SIZE);
	for (size = 1; size < POOL_SIZE / 8; size += size / 3 + 1) {
		p = iommu_boot_alloc(size, PKVM_IOMMU_MEM_QUEUES);
		assert_non_null(p);
		assert_true(is_zero(p, size));
		assert_int_equal(hyp_virt_to_phys(p) & (roundup_pow_of_two(size) - 1), 0);
		memset(p, 0xff, size);
		used += size;
	}
	assert_int_equal(memory_of(PKVM_IOMMU_MEM_QUEUES), used);
	assert_null(iommu_boot_alloc(POOL_SIZE, PKVM_IOMMU_MEM_QUEUES));
	assert_null(iommu_boot_alloc(SIZE_MAX / 4, PKVM_IOMMU_MEM_QUEUES));
	assert_int_equal(memory_of(PKVM_IOMMU_MEM_QUEUES), used);
}

/* Every page is given out once, zeroed, and comes back. */
static void give_and_take(void **state)
{
	void *pages[4];
	u64 free, i;

	(void)state;
	machine_one(NULL);
	free = pool_pages();
	assert_true(free > 4);
	for (i = 0; i < 4; i++) {
		pages[i] = pool_take(PKVM_IOMMU_MEM_QUEUES);
		assert_non_null(pages[i]);
		assert_true(is_zero(pages[i], PAGE_SIZE));
		memset(pages[i], 0xff, PAGE_SIZE);
	}
	assert_int_equal(pool_pages(), free - 4);
	for (i = 0; i < 4; i++)
		iommu_pool_give(pages[i]);
	assert_int_equal(pool_pages(), free);
	for (i = 0; i < 4; i++) {
		void *page = pool_take(PKVM_IOMMU_MEM_QUEUES);

		/* The last first; what was in it is gone. */
		assert_ptr_equal(page, pages[3 - i]);
		assert_true(is_zero(page, PAGE_SIZE));
	}
	drain(0);
	assert_null(pool_take(PKVM_IOMMU_MEM_QUEUES));
	assert_int_equal(pool_pages(), 0);
}

/* What the host gave comes back on request, as far as it is free; nothing of the boot's does. */
static void give_back(void **state)
{
	u64 boot, keep = 0, taken[32], n, i;
	void *busy;

	(void)state;
	machine_new();
	assert_int_equal(__pkvm_iommu_give_back(), 0);
	machine_one(NULL);
	drain(40);
	assert_int_equal(__pkvm_iommu_give_back(), 0);

	/* The boot's are used first. */
	assert_int_equal(__pkvm_iommu_topup(SPARE, 8), 0);
	boot = pool_pages() - 8;
	assert_int_equal(memory_of(PKVM_IOMMU_MEM_DONATED), 8 * PAGE_SIZE);
	busy = pool_take(PKVM_IOMMU_MEM_PAGE_TABLES);
	assert_true(hyp_virt_to_phys(busy) < SPARE << PAGE_SHIFT);
	iommu_pool_return(busy, PKVM_IOMMU_MEM_PAGE_TABLES);
	for (n = 0; (taken[n] = __pkvm_iommu_give_back()); n++) {
		assert_true(taken[n] >= SPARE && taken[n] < SPARE + 8);
		assert_int_equal(world_owner(taken[n] << PAGE_SHIFT), OWNER_HOST);
	}
	assert_int_equal(n, 8);
	assert_int_equal(memory_of(PKVM_IOMMU_MEM_DONATED), 0);
	assert_int_equal(pool_pages(), boot);

	/* Those in use stay, and those that the next top-up may need. */
	while (!pool_has(boot - keep))
		keep++;
	drain(keep);
	assert_int_equal(__pkvm_iommu_topup(SPARE, 8), 0);
	n = pool_pages();
	busy = pool_take(PKVM_IOMMU_MEM_PAGE_TABLES);
	while (pool_pages() > 8)
		assert_non_null(pool_take(PKVM_IOMMU_MEM_QUEUES));
	assert_non_null(busy);
	for (i = 0; __pkvm_iommu_give_back(); i++)
		;
	assert_int_equal(pool_pages(), keep);
	assert_int_equal(i, 8 - keep);
	assert_int_equal(memory_of(PKVM_IOMMU_MEM_DONATED), keep * PAGE_SIZE);
}

/* Two SMMUs with addresses of unlike lengths, which cannot share a mirror. */
static void boot_two_mirrors(void)
{
	struct model_config a = machine_default(0), b = machine_default(1);

	b.idr5 = (b.idr5 & ~7U) | 5;
	machine_new();
	machine_add(&a, true);
	machine_add(&b, true);
	assert_int_equal(machine_boot(), 0);
}

/* Pages that only a top-up may take: those that it needs to split a block in two mirrors. */
static void reserve(void **state)
{
	u64 keep = 0;

	(void)state;
	boot_two_mirrors();

	drain(40);
	while (!pool_has(40 - keep))
		keep++;
	/* Two blocks at either end, of two sizes where there are two. */
	assert_true(keep >= 4 * (PAGE_SHIFT == 12 ? 2 : 1) && keep < 40);
	drain(keep);
	assert_true(pool_has(0));
	assert_false(pool_has(1));
	assert_int_equal(world_give(HIGH_BASE, 1), -ENOMEM);

	/* Taken from by a top-up across blocks, and by nobody else. */
	assert_int_equal(__pkvm_iommu_topup((LOW_BASE + SZ_1G) / PAGE_SIZE - 16, 32), 0);
	assert_true(pool_pages() > keep);
	assert_true(pool_has(pool_pages() - keep));
	assert_false(pool_has(pool_pages() - keep + 1));
	assert_int_equal(world_give(HIGH_BASE, 1), 0);
}

static void like(struct model_config *config)
{
	(void)config;
}

static void longer_addresses(struct model_config *config)
{
	config->idr5 = (config->idr5 & ~7U) | 5;
}

/* It shares the mirror of the first: its stream table is the last to take memory. */
static void linear_streams(struct model_config *config)
{
	config->idr0 &= ~(1U << 27);
	config->idr1 = (config->idr1 & ~0x3fU) | 9;
}

static void no_live_split(struct model_config *config)
{
	config->idr3 &= ~(3U << 11);
}

/* Two SMMUs, with so many pages. What does not boot lacks memory. */
static bool boots_with(u64 pages, void (*change)(struct model_config *config))
{
	struct model_config a = machine_default(0), b = machine_default(1);

	change(&b);
	machine_new();
	world_set_owner(POOL_BASE, POOL_SIZE, OWNER_HOST);
	world_reserve(POOL_BASE, pages);
	machine_add(&a, true);
	machine_add(&b, true);
	if (!machine_boot())
		return true;

	assert_true(pkvm_iommu_machine.descs[0].reason == PKVM_IOMMU_REASON_NO_MEMORY ||
		    pkvm_iommu_machine.descs[1].reason == PKVM_IOMMU_REASON_NO_MEMORY);
	return false;
}

static void boot_with_the_fewest(void (*change)(struct model_config *config))
{
	u64 few = 1, enough = 2 * POOL_SIZE >> PAGE_SHIFT;

	assert_false(boots_with(few, change));
	while (enough - few > 1) {
		u64 pages = (few + enough) / 2;

		if (boots_with(pages, change))
			enough = pages;
		else
			few = pages;
	}
	assert_true(boots_with(enough, change));
}

/* What boots has the pages that the first top-up splits with: it goes on from there. */
static void smallest_reserve(void **state)
{
	static void (*const seconds[])(struct model_config *config) = {
		like, longer_addresses, linear_streams, no_live_split,
	};
	u64 next;
	size_t i;
	u32 n;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(seconds); i++) {
		boot_with_the_fewest(seconds[i]);
		assert_int_equal(world_give(HIGH_BASE + BLOCK_SIZE, 1), -ENOMEM);
		/* Across the ends of two blocks: as many splits as there can be. */
		next = (LOW_BASE + SZ_1G) / PAGE_SIZE - 4;
		for (n = 0; n < 4 && world_give(HIGH_BASE + BLOCK_SIZE, 1); n++) {
			assert_int_equal(__pkvm_iommu_topup(next, 8), 0);
			next += 8;
		}
		assert_int_equal(world_owner(HIGH_BASE + BLOCK_SIZE), OWNER_GUEST);
	}
}

/* Single pages, as fragmented memory has them: no number of them uses up the reserve. */
static void single_pages(void **state)
{
	u64 free, i;
	int ret;

	(void)state;
	boot_two_mirrors();
	while (pool_has(1))
		assert_non_null(pool_take(PKVM_IOMMU_MEM_QUEUES));
	free = pool_pages();

	/* A block of its own in each of two mirrors: two tables or more for one page. */
	for (i = 0; i < 8; i++) {
		ret = __pkvm_iommu_topup((HIGH_BASE + i * BLOCK_SIZE) >> PAGE_SHIFT, 1);
		assert_int_equal(ret, -ENOMEM);
		assert_int_equal(pool_pages(), free);
	}
	assert_int_equal(memory_of(PKVM_IOMMU_MEM_DONATED), 0);

	/* As many pages as it costs, then single ones where there is a table by now. */
	assert_int_equal(__pkvm_iommu_topup(HIGH_BASE >> PAGE_SHIFT, 4), 0);
	assert_true(pool_pages() >= free);
	for (i = 0; i < 4; i++) {
		free = pool_pages();
		assert_int_equal(__pkvm_iommu_topup((HIGH_BASE >> PAGE_SHIFT) + 5 + 2 * i, 1), 0);
		assert_int_equal(pool_pages(), free + 1);
	}
	assert_true(pool_has(1));
}

/* What the host asks for that it cannot have: an error, and nothing has changed. */
static void bad_topups(void **state)
{
	static const struct {
		u64 pfn, nr_pages;
		int error;
	} cases[] = {
		{ SPARE, 0, -EINVAL },
		{ SPARE, PKVM_IOMMU_TOPUP_MAX + 1, -EINVAL },
		{ SPARE, ~0ULL, -EINVAL },
		{ POOL_BASE >> PAGE_SHIFT, 1, -EPERM },
		{ (IMAGE_BASE >> PAGE_SHIFT) - 1, 2, -EPERM },
		{ NOMAP_BASE >> PAGE_SHIFT, 1, -EPERM },
		{ 0x09050000 >> PAGE_SHIFT, 1, -EPERM },
		{ ~0ULL, 1, -ERANGE },
		{ (HIGH_BASE + HIGH_SIZE) / PAGE_SIZE - 1, 2, -EPERM },
	};
	struct model *m = machine_one(NULL);
	u64 free, keep = 0;
	size_t i;

	(void)state;
	drain(100);
	free = pool_pages();
	while (!pool_has(free - keep))
		keep++;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(__pkvm_iommu_topup(cases[i].pfn, cases[i].nr_pages),
				 cases[i].error);
		assert_int_equal(pool_pages(), free);
		assert_int_equal(memory_of(PKVM_IOMMU_MEM_DONATED), 0);
		/* Nor has it left the reserve open. */
		assert_false(pool_has(free - keep + 1));
	}
	assert_mirror(m);
}

/* Up to what is enough, then no more; donated pages are out of the reach of devices. */
static void topups(void **state)
{
	struct model *m = machine_one(NULL);
	u64 i, n = 0;
	int ret;

	(void)state;
	drain(100);
	do {
		ret = __pkvm_iommu_topup(SPARE + n, PKVM_IOMMU_TOPUP_MAX);
		if (!ret)
			n += PKVM_IOMMU_TOPUP_MAX;
	} while (!ret);
	assert_int_equal(ret, -ENOSPC);
	assert_true(pool_pages() <= 256);
	assert_true(pool_pages() + PKVM_IOMMU_TOPUP_MAX > 256);
	assert_int_equal(memory_of(PKVM_IOMMU_MEM_DONATED), n << PAGE_SHIFT);
	for (i = 0; i < n; i++)
		assert_false(reaches(m, (SPARE + i) << PAGE_SHIFT));
	assert_mirror(m);

	/* Zeroed, whatever the host left in them. */
	for (i = pool_pages(); i; i--)
		assert_true(is_zero(pool_take(PKVM_IOMMU_MEM_QUEUES), PAGE_SIZE));
}

static void not_owned(void **state)
{
	(void)state;
	machine_new();
	assert_int_equal(__pkvm_iommu_topup(SPARE, 1), -ENODEV);
}

/* A dead SMMU takes nothing: the page is still the host's. */
static void topup_without_an_answer(void **state)
{
	struct model *m = machine_one(NULL);
	u64 free;

	(void)state;
	drain(100);
	free = pool_pages();
	assert_true(reaches(m, SPARE << PAGE_SHIFT));
	model_knobs(m)->commands_per_us = 0;
	assert_int_equal(__pkvm_iommu_topup(SPARE, 1), -ETIMEDOUT);
	assert_false(pool_has(pool_pages()));
	assert_true(pool_pages() <= free);
	assert_int_equal(memory_of(PKVM_IOMMU_MEM_DONATED), 0);
	assert_true(reaches(m, SPARE << PAGE_SHIFT));
	model_knobs(m)->commands_per_us = 3;
	assert_int_equal(__pkvm_iommu_topup(SPARE, 1), 0);
	assert_false(reaches(m, SPARE << PAGE_SHIFT));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(boot_memory),
		cmocka_unit_test(give_and_take),
		cmocka_unit_test(give_back),
		cmocka_unit_test(reserve),
		cmocka_unit_test(smallest_reserve),
		cmocka_unit_test(single_pages),
		cmocka_unit_test(bad_topups),
		cmocka_unit_test(topups),
		cmocka_unit_test(not_owned),
		cmocka_unit_test(topup_without_an_answer),
	};

	return cmocka_run_group_tests_name("pool", tests, NULL, NULL);
}
