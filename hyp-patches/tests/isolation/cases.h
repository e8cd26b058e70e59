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

/* Devices and memory of the host: case_host.c */
int host_write(struct fixture *f);
int host_read(struct fixture *f);
int mmio_write(struct fixture *f);
int doorbell_write(struct fixture *f);
int above_ram_write(struct fixture *f);
int beyond_bus_write(struct fixture *f);

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

#endif /* ISOLATION_CASES_H */
