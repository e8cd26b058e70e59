// SPDX-License-Identifier: GPL-2.0-only
/* Traces worked out by hand, and traces that are wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "error.h"
#include "mem.h"
#include "profile.h"
#include "profile_code.h"
#include "profile_rows.h"
#include "profile_sum.h"

/*
 * loop() calls work(), which makes a hypercall and ends in last(): at EL2 vector() calls handle() and
 * comes back with an eret.
 *
 *	loop 0x1000:  blr x1; nop
 *	work 0x2000:  nop; hvc #0; b last
 *	last 0x3000:  nop; ret
 *	vector 0x8000 nop; bl handle; eret
 *	handle 0x9000 nop; nop; ret
 */
#define HEAD "{\"schema\": {\"major\": 1, \"minor\": 0}, \"kind\": \"profile\",\n"
#define FUNCTIONS "\"functions\": ["                                                              \
	"{\"name\": \"loop\", \"file\": \"measure.c\", \"level\": \"el1\", \"at\": \"0x1000\", \"size\": 16}," \
	"{\"name\": \"work\", \"file\": \"dma-iommu.c\", \"level\": \"el1\", \"at\": \"0x2000\", \"size\": 12}," \
	"{\"name\": \"last\", \"level\": \"el1\", \"at\": \"0x3000\", \"size\": 8},"                 \
	"{\"name\": \"vector\", \"file\": \"host.nvhe.o\", \"level\": \"el2\", \"at\": \"0x8000\", \"size\": 12}," \
	"{\"name\": \"handle\", \"file\": \"hyp-main.c\", \"level\": \"el2\", \"at\": \"0x9000\", \"size\": 12}],\n"
#define BLOCKS "\"blocks\": ["                                                                    \
	"{\"at\": \"0x1000\", \"code\": \"d63f0020\"},"					/* 0 */  \
	"{\"at\": \"0x2000\", \"code\": \"d503201fd4000002\"},"				/* 1 */  \
	"{\"at\": \"0x8000\", \"code\": \"d503201f940003ff\"},"				/* 2 */  \
	"{\"at\": \"0x9000\", \"code\": \"d503201fd503201fd65f03c0\"},"			/* 3 */  \
	"{\"at\": \"0x8008\", \"code\": \"d69f03e0\"},"					/* 4 */  \
	"{\"at\": \"0x2008\", \"code\": \"140003fe\"},"					/* 5 */  \
	"{\"at\": \"0x3000\", \"code\": \"d503201fd65f03c0\"},"				/* 6 */  \
	"{\"at\": \"0x1004\", \"code\": \"d503201f\"}],\n"					/* 7 */
#define PATHS "\"paths\": [[0,2,5,6,8,10,12,14], [0,2,5,6,8,10,12,14,-2,8]],\n"
#define OF "\"of\": {\"name\": \"native/work/batch\", \"run_id\": \"b0\", \"count\": 4, \"sum\": 52},\n"
#define ROWS "\"rows\": [{\"guest\": false, " OF "\"windows\": [[0], [1]]}]}"
#define GOOD HEAD FUNCTIONS BLOCKS PATHS ROWS

/* Of one operation, in the order of FUNCTIONS. */
static const struct profile_share by_hand[] = {
	{ 2, 13, 0 }, { 3, 11, 1 }, { 2, 2, 1 }, { 3, 6, 1 }, { 3, 3, 1 },
};

static struct trace *read_trace(const char *text)
{
	struct error error = { "" };
	struct trace *trace = NULL;
	json_t *root = json_loads(text, 0, NULL);

	assert_non_null(root);
	if (trace_new("text", root, &trace, &error))
		fail_msg("%s", error.text);
	return trace;
}

static struct profile *read_profile(struct trace *trace)
{
	struct error error = { "" };
	struct profile *profile = NULL;

	if (profile_new(trace, &trace->rows[0], &profile, &error))
		fail_msg("%s", error.text);
	return profile;
}

static void functions_by_hand(void **state)
{
	struct trace *trace = read_trace(GOOD);
	struct profile *profile = read_profile(trace);
	size_t i;

	(void)state;
	assert_int_equal(profile->all, 52);
	assert_int_equal(profile->levels[LEVEL_EL1], 28);
	assert_int_equal(profile->levels[LEVEL_EL2], 24);
	assert_false(profile->differs);
	for (i = 0; i < sizeof(by_hand) / sizeof(*by_hand); i++) {
		const struct profile_share *s = &profile->functions[i];

		if (s->own != 4 * by_hand[i].own || s->inclusive != 4 * by_hand[i].inclusive ||
		    (i && s->entries != 4 * by_hand[i].entries))
			fail_msg("%s: own %d, inclusive %d, entries %d", trace->functions[i].name,
				 (int)s->own, (int)s->inclusive, (int)s->entries);
	}
	profile_free(profile);
	trace_free(trace);
}

