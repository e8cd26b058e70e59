/* SPDX-License-Identifier: GPL-2.0-only */
/* The same random numbers each time. */

#ifndef MODEL_RANDOM_H
#define MODEL_RANDOM_H

#include "kernel.h"

/** random_below() - a number from 0 to @n - 1, by Knuth's MMIX generator */
static inline u64 random_below(u64 *state, u64 n)
{
	*state = *state * 6364136223846793005ULL + 1442695040888963407ULL;

	return (*state >> 33) % n;
}

#endif /* MODEL_RANDOM_H */
