/* SPDX-License-Identifier: GPL-2.0-only */
/* A protected guest that does nothing but touch its pages: touch_pages.S. */

#ifndef VMM_TOUCH_H
#define VMM_TOUCH_H

#include <stddef.h>
#include <stdint.h>

struct vmm;

/**
 * touch_start() - have a guest up and running, stopped before it touches a page
 * @vmm: for vmm_destroy(); NULL when this fails, and nothing is left then
 * @memory: page aligned, stays until vmm_destroy(). Page 0 is for the program, which
 *	    the guest has once this returns
 * @pages: that it will touch; @memory has one more in front
 * @page_size: in bytes
 *
 * Return: 0 or -errno, as vmm_create() and vmm_run(); -EPROTO when it does not stop there.
 */
int touch_start(struct vmm **vmm, void *memory, size_t pages, size_t page_size);

/**
 * touch_pages() - the guest writes to each of its pages once
 *
 * Return: 0 or -errno; -EPROTO when it did something else.
 */
int touch_pages(struct vmm *vmm);

/* Instructions of the guest's in one touch_pages(); those that trap are EL2's to carry out. */
uint64_t touch_instructions(size_t pages);

#endif /* VMM_TOUCH_H */
