/* SPDX-License-Identifier: GPL-2.0-only */
/* What single instructions of arm64 do, by their encoding (Arm ARM, C4.1). */

#ifndef PLUGIN_CODE_H
#define PLUGIN_CODE_H

#include <stdbool.h>
#include <stdint.h>

/* mrs Xt, cntvct_el0 */
static inline bool code_reads_counter(uint32_t word)
{
	return (word & 0xffffffe0) == 0xd53be040;
}

/* blr Xn */
static inline bool code_calls_register(uint32_t word)
{
	return (word & 0xfffffc1f) == 0xd63f0000;
}

/* bl, from one address to another */
static inline bool code_calls(uint32_t word, uint64_t from, uint64_t to)
{
	return (word & 0xfc000000) == 0x94000000 &&
	       (word & 0x3ffffff) == (((to - from) / 4) & 0x3ffffff);
}

/* svc, hvc, smc, brk: an exception is what they are for, so they are done when it comes. */
static inline bool code_raises(uint32_t word)
{
	return (word & 0xff000000) == 0xd4000000;
}

/*
 * The bits that do not depend on where code and data lie: what a linker or the kernel's
 * module loader fills in is left out of b, bl, adr, adrp, and of the offsets that add, ldr
 * and str take.
 */
static inline uint32_t code_fixed_bits(uint32_t word)
{
	if ((word & 0x7c000000) == 0x14000000)
		return 0xfc000000;
	if ((word & 0x1f000000) == 0x10000000)
		return 0x9f00001f;
	if ((word & 0x7f800000) == 0x11000000 || (word & 0x3b000000) == 0x39000000)
		return 0xffc003ff;

	return 0xffffffff;
}

#endif /* PLUGIN_CODE_H */
