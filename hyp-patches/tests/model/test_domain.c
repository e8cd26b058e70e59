// SPDX-License-Identifier: GPL-2.0-only
/*
 * Domains in the paravirt mode: a device reaches what the host maps in the domain that its
 * stream is attached to, and nothing else; a page that is mapped does not leave the host.
 */

#include "domain_checks.h"

#include "points.h"

/* Streams, of which the third lies in another table of the second level. */
#define A 8
#define B 9
#define C 2000

/* Addresses of devices, and pages of the host's. The shortest addresses have 29 bits. */
#define IOVA 0x10000000ULL
#define PAGE (HIGH_BASE + 16 * PAGE_SIZE)

/* A table of the last level ends there; the shortest addresses as well. */
#define SEAM 0x20000000ULL

/* What EL2 uses memory for. */
struct used {
	u64 bytes[PKVM_IOMMU_NR_MEMORY];
};

static struct used used_now(void)
{
	struct used u;
	u32 i;

	for (i = 0; i < PKVM_IOMMU_NR_MEMORY; i++)
		u.bytes[i] = memory_of(i);

	return u;
}

static void assert_used(const struct used *before)
{
	struct used now = used_now();
	u32 i;

	for (i = 0; i < PKVM_IOMMU_NR_MEMORY; i++) {
		if (now.bytes[i] != before->bytes[i])
			world_bug("memory for %u was %llu, and is %llu", i, before->bytes[i],
				  now.bytes[i]);
	}
}

static void nothing_before_it_is_attached(void **state)
{
	struct model *m = machine_paravirt(NULL);

	(void)state;
	assert_true(pkvm_iommu_owned());
	assert_closed(m);
	assert_nothing(m, A, PAGE, 1);
	assert_true(domain_alloc(1, 0) > 0);
	assert_int_equal(domain_map(1, IOVA, PAGE, 4, DOMAIN_RW), 4);
	assert_nothing(m, A, IOVA, 4);
	assert_int_equal(attach(1, A), 0);
	assert_arrives(m, A, IOVA, 4, PAGE);
	assert_nothing(m, A, IOVA - PAGE_SIZE, 1);
	assert_nothing(m, A, IOVA + 4 * PAGE_SIZE, 1);
	assert_nothing(m, A, PAGE, 1);
	assert_nothing(m, B, IOVA, 4);
	assert_nothing(m, C, IOVA, 4);
	assert_int_equal(__pkvm_iommu_iova_to_phys(1, IOVA + PAGE_SIZE + 5), PAGE + PAGE_SIZE + 5);
	assert_int_equal(__pkvm_iommu_iova_to_phys(1, IOVA - 1), 0);
	assert_int_equal(__pkvm_iommu_iova_to_phys(1, ~0ULL), 0);
	assert_int_equal(__pkvm_iommu_iova_to_phys(2, IOVA), 0);

	assert_int_equal(detach(1, A), 0);
	assert_nothing(m, A, IOVA, 4);
	assert_maps(PAGE, 4, 1);
	assert_int_equal(world_give(PAGE, 1), -EBUSY);
}

static void rights_and_attributes(void **state)
{
	static const struct {
		u32 prot, memattr;
		bool reads, writes;
	} cases[] = {
		{ PKVM_IOMMU_READ, 5, true, false },
		{ PKVM_IOMMU_WRITE, 5, false, true },
		{ PKVM_IOMMU_READ | PKVM_IOMMU_WRITE, 5, true, true },
		{ PKVM_IOMMU_READ | PKVM_IOMMU_CACHE, 15, true, false },
		{ PKVM_IOMMU_WRITE | PKVM_IOMMU_CACHE, 15, false, true },
		{ DOMAIN_RW, 15, true, true },
	};
	struct model *m = attached(NULL, A, 29);
	u32 i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		u64 iova = IOVA + i * PAGE_SIZE;

		assert_int_equal(domain_map(1, iova, PAGE, 1, cases[i].prot), 1);
		assert_int_equal(arrives(m, A, iova, false, PAGE), cases[i].reads);
		assert_int_equal(arrives(m, A, iova, true, PAGE), cases[i].writes);
		assert_int_equal(model_look(m, A, iova).memattr, cases[i].memattr);
	}
	assert_maps(PAGE, 1, i);

	/* No device reaches what nobody may read or write. */
	assert_int_equal(domain_map(1, IOVA + i * PAGE_SIZE, PAGE, 1, 0), -EINVAL);
	assert_int_equal(domain_map(1, IOVA + i * PAGE_SIZE, PAGE, 1, PKVM_IOMMU_CACHE), -EINVAL);
	assert_int_equal(domain_map(1, IOVA + i * PAGE_SIZE, PAGE, 1, DOMAIN_RW | 8), -EINVAL);
	assert_int_equal(domain_map(1, IOVA + i * PAGE_SIZE, PAGE, 1, 1U << 31 | 1), -EINVAL);
	assert_maps(PAGE, 1, i);
}

static void unmap_forgets(void **state)
{
	struct model *m = attached(NULL, A, 29);
	u64 syncs;

	(void)state;
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

	/* There again, and where there is nothing. */
	assert_int_equal(domain_map(1, SEAM - 2 * PAGE_SIZE, PAGE + PAGE_SIZE, 5, DOMAIN_RW), 5);
	assert_arrives(m, A, SEAM - 3 * PAGE_SIZE, 8, PAGE);
	assert_int_equal(domain_unmap(1, SEAM - 3 * PAGE_SIZE, 100), 8);
	assert_int_equal(domain_unmap(1, SEAM - 3 * PAGE_SIZE, 100), 0);
	assert_int_equal(domain_unmap(1, 0, 1), 0);
	assert_nothing(m, A, SEAM - 3 * PAGE_SIZE, 8);
	assert_may_leave(PAGE, 8);
}

/* Whatever domains map it, and until the last of them does not. */
static void a_mapped_page_stays(void **state)
{
	struct model *m = attached(NULL, A, 29);
	u32 i, n = 5;

	(void)state;
	for (i = 2; i <= n; i++)
		assert_true(domain_alloc(i, 0) > 0);
	for (i = 1; i <= n; i++)
		assert_int_equal(domain_map(i, IOVA, PAGE, 2, DOMAIN_RW), 2);
	assert_maps(PAGE, 2, n);
	for (i = n; i; i--) {
		assert_int_equal(world_give(PAGE, 1), -EBUSY);
		/* Pages around it as well, of which nothing stays behind. */
		assert_int_equal(world_give(PAGE - 3 * PAGE_SIZE, 4), -EBUSY);
		assert_int_equal(world_give(PAGE + PAGE_SIZE, 9), -EBUSY);
		assert_int_equal(__pkvm_host_donate_hyp(PAGE >> PAGE_SHIFT, 1), -EBUSY);
		assert_int_equal(domain_map(i, IOVA + 9 * PAGE_SIZE, PAGE - 3 * PAGE_SIZE, 3,
					    PKVM_IOMMU_READ), 3);
		assert_int_equal(domain_unmap(i, IOVA + 9 * PAGE_SIZE, 3), 3);
		assert_maps(PAGE, 2, i);
		assert_int_equal(domain_unmap(i, IOVA, 2), 2);
	}
	assert_nothing(m, A, IOVA, 2);
	assert_int_equal(world_give(PAGE, 1), 0);
	/* Not the host's, it cannot be mapped; its neighbour can. */
	assert_int_equal(domain_map(1, IOVA, PAGE, 2, DOMAIN_RW), -EPERM);
	assert_int_equal(domain_map(1, IOVA, PAGE - PAGE_SIZE, 3, DOMAIN_RW), 1);
	assert_int_equal(domain_unmap(1, IOVA, 3), 1);
	assert_int_equal(world_take(PAGE, 1), 0);
	assert_int_equal(domain_map(1, IOVA, PAGE, 2, DOMAIN_RW), 2);
	assert_arrives(m, A, IOVA, 2, PAGE);
}

