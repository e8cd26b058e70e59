// SPDX-License-Identifier: GPL-2.0-only
/* The order of locks is the documented one, and whoever leaves it is told so. */

#include "machine.h"

#include <stdio.h>

#include "locks.h"

#define ORDER "Order of all locks, outermost first:"

static hyp_spinlock_t pool = { .file = "iommu/pool.c" };
static hyp_spinlock_t cmdq = { .file = "pkvm/cmdq.c" };
static hyp_spinlock_t evtq = { .file = "pkvm/evtq.c" };

/* Each line of the list in the header names one place; what is or'ed to it shares the place. */
static void as_documented(void **state)
{
	FILE *f = fopen(TREE "/arch/arm64/kvm/hyp/include/nvhe/iommu.h", "r");
	char line[256], name[64];
	u32 i = 0;

	(void)state;
	assert_non_null(f);
	do {
		assert_non_null(fgets(line, sizeof(line), f));
	} while (!strstr(line, ORDER));
	assert_non_null(fgets(line, sizeof(line), f));
	while (fgets(line, sizeof(line), f) && sscanf(line, " *\t%63s", name) == 1)
		assert_string_equal(lock_order[i++].name, name);
	fclose(f);
	assert_null(lock_order[i].name);
}

static void expect(void (*fn)(void), const char *one, const char *two)
{
	const char *text = world_bug_of(fn);

	printf("# %s\n", text);
	assert_non_null(strstr(text, one));
	assert_non_null(strstr(text, two));
	world_reset();
}

static void host_inside_pool(void)
{
	hyp_spin_lock(&pool);
	iommu_host_lock();
}

static void queue_inside_pool(void)
{
	hyp_spin_lock(&pool);
	hyp_spin_lock(&cmdq);
}

static void pool_inside_queue(void)
{
	iommu_host_lock();
	hyp_spin_lock(&cmdq);
	hyp_spin_lock(&pool);
}

static void taken_again(void)
{
	hyp_spin_lock(&evtq);
	hyp_spin_lock(&evtq);
}

static void two_of_a_kind(void)
{
	hyp_spinlock_t second = { .file = "cmdq.c" };

	hyp_spin_lock(&cmdq);
	hyp_spin_lock(&second);
}

static void released_twice(void)
{
	hyp_spin_lock(&evtq);
	hyp_spin_unlock(&evtq);
	hyp_spin_unlock(&evtq);
}

static void released_by_another(void)
{
	iommu_host_lock();
	model_cpu = 1;
	iommu_host_unlock();
}

static void not_held(void)
{
	iommu_assert_host_lock();
}

static void held_by_another(void)
{
	iommu_host_lock();
	model_cpu = 1;
	iommu_assert_host_lock();
}

static void never_released(void)
{
	iommu_host_lock();
	model_cpu = 1;
	iommu_host_lock();
}

static void waits_with_a_leaf(void)
{
	hyp_spin_lock(&cmdq);
	cpu_relax();
}

static void without_a_class(void)
{
	hyp_spinlock_t lock = { .file = "somewhere.c" };

	hyp_spin_lock(&lock);
}

/* A transition that has not taken the lock of what it changes. */
static void transition_without_lock(void)
{
	pkvm_iommu_host_leave(HIGH_BASE, PAGE_SIZE);
}

static void wrong_orders(void **state)
{
	(void)state;
	world_reset();
	expect(host_inside_pool, "host_mmu.lock is taken out of order", "inside pool_lock, taken");
	expect(queue_inside_pool, "smmu_cmdq::lock is taken out of order", "pool_lock, taken at");
	expect(pool_inside_queue, "pool_lock is taken out of order", "smmu_cmdq::lock, taken at");
	expect(two_of_a_kind, "smmu_cmdq::lock is taken out of order", "smmu_cmdq::lock, taken at");
	expect(taken_again, "smmu_evtq::lock is taken again", "test_locks.c:");
	expect(never_released, "CPU 1 waits for ever", "host_mmu.lock, taken at test_locks.c:");
}

static void not_held_where_needed(void **state)
{
	(void)state;
	world_reset();
	expect(released_twice, "test_locks.c:", "smmu_evtq::lock is not held");
	expect(released_by_another, "CPU 1 needs the lock of another", "host_mmu.lock");
	expect(not_held, "test_locks.c:", "host_mmu.lock is not held");
	expect(held_by_another, "CPU 1 needs the lock of another", "host_mmu.lock");
	expect(waits_with_a_leaf, "EL2 waits with a lock held", "smmu_cmdq::lock");
	expect(without_a_class, "no place in the order", "somewhere.c");
}

static void mirror_needs_the_host_lock(void **state)
{
	(void)state;
	machine_one(NULL);
	expect(transition_without_lock, "core.c:", "host_mmu.lock is not held");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(as_documented),
		cmocka_unit_test(wrong_orders),
		cmocka_unit_test(not_held_where_needed),
		cmocka_unit_test(mirror_needs_the_host_lock),
	};

	return cmocka_run_group_tests_name("locks", tests, NULL, NULL);
}
