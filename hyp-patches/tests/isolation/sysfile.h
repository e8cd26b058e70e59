/* SPDX-License-Identifier: GPL-2.0-only */
/* Small files of the kernel. Paths are printf formats; all return 0 or -errno. */

#ifndef ISOLATION_SYSFILE_H
#define ISOLATION_SYSFILE_H

#include <stddef.h>

/* Reads up to @size - 1 bytes, drops the last line end, terminates. */
int sysfile_read(char *text, size_t size, const char *path, ...)
	__attribute__((format(printf, 3, 4)));
int sysfile_write(const char *text, const char *path, ...) __attribute__((format(printf, 2, 3)));

#endif /* ISOLATION_SYSFILE_H */
