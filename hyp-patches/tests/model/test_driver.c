// SPDX-License-Identifier: GPL-2.0-only
/*
 * The core without an SMMU: this program has none of the SMMU's objects at EL2, and in
 * their place the driver of an IOMMU that has nothing in common with one. It knows one
 * space of addresses for all devices, and has a bit for each page in it.
 */

#include "machine.h"

#include "domains.h"
#include "firmware.h"
#include "points.h"

/* A leaf is a page of bits. Without one all of its pages are alike. */
#define LEAF_PAGES (PAGE_SIZE * 8)
#define LEAF_SIZE  (LEAF_PAGES * PAGE_SIZE)
#define NR_LEAVES  ((MMIO_LIMIT + LEAF_SIZE - 1) / LEAF_SIZE)

struct leaf {
	bool reached; /* by devices, where there are no bits */
	u8 *bits;
};

static struct {
	struct leaf leaf[NR_LEAVES];
	bool dead;
	u32 probed;
	u32 enabled;
	u32 closed;
	u32 opened;
	u32 resumed;
	u32 events;
} fake;

static bool fake_reaches(u64 addr)
{
	struct leaf *l = &fake.leaf[addr / LEAF_SIZE];
	u64 page = addr % LEAF_SIZE / PAGE_SIZE;

	return l->bits ? l->bits[page / 8] & 1 << page % 8 : l->reached;
}

static bool needs_bits(const struct leaf *l, u64 start, u64 end)
{
	return !l->bits && end - start < LEAF_SIZE;
}

static void leaf_set(struct leaf *l, u64 start, u64 end, bool reached)
{
	u64 page;

	if (!l->bits) {
		l->reached = reached;
		return;
	}
	for (page = start % LEAF_SIZE / PAGE_SIZE; start < end; start += PAGE_SIZE, page++) {
		l->bits[page / 8] &= ~(1 << page % 8);
		l->bits[page / 8] |= reached << page % 8;
	}
}

static void set_reached(u64 start, u64 end, bool reached, void *(*take)(void))
{
	u64 next;

	for (; start < end; start = next) {
		struct leaf *l = &fake.leaf[start / LEAF_SIZE];

		next = min(end, ALIGN_DOWN(start, LEAF_SIZE) + LEAF_SIZE);
		if (needs_bits(l, start, next)) {
			l->bits = take();
			memset(l->bits, l->reached ? 0xff : 0, PAGE_SIZE);
		}
		leaf_set(l, start, next, reached);
	}
}

static void *take_boot(void)
{
	return iommu_boot_alloc(PAGE_SIZE, PKVM_IOMMU_MEM_PAGE_TABLES);
}

static struct iommu_reserve reserve;

static void *take_pool(void)
{
	return iommu_pool_take(&reserve, PKVM_IOMMU_MEM_PAGE_TABLES);
}

static int fake_map(void *arg, u64 start, u64 end, bool mmio)
{
	(void)arg;
	(void)mmio;
	set_reached(start, end, true, take_boot);

	return 0;
}

static int fake_probe(void)
{
	return fake.probed++;
}

static int fake_enable(void)
{
	/* The mode has said by now what they translate with. */
	assert_true(fake_reaches(HIGH_BASE));

	return fake.enabled++;
}

static int fake_init(void)
{
	assert_int_equal(fake.probed, 1);
	assert_int_equal(fake.enabled, 0);

	iommu_pool_keep(2);

	return iommu_host_walk(MMIO_LIMIT, fake_map, NULL);
}

static int fake_leave(phys_addr_t phys, u64 size)
{
	u64 at, next, needed = 0;

	iommu_assert_host_lock();
	assert_true(world_all_owned_by(phys, size >> PAGE_SHIFT, OWNER_HOST));
	for (at = phys; at < phys + size; at = next) {
		next = min(phys + size, ALIGN_DOWN(at, LEAF_SIZE) + LEAF_SIZE);
		needed += needs_bits(&fake.leaf[at / LEAF_SIZE], at, next);
	}
	if (iommu_pool_reserve(&reserve, needed))
		return -ENOMEM;
	if (!fake.dead)
		set_reached(phys, phys + size, false, take_pool);
	iommu_pool_commit(&reserve);

	return fake.dead ? -ETIMEDOUT : 0;
}

static void fake_return(phys_addr_t phys, u64 size)
{
	iommu_assert_host_lock();
	assert_true(world_all_owned_by(phys, size >> PAGE_SHIFT, OWNER_HOST));
	set_reached(phys, phys + size, true, take_pool);
}

static u32 fake_event(u32 index, u64 *record)
{
	fake.events++;
	record[0] = index;

	return PKVM_IOMMU_EVENT_RECORD;
}

static int fake_close(void)
{
	fake.closed++;

	return fake.dead ? -ETIMEDOUT : 0;
}

static void fake_open(void)
{
	fake.opened++;
}

