/* SPDX-License-Identifier: GPL-2.0-only */
/* Block devices and network interfaces in use, by where they lie in sysfs. */

#ifndef SMMUBENCH_INUSE_H
#define SMMUBENCH_INUSE_H

#include <stddef.h>

struct in_use;

/**
 * in_use_read() - find out what is mounted, swapped to, and up
 * @sysfs: root of sysfs or a copy
 * @proc: folder with self/mountinfo and swaps
 *
 * Return: free with in_use_free(); NULL when out of memory.
 */
struct in_use *in_use_read(const char *sysfs, const char *proc);
void in_use_free(struct in_use *in_use);

/**
 * in_use_by() - whether something in use hangs off a device
 * @path: of the device in sysfs, without links
 * @why: a clause ("carries nvme0n1p2, mounted on /"), or empty
 * @size: of @why
 */
void in_use_by(const struct in_use *in_use, const char *path, char *why, size_t size);

#endif /* SMMUBENCH_INUSE_H */
