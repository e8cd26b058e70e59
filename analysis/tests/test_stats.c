// SPDX-License-Identifier: GPL-2.0-only
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "error.h"
#include "quantity.h"
#include "report.h"

struct loaded {
	struct result *result;
	struct stats *stats;
};

static struct loaded load_file(const char *path)
{
	struct loaded loaded = { NULL, NULL };
	struct error error = { "" };

	assert_int_equal(result_load(path, &loaded.result, &error), 0);
	assert_int_equal(stats_build(loaded.result, &loaded.stats, &error), 0);
	return loaded;
}

static struct loaded load(void)
{
	return load_file(TEST_DATA "/schema-1.0.json");
}

static void unload(struct loaded *loaded)
{
	stats_free(loaded->stats);
	result_free(loaded->result);
}

static const struct row *find(const struct loaded *loaded, const char *name, const char *method)
{
	size_t i;

	for (i = 0; i < loaded->stats->nr_rows; i++)
		if (!strcmp(loaded->stats->rows[i].name, name) &&
		    !strcmp(loaded->stats->rows[i].method, method))
			return &loaded->stats->rows[i];
	fail_msg("no row %s %s", name, method);
	return NULL;
}

static void near(double got, double want)
{
	if (!(fabs(got - want) < 1e-9))
		fail_msg("got %.12g, want %.12g", got, want);
}

/* The golden file of schema 1.0 loads for ever; a kernel without the mode file counts as native. */
static void golden_file_loads(void **state)
{
	struct loaded loaded = load();

	(void)state;
	assert_int_equal(loaded.result->nr_runs, 1);
	assert_string_equal(loaded.result->runs[0].mode, "native");
	assert_int_equal(loaded.result->runs[0].nr_benchmarks, 5);
	assert_string_equal(find(&loaded, "dma_map", "batch")->label, "native:strict");
	assert_string_equal(find(&loaded, "null", "batch")->label, "native");
	assert_string_equal(find(&loaded, "dma_unmap", "batch")->status, "unsupported");
	unload(&loaded);
}

/*
 * By hand: three rounds of 64 with 900, 950 and 910 per operation, null row 12.
 * Mean (900 + 950 + 910) / 3 = 920, less null 908. Median 910, less null 898.
 */
static void batch_by_hand(void **state)
{
	struct loaded loaded = load();
	const struct row *row = find(&loaded, "dma_map", "batch");
	const struct counter *el1 = row_counter(row, "instructions_el1");

	(void)state;
	assert_true(row->null_subtracted);
	near(row->mean.raw, 920);
	near(row->mean.net, 908);
	near(row->median.raw, 910);
	near(row->median.net, 898);
	near(el1->mean.raw, 920);
	near(el1->mean.net, 908);
	near(el1->median.raw, 910);
	near(el1->median.net, 898);
	near(row_counter(row, "instructions_el2")->mean.raw, 0);
	unload(&loaded);
}

/* By hand: (6 * 900 + 1026 + 1028 + 1030 + 2050) / 10 = 1053.4, null row 12. */
static void single_by_hand(void **state)
{
	struct loaded loaded = load();
	const struct row *row = find(&loaded, "dma_map", "single");

	(void)state;
	near(row->mean.raw, 1053.4);
	near(row->mean.net, 1041.4);
	near(row_percentile(row, 50), 900);
	near(row_percentile(row, 90), 1024 + 7 * 2.5 / 3);
	near(row_percentile(row, 99), 2050);
	assert_true(isnan(row->median.raw));
	unload(&loaded);
}

static void unknown_is_not_zero(void **state)
{
	struct loaded loaded = load();
	const struct row *row = find(&loaded, "dma_map", "batch");

	(void)state;
	assert_true(isnan(row_counter(row, "cycles_el2")->mean.raw));
	assert_true(isnan(row_counter(row, "cycles_el2")->median.raw));
	assert_true(isnan(row_el2_entries(row)));
	assert_null(row_counter(row, "cmd_sync"));
	assert_true(isnan(find(&loaded, "dma_unmap", "batch")->mean.raw));
	unload(&loaded);
}

/* Entries by reason add up to 2.5; one that cannot be trusted makes the total unknown. */
static void entries_by_reason(void **state)
{
	struct counter counters[] = {
		{ .name = "el2_entries_hvc", .mean = { 2, NAN } },
		{ .name = "el2_entries_abort", .mean = { 1, 0.5 } },
		{ .name = "cmd_sync", .mean = { 7, 7 } },
	};
	struct row row = { .counters = counters, .nr_counters = 3 };

	(void)state;
	near(row_el2_entries(&row), 2.5);
	counters[0].mean.raw = NAN;
	assert_true(isnan(row_el2_entries(&row)));
}

/* By hand: rounds of 64 with 10, 100 (a tick of the timer) and 10 per operation: 10 in the middle. */
static void overhead_leaves_ticks_out(void **state)
{
	json_t *rounds = json_pack("[{s:i,s:i},{s:i,s:i},{s:i,s:i}]", "ops", 64, "sum", 640, "ops",
				   64, "sum", 6400, "ops", 64, "sum", 640);
	struct benchmark null = { .rounds = rounds };

	(void)state;
	assert_non_null(rounds);
	assert_float_equal(null_overhead(&null), 10, 1e-9);
	json_decref(rounds);
}

static const struct row *find_in(const struct loaded *loaded, const char *mode, const char *name)
{
	size_t i;

	for (i = 0; i < loaded->stats->nr_rows; i++)
		if (!strcmp(loaded->stats->rows[i].name, name) &&
		    !strcmp(loaded->stats->rows[i].mode, mode))
			return &loaded->stats->rows[i];
	fail_msg("no row %s %s", mode, name);
	return NULL;
}

