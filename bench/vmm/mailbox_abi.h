/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the guest in obey_mailbox.S and mailbox.c agree on. The guest asks for a
 * command by reading the mailbox, which is its device, and answers by writing there.
 */

#ifndef VMM_MAILBOX_ABI_H
#define VMM_MAILBOX_ABI_H

/* Offsets in the mailbox, in the order in which the guest accesses them. */
#define MAILBOX_COMMAND		0x00
#define MAILBOX_ADDRESS		0x08
#define MAILBOX_ARGUMENT	0x10
#define MAILBOX_ANSWER		0x18

/* Commands. The answer of those that have none is 0. */
#define MAILBOX_READ		1	/* the word at the address is the answer */
#define MAILBOX_FILL		2	/* @argument pages from the address on: a word into each */
#define MAILBOX_SHARE		3	/* the page with the host; x0 of the call is the answer */
#define MAILBOX_UNSHARE		4

/* What it writes into a page is this and the page's address in the guest. */
#define MAILBOX_SECRET		0x5ec2e7

#endif /* VMM_MAILBOX_ABI_H */
