/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Ticks of the architected counter as nanoseconds. Plain C for the module and
 * for the tests on the build machine.
 */

#ifndef SMMUBENCH_CLOCK_H
#define SMMUBENCH_CLOCK_H

#ifdef __KERNEL__
#include <linux/types.h>
typedef u64 clock_u64;
#else
#include <stdint.h>
typedef uint64_t clock_u64;
#endif

/**
 * ticks_to_ns() - convert an interval
 * @ticks: length of the interval
 * @freq: ticks in a second; not 0. CNTFRQ_EL0 has 32 bits, so nothing below
 *	  overflows for intervals up to 584 years.
 *
 * Return: nanoseconds, rounded to the nearest.
 */
static inline clock_u64 ticks_to_ns(clock_u64 ticks, unsigned int freq)
{
	clock_u64 seconds = ticks / freq;
	clock_u64 rest = ticks % freq;

	return seconds * 1000000000 + (rest * 1000000000 + freq / 2) / freq;
}

#endif /* SMMUBENCH_CLOCK_H */
