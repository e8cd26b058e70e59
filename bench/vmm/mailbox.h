/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A protected guest that does with its pages what it is told: obey_mailbox.S. Pages
 * are numbers, from 0 on, which has the program.
 *
 * What tells it something returns 0 or -errno: -EINVAL where the guest has no such
 * pages, the error of vmm_run(), and -EPROTO when the guest does something else than
 * the protocol has; it is of no use then.
 */

#ifndef VMM_MAILBOX_H
#define VMM_MAILBOX_H

#include <stddef.h>
#include <stdint.h>

struct vmm;

/**
 * mailbox_start() - make a guest that waits for commands; it has not run yet
 * @vmm: for vmm_destroy(); NULL when this fails, and nothing is left then
 * @memory: page aligned, stays until vmm_destroy()
 * @pages: of it
 * @page_size: in bytes
 *
 * Return: as vmm_create().
 */
int mailbox_start(struct vmm **vmm, void *memory, size_t pages, size_t page_size);

/**
 * mailbox_fill() - the guest writes mailbox_secret() into each of some pages
 * @page: the first of @count; those that were the host's are the guest's after that
 */
int mailbox_fill(struct vmm *vmm, size_t page, size_t count);

/**
 * mailbox_read() - a word as the guest reads it
 * @offset: bytes into @page; a multiple of 8
 */
int mailbox_read(struct vmm *vmm, size_t page, size_t offset, uint64_t *word);

/*
 * The guest shares a page of its own with the host, or takes that back. -EREMOTEIO when
 * EL2 refuses it.
 */
int mailbox_share(struct vmm *vmm, size_t page);
int mailbox_unshare(struct vmm *vmm, size_t page);

/* What mailbox_fill() writes into the first word of a page; 0 for a page it has not. */
uint64_t mailbox_secret(const struct vmm *vmm, size_t page);

#endif /* VMM_MAILBOX_H */
