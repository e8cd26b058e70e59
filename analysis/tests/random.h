/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SMMUSTAT_TESTS_RANDOM_H
#define SMMUSTAT_TESTS_RANDOM_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>

/* The same numbers everywhere and for ever: splitmix64, of Steele, Lea and Flood (2014). */
struct random {
	uint64_t state;
};

static inline uint64_t random_next(struct random *random)
{
	uint64_t z = random->state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

static inline size_t random_below(struct random *random, size_t end)
{
	return random_next(random) % end;
}

static inline double random_normal(struct random *random)
{
	double u = ((random_next(random) >> 11) + 1) * 0x1p-53;
	double v = (random_next(random) >> 11) * 0x1p-53;

	return sqrt(-2 * log(u)) * cos(2 * M_PI * v);
}

#endif
