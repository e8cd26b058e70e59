// SPDX-License-Identifier: GPL-2.0-only
/* The writer's output, byte by byte, and through an independent parser. */

#include "tap.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"

struct output {
	struct json j;
	char *text;
	size_t size;
};

static void begin(struct output *o, unsigned int wrap)
{
	memset(o, 0, sizeof(*o));
	o->j.wrap = wrap;
	o->j.f = open_memstream(&o->text, &o->size);
	assert_non_null(o->j.f);
}

static void end(struct output *o)
{
	assert_int_equal(o->j.depth, 0);
	fclose(o->j.f);
}

static void layout_is_compact_below_the_wrap(void **state)
{
	struct output o;

	(void)state;
	begin(&o, 1);
	json_put_object(&o.j, NULL);
	json_put_uint(&o.j, "a", 1);
	json_put_array(&o.j, "b");
	json_put_uint(&o.j, NULL, 18446744073709551615u);
	json_put_null(&o.j, NULL);
	json_put_object(&o.j, NULL);
	json_end_object(&o.j);
	json_end_array(&o.j);
	json_end_object(&o.j);
	end(&o);
	assert_string_equal(o.text,
			    "{\n  \"a\": 1,\n  \"b\": [18446744073709551615, null, {}]\n}\n");
	free(o.text);
}

struct escape {
	const char *in;
	const char *out;	/* as JSON text */
};

static const struct escape escapes[] = {
	{ "plain", "\"plain\"" },
	{ "a\"b", "\"a\\\"b\"" },
	{ "a\\b", "\"a\\\\b\"" },
	{ "tab\tnl\nbell\a\x1f", "\"tab\\u0009nl\\u000abell\\u0007\\u001f\"" },
	{ "", "\"\"" },
	{ "\xc2\xb5s", "\"\xc2\xb5s\"" },			/* a valid micro sign */
	{ "\xb5s", "\"\\ufffds\"" },				/* the same in Latin-1 */
	{ "\xc0\xaf", "\"\\ufffd\\ufffd\"" },			/* overlong '/' */
	{ "\xed\xa0\x80", "\"\\ufffd\\ufffd\\ufffd\"" },	/* a surrogate */
	{ "\xf0\x9f\x90\xa7", "\"\xf0\x9f\x90\xa7\"" },		/* U+1F427 */
	{ "\xf4\x90\x80\x80", "\"\\ufffd\\ufffd\\ufffd\\ufffd\"" },
	{ "cut\xe2\x82", "\"cut\\ufffd\\ufffd\"" },
};

static void strings_are_escaped(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(escapes); i++) {
		char expected[128];
		struct output o;

		begin(&o, 0);
		json_put_array(&o.j, NULL);
		json_put_string(&o.j, NULL, escapes[i].in);
		json_end_array(&o.j);
		end(&o);
		snprintf(expected, sizeof(expected), "[%s]\n", escapes[i].out);
		assert_string_equal(o.text, expected);
		free(o.text);
	}
}

static void a_parser_reads_back_what_was_written(void **state)
{
	const char *nasty = "every \x01\x02\x1e\x7f\"\\/ byte";
	json_t *root, *list;
	json_error_t error;
	struct output o;
	unsigned int i;

	(void)state;
	begin(&o, 2);
	json_put_object(&o.j, NULL);
	json_put_string(&o.j, nasty, nasty);
	json_put_string(&o.j, "nothing", NULL);
	json_put_array(&o.j, "list");
	for (i = 0; i < 100; i++) {
		json_put_array(&o.j, NULL);
		json_put_uint(&o.j, NULL, i);
		json_put_uint(&o.j, NULL, 9007199254740991u);
		json_end_array(&o.j);
	}
	json_end_array(&o.j);
	json_end_object(&o.j);
	end(&o);

	root = json_loads(o.text, JSON_REJECT_DUPLICATES, &error);
	assert_non_null(root);
	assert_string_equal(json_string_value(json_object_get(root, nasty)), nasty);
	assert_true(json_is_null(json_object_get(root, "nothing")));
	list = json_object_get(root, "list");
	assert_int_equal(json_array_size(list), 100);
	assert_int_equal(json_integer_value(json_array_get(json_array_get(list, 99), 1)),
			 9007199254740991);
	json_decref(root);
	free(o.text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(layout_is_compact_below_the_wrap),
		cmocka_unit_test(strings_are_escaped),
		cmocka_unit_test(a_parser_reads_back_what_was_written),
	};

	return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
