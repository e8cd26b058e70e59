// SPDX-License-Identifier: GPL-2.0-only
/*
 * Domains of an SMMU that has stage 1 only: a context descriptor names the tables, and an ASID
 * what is cached of them. What does not depend on the stage is tried in test_domain.c.
 */

#include "domain_checks.h"

#define A 8
#define B 9

#define IOVA 0x10000000ULL
#define SEAM 0x20000000ULL
#define PAGE (HIGH_BASE + 16 * PAGE_SIZE)
#define MMIO 0x09000000ULL

static void no_stage2(struct model_config *config)
{
	config->idr0 &= ~(1U << 0);
}

static void no_ranges(struct model_config *config)
{
	no_stage2(config);
	config->idr3 &= ~(1U << 10);
}

static void no_snooping(struct model_config *config)
{
	no_stage2(config);
	config->idr0 &= ~(1U << 4);
}

/* Where there are no stalls, an entry may not say that there shall be none. */
static void no_stalls(struct model_config *config)
{
	no_stage2(config);
	config->idr0 |= 1U << 24;
}

static void hyp(struct model_config *config)
{
	no_stage2(config);
	config->idr0 |= 1U << 9;
}

static void short_addresses(struct model_config *config)
{
	no_stage2(config);
	config->idr5 = (config->idr5 & ~7U) | 1;
}

static void long_addresses(struct model_config *config)
{
	no_stage2(config);
	config->idr5 = (config->idr5 & ~7U) | 6;
}

static void partial(struct model_config *config)
{
	no_stage2(config);
	config->partial = true;
	config->ahead_in = 2;
	config->seed = 7;
}

/* SMMUs with stage 1 only that differ in what the entries for it say. */
static void (*const kinds[])(struct model_config *config) = {
	no_stage2, no_ranges, no_snooping, no_stalls, hyp, short_addresses, long_addresses, partial,
};

static void it_isolates(void **state)
{
	struct model *m;
	u32 i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		m = machine_paravirt(kinds[i]);
		assert_int_equal(pkvm_iommu_machine.descs[0].state, PKVM_IOMMU_ISOLATING);
		assert_int_equal(pkvm_iommu_machine.descs[0].reason, PKVM_IOMMU_REASON_NONE);
		assert_closed(m);

		assert_nothing(m, A, IOVA, 4);
		/* Where it does not snoop, what was not cleaned does not show there. */
		world_weak(kinds[i] != no_snooping);
		assert_true(domain_alloc(1, 0) >= 32);
		assert_int_equal(domain_map(1, IOVA, PAGE, 4, DOMAIN_RW), 4);
		assert_int_equal(attach(1, A), 0);
		assert_arrives(m, A, IOVA, 4, PAGE);
		world_weak(false);

		assert_nothing(m, A, IOVA - PAGE_SIZE, 1);
		assert_nothing(m, A, IOVA + 4 * PAGE_SIZE, 1);
		assert_nothing(m, A, PAGE, 1);
		assert_nothing(m, A, IOVA | 1ULL << 63, 1);
		assert_nothing(m, A, IOVA | 0xffffULL << 48, 1);
		assert_nothing(m, B, IOVA, 4);
		assert_int_equal(world_give(PAGE, 1), -EBUSY);
		assert_int_equal(attach(1, A), -EBUSY);

		assert_int_equal(detach(1, A), 0);
		assert_int_equal(detach(1, A), -ENOENT);
		assert_nothing(m, A, IOVA, 4);
		assert_true(domain_free(1) > 0);
		assert_may_leave(PAGE, 4);
		model_settled(PAGE, 0);
	}
}

/* The mirror of the host's memory is a stage 2. */
static void no_identity(void **state)
{
	struct model *m = attached(no_stage2, A, 32);
	u32 id = PKVM_IOMMU_DOMAIN_IDENTITY;
	u64 tables = memory_of(PKVM_IOMMU_MEM_PAGE_TABLES);

	(void)state;
	assert_int_equal(attach(id, B), -EINVAL);
	assert_nothing(m, B, PAGE, 1);
	/* Nor is what has a domain the mirror's, whatever the numbers are. */
	assert_int_equal(detach(id, A), -ENOENT);
	assert_int_equal(detach(id, B), -ENOENT);
	assert_int_equal(memory_of(PKVM_IOMMU_MEM_PAGE_TABLES), tables);
	assert_int_equal(domain_map(1, IOVA, PAGE, 1, DOMAIN_RW), 1);
	assert_arrives(m, A, IOVA, 1, PAGE);
}

