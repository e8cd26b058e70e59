// SPDX-License-Identifier: GPL-2.0-only
/* Which commands forget a range, and that they forget all of it. */

#include "machine.h"

static struct model *boot(bool ril)
{
	struct model_config config = machine_default(0);
	struct model *m;

	if (!ril)
		config.idr3 &= ~(1U << 10);
	machine_new();
	m = machine_add(&config, true);
	assert_int_equal(machine_boot(), 0);

	return m;
}

/* Pages leave one after the other that a block in the TLB covers, then a range of each length. */
static void nothing_stale(struct model *m)
{
	u64 base = HIGH_BASE + BLOCK_SIZE, pages, i;

	for (pages = 1; pages <= 512; pages += 1 + pages / 24) {
		u64 start = base + (pages % 5) * PAGE_SIZE;

		for (i = 0; i < pages; i += 1 + pages / 16)
			assert_true(reaches(m, start + i * PAGE_SIZE));
		assert_true(reaches(m, start + (pages - 1) * PAGE_SIZE));
		assert_int_equal(world_give(start, pages), 0);
		for (i = 0; i < pages; i++)
			assert_false(reaches(m, start + i * PAGE_SIZE));
		assert_true(reaches(m, start - PAGE_SIZE));
		assert_true(reaches(m, start + pages * PAGE_SIZE));
		world_take(start, pages);
	}
}

static void ranges(void **state)
{
	(void)state;
	nothing_stale(boot(true));
}

static void single_pages(void **state)
{
	(void)state;
	nothing_stale(boot(false));
}

/* Commands for a number of pages. With ranges, a few; without, one a page or all of the VMID. */
static void few_commands(void **state)
{
	struct model *m = boot(true);
	struct model_counts *counts = model_counts(m), before;
	u64 pages;

	(void)state;
	for (pages = 1; pages <= 512; pages++) {
		before = *counts;
		assert_int_equal(world_give(HIGH_BASE + 3 * PAGE_SIZE, pages), 0);
		assert_true(counts->commands - before.commands <= 2);
		assert_int_equal(counts->commands - before.commands,
				 counts->tlbi_ipa - before.tlbi_ipa);
		assert_int_equal(counts->syncs - before.syncs, 1);
		assert_int_equal(counts->doorbells - before.doorbells, 1);
		world_take(HIGH_BASE + 3 * PAGE_SIZE, pages);
	}

	m = boot(false);
	counts = model_counts(m);
	for (pages = 1; pages <= 512; pages++) {
		before = *counts;
		assert_int_equal(world_give(HIGH_BASE + 3 * PAGE_SIZE, pages), 0);
		assert_int_equal(counts->tlbi_ipa - before.tlbi_ipa, pages <= 64 ? pages : 0);
		assert_int_equal(counts->tlbi_vmall - before.tlbi_vmall, pages <= 64 ? 0 : 1);
		assert_int_equal(counts->tlbi_range, 0);
		assert_int_equal(counts->syncs - before.syncs, 1);
		assert_int_equal(counts->doorbells - before.doorbells, 1);
		world_take(HIGH_BASE + 3 * PAGE_SIZE, pages);
	}
}

/* EL2's counters and the hardware's agree. */
static void counters_agree(void **state)
{
	struct model *m = boot(true);

	(void)state;
	assert_int_equal(world_give(HIGH_BASE, 1), 0);
	assert_int_equal(world_give(HIGH_BASE + 20 * PAGE_SIZE, 511), 0);
	assert_int_equal(counter(PKVM_IOMMU_CMD_SYNC), model_counts(m)->syncs);
	assert_int_equal(counter(PKVM_IOMMU_COMMANDS_TLBI_IPA), model_counts(m)->tlbi_ipa);
	assert_int_equal(counter(PKVM_IOMMU_COMMANDS_CFGI), 1);
	assert_int_equal(counter(PKVM_IOMMU_COMMANDS_TLBI_ALL), 1);
	assert_int_equal(counter(PKVM_IOMMU_COMMANDS_OTHER), 0);
	assert_int_equal(counter(PKVM_IOMMU_TRANSITIONS_OUT), 2);
	assert_int_equal(counter(PKVM_IOMMU_TRANSITIONS_IN), 0);

	/* What failed is no transition; its commands were sent all the same. */
	model_knobs(m)->refuse_in = 1;
	assert_int_equal(world_give(HIGH_BASE + PAGE_SIZE, 1), -EIO);
	world_take(HIGH_BASE, 1);
	assert_int_equal(counter(PKVM_IOMMU_TRANSITIONS_OUT), 2);
	assert_int_equal(counter(PKVM_IOMMU_TRANSITIONS_IN), 1);
	assert_int_equal(counter(PKVM_IOMMU_COMMANDS_TLBI_IPA), model_counts(m)->tlbi_ipa + 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ranges),
		cmocka_unit_test(single_pages),
		cmocka_unit_test(few_commands),
		cmocka_unit_test(counters_agree),
	};

	return cmocka_run_group_tests_name("tlbi", tests, NULL, NULL);
}
