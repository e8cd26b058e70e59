// SPDX-License-Identifier: GPL-2.0-only
#include "error.h"

#include <stdarg.h>
#include <stdio.h>

/**
 * error_set() - record why something failed
 * @error: where the line goes
 * @code: -errno or one of the SMMUSTAT_ codes
 * @format: one line that also says what to do
 *
 * Control characters become spaces: the text may quote a hostile file, and it has to stay one line.
 *
 * Return: @code, so that a caller can return the result.
 */
int error_set(struct error *error, int code, const char *format, ...)
{
	va_list arguments;
	char *c;

	va_start(arguments, format);
	vsnprintf(error->text, sizeof(error->text), format, arguments);
	va_end(arguments);
	for (c = error->text; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = ' ';
	return code;
}