/* Stage 1 has no right to write without that to read. */
static void rights_and_attributes(void **state)
{
	static const struct {
		u32 prot, memattr;
		bool writes;
	} cases[] = {
		{ PKVM_IOMMU_READ, 5, false },
		{ PKVM_IOMMU_WRITE, 5, true },
		{ PKVM_IOMMU_READ | PKVM_IOMMU_WRITE, 5, true },
		{ PKVM_IOMMU_READ | PKVM_IOMMU_CACHE, 15, false },
		{ PKVM_IOMMU_WRITE | PKVM_IOMMU_CACHE, 15, true },
		{ DOMAIN_RW, 15, true },
	};
	struct model *m = attached(no_stage2, A, 32);
	u64 iova;
	u32 i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		iova = IOVA + i * PAGE_SIZE;
		assert_int_equal(domain_map(1, iova, PAGE, 1, cases[i].prot), 1);
		assert_true(arrives(m, A, iova, false, PAGE));
		assert_int_equal(arrives(m, A, iova, true, PAGE), cases[i].writes);
		assert_int_equal(model_look(m, A, iova).memattr, cases[i].memattr);
	}
	assert_int_equal(domain_map(1, SEAM, MMIO, 1, DOMAIN_RW), 1);
	assert_arrives(m, A, SEAM, 1, MMIO);
	assert_int_equal(model_look(m, A, SEAM).memattr, 1);
	assert_int_equal(domain_map(1, IOVA + i * PAGE_SIZE, PAGE, 1, 0), -EINVAL);

	/* Faults are recorded, and are of stage 1. */
	assert_int_equal(model_look(m, A, IOVA - PAGE_SIZE).fault, 0x10);
	assert_false(model_look(m, A, IOVA - PAGE_SIZE).quiet);
	assert_false(model_look(m, A, IOVA - PAGE_SIZE).stage2);
}

static void unmap_forgets(void **state)
{
	struct model *m;
	u64 syncs;
	u32 i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		m = attached(kinds[i], A, 32);
		assert_int_equal(domain_map(1, SEAM - 3 * PAGE_SIZE, PAGE, 8, DOMAIN_RW), 8);
		assert_arrives(m, A, SEAM - 3 * PAGE_SIZE, 8, PAGE);
		syncs = counter(PKVM_IOMMU_CMD_SYNC);
		assert_int_equal(domain_unmap(1, SEAM - 2 * PAGE_SIZE, 5), 5);
		assert_int_equal(counter(PKVM_IOMMU_CMD_SYNC), syncs + 1);
		assert_nothing(m, A, SEAM - 2 * PAGE_SIZE, 5);
		assert_arrives(m, A, SEAM - 3 * PAGE_SIZE, 1, PAGE);
		assert_arrives(m, A, SEAM + 3 * PAGE_SIZE, 2, PAGE + 6 * PAGE_SIZE);
		assert_may_leave(PAGE + PAGE_SIZE, 5);
		assert_int_equal(world_give(PAGE, 1), -EBUSY);
		assert_int_equal(world_give(PAGE + 6 * PAGE_SIZE, 1), -EBUSY);

		assert_int_equal(domain_map(1, SEAM - 2 * PAGE_SIZE, PAGE, 5, DOMAIN_RW), 5);
		assert_arrives(m, A, SEAM - 2 * PAGE_SIZE, 5, PAGE);
	}
}

