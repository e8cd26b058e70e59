/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SMMUSTAT_ERROR_H
#define SMMUSTAT_ERROR_H

/* Beside -errno, what a command may return; see the exit status in the help text. */
enum {
	SMMUSTAT_FAILED = 1,
	SMMUSTAT_USAGE = 2,
	SMMUSTAT_INCONCLUSIVE = 3,
};

/* The one line that is printed at the top: what is wrong and what to do about it. */
struct error {
	char text[1024];
};

int error_set(struct error *error, int code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
