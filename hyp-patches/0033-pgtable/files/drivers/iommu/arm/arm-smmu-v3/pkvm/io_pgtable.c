// SPDX-License-Identifier: GPL-2.0-only
/*
 * The stage 2 of a domain. Several CPUs change it at once, on behalf of a host that may do
 * anything: what one finds in an entry it replaces by cmpxchg, and only that.
 */

#include "io_pgtable.h"

/* Of an entry that leads to MMIO, which has no count. Software's (Arm DDI 0487, D8.3). */
#define PTE_MMIO_BIT		BIT(55)

/* An entry that is pending: not valid, with the address still in it. */
#define PTE_PENDING_BIT		BIT(1)

#define MEMATTR_NORMAL_NC	0x5
#define S2AP_READ		BIT(0)
#define S2AP_WRITE		BIT(1)

/* The kernel's stage 2 for one domain has three levels at the most. */
#define MAX_LEVELS		3

static u64 leaf_attr(u32 prot, bool mmio)
{
	u64 attr = PTE_VALID_BIT | PTE_AF_BIT;

	attr |= FIELD_PREP(PTE_S2AP, (prot & PKVM_IOMMU_READ ? S2AP_READ : 0) |
				     (prot & PKVM_IOMMU_WRITE ? S2AP_WRITE : 0));
	if (mmio)
		return attr | FIELD_PREP(PTE_MEMATTR, MEMATTR_DEVICE_nGnRE) |
		       FIELD_PREP(PTE_SH, ARM_SMMU_SH_OSH) | PTE_MMIO_BIT;
	if (prot & PKVM_IOMMU_CACHE)
		return attr | FIELD_PREP(PTE_MEMATTR, MEMATTR_NORMAL_WB) |
		       FIELD_PREP(PTE_SH, ARM_SMMU_SH_ISH);

	return attr | FIELD_PREP(PTE_MEMATTR, MEMATTR_NORMAL_NC) |
	       FIELD_PREP(PTE_SH, ARM_SMMU_SH_OSH);
}

static u64 pte_pending(u64 pte)
{
	return (pte & (PTE_ADDR | PTE_MMIO_BIT)) | PTE_PENDING_BIT;
}

/* Entries were written. */
static void publish(const struct smmu_pgtable *t, u64 *ptep, u64 nr)
{
	if (!t->coherent)
		iommu_clean(ptep, nr * sizeof(*ptep));
}

/**
 * smmu_pgtable_shape() - what tables for an SMMU look like
 * @t: filled, but for memory
 * @smmu: that walks them
 *
 * Addresses of devices get as many bits as one page of a first level translates.
 */
void smmu_pgtable_shape(struct smmu_pgtable *t, const struct smmu *smmu)
{
	u32 ia_bits = min_t(u32, smmu->oas_bits, PAGE_SHIFT + MAX_LEVELS * LEVEL_BITS);

	*t = (struct smmu_pgtable) {
		.coherent = smmu->coherent,
		.oas_bits = min(smmu->oas_bits, SMMU_TABLE_BITS),
	};
	do
		smmu_s2_geometry(&t->shape, ia_bits--, FIELD_GET(IDR5_OAS, smmu->desc->id[3]));
	while (t->shape.pgd_size > PAGE_SIZE);
}

/**
 * smmu_pgtable_init() - tables that map nothing
 * @t: filled
 * @smmu: that walks them, as do those that are alike
 *
 * Return: 0; -ENOMEM when the host has to top up.
 */
int smmu_pgtable_init(struct smmu_pgtable *t, const struct smmu *smmu)
{
	struct iommu_reserve reserve;
	int ret;

	smmu_pgtable_shape(t, smmu);
	ret = iommu_pool_reserve(&reserve, 1);
	if (ret)
		return ret;
	t->pgd = iommu_pool_take(&reserve, PKVM_IOMMU_MEM_PAGE_TABLES);
	publish(t, t->pgd, TABLE_ENTRIES);

	return 0;
}