/* With ranges, a few commands; without, one a page, or one for all of the ASID. */
static void few_commands(void **state)
{
	struct model_counts *counts, before;
	u64 pages, ranges;
	struct model *m;

	(void)state;
	for (ranges = 0; ranges < 2; ranges++) {
		m = attached(ranges ? no_stage2 : no_ranges, A, 32);
		counts = model_counts(m);
		for (pages = 1; pages <= 512; pages += 1 + pages / 8) {
			assert_int_equal(domain_map(1, IOVA, PAGE, pages, DOMAIN_RW), pages);
			assert_arrives(m, A, IOVA, pages, PAGE);
			before = *counts;
			assert_int_equal(domain_unmap(1, IOVA, pages), pages);
			assert_nothing(m, A, IOVA, pages);
			if (ranges) {
				assert_true(counts->tlbi_va - before.tlbi_va <= 2);
				assert_int_equal(counts->tlbi_asid, before.tlbi_asid);
			} else {
				assert_int_equal(counts->tlbi_va - before.tlbi_va,
						 pages <= 64 ? pages : 0);
				assert_int_equal(counts->tlbi_asid - before.tlbi_asid, pages > 64);
			}
			assert_int_equal(counts->syncs - before.syncs, 1);
			assert_int_equal(counts->commands - before.commands,
					 counts->tlbi_va - before.tlbi_va + counts->tlbi_asid -
						 before.tlbi_asid);
		}
		assert_int_equal(!!counts->tlbi_range, ranges);
		assert_int_equal(counts->tlbi_ipa + counts->tlbi_vmall, 0);
		assert_int_equal(counter(PKVM_IOMMU_COMMANDS_TLBI_IPA), counts->tlbi_va);
		assert_int_equal(counter(PKVM_IOMMU_COMMANDS_TLBI_VMID), counts->tlbi_asid);
		assert_int_equal(counter(PKVM_IOMMU_COMMANDS_OTHER), 0);
	}
}

/* A block, pages in its place, and a block again, behind a table that maps nothing any more. */
static void blocks(void **state)
{
	const u64 at = HIGH_BASE + 2 * BLOCK_SIZE, nr = PKVM_IOMMU_PAGES_MAX;
	u64 size = PAGE_SHIFT == 12 ? BLOCK_SIZE : PAGE_SIZE;
	struct model *m;
	u32 i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		m = attached(kinds[i], A, 32);
		assert_int_equal(domain_map(1, IOVA, at, nr, DOMAIN_RW), nr);
		assert_int_equal(model_look(m, A, IOVA).size, size);
		assert_arrives(m, A, IOVA, nr, at);
		assert_nothing(m, A, IOVA + nr * PAGE_SIZE, 1);
		assert_int_equal(domain_unmap(1, IOVA, nr), nr);
		assert_nothing(m, A, IOVA, nr);
		assert_may_leave(at, nr);

		assert_int_equal(domain_map(1, IOVA, PAGE, 2, PKVM_IOMMU_READ), 2);
		assert_true(arrives(m, A, IOVA, false, PAGE));
		assert_int_equal(domain_unmap(1, IOVA, 2), 2);
		assert_int_equal(domain_map(1, IOVA, at, nr, DOMAIN_RW), nr);
		assert_int_equal(model_look(m, A, IOVA).size, size);
		assert_arrives(m, A, IOVA, nr, at);
		assert_int_equal(detach(1, A), 0);
		assert_true(domain_free(1) > 0);
		assert_may_leave(at, nr);
	}
}

static void two_domains(void **state)
{
	u64 other = PAGE + 64 * PAGE_SIZE;
	struct model *m;
	u32 i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		m = attached(kinds[i], A, 32);
		assert_true(domain_alloc(2, 0) > 0);
		assert_int_equal(attach(2, B), 0);
		assert_int_equal(domain_map(1, IOVA, PAGE, 4, DOMAIN_RW), 4);
		assert_arrives(m, A, IOVA, 4, PAGE);
		assert_nothing(m, B, IOVA, 4);
		assert_int_equal(domain_map(2, IOVA, other, 4, PKVM_IOMMU_READ), 4);
		assert_true(arrives(m, B, IOVA, false, other));
		assert_false(arrives(m, B, IOVA, true, other));
		assert_arrives(m, A, IOVA, 4, PAGE);

		assert_int_equal(domain_unmap(1, IOVA, 4), 4);
		assert_nothing(m, A, IOVA, 4);
		assert_true(arrives(m, B, IOVA, false, other));
		assert_may_leave(PAGE, 4);
		assert_int_equal(world_give(other, 1), -EBUSY);

		/* From one to the other. */
		assert_int_equal(detach(2, A), -ENOENT);
		assert_int_equal(detach(1, A), 0);
		assert_int_equal(attach(2, A), 0);
		assert_true(arrives(m, A, IOVA, false, other));
		assert_int_equal(detach(2, B), 0);
		assert_nothing(m, B, IOVA, 4);
		assert_true(arrives(m, A, IOVA, false, other));
		assert_int_equal(domain_unmap(2, IOVA, 4), 4);
		assert_nothing(m, A, IOVA, 4);
		assert_may_leave(other, 4);
	}
}