static void prints(const char *text, enum profile_view view, double least, const char *part)
{
	struct trace *trace = read_trace(text);
	struct profile *profile = read_profile(trace);
	size_t length;
	char *said;
	FILE *out = open_memstream(&said, &length);

	assert_non_null(out);
	profile_print(profile, view, least, out);
	fclose(out);
	if (!strstr(said, part))
		fail_msg("no \"%s\" in:\n%s", part, said);
	free(said);
	profile_free(profile);
	trace_free(trace);
}

static void views(void **state)
{
	(void)state;
	prints(GOOD, VIEW_COLLAPSED, 0, "native/work/batch;loop;work;vector_[el2];handle_[el2] 12\n");
	prints(GOOD, VIEW_COLLAPSED, 0, "native/work/batch;loop;work;last 8\n");
	prints(GOOD, VIEW_TREE, 0, "         3.000      3.000     1.000        handle [el2]\n");
	prints(GOOD, VIEW_TREE, 4, "         3.000          -         -        (1 other)\n");
	prints(GOOD, VIEW_PARTS, 0, "dma-iommu");
	prints(GOOD, VIEW_FUNCTIONS, 0, "13.000 each, 7.000 at EL1, 6.000 at EL2");
	prints(GOOD, VIEW_FUNCTIONS, 0, "as many as the clock counted");
}

/* @text with each @from become @to; the caller frees it. */
static char *changed(const char *text, const char *from, const char *to)
{
	const char *at = strstr(text, from);

	if (!at)
		fail_msg("no %s", from);
	return mem_format("%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
}

static void says_where_it_differs(void **state)
{
	char *text = changed(GOOD, "\"sum\": 52", "\"sum\": 61");

	(void)state;
	prints(text, VIEW_FUNCTIONS, 0, "NOT what the clock counted: that is 61");
	free(text);
}

static void refuses_what_is_damaged(void **state)
{
	static const struct {
		const char *from, *to, *says;
	} cases[] = {
		{ "\"profile\"", "\"report\"", "is no trace of" },
		{ "\"functions\": [", "\"functions\": [], \"f\": [", "it has no functions" },
		{ "\"el1\"", "\"el3\"", "a function is not described" },
		{ "\"size\": 16", "\"size\": \"16\"", "a function is not described" },
		{ "\"size\": 16", "\"size\": 4100", "a function overlaps another" },
		{ "\"size\": 16", "\"size\": -1", "a function is not described" },
		{ "\"at\": \"0x1000\", \"size\"", "\"at\": \"1000\", \"size\"", "a function is not described" },
		{ "\"at\": \"0x1000\", \"size\"", "\"at\": \"0x1001\", \"size\"", "a function is not described" },
		{ "\"at\": \"0x1000\", \"size\"", "\"at\": \"0x10000000000000000\", \"size\"",
		  "a function is not described" },
		{ "\"file\": \"measure.c\"", "\"file\": 1", "a function is not described" },
		{ "d63f0020", "d63f002", "a block has no address or no code" },
		{ "d63f0020", "", "a block has no address or no code" },
		{ "d63f0020", "d63F0020", "a block has no address or no code" },
		{ "{\"at\": \"0x1000\", \"code\"", "{\"at\": \"0x1400\", \"code\"", "a block is of no function" },
		{ "{\"at\": \"0x1000\", \"code\"", "{\"at\": \"0xfffffffffffffffc\", \"code\"",
		  "a block is of no function" },
		{ "[0,2,5", "[0,16,5", "a path leads elsewhere" },
		{ "-2,8", "-2,9", "a path leads elsewhere" },
		{ "-2,8", "-2,0", "a path leads elsewhere" },
		{ "-2,8", "-2", "a path leads elsewhere" },
		{ "-2,8", "-2,4,-2,4", "a path leads elsewhere" },
		{ "-2,8", "-2147483648,8", "a path leads elsewhere" },
		{ "-2,8", "2.5", "a path leads elsewhere" },
		{ "[[0], [1]]", "[[0], [2]]", "a window has other paths" },
		{ "[[0], [1]]", "[[0], 1]", "a window has other paths" },
		{ "[[0], [1]]", "0", "a row has no windows" },
		{ "\"guest\": false", "\"guest\": 0", "a row has no windows" },
		{ "\"rows\": [", "\"row\": [", "it has no rows" },
		{ "-2,8", "-2147483647,8", "it is too long" },
	};
	struct error error;
	struct trace *trace;
	size_t i;
	char *text;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		text = changed(GOOD, cases[i].from, cases[i].to);
		if (!trace_new("text", json_loads(text, 0, NULL), &trace, &error))
			fail_msg("%s is taken for %s", cases[i].to, cases[i].from);
		if (!strstr(error.text, cases[i].says))
			fail_msg("%s: says %s", cases[i].to, error.text);
		free(text);
	}
}

