// SPDX-License-Identifier: GPL-2.0-only
/*
 * Domains on two CPUs. The second comes in at each point of the first's work, is interrupted
 * at its own points, and goes on when the first waits for it or is done. However they meet:
 * what a device reaches is mapped, counted, and the host's.
 */

#include "domain_checks.h"

#include "points.h"

#define A 8
#define B 9

#define IOVA 0x10000000ULL
#define SEAM 0x20000000ULL
#define PAGE (HIGH_BASE + 16 * PAGE_SIZE)

static struct model *m;

static void boot(void (*change)(struct model_config *config))
{
	m = machine_paravirt(change);
	assert_true(domain_alloc(1, 0) > 0);
	assert_int_equal(__pkvm_iommu_attach(1, 0, A, 0), 0);
	/* The mirror has its tables. */
	assert_int_equal(world_give(PAGE, 1), 0);
	assert_int_equal(world_take(PAGE, 1), 0);
}

static int map_two(void)
{
	return domain_map(1, SEAM - PAGE_SIZE, PAGE, 2, DOMAIN_RW);
}

/* The second page of these first, in another order of the same addresses. */
static int map_over(void)
{
	return domain_map(1, SEAM, PAGE, 2, DOMAIN_RW);
}

static int unmap_all(void)
{
	return domain_unmap(1, SEAM - PAGE_SIZE, 3);
}

static int unmap_second(void)
{
	return domain_unmap(1, SEAM, 1);
}

static int give(void)
{
	return world_give(PAGE, 1);
}

static void nothing(void)
{
}

/* Unmaps all that is left there. */
static void clean(void)
{
	u64 iova;

	for (iova = SEAM - PAGE_SIZE; iova < SEAM + 3 * PAGE_SIZE; iova += PAGE_SIZE)
		assert_true(domain_unmap(1, iova, 1) >= 0);
	assert_int_equal(domain_maps(PAGE), 0);
	assert_int_equal(domain_maps(PAGE + PAGE_SIZE), 0);
	assert_false(arrives(m, A, SEAM - PAGE_SIZE, true, PAGE));
	assert_false(arrives(m, A, SEAM, true, PAGE));
	if (world_owner(PAGE) == OWNER_GUEST)
		assert_int_equal(world_take(PAGE, 1), 0);
	assert_int_equal(world_give(PAGE, 2), 0);
	assert_int_equal(world_take(PAGE, 2), 0);
}

/* What is mapped is counted as often. */
static void counted(void)
{
	u64 iova, pa, n[2] = {};

	for (iova = SEAM - PAGE_SIZE; iova < SEAM + 3 * PAGE_SIZE; iova += PAGE_SIZE) {
		pa = __pkvm_iommu_iova_to_phys(1, iova);
		n[0] += pa == PAGE;
		n[1] += pa == PAGE + PAGE_SIZE;
	}
	assert_int_equal(domain_maps(PAGE), n[0]);
	assert_int_equal(domain_maps(PAGE + PAGE_SIZE), n[1]);
}

static void one_of_two_maps(int one, int two, bool met)
{
	counted();
	if (met) {
		/* They want one address between them. */
		assert_true(one > 0 || two > 0);
		assert_int_equal(one + max(two, 0), two > 0 && one == 1 ? 3 : max(two, 0) + one);
		assert_true(!(one == 2 && two == 2));
	}
	clean();
}

static void map_against_map(void **state)
{
	static const struct meeting meeting = { nothing, map_two, map_over, one_of_two_maps };

	(void)state;
	boot(NULL);
	meet(&meeting, 48, 3);
}

/* The first to grow a table wins, and the page of the other is the pool's again. */
static u64 used_before;

static void new_domain(void)
{
	assert_true(domain_alloc(2, 0) > 0);
	used_before = memory_of(PKVM_IOMMU_MEM_POOL_FREE);
}

static int map_new(void)
{
	return domain_map(2, IOVA, PAGE, 1, DOMAIN_RW);
}

static int map_new_beside(void)
{
	return domain_map(2, IOVA + PAGE_SIZE, PAGE + PAGE_SIZE, 1, DOMAIN_RW);
}

