// SPDX-License-Identifier: GPL-2.0-only
/*
 * The core without an SMMU: this program has none of the SMMU's objects at EL2, and in
 * their place the driver of an IOMMU that has nothing in common with one: fake.h
 */

#include "machine.h"

#include "domains.h"
#include "fake.h"
#include "firmware.h"
#include "points.h"

/* All that the host may access below the limit, and nothing else. */
static void assert_fake_mirror(void)
{
	u64 addr, end;

	for (addr = 0; addr < MMIO_LIMIT; addr = end) {
		bool may = world_host_may(addr, &end);

		end = min(end, (u64)MMIO_LIMIT);
		if (fake_reaches(addr) != may || fake_reaches(end - 1) != may)
			world_bug("%#llx to %#llx: the host may%s access it", addr, end, may ? "" : " not");
	}
}

static void devices_reach_what_the_host_may(void **state)
{
	u64 start = 0, end = SZ_1G;

	(void)state;
	fake_machine(64);
	assert_true(pkvm_iommu_owned());
	assert_fake_mirror();
	assert_false(fake_reaches(SZ_1G / 2));
	assert_false(fake_reaches(POOL_BASE));
	assert_false(fake_reaches(NOMAP_BASE));
	assert_true(fake_reaches(HIGH_BASE));
	assert_int_equal(pkvm_iommu_clip_range(SZ_1G / 2, &start, &end), -EPERM);
	start = 0;
	end = SZ_1G;
	assert_int_equal(pkvm_iommu_clip_range(SZ_1G / 2 + SZ_64K, &start, &end), 0);
	assert_int_equal(start, SZ_1G / 2 + SZ_64K);
	assert_int_equal(end, SZ_1G / 2 + SZ_128K);
}

static void pages_change_hands(void **state)
{
	u64 page = HIGH_BASE + 5 * PAGE_SIZE;

	(void)state;
	fake_machine(64);
	assert_int_equal(world_give(page, 3), 0);
	assert_fake_mirror();
	assert_false(fake_reaches(page));
	assert_false(fake_reaches(page + 2 * PAGE_SIZE));
	assert_true(fake_reaches(page - PAGE_SIZE));
	assert_true(fake_reaches(page + 3 * PAGE_SIZE));
	assert_int_equal(world_take(page, 3), 0);
	assert_true(fake_reaches(page));
	assert_true(fake_reaches(page + 2 * PAGE_SIZE));
	assert_fake_mirror();
	assert_int_equal(counter(PKVM_IOMMU_TRANSITIONS_OUT), 1);
	assert_int_equal(counter(PKVM_IOMMU_TRANSITIONS_IN), 1);
	assert_true(pkvm_iommu_too_many(PKVM_IOMMU_TRANSITION_MAX + 1));
}

static void an_error_changes_nothing(void **state)
{
	(void)state;
	fake_machine(64);
	fake.dead = true;
	assert_int_equal(world_give(HIGH_BASE, 1), -ETIMEDOUT);
	assert_int_equal(world_owner(HIGH_BASE), OWNER_HOST);
	assert_int_equal(counter(PKVM_IOMMU_TRANSITIONS_OUT), 0);
	assert_fake_mirror();
	fake.dead = false;
	assert_int_equal(world_give(HIGH_BASE, 1), 0);
	assert_fake_mirror();
}

/* Of a pool that is empty but for what is kept, the top-up alone may take. */
static void the_host_tops_up(void **state)
{
	u64 addr, free, given = 0;
	int ret = 0;

	(void)state;
	fake_machine(64);
	while (memory_of(PKVM_IOMMU_MEM_POOL_FREE) > 2 * PAGE_SIZE) {
		iommu_host_lock();
		pool_take(PKVM_IOMMU_MEM_PAGE_TABLES);
		iommu_host_unlock();
	}
	for (addr = LOW_BASE; addr < HIGH_BASE + HIGH_SIZE && !ret; addr += SZ_1G / 8) {
		if (!world_all_owned_by(addr, 1, OWNER_HOST) || fake_splits(addr))
			continue;
		ret = world_give(addr, 1);
		given += !ret;
	}
	free = memory_of(PKVM_IOMMU_MEM_POOL_FREE);
	/* With large pages no memory lies in a leaf of which nothing else is left out. */
	if (PAGE_SHIFT == 12) {
		assert_int_equal(given, 0);
		assert_int_equal(ret, -ENOMEM);
	}
	assert_int_equal(__pkvm_iommu_topup((LOW_BASE + SZ_1G) >> PAGE_SHIFT, 4), 0);
	assert_fake_mirror();
	assert_true(memory_of(PKVM_IOMMU_MEM_POOL_FREE) > free);
	assert_int_equal(world_give(HIGH_BASE, 1), 0);
	assert_fake_mirror();
}

