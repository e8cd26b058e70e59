/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SMMUSTAT_WRAP_H
#define SMMUSTAT_WRAP_H

#include <stdio.h>

/* Columns of a line of mail. */
enum { WRAP_WIDTH = 75 };

void print_wrapped(FILE *out, int indent, const char *text);

#endif
