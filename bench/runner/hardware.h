/* SPDX-License-Identifier: GPL-2.0-only */
/* What a machine is, never its name: two that say the same may be compared in time. */

#ifndef SMMUBENCH_HARDWARE_H
#define SMMUBENCH_HARDWARE_H

#include <stddef.h>

/* Where the kernel says it: "/proc" and "/sys" but for tests. */
struct hardware_source {
	const char *proc;
	const char *sysfs;
};

/**
 * hardware_text() - product, CPUs and memory in a line
 * @text: "PRODUCT; CPUS; N CPUs; M MiB", less what is not known
 *
 * Memory is what firmware gives to Linux, rounded up in steps of an eighth at most: page
 * sizes and versions of firmware cut some of it off. Whoever must not read /proc/iomem
 * takes MemTotal, which also lacks what EL2 and crash kernels reserve.
 */
void hardware_text(const struct hardware_source *source, char *text, size_t size);

#endif /* SMMUBENCH_HARDWARE_H */
