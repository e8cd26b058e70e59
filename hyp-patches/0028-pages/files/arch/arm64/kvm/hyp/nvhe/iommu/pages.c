// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pages of memory that domains of the host map. Each mapping counts, and a page that is
 * mapped does not change owner: it may leave the host once the count is back at 0, which it
 * gets to only after the mapping is gone from tables and caches.
 *
 * The count has no lock. A page that leaves is closed first, from 0 only; a mapping counts
 * only on a page that is not closed. Whoever comes second is turned away.
 */

#include <nvhe/iommu_core.h>

/* Not the host's now: no mapping may begin. */
#define PAGE_CLOSED	U16_MAX

/* Firmware's for ever: the host may map it, no device may. */
#define PAGE_NEVER	(U16_MAX - 1)

/* Mappings of one page; one more is refused. */
#define PAGE_MAX_MAPS	(U16_MAX - 2)

/* From one value to another; or what is there instead. */
static u16 change(u16 *count, u16 from, u16 to)
{
	return cmpxchg(count, from, to);
}

/**
 * iommu_pages_init() - find out which pages the host may map
 *
 * While the machine boots.
 */
void iommu_pages_init(void)
{
	u64 phys, end;
	u32 i;

	for (i = 0; i < hyp_memblock_nr; i++) {
		bool never = hyp_memory[i].flags & MEMBLOCK_NOMAP;

		end = ALIGN_DOWN(hyp_memory[i].base + hyp_memory[i].size, PAGE_SIZE);
		for (phys = ALIGN(hyp_memory[i].base, PAGE_SIZE); phys < end; phys += PAGE_SIZE)
			*iommu_page_maps(phys) = never ? PAGE_NEVER :
						 iommu_host_has_page(phys) ? 0 : PAGE_CLOSED;
	}
}

/**
 * iommu_pages_kind() - what lies at physical addresses
 * @phys: page aligned, from the host
 * @nr_pages: not 0; the caller has seen to it that the end does not wrap
 *
 * Return: IOMMU_MEMORY where all of it is memory; IOMMU_MMIO where none is, none of it is a
 * frame that EL2 keeps, and something may be there; else IOMMU_NEITHER.
 */
enum iommu_kind iommu_pages_kind(phys_addr_t phys, u64 nr_pages)
{
	/* Where the last look ended: most of them are about the same region. */
	static u32 hint;
	u64 end = phys + (nr_pages << PAGE_SHIFT), start = 0, gap_end = pkvm_iommu_machine.limit;
	u32 left = READ_ONCE(hint), right = hyp_memblock_nr;

	if (hyp_memory[left].base <= phys && end <= hyp_memory[left].base + hyp_memory[left].size)
		return IOMMU_MEMORY;

	/* The first region that ends behind @phys. */
	left = 0;
	while (left < right) {
		u32 i = left + (right - left) / 2;

		if (hyp_memory[i].base + hyp_memory[i].size <= phys)
			left = i + 1;
		else
			right = i;
	}

	if (left < hyp_memblock_nr && hyp_memory[left].base < end) {
		bool whole = hyp_memory[left].base <= phys &&
			     end <= hyp_memory[left].base + hyp_memory[left].size;

		if (whole)
			WRITE_ONCE(hint, left);

		return whole ? IOMMU_MEMORY : IOMMU_NEITHER;
	}

	if (!iommu_frame_gap(phys, &start, &gap_end) || end > gap_end)
		return IOMMU_NEITHER;

	return IOMMU_MMIO;
}

static int page_get(u16 *maps)
{
	u16 old = READ_ONCE(*maps), seen;

	for (;; old = seen) {
		if (old > PAGE_MAX_MAPS)
			return -EPERM;
		if (old == PAGE_MAX_MAPS)
			return -EOVERFLOW;
		seen = change(maps, old, old + 1);
		if (seen == old)
			return 0;
	}
}

/**
 * iommu_pages_get() - begin a mapping of each of some pages
 * @phys: of IOMMU_MEMORY
 * @nr_pages: bounded by the caller
 *
 * Return: how many of them, from the first, may be mapped; where that is none, -EPERM for a
 * page that is not the host's, or -EOVERFLOW for one that is mapped too often.
 */
int iommu_pages_get(phys_addr_t phys, u32 nr_pages)
{
	u16 *maps = iommu_page_maps(phys);
	int ret = 0;
	u32 i;

	for (i = 0; i < nr_pages && !ret; i++, maps += IOMMU_MAPS_STRIDE)
		ret = page_get(maps);

	return ret ? i - 1 ?: ret : i;
}

/** iommu_pages_put() - mappings of pages ended: no device reaches any of them by those */
void iommu_pages_put(phys_addr_t phys, u32 nr_pages)
{
	u16 *maps = iommu_page_maps(phys), old, seen;
	u32 i;

	for (i = 0; i < nr_pages; i++, maps += IOMMU_MAPS_STRIDE) {
		for (old = READ_ONCE(*maps); (seen = change(maps, old, old - 1)) != old; old = seen)
			;
	}
}

/**
 * iommu_pages_close() - pages leave the host
 * @phys: of memory
 * @nr_pages: bounded by the caller
 *
 * Under host_mmu.lock.
 *
 * Return: 0; -EBUSY when one of them is mapped, and then nothing has changed.
 */
int iommu_pages_close(phys_addr_t phys, u64 nr_pages)
{
	u64 i;

	iommu_assert_host_lock();
	for (i = 0; i < nr_pages; i++) {
		u16 old = change(iommu_page_maps(phys + (i << PAGE_SHIFT)), 0, PAGE_CLOSED);

		if (old && old < PAGE_NEVER) {
			iommu_pages_open(phys, i);
			return -EBUSY;
		}
	}

	return 0;
}

/** iommu_pages_open() - pages came back to the host. Under host_mmu.lock. */
void iommu_pages_open(phys_addr_t phys, u64 nr_pages)
{
	u64 i;

	iommu_assert_host_lock();
	for (i = 0; i < nr_pages; i++)
		change(iommu_page_maps(phys + (i << PAGE_SHIFT)), PAGE_CLOSED, 0);
}