static void not_the_hosts(void **state)
{
	u64 end = HIGH_BASE + HIGH_SIZE, frame, straddling;
	struct model *m = attached(NULL, A, 29);
	struct used before;
	u32 i;

	(void)state;
	frame = model_knobs(m)->base;
	straddling = LOW_BASE + LOW_SIZE;
	assert_int_equal(world_give(PAGE, 1), 0);
	/* The tables are there before. */
	assert_int_equal(domain_map(1, IOVA, PAGE + PAGE_SIZE, 1, DOMAIN_RW), 1);
	assert_int_equal(domain_unmap(1, IOVA, 1), 1);
	before = used_now();

	const struct {
		u64 phys, nr;
		int ret;
	} cases[] = {
		{ PAGE, 1, -EPERM },			      /* a guest's */
		{ IMAGE_BASE & PAGE_MASK, 1, -EPERM },	      /* EL2's */
		{ POOL_BASE, 1, -EPERM },		      /* a table, or will be one */
		{ NOMAP_BASE, 1, -EPERM },		      /* firmware's */
		{ NOMAP_BASE - PAGE_SIZE, 2, -EPERM },	      /* two regions */
		{ frame, 1, -EPERM },			      /* an SMMU */
		{ frame + SZ_128K - PAGE_SIZE, 1, -EPERM },
		{ frame - PAGE_SIZE, 2, -EPERM },
		{ frame + SZ_128K - PAGE_SIZE, 2, -EPERM },
		{ frame - PAGE_SIZE, 400, -EPERM },	      /* all around it */
		{ end - PAGE_SIZE, 2, -EPERM },		      /* memory, and what is behind */
		{ straddling - PAGE_SIZE, 2, -EPERM },
		{ HIGH_BASE - PAGE_SIZE, 2, -EPERM },
		{ HIGH_BASE - 100 * PAGE_SIZE, 400, -EPERM },
		{ MMIO_LIMIT, 1, -EPERM },		      /* nothing is there */
		{ MMIO_LIMIT - PAGE_SIZE, 2, -EPERM },
		{ (1ULL << 44) - PAGE_SIZE, 1, -EPERM },
		{ (1ULL << 44) - PAGE_SIZE, 2, -ERANGE },     /* no such address */
		{ 1ULL << 44, 1, -ERANGE },
		{ 1ULL << 48, 1, -ERANGE },
		{ ~0ULL & PAGE_MASK, 1, -ERANGE },
		{ ~0ULL & PAGE_MASK, 512, -ERANGE },
		{ PAGE + 8 * PAGE_SIZE, 0, -EINVAL },
	};
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		int ret = domain_map(1, IOVA, cases[i].phys, cases[i].nr, DOMAIN_RW);

		if (ret != cases[i].ret)
			world_bug("case %u: %#llx, %llu pages: %d", i, cases[i].phys, cases[i].nr,
				  ret);
		assert_nothing(m, A, IOVA, 2);
		assert_int_equal(__pkvm_iommu_iova_to_phys(1, IOVA), 0);
	}
	assert_used(&before);
	/* The last page of memory, and the first. */
	assert_int_equal(domain_map(1, IOVA, end - PAGE_SIZE, 1, DOMAIN_RW), 1);
	assert_arrives(m, A, IOVA, 1, end - PAGE_SIZE);
	assert_int_equal(domain_map(1, IOVA + PAGE_SIZE, LOW_BASE, 1, DOMAIN_RW), 1);
	assert_arrives(m, A, IOVA + PAGE_SIZE, 1, LOW_BASE);
	assert_int_equal(domain_map(1, IOVA + 2 * PAGE_SIZE, NOMAP_BASE - PAGE_SIZE, 1, DOMAIN_RW), 1);
}

static void arguments(void **state)
{
	u64 ranges[PKVM_IOMMU_RANGES_MAX + 1], did, end, bits = 0;
	struct model *m = attached(NULL, A, 29);
	u32 i;

	(void)state;
	assert_int_equal(domain_map(1, IOVA, PAGE, 1, DOMAIN_RW), 1);
	end = 1ULL << domain_alloc(2, 0);
	for (i = 0; i < ARRAY_SIZE(ranges); i++)
		ranges[i] = domain_range(PAGE, 1);

	/* Which domain, IOMMU and stream. */
	assert_int_equal(__pkvm_iommu_domain_alloc(1, 0, &bits), -EEXIST);
	assert_int_equal(__pkvm_iommu_domain_alloc(3, 1, &bits), -EINVAL);
	assert_int_equal(__pkvm_iommu_domain_alloc(3, ~0U, &bits), -EINVAL);
	assert_int_equal(__pkvm_iommu_domain_alloc(PKVM_IOMMU_MAX_DOMAINS, 0, &bits), -EINVAL);
	assert_int_equal(__pkvm_iommu_domain_alloc(PKVM_IOMMU_DOMAIN_IDENTITY, 0, &bits), -EINVAL);
	assert_true(domain_alloc(PKVM_IOMMU_MAX_DOMAINS - 1, 0) > 0);
	assert_int_equal(domain_free(PKVM_IOMMU_MAX_DOMAINS - 1), 1);
	for (i = 3; i < 5000; i += 1000) {
		assert_int_equal(domain_free(i), -ENOENT);
		assert_int_equal(domain_map(i, IOVA, PAGE, 1, DOMAIN_RW), -ENOENT);
		assert_int_equal(domain_unmap(i, IOVA, 1), -ENOENT);
		assert_int_equal(attach(i, B), -ENOENT);
		assert_int_equal(detach(i, A), -ENOENT);
	}
	assert_int_equal(domain_free(PKVM_IOMMU_MAX_DOMAINS), -ENOENT);
	assert_int_equal(domain_free(PKVM_IOMMU_DOMAIN_IDENTITY), -ENOENT);
	assert_int_equal(domain_map(PKVM_IOMMU_DOMAIN_IDENTITY, IOVA, PAGE, 1, DOMAIN_RW), -ENOENT);
	assert_int_equal(attach(~0U - 1, B), -ENOENT);
	assert_int_equal(__pkvm_iommu_attach(1, 1, B, 0), -EINVAL);
	assert_int_equal(__pkvm_iommu_detach(1, 1, A, 0), -EINVAL);
	assert_int_equal(__pkvm_iommu_attach(1, 0, B, 1), -EOPNOTSUPP);
	assert_int_equal(__pkvm_iommu_detach(1, 0, A, 1), -EOPNOTSUPP);
	assert_int_not_equal(attach(1, 1 << 16), 0);
	assert_int_not_equal(attach(1, ~0U), 0);
	assert_int_not_equal(attach(PKVM_IOMMU_DOMAIN_IDENTITY, 1 << 16), 0);
	assert_int_not_equal(detach(1, 1 << 16), 0);
	assert_int_equal(attach(1, A), -EBUSY);
	assert_int_equal(attach(2, A), -EBUSY);
	assert_int_equal(attach(PKVM_IOMMU_DOMAIN_IDENTITY, A), -EBUSY);
	assert_int_equal(detach(2, A), -ENOENT);
	assert_int_equal(detach(PKVM_IOMMU_DOMAIN_IDENTITY, A), -ENOENT);
	assert_int_equal(detach(1, B), -ENOENT);
	assert_int_equal(detach(PKVM_IOMMU_DOMAIN_IDENTITY, B), -ENOENT);

	/* Which addresses. */
	assert_int_equal(__pkvm_iommu_map(1, IOVA + 8, DOMAIN_RW, ranges, 1, &did), -EINVAL);
	assert_int_equal(__pkvm_iommu_map(1, SEAM, DOMAIN_RW, ranges, 0, &did), -EINVAL);
	assert_int_equal(did, 0);
	assert_int_equal(__pkvm_iommu_map(1, SEAM, DOMAIN_RW, ranges, PKVM_IOMMU_RANGES_MAX + 1, &did),
			 -EINVAL);
	assert_int_equal(__pkvm_iommu_map(1, SEAM, DOMAIN_RW, ranges, ~0U, &did), -EINVAL);
	assert_int_equal(__pkvm_iommu_unmap(1, ranges, PKVM_IOMMU_RANGES_MAX + 1, &did), -EINVAL);
	assert_int_equal(__pkvm_iommu_unmap(1, ranges, ~0U, &did), -EINVAL);
	assert_int_equal(__pkvm_iommu_unmap(1, ranges, 0, &did), 0);
	assert_int_equal(did, 0);
	assert_int_equal(domain_map(1, end, PAGE, 1, DOMAIN_RW), -ERANGE);
	assert_int_equal(domain_map(1, end - PAGE_SIZE, PAGE, 2, DOMAIN_RW), -ERANGE);
	assert_int_equal(domain_map(1, ~0ULL & PAGE_MASK, PAGE, 1, DOMAIN_RW), -ERANGE);
	assert_int_equal(domain_map(1, ~0ULL & PAGE_MASK, PAGE, 512, DOMAIN_RW), -ERANGE);
	assert_int_equal(domain_map(1, IOVA, PAGE, 1, DOMAIN_RW), -EEXIST);
	assert_int_equal(domain_map(1, IOVA - PAGE_SIZE, PAGE, 2, DOMAIN_RW), 1);
	assert_int_equal(domain_unmap(1, IOVA - PAGE_SIZE, 1), 1);
	/* Within one table, where the second half is taken. */
	assert_int_equal(domain_map(1, IOVA + 6 * PAGE_SIZE, PAGE, 2, DOMAIN_RW), 2);
	assert_int_equal(domain_map(1, IOVA + 4 * PAGE_SIZE, PAGE, 4, DOMAIN_RW), 2);
	assert_maps(PAGE, 1, 3);
	assert_maps(PAGE + PAGE_SIZE, 1, 2);
	assert_maps(PAGE + 2 * PAGE_SIZE, 2, 0);
	assert_int_equal(domain_unmap(1, IOVA + 4 * PAGE_SIZE, 9), 4);
	assert_int_equal(domain_unmap(1, end, 1), 0);
	assert_int_equal(domain_unmap(1, ~0ULL & PAGE_MASK, 512), 0);
	assert_int_equal(domain_unmap(1, IOVA, 0), 0);
	if (PAGE_SHIFT > 12) {
		assert_int_equal(domain_map(1, SEAM, PAGE + SZ_4K, 1, DOMAIN_RW), -EINVAL);
		assert_int_equal(domain_map(1, SEAM + SZ_4K, PAGE, 1, DOMAIN_RW), -EINVAL);
		assert_int_equal(domain_unmap(1, IOVA + SZ_4K, 1), -EINVAL);
	}
	assert_maps(PAGE, 1, 1);
	assert_arrives(m, A, IOVA, 1, PAGE);
	assert_int_equal(domain_map(1, end - PAGE_SIZE, PAGE, 1, DOMAIN_RW), 1);
	assert_arrives(m, A, end - PAGE_SIZE, 1, PAGE);
	assert_int_equal(domain_map(1, 0, PAGE, 1, DOMAIN_RW), 1);
	assert_arrives(m, A, 0, 1, PAGE);
	assert_maps(PAGE, 1, 3);
}