/* The page of the context descriptor and the ASID are used again, and lead nowhere old. */
static void used_again(void **state)
{
	u32 k;

	(void)state;
	for (k = 0; k < ARRAY_SIZE(kinds); k++)
		assert_used_again(attached(kinds[k], A, 32), A, IOVA, PAGE);
}

/* An SMMU that does not confirm that it forgot an ASID keeps others from using it. */
static void not_before_it_is_forgotten(void **state)
{
	struct model *m = attached(no_stage2, A, 32);

	(void)state;
	assert_int_equal(domain_map(1, IOVA, PAGE, 1, DOMAIN_RW), 1);
	assert_arrives(m, A, IOVA, 1, PAGE);
	/* What it refuses is the TLBI behind the change of the entry. */
	model_knobs(m)->refuse_in = 3;
	assert_int_equal(detach(1, A), 0);
	model_knobs(m)->refuse_in = 1;
	assert_int_equal(domain_free(1), -EIO);
	assert_true(domain_alloc(2, 0) > 0);
	assert_int_equal(attach(2, A), 0);
	assert_nothing(m, A, IOVA, 1);
	assert_int_equal(world_give(PAGE, 1), -EBUSY);
	assert_true(domain_free(1) > 0);
	assert_may_leave(PAGE, 1);
}

/* As many ASIDs as all SMMUs without stage 2 tell apart; VMIDs are others. */
static void asids_end(void **state)
{
	struct model_config b = machine_default(1);
	struct model_config c = machine_default(2);
	struct model_config a = machine_default(0);
	u64 free;
	u32 i, k;

	(void)state;
	a.idr0 &= ~1U;
	b.idr0 &= ~(1U | 1U << 12);
	/* It has stage 2: how many ASIDs it has is no matter. */
	c.idr0 &= ~(1U << 12);
	for (k = 0; k < 3; k++) {
		machine_new();
		pkvm_iommu_machine.mode = PKVM_IOMMU_PARAVIRT;
		world_reserve(POOL_BASE, 2 * 512 + 2 * (POOL_SIZE >> PAGE_SHIFT));
		machine_add(k == 2 ? &b : &a, true);
		if (k)
			machine_add(k == 2 ? &a : &b, true);
		machine_add(&c, true);
		assert_int_equal(machine_boot(), 0);
		/* One is none. */
		for (i = 0; i < 255; i++)
			assert_true(domain_alloc(i, 0) > 0);
		free = memory_of(PKVM_IOMMU_MEM_POOL_FREE);
		if (!k) {
			assert_true(domain_alloc(i, 0) > 0);
			continue;
		}
		assert_int_equal(domain_alloc(200 + PAGE_SIZE / 64, 0), -ENOSPC);
		assert_true(memory_of(PKVM_IOMMU_MEM_POOL_FREE) + PAGE_SIZE >= free);
		assert_true(domain_alloc(300, k == 0 ? 1 : 2) > 0);
		assert_int_equal(domain_free(77), 1);
		assert_true(domain_alloc(77, 1) > 0);
		assert_int_equal(domain_alloc(301, 0), -ENOSPC);
	}
}