static void refuses_what_is_of_no_row(void **state)
{
	static const char *const without[] = {
		"\"name\": \"native/work/batch\", ", "\"run_id\": \"b0\", ", "\"count\": 4, ",
	};
	struct profile *profile;
	struct error error;
	struct trace *trace;
	char *text;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(without) / sizeof(*without); i++) {
		text = changed(GOOD, without[i], "");
		trace = read_trace(text);
		assert_int_not_equal(profile_new(trace, &trace->rows[0], &profile, &error), 0);
		assert_non_null(strstr(error.text, "does not say what row it is of"));
		trace_free(trace);
		free(text);
	}
}

/* What is cut out is a trace of that alone, and loops are in it still. */
static void cut(void **state)
{
	static const uint32_t second[] = { 1 };
	struct trace *trace = read_trace(GOOD), *part;
	json_t *of = json_pack("{s:s, s:s, s:i, s:i}", "name", "x", "run_id", "y", "count", 3, "sum", 39);
	struct profile *profile;
	struct error error;
	size_t length;
	char *text;

	(void)state;
	assert_int_equal(profile_cut(trace, 0, second, 1, of, &text, &length, &error), 0);
	assert_non_null(strstr(text, "-2,8"));
	part = read_trace(text);
	assert_int_equal(part->nr_paths, 1);
	assert_int_equal(part->nr_blocks, 8);
	profile = read_profile(part);
	assert_int_equal(profile->all, 39);
	assert_false(profile->differs);
	assert_int_equal(profile->functions[4].own, 9);
	profile_free(profile);
	trace_free(part);
	trace_free(trace);
	free(text);
	json_decref(of);
}

/*
 * With a guest: user space reads the counters of EL1 and of EL2, has EL2 run the guest between the two
 * writes of MDCR_EL2, and reads them again.
 */
#define GUEST_TRACE HEAD "\"functions\": ["                                                       \
	"{\"name\": \"read\", \"level\": \"el1\", \"at\": \"0x1000\", \"size\": 64},"                \
	"{\"name\": \"enter\", \"level\": \"el2\", \"at\": \"0x8000\", \"size\": 64},"               \
	"{\"name\": \"[guest]\", \"level\": \"guest\", \"at\": \"0x40000000\", \"size\": 64},"       \
	"{\"name\": \"vector\", \"level\": \"el2\", \"at\": \"0x50000000\", \"size\": 64}],\n"       \
	"\"blocks\": ["                                                                             \
	"{\"at\": \"0x1000\", \"code\": \"d503201fd53be800d503201fd53be821d4000002\"},"	/* 0 */  \
	"{\"at\": \"0x8000\", \"code\": \"d503201fd51c1121d503201fd69f03e0\"},"			/* 1 */  \
	"{\"at\": \"0x40000000\", \"code\": \"d503201fd503201f\"},"				/* 2 */  \
	"{\"at\": \"0x50000000\", \"code\": \"d503201fd503201fd51c1122d503201fd69f03e0\"},"	/* 3 */  \
	"{\"at\": \"0x1014\", \"code\": \"d503201fd53be800d53be821d503201f\"}],\n"		/* 4 */  \
	"\"paths\": [[0,3,4,7,8]],\n"                                                               \
	"\"rows\": [{\"guest\": true, \"of\": {\"name\": \"g\", \"run_id\": \"b0\", \"count\": 1,"   \
	"\"instructions_el1\": 5, \"instructions_el2\": 9}, \"windows\": [[0]]}]}"