/* A list ends at the first that cannot be mapped, wherever that stands. */
static void lists(void **state)
{
	static const u64 bad[] = { POOL_BASE | 1, NOMAP_BASE | 1, PAGE | 0, (1ULL << 44) | 1, };
	u64 ranges[PKVM_IOMMU_RANGES_MAX], unmap[2], did, i, at, kind;
	const u32 nr = PKVM_IOMMU_RANGES_MAX;
	struct model *m = attached(NULL, A, 29);

	(void)state;
	for (kind = 0; kind < ARRAY_SIZE(bad); kind++) {
		for (at = 0; at < nr; at++) {
			for (i = 0; i < nr; i++)
				ranges[i] = domain_range(PAGE + 4 * i * PAGE_SIZE, 2);
			ranges[at] = bad[kind];
			assert_int_equal(!__pkvm_iommu_map(1, SEAM - 7 * PAGE_SIZE, DOMAIN_RW, ranges,
							   nr, &did), at > 0);
			assert_int_equal(did, 2 * at);
			for (i = 0; i < at; i++)
				assert_arrives(m, A, SEAM + 2 * i * PAGE_SIZE - 7 * PAGE_SIZE, 2,
					       PAGE + 4 * i * PAGE_SIZE);
			assert_nothing(m, A, SEAM + 2 * at * PAGE_SIZE - 7 * PAGE_SIZE, 2);
			for (i = 0; i < nr; i++)
				assert_maps(PAGE + 4 * i * PAGE_SIZE, 2, i < at);
			assert_int_equal(domain_unmap(1, SEAM - 7 * PAGE_SIZE, 2 * nr), 2 * at);
			assert_may_leave(PAGE, 4 * nr);
		}
	}

	/* One page twice, and all of it. */
	for (i = 0; i < nr; i++)
		ranges[i] = domain_range(PAGE, 1 + i % 2);
	assert_int_equal(__pkvm_iommu_map(1, IOVA, DOMAIN_RW, ranges, nr, &did), 0);
	assert_int_equal(did, nr + nr / 2);
	assert_maps(PAGE, 1, nr);
	assert_maps(PAGE + PAGE_SIZE, 1, nr / 2);
	assert_int_equal(world_give(PAGE, 1), -EBUSY);

	/* The same twice in one unmap: the second finds nothing, and ends it. */
	unmap[0] = unmap[1] = domain_range(IOVA, 3);
	assert_int_equal(__pkvm_iommu_unmap(1, unmap, 2, &did), 0);
	assert_int_equal(did, 3);
	assert_maps(PAGE, 1, nr - 2);
	/* A range, one that overlaps it, and one that would be next. */
	unmap[0] = domain_range(IOVA + 3 * PAGE_SIZE, 3);
	unmap[1] = domain_range(IOVA + 4 * PAGE_SIZE, 5);
	assert_int_equal(__pkvm_iommu_unmap(1, unmap, 2, &did), 0);
	assert_int_equal(did, 3);
	/* In any order; with a hole, behind which the second is left. */
	unmap[0] = domain_range(IOVA + 12 * PAGE_SIZE, 2);
	unmap[1] = domain_range(IOVA + 6 * PAGE_SIZE, 6);
	assert_int_equal(__pkvm_iommu_unmap(1, unmap, 2, &did), 0);
	assert_int_equal(did, 8);
	unmap[0] = domain_range(IOVA + 14 * PAGE_SIZE, 5);
	unmap[1] = domain_range(IOVA + 6 * PAGE_SIZE, 1);
	assert_int_equal(__pkvm_iommu_unmap(1, unmap, 2, &did), 0);
	assert_int_equal(did, 4);
	assert_nothing(m, A, IOVA, 20);
	assert_may_leave(PAGE, 2);

	/* One of a list that is not aligned: none of it. */
	assert_int_equal(domain_map(1, IOVA, PAGE, 1, DOMAIN_RW), 1);
	unmap[0] = domain_range(IOVA, 1);
	unmap[1] = domain_range(IOVA, 1) + SZ_4K;
	assert_int_equal(__pkvm_iommu_unmap(1, unmap, 2, &did), PAGE_SHIFT > 12 ? -EINVAL : 0);
	assert_arrives(m, A, IOVA, PAGE_SHIFT > 12 ? 1 : 0, PAGE);
}

/* One call does so much, and says how far it came. */
static void a_call_is_bounded(void **state)
{
	const u64 all = 3 * PKVM_IOMMU_PAGES_MAX - 5, max = PKVM_IOMMU_PAGES_MAX;
	struct model *m = attached(NULL, A, 29);
	u64 ranges[3], did, i;
	int n;

	(void)state;
	for (i = 0; i < all; i += n) {
		n = domain_map(1, IOVA + i * PAGE_SIZE, PAGE + i * PAGE_SIZE, all - i, DOMAIN_RW);
		assert_int_equal(n, min(all - i, max));
	}
	assert_arrives(m, A, IOVA, 1, PAGE);
	assert_arrives(m, A, IOVA + (all - 1) * PAGE_SIZE, 1, PAGE + (all - 1) * PAGE_SIZE);
	assert_nothing(m, A, IOVA + all * PAGE_SIZE, 1);
	assert_maps(PAGE, all, 1);
	for (i = 0; i < all; i += n) {
		assert_arrives(m, A, IOVA + i * PAGE_SIZE, 1, PAGE + i * PAGE_SIZE);
		n = domain_unmap(1, IOVA + i * PAGE_SIZE, PKVM_IOMMU_RANGE_PAGES);
		assert_int_equal(n, min(all - i, max));
		assert_nothing(m, A, IOVA + i * PAGE_SIZE, n);
	}
	assert_may_leave(PAGE, max);

	/* All ranges together. */
	for (i = 0; i < 3; i++)
		ranges[i] = domain_range(PAGE, max / 2);
	assert_int_equal(__pkvm_iommu_map(1, IOVA, DOMAIN_RW, ranges, 3, &did), 0);
	assert_int_equal(did, max);
	assert_nothing(m, A, IOVA + max * PAGE_SIZE, 1);
	assert_int_equal(__pkvm_iommu_map(1, IOVA + max * PAGE_SIZE, DOMAIN_RW, ranges, 1, &did), 0);
	for (i = 0; i < 3; i++)
		ranges[i] = domain_range(IOVA + i * max / 2 * PAGE_SIZE, max / 2);
	assert_int_equal(__pkvm_iommu_unmap(1, ranges, 3, &did), 0);
	assert_int_equal(did, max);
	assert_arrives(m, A, IOVA + max * PAGE_SIZE, 1, PAGE);
	assert_int_equal(domain_unmap(1, IOVA + max * PAGE_SIZE, max), max / 2);
	assert_may_leave(PAGE, max);
}

#define MOST (U16_MAX - 2)

