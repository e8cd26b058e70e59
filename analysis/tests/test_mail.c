// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "error.h"
#include "file.h"
#include "mail.h"
#include "mem.h"
#include "paragraph.h"
#include "report.h"
#include "table.h"

enum { WIDE = 75 };

/* What is printed, which the caller frees. */
static char *text;
static size_t length;

static FILE *begin(void)
{
	FILE *out = open_memstream(&text, &length);

	assert_non_null(out);
	return out;
}

static void assert_mail(const char *what)
{
	const char *line = text, *end, *c;

	assert_int_equal(text[length - 1], '\n');
	for (; *line; line = end + 1) {
		size_t columns = 0;

		end = strchr(line, '\n');
		for (c = line; c < end; c++) {
			if ((unsigned char)*c < ' ')
				fail_msg("%s: a control character in: %.*s", what,
					 (int)(end - line), line);
			columns += (*c & 0xc0) != 0x80;
		}
		if (columns > WIDE)
			fail_msg("%s: %zu columns: %.*s", what, columns, (int)(end - line), line);
	}
}

/* The report of a file and its comparison with itself; false when it is no file of results. */
static bool mail_of(const char *path, void (*see)(const char *path, bool compared))
{
	const struct compare_request request = { .axis = AXIS_COMMIT };
	struct comparisons *comparisons;
	struct report *report;
	struct result *result;
	struct error error;
	struct stats *stats;
	FILE *out;

	if (result_load(path, &result, &error))
		return false;
	assert_int_equal(stats_build(result, &stats, &error), 0);
	report = report_new(stats, NULL);
	out = begin();
	assert_int_equal(report_mail(report, out), 0);
	fclose(out);
	see(path, false);
	free(text);
	if (!compare(stats, stats, &request, &comparisons, &error)) {
		out = begin();
		assert_int_equal(comparisons_print(comparisons, "mail", out), 0);
		fclose(out);
		see(path, true);
		free(text);
		comparisons_free(comparisons);
	}
	report_free(report);
	stats_free(stats);
	result_free(result);
	return true;
}

static void see_lines(const char *path, bool compared)
{
	char *what = mem_format("%s of %s", compared ? "comparison" : "report", path);

	assert_mail(what);
	free(what);
}

static int is_json(const struct dirent *entry)
{
	const char *dot = strrchr(entry->d_name, '.');

	return dot && !strcmp(dot, ".json");
}

static void every_file_fits(void **state)
{
	struct dirent **entries;
	int nr = scandir(TEST_DATA, &entries, is_json, alphasort), seen = 0, i;
	char *path;

	(void)state;
	for (i = 0; i < nr; i++) {
		path = mem_format("%s/%s", TEST_DATA, entries[i]->d_name);
		seen += mail_of(path, see_lines);
		free(path);
		free(entries[i]);
	}
	free(entries);
	assert_true(seen >= 6);
}

static void see_golden(const char *path, bool compared)
{
	struct error error;
	char *golden;
	size_t wanted;

	(void)path;
	if (compared)
		return;
	assert_int_equal(file_read(TEST_DATA "/schema-1.1.mail", &golden, &wanted, &error), 0);
	assert_string_equal(text, golden);
	free(golden);
}

static void golden(void **state)
{
	(void)state;
	assert_true(mail_of(TEST_DATA "/schema-1.1.json", see_golden));
}

/* A table that no line holds: all its cells are there, each row on one line. */
static void wide_table(void **state)
{
	const char *heads[] = { "operation", "label", "a", "b", "c", "d", "nothing" };
	char long_name[200], number[24];
	struct table *table = table_new(7, heads, 2);
	FILE *out;
	int i;

	(void)state;
	memset(long_name, 'x', sizeof(long_name) - 1);
	long_name[sizeof(long_name) - 1] = '\0';
	for (i = 0; i < 3; i++) {
		table_cell(table, "%s", i ? "short" : long_name);
		table_cell(table, "%s%d", long_name, i);
		table_cell(table, "1234567890123456789%d", i);
		table_cell(table, "2234567890123456789%d", i);
		table_cell(table, "3234567890123456789%d", i);
		table_cell(table, "\t\xc3\xa4%d", i);
		table_cell(table, "-");
	}
	out = begin();
	table_print(table, TABLE_MAIL, out);
	fclose(out);
	assert_mail("table");
	for (i = 0; i < 9; i++) {
		snprintf(number, sizeof(number), "%d234567890123456789%d", i / 3 + 1, i % 3);
		assert_non_null(strstr(text, number));
	}
	/* Two names and three labels, once each. */
	assert_non_null(strstr(text, "\n  [4]\n  xxx"));
	assert_null(strstr(text, "[5]"));
	assert_non_null(strstr(text, "not known in any row: nothing"));
	assert_null(strstr(text, "operation  label  nothing"));
	free(text);
	table_free(table);
}

static void paragraphs(void **state)
{
	static const char expected[] =
		"    one two\n"
		"    34567890123456789012345678901234567890123456789012345678901234567890\n"
		"    123 three\n"
		"  * a b\n";
	FILE *out = begin();

	(void)state;
	print_paragraph(out, 4, " one\t\n two  %s three ",
			"34567890123456789012345678901234567890123456789012345678901234567890123");
	print_item(out, "a %s", "b");
	fclose(out);
	assert_string_equal(text, expected);
	free(text);
}

/* A command stays one: each line but the last ends in a backslash. */
static void commands(void **state)
{
	const char *words[] = {
		"scripts/bench", "--suite", "a_benchmark_of_some_length", "--modes",
		"native,identity,paravirt,nested", "--isolation", "--out", "results/again"
	};
	FILE *out = begin();

	(void)state;
	mail_command(words, sizeof(words) / sizeof(*words), out);
	fclose(out);
	assert_mail("command");
	assert_string_equal(text,
		"    scripts/bench --suite a_benchmark_of_some_length \\\n"
		"        --modes native,identity,paravirt,nested --isolation \\\n"
		"        --out results/again\n");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_file_fits), cmocka_unit_test(golden),
		cmocka_unit_test(wide_table), cmocka_unit_test(paragraphs),
		cmocka_unit_test(commands),
	};

	return cmocka_run_group_tests_name("mail", tests, NULL, NULL);
}
