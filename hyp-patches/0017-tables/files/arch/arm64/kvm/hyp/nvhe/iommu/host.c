// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a mirror of the host's stage 2 starts from. The host's own tables are
 * filled lazily on faults; a device cannot wait for one, so a mirror holds all
 * that the host may access from the first moment on.
 */

#include <nvhe/iommu_core.h>

/* The runs of pages in one region of memory that the host may access. */
static int walk_memory(u64 start, u64 end, iommu_host_fn fn, void *arg)
{
	u64 from, to;
	int ret;

	for (from = start; from < end; from = to) {
		bool has = iommu_host_has_page(from);

		to = from + PAGE_SIZE;
		while (to < end && iommu_host_has_page(to) == has)
			to += PAGE_SIZE;

		ret = has ? fn(arg, from, to, false) : 0;
		if (ret)
			return ret;
	}

	return 0;
}

/* The MMIO between two regions of memory, without the frames. */
static int walk_mmio(u64 start, u64 end, iommu_host_fn fn, void *arg)
{
	u64 from = start;
	int ret;

	while (from < end) {
		u64 lo = start, hi = end;

		if (iommu_frame_gap(from, &lo, &hi)) {
			ret = fn(arg, from, hi, true);
			if (ret)
				return ret;
		}
		from = hi;
	}

	return 0;
}

/**
 * iommu_host_walk() - all that the host may access below a limit
 * @limit: page aligned; nothing from here on is reported
 * @fn: called with ranges in ascending order, each all memory or all MMIO
 * @arg: for @fn
 *
 * While the machine boots, or under host_mmu.lock.
 *
 * Return: 0, or the first error of @fn, which ends the walk.
 */
int iommu_host_walk(u64 limit, iommu_host_fn fn, void *arg)
{
	u64 at = 0;
	int ret;
	u32 i;

	for (i = 0; i < hyp_memblock_nr && at < limit; i++) {
		u64 base = hyp_memory[i].base, top = base + hyp_memory[i].size;
		u64 start = ALIGN(base, PAGE_SIZE), end = ALIGN_DOWN(top, PAGE_SIZE);

		/* A page that is partly memory is neither. */
		ret = walk_mmio(at, min(ALIGN_DOWN(base, PAGE_SIZE), limit), fn, arg);
		if (ret)
			return ret;

		/* The host may map NOMAP memory; firmware's secrets are no device's. */
		if (!(hyp_memory[i].flags & MEMBLOCK_NOMAP)) {
			ret = walk_memory(min(start, limit), min(end, limit), fn, arg);
			if (ret)
				return ret;
		}
		at = ALIGN(top, PAGE_SIZE);
	}

	return walk_mmio(at, limit, fn, arg);
}