static void counts_end(void **state)
{
	struct model *m = attached(NULL, A, 29);
	u64 ranges[PKVM_IOMMU_RANGES_MAX], did, i;
	struct used before;

	(void)state;
	/* The mirror has its tables for it. */
	assert_may_leave(PAGE, 1);
	before = used_now();
	for (i = 0; i < PKVM_IOMMU_RANGES_MAX; i++)
		ranges[i] = domain_range(PAGE, 1);
	for (i = 0; i + PKVM_IOMMU_RANGES_MAX <= MOST; i += did) {
		assert_int_equal(__pkvm_iommu_map(1, i * PAGE_SIZE, PKVM_IOMMU_READ, ranges,
						  PKVM_IOMMU_RANGES_MAX, &did), 0);
		assert_int_equal(did, PKVM_IOMMU_RANGES_MAX);
	}
	assert_int_equal(__pkvm_iommu_map(1, i * PAGE_SIZE, PKVM_IOMMU_READ, ranges,
					  PKVM_IOMMU_RANGES_MAX, &did), 0);
	assert_int_equal(did, MOST - i);
	assert_int_equal(domain_map(1, MOST * PAGE_SIZE, PAGE, 1, DOMAIN_RW), -EOVERFLOW);
	assert_int_equal(domain_map(1, MOST * PAGE_SIZE, PAGE - PAGE_SIZE, 3, DOMAIN_RW), 1);
	assert_int_equal(domain_unmap(1, MOST * PAGE_SIZE, 3), 1);
	assert_int_equal(*iommu_page_maps(PAGE), MOST);
	assert_int_equal(world_give(PAGE, 1), -EBUSY);
	assert_nothing(m, A, MOST * PAGE_SIZE, 1);
	assert_int_equal(domain_unmap(1, 0, 1), 1);
	assert_int_equal(domain_map(1, MOST * PAGE_SIZE, PAGE, 1, DOMAIN_RW), 1);
	assert_int_equal(domain_map(1, 0, PAGE, 1, DOMAIN_RW), -EOVERFLOW);

	/* The end of a domain as large as that comes in pieces, and leaves nothing. */
	assert_int_equal(domain_free(1), -EBUSY);
	assert_int_equal(detach(1, A), 0);
	assert_true(domain_free(1) > 60);
	assert_may_leave(PAGE, 1);
	assert_true(domain_alloc(1, 0) > 0);
	assert_used(&before);
}

static void mmio(void **state)
{
	struct model *m = attached(NULL, A, 29);
	u64 doorbell = 0x8000000, frame = model_knobs(m)->base;

	(void)state;
	assert_int_equal(domain_map(1, IOVA, doorbell, 2, PKVM_IOMMU_WRITE), 2);
	assert_true(arrives(m, A, IOVA, true, doorbell));
	assert_false(arrives(m, A, IOVA, false, doorbell));
	/* Whatever the host says of its attributes. */
	assert_int_equal(domain_map(1, IOVA + 2 * PAGE_SIZE, frame + SZ_128K, 1, DOMAIN_RW), 1);
	assert_int_equal(domain_map(1, IOVA + 3 * PAGE_SIZE, frame - PAGE_SIZE, 1, DOMAIN_RW), 1);
	assert_int_equal(model_look(m, A, IOVA + 2 * PAGE_SIZE).memattr, 1);
	assert_arrives(m, A, IOVA + 2 * PAGE_SIZE, 1, frame + SZ_128K);
	/* Beside memory, in one call: each counts as what it is. */
	assert_int_equal(domain_map(1, IOVA + 4 * PAGE_SIZE, LOW_BASE, 1, DOMAIN_RW), 1);
	assert_int_equal(domain_map(1, IOVA + 5 * PAGE_SIZE, LOW_BASE - PAGE_SIZE, 1, DOMAIN_RW), 1);
	assert_int_equal(domain_map(1, IOVA + 6 * PAGE_SIZE, LOW_BASE, 1, DOMAIN_RW), 1);
	assert_maps(LOW_BASE, 1, 2);
	assert_int_equal(domain_unmap(1, IOVA, 12), 7);
	assert_nothing(m, A, IOVA, 7);
	assert_may_leave(LOW_BASE, 1);

	assert_int_equal(domain_map(1, IOVA, doorbell, 2, DOMAIN_RW), 2);
	assert_int_equal(detach(1, A), 0);
	assert_int_equal(domain_free(1), 1);
}

/* An interrupt is a write to one frame of the ITS; those beside it are for CPUs alone. */
static void interrupt_controller(void **state)
{
	struct model *m = attached(NULL, A, 29);
	u64 start = 0, end = SZ_1G;
	u32 i;

	(void)state;
	const struct {
		u64 phys, nr;
	} refused[] = {
		{ ITS_BASE, 1 },
		{ ITS_TRANSLATER - PAGE_SIZE, 1 },
		{ ITS_TRANSLATER - PAGE_SIZE, 2 },
		{ ITS_BASE - PAGE_SIZE, 2 },
		{ ITS_BASE - PAGE_SIZE, SZ_64K / PAGE_SIZE + 2 },
		{ ALIGN_DOWN(ITS_BASE, PKVM_IOMMU_PAGES_MAX * PAGE_SIZE), PKVM_IOMMU_PAGES_MAX },
	};

	for (i = 0; i < ARRAY_SIZE(refused); i++) {
		if (domain_map(1, IOVA, refused[i].phys, refused[i].nr, DOMAIN_RW) != -EPERM)
			world_bug("%#llx, %llu pages, can be mapped", refused[i].phys, refused[i].nr);
		assert_nothing(m, A, IOVA, 2);
	}
	assert_int_equal(domain_map(1, IOVA, ITS_TRANSLATER, SZ_64K / PAGE_SIZE,
				    PKVM_IOMMU_WRITE), SZ_64K / PAGE_SIZE);
	assert_true(arrives(m, A, IOVA, true, ITS_TRANSLATER));
	assert_int_equal(domain_unmap(1, IOVA, SZ_64K / PAGE_SIZE), SZ_64K / PAGE_SIZE);
	assert_int_equal(domain_map(1, IOVA, ITS_BASE - PAGE_SIZE, 1, DOMAIN_RW), 1);

	/* The host needs them: what it may map is cut short by frames of EL2's only. */
	assert_int_equal(pkvm_iommu_clip_range(ITS_BASE, &start, &end), 0);
	assert_int_equal(start, 0);
	assert_int_equal(end, model_knobs(m)->base);
	assert_false(pkvm_iommu_host_abort(0, ITS_BASE));
	assert_int_equal(counter(PKVM_IOMMU_MMIO_READ), 0);
}

static void identity_domain(void **state)
{
	struct model *m = machine_paravirt(NULL);
	u32 id = PKVM_IOMMU_DOMAIN_IDENTITY;
	u64 commands;

	(void)state;
	/* No stream uses it: a page that leaves costs no command. */
	assert_int_equal(world_give(PAGE, 1), 0);
	assert_int_equal(model_counts(m)->doorbells, 1);
	assert_closed(m);

	/* The stream that machine.c looks at. */
	assert_int_equal(attach(id, A), 0);
	assert_mirror(m);
	assert_nothing(m, B, PAGE + PAGE_SIZE, 1);
	assert_int_equal(attach(id, C), 0);
	assert_arrives(m, C, PAGE + PAGE_SIZE, 1, PAGE + PAGE_SIZE);
	assert_true(reaches(m, PAGE + PAGE_SIZE));
	commands = counter(PKVM_IOMMU_CMD_SYNC);
	assert_int_equal(world_give(PAGE + PAGE_SIZE, 1), 0);
	assert_int_equal(counter(PKVM_IOMMU_CMD_SYNC), commands + 1);
	assert_nothing(m, A, PAGE, 2);
	assert_nothing(m, C, PAGE, 2);
	assert_mirror(m);
	assert_int_equal(world_take(PAGE, 2), 0);
	assert_mirror(m);

	/* Beside a domain, whose pages stay also here. */
	assert_true(domain_alloc(1, 0) > 0);
	assert_int_equal(attach(1, B), 0);
	assert_int_equal(domain_map(1, IOVA, PAGE, 1, DOMAIN_RW), 1);
	assert_arrives(m, B, IOVA, 1, PAGE);
	assert_int_equal(world_give(PAGE, 1), -EBUSY);
	assert_mirror(m);

	assert_int_equal(detach(id, B), -ENOENT);
	assert_int_equal(detach(1, A), -ENOENT);
	assert_int_equal(detach(id, A), 0);
	assert_nothing(m, A, PAGE, 1);
	assert_arrives(m, C, PAGE, 1, PAGE);
	commands = counter(PKVM_IOMMU_CMD_SYNC);
	assert_int_equal(world_give(PAGE + PAGE_SIZE, 1), 0);
	assert_int_equal(counter(PKVM_IOMMU_CMD_SYNC), commands + 1);
	assert_int_equal(detach(id, C), 0);
	commands = counter(PKVM_IOMMU_CMD_SYNC);
	assert_int_equal(world_give(PAGE + 2 * PAGE_SIZE, 1), 0);
	assert_int_equal(counter(PKVM_IOMMU_CMD_SYNC), commands);
	assert_int_equal(detach(id, C), -ENOENT);
	assert_nothing(m, C, PAGE, 1);
	assert_arrives(m, B, IOVA, 1, PAGE);
}

