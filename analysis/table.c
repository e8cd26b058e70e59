// SPDX-License-Identifier: GPL-2.0-only
#include "table.h"

#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "paragraph.h"
#include "wrap.h"

/* In a mail, the widest a number may be. */
enum { MAIL_NUMBER = 30 };

struct table {
	size_t nr_columns;
	size_t nr_left;
	char **cells;
	size_t nr_cells;
};

static void add(struct table *table, char *text)
{
	table->cells = mem_grow(table->cells, table->nr_cells);
	table->cells[table->nr_cells++] = text;
}

/**
 * table_new() - begin a table
 * @nr_columns: how many columns
 * @heads: their headings
 * @nr_left: that many columns are words and aligned left, the others numbers
 *
 * Return: a table the caller frees with table_free().
 */
struct table *table_new(size_t nr_columns, const char *const *heads, size_t nr_left)
{
	struct table *table = mem_zero(1, sizeof(*table));
	size_t i;

	table->nr_columns = nr_columns;
	table->nr_left = nr_left;
	for (i = 0; i < nr_columns; i++)
		add(table, mem_string(heads[i]));
	return table;
}

/**
 * table_free() - free a table
 * @table: what to free; may be NULL
 */
void table_free(struct table *table)
{
	size_t i;

	if (!table)
		return;
	for (i = 0; i < table->nr_cells; i++)
		free(table->cells[i]);
	free(table->cells);
	free(table);
}

/**
 * table_cell() - add the next cell, row by row
 * @table: the table
 * @format: its text
 */
void table_cell(struct table *table, const char *format, ...)
{
	va_list arguments;
	char *text;

	va_start(arguments, format);
	if (vasprintf(&text, format, arguments) < 0)
		text = mem_string("");
	va_end(arguments);
	add(table, text);
}

/**
 * table_number() - add the next cell, a number
 * @table: the table
 * @number: NAN, which is not known, is shown as a dash
 * @decimals: digits behind the point
 */
void table_number(struct table *table, double number, int decimals)
{
	if (isnan(number))
		table_cell(table, "-");
	else
		table_cell(table, "%.*f", decimals, number == 0 ? 0 : number);
}

/**
 * print_escaped() - print text from a file so that it stays text
 * @out: where to
 * @text: the text
 * @format: what it is printed into
 */
void print_escaped(FILE *out, const char *text, enum table_format format)
{
	const char *c;

	for (c = text; *c; c++) {
		if (format != TABLE_CSV && ((unsigned char)*c < ' ' || *c == 0x7f))
			fputc(' ', out);
		else if (format == TABLE_CSV && *c == '"')
			fputs("\"\"", out);
		else if (format == TABLE_MARKDOWN && strchr("|\\`*<>[]", *c))
			fprintf(out, "\\%c", *c);
		else if (format == TABLE_HTML && *c == '&')
			fputs("&amp;", out);
		else if (format == TABLE_HTML && *c == '<')
			fputs("&lt;", out);
		else if (format == TABLE_HTML && *c == '>')
			fputs("&gt;", out);
		else if (format == TABLE_HTML && *c == '"')
			fputs("&quot;", out);
		else
			fputc(*c, out);
	}
}

/* Columns as the terminal counts them: continuation bytes of UTF-8 take no room. */
static size_t width(const char *text)
{
	size_t columns = 0;

	for (; *text; text++)
		columns += (*text & 0xc0) != 0x80;
	return columns;
}

static size_t *widths_of(const struct table *table)
{
	size_t *widths = mem_zero(table->nr_columns, sizeof(*widths)), i;

	for (i = 0; i < table->nr_cells; i++) {
		size_t wide = width(table->cells[i]), column = i % table->nr_columns;

		widths[column] = wide > widths[column] ? wide : widths[column];
	}
	return widths;
}

/* The words of a row, and its numbers from @first up to @end. */
static void print_text_row(const struct table *table, size_t row, const size_t *widths,
			   size_t first, size_t end, FILE *out)
{
	size_t i, pad;

	for (i = 0; i < end; i = i + 1 == table->nr_left ? first : i + 1) {
		const char *cell = table->cells[row * table->nr_columns + i];
		bool left = i < table->nr_left;

		fputs("  ", out);
		pad = widths[i] - width(cell);
		if (!left)
			fprintf(out, "%*s", (int)pad, "");
		print_escaped(out, cell, TABLE_TEXT);
		if (left && i + 1 < table->nr_columns)
			fprintf(out, "%*s", (int)pad, "");
	}
	fputc('\n', out);
}

static void print_text(const struct table *table, FILE *out)
{
	size_t *widths = widths_of(table), i;

	for (i = 0; i < table->nr_cells / table->nr_columns; i++)
		print_text_row(table, i, widths, table->nr_left, table->nr_columns, out);
	free(widths);
}

/* Takes from the widest columns until the words and the widest number fit into a line. */
static size_t *widths_for_mail(const struct table *table)
{
	size_t *widths = widths_of(table), words = 0, number = 0, widest, i;

	for (i = table->nr_left; i < table->nr_columns; i++) {
		widths[i] = widths[i] < MAIL_NUMBER ? widths[i] : MAIL_NUMBER;
		number = widths[i] + 2 > number ? widths[i] + 2 : number;
	}
	for (i = 0; i < table->nr_left; i++)
		words += widths[i] + 2;
	for (; words + number > WRAP_WIDTH; words--) {
		for (widest = 0, i = 1; i < table->nr_left; i++)
			widest = widths[i] > widths[widest] ? i : widest;
		widths[widest]--;
	}
	return widths;
}

