// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory that an SMMU cannot address, beyond its output size (IHI 0070, 3.4.3) or
 * the 48 bits of a table's entry: registers keep part of such an address, and walks
 * through it fault. EL2 puts nothing there, whoever offers it.
 */

#include "machine.h"

/* Output sizes, as IDR5.OAS encodes them. */
#define OAS_32 0
#define OAS_44 4
#define OAS_48 5
#define OAS_52 6

static const struct pkvm_iommu_desc *desc(void)
{
	return &pkvm_iommu_machine.descs[0];
}

static struct model_config with_oas(u32 index, u32 oas)
{
	struct model_config config = machine_default(index);

	config.idr5 = (config.idr5 & ~7U) | oas;

	return config;
}

/* Boots with EL2's memory up to @end, and one SMMU. */
static int boot_reserved_up_to(u64 end, const struct model_config *config)
{
	machine_new();
	world_set_owner(POOL_BASE, POOL_SIZE, OWNER_HOST);
	world_reserve(end - POOL_SIZE, POOL_SIZE >> PAGE_SHIFT);
	machine_add(config, true);

	return machine_boot();
}

static void reserve_out_of_reach(void **state)
{
	struct model_config config = with_oas(0, OAS_32);
	u64 over;

	(void)state;
	/* All of it, and no more than its last page. */
	for (over = PAGE_SIZE; over <= 2 * POOL_SIZE; over += 2 * POOL_SIZE - PAGE_SIZE) {
		assert_int_equal(boot_reserved_up_to((1ULL << 32) + over, &config), -ENODEV);
		assert_int_equal(desc()->state, PKVM_IOMMU_FAILED);
		assert_int_equal(desc()->reason, PKVM_IOMMU_REASON_OUT_OF_REACH);
	}

	/* Where it lets nothing through, its queues and stream table still have to be reached. */
	config.idr0 &= ~(1U << 0);
	assert_int_equal(boot_reserved_up_to((1ULL << 32) + POOL_SIZE, &config), -ENODEV);
	assert_int_equal(desc()->reason, PKVM_IOMMU_REASON_OUT_OF_REACH);

	/* To the last page within. */
	config = with_oas(0, OAS_32);
	assert_int_equal(boot_reserved_up_to(1ULL << 32, &config), 0);
	assert_int_equal(desc()->state, PKVM_IOMMU_ISOLATING);
}

/* One of several is enough to rule the memory out. */
static void reserve_out_of_reach_of_one(void **state)
{
	struct model_config a = with_oas(0, OAS_44), b = with_oas(1, OAS_32);

	(void)state;
	machine_new();
	world_set_owner(POOL_BASE, POOL_SIZE, OWNER_HOST);
	world_reserve(HIGH_BASE, POOL_SIZE >> PAGE_SHIFT);
	machine_add(&a, true);
	machine_add(&b, true);
	assert_int_equal(machine_boot(), -ENODEV);
	assert_int_equal(pkvm_iommu_machine.descs[1].reason, PKVM_IOMMU_REASON_OUT_OF_REACH);
}

/* Pages of the host's that no SMMU of the machine can have as a table. */
static void topup_out_of_reach(u64 limit)
{
	u64 end = limit >> PAGE_SHIFT, free = memory_of(PKVM_IOMMU_MEM_POOL_FREE);

	assert_int_equal(__pkvm_iommu_topup(end, 1), -ERANGE);
	assert_int_equal(__pkvm_iommu_topup(end - 1, 2), -ERANGE);
	assert_int_equal(__pkvm_iommu_topup(end - 8, PKVM_IOMMU_TOPUP_MAX), -ERANGE);
	assert_int_equal(__pkvm_iommu_topup(end + 0x100, 16), -ERANGE);
	assert_int_equal(__pkvm_iommu_topup(~0ULL, 1), -ERANGE);
	assert_int_equal(__pkvm_iommu_topup(~0ULL - 3, 4), -ERANGE);
	assert_int_equal(memory_of(PKVM_IOMMU_MEM_POOL_FREE), free);
	assert_int_equal(memory_of(PKVM_IOMMU_MEM_DONATED), 0);
}

/* Beside what is out of reach, all goes on: the neighbours of a page that left translate. */
static void topup(void **state)
{
	struct model_config a = with_oas(0, OAS_48), b = with_oas(1, OAS_32);
	u64 page = LOW_BASE + SZ_1G, last = LOW_BASE + LOW_SIZE - 8 * PAGE_SIZE;
	struct model *m, *n;

	(void)state;
	machine_new();
	m = machine_add(&a, true);
	n = machine_add(&b, true);
	assert_int_equal(machine_boot(), 0);
	while (memory_of(PKVM_IOMMU_MEM_POOL_FREE) > 40 * PAGE_SIZE)
		assert_non_null(pool_take(PKVM_IOMMU_MEM_QUEUES));
	topup_out_of_reach(1ULL << 32);
	assert_mirror(m);
	assert_mirror(n);

	/* The last that is within becomes the next table. */
	assert_int_equal(__pkvm_iommu_topup(last >> PAGE_SHIFT, 8), 0);
	assert_true(reaches(n, page + PAGE_SIZE));
	assert_int_equal(world_give(page, 1), 0);
	assert_false(reaches(n, page));
	assert_mirror(m);
	assert_mirror(n);
}

/* CPUs and an SMMU of 52 bits: an entry of a table still has 48. */
static void topup_above_48_bits(void **state)
{
	struct model_config config = with_oas(0, OAS_52);

	(void)state;
	machine_new();
	world_cpu_pa_bits(52);
	machine_add(&config, true);
	assert_int_equal(machine_boot(), 0);
	while (memory_of(PKVM_IOMMU_MEM_POOL_FREE) > 40 * PAGE_SIZE)
		assert_non_null(pool_take(PKVM_IOMMU_MEM_QUEUES));
	topup_out_of_reach(1ULL << 48);
}

/* The model itself: what is cut, and what faults. */
static void the_model_cuts_and_faults(void **state)
{
	struct model_config config = with_oas(0, OAS_32);
	struct model *m;

	(void)state;
	machine_new();
	m = machine_add(&config, true);
	assert_int_equal(model_access(m, 8, LOW_BASE, true, NULL), MODEL_REACHED);
	/* Closed or open, an address that is too long leads nowhere (3.4). */
	assert_int_equal(model_access(m, 8, 1ULL << 32, true, NULL), MODEL_ABORTED);
	assert_int_equal(machine_boot(), 0);
	assert_int_equal(model_access(m, 8, 1ULL << 32, true, NULL), 0x11);
	assert_int_equal(model_access(m, 8, POOL_BASE, true, NULL), 0x10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reserve_out_of_reach),
		cmocka_unit_test(reserve_out_of_reach_of_one),
		cmocka_unit_test(topup),
		cmocka_unit_test(topup_above_48_bits),
		cmocka_unit_test(the_model_cuts_and_faults),
	};

	return cmocka_run_group_tests_name("reach", tests, NULL, NULL);
}
