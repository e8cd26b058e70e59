// SPDX-License-Identifier: GPL-2.0-only
/* Ticks as nanoseconds, for the counter frequencies of real machines. */

#include "tap.h"

#include "clock.h"

struct by_hand {
	uint64_t ticks;
	unsigned int freq;
	uint64_t ns;
};

static const struct by_hand table[] = {
	{ 0, 25000000, 0 },
	{ 1, 1000000000, 1 },
	{ 123456789012345, 1000000000, 123456789012345 },
	{ 1, 25000000, 40 },			/* 25 MHz: 40 ns */
	{ 1, 50000000, 20 },
	{ 1, 62500000, 16 },			/* QEMU's default */
	{ 1, 100000000, 10 },
	{ 1, 54000000, 19 },			/* Raspberry Pi 4: 18.518... */
	{ 27, 54000000, 500 },
	{ 1, 19200000, 52 },			/* 52.083... */
	{ 12, 19200000, 625 },
	{ 1, 24000000, 42 },			/* 41.666... */
	{ 3, 24000000, 125 },
	{ 19200000, 19200000, 1000000000 },
	/* Ten years at 54 MHz: 54e6 * 315576000 ticks. */
	{ 17041104000000000, 54000000, 315576000000000000 },
	/* Above 2^53 nothing is lost: 2^60 ticks at 1 GHz. */
	{ 1ull << 60, 1000000000, 1ull << 60 },
	/* The fastest counter CNTFRQ can tell of: 4294967295 ticks are a second. */
	{ 4294967295, 4294967295, 1000000000 },
	{ 4294967294, 4294967295, 1000000000 },	/* 999999999.77 */
};

static void conversions_are_as_worked_out(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(table); i++)
		assert_int_equal(ticks_to_ns(table[i].ticks, table[i].freq), table[i].ns);
}

/* Never more than half a nanosecond off: against 128-bit arithmetic. */
static void conversions_are_the_nearest(void **state)
{
	static const unsigned int freqs[] = { 19200000, 24000000, 54000000, 62500000, 3579545 };
	uint64_t ticks = 1;
	size_t i, k;

	(void)state;
	for (i = 0; i < COUNT_OF(freqs); i++) {
		for (k = 0, ticks = 1; k < 50; k++, ticks = ticks * 2 + k) {
			__extension__ typedef __int128 wide;
			wide exact = (wide)ticks * 1000000000 * 2;
			wide got = (wide)ticks_to_ns(ticks, freqs[i]) * freqs[i] * 2;

			assert_true(got - exact <= freqs[i] && exact - got <= freqs[i]);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(conversions_are_as_worked_out),
		cmocka_unit_test(conversions_are_the_nearest),
	};

	return cmocka_run_group_tests_name("clock", tests, NULL, NULL);
}
