// SPDX-License-Identifier: GPL-2.0-only
/* Which number stands for an operation: ticks of the timer are left out, work done now and then is not. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "compare.h"
#include "mem.h"

enum { OPS = 64, TICK = 4800 };

/* A row of one boot: @nr rounds of @each an operation, of which every @often-th takes @more. */
struct made {
	struct run run;
	struct benchmark benchmark;
	struct part part;
	struct row row;
	json_t *json;
};

static void make(struct made *made, const char *unit, size_t nr, uint64_t each, size_t often,
		 uint64_t more)
{
	struct benchmark *b = &made->benchmark;
	size_t i;

	*made = (struct made){ .json = json_array() };
	for (i = 0; i < nr; i++) {
		uint64_t sum = OPS * each + (often && i % often == often - 1 ? more : 0);

		json_array_append_new(made->json, json_pack("{s:i, s:I}", "ops", OPS, "sum",
							    (json_int_t)sum));
		b->sum += sum;
		b->count += OPS;
	}
	b->rounds = made->json;
	made->part = (struct part){ &made->run, b, NULL };
	made->row = (struct row){ .unit = unit, .parts = &made->part, .nr_parts = 1 };
}

/* Single operations: @nr that take @each, and @others that take @more. */
static void make_single(struct made *made, uint64_t nr, uint64_t each, uint64_t others, uint64_t more)
{
	*made = (struct made){ .json = json_pack("{s:i, s:[[I,I,I],[I,I,I]]}", "precision_bits", 7,
		"buckets", (json_int_t)each, (json_int_t)each + 1, (json_int_t)nr, (json_int_t)more,
		(json_int_t)more + 32, (json_int_t)others) };
	made->benchmark = (struct benchmark){
		.histogram = made->json, .min = each, .max = more, .count = nr + others,
		.sum = nr * each + others * more,
	};
	/* As smmubench writes it: an empty list of rounds. */
	json_object_set_new(made->json, "none", json_array());
	made->benchmark.rounds = json_object_get(made->json, "none");
	made->part = (struct part){ &made->run, &made->benchmark, NULL };
	made->row = (struct row){ .unit = "insn", .parts = &made->part, .nr_parts = 1 };
}

static void expect(struct made *made, enum quantity quantity, double value)
{
	struct start *starts;

	if (row_quantity(&made->row) != quantity)
		fail_msg("%s, want %s", quantity_name(row_quantity(&made->row)), quantity_name(quantity));
	assert_int_equal(row_starts(&made->row, quantity, &starts), 1);
	if (!(fabs(starts[0].value - value) < 1e-9))
		fail_msg("%s: %.9g, want %.9g", quantity_name(quantity), starts[0].value, value);
	free(starts);
	json_decref(made->json);
}

/* 256 rounds of 64 at 871 take 14.3 million: three ticks, and each is in a round of its own. */
static void ticks_are_left_out(void **state)
{
	struct made made;

	(void)state;
	make(&made, "insn", 256, 871, 72, TICK);
	expect(&made, QUANTITY_MEDIAN, 871);
	make(&made, "insn", 256, 125, 0, 0);
	expect(&made, QUANTITY_MEDIAN, 125);
	/* A tick in a row that takes less than one lies between. */
	make(&made, "insn", 256, 58, 256, TICK);
	expect(&made, QUANTITY_MEDIAN, 58);
	/* A slow path has more rounds with ticks, and they are ticks all the same. */
	make(&made, "insn", 64, 17473, 4, TICK);
	expect(&made, QUANTITY_MEDIAN, 17473);
}

/* A flush queue of 256 drains in every fourth round: 6400 more there are 25 more an operation. */
static void work_done_now_and_then_counts(void **state)
{
	struct made made;

	(void)state;
	make(&made, "insn", 256, 1159, 4, 6400);
	expect(&made, QUANTITY_MEAN, 1184);
	/* A table for each 512 mappings. */
	make(&made, "insn", 256, 1000, 8, 2560);
	expect(&made, QUANTITY_MEAN, 1005);
	make(&made, "insn", 128, 5000, 8, 2560);
	expect(&made, QUANTITY_MEAN, 5005);
	/* As often as ticks would come, in the time that they themselves take. */
	make(&made, "insn", 256, 1000, 3, 4000000);
	expect(&made, QUANTITY_MEAN, 1000 + 85 * 4000000.0 / (256 * 64));
	/* Half of the rounds are no exception, however few they are. */
	make(&made, "insn", 4, 100, 2, 640);
	expect(&made, QUANTITY_MEAN, 105);
}

static void single_operations(void **state)
{
	struct made made;

	(void)state;
	make_single(&made, 4095, 133, 1, 7720);
	expect(&made, QUANTITY_LEAST, 133);
	make_single(&made, 3967, 2081, 129, 2128);
	expect(&made, QUANTITY_MEAN, (3967 * 2081.0 + 129 * 2128) / 4096);
}

static void real_time_has_no_ticks_to_tell(void **state)
{
	struct made made;

	(void)state;
	make(&made, "ns", 256, 125, 0, 0);
	expect(&made, QUANTITY_MEAN, 125);
}

/* Two equal paths, one of which a tick hit, are equal in all that is said of them. */
static void equal_paths_are_equal(void **state)
{
	struct made a, b;
	struct comparison comparison = { .base = &a.row, .change = &b.row };
	struct comparisons all = { .list = &comparison, .nr = 1 };

	(void)state;
	make(&a, "insn", 256, 58, 0, 0);
	make(&b, "insn", 256, 58, 256, TICK);
	comparisons_derive(&all);
	assert_int_equal(comparison.quantity, QUANTITY_MEDIAN);
	assert_int_equal(comparison.judgement.verdict, VERDICT_SAME);
	assert_true(comparison.judgement.ratio == 1 && comparison.judgement.difference == 0);
	json_decref(b.json);
	/* Work that is new and done now and then is no tick: both sides are means then. */
	make(&b, "insn", 256, 58, 4, 640);
	comparisons_derive(&all);
	assert_int_equal(comparison.quantity, QUANTITY_MEAN);
	assert_true(fabs(comparison.judgement.ratio - 60.5 / 58) < 1e-9);
	json_decref(a.json);
	json_decref(b.json);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ticks_are_left_out),
		cmocka_unit_test(work_done_now_and_then_counts),
		cmocka_unit_test(single_operations),
		cmocka_unit_test(real_time_has_no_ticks_to_tell),
		cmocka_unit_test(equal_paths_are_equal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
