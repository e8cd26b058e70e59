// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tables that map nothing any more, and that the host wants back. What a device reaches is the
 * same before and after, and memory is as if there had been none.
 */

#include "domain_checks.h"

#include "points.h"

#define A 8

/* What one table of the last level maps is as large as a block. */
#define TABLE_SIZE BLOCK_SIZE

/* The page before it lies in another table; with all page sizes within what a domain has. */
#define IOVA (4 * TABLE_SIZE)
#define AT   (HIGH_BASE + 16 * PAGE_SIZE)

static struct model *m;

static void no_stage2(struct model_config *config)
{
	config->idr0 &= ~(1U << 0);
}

static void boot_with(void (*change)(struct model_config *config))
{
	m = machine_paravirt(change);
	assert_true(domain_alloc(1, 0) > 0);
	assert_int_equal(attach(1, A), 0);
	/* What is above the last level, and a table that stays. */
	assert_int_equal(domain_map(1, IOVA + 2 * TABLE_SIZE, AT, 1, DOMAIN_RW), 1);
}

static void boot(void)
{
	boot_with(NULL);
}

static u64 tables(void)
{
	return memory_of(PKVM_IOMMU_MEM_PAGE_TABLES) / PAGE_SIZE;
}

/* A table in which something was, and which the SMMU knows. */
static void empty_table(u64 iova)
{
	assert_int_equal(domain_map(1, iova, AT, 1, DOMAIN_RW), 1);
	assert_arrives(m, A, iova, 1, AT);
	assert_int_equal(domain_unmap(1, iova, 1), 1);
}

/* All of the domain. Return: how many calls it took. */
static u32 trim_all(void)
{
	u64 iova = 0, next;
	u32 n;

	for (n = 1;; n++, iova = next) {
		assert_int_equal(__pkvm_iommu_trim(1, iova, &next), 0);
		if (!next)
			return n;
		assert_true(next > iova && !(next % PAGE_SIZE));
	}
}

static void gone(void (*change)(struct model_config *config))
{
	u64 before, free, syncs, next;

	boot_with(change);
	before = tables();
	free = memory_of(PKVM_IOMMU_MEM_POOL_FREE);
	empty_table(IOVA + 3 * PAGE_SIZE);
	assert_int_equal(tables(), before + 1);
	syncs = counter(PKVM_IOMMU_CMD_SYNC);
	assert_int_equal(__pkvm_iommu_trim(1, 0, &next), 0);
	assert_int_equal(next, IOVA + TABLE_SIZE);
	assert_int_equal(counter(PKVM_IOMMU_CMD_SYNC), syncs + 1);
	assert_int_equal(tables(), before);
	assert_int_equal(memory_of(PKVM_IOMMU_MEM_POOL_FREE), free);
	/* Nothing leads to the table. */
	model_settled(AT + BLOCK_SIZE, PAGE_SIZE);
	assert_nothing(m, A, IOVA, 5);
	assert_arrives(m, A, IOVA + 2 * TABLE_SIZE, 1, AT);

	/* And one where it was. */
	assert_int_equal(domain_map(1, IOVA, AT, 1, DOMAIN_RW), 1);
	assert_arrives(m, A, IOVA, 1, AT);
	assert_nothing(m, A, IOVA + PAGE_SIZE, 4);
	assert_int_equal(tables(), before + 1);
}

static void empty_goes(void **state)
{
	(void)state;
	gone(NULL);
}

static void of_stage1_goes(void **state)
{
	(void)state;
	gone(no_stage2);
}

/* Without anything attached there is nobody to tell. */
static void of_nobody_goes(void **state)
{
	u64 before, syncs;

	(void)state;
	boot();
	before = tables();
	empty_table(IOVA);
	assert_int_equal(detach(1, A), 0);
	syncs = counter(PKVM_IOMMU_CMD_SYNC);
	trim_all();
	assert_int_equal(tables(), before);
	assert_int_equal(counter(PKVM_IOMMU_CMD_SYNC), syncs);
	assert_int_equal(attach(1, A), 0);
	assert_nothing(m, A, IOVA, 1);
}