/* Puts a new table where @ptep has none. Return: the entry that is there now; 0: no memory. */
static u64 grow(const struct smmu_pgtable *t, u64 *ptep)
{
	struct iommu_reserve reserve;
	u64 *below, pte, old;

	if (iommu_pool_reserve(&reserve, 1))
		return 0;

	below = iommu_pool_take(&reserve, PKVM_IOMMU_MEM_PAGE_TABLES);
	pte = hyp_virt_to_phys(below) | PTE_VALID_BIT | PTE_TABLE_BIT;
	publish(t, below, TABLE_ENTRIES);
	/* It orders what is below before what leads to it. */
	old = cmpxchg(ptep, 0, pte);
	if (old) {
		iommu_pool_return(below, PKVM_IOMMU_MEM_PAGE_TABLES);
		return old;
	}
	publish(t, ptep, 1);

	return pte;
}

/* The entry of the last level for @iova; NULL where there is no table, or for @more none. */
static u64 *walk(const struct smmu_pgtable *t, u64 iova, bool more)
{
	u32 shift = LEVEL_SHIFT(t->shape.start_level);
	u64 *table = t->pgd, *ptep, pte;

	for (;; shift -= LEVEL_BITS) {
		ptep = table + (iova >> shift & (TABLE_ENTRIES - 1));
		if (shift == PAGE_SHIFT)
			return ptep;

		/* Another CPU may just have made the table. */
		pte = smp_load_acquire(ptep);
		if (!pte && more)
			pte = grow(t, ptep);
		if (!pte)
			return NULL;
		table = pte_child(pte);
	}
}

/* How many of the pages from @iova on lie in one table of the last level. */
static u64 run(u64 iova, u64 nr_pages)
{
	return min(nr_pages, TABLE_ENTRIES - ((iova >> PAGE_SHIFT) & (TABLE_ENTRIES - 1)));
}

/* Whether pages from @addr on end within so many bits of address. */
static bool within(u64 addr, u64 nr_pages, u32 bits)
{
	return addr < BIT_ULL(bits) && nr_pages <= (BIT_ULL(bits) - addr) >> PAGE_SHIFT;
}

/**
 * smmu_pgtable_map() - map pages where nothing is mapped
 * @iova: page aligned
 * @phys: page aligned
 * @nr_pages: not 0, and bounded by the caller
 * @prot: PKVM_IOMMU_PROT
 * @did: how many of them, from the first, are mapped
 *
 * Return: 0, or why there are not more: -EINVAL, -ERANGE, -EPERM, -EOVERFLOW, -EEXIST, -ENOMEM.
 */
int smmu_pgtable_map(const struct smmu_pgtable *t, u64 iova, phys_addr_t phys, u64 nr_pages,
		     u32 prot, u64 *did)
{
	enum iommu_kind kind;
	u64 attr, nr, i, pte, *ptep;
	int got;

	*did = 0;
	if (!(prot & (PKVM_IOMMU_READ | PKVM_IOMMU_WRITE)))
		return -EINVAL;
	if (!within(iova, nr_pages, t->shape.ia_bits) || !within(phys, nr_pages, t->oas_bits))
		return -ERANGE;

	kind = iommu_pages_kind(phys, nr_pages);
	if (kind == IOMMU_NEITHER)
		return -EPERM;

	attr = leaf_attr(prot, kind == IOMMU_MMIO);
	for (; nr_pages; nr_pages -= nr) {
		ptep = walk(t, iova, true);
		if (!ptep)
			return -ENOMEM;

		nr = run(iova, nr_pages);
		got = kind == IOMMU_MEMORY ? iommu_pages_get(phys, nr) : nr;
		if (got < 0)
			return got;

		nr = got;
		pte = pte_leaf(phys, attr, LAST_LEVEL);
		for (i = 0; i < nr && !cmpxchg(&ptep[i], 0, pte); i++)
			pte += PAGE_SIZE;
		publish(t, ptep, i);
		*did += i;
		if (i < nr) {
			if (kind == IOMMU_MEMORY)
				iommu_pages_put(phys + (i << PAGE_SHIFT), nr - i);
			return -EEXIST;
		}
		iova += nr << PAGE_SHIFT;
		phys += nr << PAGE_SHIFT;
	}
	/* The host may tell a device of it at once. */
	dma_wmb();

	return 0;
}

/**
 * smmu_pgtable_take_out() - make entries pending, up to the first that maps nothing
 * @iova: page aligned, from the host
 * @nr_pages: bounded by the caller
 *
 * Return: how many; the caller has SMMUs forget them, and then lets go of the pages.
 */
