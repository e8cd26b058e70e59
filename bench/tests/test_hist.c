// SPDX-License-Identifier: GPL-2.0-only
/*
 * The histogram's geometry against numbers worked out by hand from its
 * definition: values below 256 are exact; [256, 512) is cut into 128 buckets of
 * 2, [512, 1024) into 128 of 4, and so on up to [2^63, 2^64) with 128 of 2^56.
 */

#include "tap.h"

#include "hist.h"

struct by_hand {
	uint64_t value;
	unsigned int index;
	uint64_t low;
	uint64_t high;	/* 0 stands for 2^64 */
};

static const struct by_hand table[] = {
	{ 0, 0, 0, 1 },
	{ 1, 1, 1, 2 },
	{ 127, 127, 127, 128 },
	{ 128, 128, 128, 129 },
	{ 255, 255, 255, 256 },
	{ 256, 256, 256, 258 },
	{ 257, 256, 256, 258 },
	{ 258, 257, 258, 260 },
	{ 511, 383, 510, 512 },
	{ 512, 384, 512, 516 },
	/* 880: octave of 512 (index 384), (880 - 512) / 4 = 92 buckets in. */
	{ 880, 476, 880, 884 },
	{ 883, 476, 880, 884 },
	{ 1023, 511, 1020, 1024 },
	{ 1024, 512, 1024, 1032 },
	/* 1000000: octave of 2^19 = 524288, 12 above 2^7; width 4096, 116 buckets in. */
	{ 1000000, 128 * 13 + 116, 999424, 1003520 },
	/* 2^53 - 1 ends the octave of 2^52: 45 above 2^7, last of its buckets. */
	{ (1ull << 53) - 1, 128 * 46 + 127, (1ull << 53) - (1ull << 45), 1ull << 53 },
	{ 1ull << 63, 128 * 57, 1ull << 63, (1ull << 63) + (1ull << 56) },
	{ UINT64_MAX, 7423, UINT64_MAX - (1ull << 56) + 1, 0 },
};

static void geometry_is_as_worked_out(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(table); i++) {
		assert_int_equal(hist_index(table[i].value), table[i].index);
		assert_int_equal(hist_low(table[i].index), table[i].low);
		assert_int_equal(hist_high(table[i].index), table[i].high);
	}
	assert_int_equal(HIST_BUCKETS, 7424);
}

/* Buckets touch each other, start at 0, and the last one ends at 2^64. */
static void buckets_leave_no_gap(void **state)
{
	unsigned int i;

	(void)state;
	assert_int_equal(hist_low(0), 0);
	for (i = 0; i + 1 < HIST_BUCKETS; i++)
		assert_int_equal(hist_high(i), hist_low(i + 1));
	assert_int_equal(hist_high(HIST_BUCKETS - 1), 0);
}

static void both_ends_of_a_bucket_fall_into_it(void **state)
{
	unsigned int i;

	(void)state;
	for (i = 0; i < HIST_BUCKETS; i++) {
		assert_int_equal(hist_index(hist_low(i)), i);
		assert_int_equal(hist_index(hist_high(i) - 1), i);
	}
}

static void buckets_are_narrow(void **state)
{
	unsigned int i;

	(void)state;
	for (i = 0; i < HIST_BUCKETS; i++) {
		uint64_t width = hist_high(i) - hist_low(i);

		assert_true(width == 1 || width <= hist_low(i) / 128);
	}
}

/* Two histograms added bucket by bucket are the histogram of all their values. */
static void merging_loses_nothing(void **state)
{
	static uint64_t one[HIST_BUCKETS], two[HIST_BUCKETS], all[HIST_BUCKETS];
	uint64_t value = 88172645463325252ull;
	unsigned int i;

	(void)state;
	for (i = 0; i < 20000; i++) {
		uint64_t sample;

		value ^= value << 13;
		value ^= value >> 7;
		value ^= value << 17;
		sample = value >> (i % 64);
		(i % 2 ? one : two)[hist_index(sample)]++;
		all[hist_index(sample)]++;
	}
	for (i = 0; i < HIST_BUCKETS; i++)
		assert_int_equal(one[i] + two[i], all[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(geometry_is_as_worked_out),
		cmocka_unit_test(buckets_leave_no_gap),
		cmocka_unit_test(both_ends_of_a_bucket_fall_into_it),
		cmocka_unit_test(buckets_are_narrow),
		cmocka_unit_test(merging_loses_nothing),
	};

	return cmocka_run_group_tests_name("hist", tests, NULL, NULL);
}
