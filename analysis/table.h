/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SMMUSTAT_TABLE_H
#define SMMUSTAT_TABLE_H

#include <stdio.h>

enum table_format { TABLE_TEXT, TABLE_MARKDOWN, TABLE_HTML, TABLE_CSV, TABLE_MAIL };

/* Cells of text under headings, printed in any of the formats. */
struct table;

struct table *table_new(size_t nr_columns, const char *const *heads, size_t nr_left);
void table_free(struct table *table);
void table_cell(struct table *table, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void table_number(struct table *table, double number, int decimals);
void table_print(const struct table *table, enum table_format format, FILE *out);
void print_escaped(FILE *out, const char *text, enum table_format format);

#endif