/* The end of a domain gives back all but the page that its place is in. */
static void the_end_of_a_domain(void **state)
{
	struct model *m = attached(NULL, A, 29);
	struct used before;
	u32 i, round;

	(void)state;
	assert_may_leave(PAGE, 8);
	before = used_now();
	for (round = 0; round < 3; round++) {
		assert_true(domain_alloc(2, 0) > 0);
		assert_int_equal(attach(2, B), 0);
		/* Several tables, and one that is empty again. */
		for (i = 0; i < 4; i++)
			assert_int_equal(domain_map(2, i * (SZ_1G / 8), PAGE + i * PAGE_SIZE, 1, DOMAIN_RW), 1);
		assert_int_equal(domain_unmap(2, 0, 1), 1);
		assert_int_equal(domain_free(2), -EBUSY);
		assert_arrives(m, B, SZ_1G / 8, 1, PAGE + PAGE_SIZE);
		assert_int_equal(detach(2, B), 0);
		assert_nothing(m, B, 0, 1);
		assert_true(domain_free(2) > 0);
		assert_int_equal(domain_free(2), -ENOENT);
		assert_int_equal(domain_map(2, IOVA, PAGE, 1, DOMAIN_RW), -ENOENT);
		assert_int_equal(attach(2, B), -ENOENT);
		assert_may_leave(PAGE, 8);
		assert_used(&before);
	}
}

/* A domain in the midst of its end is nobody's. */
static void in_pieces(void **state)
{
	const u64 pages = 4 * PKVM_IOMMU_PAGES_MAX;
	u64 i, bits, left = pages, now;
	int ret;

	(void)state;
	machine_paravirt(NULL);
	assert_true(domain_alloc(1, 0) > 0);
	for (i = 0; i < pages; i += PKVM_IOMMU_PAGES_MAX)
		assert_int_equal(domain_map(1, IOVA + i * PAGE_SIZE, PAGE, PKVM_IOMMU_PAGES_MAX,
					    DOMAIN_RW), PKVM_IOMMU_PAGES_MAX);
	for (ret = -EAGAIN; ret == -EAGAIN; left = now) {
		ret = __pkvm_iommu_domain_free(1);
		for (now = 0, i = 0; i < PKVM_IOMMU_PAGES_MAX; i++)
			now += domain_maps(PAGE + i * PAGE_SIZE);
		assert_true(now < left && left - now <= 1024);
		if (ret != -EAGAIN)
			break;
		assert_int_equal(domain_map(1, SEAM, PAGE, 1, DOMAIN_RW), -ENOENT);
		assert_int_equal(domain_unmap(1, IOVA, 1), -ENOENT);
		assert_int_equal(__pkvm_iommu_iova_to_phys(1, IOVA), 0);
		assert_int_equal(attach(1, A), -ENOENT);
		assert_int_equal(detach(1, A), -ENOENT);
		assert_int_equal(__pkvm_iommu_domain_alloc(1, 0, &bits), -EEXIST);
	}
	assert_int_equal(ret, 0);
	assert_may_leave(PAGE, PKVM_IOMMU_PAGES_MAX);
}

/* What the TLBs know a domain by is used again, and leads nowhere old. */
static void vmids_are_used_again(void **state)
{
	(void)state;
	assert_used_again(attached(NULL, A, 29), A, IOVA, PAGE);
}

/* As many as the hardware tells apart: of those with 8 bits, where one has no more. */
static void vmids_end(void **state)
{
	struct model_config a = machine_default(0), b = machine_default(1);
	struct used before;
	u32 i, mixed;

	(void)state;
	for (mixed = 0; mixed < 2; mixed++) {
		machine_new();
		pkvm_iommu_machine.mode = PKVM_IOMMU_PARAVIRT;
		world_reserve(POOL_BASE, 512 + (POOL_SIZE >> PAGE_SHIFT));
		b.idr0 &= ~(1U << 18);
		if (mixed)
			machine_add(&a, true);
		machine_add(&b, true);
		assert_int_equal(machine_boot(), 0);
		/* One is none, and one the mirror's. */
		for (i = 0; i < 254; i++)
			assert_true(domain_alloc(i, 0) > 0);
		before = used_now();
		assert_int_equal(domain_alloc(i, 0), -ENOSPC);
		if (i % (PAGE_SIZE / sizeof(struct iommu_domain)))
			assert_used(&before);
		assert_int_equal(domain_free(77), 1);
		assert_true(domain_alloc(300, 0) > 0);
		assert_int_equal(domain_alloc(77, 0), -ENOSPC);
	}
}

static struct model *of_two[2];

static void two(void (*change)(struct model_config *a, struct model_config *b))
{
	struct model_config a = machine_default(0), b = machine_default(1);

	machine_new();
	pkvm_iommu_machine.mode = PKVM_IOMMU_PARAVIRT;
	if (change)
		change(&a, &b);
	of_two[0] = machine_add(&a, a.idr0 & 1 << 4);
	of_two[1] = machine_add(&b, b.idr0 & 1 << 4);
	assert_int_equal(machine_boot(), 0);
}

static void b_does_not_snoop(struct model_config *a, struct model_config *b)
{
	(void)a;
	b->idr0 &= ~(1U << 4);
}

static void b_is_short(struct model_config *a, struct model_config *b)
{
	(void)a;
	b->idr5 = (b->idr5 & ~7U) | 0;
}

static void b_has_stage1(struct model_config *a, struct model_config *b)
{
	(void)a;
	b->idr0 &= ~1U;
}

/* Where each fault stalls it can isolate nothing. */
static void b_aborts(struct model_config *a, struct model_config *b)
{
	(void)a;
	b->idr0 |= 2U << 24;
}

static void unlike_smmus(void **state)
{
	u64 page = LOW_BASE + SZ_1G;
	static void (*const unlike[])(struct model_config *a, struct model_config *b) = {
		b_does_not_snoop, b_is_short, b_has_stage1, b_aborts,
	};
	struct used before;
	u32 i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(unlike); i++) {
		two(unlike[i]);
		assert_true(domain_alloc(1, 0) > 0);
		assert_int_equal(__pkvm_iommu_attach(1, 0, A, 0), 0);
		before = used_now();
		assert_int_equal(__pkvm_iommu_attach(1, 1, A, 0), -EINVAL);
		assert_used(&before);
		assert_int_equal(domain_map(1, IOVA, PAGE, 1, DOMAIN_RW), 1);
		assert_arrives(of_two[0], A, IOVA, 1, PAGE);
		assert_nothing(of_two[1], A, IOVA, 1);
		if (unlike[i] == b_aborts) {
			assert_int_equal(domain_alloc(2, 1), -EINVAL);
			assert_int_equal(__pkvm_iommu_attach(PKVM_IOMMU_DOMAIN_IDENTITY, 1, A, 0),
					 -EINVAL);
			continue;
		}
		assert_true(domain_alloc(2, 1) > 0);
		assert_int_equal(__pkvm_iommu_attach(2, 1, A, 0), 0);
		assert_int_equal(domain_map(2, IOVA, page, 1, DOMAIN_RW), 1);
		assert_arrives(of_two[1], A, IOVA, 1, page);
		if (unlike[i] == b_is_short)
			assert_int_equal(domain_map(2, SEAM, 1ULL << 32, 1, DOMAIN_RW), -ERANGE);
		assert_int_equal(domain_unmap(2, IOVA, 1), 1);
		assert_nothing(of_two[1], A, IOVA, 1);
		assert_may_leave(page, 1);
	}
}