/*
 * By hand, schema 1.1: guests of 64 pages with 3110 and 3150 instructions a page at EL1, 100 when
 * they touch them again: 3130 less 100. EL2's counters are over both rounds together: 256 entries
 * for 128 pages less 64 for 128.
 */
static void counted_rows_by_hand(void **state)
{
	struct loaded loaded = load_file(TEST_DATA "/schema-1.1.json");
	const struct row *take = find_in(&loaded, "identity", "guest_take");
	const struct row *reclaim = find_in(&loaded, "identity", "guest_reclaim");
	struct start *starts;

	(void)state;
	assert_true(take->counted && take->null_subtracted && !take->overhead);
	assert_true(find_in(&loaded, "identity", "guest_touch")->overhead);
	assert_null(take->unit);
	assert_int_equal(take->count, 128);
	assert_true(isnan(take->mean.raw) && isnan(take->mean.net) && isnan(take->median.raw));
	near(row_counter(take, "instructions_el1")->mean.net, 3030);
	near(row_counter(take, "instructions_el1")->median.net, 3030);
	near(row_counter(take, "instructions_el2")->mean.net, 6650);
	near(row_counter(take, "cmd_sync")->mean.net, 1);
	near(row_el2_entries(take), 1.5);
	assert_int_equal(row_starts(take, QUANTITY_MEAN, &starts), 0);
	free(starts);

	/* Nothing measured what is in there besides the page: it stays, and says so. */
	assert_false(reclaim->null_subtracted);
	near(row_counter(reclaim, "instructions_el1")->mean.raw, 600);
	unload(&loaded);
}

/* The loop that is subtracted from a row with a clock is none of a row without. */
static void counters_of_el2_are_less_the_null_row(void **state)
{
	struct loaded loaded = load_file(TEST_DATA "/schema-1.1.json");
	const struct row *native = find_in(&loaded, "native", "dma_map");
	const struct row *identity = find_in(&loaded, "identity", "dma_map");

	(void)state;
	near(row_counter(identity, "cmd_sync")->mean.net, 0);
	near(row_counter(identity, "el2_entries_abort")->mean.net, 0.25);
	near(row_el2_entries(identity), 0.25);
	assert_true(isnan(row_counter(native, "cmd_sync")->mean.net));
	unload(&loaded);
}

/* Rows without a clock are in no table or chart of those with one. */
static void counted_rows_stand_apart(void **state)
{
	struct loaded loaded = load_file(TEST_DATA "/schema-1.1.json");
	struct report *report = report_new(loaded.stats, NULL);
	struct section *sections;
	size_t nr, i;

	(void)state;
	for (i = 0; i < report->nr_views; i++)
		assert_false(report->views[i].row->counted);
	assert_int_equal(report->nr_counted, 5);
	assert_string_equal(report->counted[0].label, "native");
	assert_string_equal(report->counted[1].label, "identity");
	assert_string_equal(report->counted[1].row->name, "guest_take");
	nr = report_sections(report, &sections);
	assert_int_equal(nr, 2);
	assert_string_equal(sections[0].title, "A page given to a protected guest, and taken back");
	assert_string_equal(sections[1].title, "Memory of EL2 for the SMMUs");
	sections_free(sections, nr);
	report_free(report);
	unload(&loaded);
}

static void null_row_stays_raw(void **state)
{
	struct loaded loaded = load();
	const struct row *row = find(&loaded, "null", "batch");

	(void)state;
	assert_true(row->overhead);
	assert_false(row->null_subtracted);
	near(row->mean.raw, 12);
	unload(&loaded);
}

static void medians_by_hand(void **state)
{
	double odd[] = { 5, 1, 3 }, even[] = { 4, 1, 3, 2 };

	(void)state;
	near(stats_median(odd, 3), 3);
	near(stats_median(even, 4), 2.5);
	assert_true(isnan(stats_median(odd, 0)));
}

/* One line of the table takes its mean from the batch row and its percentiles from the single. */
static void batch_and_single_share_a_line(void **state)
{
	struct loaded loaded = load();
	struct report *report = report_new(loaded.stats, NULL);
	const struct view *view = &report->views[0];

	(void)state;
	assert_string_equal(view->row->name, "dma_map");
	assert_non_null(view->batch);
	assert_non_null(view->single);
	near(view_mean(view), 908);
	near(view_percentile(view, 50), 900 - 12);
	near(view_percentile(view, 100), 2050 - 12);
	near(view_counter(view, "instructions_el1"), 908);
	report_free(report);
	unload(&loaded);
}

static void sizes(void **state)
{
	char text[32];

	(void)state;
	format_size(text, sizeof(text), 0);
	assert_string_equal(text, "-");
	format_size(text, sizeof(text), 4096);
	assert_string_equal(text, "4 KiB");
	format_size(text, sizeof(text), 1 << 20);
	assert_string_equal(text, "1 MiB");
	format_size(text, sizeof(text), 1500);
	assert_string_equal(text, "1500 B");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(golden_file_loads),
		cmocka_unit_test(batch_by_hand),
		cmocka_unit_test(single_by_hand),
		cmocka_unit_test(unknown_is_not_zero),
		cmocka_unit_test(entries_by_reason),
		cmocka_unit_test(overhead_leaves_ticks_out),
		cmocka_unit_test(counted_rows_by_hand),
		cmocka_unit_test(counters_of_el2_are_less_the_null_row),
		cmocka_unit_test(counted_rows_stand_apart),
		cmocka_unit_test(null_row_stays_raw),
		cmocka_unit_test(medians_by_hand),
		cmocka_unit_test(batch_and_single_share_a_line),
		cmocka_unit_test(sizes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
