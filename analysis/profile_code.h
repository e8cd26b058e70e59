/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SMMUSTAT_PROFILE_CODE_H
#define SMMUSTAT_PROFILE_CODE_H

#include <stdbool.h>
#include <stdint.h>

/* What an instruction of arm64 does to the course of a program (Arm ARM, C4.1). */
enum course {
	COURSE_ON,	/* the next one comes next */
	COURSE_JUMP,
	COURSE_CALL,
	COURSE_RETURN,
	COURSE_ERET,
};

static inline enum course course_of(uint32_t word)
{
	if ((word & 0xfc000000) == 0x94000000 || (word & 0xfffffc1f) == 0xd63f0000)
		return COURSE_CALL;
	if ((word & 0xfffffc1f) == 0xd65f0000)
		return COURSE_RETURN;
	if (word == 0xd69f03e0)
		return COURSE_ERET;
	/* b, br, b.cond, cbz and cbnz, tbz and tbnz */
	if ((word & 0xfc000000) == 0x14000000 || (word & 0xfffffc1f) == 0xd61f0000 ||
	    (word & 0xff000000) == 0x54000000 || (word & 0x7c000000) == 0x34000000)
		return COURSE_JUMP;
	return COURSE_ON;
}

/* mrs Xt, pmevcntrN_el0: which counter, or -1 */
static inline int counter_read_by(uint32_t word)
{
	return (word & 0xfffffc00) == 0xd53be800 ? (int)(word >> 5 & 31) : -1;
}

/* msr pmevcntrN_el0, Xt: which counter, or -1 */
static inline int counter_set_by(uint32_t word)
{
	return (word & 0xfffffc00) == 0xd51be800 ? (int)(word >> 5 & 31) : -1;
}

/* msr pmcr_el0, Xt; msr pmcntenset_el0, Xt; msr pmcntenclr_el0, Xt */
static inline bool writes_pmcr(uint32_t word)
{
	return (word & 0xffffffe0) == 0xd51b9c00;
}

static inline bool writes_pmcntenset(uint32_t word)
{
	return (word & 0xffffffe0) == 0xd51b9c20;
}

static inline bool writes_pmcntenclr(uint32_t word)
{
	return (word & 0xffffffe0) == 0xd51b9c40;
}

/* msr mdcr_el2, Xt */
static inline bool writes_mdcr_el2(uint32_t word)
{
	return (word & 0xffffffe0) == 0xd51c1120;
}

#endif
