// SPDX-License-Identifier: GPL-2.0-only
#include "mem.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *check(void *memory)
{
	if (memory)
		return memory;
	fputs("smmustat: out of memory: report fewer runs at once\n", stderr);
	exit(EXIT_FAILURE);
}

/**
 * mem_zero() - allocate zeroed memory
 * @count: elements
 * @size: bytes per element
 *
 * Return: memory the caller frees; never NULL.
 */
void *mem_zero(size_t count, size_t size)
{
	return check(calloc(count ? count : 1, size));
}

/**
 * mem_resize() - grow or shrink an allocation
 * @old: the allocation, or NULL
 * @count: elements wanted
 * @size: bytes per element
 *
 * Return: memory the caller frees; never NULL. @old is no longer valid.
 */
void *mem_resize(void *old, size_t count, size_t size)
{
	if (size && count > SIZE_MAX / size)
		check(NULL);
	return check(realloc(old, count * size));
}

/**
 * mem_string() - duplicate a string
 * @text: what to copy
 *
 * Return: a copy the caller frees; never NULL.
 */
char *mem_string(const char *text)
{
	return check(strdup(text));
}

/**
 * mem_format() - print into a new string
 * @format: as for printf()
 *
 * Return: a string the caller frees; never NULL.
 */
char *mem_format(const char *format, ...)
{
	char *text = NULL;
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vasprintf(&text, format, arguments);
	va_end(arguments);
	return check(length < 0 ? NULL : text);
}
