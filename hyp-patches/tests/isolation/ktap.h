/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * KTAP on standard output, as the kernel's own parser takes it (Documentation/dev-tools/ktap.rst):
 * the plan stands before the results. Flushed line by line: the next test may end the machine.
 */

#ifndef ISOLATION_KTAP_H
#define ISOLATION_KTAP_H

#include <stdbool.h>
#include <stddef.h>

/* Prints the version and the plan: @planned results follow. */
void ktap_begin(size_t planned);
void ktap_result(bool ok, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void ktap_skip(const char *reason, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void ktap_note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Return: the exit status, 0 when nothing failed and there were as many results as planned. */
int ktap_end(void);

#endif /* ISOLATION_KTAP_H */