static void several_streams_and_smmus(void **state)
{
	u64 syncs;
	u32 i;

	(void)state;
	two(NULL);
	assert_true(domain_alloc(1, 0) > 0);
	assert_int_equal(domain_map(1, IOVA, PAGE, 8, DOMAIN_RW), 8);
	/* On none of them: nothing to say. */
	syncs = counter(PKVM_IOMMU_CMD_SYNC);
	assert_int_equal(domain_unmap(1, IOVA + 7 * PAGE_SIZE, 1), 1);
	assert_int_equal(counter(PKVM_IOMMU_CMD_SYNC), syncs);
	for (i = 0; i < 2; i++) {
		assert_int_equal(__pkvm_iommu_attach(1, i, A, 0), 0);
		assert_int_equal(__pkvm_iommu_attach(1, i, C, 0), 0);
		assert_arrives(of_two[i], A, IOVA, 7, PAGE);
		assert_arrives(of_two[i], C, IOVA, 7, PAGE);
	}
	syncs = counter(PKVM_IOMMU_CMD_SYNC);
	assert_int_equal(domain_unmap(1, IOVA + 6 * PAGE_SIZE, 1), 1);
	assert_int_equal(counter(PKVM_IOMMU_CMD_SYNC), syncs + 2);
	for (i = 0; i < 2; i++) {
		assert_nothing(of_two[i], A, IOVA + 6 * PAGE_SIZE, 1);
		assert_nothing(of_two[i], C, IOVA + 6 * PAGE_SIZE, 1);
	}
	assert_may_leave(PAGE + 6 * PAGE_SIZE, 2);

	/* One leaves; the other has what it had, and forgets what it must. */
	assert_int_equal(__pkvm_iommu_detach(1, 0, A, 0), 0);
	assert_nothing(of_two[0], A, IOVA, 7);
	assert_arrives(of_two[0], C, IOVA, 6, PAGE);
	assert_arrives(of_two[1], A, IOVA, 6, PAGE);
	assert_int_equal(domain_unmap(1, IOVA + 5 * PAGE_SIZE, 1), 1);
	assert_nothing(of_two[0], C, IOVA + 5 * PAGE_SIZE, 1);
	assert_nothing(of_two[1], A, IOVA + 5 * PAGE_SIZE, 1);
	assert_may_leave(PAGE + 5 * PAGE_SIZE, 1);
	assert_int_equal(__pkvm_iommu_detach(1, 0, C, 0), 0);
	assert_arrives(of_two[1], A, IOVA, 5, PAGE);
	syncs = counter(PKVM_IOMMU_CMD_SYNC);
	assert_int_equal(domain_unmap(1, IOVA + 4 * PAGE_SIZE, 1), 1);
	assert_int_equal(counter(PKVM_IOMMU_CMD_SYNC), syncs + 1);
	assert_nothing(of_two[1], A, IOVA + 4 * PAGE_SIZE, 1);
	assert_nothing(of_two[0], A, IOVA, 5);
	assert_nothing(of_two[0], C, IOVA, 5);
	assert_may_leave(PAGE + 4 * PAGE_SIZE, 1);
	assert_int_equal(domain_free(1), -EBUSY);
	assert_int_equal(__pkvm_iommu_detach(1, 1, A, 0), 0);
	assert_int_equal(domain_free(1), -EBUSY);
	assert_int_equal(__pkvm_iommu_detach(1, 1, C, 0), 0);
	assert_true(domain_free(1) > 0);
	assert_may_leave(PAGE, 8);
}

static void dead(struct model *m, bool is)
{
	u32 us;

	model_knobs(m)->commands_per_us = is ? 0 : 3;
	for (us = 0; !is && us < 100; us++)
		model_tick();
}

/* It answers nothing any more: what is unmapped stays, until it does. */
static void dead_at_unmap(void **state)
{
	struct model *m = attached(NULL, A, 29);

	(void)state;
	assert_int_equal(domain_map(1, IOVA, PAGE, 4, DOMAIN_RW), 4);
	assert_arrives(m, A, IOVA, 4, PAGE);
	dead(m, true);
	assert_int_equal(domain_unmap(1, IOVA, 2), -ETIMEDOUT);
	assert_maps(PAGE, 4, 1);
	assert_int_equal(world_give(PAGE, 1), -EBUSY);
	assert_int_equal(__pkvm_iommu_iova_to_phys(1, IOVA), 0);
	assert_int_equal(domain_map(1, IOVA, PAGE, 1, DOMAIN_RW), -EEXIST);
	assert_int_equal(domain_unmap(1, IOVA, 2), 0);
	assert_int_equal(detach(1, A), -ETIMEDOUT);
	assert_int_equal(domain_free(1), -EBUSY);
	assert_int_equal(world_give(PAGE, 1), -EBUSY);
	dead(m, false);
	assert_arrives(m, A, IOVA + 2 * PAGE_SIZE, 2, PAGE + 2 * PAGE_SIZE);
	assert_int_equal(detach(1, A), 0);
	assert_int_equal(world_give(PAGE, 1), -EBUSY);
	assert_int_equal(domain_free(1), 1);
	assert_may_leave(PAGE, 4);
}

/* It refuses one of the commands, whichever. */
static void refused_at_unmap(void **state)
{
	struct model *m = attached(NULL, A, 29);
	u32 i;

	(void)state;
	for (i = 0; i < 2; i++) {
		assert_int_equal(domain_map(1, IOVA + i * PAGE_SIZE, PAGE + i * PAGE_SIZE, 1, DOMAIN_RW), 1);
		assert_arrives(m, A, IOVA + i * PAGE_SIZE, 1, PAGE + i * PAGE_SIZE);
		model_knobs(m)->refuse_in = 1 + i;
		assert_int_equal(domain_unmap(1, IOVA + i * PAGE_SIZE, 1), -EIO);
		assert_int_equal(world_give(PAGE + i * PAGE_SIZE, 1), -EBUSY);
	}
	assert_int_equal(detach(1, A), 0);
	assert_int_equal(domain_free(1), 1);
	assert_may_leave(PAGE, 2);
}

static void dead_at_attach_and_detach(void **state)
{
	struct model *m = attached(NULL, A, 29);
	u32 i;

	(void)state;
	assert_true(domain_alloc(2, 0) > 0);
	assert_int_equal(domain_map(2, IOVA, PAGE, 2, DOMAIN_RW), 2);
	dead(m, true);
	assert_int_equal(attach(2, B), -ETIMEDOUT);
	dead(m, false);
	assert_nothing(m, B, IOVA, 2);
	assert_int_equal(detach(2, B), -ENOENT);
	assert_int_equal(domain_unmap(2, IOVA, 1), 1);
	assert_int_equal(attach(2, B), 0);
	assert_arrives(m, B, IOVA + PAGE_SIZE, 1, PAGE + PAGE_SIZE);
	dead(m, true);
	assert_int_equal(detach(2, B), -ETIMEDOUT);
	assert_int_equal(domain_free(2), -EBUSY);
	dead(m, false);
	assert_arrives(m, B, IOVA + PAGE_SIZE, 1, PAGE + PAGE_SIZE);
	assert_int_equal(detach(2, B), 0);
	assert_int_equal(domain_free(2), 1);

	/* Each command of an attach and a detach refused: all goes on, and nothing is left. */
	for (i = 1; i < 12; i++) {
		int ret;

		assert_true(domain_alloc(3, 0) > 0);
		assert_int_equal(domain_map(3, IOVA, PAGE, 1, DOMAIN_RW), 1);
		model_knobs(m)->refuse_in = i;
		ret = attach(3, B);
		assert_true(!ret || ret == -EIO);
		assert_int_equal(arrives(m, B, IOVA, true, PAGE), !ret);
		while (!ret && detach(3, B) == -EIO)
			assert_arrives(m, B, IOVA, 1, PAGE);
		model_knobs(m)->refuse_in = 0;
		assert_nothing(m, B, IOVA, 1);
		assert_int_equal(domain_free(3), 1);
		assert_may_leave(PAGE, 2);
	}
}

/* The last stream left, and the SMMU did not say that it forgot: until it does, all stays. */
static void dead_behind_a_detach(void **state)
{
	struct model *m = attached(NULL, A, 29);
	u64 page = PAGE;
	u32 i, kept = 0;
	int ret;

	(void)state;
	for (i = 1; i < 6; i++, page += PAGE_SIZE) {
		assert_int_equal(domain_map(1, IOVA, page, 1, DOMAIN_RW), 1);
		assert_arrives(m, A, IOVA, 1, page);
		/* The configuration, a CMD_SYNC, then the VMID. */
		model_knobs(m)->refuse_in = i;
		if (detach(1, A)) {
			assert_arrives(m, A, IOVA, 1, page);
			assert_int_equal(detach(1, A), 0);
		}
		model_knobs(m)->refuse_in = 1;
		model_knobs(m)->keep_refused = true;
		ret = domain_free(1);
		if (ret < 0) {
			kept++;
			assert_true(ret == -EIO || ret == -ETIMEDOUT);
			assert_int_equal(domain_maps(page), 1);
			assert_int_equal(world_give(page, 1), -EBUSY);
			assert_int_equal(domain_map(1, SEAM, page, 1, DOMAIN_RW), -ENOENT);
			model_knobs(m)->refuse_in = 0;
			model_knobs(m)->keep_refused = false;
			assert_int_equal(domain_free(1), 1);
		}
		model_knobs(m)->refuse_in = 0;
		model_knobs(m)->keep_refused = false;
		assert_may_leave(page, 1);
		assert_true(domain_alloc(1, 0) > 0);
		assert_int_equal(attach(1, A), 0);
	}
	assert_true(kept > 0);
}

static int step_alloc(void)
{
	int ret = domain_alloc(1, 0);

	return min(ret, 0);
}

static int step_attach(void)
{
	return attach(1, A);
}

static int step_map(void)
{
	int ret = domain_map(1, SEAM - PAGE_SIZE, PAGE, 1, DOMAIN_RW);

	return min(ret, 0);
}