static void fake_resume(void)
{
	fake.resumed++;
}

/* A domain of theirs is an array: a word for each page that a device may name. */
#define FAKE_PAGES (IOMMU_DOMAIN_WORDS - 1)

/* What one of the operations on a domain returns, and how often they were called. */
static struct {
	int fails;
	u32 calls, ends_after;
} ops;

/* The last word of a domain that is set up. */
#define SET_UP 0xd0

static int op(struct iommu_domain *d, u64 last)
{
	ops.calls++;
	if (d && d->words[FAKE_PAGES] != last)
		world_bug("a domain has %#llx where %#llx was", d->words[FAKE_PAGES], last);

	return ops.fails;
}

static int fake_alloc(struct iommu_domain *d, u32 iommu, u64 *bits)
{
	iommu_assert_host_lock();
	assert_true(iommu < 2);
	if (op(d, d->words[FAKE_PAGES]))
		return ops.fails;
	memset(d->words, 0, sizeof(d->words));
	d->words[FAKE_PAGES] = SET_UP;
	*bits = PAGE_SHIFT + 4;

	return 0;
}

static int fake_free(struct iommu_domain *d)
{
	u32 i;

	iommu_assert_host_lock();
	if (op(d, SET_UP))
		return ops.fails;
	if (ops.ends_after) {
		ops.ends_after--;
		return -EAGAIN;
	}
	for (i = 0; i < FAKE_PAGES; i++) {
		if (d->words[i])
			iommu_pages_put(d->words[i], 1);
	}
	d->words[FAKE_PAGES] = 0;

	return 0;
}

static int fake_attach(struct iommu_domain *d, u32 iommu, u32 stream)
{
	iommu_assert_host_lock();
	assert_true(iommu < 2);
	(void)stream;

	return op(d, SET_UP);
}

static int fake_map_pages(struct iommu_domain *d, u64 iova, phys_addr_t phys, u64 nr_pages, u32 prot,
			  u64 *did)
{
	u64 i = iova >> PAGE_SHIFT;

	assert_true(PAGE_ALIGNED(iova) && PAGE_ALIGNED(phys) && !(prot & ~PKVM_IOMMU_PROT));
	assert_true(nr_pages && nr_pages <= PKVM_IOMMU_PAGES_MAX);
	for (; *did < nr_pages; (*did)++, i++, phys += PAGE_SIZE) {
		if (op(d, SET_UP))
			return ops.fails;
		if (i >= FAKE_PAGES)
			return -ERANGE;
		if (d->words[i])
			return -EEXIST;
		if (iommu_pages_kind(phys, 1) != IOMMU_MEMORY)
			return -EPERM;
		if (iommu_pages_get(phys, 1) < 0)
			return iommu_pages_get(phys, 1);
		d->words[i] = phys;
	}

	return 0;
}

static int fake_unmap(struct iommu_domain *d, const u64 *ranges, u32 nr, u64 *unmapped)
{
	u64 i, n;

	assert_true(nr <= PKVM_IOMMU_RANGES_MAX);
	if (op(d, SET_UP))
		return ops.fails;
	for (; nr--; ranges++) {
		i = *ranges >> PAGE_SHIFT;
		for (n = *ranges & PKVM_IOMMU_RANGE_PAGES; n; n--, i++, (*unmapped)++) {
			if (i >= FAKE_PAGES || !d->words[i])
				return 0;
			iommu_pages_put(d->words[i], 1);
			d->words[i] = 0;
		}
	}

	return 0;
}

static u64 fake_lookup(struct iommu_domain *d, u64 iova)
{
	u64 i = iova >> PAGE_SHIFT;

	op(d, SET_UP);

	return i < FAKE_PAGES && d->words[i] ? d->words[i] | (iova & ~PAGE_MASK) : 0;
}

static const struct pkvm_iommu_domain_ops fake_domain_ops = {
	.alloc = fake_alloc,
	.free = fake_free,
	.attach = fake_attach,
	.detach = fake_attach,
	.map = fake_map_pages,
	.unmap = fake_unmap,
	.iova_to_phys = fake_lookup,
};

static int fake_paravirt_init(void)
{
	iommu_pages_init();

	return fake_init() ?: iommu_domains_init(&fake_domain_ops);
}

static int fake_paravirt_leave(phys_addr_t phys, u64 size)
{
	return iommu_pages_close(phys, size >> PAGE_SHIFT);
}

static void fake_paravirt_return(phys_addr_t phys, u64 size)
{
	iommu_pages_open(phys, size >> PAGE_SHIFT);
}

/* Under the names of a driver and of modes that the core knows of. */
const struct pkvm_iommu_mode_ops pkvm_smmu_paravirt_ops = {
	.init = fake_paravirt_init,
	.host_leave = fake_paravirt_leave,
	.host_return = fake_paravirt_return,
};
const struct pkvm_iommu_mode_ops pkvm_smmu_identity_ops = {
	.init = fake_init,
	.host_leave = fake_leave,
	.host_return = fake_return,
};