static void both_grew(int one, int two, bool met)
{
	u64 tables = memory_of(PKVM_IOMMU_MEM_PAGE_TABLES);

	assert_int_equal(one, 1);
	assert_int_equal(__pkvm_iommu_iova_to_phys(2, IOVA), PAGE);
	if (met) {
		assert_int_equal(two, 1);
		assert_int_equal(__pkvm_iommu_iova_to_phys(2, IOVA + PAGE_SIZE), PAGE + PAGE_SIZE);
	}
	assert_int_equal(domain_free(2), 1);
	assert_int_equal(memory_of(PKVM_IOMMU_MEM_POOL_FREE), used_before + PAGE_SIZE);
	assert_true(tables > memory_of(PKVM_IOMMU_MEM_PAGE_TABLES));
	clean();
}

static void tables_grow_twice(void **state)
{
	static const struct meeting meeting = { new_domain, map_new, map_new_beside, both_grew };

	(void)state;
	boot(NULL);
	meet(&meeting, 48, 3);
}

static void mapped(void)
{
	assert_int_equal(map_two(), 2);
	assert_true(arrives(m, A, SEAM - PAGE_SIZE, true, PAGE));
	assert_true(arrives(m, A, SEAM, true, PAGE + PAGE_SIZE));
}

static void map_met_unmap(int one, int two, bool met)
{
	(void)one;
	(void)two;
	(void)met;
	counted();
	clean();
}

static void map_against_unmap(void **state)
{
	static const struct meeting meeting = { mapped, unmap_all, map_over, map_met_unmap };
	static const struct meeting reverse = { mapped, map_over, unmap_all, map_met_unmap };

	(void)state;
	boot(NULL);
	meet(&meeting, 48, 3);
	meet(&reverse, 64, 3);
}

/* Each page is let go by one of them, once. */
static void unmapped_once(int one, int two, bool met)
{
	assert_true(one >= 0);
	if (met) {
		assert_true(two >= 0 && one + two <= 2);
		assert_true(one || two);
	}
	counted();
	clean();
}

static void unmap_against_unmap(void **state)
{
	static const struct meeting meeting = { mapped, unmap_all, unmap_second, unmapped_once };
	static const struct meeting same = { mapped, unmap_all, unmap_all, unmapped_once };

	(void)state;
	boot(NULL);
	meet(&meeting, 64, 3);
	meet(&same, 64, 3);
}

/* While a page is the host's to give, no device has it. */
static void gave_or_not(int one, int two, bool met)
{
	assert_true(one == 2 || one == 1);
	if (met)
		assert_true(two == 0 || two == -EBUSY);
	if (met && !two)
		assert_false(arrives(m, A, SEAM - PAGE_SIZE, true, PAGE));
	assert_int_equal(domain_maps(PAGE), 0);
	clean();
}

static void unmap_against_give(void **state)
{
	static const struct meeting meeting = { mapped, unmap_all, give, gave_or_not };

	(void)state;
	boot(NULL);
	meet(&meeting, 64, 3);
	boot(NULL);
	world_pace(2000, 3);
	meet(&meeting, 32, 5);
}

static void mapped_or_gave(int one, int two, bool met)
{
	if (!met)
		assert_int_equal(one, 2);
	else if (two)
		assert_true(two == -EBUSY && one == 2);
	else
		assert_int_equal(one, -EPERM);
	if (met && !two) {
		assert_int_equal(world_owner(PAGE), OWNER_GUEST);
		assert_false(arrives(m, A, SEAM - PAGE_SIZE, true, PAGE));
	}
	counted();
	clean();
}

static void map_against_give(void **state)
{
	static const struct meeting meeting = { nothing, map_two, give, mapped_or_gave };

	(void)state;
	boot(NULL);
	meet(&meeting, 64, 3);
}

static void gave_or_mapped(int one, int two, bool met)
{
	if (!met)
		assert_int_equal(one, 0);
	else
		mapped_or_gave(two, one, true);
	clean();
}

static void give_against_map(void **state)
{
	static const struct meeting meeting = { nothing, give, map_two, gave_or_mapped };

	(void)state;
	boot(NULL);
	meet(&meeting, 48, 3);
}