/* Beside it, where another table begins. */
static int step_map_beside(void)
{
	int ret = domain_map(1, SEAM, PAGE + PAGE_SIZE, 2, DOMAIN_RW);

	return min(ret, 0);
}

static int step_identity(void)
{
	return attach(PKVM_IOMMU_DOMAIN_IDENTITY, C);
}

/* Without a page left at any step: nothing has changed, and all goes on behind a top-up. */
static void pool_is_empty(void **state)
{
	static int (*const steps[])(void) = {
		step_alloc, step_attach, step_map, step_map_beside, step_identity,
	};
	u64 page = LOW_BASE + SZ_1G, i, n, failed = 0;
	struct used before;
	struct model *m;
	int ret;

	(void)state;
	for (n = 0; n < 7; n++) {
		m = machine_paravirt(NULL);
		while (pool_has(n + 1))
			pool_take(PKVM_IOMMU_MEM_QUEUES);
		for (i = 0; i < ARRAY_SIZE(steps); i++) {
			for (;;) {
				before = used_now();
				ret = steps[i]();
				if (ret != -ENOMEM)
					break;
				/* A page with places of domains, and tables that map nothing, stay. */
				if (steps[i] == step_attach || steps[i] == step_identity)
					assert_used(&before);
				if (steps[i] != step_identity)
					assert_maps(PAGE + PAGE_SIZE, 2, 0);
				failed++;
				assert_int_equal(__pkvm_iommu_topup(page >> PAGE_SHIFT, 4), 0);
				page += 4 * PAGE_SIZE;
			}
			assert_int_equal(ret, 0);
		}
		assert_arrives(m, A, SEAM - PAGE_SIZE, 3, PAGE);
		assert_int_equal(detach(1, A), 0);
		assert_in_range(domain_free(1), 1, PAGE_SHIFT == 16 ? 4 : 1);
		while (!pool_has(8)) {
			assert_int_equal(__pkvm_iommu_topup(page >> PAGE_SHIFT, 4), 0);
			page += 4 * PAGE_SIZE;
		}
		assert_may_leave(PAGE, 3);
		assert_int_equal(world_give(PAGE, 1), 0);
		assert_nothing(m, C, PAGE, 1);
		assert_arrives(m, C, PAGE + PAGE_SIZE, 1, PAGE + PAGE_SIZE);
	}
	assert_true(failed >= 4);
}

/* The end of a list meets an empty pool: what was mapped is said. */
static void pool_ends_within_a_map(void **state)
{
	struct model *m = attached(NULL, A, 29);
	u64 ranges[2], did, n;

	(void)state;
	assert_int_equal(domain_map(1, SEAM - PAGE_SIZE, PAGE, 1, DOMAIN_RW), 1);
	while (pool_has(1))
		pool_take(PKVM_IOMMU_MEM_QUEUES);
	ranges[0] = domain_range(PAGE + PAGE_SIZE, 2);
	ranges[1] = domain_range(PAGE + 3 * PAGE_SIZE, 4);
	assert_int_equal(__pkvm_iommu_map(1, SEAM - 4 * PAGE_SIZE, DOMAIN_RW, ranges, 2, &did), 0);
	assert_int_equal(did, 3);
	assert_int_equal(domain_unmap(1, SEAM - 4 * PAGE_SIZE, 4), 4);
	assert_int_equal(__pkvm_iommu_map(1, SEAM - 4 * PAGE_SIZE, DOMAIN_RW, ranges, 2, &did), 0);
	assert_int_equal(did, 4);
	assert_int_equal(domain_map(1, SEAM, PAGE, 1, DOMAIN_RW), -ENOMEM);
	assert_maps(PAGE, 1, 0);
	assert_maps(PAGE + 5 * PAGE_SIZE, 2, 0);
	for (n = 0; n < 4; n++)
		assert_arrives(m, A, SEAM - 4 * PAGE_SIZE + n * PAGE_SIZE, 1,
			       PAGE + (1 + n) * PAGE_SIZE);
}

static void power_is_lost(void **state)
{
	static const u32 losses[] = {
		MODEL_ALL, MODEL_ALL & ~MODEL_CACHES, MODEL_CR0, MODEL_CR0 | MODEL_STRTAB_BASE,
	};
	struct model *m = attached(NULL, A, 29);
	u32 i;

	(void)state;
	assert_int_equal(attach(PKVM_IOMMU_DOMAIN_IDENTITY, C), 0);
	assert_int_equal(domain_map(1, IOVA, PAGE, 2, DOMAIN_RW), 2);
	for (i = 0; i < ARRAY_SIZE(losses); i++) {
		assert_arrives(m, A, IOVA, 2, PAGE);
		model_lose(m, losses[i], i);
		pkvm_iommu_resume();
		assert_int_equal(counter(PKVM_IOMMU_POWER_LOSSES), i + 1);
		assert_arrives(m, A, IOVA, 2, PAGE);
		assert_arrives(m, C, PAGE, 1, PAGE);
		assert_nothing(m, B, IOVA, 1);
		assert_int_equal(domain_unmap(1, IOVA, 1), 1);
		assert_nothing(m, A, IOVA, 1);
		assert_may_leave(PAGE, 1);
		assert_int_equal(domain_map(1, IOVA, PAGE, 1, DOMAIN_RW), 1);
	}

	/* It does not come back, but is shut: no need to tell it of anything. */
	model_knobs(m)->commands_per_us = 0;
	model_lose(m, MODEL_ALL, i);
	pkvm_iommu_resume();
	assert_nothing(m, A, IOVA, 2);
	assert_int_equal(domain_unmap(1, IOVA, 1), 1);
	assert_may_leave(PAGE, 1);
	assert_int_equal(attach(1, B), 0);
	assert_int_equal(detach(1, A), 0);
	assert_nothing(m, B, IOVA, 2);
	/* Then it does, and treats each stream by what was said meanwhile. */
	model_knobs(m)->commands_per_us = 3;
	model_lose(m, MODEL_ALL, i);
	pkvm_iommu_resume();
	assert_nothing(m, A, IOVA, 2);
	assert_nothing(m, B, IOVA, 1);
	assert_arrives(m, B, IOVA + PAGE_SIZE, 1, PAGE + PAGE_SIZE);

	/* Of one that does not even shut nothing is known: pages stay, until it comes back. */
	model_knobs(m)->ack_us = MODEL_NEVER;
	model_knobs(m)->gbpa_us = MODEL_NEVER;
	model_lose(m, MODEL_CR0 | MODEL_EVTQ, i);
	pkvm_iommu_resume();
	assert_int_equal(domain_unmap(1, IOVA + PAGE_SIZE, 1), -EIO);
	assert_int_equal(world_give(PAGE + PAGE_SIZE, 1), -EBUSY);
	assert_int_equal(attach(1, A), -EIO);
	assert_int_equal(detach(1, B), -EIO);
	assert_int_equal(domain_free(1), -EBUSY);
	assert_true(domain_alloc(2, 0) > 0);
	assert_int_equal(attach(2, A), -EIO);
	assert_int_equal(domain_map(2, IOVA, PAGE, 1, DOMAIN_RW), 1);
	assert_int_equal(domain_free(2), -EIO);
	assert_int_equal(domain_maps(PAGE), 1);
	model_knobs(m)->ack_us = 3;
	model_knobs(m)->gbpa_us = 2;
	model_lose(m, MODEL_ALL, i);
	pkvm_iommu_resume();
	assert_int_equal(domain_free(2), 1);
	assert_int_equal(detach(1, B), 0);
	assert_int_equal(domain_free(1), 1);
	assert_may_leave(PAGE, 2);
	assert_arrives(m, C, PAGE, 1, PAGE);
}

static void no_snoop(struct model_config *config)
{
	config->idr0 &= ~(1U << 4);
}

static void linear(struct model_config *config)
{
	config->idr0 &= ~(1U << 27);
	config->idr1 = (config->idr1 & ~0x3fU) | 11;
}

static void no_range(struct model_config *config)
{
	config->idr3 &= ~(1U << 10);
}

static void no_bbm(struct model_config *config)
{
	config->idr3 &= ~(3U << 11);
}

static void short_addresses(struct model_config *config)
{
	config->idr5 &= ~7U;
}

static void long_addresses(struct model_config *config)
{
	config->idr5 |= 7U;
}

static void forgetful(struct model_config *config)
{
	config->ahead_in = 4;
	config->seed = 7;
	no_snoop(config);
	no_range(config);
}

static void short_queue(struct model_config *config)
{
	config->idr1 = 1 << 21 | 7 << 16 | 16;
	no_range(config);
}

