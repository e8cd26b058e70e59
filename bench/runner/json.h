/* SPDX-License-Identifier: GPL-2.0-only */
/* A writer of JSON: objects, arrays, strings, integers and null. No floats. */

#ifndef SMMUBENCH_JSON_H
#define SMMUBENCH_JSON_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define JSON_MAX_DEPTH 16

/**
 * struct json - where it goes and how deep it is
 * @f: the caller's; errors stay in ferror()
 * @wrap: containers up to this depth put each member on a line of its own
 */
struct json {
	FILE *f;
	unsigned int wrap;
	unsigned int depth;
	bool used[JSON_MAX_DEPTH];
};

/*
 * @key names the member and is NULL in an array and at the top. Strings may be
 * NULL (null) and need not be valid UTF-8: what is not becomes U+FFFD.
 */
void json_put_object(struct json *j, const char *key);
void json_end_object(struct json *j);
void json_put_array(struct json *j, const char *key);
void json_end_array(struct json *j);
void json_put_string(struct json *j, const char *key, const char *value);
void json_put_uint(struct json *j, const char *key, uint64_t value);
void json_put_null(struct json *j, const char *key);

#endif /* SMMUBENCH_JSON_H */