/* A page that another domain unmaps while it is given up for good. */
static int free_second(void)
{
	return domain_free(2);
}

static int free_second_once(void)
{
	return __pkvm_iommu_domain_free(2);
}

static void second_domain(void)
{
	if (domain_alloc(2, 0) < 0)
		world_bug("no second domain");
	used_before = memory_of(PKVM_IOMMU_MEM_POOL_FREE);
	assert_int_equal(map_new(), 1);
}

static void ended(int one, int two, bool met)
{
	int ret;

	if (!met)
		two = free_second();
	else if (two == -EAGAIN)
		two = domain_free(2);
	else
		two = two ? two : 1;
	assert_true(two > 0);
	ret = domain_free(2);
	assert_int_equal(ret, -ENOENT);
	assert_true(one == 1 || one == -ENOENT);
	assert_int_equal(domain_maps(PAGE), 0);
	assert_int_equal(domain_maps(PAGE + PAGE_SIZE), 0);
	assert_int_equal(memory_of(PKVM_IOMMU_MEM_POOL_FREE), used_before + PAGE_SIZE);
	clean();
}

static void map_against_free(void **state)
{
	static const struct meeting meeting = { second_domain, map_new_beside, free_second_once,
						ended };

	(void)state;
	boot(NULL);
	meet(&meeting, 64, 3);
}

/* As the first CPU frees, the other maps; what it mapped ends with the domain. */
static void ended_by_first(int one, int two, bool met)
{
	ended(met ? two : -ENOENT, one, true);
}

static void free_against_map(void **state)
{
	static const struct meeting meeting = { second_domain, free_second_once, map_new_beside,
						ended_by_first };

	(void)state;
	boot(NULL);
	meet(&meeting, 64, 3);
}

/* A domain's place, used again at once: who maps in it uses the tables of its own time. */
static int free_and_alloc(void)
{
	int ret = __pkvm_iommu_domain_free(2);

	return ret ? ret : min(domain_alloc(2, 0), 0);
}

static void in_the_new_one(int one, int two, bool met)
{
	bool is;

	assert_true(one == 1 || one == -ENOENT);
	if (met && two) {
		assert_int_equal(two, -EAGAIN);
	} else {
		is = __pkvm_iommu_iova_to_phys(2, IOVA + PAGE_SIZE);
		assert_int_equal(domain_maps(PAGE + PAGE_SIZE), is);
		/* It may have mapped before, which ended with the one before. */
		assert_true(!is || one == 1);
		assert_int_equal(!__pkvm_iommu_iova_to_phys(2, IOVA), met);
	}
	assert_int_equal(domain_free(2), 1);
	assert_int_equal(memory_of(PKVM_IOMMU_MEM_POOL_FREE), used_before + PAGE_SIZE);
	clean();
}

static void map_against_the_next_domain(void **state)
{
	static const struct meeting meeting = { second_domain, map_new_beside, free_and_alloc,
						in_the_new_one };

	(void)state;
	boot(NULL);
	meet(&meeting, 64, 3);
}

/* A stream that comes while pages go, on an SMMU that had nothing of the domain. */
static int attach_and_use(void)
{
	int ret = __pkvm_iommu_attach(1, 0, B, 0);

	/* What it finds is cached. */
	arrives(m, B, SEAM - PAGE_SIZE, true, PAGE);
	arrives(m, B, SEAM, true, PAGE + PAGE_SIZE);

	return ret;
}

static void mapped_unseen(void)
{
	assert_int_equal(map_two(), 2);
}

static void found_out_or_told(int one, int two, bool met)
{
	assert_int_equal(one, 2);
	assert_false(arrives(m, B, SEAM - PAGE_SIZE, true, PAGE));
	assert_false(arrives(m, B, SEAM, true, PAGE + PAGE_SIZE));
	if (met) {
		assert_int_equal(two, 0);
		assert_int_equal(__pkvm_iommu_detach(1, 0, B, 0), 0);
	}
	clean();
}

