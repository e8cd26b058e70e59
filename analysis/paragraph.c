// SPDX-License-Identifier: GPL-2.0-only
#include "paragraph.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "wrap.h"

/* Words with one space between them, none of them longer than a line. */
static char *words(const char *text, size_t longest)
{
	char *result = mem_zero(2 * strlen(text) + 1, 1);
	size_t length = 0, word = 0;

	for (; *text; text++) {
		bool space = (unsigned char)*text <= ' ' || *text == 0x7f;
		bool within = ((unsigned char)*text & 0xc0) == 0x80;	/* a character of UTF-8 */

		if (space ? word > 0 : word >= longest && !within) {
			result[length++] = ' ';
			word = 0;
		}
		if (space)
			continue;
		result[length++] = *text;
		word++;
	}
	return result;
}

static void __attribute__((format(printf, 3, 0)))
print(FILE *out, int indent, const char *format, va_list arguments)
{
	char *text, *line;

	if (vasprintf(&text, format, arguments) < 0)
		text = mem_string("out of memory");
	/* A character of UTF-8 may be three bytes longer than a column. */
	line = words(text, WRAP_WIDTH - indent - 3);
	print_wrapped(out, indent, line);
	free(line);
	free(text);
}

/**
 * print_paragraph() - print text of a result file in lines that a mail can hold
 * @out: where to
 * @indent: columns before each line
 * @format: text of any content
 *
 * What is not printable becomes a space; a word that is too long goes on in the next line.
 */
void print_paragraph(FILE *out, int indent, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	print(out, indent, format, arguments);
	va_end(arguments);
}

/**
 * print_item() - print such a text as an item of a list
 * @out: where to
 * @format: text of any content
 */
void print_item(FILE *out, const char *format, ...)
{
	char *lines = NULL;
	va_list arguments;
	size_t length;
	FILE *memory = open_memstream(&lines, &length);

	va_start(arguments, format);
	print(memory ? memory : out, 4, format, arguments);
	va_end(arguments);
	if (!memory)
		return;
	fclose(memory);
	lines[2] = '*';
	fputs(lines, out);
	free(lines);
}
