// SPDX-License-Identifier: GPL-2.0-only
/* What the rest of the hypervisor asks the IOMMU code: frames, aborts, statistics. */

#include "machine.h"

#define FRAME 0x09050000ULL

static void frames_are_no_mmio(void **state)
{
	struct model_config a = machine_default(0), b = machine_default(1);
	u64 start, end;

	(void)state;
	machine_new();
	machine_add(&a, true);
	machine_add(&b, true);
	pkvm_iommu_machine.frames[pkvm_iommu_machine.nr_frames++] =
		(struct pkvm_iommu_frame){ 2 * SZ_64K, 3 * SZ_64K };

	/* Not ours yet: the host maps what it likes. */
	start = 0;
	end = SZ_1G;
	assert_int_equal(pkvm_iommu_clip_range(FRAME, &start, &end), 0);
	assert_int_equal(end, SZ_1G);

	assert_int_equal(machine_boot(), 0);
	assert_int_equal(pkvm_iommu_clip_range(FRAME, &start, &end), -EPERM);
	assert_int_equal(pkvm_iommu_clip_range(FRAME + SZ_128K - 1, &start, &end), -EPERM);

	assert_int_equal(pkvm_iommu_clip_range(FRAME - 1, &start, &end), 0);
	assert_int_equal(start, 3 * SZ_64K);
	assert_int_equal(end, FRAME);

	end = SZ_1G;
	assert_int_equal(pkvm_iommu_clip_range(FRAME + SZ_128K, &start, &end), 0);
	assert_int_equal(start, FRAME + SZ_128K);
	assert_int_equal(end, b.base);

	end = SZ_1G;
	start = 0;
	assert_int_equal(pkvm_iommu_clip_range(b.base + SZ_128K, &start, &end), 0);
	assert_int_equal(start, b.base + SZ_128K);
	assert_int_equal(end, SZ_1G);

	/* Memory is not clipped: a frame is never in it. */
	start = LOW_BASE;
	end = LOW_BASE + LOW_SIZE;
	assert_int_equal(pkvm_iommu_clip_range(LOW_BASE, &start, &end), 0);
	assert_int_equal(end, LOW_BASE + LOW_SIZE);
}

static void aborts_are_counted(void **state)
{
	(void)state;
	machine_new();
	assert_false(pkvm_iommu_host_abort(0, FRAME));
	machine_one(NULL);
	assert_false(pkvm_iommu_host_abort(0, FRAME));
	assert_false(pkvm_iommu_host_abort(0, FRAME + 0x1000));
	assert_false(pkvm_iommu_host_abort(1 << 6, FRAME + SZ_128K - 4));
	assert_false(pkvm_iommu_host_abort(1 << 6, FRAME + SZ_128K));
	assert_false(pkvm_iommu_host_abort(0, LOW_BASE));
	assert_int_equal(counter(PKVM_IOMMU_MMIO_READ), 2);
	assert_int_equal(counter(PKVM_IOMMU_MMIO_WRITE), 1);
}

/* Sums over the CPUs, in threes, and nothing behind the end. */
static void statistics(void **state)
{
	u64 values[PKVM_IOMMU_STATS_BATCH];
	u32 i;

	(void)state;
	machine_new();
	for (model_cpu = 0; model_cpu < MODEL_CPUS; model_cpu++) {
		for (i = 0; i <= model_cpu; i++)
			pkvm_iommu_count(PKVM_IOMMU_NR_COUNTERS - 1);
		pkvm_iommu_count(0);
	}
	model_cpu = 0;
	assert_int_equal(__pkvm_iommu_stats(0, PKVM_IOMMU_NR_COUNTERS - 1, values), 0);
	assert_int_equal(values[0], 10);
	assert_int_equal(values[1], 0);
	assert_int_equal(__pkvm_iommu_stats(0, 0, values), 0);
	assert_int_equal(values[0], 4);

	assert_int_equal(__pkvm_iommu_stats(0, PKVM_IOMMU_NR_COUNTERS, values), -EINVAL);
	assert_int_equal(__pkvm_iommu_stats(1, PKVM_IOMMU_NR_MEMORY, values), -EINVAL);
	assert_int_equal(__pkvm_iommu_stats(1, ~0U, values), -EINVAL);
	assert_int_equal(__pkvm_iommu_stats(3, 0, values), -EINVAL);
	assert_int_equal(__pkvm_iommu_stats(~0U, 0, values), -EINVAL);
	for (i = 0; i < PKVM_IOMMU_STATS_BATCH; i++)
		assert_int_equal(values[i], 0);
}

static void assert_offers(u64 what)
{
	u64 values[PKVM_IOMMU_STATS_BATCH];

	assert_int_equal(__pkvm_iommu_stats(PKVM_IOMMU_STATS_INTERFACE, 0, values), 0);
	assert_int_equal(values[0], PKVM_IOMMU_INTERFACE_VERSION);
	assert_int_equal(values[1], what);
	assert_int_equal(values[2], 0);
	assert_int_equal(__pkvm_iommu_stats(PKVM_IOMMU_STATS_INTERFACE, 1, values), -EINVAL);
	assert_int_equal(values[0], 0);
}

/* Whoever was built apart from EL2 asks for its version, and for which calls the mode has. */
static void interface(void **state)
{
	u64 shape;

	(void)state;
	machine_new();
	assert_offers(0);
	machine_one(NULL);
	assert_offers(PKVM_IOMMU_OFFERS_OWNER);
	assert_int_equal(__pkvm_iommu_domain_alloc(1, 0, &shape), -ENODEV);
	machine_paravirt(NULL);
	assert_offers(PKVM_IOMMU_OFFERS_OWNER | PKVM_IOMMU_OFFERS_DOMAINS);
	assert_int_equal(__pkvm_iommu_domain_alloc(1, 0, &shape), 0);
}

/* In native, all of this is a look at one pointer. */
static void native(void **state)
{
	struct model_config config = machine_default(0);
	struct model *m;

	(void)state;
	machine_new();
	m = machine_add(&config, true);
	pkvm_iommu_machine.mode = PKVM_IOMMU_NATIVE;
	assert_int_equal(machine_boot(), 0);
	assert_false(pkvm_iommu_owned());
	assert_int_equal(world_give(HIGH_BASE, 10000), 0);
	world_take(HIGH_BASE, 10000);
	assert_int_equal(counter(PKVM_IOMMU_TRANSITIONS_OUT), 0);
	assert_int_equal(counter(PKVM_IOMMU_TRANSITIONS_IN), 0);
	assert_int_equal(model_access(m, 0, LOW_BASE, true, NULL), MODEL_REACHED);
	assert_int_equal(model_counts(m)->doorbells, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(frames_are_no_mmio),
		cmocka_unit_test(aborts_are_counted),
		cmocka_unit_test(statistics),
		cmocka_unit_test(interface),
		cmocka_unit_test(native),
	};

	return cmocka_run_group_tests_name("core", tests, NULL, NULL);
}