static void events_by_index(void **state)
{
	u64 record[PKVM_IOMMU_EVENT_WORDS] = { 0 };

	(void)state;
	fake_machine(64);
	assert_int_equal(__pkvm_iommu_event(1, record), PKVM_IOMMU_EVENT_RECORD);
	assert_int_equal(record[0], 1);
	assert_int_equal(__pkvm_iommu_event(2, record), PKVM_IOMMU_EVENT_NONE);
	assert_int_equal(__pkvm_iommu_event(~0U, record), PKVM_IOMMU_EVENT_NONE);
	assert_int_equal(fake.events, 1);
}

static u32 calls;

static void count_call(u32 fn)
{
	(void)fn;
	calls++;
}

/* Firmware here comes back from a reset: it turned that down. */
static void power(void **state)
{
	(void)state;
	fake_machine(64);
	calls = 0;
	firmware.called = count_call;
	host_psci(PSCI_0_2_FN_SYSTEM_RESET, 0, 0, 0);
	assert_int_equal(fake.closed, 1);
	assert_int_equal(calls, 1);
	assert_int_equal(fake.opened, 1);

	fake.dead = true;
	assert_int_equal(host_psci(PSCI_0_2_FN_SYSTEM_RESET, 0, 0, 0).x0, (u64)PSCI_RET_NOT_SUPPORTED);
	assert_int_equal(fake.closed, 2);
	assert_int_equal(calls, 1);
	assert_int_equal(fake.opened, 1);

	assert_int_equal(fake.resumed, 0);
	host_psci(PSCI_0_2_FN64_CPU_SUSPEND, 1 << 16, 0, 0);
	assert_int_equal(fake.resumed, 1);
}

#define PAGE (HIGH_BASE + 16 * PAGE_SIZE)

static void domains_of_another_kind(void **state)
{
	u64 ranges[3] = { domain_range(PAGE, 2), domain_range(PAGE, 1), domain_range(POOL_BASE, 1) }, did;

	(void)state;
	fake_machine_in(PKVM_IOMMU_PARAVIRT, 64);
	assert_int_equal(domain_alloc(7, 1), FAKE_BITS);
	assert_int_equal(domain_alloc(7, 1), -EEXIST);
	assert_int_equal(domain_alloc(8, 2), -EINVAL);
	assert_int_equal(__pkvm_iommu_map(7, 0, PKVM_IOMMU_READ, ranges, 3, &did), 0);
	assert_int_equal(did, 3);
	assert_int_equal(domain_maps(PAGE), 2);
	assert_int_equal(__pkvm_iommu_iova_to_phys(7, PAGE_SIZE + 1), PAGE + PAGE_SIZE + 1);
	assert_int_equal(world_give(PAGE, 1), -EBUSY);
	assert_int_equal(domain_map(7, (FAKE_PAGES - 1) * PAGE_SIZE, PAGE, 2, PKVM_IOMMU_READ), 1);
	assert_int_equal(domain_map(7, 3 * PAGE_SIZE, PAGE, 0, PKVM_IOMMU_READ), -EINVAL);
	assert_int_equal(domain_unmap(7, 0, 2), 2);
	assert_int_equal(__pkvm_iommu_trim(7, PAGE_SIZE, &did), 0);
	assert_int_equal(did, 0);
	assert_int_equal(world_give(PAGE + PAGE_SIZE, 1), 0);
	assert_int_equal(domain_map(7, 0, PAGE + PAGE_SIZE, 1, PKVM_IOMMU_READ), -EPERM);
	assert_int_equal(domain_free(7), 1);
	assert_int_equal(domain_free(7), -ENOENT);
	assert_int_equal(world_give(PAGE, 1), 0);
}

