/* SPDX-License-Identifier: GPL-2.0-only */
/* The hypercalls between a host and EL2 in the same program. No type here is of one of them alone. */

#ifndef MODEL_HYPERCALLS_H
#define MODEL_HYPERCALLS_H

enum hypercall {
	HYPERCALL___pkvm_iommu_topup,
	HYPERCALL___pkvm_iommu_domain_alloc,
	HYPERCALL___pkvm_iommu_domain_free,
	HYPERCALL___pkvm_iommu_attach,
	HYPERCALL___pkvm_iommu_detach,
	HYPERCALL___pkvm_iommu_map,
	HYPERCALL___pkvm_iommu_unmap,
	HYPERCALL___pkvm_iommu_iova_to_phys,
	HYPERCALL___pkvm_iommu_trim,
	HYPERCALL___pkvm_iommu_stats,
	NR_HYPERCALLS,
};

#define HYPERCALL_REGS 18

/** el2_hypercall() - as the handlers of hyp-main.c; @regs: of the host, the function in the first */
void el2_hypercall(u64 *regs);

/* What the tests look at behind the host's back. */
u32 el2_maps(u64 phys);
u64 el2_memory(enum pkvm_iommu_memory use);
bool el2_may_leave(u64 phys);
void el2_drain(void);

/* The memory of the machine that the host allocates its pages for EL2 from; and what devices map. */
u64 el2_host_pages(void);
u64 el2_dma_pages(void);

#endif /* MODEL_HYPERCALLS_H */
