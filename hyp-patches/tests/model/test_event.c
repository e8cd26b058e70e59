// SPDX-License-Identifier: GPL-2.0-only
/* Fault records and global errors, on their way to the host. */

#include "machine.h"

#define SID 5

static u32 take(u64 *record)
{
	memset(record, 0xee, PKVM_IOMMU_EVENT_WORDS * sizeof(*record));

	return __pkvm_iommu_event(0, record);
}

static void fault(struct model *m, u64 iova, bool write)
{
	assert_int_not_equal(model_access(m, SID, iova, write, NULL), MODEL_REACHED);
}

static void assert_record(u64 iova, bool write)
{
	u64 record[PKVM_IOMMU_EVENT_WORDS];

	assert_int_equal(take(record), PKVM_IOMMU_EVENT_RECORD);
	assert_int_equal(record[0], 0x10 | (u64)SID << 32);
	assert_int_equal(record[1] >> 35 & 1, !write);
	assert_int_equal(record[2], iova);
	assert_int_equal(record[3], iova & ~0xfffULL);
}

static void assert_none(void)
{
	u64 record[PKVM_IOMMU_EVENT_WORDS];

	assert_int_equal(take(record), PKVM_IOMMU_EVENT_NONE);
}

/* In order, each once, over and over the end of the queue. */
static void records(void **state)
{
	u64 i, j, record[PKVM_IOMMU_EVENT_WORDS];
	struct model *m = machine_one(NULL);

	(void)state;
	assert_none();
	for (i = 0; i < 1000; i++) {
		for (j = 0; j < i % 5; j++)
			fault(m, POOL_BASE + 16 * i + j, j & 1);
		for (j = 0; j < i % 5; j++)
			assert_record(POOL_BASE + 16 * i + j, j & 1);
		assert_none();
	}
	assert_int_equal(model_counts(m)->events_lost, 0);

	/* A stream that the table does not hold. */
	assert_int_equal(model_access(m, 1 << 16, LOW_BASE, true, NULL), 2);
	assert_int_equal(take(record), PKVM_IOMMU_EVENT_RECORD);
	assert_int_equal(record[0], 2 | 1ULL << 48);
	assert_none();
	assert_true(model_counts(m)->interrupts >= 800);
}

/* What the SMMU wrote is what is read, not what the caches of the CPUs held before. */
static void records_without_snooping(void **state)
{
	struct model_config config = machine_default(0);
	u32 shift, i;

	(void)state;
	for (shift = 0; shift <= 7; shift++) {
		struct model *m;

		config.idr1 = shift << 21 | shift << 16 | 6;
		machine_new();
		m = machine_add(&config, false);
		assert_int_equal(machine_boot(), 0);
		for (i = 0; i < 400; i++) {
			fault(m, POOL_BASE + 8 * i, true);
			/* Commands in between, in lines of their own. */
			assert_int_equal(world_give(HIGH_BASE + i * PAGE_SIZE, 1), 0);
			assert_record(POOL_BASE + 8 * i, true);
			assert_none();
		}
	}
}

/* A full queue loses records, says so once, and goes on after it was read. */
static void overflow(void **state)
{
	static const u32 shifts[] = { 0, 1, 3, 7, 12 };
	struct model_config config = machine_default(0);
	u64 round, i, kept, record[PKVM_IOMMU_EVENT_WORDS];
	size_t n;

	(void)state;
	for (n = 0; n < ARRAY_SIZE(shifts); n++) {
		struct model *m;

		config.idr1 = 8 << 21 | shifts[n] << 16 | 16;
		machine_new();
		m = machine_add(&config, true);
		assert_int_equal(machine_boot(), 0);
		kept = 1ULL << min(shifts[n], 7U);
		for (round = 0; round < 5; round++) {
			for (i = 0; i < kept + 20; i++)
				fault(m, POOL_BASE + 8 * (round + i), true);
			assert_int_equal(model_counts(m)->events_lost, 20 * (round + 1));
			for (i = 0; i < kept; i++)
				assert_record(POOL_BASE + 8 * (round + i), true);
			assert_int_equal(take(record), PKVM_IOMMU_EVENT_LOST);
			assert_none();
			assert_true(model_overflow_acknowledged(m));
		}
	}
}

/* Reported with its bits, behind the records, and acknowledged: each once. */
static void global_errors(void **state)
{
	static const u32 errors[] = { 1 << 2, 1 << 8, 1 << 5 | 1 << 7, 1 << 2 };
	u64 record[PKVM_IOMMU_EVENT_WORDS];
	struct model *m = machine_one(NULL);
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(errors); i++) {
		fault(m, POOL_BASE, false);
		model_gerror(m, errors[i]);
		assert_record(POOL_BASE, false);
		assert_int_equal(take(record), PKVM_IOMMU_EVENT_GERROR);
		assert_int_equal(record[0], errors[i]);
		assert_none();
	}
	/* A transition does not care, and acknowledges only what is its own. */
	model_gerror(m, 1 << 2);
	assert_int_equal(world_give(HIGH_BASE, 1), 0);
	model_knobs(m)->refuse_in = 1;
	assert_int_equal(world_give(HIGH_BASE + PAGE_SIZE, 1), -EIO);
	assert_int_equal(take(record), PKVM_IOMMU_EVENT_GERROR);
	assert_int_equal(record[0], 1 << 2);
	assert_none();
}

/* Whatever the host asks, and without an SMMU at EL2. */
static void no_such_smmu(void **state)
{
	u64 record[PKVM_IOMMU_EVENT_WORDS];

	(void)state;
	machine_new();
	assert_int_equal(__pkvm_iommu_event(0, record), PKVM_IOMMU_EVENT_NONE);
	machine_one(NULL);
	assert_int_equal(__pkvm_iommu_event(1, record), PKVM_IOMMU_EVENT_NONE);
	assert_int_equal(__pkvm_iommu_event(~0U, record), PKVM_IOMMU_EVENT_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(records),
		cmocka_unit_test(records_without_snooping),
		cmocka_unit_test(overflow),
		cmocka_unit_test(global_errors),
		cmocka_unit_test(no_such_smmu),
	};

	return cmocka_run_group_tests_name("event", tests, NULL, NULL);
}