/* What an IOMMU refuses did not happen, for the core either. */
static void errors_of_domains(void **state)
{
	u64 bits;

	(void)state;
	fake_machine_in(PKVM_IOMMU_PARAVIRT, 64);
	fake.op.fails = -ENOSPC;
	assert_int_equal(__pkvm_iommu_domain_alloc(1, 0, &bits), -ENOSPC);
	assert_int_equal(domain_free(1), -ENOENT);
	assert_int_equal(domain_map(1, 0, PAGE, 1, PKVM_IOMMU_READ), -ENOENT);
	fake.op.fails = 0;
	assert_true(domain_alloc(1, 0) > 0);
	fake.op.fails = -EIO;
	assert_int_equal(__pkvm_iommu_attach(1, 0, 5, 0), -EIO);
	assert_int_equal(domain_map(1, 0, PAGE, 1, PKVM_IOMMU_READ), -EIO);
	assert_int_equal(domain_unmap(1, 0, 1), -EIO);
	assert_int_equal(__pkvm_iommu_trim(1, PAGE_SIZE, &bits), -EIO);
	fake.op.fails = 0;
	assert_int_equal(__pkvm_iommu_attach(1, 0, 5, 0), 0);
	assert_int_equal(__pkvm_iommu_attach(1, 1, 5, 0), 0);
	assert_int_equal(__pkvm_iommu_attach(PKVM_IOMMU_DOMAIN_IDENTITY, 1, 6, 0), 0);
	assert_int_equal(__pkvm_iommu_detach(1, 1, 5, 0), 0);
	fake.op.fails = -ETIMEDOUT;
	assert_int_equal(__pkvm_iommu_detach(1, 0, 5, 0), -ETIMEDOUT);
	fake.op.fails = 0;
	assert_int_equal(domain_free(1), -EBUSY);
	assert_int_equal(__pkvm_iommu_detach(1, 0, 5, 0), 0);
	fake.op.ends_after = 3;
	assert_int_equal(__pkvm_iommu_domain_free(1), -EAGAIN);
	assert_int_equal(__pkvm_iommu_attach(1, 0, 5, 0), -ENOENT);
	assert_int_equal(domain_map(1, 0, PAGE, 1, PKVM_IOMMU_READ), -ENOENT);
	fake.op.fails = -EIO;
	assert_int_equal(__pkvm_iommu_domain_free(1), -EIO);
	fake.op.fails = 0;
	assert_int_equal(domain_free(1), 3);
	assert_true(domain_alloc(1, 0) > 0);
}

/* Nobody begins while they are stopped; whoever comes waits for the lock. */
static int result;

static void map_by_other(void)
{
	result = domain_map(1, 0, PAGE, 1, PKVM_IOMMU_READ);
}

static void stopped(void **state)
{
	u64 n, back;
	u32 calls;
	bool acted;

	(void)state;
	fake_machine_in(PKVM_IOMMU_PARAVIRT, 64);
	assert_true(domain_alloc(1, 0) > 0);
	for (back = 0; back < 40; back++) {
		for (n = 1, acted = true; acted; n++) {
			world_act(&(struct act){ .fn = map_by_other, .cpu = 2, .at = n,
						 .back = back, .blocks = true });
			iommu_host_lock();
			iommu_domains_stop();
			calls = fake.op.calls;
			/* Points at which it could. */
			point();
			point();
			assert_int_equal(fake.op.calls, calls);
			iommu_domains_go();
			iommu_host_unlock();
			acted = world_act_end();
			if (!acted)
				map_by_other();
			assert_int_equal(result, 1);
			assert_int_equal(domain_unmap(1, 0, 1), 1);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(devices_reach_what_the_host_may),
		cmocka_unit_test(pages_change_hands),
		cmocka_unit_test(an_error_changes_nothing),
		cmocka_unit_test(the_host_tops_up),
		cmocka_unit_test(events_by_index),
		cmocka_unit_test(power),
		cmocka_unit_test(domains_of_another_kind),
		cmocka_unit_test(errors_of_domains),
		cmocka_unit_test(stopped),
	};

	return cmocka_run_group_tests_name("driver", tests, NULL, NULL);
}
