/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A guest: writes to each of its pages, and then to its device, again and again. It
 * begins at the device.
 *
 * x0: the first page, x1: how many, x2: bytes in one, x3: the device.
 * touch_instructions() counts what is executed from behind one write to the device up
 * to the next.
 */

	.section .rodata
	.balign	8
	.global	touch_program, touch_program_entry, touch_program_end
touch_program:
#ifdef __aarch64__
again:	mov	x4, x0
	mov	x5, x1
next:	str	x5, [x4]
	add	x4, x4, x2
	subs	x5, x5, #1
	b.ne	next
#endif
touch_program_entry:
#ifdef __aarch64__
	str	x5, [x3]
	b	again
#endif
touch_program_end:

	.section .note.GNU-stack, "", %progbits
