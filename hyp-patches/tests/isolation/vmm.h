/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A virtual machine monitor for one protected guest with one CPU, which runs
 * guest.S from page 0 of its memory. A page is the host's until the guest first
 * touches it; that is when the hypervisor donates it.
 */

#ifndef ISOLATION_VMM_H
#define ISOLATION_VMM_H

#include <stddef.h>
#include <stdint.h>

#include "mem.h"

struct vmm {
	const struct mem *mem;
	struct kvm_run *run;
	size_t run_size;
	int kvm, vm, cpu;
};

/**
 * vmm_start() - make the machine; the guest has not run when this returns
 * @mem: becomes the guest's memory and must outlive it
 *
 * Return: 0, -ENOENT without KVM, -EINVAL where guests cannot be protected, or
 * -errno. vmm_stop() also takes what failed.
 */
int vmm_start(struct vmm *vmm, const struct mem *mem);

/* Tears the guest down: when it returns, its memory is the host's, and zeroed. */
void vmm_stop(struct vmm *vmm);

/* The guest touches @count pages: after that they are its own, with vmm_secret() in each. */
int vmm_take(struct vmm *vmm, size_t page, size_t count);

/* The first word of a page, as the guest reads it, or the one @offset bytes into it. */
int vmm_read(struct vmm *vmm, size_t page, uint64_t *word);
int vmm_read_at(struct vmm *vmm, size_t page, size_t offset, uint64_t *word);

/* The guest shares a page of its own with the host, or takes that back. */
int vmm_share(struct vmm *vmm, size_t page);
int vmm_unshare(struct vmm *vmm, size_t page);

/* What vmm_take() writes into a page's first word. */
uint64_t vmm_secret(const struct vmm *vmm, size_t page);

#endif /* ISOLATION_VMM_H */