u64 smmu_pgtable_take_out(const struct smmu_pgtable *t, u64 iova, u64 nr_pages)
{
	u64 done, nr, i, pte, *ptep;

	if (!within(iova, nr_pages, t->shape.ia_bits))
		return 0;

	for (done = 0; done < nr_pages; done += nr, iova += nr << PAGE_SHIFT) {
		nr = run(iova, nr_pages - done);
		ptep = walk(t, iova, false);
		if (!ptep)
			break;

		for (i = 0; i < nr; i++) {
			pte = READ_ONCE(ptep[i]);
			if (!pte_is_valid(pte) || cmpxchg(&ptep[i], pte, pte_pending(pte)) != pte)
				break;
		}
		publish(t, ptep, i);
		if (i < nr)
			return done + i;
	}

	return done;
}

/* Empties entries, at least one, that no SMMU has any more: their pages may leave the host. */
static void put_entries(u64 *ptep, u64 nr)
{
	u64 first = READ_ONCE(*ptep), pte = first, i, n = 0;

	for (i = 0; i < nr; i++) {
		pte = READ_ONCE(ptep[i]);
		WRITE_ONCE(ptep[i], 0);
		/* Pages that lie one behind the other are counted together. */
		if (pte == first + (n << PAGE_SHIFT)) {
			n++;
			continue;
		}
		if (!(first & PTE_MMIO_BIT))
			iommu_pages_put(first & PTE_ADDR, n);
		first = pte;
		n = 1;
	}
	if (!(first & PTE_MMIO_BIT))
		iommu_pages_put(first & PTE_ADDR, n);
}

/**
 * smmu_pgtable_let_go() - no SMMU has cached what this CPU took out
 * @iova: as for smmu_pgtable_take_out()
 * @nr_pages: that it returned
 *
 * The entries are empty then, and their pages may leave the host.
 */
void smmu_pgtable_let_go(const struct smmu_pgtable *t, u64 iova, u64 nr_pages)
{
	u64 nr;

	for (; nr_pages; nr_pages -= nr, iova += nr << PAGE_SHIFT) {
		nr = run(iova, nr_pages);
		put_entries(walk(t, iova, false), nr);
	}
}

/** smmu_pgtable_lookup() - what an address of the host's choice leads to, or 0 */
u64 smmu_pgtable_lookup(const struct smmu_pgtable *t, u64 iova)
{
	u64 pte, *ptep;

	if (!within(iova, 0, t->shape.ia_bits))
		return 0;

	ptep = walk(t, iova, false);
	pte = ptep ? READ_ONCE(*ptep) : 0;

	return pte_is_valid(pte) ? (pte & PTE_ADDR) | (iova & ~PAGE_MASK) : 0;
}

/* A table that is searched, cleared and given back counts like so many entries. */
#define TABLE_COST	(TABLE_ENTRIES / 8)

static bool destroy(u64 *table, int level, u32 *budget)
{
	u32 i, cost;
	u64 pte;

	for (i = 0; i < TABLE_ENTRIES; i++) {
		pte = table[i];
		if (!pte)
			continue;
		if (!*budget)
			return false;

		cost = 1;
		if (level == LAST_LEVEL) {
			put_entries(&table[i], 1);
		} else {
			if (!destroy(pte_child(pte), level + 1, budget))
				return false;
			iommu_pool_return(pte_child(pte), PKVM_IOMMU_MEM_PAGE_TABLES);
			table[i] = 0;
			cost = TABLE_COST;
		}
		*budget -= min(*budget, cost);
	}

	return true;
}

/**
 * smmu_pgtable_destroy() - let go of everything
 * @budget: entries that it may let go of; lowered by those that it did
 *
 * No stream uses the tables, and no CPU.
 *
 * Return: whether it is done; else there is more, for which it is called again.
 */
bool smmu_pgtable_destroy(struct smmu_pgtable *t, u32 *budget)
{
	if (!t->pgd)
		return true;
	if (!destroy(t->pgd, t->shape.start_level, budget))
		return false;
	iommu_pool_return(t->pgd, PKVM_IOMMU_MEM_PAGE_TABLES);
	t->pgd = NULL;

	return true;
}
