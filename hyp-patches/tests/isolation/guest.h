/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the guest in guest.S and its monitor in vmm.c agree on. The guest asks for
 * a command by reading the mailbox, where no memory is, and answers by writing
 * there; each access ends in the monitor.
 */

#ifndef ISOLATION_GUEST_H
#define ISOLATION_GUEST_H

#define GUEST_MAILBOX		0x08000000
#define GUEST_MEMORY		0x40000000

/* Offsets in the mailbox. */
#define MAILBOX_COMMAND		0x00
#define MAILBOX_ADDRESS		0x08
#define MAILBOX_ARGUMENT	0x10
#define MAILBOX_ANSWER		0x18

/* Commands. The answer of those that have none is 0. */
#define GUEST_READ		1	/* the word at the address is the answer */
#define GUEST_FILL		2	/* @argument pages from the address on: a word into each */
#define GUEST_SHARE		3	/* the page with the host; x0 of the call is the answer */
#define GUEST_UNSHARE		4

/* What it writes into a page is this and the page's address in the guest. */
#define GUEST_SECRET		0x5ec2e7

#ifndef __ASSEMBLER__
extern const unsigned char guest_start[], guest_end[];
#endif

#endif /* ISOLATION_GUEST_H */
