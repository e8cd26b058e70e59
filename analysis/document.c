// SPDX-License-Identifier: GPL-2.0-only
/* From a path to a JSON document of a schema that this program reads. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "file.h"
#include "result.h"

enum { SCHEMA_MAJOR = 1 };

static int check_version(const char *path, const json_t *root, struct error *error)
{
	const json_t *schema = json_object_get(root, "schema");
	const json_t *major = json_object_get(schema, "major");
	const json_t *minor = json_object_get(schema, "minor");

	if (!json_is_integer(major) || !json_is_integer(minor) || json_integer_value(major) < 1 ||
	    json_integer_value(minor) < 0)
		return error_set(error, -EINVAL, "%s: not a result file: it has no schema version; "
				 "give a file that smmubench or smmustat merge wrote", path);
	if (json_integer_value(major) > SCHEMA_MAJOR)
		return error_set(error, -EPROTO, "%s: schema %" JSON_INTEGER_FORMAT
				 ".%" JSON_INTEGER_FORMAT " is newer than this smmustat, which "
				 "reads up to %d: update smmustat", path,
				 json_integer_value(major), json_integer_value(minor),
				 SCHEMA_MAJOR);
	return 0;
}

/* By the bytes that such a file begins with. */
static const char *compressed_by(const char *data, size_t length)
{
	static const struct {
		const char *name, *magic;
		size_t length;
	} known[] = {
		{ "gzip", "\x1f\x8b", 2 },
		{ "zstd", "\x28\xb5\x2f\xfd", 4 },
		{ "xz", "\xfd" "7zXZ\0", 6 },
		{ "bzip2", "BZh", 3 },
		{ "lz4", "\x04\x22\x4d\x18", 4 },
		{ "compress", "\x1f\x9d", 2 },
		{ "zip", "PK\x03\x04", 4 },
	};
	size_t i;

	for (i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (length >= known[i].length && !memcmp(data, known[i].magic, known[i].length))
			return known[i].name;
	return NULL;
}

/* What is no JSON, but something that can be told apart. */
static int check_kind(const char *path, const char *data, size_t length, struct error *error)
{
	const char *compressed = compressed_by(data, length);

	if (compressed)
		return error_set(error, -EINVAL, "%s: is compressed (%s): unpack it first; a pipe "
				 "will do in place of a file", path, compressed);
	if (strspn(data, " \t\r\n") == length)
		return error_set(error, -ENODATA, "%s: the file is empty: measure again, or remove "
				 "it", path);
	return 0;
}

/**
 * document_load() - read a result file as JSON
 * @path: the file
 * @root: set to the document, which the caller releases with json_decref()
 * @error: the reason on failure
 *
 * A newer major schema is refused; a newer minor one only adds keys, which are kept.
 *
 * Return: 0 or -errno.
 */
int document_load(const char *path, json_t **root, struct error *error)
{
	json_error_t json_error;
	size_t length;
	json_t *document;
	char *data;
	int code;

	code = file_read(path, &data, &length, error);
	if (code)
		return code;
	code = check_kind(path, data, length, error);
	if (code) {
		free(data);
		return code;
	}
	document = json_loadb(data, length, JSON_REJECT_DUPLICATES, &json_error);
	free(data);
	if (!document && json_error_code(&json_error) == json_error_premature_end_of_input)
		return error_set(error, -EINVAL, "%s: the file is truncated: it ends in line %d "
				 "within a value; copy it again, or measure again", path,
				 json_error.line);
	if (!document)
		return error_set(error, -EINVAL, "%s: not JSON: line %d: %s; give a result file",
				 path, json_error.line, json_error.text);
	code = check_version(path, document, error);
	if (code)
		json_decref(document);
	else
		*root = document;
	return code;
}