/* A column of numbers none of which is known takes room and says nothing. */
static bool is_unknown(const struct table *table, size_t column)
{
	size_t i;

	if (column < table->nr_left)
		return false;
	for (i = column + table->nr_columns; i < table->nr_cells; i += table->nr_columns)
		if (strcmp(table->cells[i], "-"))
			return false;
	return true;
}

/* The columns that say something. @unknown is set to the names of the others, to be freed. */
static struct table *known_columns(const struct table *table, char **unknown)
{
	struct table *copy = mem_zero(1, sizeof(*copy));
	size_t i;

	*unknown = mem_string("");
	copy->nr_columns = table->nr_columns;
	copy->nr_left = table->nr_left;
	for (i = 0; i < table->nr_cells; i++) {
		if (!is_unknown(table, i % table->nr_columns)) {
			add(copy, mem_string(table->cells[i]));
		} else if (i < table->nr_columns) {
			char *longer = mem_format("%s%s%s", *unknown, **unknown ? ", " : "",
						  table->cells[i]);

			free(*unknown);
			*unknown = longer;
			copy->nr_columns--;
		}
	}
	return copy;
}

/* What is too wide becomes a number, under which its text is in @notes. */
static void shorten(struct table *table, const size_t *widths, char ***notes, size_t *nr_notes)
{
	size_t i, k;

	for (i = 0; i < table->nr_cells; i++) {
		char *cell = table->cells[i];

		if (width(cell) <= widths[i % table->nr_columns])
			continue;
		for (k = 0; k < *nr_notes && strcmp((*notes)[k], cell); k++)
			;
		if (k == *nr_notes) {
			*notes = mem_grow(*notes, *nr_notes);
			(*notes)[(*nr_notes)++] = mem_string(cell);
		}
		free(cell);
		table->cells[i] = mem_format("[%zu]", k + 1);
	}
}

/* As many columns as a line of mail holds, then the others below, beside the same words. */
static void print_mail(const struct table *all, FILE *out)
{
	size_t *limits, *widths, nr_notes = 0, first, end, used, i;
	char **notes = NULL, *unknown;
	struct table *table = known_columns(all, &unknown);

	limits = widths_for_mail(table);
	shorten(table, limits, &notes, &nr_notes);
	widths = widths_of(table);
	end = table->nr_left;
	do {
		first = end;
		for (used = i = 0; i < table->nr_left; i++)
			used += widths[i] + 2;
		for (; end < table->nr_columns && used + widths[end] + 2 <= WRAP_WIDTH; end++)
			used += widths[end] + 2;
		if (first > table->nr_left)
			fputc('\n', out);
		for (i = 0; i < table->nr_cells / table->nr_columns; i++)
			print_text_row(table, i, widths, first, end, out);
	} while (end < table->nr_columns);
	if (*unknown)
		print_paragraph(out, 2, "not known in any row: %s", unknown);
	for (i = 0; i < nr_notes; i++) {
		print_paragraph(out, 2, "[%zu] %s", i + 1, notes[i]);
		free(notes[i]);
	}
	free(notes);
	free(unknown);
	free(widths);
	free(limits);
	table_free(table);
}

static void print_row(const struct table *table, size_t row, enum table_format format, FILE *out)
{
	const char *tag = row ? "td" : "th";
	size_t i;

	if (format == TABLE_HTML)
		fputs("<tr>", out);
	for (i = 0; i < table->nr_columns; i++) {
		const char *cell = table->cells[row * table->nr_columns + i];

		if (format == TABLE_HTML)
			fprintf(out, "<%s%s>", tag, i < table->nr_left ? "" : " class=\"number\"");
		else if (format == TABLE_MARKDOWN)
			fputs(i ? " | " : "| ", out);
		else
			fputs(i ? ",\"" : "\"", out);
		print_escaped(out, cell, format);
		if (format == TABLE_HTML)
			fprintf(out, "</%s>", tag);
		else if (format == TABLE_CSV)
			fputc('"', out);
	}
	fputs(format == TABLE_HTML ? "</tr>\n" : format == TABLE_MARKDOWN ? " |\n" : "\n", out);
	if (format != TABLE_MARKDOWN || row)
		return;
	for (i = 0; i < table->nr_columns; i++)
		fputs(i < table->nr_left ? "| --- " : "| ---: ", out);
	fputs("|\n", out);
}

/**
 * table_print() - print a table
 * @table: all its rows are full
 * @format: in which format
 * @out: where to
 */
void table_print(const struct table *table, enum table_format format, FILE *out)
{
	size_t i;

	if (format == TABLE_TEXT || format == TABLE_MAIL) {
		(format == TABLE_MAIL ? print_mail : print_text)(table, out);
		return;
	}
	if (format == TABLE_HTML)
		fputs("<div class=\"wide\"><table>\n", out);
	for (i = 0; i < table->nr_cells / table->nr_columns; i++)
		print_row(table, i, format, out);
	if (format == TABLE_HTML)
		fputs("</table></div>\n", out);
}
