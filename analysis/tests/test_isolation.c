// SPDX-License-Identifier: GPL-2.0-only
/* The isolation tests' KTAP as a matrix. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "error.h"
#include "isolation.h"

static struct isolation *load(void)
{
	struct error error = { "" };
	struct isolation *all;

	assert_int_equal(isolation_load(TEST_DATA "/isolation/results.json", &all, &error), 0);
	assert_non_null(all);
	return all;
}

static const struct isolation_case *find(const struct isolation *all, const char *name)
{
	size_t i;

	for (i = 0; i < all->nr_cases; i++)
		if (!strcmp(all->cases[i].name, name))
			return &all->cases[i];
	fail_msg("no case %s", name);
	return NULL;
}

static void expect(const struct isolation *all, const char *name, const char *native,
		   const char *identity)
{
	const struct isolation_case *c = find(all, name);

	if (native)
		assert_string_equal(c->cells[0], native);
	else
		assert_null(c->cells[0]);
	assert_string_equal(c->cells[1], identity);
}

static void cases_by_mode(void **state)
{
	struct isolation *all = load();

	(void)state;
	assert_int_equal(all->nr_modes, 2);
	assert_string_equal(all->modes[0], "native");
	assert_string_equal(all->modes[1], "identity");
	assert_int_equal(all->nr_cases, 8);
	expect(all, "host_write", "reached", "reached");
	expect(all, "guest_write", "reached", "FAIL: reached");
	expect(all, "pool_write", "skip", "blocked");
	expect(all, "plain", "pass", "blocked");
	expect(all, "<b>late</b>", NULL, "FAIL");
	expect(all, "its_table_guest", NULL, "reached");
	assert_string_equal(find(all, "guest_write")->attempt,
			    "a device writes a page that a guest took");
	isolation_free(all);
}

/* Skipped cases say why, gaps that are known too, and a file cut short is none that is whole. */
static void remarks(void **state)
{
	struct isolation *all = load();

	(void)state;
	assert_string_equal(all->remarks, "native: 3 as it must be, 0 not, 2 skipped; "
			    "skipped pool_write, pool_read: there is no pool. "
			    "identity: 5 as it must be, 2 not, 0 skipped, incomplete: 9 were planned; "
			    "not isolated: its_table_guest, its_itt_guest, "
			    "since no SMMU stands before the GIC");
	isolation_free(all);
}

/* As the kernel writes it: plan first, the cases of each device a suite of their own. */
static void nested_cases(void **state)
{
	struct error error = { "" };
	struct isolation *all;

	(void)state;
	assert_int_equal(isolation_load(TEST_DATA "/isolation/nested/results.json", &all, &error), 0);
	assert_non_null(all);
	assert_int_equal(all->nr_cases, 3);
	assert_string_equal(find(all, "host_write")->cells[0], "reached");
	assert_string_equal(find(all, "guest_write")->cells[0], "FAIL: reached");
	assert_string_equal(find(all, "pool_write")->cells[0], "skip");
	assert_string_equal(all->remarks, "identity: 1 as it must be, 1 not, 1 skipped; skipped "
			    "pool_write: there is no pool");
	isolation_free(all);
}

static void nothing_there(void **state)
{
	struct error error = { "" };
	struct isolation *all;

	(void)state;
	assert_int_equal(isolation_load(TEST_DATA "/native.json", &all, &error), 0);
	assert_null(all);
	isolation_free(all);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cases_by_mode),
		cmocka_unit_test(remarks),
		cmocka_unit_test(nested_cases),
		cmocka_unit_test(nothing_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
