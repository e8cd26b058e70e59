/* SPDX-License-Identifier: GPL-2.0-only */
/* What the tests ask of the kernel around the driver, and have it do. */

#ifndef MODEL_HOST_AROUND_H
#define MODEL_HOST_AROUND_H

#include <kernel.h>

#include <linux/list.h>

#include <asm/kvm_pkvm_iommu.h>

/**
 * struct host - the kernel around the driver
 * @ops: of the driver, once it registered
 * @live: allocations that were not freed, those that live as long as a device aside
 * @allocs: allocations so far; the one of the number @fail_alloc fails
 * @no_pages: there is none for EL2
 * @given: pages that EL2 got, by so many @topups
 * @prints: messages
 * @work: that is to be done behind @work_delay ticks, by host_work()
 * @atomic: the caller may not sleep
 * @domain: the number of the domain that EL2 made last
 * @calls: hypercalls so far
 * @fail_call: the one of that number fails, top-ups not counted; 0 for none
 * @fail_times: and so many in all from there on
 * @fail_with: which it returns, with nothing done
 * @failed: bit mask of the hypercalls that failed so
 * @on_call: before each hypercall; NULL for nothing
 * @on_page: in the allocation of a page; NULL for nothing
 */
extern struct host {
	const struct iommu_ops *ops;
	u32 live;
	u32 allocs;
	u32 fail_alloc;
	bool no_pages;
	u32 given;
	unsigned long topups;
	u32 prints;
	struct work_struct *work;
	u32 work_delay;
	bool atomic;
	bool passthrough;
	bool no_sysfs;
	bool no_register;
	u32 domain;
	u32 calls;
	u32 fail_call;
	u32 fail_times;
	int fail_with;
	u32 failed;
	void (*on_call)(enum hypercall call);
	void (*on_page)(void);
} host;

/** host_reset() - a kernel that has just begun, for world_reset() */
void host_reset(void);

/** host_work() - what was scheduled is done now */
void host_work(void);

/** host_hypercall() - one of the tests' own: it neither counts nor fails. Return: register 1 */
u64 host_hypercall(enum hypercall call, u64 arg1, u64 arg2);

#endif /* MODEL_HOST_AROUND_H */
