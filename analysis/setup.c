// SPDX-License-Identifier: GPL-2.0-only
/* Setups of runs: what has to be the same before two figures are compared. */
#include "setup.h"

#include <stdlib.h>
#include <string.h>

#include "mem.h"

/**
 * setup_is_of_driver() - whether a field says what the host's driver made of the SMMU
 * @field: for example smmus[0].options
 *
 * Modes differ in such a field by their nature: where EL2 owns the SMMU there is no such driver.
 *
 * Return: true when runs of two modes may differ in it.
 */
bool setup_is_of_driver(const char *field)
{
	const char *member = strchr(field, '.');

	return !strncmp(field, "smmus[", strlen("smmus[")) && member && !strcmp(member, ".options");
}

static char *difference(const json_t *a, const json_t *b, const char *field, setup_waived waived,
			const void *context);

static char *member_difference(const json_t *a, const json_t *b, const char *key,
			       const char *field, setup_waived waived, const void *context)
{
	char *name = mem_format("%s%s%s", field, *field ? "." : "", key);
	char *found = difference(json_object_get(a, key), json_object_get(b, key), name, waived,
				 context);

	free(name);
	return found;
}

static char *difference(const json_t *a, const json_t *b, const char *field, setup_waived waived,
			const void *context)
{
	char *found = NULL, *name;
	const json_t *value;
	const char *key;
	size_t i;

	if (waived && *field && waived(context, field))
		return NULL;
	if (json_is_object(a) && json_is_object(b)) {
		json_object_foreach((json_t *)a, key, value) {
			found = member_difference(a, b, key, field, waived, context);
			if (found)
				return found;
		}
		json_object_foreach((json_t *)b, key, value) {
			found = member_difference(a, b, key, field, waived, context);
			if (found)
				return found;
		}
		return NULL;
	}
	if (json_is_array(a) && json_is_array(b) && json_array_size(a) == json_array_size(b)) {
		for (i = 0; !found && i < json_array_size(a); i++) {
			name = mem_format("%s[%zu]", field, i);
			found = difference(json_array_get(a, i), json_array_get(b, i), name, waived,
					   context);
			free(name);
		}
		return found;
	}
	/* Absent and null differ: one was not asked, the other not answered. */
	if ((!a && !b) || (a && b && json_equal(a, b)))
		return NULL;
	return mem_string(field);
}

/**
 * setup_difference() - the first field in which two setups differ
 * @a: one
 * @b: the other
 * @waived: tells fields that may differ; NULL when none may
 * @context: handed to @waived
 *
 * Return: the name of the field, which the caller frees, or NULL when they are alike.
 */
char *setup_difference(const json_t *a, const json_t *b, setup_waived waived, const void *context)
{
	return difference(a, b, "", waived, context);
}

/**
 * setup_value() - a field for people
 * @setup: the setup
 * @field: a key of it
 *
 * Return: its value, or "unknown"; the caller frees it.
 */
char *setup_value(const json_t *setup, const char *field)
{
	const json_t *value = json_object_get(setup, field);
	char *text, *copy;

	if (json_is_string(value))
		return mem_string(json_string_value(value));
	if (!value || json_is_null(value))
		return mem_string("unknown");
	text = json_dumps(value, JSON_ENCODE_ANY);
	copy = mem_string(text ? text : "unknown");
	free(text);
	return copy;
}

/**
 * append_value() - "name=value" at the end of a list of words
 * @text: the list so far, which is freed
 * @fields: an object, for example the parameters of a row
 * @name: a key of it
 *
 * Return: the longer list; the caller frees it.
 */
char *append_value(char *text, const json_t *fields, const char *name)
{
	char *value = setup_value(fields, name);
	char *longer = mem_format("%s%s%s=%s", text, *text ? " " : "", name, value);

	free(value);
	free(text);
	return longer;
}
