/* SPDX-License-Identifier: GPL-2.0-only */
/* Small files of the kernel: one value each, read whole, written in one go. */

#ifndef SMMUBENCH_SYSFS_H
#define SMMUBENCH_SYSFS_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * Paths are printf formats. All return 0 or -errno; -ENAMETOOLONG for a path
 * that does not fit.
 */

/* Reads up to @size - 1 bytes, drops the line end, terminates. */
int sysfs_read(char *value, size_t size, const char *path, ...)
	__attribute__((format(printf, 3, 4)));
/* The same with its lines, each of which ends in a line end but for the last. */
int sysfs_read_lines(char *text, size_t size, const char *path, ...)
	__attribute__((format(printf, 3, 4)));
int sysfs_write(const char *value, const char *path, ...) __attribute__((format(printf, 2, 3)));

/* The last component of what a link points to. */
int sysfs_link_name(char *name, size_t size, const char *path, ...)
	__attribute__((format(printf, 3, 4)));

/* The path without links; @resolved has PATH_MAX bytes. */
int sysfs_resolve(char *resolved, const char *path, ...) __attribute__((format(printf, 2, 3)));

bool sysfs_exists(const char *path, ...) __attribute__((format(printf, 1, 2)));

/**
 * sysfs_list() - names in a folder, sorted, without those that start with a dot
 * @names: allocated; free with sysfs_list_free()
 *
 * Return: how many, or -errno.
 */
int sysfs_list(char ***names, const char *path, ...) __attribute__((format(printf, 2, 3)));
void sysfs_list_free(char **names, int n);

#endif /* SMMUBENCH_SYSFS_H */
