/* SPDX-License-Identifier: GPL-2.0-only */
/* What the isolation tests ask of their kernel module, through /dev/isolation. */

#ifndef ISOLATION_HVC_ABI_H
#define ISOLATION_HVC_ABI_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define ISOLATION_DEVICE	"/dev/isolation"
#define ISOLATION_HVC_REGS	18

/**
 * struct isolation_hvc - a hypercall of the host, whatever it asks for
 * @x: registers x0 to x17, before and after
 */
struct isolation_hvc {
	__u64 x[ISOLATION_HVC_REGS];
};

/**
 * struct isolation_phys - where a page of the caller lies
 * @address: in the caller's memory, writable
 * @phys: physical address of that byte. It stays: a page that could not be
 *	pinned for long where it lay has been moved before
 */
struct isolation_phys {
	__u64 address;
	__u64 phys;
};

/**
 * struct isolation_pages - pages of the kernel, for the caller to give away
 * @order: 2^order pages, contiguous, zeroed
 * @phys: physical address of the first. Nobody frees them: they may be EL2's by then
 */
struct isolation_pages {
	__u32 order;
	__u32 pad;
	__u64 phys;
};

/**
 * struct isolation_hoard - memory that is free in blocks, until the file is closed
 * @keep: bytes that stay free, so that nobody is killed for want of memory
 * @order: of the blocks. Where less than @keep is free in such, the rest is in smaller ones
 * @blocks: how many there were
 */
struct isolation_hoard {
	__u64 keep;
	__u32 order;
	__u32 blocks;
};

/**
 * struct isolation_ids - x0 of the hypercalls this kernel was built with
 * @end: the first id behind all that exist
 * @force_reclaim: upstream's; takes a page from a guest that lives
 * @topup: this and those below are 0 in a kernel without them
 * @domain_alloc: and the calls about domains, which only a mode with domains answers
 */
struct isolation_ids {
	__u64 end;
	__u64 force_reclaim;
	__u64 topup;
	__u64 event;
	__u64 stats;
	__u64 domain_alloc;
	__u64 domain_free;
	__u64 attach;
	__u64 detach;
	__u64 map;
	__u64 unmap;
	__u64 iova_to_phys;
	__u64 give_back;
	__u64 trim;
};

/**
 * struct isolation_dma - a page as a driver maps it for its device, or unmaps it
 * @pci_domain: with @bdf, bus, device and function in 16 bits, names the device
 * @phys: of a page of memory
 * @iova: where the device finds it; filled where @phys is to be mapped
 * @unmap: rather than map
 */
struct isolation_dma {
	__u32 pci_domain;
	__u32 bdf;
	__u64 phys;
	__u64 iova;
	__u32 unmap;
	__u32 pad;
};

/**
 * struct isolation_link - pages that a device finds in a row, as the block layer maps them
 * @pci_domain: with @bdf, as above
 * @phys: of two pages of memory
 * @iova: of the first; filled where they are to be mapped
 * @unmap: rather than map, what was mapped last
 */
struct isolation_link {
	__u32 pci_domain;
	__u32 bdf;
	__u64 phys[2];
	__u64 iova;
	__u32 unmap;
	__u32 pad;
};

#define ISOLATION_HVC	_IOWR('i', 0x70, struct isolation_hvc)
#define ISOLATION_PHYS	_IOWR('i', 0x71, struct isolation_phys)
#define ISOLATION_PAGES	_IOWR('i', 0x72, struct isolation_pages)
#define ISOLATION_HOARD	_IOWR('i', 0x74, struct isolation_hoard)
#define ISOLATION_IDS	_IOR('i', 0x73, struct isolation_ids)
#define ISOLATION_DMA	_IOWR('i', 0x75, struct isolation_dma)
#define ISOLATION_LINK	_IOWR('i', 0x76, struct isolation_link)

#endif /* ISOLATION_HVC_ABI_H */
