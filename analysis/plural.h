/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SMMUSTAT_PLURAL_H
#define SMMUSTAT_PLURAL_H

#include <stddef.h>

/**
 * plural() - what a noun ends in behind its count
 * @nr: the count
 */
static inline const char *plural(size_t nr)
{
	return nr == 1 ? "" : "s";
}

#endif
