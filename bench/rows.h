/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * THE table of benchmarks, one a line. Define ROW() and include this file where
 * the table is wanted. A line added at the end is in list, show and the results
 * with no other edit, as long as it uses an operation the module has.
 *
 * ROW(name, op, size, batch_rounds, single_rounds, suites, domain, kvm, revision, text)
 *
 *	name		of the benchmark; with size it is unique
 *	op		what the module runs, see module/ops.c; with KVM_GUEST what the runner
 *			does, see runner/donation.c
 *	size		bytes for each operation; 0 where that means nothing
 *	batch_rounds	rounds of 64 operations, method `batch`; a multiple of 4, so that
 *			the flush queue of lazy domains (256 entries) drains in step. With
 *			KVM_GUEST, guests of 64 pages, method `counted`
 *	single_rounds	rounds of one operation, method `single`; 0 with KVM_GUEST
 *	suites		IN_QUICK, IN_FULL (with four times the rounds), or both
 *	domain		NEEDS_DOMAIN: run in each IOMMU domain; NO_DOMAIN: run once
 *	kvm		KVM_ANY; KVM_HYP: needs KVM in protected or nvhe mode, since
 *			otherwise no hypervisor answers the host's HVC; KVM_GUEST: a
 *			protected guest takes part. Such a row blocks, so it has counters
 *			and no clock; it splits what EL2 maps in blocks, so it runs last
 *	revision	raised when what the row measures changes
 *	text		one line
 */

#ifndef ROW
#error "define ROW() before including rows.h"
#endif

ROW("null", "null", 0, 256, 4096, IN_QUICK | IN_FULL, NO_DOMAIN, KVM_ANY, 1, "the loop, the clock and the counter reads around an empty operation")
ROW("null_hypercall", "null_hypercall", 0, 256, 4096, IN_QUICK | IN_FULL, NO_DOMAIN, KVM_HYP, 1, "an HVC with an id no KVM has: into EL2 and back")
ROW("dma_map", "dma_map", 4096, 256, 4096, IN_QUICK | IN_FULL, NEEDS_DOMAIN, KVM_ANY, 1, "dma_map_single() with the check for a mapping error")
ROW("dma_unmap", "dma_unmap", 4096, 256, 4096, IN_QUICK | IN_FULL, NEEDS_DOMAIN, KVM_ANY, 1, "dma_unmap_single() of what was mapped just before")
ROW("dma_map", "dma_map", 65536, 128, 2048, IN_QUICK | IN_FULL, NEEDS_DOMAIN, KVM_ANY, 1, "dma_map_single() with the check for a mapping error")
ROW("dma_unmap", "dma_unmap", 65536, 128, 2048, IN_QUICK | IN_FULL, NEEDS_DOMAIN, KVM_ANY, 1, "dma_unmap_single() of what was mapped just before")
ROW("dma_map", "dma_map", 1048576, 64, 1024, IN_QUICK | IN_FULL, NEEDS_DOMAIN, KVM_ANY, 1, "dma_map_single() with the check for a mapping error")
ROW("dma_unmap", "dma_unmap", 1048576, 64, 1024, IN_QUICK | IN_FULL, NEEDS_DOMAIN, KVM_ANY, 1, "dma_unmap_single() of what was mapped just before")
ROW("guest_take", "guest_take", 0, 8, 0, IN_QUICK | IN_FULL, NO_DOMAIN, KVM_GUEST, 2, "a protected guest touches a page it does not have yet, and EL2 takes it from the host")
ROW("guest_touch", "guest_touch", 0, 8, 0, IN_QUICK | IN_FULL, NO_DOMAIN, KVM_GUEST, 2, "the overhead of guest_take: the guest touches a page it has")
ROW("guest_reclaim", "guest_reclaim", 0, 8, 0, IN_QUICK | IN_FULL, NO_DOMAIN, KVM_GUEST, 1, "the page comes back when the guest is torn down")
ROW("guest_end", "guest_end", 0, 8, 0, IN_QUICK | IN_FULL, NO_DOMAIN, KVM_GUEST, 1, "the overhead of guest_reclaim: the guest is torn down before it took the page")
