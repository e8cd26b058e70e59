// SPDX-License-Identifier: GPL-2.0-only
/*
 * The register frames that EL2 keeps to itself. The host's stage 2 maps MMIO
 * lazily and in large blocks: here it learns where a block would cover a frame.
 */

#include <nvhe/iommu_core.h>

/**
 * iommu_frame_gap() - the MMIO around an address that is in no frame
 * @addr: any
 * @start: raised to the end of the frame below @addr
 * @end: lowered to the start of the frame above @addr; where @addr is in a frame,
 *       to the end of that
 *
 * Return: false when @addr is in a frame.
 */
bool iommu_frame_gap(u64 addr, u64 *start, u64 *end)
{
	u32 i;

	for (i = 0; i < pkvm_iommu_machine.nr_frames; i++) {
		const struct pkvm_iommu_frame *frame = &pkvm_iommu_machine.frames[i];

		if (addr >= frame->start && addr < frame->end) {
			*end = min(*end, frame->end);
			return false;
		}
		if (frame->end <= addr)
			*start = max(*start, frame->end);
		else
			*end = min(*end, frame->start);
	}

	return true;
}

/**
 * pkvm_iommu_clip_range() - what the host may map around a faulting address
 * @addr: where the host faulted
 * @start: of the range around @addr that is all memory or all MMIO
 * @end: of the same range
 *
 * Return: -EPERM when @addr is in a frame; else the range holds none.
 */
int pkvm_iommu_clip_range(u64 addr, u64 *start, u64 *end)
{
	if (!pkvm_iommu_owned() || addr_is_memory(addr))
		return 0;

	return iommu_frame_gap(addr, start, end) ? 0 : -EPERM;
}

/**
 * pkvm_iommu_host_abort() - the host touched an address it has no mapping for
 * @esr: the syndrome
 * @addr: the page
 *
 * Return: whether the access was carried out here. No mode does so yet: the
 * host's access ends in pkvm_iommu_clip_range() and with an abort.
 */
bool pkvm_iommu_host_abort(u64 esr, u64 addr)
{
	u64 start = 0, end = ULONG_MAX;

	if (!pkvm_iommu_owned() || iommu_frame_gap(addr, &start, &end))
		return false;

	pkvm_iommu_count(esr & ESR_ELx_WNR ? PKVM_IOMMU_MMIO_WRITE : PKVM_IOMMU_MMIO_READ);

	return false;
}
