/* SPDX-License-Identifier: GPL-2.0-only */
/* KTAP on standard output, flushed line by line: the next test may end the machine. */

#ifndef ISOLATION_KTAP_H
#define ISOLATION_KTAP_H

#include <stdbool.h>

void ktap_begin(void);
void ktap_result(bool ok, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void ktap_skip(const char *reason, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void ktap_note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Prints the plan. Return: the exit status, 0 when nothing failed. */
int ktap_end(void);

#endif /* ISOLATION_KTAP_H */
