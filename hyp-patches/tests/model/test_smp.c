// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two CPUs at EL2. The second comes in at each point of the first's work, is interrupted
 * at each of its own points, and goes on when the first waits for it or is done.
 */

#include "machine.h"

#include "points.h"

/* No operation here has more points of its own before its first lock. */
#define BACKS 24

static void *page_of_other;

static void take_page(void)
{
	page_of_other = pool_take(PKVM_IOMMU_MEM_QUEUES);
}

static void give_page(void)
{
	iommu_pool_give(page_of_other);
}

static u64 pool_pages(void)
{
	return memory_of(PKVM_IOMMU_MEM_POOL_FREE) >> PAGE_SHIFT;
}

/* No page is given out twice, and none is lost. */
static void pool_takes(void **state)
{
	bool acted;
	u64 free, n, back;
	void *page;

	(void)state;
	machine_one(NULL);
	free = pool_pages();
	for (back = 0; back < BACKS; back++) {
		for (n = 1, acted = true; acted; n++) {
			page_of_other = NULL;
			world_act(&(struct act){ .fn = take_page, .cpu = 1, .at = n, .back = back,
						 .blocks = true });
			page = pool_take(PKVM_IOMMU_MEM_QUEUES);
			acted = world_act_end();
			assert_ptr_not_equal(page, page_of_other);
			assert_int_equal(pool_pages(), free - 1 - acted);
			iommu_pool_give(page);
			if (acted)
				iommu_pool_give(page_of_other);
		}
		assert_true(n > 4);
	}
}

static struct iommu_reserve of_other;
static int result_of_other;

static void other_reserves(void)
{
	result_of_other = iommu_pool_reserve(&of_other, 2);
}

/* Of three pages two can be set aside once, and are the pool's again when they are not used. */
static void pool_reserves(void **state)
{
	struct iommu_reserve r;
	bool acted;
	u64 n, back;
	int ret;

	(void)state;
	machine_one(NULL);
	while (pool_has(4))
		pool_take(PKVM_IOMMU_MEM_QUEUES);
	for (back = 0; back < BACKS; back++) {
		for (n = 1, acted = true; acted; n++) {
			of_other.nr_pages = 0;
			world_act(&(struct act){ .fn = other_reserves, .cpu = 1, .at = n,
						 .back = back, .blocks = true });
			ret = iommu_pool_reserve(&r, 2);
			acted = world_act_end();
			if (acted)
				assert_int_equal(!ret + !result_of_other, 1);
			assert_int_equal(r.nr_pages, ret ? 0 : 2);
			iommu_pool_commit(&r);
			iommu_pool_commit(&of_other);
			assert_true(pool_has(3));
			assert_false(pool_has(4));
		}
		assert_true(n > 4);
	}
}

static void pool_gives(void **state)
{
	bool acted;
	u64 free, n, back;
	void *page;

	(void)state;
	machine_one(NULL);
	free = pool_pages();
	for (back = 0; back < BACKS; back++) {
		for (n = 1, acted = true; acted; n++) {
			page = pool_take(PKVM_IOMMU_MEM_QUEUES);
			take_page();
			world_act(&(struct act){ .fn = give_page, .cpu = 1, .at = n, .back = back,
						 .blocks = true });
			iommu_pool_give(page);
			acted = world_act_end();
			if (!acted)
				give_page();
			assert_int_equal(pool_pages(), free);
		}
	}

	/* As many as it says. */
	for (n = 0; n < free; n++)
		assert_non_null(pool_take(PKVM_IOMMU_MEM_QUEUES));
	assert_null(pool_take(PKVM_IOMMU_MEM_QUEUES));
}

static u64 page_of_transition;

static void other_gives(void)
{
	result_of_other = world_give(page_of_transition, 1);
}