static void used_stays(void **state)
{
	static const u64 pages[] = { 0, 1, TABLE_SIZE / PAGE_SIZE - 1 };
	u64 before, syncs;
	u32 i;

	(void)state;
	boot();
	for (i = 0; i < ARRAY_SIZE(pages); i++) {
		assert_int_equal(domain_map(1, IOVA + pages[i] * PAGE_SIZE, AT, 1, DOMAIN_RW), 1);
		before = tables();
		syncs = counter(PKVM_IOMMU_CMD_SYNC);
		trim_all();
		assert_int_equal(tables(), before);
		assert_int_equal(counter(PKVM_IOMMU_CMD_SYNC), syncs);
		assert_arrives(m, A, IOVA + pages[i] * PAGE_SIZE, 1, AT);
		assert_int_equal(domain_unmap(1, IOVA + pages[i] * PAGE_SIZE, 1), 1);
	}
	trim_all();
	assert_int_equal(tables(), before - 1);
}

/* What no SMMU confirmed is counted as mapped until the domain ends, and its table is there. */
static void pending_stays(void **state)
{
	u64 before;

	(void)state;
	boot();
	assert_int_equal(domain_map(1, IOVA, AT + PAGE_SIZE, 1, DOMAIN_RW), 1);
	assert_arrives(m, A, IOVA, 1, AT + PAGE_SIZE);
	model_knobs(m)->commands_per_us = 0;
	assert_int_equal(domain_unmap(1, IOVA, 1), -ETIMEDOUT);
	model_knobs(m)->commands_per_us = MODEL_AT_ONCE;
	before = tables();
	trim_all();
	assert_int_equal(tables(), before);
	assert_maps(AT + PAGE_SIZE, 1, 1);
	assert_int_equal(detach(1, A), 0);
	assert_true(domain_free(1) > 0);
	assert_may_leave(AT, 2);
}

/* An SMMU that does not say that it forgot the table: it stays, and is used as before. */
static void no_answer(void **state)
{
	u64 before, next;

	(void)state;
	boot();
	empty_table(IOVA);
	before = tables();
	model_knobs(m)->commands_per_us = 0;
	assert_int_equal(__pkvm_iommu_trim(1, 0, &next), -ETIMEDOUT);
	assert_int_equal(next, IOVA + TABLE_SIZE);
	assert_int_equal(tables(), before);
	assert_int_equal(domain_map(1, IOVA + PAGE_SIZE, AT, 1, DOMAIN_RW), 1);
	assert_int_equal(tables(), before);
	model_knobs(m)->commands_per_us = MODEL_AT_ONCE;
	assert_arrives(m, A, IOVA + PAGE_SIZE, 1, AT);
	assert_int_equal(domain_unmap(1, IOVA + PAGE_SIZE, 1), 1);
	trim_all();
	assert_int_equal(tables(), before - 1);
}

/* Each call ends with one table, or after a bounded number of entries; holes cost few. */
static void goes_on(void **state)
{
	u64 before, free, next, last = TABLE_SIZE - PAGE_SIZE;
	u32 i;

	(void)state;
	boot();
	before = tables();
	free = memory_of(PKVM_IOMMU_MEM_POOL_FREE);
	for (i = 0; i < 3; i++)
		empty_table(IOVA + 3 * i * TABLE_SIZE + i * PAGE_SIZE);
	assert_int_equal(tables(), before + 3);
	/* From the middle of a table on. */
	assert_int_equal(__pkvm_iommu_trim(1, IOVA + TABLE_SIZE + PAGE_SIZE, &next), 0);
	assert_int_equal(next, IOVA + 4 * TABLE_SIZE);
	assert_int_equal(tables(), before + 2);
	assert_true(trim_all() < 3 + 2 * 64);
	assert_int_equal(tables(), before);
	assert_int_equal(memory_of(PKVM_IOMMU_MEM_POOL_FREE), free);

	/* What is mapped last in a table is found behind so many entries that no other is begun. */
	assert_int_equal(domain_map(1, IOVA + last, AT, 1, DOMAIN_RW), 1);
	empty_table(IOVA + TABLE_SIZE);
	assert_int_equal(__pkvm_iommu_trim(1, 0, &next), 0);
	assert_int_equal(next, IOVA + TABLE_SIZE);
	assert_int_equal(tables(), before + 2);
	assert_int_equal(__pkvm_iommu_trim(1, next, &next), 0);
	assert_int_equal(tables(), before + 1);
}