static void guest_is_counted_by_level(void **state)
{
	struct trace *trace = read_trace(GUEST_TRACE);
	struct profile *profile = read_profile(trace);

	(void)state;
	/* EL1: from its first reading to its last; EL2: all. The guest's two are in neither. */
	assert_int_equal(profile->levels[LEVEL_EL1], 5);
	assert_int_equal(profile->levels[LEVEL_EL2], 9);
	assert_int_equal(profile->all, 14);
	/* nop, eret of the one; nop, nop, msr of the other */
	assert_int_equal(profile->calls->hidden, 5);
	assert_int_equal(profile->calls->trips, 1);
	assert_false(profile->differs);
	/* The vector goes on where the guest was entered, and that is a call of read(). */
	assert_int_equal(profile->functions[1].inclusive, 9);
	assert_int_equal(profile->functions[0].inclusive, 14);
	profile_free(profile);
	trace_free(trace);
}

static void clock_may_be_off_around_a_guest(void **state)
{
	char *little = changed(GUEST_TRACE, "\"instructions_el2\": 9", "\"instructions_el2\": 5");
	char *much = changed(GUEST_TRACE, "\"instructions_el2\": 9", "\"instructions_el2\": 99");
	char *at_el1 = changed(GUEST_TRACE, "\"instructions_el1\": 5", "\"instructions_el1\": 6");

	(void)state;
	prints(little, VIEW_FUNCTIONS, 0, "is off by -4, -4.000 in each of 1 round:");
	prints(much, VIEW_FUNCTIONS, 0, "NOT what the result has");
	prints(at_el1, VIEW_FUNCTIONS, 0, "NOT what the result has");
	free(little);
	free(much);
	free(at_el1);
}

static void parts(void **state)
{
	static const struct {
		const char *name, *file;
		enum level level;
		const char *part;
	} cases[] = {
		{ "iommu_map", "iommu.c", LEVEL_EL1, "iommu core" },
		{ "pkvm_iommu_init", "iommu.c", LEVEL_EL1, "KVM at EL1" },
		{ "kvm_pgtable_walk", "pgtable.c", LEVEL_EL2, "EL2 page tables" },
		{ "handle_trap", "hyp-main.c", LEVEL_EL2, "EL2 dispatch" },
		{ "_raw_spin_lock", "spinlock.c", LEVEL_EL1, "locks, rcu" },
		{ "no_such", NULL, LEVEL_EL1, "rest of the kernel" },
		{ "no_such", NULL, LEVEL_EL2, "rest of EL2" },
		{ "main", NULL, LEVEL_EL0, "user space" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct trace_function f = {
			.name = cases[i].name, .file = cases[i].file, .level = cases[i].level,
		};

		assert_string_equal(part_name(part_of(&f)), cases[i].part);
	}
}

/* As the assembler encodes them. */
static void courses(void **state)
{
	(void)state;
	assert_int_equal(course_of(0x94000000), COURSE_CALL);	/* bl */
	assert_int_equal(course_of(0xd63f0300), COURSE_CALL);	/* blr x24 */
	assert_int_equal(course_of(0xd65f03c0), COURSE_RETURN);	/* ret */
	assert_int_equal(course_of(0xd69f03e0), COURSE_ERET);
	assert_int_equal(course_of(0x17ffffff), COURSE_JUMP);	/* b */
	assert_int_equal(course_of(0xd61f0200), COURSE_JUMP);	/* br x16 */
	assert_int_equal(course_of(0x54000041), COURSE_JUMP);	/* b.ne */
	assert_int_equal(course_of(0xb5000040), COURSE_JUMP);	/* cbnz */
	assert_int_equal(course_of(0x36f80340), COURSE_JUMP);	/* tbz */
	assert_int_equal(course_of(0xd4000002), COURSE_ON);	/* hvc */
	assert_int_equal(course_of(0xa9bf7bfd), COURSE_ON);	/* stp */
	assert_int_equal(counter_read_by(0xd53be820), 1);	/* mrs x0, pmevcntr1_el0 */
	assert_int_equal(counter_read_by(0xd53bebc3), 30);	/* mrs x3, pmevcntr30_el0 */
	assert_int_equal(counter_read_by(0xd51be820), -1);	/* msr */
	assert_true(writes_mdcr_el2(0xd51c1121));
	assert_false(writes_mdcr_el2(0xd53c1121));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(functions_by_hand),
		cmocka_unit_test(views),
		cmocka_unit_test(says_where_it_differs),
		cmocka_unit_test(refuses_what_is_damaged),
		cmocka_unit_test(refuses_what_is_of_no_row),
		cmocka_unit_test(cut),
		cmocka_unit_test(guest_is_counted_by_level),
		cmocka_unit_test(clock_may_be_off_around_a_guest),
		cmocka_unit_test(parts),
		cmocka_unit_test(courses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
