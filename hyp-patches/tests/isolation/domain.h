/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Domains of the paravirt mode, made by raw hypercalls as a hostile host makes them. The
 * numbers are those of asm/kvm_pkvm_iommu.h.
 */

#ifndef ISOLATION_DOMAIN_H
#define ISOLATION_DOMAIN_H

#include "fixture.h"

/* Names that the host's own driver does not get to: it counts from 0 on. */
#define DOMAIN_A	8000u	/* with both devices, see domain_begin() */
#define DOMAIN_B	8001u	/* there is none unless a case makes it */
#define DOMAIN_MAX	8192u
#define DOMAIN_IDENTITY	0xffffffffu

/* Names that the host's driver gives its domains: it counts from 0 on, one for each group. */
#define DRIVER_DOMAINS	64

#define DOMAIN_READ	1u
#define DOMAIN_WRITE	2u
#define DOMAIN_CACHE	4u
#define DOMAIN_MEMORY	(DOMAIN_READ | DOMAIN_WRITE | DOMAIN_CACHE)
#define DOMAIN_LIST	12	/* ranges in one call */
#define DOMAIN_BATCH	512	/* pages in one call */

/* Where no memory is, so that it is not a physical address by mistake. */
#define DOMAIN_IOVA	0x1000000000ull

/**
 * domain_begin() - the fixture's devices leave the host's mirror, or what they have where
 * there is none, and share DOMAIN_A
 *
 * In it nothing is mapped but the bounce page. 0 or -errno; domain_end() also ends what failed.
 */
int domain_begin(struct fixture *f);

/* Both domains end, whatever a case made of them, and the devices are in the mirror, if any. */
int domain_end(struct fixture *f);

/*
 * The hypercalls, with memory for EL2 when it wants some. 0 or -errno: EL2's own, or kmod_hvc()'s.
 */
int domain_alloc(struct fixture *f, uint32_t id);
int domain_free(struct fixture *f, uint32_t id);
int domain_attach(struct fixture *f, uint32_t id, const struct stream *s);
int domain_detach(struct fixture *f, uint32_t id, const struct stream *s);

/* @ranges: addresses with numbers of pages in their low 12 bits; @n: of them */
int domain_map_list(struct fixture *f, uint32_t id, uint64_t iova, uint32_t prot,
		    const uint64_t *ranges, size_t n, uint64_t *mapped);
int domain_unmap_list(struct fixture *f, uint32_t id, const uint64_t *ranges, size_t n,
		      uint64_t *unmapped);

/* One page that devices may read and write. */
int domain_map(struct fixture *f, uint32_t id, uint64_t iova, uint64_t phys);
/* One page; -ENXIO where none is mapped. */
int domain_unmap(struct fixture *f, uint32_t id, uint64_t iova);

/* All tables that map nothing are EL2's pool's again. 0 or -errno. */
int domain_trim(struct fixture *f, uint32_t id);

/* A page for EL2's pool, as the host's own driver gives some. 0 or -errno. */
int domain_topup(struct fixture *f);
/* All that was given so and is free is the host's again. 0 or -errno. */
int domain_give_back(struct fixture *f);

/* Any of the calls: @x as for kmod_hvc(). 0, EL2's error, or kmod_hvc()'s. */
int domain_call(struct fixture *f, uint64_t x[ISOLATION_HVC_REGS]);

/*
 * What cases share, in case_map.c.
 */

/* A device writes at @iova, where it would find a page of ours: REACHED, BLOCKED or -errno. */
int domain_hits(struct fixture *f, uint64_t iova, size_t page);

/* The victim is mapped at DOMAIN_IOVA in DOMAIN_A, and a device has used it. 0 or -errno. */
int domain_map_victim(struct fixture *f);

/* @run with a domain of the host's own driver, which iommu_group/type calls @type. */
int domain_driver(struct fixture *f, const char *type, int (*run)(struct fixture *f));

#endif /* ISOLATION_DOMAIN_H */