static void wrong(void **state)
{
	u64 next = 1;

	(void)state;
	boot();
	empty_table(IOVA);
	assert_int_equal(__pkvm_iommu_trim(2, 0, &next), -ENOENT);
	assert_int_equal(next, 0);
	assert_int_equal(__pkvm_iommu_trim(PKVM_IOMMU_MAX_DOMAINS, 0, &next), -ENOENT);
	assert_int_equal(__pkvm_iommu_trim(PKVM_IOMMU_DOMAIN_IDENTITY, 0, &next), -ENOENT);
	assert_int_equal(__pkvm_iommu_trim(1, 1, &next), -EINVAL);
	assert_int_equal(__pkvm_iommu_trim(1, IOVA + PAGE_SIZE / 2, &next), -EINVAL);
	next = 1;
	assert_int_equal(__pkvm_iommu_trim(1, 1ULL << 48, &next), 0);
	assert_int_equal(next, 0);
	next = 1;
	assert_int_equal(__pkvm_iommu_trim(1, ~0ULL << PAGE_SHIFT, &next), 0);
	assert_int_equal(next, 0);
}

/* The last that an address can be in; behind it there is nothing. */
static void at_the_end(void **state)
{
	u64 end, next, before;
	int bits;

	(void)state;
	boot();
	bits = domain_alloc(2, 0);
	assert_true(bits > 0);
	end = (1ULL << bits) - PAGE_SIZE;
	assert_int_equal(domain_map(2, end, AT, 1, DOMAIN_RW), 1);
	before = tables();
	assert_int_equal(domain_unmap(2, end, 1), 1);
	assert_int_equal(__pkvm_iommu_trim(2, end, &next), 0);
	assert_int_equal(next, 0);
	assert_int_equal(tables(), before - 1);
}

/* Now two CPUs. */
static u64 kept;

static void empty(void)
{
	empty_table(IOVA);
	kept = tables();
}

static void mapped(void)
{
	assert_int_equal(domain_map(1, IOVA + 5 * PAGE_SIZE, AT, 1, DOMAIN_RW), 1);
	assert_true(arrives(m, A, IOVA + 5 * PAGE_SIZE, true, AT));
	kept = tables();
}

static int trim(void)
{
	u64 next;

	return __pkvm_iommu_trim(1, IOVA, &next);
}

static int map_inside(void)
{
	return domain_map(1, IOVA + 5 * PAGE_SIZE, AT, 1, DOMAIN_RW);
}

static int unmap_inside(void)
{
	return domain_unmap(1, IOVA + 5 * PAGE_SIZE, 1);
}

/* Whatever stayed goes when no other CPU works on the domain. */
static void clean(void)
{
	u64 addr = __pkvm_iommu_iova_to_phys(1, IOVA + 5 * PAGE_SIZE);

	assert_true(tables() == kept || tables() == kept - 1);
	assert_true(!addr || addr == AT);
	/* Another maps it, too. */
	assert_int_equal(domain_maps(AT), 1 + !!addr);
	assert_int_equal(arrives(m, A, IOVA + 5 * PAGE_SIZE, true, AT), !!addr);
	assert_int_equal(unmap_inside(), !!addr);
	assert_nothing(m, A, IOVA, 8);
	trim_all();
	assert_int_equal(tables(), kept - 1);
}

static void trimmed_or_busy(int one, int two, bool met)
{
	assert_true(one == 0 || (met && one == -EBUSY));
	assert_true(!met || two == 1);
	clean();
}

static void mapped_meanwhile(int one, int two, bool met)
{
	trimmed_or_busy(met ? two : 0, one, met);
}

static void trim_against_map(void **state)
{
	static const struct meeting meeting = { empty, trim, map_inside, trimmed_or_busy };

	(void)state;
	boot();
	meet(&meeting, 64, 31);
}

static void map_against_trim(void **state)
{
	static const struct meeting meeting = { empty, map_inside, trim, mapped_meanwhile };

	(void)state;
	boot();
	meet(&meeting, 200, 67);
}

static void trim_against_unmap(void **state)
{
	static const struct meeting meeting = { mapped, trim, unmap_inside, trimmed_or_busy };

	(void)state;
	boot();
	meet(&meeting, 64, 31);
}

static void unmap_against_trim(void **state)
{
	static const struct meeting meeting = { mapped, unmap_inside, trim, mapped_meanwhile };

	(void)state;
	boot();
	meet(&meeting, 200, 67);
}

static void both_trimmed(int one, int two, bool met)
{
	assert_true(one == 0 || (met && one == -EBUSY));
	assert_true(!met || two == 0 || two == -EBUSY);
	clean();
}

static void trim_against_trim(void **state)
{
	static const struct meeting meeting = { empty, trim, trim, both_trimmed };

	(void)state;
	boot();
	meet(&meeting, 200, 67);
}

static int others;

