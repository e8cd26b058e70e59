// SPDX-License-Identifier: GPL-2.0-only
/* KTAP as the kernel writes it, and as this project's tests wrote it first. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "ktap.h"
#include "mem.h"

struct seen {
	char *text;		/* "NAME:OUTCOME " for each result */
	struct ktap_end end;
};

static void note(void *context, const struct ktap_result *result)
{
	struct seen *seen = context;
	char *longer = mem_format("%s%s:%s ", seen->text, result->description,
				  result->skip ? "skip" : result->ok ? "ok" : "FAIL");

	free(seen->text);
	seen->text = longer;
}

/* Reads @text and expects those results; @whole: every plan was kept. */
static void expect(const char *text, const char *results, bool whole, long plan)
{
	struct seen seen = { mem_string(""), { 0 } };
	char *copy = mem_string(text);

	ktap_read(copy, note, &seen, &seen.end);
	assert_string_equal(seen.text, results);
	if (seen.end.whole != whole || seen.end.plan != plan)
		fail_msg("%s: whole %d, plan %ld", text, seen.end.whole, seen.end.plan);
	free(seen.text);
	free(copy);
}

static void plan_first_and_last(void **state)
{
	(void)state;
	expect("KTAP version 1\n1..2\nok 1 one\nnot ok 2 - two\n", "one:ok two:FAIL ", true, 2);
	expect("KTAP version 1\nok 1 - one\nnot ok 2 two\n1..2\n", "one:ok two:FAIL ", true, 2);
	expect("TAP version 14\r\n1..1\r\nok 1 one\r\n", "one:ok ", true, 1);
	expect("1..3\nok 1 one\nok 2 two\n", "one:ok two:ok ", false, 3);
	expect("KTAP version 1\nok 1 one\n", "one:ok ", false, -1);
	expect("", "", false, -1);
}

/* The example of ktap.rst: three levels, a line that ends each. */
static void nested(void **state)
{
	(void)state;
	expect("KTAP version 1\n"
	       "1..1\n"
	       "  KTAP version 1\n"
	       "  1..2\n"
	       "    KTAP version 1\n"
	       "    1..1\n"
	       "    # test_1: initializing test_1\n"
	       "    ok 1 test_1\n"
	       "  ok 1 example_test_1\n"
	       "    KTAP version 1\n"
	       "    1..2\n"
	       "    ok 1 test_1 # SKIP test_1 skipped\n"
	       "    ok 2 test_2\n"
	       "  ok 2 example_test_2\n"
	       "ok 1 main_test\n", "test_1:ok test_1:skip test_2:ok ", true, 1);
	/* Suites beside results of the file itself, indented by four, without a version. */
	expect("KTAP version 1\n1..3\n"
	       "    # Subtest: cases\n    1..1\n    not ok 1 - inner\nnot ok 1 - cases\n"
	       "ok 2 - flat\nok 3 - empty # SKIP no such machine\n",
	       "inner:FAIL flat:ok empty:skip ", true, 3);
	/* All of it indented, as it is when cut out of a longer log. */
	expect("  KTAP version 1\n  1..1\n  ok 1 one\n", "one:ok ", true, 1);
}

static void nested_cut_short(void **state)
{
	(void)state;
	expect("KTAP version 1\n1..1\n  KTAP version 1\n  1..3\n  ok 1 one\n", "one:ok ", false, 3);
	expect("KTAP version 1\n1..1\n  KTAP version 1\n  1..3\n  ok 1 one\nok 1 suite\n", "one:ok ",
	       false, 3);
	expect("KTAP version 1\n1..1\n  KTAP version 1\n  ok 1 one\nok 1 suite\n", "one:ok ", false, -1);
	/* A suite that failed though its results did not: what it says counts. */
	expect("KTAP version 1\n1..1\n  KTAP version 1\n  1..1\n  ok 1 one\nnot ok 1 suite\n",
	       "one:ok suite:FAIL ", true, 1);
}

static void directives(void **state)
{
	(void)state;
	expect("1..6\nok 1 a # skip: none here\nnot ok 2 b # SKIP\nnot ok 3 c # TODO later\n"
	       "not ok 4 d # XFAIL\nnot ok 5 e # TIMEOUT 300\nok 6 # SKIP all of it\n",
	       "a:skip b:skip c:skip d:skip e:FAIL :skip ", true, 6);
	/* What is no result is no result, whatever it looks like. */
	expect("1..1\n# ok 1 - a note\nnothing ok 2\nokay 1\n[    1.0] ok 1 x\nok 1 one\n1..x\n",
	       "one:ok ", true, 1);
}

static void reasons(void **state)
{
	char nothing[] = "KTAP version 1\n1..0 # SKIP no device\n", cut[] = "1..2\nok 1 a\nBail out! dead\n";
	struct seen seen = { mem_string(""), { 0 } };

	(void)state;
	ktap_read(nothing, note, &seen, &seen.end);
	assert_true(seen.end.whole && seen.end.planned);
	assert_string_equal(seen.end.skip, "no device");
	ktap_read(cut, note, &seen, &seen.end);
	assert_string_equal(seen.end.bail_out, "dead");
	assert_false(seen.end.whole);
	free(seen.text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plan_first_and_last),
		cmocka_unit_test(nested),
		cmocka_unit_test(nested_cut_short),
		cmocka_unit_test(directives),
		cmocka_unit_test(reasons),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
