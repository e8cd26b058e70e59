// SPDX-License-Identifier: GPL-2.0-only
#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "json.h"

static void new_line(struct json *j, unsigned int depth)
{
	if (depth > j->wrap)
		return;
	fputc('\n', j->f);
	while (depth--)
		fputs("  ", j->f);
}

/* Bytes of the UTF-8 sequence at @s, or 0 if it is not a valid one. */
static unsigned int utf8_length(const unsigned char *s)
{
	unsigned int n, i;

	if (s[0] < 0x80)
		return 1;
	if (s[0] >= 0xc2 && s[0] <= 0xdf)
		n = 2;
	else if ((s[0] & 0xf0) == 0xe0)
		n = 3;
	else if (s[0] >= 0xf0 && s[0] <= 0xf4)
		n = 4;
	else
		return 0;

	for (i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	}
	/* Overlong forms, surrogates, and what lies behind U+10FFFF. */
	if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f) ||
	    (s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f))
		return 0;

	return n;
}

static void quoted(struct json *j, const char *string)
{
	const unsigned char *s = (const unsigned char *)string;
	unsigned int n;

	fputc('"', j->f);
	while (*s) {
		n = utf8_length(s);
		if (n == 0) {
			fputs("\\ufffd", j->f);
			n = 1;
		} else if (*s == '"' || *s == '\\') {
			fprintf(j->f, "\\%c", *s);
		} else if (*s < 0x20 || *s == 0x7f) {
			fprintf(j->f, "\\u%04x", *s);
		} else {
			fwrite(s, 1, n, j->f);
		}
		s += n;
	}
	fputc('"', j->f);
}

/* What stands before a value: comma, line break, key. */
static void lead_in(struct json *j, const char *key)
{
	if (j->depth) {
		if (j->used[j->depth])
			fputs(j->depth > j->wrap ? ", " : ",", j->f);
		j->used[j->depth] = true;
		new_line(j, j->depth);
	}
	if (key) {
		quoted(j, key);
		fputs(": ", j->f);
	}
}

static void open_container(struct json *j, const char *key, char bracket)
{
	lead_in(j, key);
	fputc(bracket, j->f);
	j->depth++;
	assert(j->depth < JSON_MAX_DEPTH);
	j->used[j->depth] = false;
}

static void close_container(struct json *j, char bracket)
{
	bool used = j->used[j->depth];

	assert(j->depth > 0);
	if (used && j->depth <= j->wrap)
		new_line(j, j->depth - 1);
	j->depth--;
	fputc(bracket, j->f);
	if (j->depth == 0)
		fputc('\n', j->f);
}

void json_put_object(struct json *j, const char *key)
{
	open_container(j, key, '{');
}

void json_end_object(struct json *j)
{
	close_container(j, '}');
}

void json_put_array(struct json *j, const char *key)
{
	open_container(j, key, '[');
}

void json_end_array(struct json *j)
{
	close_container(j, ']');
}

void json_put_string(struct json *j, const char *key, const char *value)
{
	if (!value) {
		json_put_null(j, key);
		return;
	}
	lead_in(j, key);
	quoted(j, value);
}

void json_put_uint(struct json *j, const char *key, uint64_t value)
{
	lead_in(j, key);
	fprintf(j->f, "%" PRIu64, value);
}

void json_put_null(struct json *j, const char *key)
{
	lead_in(j, key);
	fputs("null", j->f);
}