static void maps(void)
{
	others = map_inside();
}

static void trims(void)
{
	others = trim();
}

/*
 * From which point of its work on a CPU is sure to give the table back: others wait for it. It
 * has looked through the table once then, and does so again.
 */
static u64 sure_from(void)
{
	u64 from = 0, until, n, syncs;

	for (until = 1 << 20; until - from > 1;) {
		n = from + (until - from) / 2;
		empty();
		syncs = counter(PKVM_IOMMU_CMD_SYNC);
		world_act(&(struct act){ .fn = maps, .cpu = 1, .at = n, .blocks = true });
		trim();
		world_act_end();
		if (counter(PKVM_IOMMU_CMD_SYNC) > syncs)
			until = n;
		else
			from = n;
		clean();
	}

	return until;
}

/* What one CPU has frozen, and takes out, another that came behind does not put in again. */
static void frozen_by_another(void **state)
{
	u64 from, at, back;

	(void)state;
	boot();
	from = sure_from();
	assert_true(from > PAGE_SIZE / 8);
	for (at = from; at < 2 * from; at += from / 4) {
		for (back = from - 40; back < from + 20; back++) {
			empty();
			world_act(&(struct act){ .fn = trims, .cpu = 1, .at = at, .back = back,
						 .blocks = true });
			assert_int_equal(trim(), 0);
			world_act_end();
			assert_int_equal(others, 0);
			clean();
		}
	}
}

/* Who gets the page of a table has it alone: nothing cached leads there. */
#define OTHERS (AT + PAGE_SIZE)

static int use_a_page(void)
{
	int ret = domain_map(2, IOVA, OTHERS, 1, DOMAIN_RW);

	assert_false(arrives(m, A, IOVA, true, OTHERS));

	return ret;
}

static void empty_beside_another(void)
{
	empty();
	assert_true(domain_alloc(2, 0) > 0);
	/* What is above the last level. */
	assert_int_equal(domain_map(2, IOVA + TABLE_SIZE, AT, 1, DOMAIN_RW), 1);
}

static void uses(void)
{
	others = use_a_page();
}

static void trim_against_use(void **state)
{
	bool met = true;
	u64 at;

	(void)state;
	boot();
	for (at = sure_from(); met; at++) {
		empty_beside_another();
		world_act(&(struct act){ .fn = uses, .cpu = 1, .at = at, .blocks = true });
		assert_int_equal(trim(), 0);
		met = world_act_end();
		assert_true(!met || others == 1);
		assert_true(domain_free(2) > 0);
		clean();
	}
}

static void maps_first(void)
{
	others = domain_map(2, IOVA, OTHERS, 1, DOMAIN_RW);
}

/* The tables above the last level come up between two looks at one entry. */
static bool first_map(u64 at, u64 back)
{
	u64 next;
	bool met;
	int ret;

	assert_true(domain_alloc(2, 0) > 0);
	world_act(&(struct act){ .fn = maps_first, .cpu = 1, .at = at, .back = back, .blocks = true });
	ret = __pkvm_iommu_trim(2, IOVA, &next);
	met = world_act_end();
	assert_true(!ret || (met && ret == -EBUSY));
	assert_true(!met || others == 1);
	assert_int_equal(__pkvm_iommu_iova_to_phys(2, IOVA), met ? OTHERS : 0);
	assert_true(domain_free(2) > 0);

	return met;
}

static void trim_against_first_map(void **state)
{
	u64 at, back;

	(void)state;
	boot();
	for (back = 0; back < 80; back++) {
		for (at = 1; at < 60 && first_map(at, back); at++)
			;
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(empty_goes),
		cmocka_unit_test(of_stage1_goes),
		cmocka_unit_test(of_nobody_goes),
		cmocka_unit_test(used_stays),
		cmocka_unit_test(pending_stays),
		cmocka_unit_test(no_answer),
		cmocka_unit_test(goes_on),
		cmocka_unit_test(wrong),
		cmocka_unit_test(at_the_end),
		cmocka_unit_test(trim_against_map),
		cmocka_unit_test(map_against_trim),
		cmocka_unit_test(trim_against_unmap),
		cmocka_unit_test(unmap_against_trim),
		cmocka_unit_test(trim_against_trim),
		cmocka_unit_test(frozen_by_another),
		cmocka_unit_test(trim_against_use),
		cmocka_unit_test(trim_against_first_map),
	};

	return cmocka_run_group_tests_name("trim", tests, NULL, NULL);
}
