/* SPDX-License-Identifier: GPL-2.0-only */
/* A protected guest that does nothing but touch its pages. */

#ifndef SMMUBENCH_GUEST_H
#define SMMUBENCH_GUEST_H

#include <stddef.h>
#include <stdint.h>

/**
 * struct guest - one virtual machine with one CPU
 *
 * Its memory is the caller's: one page for the code, which it has once it runs,
 * and the pages that it touches.
 */
struct guest {
	int kvm;
	int vm;
	int cpu;
	struct kvm_run *run;
	size_t run_size;
};

/**
 * guest_start() - have a guest up and running, stopped before it touches a page
 * @g: filled; guest_end() also takes one that failed
 * @memory: page aligned, stays until guest_end(). What a guest took the host gets
 *	    back zeroed, and must not touch before
 * @pages: that it will touch; @memory has one more in front
 * @page_size: in bytes
 *
 * Return: 0 or -errno; -ENOSYS where no Arm guest can be.
 */
int guest_start(struct guest *g, void *memory, size_t pages, size_t page_size);

/**
 * guest_touch() - the guest writes to each of its pages once
 *
 * Return: 0 or -errno; -EPROTO when it did something else.
 */
int guest_touch(struct guest *g);

/* Instructions of the guest's in one guest_touch(); those that trap are EL2's to carry out. */
uint64_t guest_instructions(size_t pages);

void guest_end(struct guest *g);

#endif /* SMMUBENCH_GUEST_H */
