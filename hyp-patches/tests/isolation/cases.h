/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef ISOLATION_CASES_H
#define ISOLATION_CASES_H

#include <stdbool.h>
#include <stddef.h>

#include "fixture.h"

/**
 * struct isolation_case - one attempt
 * @isolated: what must become of it where EL2 owns the SMMU
 * @native: what becomes of it where the host does: a negative case that is not
 *	reached there shows nothing
 * @guest: a protected guest is to be there, which has not run yet
 * @run: makes the attempt. Return: enum outcome, -ENODATA after fixture_skip(),
 *	or -errno
 */
struct isolation_case {
	const char *name;
	const char *attempt;
	enum outcome isolated;
	enum outcome native;
	bool guest;
	int (*run)(struct fixture *f);
};

extern const struct isolation_case cases[];
extern const size_t cases_count;

/* Only in a mode in which the host makes domains: the devices are in DOMAIN_A, see domain.h. */
extern const struct isolation_case domain_cases[];
extern const size_t domain_cases_count;

/* Devices and memory of the host: case_host.c */
int host_write(struct fixture *f);
int host_read(struct fixture *f);
int mmio_write(struct fixture *f);
int doorbell_write(struct fixture *f);
int above_ram_write(struct fixture *f);
int beyond_bus_write(struct fixture *f);

/**
 * guest_says() - whether the word of its page survived what a device wrote there
 * @dma: what the device said: REACHED, BLOCKED or -errno
 *
 * Return: REACHED; BLOCKED; -EBADMSG where the two do not agree; -errno.
 */
int guest_says(struct fixture *f, int dma);

/* Devices and pages of a guest: case_guest.c */
int guest_write(struct fixture *f);
int guest_read(struct fixture *f);
int guest_write_cached(struct fixture *f);
int guest_read_cached(struct fixture *f);
int neighbour_write(struct fixture *f);
int neighbour_read(struct fixture *f);
int shared_write(struct fixture *f);
int shared_read(struct fixture *f);
int unshared_write(struct fixture *f);
int unshared_read(struct fixture *f);
int reclaimed_write(struct fixture *f);
int reclaimed_read(struct fixture *f);
int reclaimed_secret(struct fixture *f);
int forced_write(struct fixture *f);
int forced_secret(struct fixture *f);
int guest_cpu(struct fixture *f);

/* Devices and the hypervisor: case_hyp.c */
int carveout_write(struct fixture *f);
int carveout_read(struct fixture *f);
int text_read(struct fixture *f);
int rodata_read(struct fixture *f);
int bss_read(struct fixture *f);
int bss_write(struct fixture *f);
int pool_write(struct fixture *f);
int pool_read(struct fixture *f);
int every_page(struct fixture *f);

/* The GIC and pages of the host or, with a guest, the guest's: case_gic.c */
int its_table(struct fixture *f);
int its_itt(struct fixture *f);
int redistributor(struct fixture *f);

/* The SMMU's registers, from devices and from the CPU: case_smmu.c */
int smmu_page0_write(struct fixture *f);
int smmu_page1_write(struct fixture *f);
int smmu_page0_read(struct fixture *f);
int cpu_mmio_read(struct fixture *f);
int cpu_smmu_page0_read(struct fixture *f);
int cpu_smmu_page0_write(struct fixture *f);
int cpu_smmu_page1_read(struct fixture *f);
int cpu_smmu_page1_write(struct fixture *f);

/* Devices and what the host mapped for them: case_map.c */
int mapped_write(struct fixture *f);
int mapped_read(struct fixture *f);
int beside_mapped_write(struct fixture *f);
int physical_write(struct fixture *f);
int unmapped_write(struct fixture *f);
int unmapped_read(struct fixture *f);
int remapped_write(struct fixture *f);
int read_only_read(struct fixture *f);
int read_only_write(struct fixture *f);
int write_only_write(struct fixture *f);
int write_only_read(struct fixture *f);
int list_write(struct fixture *f);
int list_with_bad_entry(struct fixture *f);
int list_with_empty_entry(struct fixture *f);
int list_with_hole(struct fixture *f);
int mapped_mmio_write(struct fixture *f);
int mapped_doorbell_write(struct fixture *f);
int driver_write(struct fixture *f);
int driver_unmapped_write(struct fixture *f);
int driver_refused_domain(struct fixture *f);
int driver_refused_map(struct fixture *f);
int driver_linked_write(struct fixture *f);
int driver_lazy_linked_write(struct fixture *f);
int driver_unlinked_write(struct fixture *f);
int direct_write(struct fixture *f);

/* What the host's log says of a device: case_fault.c */
int faulting_write(struct fixture *f);
int faulting_read(struct fixture *f);

int block_write(struct fixture *f);
int block_beside_write(struct fixture *f);
int block_unmapped_write(struct fixture *f);
int block_page_unmapped(struct fixture *f);
int block_over_pages_write(struct fixture *f);
int page_over_block_write(struct fixture *f);
int block_taken(struct fixture *f);
int block_unmapped_taken(struct fixture *f);

/* The domains that devices are in: case_domain.c */
int other_domain_write(struct fixture *f);
int left_domain_write(struct fixture *f);
int detached_write(struct fixture *f);
int detached_read(struct fixture *f);
int freed_domain_write(struct fixture *f);
int freed_while_attached(struct fixture *f);
int reused_id_write(struct fixture *f);
int attached_twice(struct fixture *f);
int attach_beside_mirror(struct fixture *f);
int attach_unknown_domain(struct fixture *f);
int attach_unknown_iommu(struct fixture *f);
int attach_beyond_table(struct fixture *f);
int attach_pasid(struct fixture *f);

/* Pages that the host mapped, and a guest that takes them: case_taken.c */
int mapped_taken(struct fixture *f);
int twice_mapped_taken(struct fixture *f);
int unmapped_taken(struct fixture *f);
int freed_taken(struct fixture *f);
int guest_page_map(struct fixture *f);
int shared_page_map(struct fixture *f);
int shared_page_kept(struct fixture *f);
int deferred_taken(struct fixture *f);
int deferred_linked_taken(struct fixture *f);

/* Maps of what is not the host's: case_hostile.c */
int carveout_map(struct fixture *f);
int text_map(struct fixture *f);
int bss_map(struct fixture *f);
int pool_map(struct fixture *f);
int mapped_to_pool(struct fixture *f);
int smmu_page0_map(struct fixture *f);
int smmu_page1_map(struct fixture *f);
int mmio_across_smmu_map(struct fixture *f);
int its_map(struct fixture *f);
int its_across_doorbell_map(struct fixture *f);
int redistributor_map(struct fixture *f);
int nomap_map(struct fixture *f);
int above_ram_map(struct fixture *f);
int across_ram_end_map(struct fixture *f);
int beyond_bus_map(struct fixture *f);
int wrapping_map(struct fixture *f);
int high_iova_map(struct fixture *f);
int every_page_map(struct fixture *f);

#endif /* ISOLATION_CASES_H */
