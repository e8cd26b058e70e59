/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SMMUSTAT_PARAGRAPH_H
#define SMMUSTAT_PARAGRAPH_H

#include <stdio.h>

void print_paragraph(FILE *out, int indent, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void print_item(FILE *out, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
