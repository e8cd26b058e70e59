/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef ISOLATION_CASES_H
#define ISOLATION_CASES_H

#include <stdbool.h>
#include <stddef.h>

#include "world.h"

/**
 * struct isolation_case - one attempt
 * @isolated: what must become of it where EL2 owns the SMMU
 * @native: what becomes of it where the host does: a negative case that is not
 *	reached there shows nothing
 * @guest: a protected guest is to be there, which has not run yet
 * @run: makes the attempt. Return: enum outcome, -ENODATA after world_lacks(),
 *	or -errno
 */
struct isolation_case {
	const char *name;
	const char *attempt;
	enum outcome isolated;
	enum outcome native;
	bool guest;
	int (*run)(struct world *w);
};

extern const struct isolation_case cases[];
extern const size_t cases_count;

/* Devices and memory of the host: case_host.c */
int host_write(struct world *w);
int host_read(struct world *w);
int mmio_write(struct world *w);
int doorbell_write(struct world *w);
int above_ram_write(struct world *w);
int beyond_bus_write(struct world *w);

/* Devices and pages of a guest: case_guest.c */
int guest_write(struct world *w);
int guest_read(struct world *w);
int guest_write_cached(struct world *w);
int guest_read_cached(struct world *w);
int neighbour_write(struct world *w);
int neighbour_read(struct world *w);
int shared_write(struct world *w);
int shared_read(struct world *w);
int unshared_write(struct world *w);
int unshared_read(struct world *w);
int reclaimed_write(struct world *w);
int reclaimed_read(struct world *w);
int reclaimed_secret(struct world *w);
int forced_write(struct world *w);
int forced_secret(struct world *w);
int guest_cpu(struct world *w);

/* Devices and the hypervisor: case_hyp.c */
int carveout_write(struct world *w);
int carveout_read(struct world *w);
int text_read(struct world *w);
int rodata_read(struct world *w);
int bss_read(struct world *w);
int bss_write(struct world *w);
int pool_write(struct world *w);
int pool_read(struct world *w);
int every_page(struct world *w);

/* The GIC and pages of the host or, with a guest, the guest's: case_gic.c */
int its_table(struct world *w);
int its_itt(struct world *w);
int redistributor(struct world *w);

/* The SMMU's registers, from devices and from the CPU: case_smmu.c */
int smmu_page0_write(struct world *w);
int smmu_page1_write(struct world *w);
int smmu_page0_read(struct world *w);
int cpu_mmio_read(struct world *w);
int cpu_smmu_page0_read(struct world *w);
int cpu_smmu_page0_write(struct world *w);
int cpu_smmu_page1_read(struct world *w);
int cpu_smmu_page1_write(struct world *w);

#endif /* ISOLATION_CASES_H */