const struct pkvm_iommu_driver_ops pkvm_smmu_v3_driver_ops = {
	.probe = fake_probe,
	.enable = fake_enable,
	.event = fake_event,
	.close = fake_close,
	.open = fake_open,
	.resume = fake_resume,
};

/* A machine with two of them. */
static void fake_machine_in(enum pkvm_iommu_mode mode, u64 pages)
{
	u32 i;

	memset(&fake, 0, sizeof(fake));
	memset(&ops, 0, sizeof(ops));
	machine_new();
	pkvm_iommu_machine.mode = mode;
	world_reserve(POOL_BASE, pages);
	for (i = 0; i < 2; i++) {
		pkvm_iommu_machine.descs[i] = (struct pkvm_iommu_desc){
			.base = SZ_1G / 2 + i * SZ_128K,
			.size = SZ_64K,
		};
		pkvm_iommu_machine.frames[i] = (struct pkvm_iommu_frame){
			.start = SZ_1G / 2 + i * SZ_128K,
			.end = SZ_1G / 2 + i * SZ_128K + SZ_64K,
		};
	}
	pkvm_iommu_machine.nr_descs = 2;
	pkvm_iommu_machine.nr_frames = 2;
	assert_int_equal(machine_boot(), 0);
}

static void fake_machine(u64 pages)
{
	fake_machine_in(PKVM_IOMMU_IDENTITY, pages);
}

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
		if (!world_all_owned_by(addr, 1, OWNER_HOST) || fake.leaf[addr / LEAF_SIZE].bits)
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
	assert_int_equal(domain_alloc(7, 1), PAGE_SHIFT + 4);
	assert_int_equal(domain_alloc(7, 1), -EEXIST);
	assert_int_equal(domain_alloc(8, 2), -EINVAL);
	assert_int_equal(__pkvm_iommu_map(7, 0, PKVM_IOMMU_READ, ranges, 3, &did), 0);
	assert_int_equal(did, 3);
	assert_int_equal(domain_maps(PAGE), 2);
	assert_int_equal(__pkvm_iommu_iova_to_phys(7, PAGE_SIZE + 1), PAGE + PAGE_SIZE + 1);
	assert_int_equal(world_give(PAGE, 1), -EBUSY);
	assert_int_equal(domain_map(7, 13 * PAGE_SIZE, PAGE, 2, PKVM_IOMMU_READ), 1);
	assert_int_equal(domain_map(7, 3 * PAGE_SIZE, PAGE, 0, PKVM_IOMMU_READ), -EINVAL);
	assert_int_equal(domain_unmap(7, 0, 2), 2);
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
	ops.fails = -ENOSPC;
	assert_int_equal(__pkvm_iommu_domain_alloc(1, 0, &bits), -ENOSPC);
	assert_int_equal(domain_free(1), -ENOENT);
	assert_int_equal(domain_map(1, 0, PAGE, 1, PKVM_IOMMU_READ), -ENOENT);
	ops.fails = 0;
	assert_true(domain_alloc(1, 0) > 0);
	ops.fails = -EIO;
	assert_int_equal(__pkvm_iommu_attach(1, 0, 5, 0), -EIO);
	assert_int_equal(domain_map(1, 0, PAGE, 1, PKVM_IOMMU_READ), -EIO);
	assert_int_equal(domain_unmap(1, 0, 1), -EIO);
	ops.fails = 0;
	assert_int_equal(__pkvm_iommu_attach(1, 0, 5, 0), 0);
	assert_int_equal(__pkvm_iommu_attach(1, 1, 5, 0), 0);
	assert_int_equal(__pkvm_iommu_attach(PKVM_IOMMU_DOMAIN_IDENTITY, 1, 6, 0), 0);
	assert_int_equal(__pkvm_iommu_detach(1, 1, 5, 0), 0);
	ops.fails = -ETIMEDOUT;
	assert_int_equal(__pkvm_iommu_detach(1, 0, 5, 0), -ETIMEDOUT);
	ops.fails = 0;
	assert_int_equal(domain_free(1), -EBUSY);
	assert_int_equal(__pkvm_iommu_detach(1, 0, 5, 0), 0);
	ops.ends_after = 3;
	assert_int_equal(__pkvm_iommu_domain_free(1), -EAGAIN);
	assert_int_equal(__pkvm_iommu_attach(1, 0, 5, 0), -ENOENT);
	assert_int_equal(domain_map(1, 0, PAGE, 1, PKVM_IOMMU_READ), -ENOENT);
	ops.fails = -EIO;
	assert_int_equal(__pkvm_iommu_domain_free(1), -EIO);
	ops.fails = 0;
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
			calls = ops.calls;
			/* Points at which it could. */
			point();
			point();
			assert_int_equal(ops.calls, calls);
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
