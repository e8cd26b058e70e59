/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A virtual machine monitor for one protected guest with one CPU, through /dev/kvm.
 *
 * The guest is a program of a few instructions in a .S file. It runs at EL1 with the
 * MMU off, from page 0 of its memory, and has one device, which is the caller: an
 * access to it ends vmm_run(). A page of the memory is the host's until the guest first
 * touches it. That is when EL2 donates it, and from then on the host must not touch it;
 * after vmm_destroy() all of it is the host's again, and what the guest had is zeroed.
 *
 * A program is started and driven by functions of its own: touch.h, mailbox.h.
 */

#ifndef VMM_H
#define VMM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Where the guest sees its memory, and its device; no memory is at the latter. */
#define VMM_MEMORY	0x40000000ul
#define VMM_DEVICE	0x08000000ul

#define VMM_ARGUMENTS	4

struct vmm;

/**
 * struct vmm_program - what a guest runs; the symbols are the .S file's
 * @start: copied to the start of the guest's memory, up to @end
 * @entry: where the guest begins
 *
 * It is empty where it was not built for arm64.
 */
struct vmm_program {
	const unsigned char *start;
	const unsigned char *entry;
	const unsigned char *end;
};

/**
 * struct vmm_config - a guest to be
 * @memory: of the caller, page aligned; stays until vmm_destroy()
 * @pages: of it
 * @page_size: in bytes
 * @program: fits into one page
 * @argument: x0 and up when the program begins
 */
struct vmm_config {
	void *memory;
	size_t pages;
	size_t page_size;
	const struct vmm_program *program;
	uint64_t argument[VMM_ARGUMENTS];
};

/**
 * struct vmm_access - what the guest did with its device
 * @offset: bytes into the device
 * @write: or else it reads, and gets what vmm_answer() gives before the next vmm_run()
 * @value: what it wrote
 */
struct vmm_access {
	uint64_t offset;
	bool write;
	uint64_t value;
};

/**
 * vmm_create() - make a machine; its guest has not run when this returns
 * @vmm: for vmm_destroy(); NULL when this fails, and nothing is left then
 *
 * EL2 makes the machine, and donates the page with the program, in the first vmm_run().
 *
 * Return: 0; -EINVAL for a @config that cannot be, -ENOMEM, -ENOENT without KVM,
 * -EOPNOTSUPP where it protects no guests (kvm-arm.mode=protected), or what else KVM
 * refused it with, as -errno.
 */
int vmm_create(struct vmm **vmm, const struct vmm_config *config);

/**
 * vmm_run() - run the guest until it accesses its device, 64 bits wide
 *
 * Return: 0, -errno of KVM_RUN, or -EPROTO when the guest did something else.
 */
int vmm_run(struct vmm *vmm, struct vmm_access *access);

/* What the guest reads that vmm_run() ended with. */
void vmm_answer(struct vmm *vmm, uint64_t value);

/**
 * vmm_address() - where the guest sees pages of its memory
 * @page: the first of @count
 * @address: of it, in the guest
 *
 * Return: 0, or -EINVAL where it has no such pages.
 */
int vmm_address(const struct vmm *vmm, size_t page, size_t count, uint64_t *address);

/* Tears the guest down. NULL is no guest. */
void vmm_destroy(struct vmm *vmm);

#endif /* VMM_H */