/* Domains of either stage are for the SMMUs that have it; stage 2 where both are there. */
static void beside_stage2(void **state)
{
	struct model_config a = machine_default(0), b = machine_default(1);
	struct model *of_a, *of_b;

	(void)state;
	machine_new();
	pkvm_iommu_machine.mode = PKVM_IOMMU_PARAVIRT;
	a.idr0 &= ~1U;
	of_a = machine_add(&a, true);
	of_b = machine_add(&b, true);
	assert_int_equal(machine_boot(), 0);
	assert_true(domain_alloc(1, 0) > 0);
	assert_true(domain_alloc(2, 1) > 0);
	assert_int_equal(__pkvm_iommu_attach(1, 1, A, 0), -EINVAL);
	assert_int_equal(__pkvm_iommu_attach(2, 0, A, 0), -EINVAL);
	assert_int_equal(__pkvm_iommu_attach(1, 0, A, 0), 0);
	assert_int_equal(__pkvm_iommu_attach(2, 1, A, 0), 0);
	assert_int_equal(domain_map(1, IOVA, PAGE, 1, DOMAIN_RW), 1);
	assert_int_equal(domain_map(2, IOVA, PAGE, 1, DOMAIN_RW), 1);
	assert_arrives(of_a, A, IOVA, 1, PAGE);
	assert_arrives(of_b, A, IOVA, 1, PAGE);
	assert_true(model_look(of_b, A, IOVA).stage2);
	assert_false(model_look(of_a, A, IOVA).stage2);
	assert_int_equal(__pkvm_iommu_detach(1, 1, A, 0), -ENOENT);
	assert_int_equal(__pkvm_iommu_detach(2, 0, A, 0), -ENOENT);
	assert_int_equal(domain_unmap(1, IOVA, 1), 1);
	assert_int_equal(domain_unmap(2, IOVA, 1), 1);
	assert_nothing(of_a, A, IOVA, 1);
	assert_nothing(of_b, A, IOVA, 1);
	assert_int_equal(model_counts(of_a)->tlbi_ipa, 0);
	assert_int_equal(model_counts(of_b)->tlbi_va, 0);

	/* The mirror goes on for the one that has it. */
	assert_int_equal(__pkvm_iommu_attach(PKVM_IOMMU_DOMAIN_IDENTITY, 1, B, 0), 0);
	assert_arrives(of_b, B, PAGE, 1, PAGE);
	assert_may_leave(PAGE, 1);
	assert_int_equal(model_counts(of_a)->tlbi_vmall, 0);
}

/* A domain is there as a whole, with its context descriptor, or not at all. */
static void without_memory(void **state)
{
	u64 domains, tables, free;
	u32 want, asid;

	(void)state;
	for (want = 0; want < 2; want++) {
		machine_paravirt(no_stage2);
		/* The page that domains lie in. */
		assert_true(domain_alloc(1, 0) > 0);
		assert_int_equal(domain_free(1), 1);
		while (pool_has(want + 1))
			pool_take(PKVM_IOMMU_MEM_QUEUES);
		assert_int_equal(pool_has(want), true);
		assert_false(pool_has(want + 1));
		domains = memory_of(PKVM_IOMMU_MEM_DOMAINS);
		tables = memory_of(PKVM_IOMMU_MEM_PAGE_TABLES);
		free = memory_of(PKVM_IOMMU_MEM_POOL_FREE);
		/* More often than there are ASIDs. */
		for (asid = 0; asid < 300; asid++)
			assert_int_equal(domain_alloc(1, 0), -ENOMEM);
		assert_int_equal(memory_of(PKVM_IOMMU_MEM_DOMAINS), domains);
		assert_int_equal(memory_of(PKVM_IOMMU_MEM_PAGE_TABLES), tables);
		assert_int_equal(memory_of(PKVM_IOMMU_MEM_POOL_FREE), free);
		assert_int_equal(__pkvm_iommu_topup(PAGE >> PAGE_SHIFT, 4), 0);
		assert_true(domain_alloc(1, 0) > 0);
		assert_int_equal(memory_of(PKVM_IOMMU_MEM_DOMAINS), domains + PAGE_SIZE);
		assert_int_equal(domain_free(1), 1);
		assert_int_equal(memory_of(PKVM_IOMMU_MEM_DOMAINS), domains);
		assert_int_equal(memory_of(PKVM_IOMMU_MEM_PAGE_TABLES), tables);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_isolates),
		cmocka_unit_test(no_identity),
		cmocka_unit_test(rights_and_attributes),
		cmocka_unit_test(unmap_forgets),
		cmocka_unit_test(few_commands),
		cmocka_unit_test(blocks),
		cmocka_unit_test(two_domains),
		cmocka_unit_test(used_again),
		cmocka_unit_test(not_before_it_is_forgotten),
		cmocka_unit_test(asids_end),
		cmocka_unit_test(beside_stage2),
		cmocka_unit_test(without_memory),
	};

	return cmocka_run_group_tests_name("stage1", tests, NULL, NULL);
}