static void many_shapes(void **state)
{
	static void (*const shapes[])(struct model_config *config) = {
		NULL, no_snoop, linear, no_range, no_bbm, short_addresses, long_addresses,
		forgetful, short_queue,
	};
	static const u64 lengths[] = { 1, 2, 33, 64, 65, PKVM_IOMMU_PAGES_MAX };
	u64 at, seam, page = LOW_BASE + SZ_1G;
	u32 i, n;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(shapes); i++) {
		struct model *m = attached(shapes[i], A, 29);

		seam = domain_alloc(2, 0) == 29 ? SEAM / 2 : SEAM;
		assert_int_equal(attach(PKVM_IOMMU_DOMAIN_IDENTITY, C), 0);
		for (n = 0; n < ARRAY_SIZE(lengths); n++) {
			at = seam - lengths[n] / 2 * PAGE_SIZE;
			assert_int_equal(domain_map(1, at, page, lengths[n], DOMAIN_RW), lengths[n]);
			assert_arrives(m, A, at, lengths[n], page);
			assert_arrives(m, C, page, 1, page);
			assert_nothing(m, A, at + lengths[n] * PAGE_SIZE, 1);
			assert_nothing(m, A, at - PAGE_SIZE, 1);
			assert_int_equal(domain_unmap(1, at, lengths[n]), lengths[n]);
			assert_nothing(m, A, at, lengths[n]);
			assert_may_leave(page, lengths[n]);
		}
		assert_int_equal(detach(1, A), 0);
		assert_in_range(domain_free(1), 1, PAGE_SHIFT == 16 ? 4 : 1);
	}
}

/* Of several devices, any may read a table while it grows. */
static struct model *watched;
static u32 seen;

static void device(void)
{
	u64 pa, i;

	for (i = 0; i < 4; i++) {
		if (model_access(watched, A, SEAM - 2 * PAGE_SIZE + i * PAGE_SIZE, true, &pa))
			continue;
		seen++;
		if (pa != PAGE + i * PAGE_SIZE || domain_maps(pa) != 1)
			world_bug("a device reaches %#llx, which is mapped %u times", pa,
				  domain_maps(pa));
	}
}

/* Stores become visible as late as they may: a device finds what it should, or nothing. */
static void a_table_grows(void **state)
{
	static void (*const shapes[])(struct model_config *config) = { NULL, linear };
	u32 i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(shapes); i++) {
		watched = machine_paravirt(shapes[i]);
		seen = 0;
		while (pool_has(12))
			pool_take(PKVM_IOMMU_MEM_QUEUES);
		world_weak(true);
		world_on_store(device);
		assert_true(domain_alloc(1, 0) > 0);
		assert_int_equal(domain_map(1, SEAM - 2 * PAGE_SIZE, PAGE, 2, DOMAIN_RW), 2);
		assert_int_equal(attach(1, A), 0);
		assert_true(seen > 0);
		assert_int_equal(domain_map(1, SEAM, PAGE + 2 * PAGE_SIZE, 2, DOMAIN_RW), 2);
		device();
		assert_int_equal(domain_unmap(1, SEAM - PAGE_SIZE, 2), 2);
		device();
		assert_int_equal(detach(1, A), 0);
		world_on_store(NULL);
		world_weak(false);
		assert_nothing(watched, A, SEAM - 2 * PAGE_SIZE, 4);
	}
}

/* At each point of a map, an unmap, an attach and a detach. */
static void devices_meanwhile(void **state)
{
	static void (*const shapes[])(struct model_config *config) = { NULL, forgetful, short_queue };
	u32 i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(shapes); i++) {
		watched = attached(shapes[i], A, 29);
		world_act(&(struct act){ .fn = device, .blocks = true });
		assert_int_equal(domain_map(1, SEAM - 2 * PAGE_SIZE, PAGE, 4, DOMAIN_RW), 4);
		assert_int_equal(domain_unmap(1, SEAM - PAGE_SIZE, 2), 2);
		assert_nothing(watched, A, SEAM - PAGE_SIZE, 2);
		assert_int_equal(world_give(PAGE + PAGE_SIZE, 2), 0);
		assert_int_equal(detach(1, A), 0);
		assert_nothing(watched, A, SEAM - 2 * PAGE_SIZE, 4);
		assert_int_equal(attach(1, A), 0);
		assert_int_equal(domain_unmap(1, SEAM - 2 * PAGE_SIZE, 4), 1);
		assert_int_equal(domain_unmap(1, SEAM + PAGE_SIZE, 1), 1);
		assert_int_equal(world_give(PAGE, 1), 0);
		world_act_end();
		assert_nothing(watched, A, SEAM - 2 * PAGE_SIZE, 4);
	}
}

static void many_streams(struct model_config *config)
{
	config->commands_per_us = MODEL_AT_ONCE;
	config->idr1 = (config->idr1 & ~0x3fU) | 17;
}

/* More streams than some number can count: the domain is used as long as one is left. */
static void more_streams_than_counted(void **state)
{
	struct model *m;
	u32 i, n = 0;
	int ret = 0;

	(void)state;
	machine_new();
	pkvm_iommu_machine.mode = PKVM_IOMMU_PARAVIRT;
	world_reserve(POOL_BASE, (POOL_SIZE >> PAGE_SHIFT) + 2100);
	{
		struct model_config config = machine_default(0);

		many_streams(&config);
		m = machine_add(&config, true);
	}
	assert_int_equal(machine_boot(), 0);
	assert_true(domain_alloc(1, 0) > 0);
	assert_int_equal(domain_map(1, IOVA, PAGE, 1, DOMAIN_RW), 1);
	for (i = 0; i < 1 << 17 && n < U16_MAX + 2 && !ret; i++) {
		ret = attach(1, i);
		n += !ret;
	}
	assert_true(!ret || ret == -EOVERFLOW);
	assert_arrives(m, 5, IOVA, 1, PAGE);
	assert_int_equal(detach(1, 3), 0);
	assert_arrives(m, 5, IOVA, 1, PAGE);
	assert_int_equal(domain_unmap(1, IOVA, 1), 1);
	assert_nothing(m, 5, IOVA, 1);
	assert_int_equal(world_give(PAGE, 1), 0);
}

static void modes_without_domains(void **state)
{
	u64 range = domain_range(PAGE, 1), did;
	u64 bits;
	u32 i;

	(void)state;
	for (i = 0; i < 2; i++) {
		if (i) {
			machine_one(NULL);
		} else {
			machine_new();
			pkvm_iommu_machine.mode = PKVM_IOMMU_NATIVE;
			assert_int_equal(machine_boot(), 0);
		}
		assert_int_equal(__pkvm_iommu_domain_alloc(1, 0, &bits), -ENODEV);
		assert_int_equal(attach(1, A), -ENODEV);
		assert_int_equal(attach(PKVM_IOMMU_DOMAIN_IDENTITY, A), -ENODEV);
		assert_int_equal(detach(PKVM_IOMMU_DOMAIN_IDENTITY, A), -ENODEV);
		assert_int_equal(__pkvm_iommu_domain_free(1), -ENOENT);
		assert_int_equal(__pkvm_iommu_map(1, IOVA, DOMAIN_RW, &range, 1, &did), -ENOENT);
		assert_int_equal(__pkvm_iommu_unmap(1, &range, 1, &did), -ENOENT);
		assert_int_equal(__pkvm_iommu_iova_to_phys(1, IOVA), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_before_it_is_attached),
		cmocka_unit_test(rights_and_attributes),
		cmocka_unit_test(unmap_forgets),
		cmocka_unit_test(a_mapped_page_stays),
		cmocka_unit_test(not_the_hosts),
		cmocka_unit_test(arguments),
		cmocka_unit_test(lists),
		cmocka_unit_test(a_call_is_bounded),
		cmocka_unit_test(counts_end),
		cmocka_unit_test(mmio),
		cmocka_unit_test(interrupt_controller),
		cmocka_unit_test(identity_domain),
		cmocka_unit_test(the_end_of_a_domain),
		cmocka_unit_test(in_pieces),
		cmocka_unit_test(vmids_are_used_again),
		cmocka_unit_test(vmids_end),
		cmocka_unit_test(unlike_smmus),
		cmocka_unit_test(several_streams_and_smmus),
		cmocka_unit_test(dead_at_unmap),
		cmocka_unit_test(refused_at_unmap),
		cmocka_unit_test(dead_at_attach_and_detach),
		cmocka_unit_test(dead_behind_a_detach),
		cmocka_unit_test(pool_is_empty),
		cmocka_unit_test(pool_ends_within_a_map),
		cmocka_unit_test(power_is_lost),
		cmocka_unit_test(many_shapes),
		cmocka_unit_test(a_table_grows),
		cmocka_unit_test(devices_meanwhile),
		cmocka_unit_test(more_streams_than_counted),
		cmocka_unit_test(modes_without_domains),
	};

	return cmocka_run_group_tests_name("domain", tests, NULL, NULL);
}
