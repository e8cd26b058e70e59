// SPDX-License-Identifier: GPL-2.0-only
#include "wrap.h"

#include <string.h>

/**
 * print_wrapped() - print text in lines that a mail can hold
 * @out: where to
 * @indent: columns before each line
 * @text: words, with one space between them; a word that is too long stays whole
 */
void print_wrapped(FILE *out, int indent, const char *text)
{
	int column = 0, length;

	for (; *text; text += length, text += strspn(text, " ")) {
		length = strcspn(text, " ");
		if (column && column + 1 + length > WRAP_WIDTH) {
			fputc('\n', out);
			column = 0;
		}
		column += fprintf(out, "%*s%.*s", column ? 1 : indent, "", length, text);
	}
	fputc('\n', out);
}