/* Pages of one block leave on two CPUs. */
static void transitions(void **state)
{
	struct model *m = machine_one(NULL);
	u64 n, page = HIGH_BASE, back;
	bool acted;

	(void)state;
	for (back = 0; back < BACKS; back += 3) {
		for (n = 1, acted = true; acted; n++, page += 2 * PAGE_SIZE) {
			page_of_transition = page + PAGE_SIZE;
			assert_true(reaches(m, page) && reaches(m, page + PAGE_SIZE));
			world_act(&(struct act){ .fn = other_gives, .cpu = 1, .at = n,
						 .back = back });
			assert_int_equal(world_give(page, 1), 0);
			acted = world_act_end();
			assert_false(reaches(m, page));
			if (acted)
				assert_int_equal(result_of_other, 0);
			assert_int_equal(reaches(m, page + PAGE_SIZE), !acted);
		}
		assert_true(n > 5);
	}
	assert_mirror(m);
}

static u32 found;

static void take_event(void)
{
	u64 record[PKVM_IOMMU_EVENT_WORDS];

	while (__pkvm_iommu_event(0, record) == PKVM_IOMMU_EVENT_GERROR)
		found++;
}

/* The handler of the host's interrupt may see a refused command first: the transition fails. */
static void refused_and_seen_by_another(void **state)
{
	struct model *m = machine_one(NULL);
	u64 n, back, page = HIGH_BASE;
	bool acted;

	(void)state;
	found = 0;
	for (back = 0; back < BACKS; back += 3) {
		for (n = 1, acted = true; acted; n++) {
			model_knobs(m)->refuse_in = 1;
			world_act(&(struct act){ .fn = take_event, .cpu = 2, .at = n,
						 .back = back });
			assert_int_equal(world_give(page, 1), -EIO);
			acted = world_act_end();
			assert_true(reaches(m, page));
		}
		assert_int_equal(world_give(page, 1), 0);
		assert_false(reaches(m, page));
		page += PAGE_SIZE;
	}
	assert_true(found > 0);
}

/* A reset that does not come, on another CPU: closed and open again around a transition. */
static void other_resets(void)
{
	pkvm_iommu_psci_enter(PSCI_0_2_FN_SYSTEM_RESET, 0);
	pkvm_iommu_psci_return(PSCI_0_2_FN_SYSTEM_RESET);
}

static void reset_and_transition(void **state)
{
	struct model *m = machine_one(NULL);
	u64 n, back, page = HIGH_BASE;
	bool acted;

	(void)state;
	for (back = 0; back < BACKS; back += 3) {
		for (n = 1, acted = true; acted; n++, page += PAGE_SIZE) {
			world_act(&(struct act){ .fn = other_resets, .cpu = 3, .at = n,
						 .back = back });
			assert_int_equal(world_give(page, 1), 0);
			acted = world_act_end();
			assert_false(reaches(m, page));
			assert_true(reaches(m, page + PAGE_SIZE));
		}
	}
	assert_mirror(m);
}

/* Both at once, and now this one, now that. */
static void by_chance(void **state)
{
	struct model *m = machine_one(NULL);
	u64 seed, page = HIGH_BASE;

	(void)state;
	for (seed = 1; seed <= 200; seed++, page += 2 * PAGE_SIZE) {
		page_of_transition = page + PAGE_SIZE;
		result_of_other = -ENOENT;
		world_act(&(struct act){ .fn = seed % 2 ? other_resets : take_event, .cpu = 1,
					 .one_in = 1 + seed % 7, .seed = seed, .blocks = seed % 3 });
		assert_int_equal(world_give(page, 1), 0);
		world_act_end();
		assert_false(reaches(m, page));
		assert_true(reaches(m, page + PAGE_SIZE));
	}
	assert_mirror(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pool_takes),
		cmocka_unit_test(pool_reserves),
		cmocka_unit_test(pool_gives),
		cmocka_unit_test(transitions),
		cmocka_unit_test(refused_and_seen_by_another),
		cmocka_unit_test(reset_and_transition),
		cmocka_unit_test(by_chance),
	};

	return cmocka_run_group_tests_name("smp", tests, NULL, NULL);
}
