/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A guest: does what the mailbox says, see mailbox_abi.h, again and again.
 *
 * x0: the mailbox, x1: bytes in a page.
 */

#include "mailbox_abi.h"

/* Vendor hypercalls of KVM, include/linux/arm-smccc.h. */
#define CALL_OWNER		0xc600
#define CALL_MEM_SHARE		3
#define CALL_MEM_UNSHARE	4

	.section .rodata
	.balign	8
	.global	mailbox_program, mailbox_program_end
mailbox_program:
#ifdef __aarch64__
	mov	x19, x0
	mov	x20, x1
1:	ldr	x21, [x19, #MAILBOX_COMMAND]
	ldr	x22, [x19, #MAILBOX_ADDRESS]
	ldr	x23, [x19, #MAILBOX_ARGUMENT]
	mov	x0, xzr
	cmp	x21, #MAILBOX_READ
	b.eq	read
	cmp	x21, #MAILBOX_FILL
	b.eq	fill
	cmp	x21, #MAILBOX_SHARE
	b.eq	share
	cmp	x21, #MAILBOX_UNSHARE
	b.eq	unshare
answer:
	str	x0, [x19, #MAILBOX_ANSWER]
	b	1b

read:
	ldr	x0, [x22]
	b	answer

fill:
	mov	x24, #(MAILBOX_SECRET & 0xffff)
	movk	x24, #(MAILBOX_SECRET >> 16), lsl #16
2:	cbz	x23, answer
	orr	x25, x22, x24, lsl #40
	str	x25, [x22]
	add	x22, x22, x20
	sub	x23, x23, #1
	b	2b

share:
	mov	x0, #CALL_MEM_SHARE
	b	call
unshare:
	mov	x0, #CALL_MEM_UNSHARE
call:
	movk	x0, #CALL_OWNER, lsl #16
	mov	x1, x22
	mov	x2, xzr
	mov	x3, xzr
	hvc	#0
	b	answer
#endif
mailbox_program_end:

	.section .note.GNU-stack, "", %progbits
