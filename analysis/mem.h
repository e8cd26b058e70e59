/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SMMUSTAT_MEM_H
#define SMMUSTAT_MEM_H

#include <stddef.h>

/*
 * Allocation that does not return on failure. A tool that reads a file and prints has nothing to
 * unwind when memory ends: outputs are renamed into place only when they are complete.
 */
void *mem_zero(size_t count, size_t size);
void *mem_resize(void *old, size_t count, size_t size);
char *mem_string(const char *text);
char *mem_format(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Makes room for one more element in an array that grows by doubling. */
#define mem_grow(array, used)                                                                    \
	((((used) & ((used) - 1)) == 0) ?                                                        \
		 mem_resize((array), (used) ? 2 * (used) : 1, sizeof(*(array))) :                \
		 (array))

#endif
