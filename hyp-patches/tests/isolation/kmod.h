/* SPDX-License-Identifier: GPL-2.0-only */
/* The kernel module's services, see hvc_abi.h. */

#ifndef ISOLATION_KMOD_H
#define ISOLATION_KMOD_H

#include <stdint.h>

#include "hvc_abi.h"

/* Return: a file descriptor, or -errno: -ENOENT when the module is not loaded. */
int kmod_open(void);

/* Physical address of a writable byte of ours, which stays valid. 0 or -errno. */
int kmod_phys(int kmod, const void *address, uint64_t *phys);

/* 2^@order zeroed pages of the kernel, never freed. 0 or -errno. */
int kmod_pages(int kmod, unsigned int order, uint64_t *phys);

/*
 * Takes memory that is free in blocks of 2^@order pages, as long as more than @keep bytes
 * are free, until @kmod is closed.
 * 0 or -errno.
 */
int kmod_hoard(int kmod, unsigned int order, uint64_t keep);

int kmod_ids(int kmod, struct isolation_ids *ids);

/* A page for a device, named as sysfs does, as its driver maps it. 0 or -errno. */
int kmod_dma_map(int kmod, const char *device, uint64_t phys, uint64_t *iova);
int kmod_dma_unmap(int kmod, const char *device, uint64_t phys, uint64_t iova);

/* Two pages in a row, by dma_iova_link(); one such at a time. 0 or -errno. */
int kmod_link(int kmod, const char *device, const uint64_t phys[2], uint64_t *iova);
int kmod_unlink(int kmod, const char *device);

/**
 * kmod_hvc() - a hypercall with all registers there are, as EL2's table of them answers it
 * @x: x0 to x17; afterwards what EL2 left there
 *
 * Return: as kmod_call().
 */
int kmod_hvc(int kmod, uint64_t x[ISOLATION_HVC_REGS]);

/**
 * kmod_call() - a hypercall as EL2's table of hypercalls answers it
 * @id: all 64 bits of x0
 * @result: x1 afterwards; untouched unless this returns 0
 *
 * Return: 0; -EOPNOTSUPP when x0 says that there is no such call, -EINVAL when it
 * says that the arguments are wrong; -errno.
 */
int kmod_call(int kmod, uint64_t id, uint64_t arg1, uint64_t arg2, int64_t *result);

#endif /* ISOLATION_KMOD_H */