static void unmap_against_attach(void **state)
{
	static const struct meeting meeting = { mapped_unseen, unmap_all, attach_and_use,
						found_out_or_told };

	(void)state;
	boot(NULL);
	assert_int_equal(__pkvm_iommu_detach(1, 0, A, 0), 0);
	meet(&meeting, 96, 3);
}

/* The last stream leaves while pages go. */
static int detach_b(void)
{
	return __pkvm_iommu_detach(1, 0, B, 0);
}

static void mapped_and_used(void)
{
	assert_int_equal(map_two(), 2);
	assert_int_equal(attach_and_use(), 0);
}

static void left_behind(int one, int two, bool met)
{
	assert_int_equal(one, 2);
	if (!met)
		two = detach_b();
	assert_int_equal(two, 0);
	clean();
	/* Nothing that was cached for those before is found by those that follow. */
	assert_int_equal(attach_and_use(), 0);
	assert_false(arrives(m, B, SEAM - PAGE_SIZE, true, PAGE));
	assert_int_equal(detach_b(), 0);
}

static void unmap_against_detach(void **state)
{
	static const struct meeting meeting = { mapped_and_used, unmap_all, detach_b, left_behind };

	(void)state;
	boot(NULL);
	assert_int_equal(__pkvm_iommu_detach(1, 0, A, 0), 0);
	meet(&meeting, 96, 5);
}

/* The SMMU comes back from nowhere, and EL2 sets it up again. */
static int lose_and_resume(void)
{
	model_lose(m, MODEL_CR0 | MODEL_GBPA | MODEL_EVTQ | MODEL_CACHES, 1);
	pkvm_iommu_resume();

	return 0;
}

static void second_mapped(void)
{
	assert_true(domain_alloc(2, 0) > 0);
	assert_int_equal(__pkvm_iommu_attach(2, 0, B, 0), 0);
	assert_int_equal(domain_map(2, IOVA, PAGE, 2, DOMAIN_RW), 2);
	assert_true(arrives(m, B, IOVA, true, PAGE));
}

static int unmap_first_of_second(void)
{
	return domain_unmap(2, IOVA, 1);
}

static void back_again(int one, int two, bool met)
{
	(void)two;
	(void)met;
	assert_true(one == 1 || one == -ETIMEDOUT);
	/* Not let go of before it is forgotten for sure. */
	if (one == 1)
		assert_int_equal(domain_maps(PAGE), 0);
	else
		assert_int_equal(world_give(PAGE, 1), -EBUSY);
	assert_false(arrives(m, B, IOVA, true, PAGE));
	assert_true(arrives(m, B, IOVA + PAGE_SIZE, true, PAGE + PAGE_SIZE));
	assert_int_equal(__pkvm_iommu_detach(2, 0, B, 0), 0);
	assert_int_equal(domain_free(2), 1);
	clean();
}

static void restored(int one, int two, bool met)
{
	back_again(met ? two : unmap_first_of_second(), one, met);
}

static void unmap_against_power(void **state)
{
	static const struct meeting meeting = { second_mapped, unmap_first_of_second,
						lose_and_resume, back_again };
	static const struct meeting reverse = { second_mapped, lose_and_resume,
						unmap_first_of_second, restored };

	(void)state;
	boot(NULL);
	/* What was in the queue is lost: who waits for it does so to the end. */
	world_wait(2000);
	meet(&meeting, 200, 47);
	meet(&reverse, 64, 13);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(map_against_map),
		cmocka_unit_test(tables_grow_twice),
		cmocka_unit_test(map_against_unmap),
		cmocka_unit_test(unmap_against_unmap),
		cmocka_unit_test(unmap_against_give),
		cmocka_unit_test(map_against_give),
		cmocka_unit_test(give_against_map),
		cmocka_unit_test(map_against_free),
		cmocka_unit_test(free_against_map),
		cmocka_unit_test(map_against_the_next_domain),
		cmocka_unit_test(unmap_against_attach),
		cmocka_unit_test(unmap_against_detach),
		cmocka_unit_test(unmap_against_power),
	};

	return cmocka_run_group_tests_name("domain_smp", tests, NULL, NULL);
}
