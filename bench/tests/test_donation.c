// SPDX-License-Identifier: GPL-2.0-only
/* The rounds of a row with guests, where the guests and the counters are played here. */

#include "tap.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "donation.h"
#include "levels.h"
#include "machine.h"
#include "touch.h"
#include "vmm.h"

/* A window: EL1 executes 100 of 1000, EL2 as counted 50, EL0 10, a guest 7; 833 are left. */
enum { EL1 = 100, EL2 = 50, USER = 10, TICKS = 1000, UNSEEN = 833 };

enum { ROUNDS = 3, TRIES = 8 };

static struct {
	unsigned int guests;
	unsigned int disturbed_from, disturbed_to;	/* guests beside which another task ran */
	unsigned int failing;				/* the guest whose run fails with -EAGAIN */
} played;

int __wrap_touch_start(struct vmm **vmm, void *memory, size_t pages, size_t page_size);
int __wrap_touch_pages(struct vmm *vmm);
void __wrap_vmm_destroy(struct vmm *vmm);
void __wrap_levels_open(struct levels *l, bool insn);
void __wrap_levels_close(struct levels *l);
void __wrap_levels_begin(struct levels *l, struct levels_sample *s);
void __wrap_levels_end(struct levels *l, struct levels_sample *s);

int __wrap_touch_start(struct vmm **vmm, void *memory, size_t pages, size_t page_size)
{
	(void)memory;
	(void)pages;
	(void)page_size;
	*vmm = NULL;
	played.guests++;

	return 0;
}

int __wrap_touch_pages(struct vmm *vmm)
{
	(void)vmm;

	return played.guests == played.failing ? -EAGAIN : 0;
}

void __wrap_vmm_destroy(struct vmm *vmm)
{
	(void)vmm;
}

void __wrap_levels_open(struct levels *l, bool insn)
{
	*l = (struct levels){ .insn = insn };
}

void __wrap_levels_close(struct levels *l)
{
	(void)l;
}

void __wrap_levels_begin(struct levels *l, struct levels_sample *s)
{
	(void)l;
	*s = (struct levels_sample){ .ticks = 0 };
}

void __wrap_levels_end(struct levels *l, struct levels_sample *s)
{
	(void)l;
	*s = (struct levels_sample){
		.pmu = { [SMMUBENCH_INSTRUCTIONS_EL1] = EL1, [SMMUBENCH_INSTRUCTIONS_EL2] = EL2 },
		.user = USER,
		.ticks = TICKS,
		.switches = played.guests >= played.disturbed_from &&
			    played.guests < played.disturbed_to,
	};
}

static const struct machine machine = {
	.fd = -1,
	.info = { .kvm_mode = SMMUBENCH_KVM_PROTECTED, .page_size = 4096 },
};

static struct smmubench_run run;
static struct smmubench_round rounds[ROUNDS];

static bool go_on(void)
{
	return false;
}

static int start(void **state)
{
	(void)state;
	memset(&played, 0, sizeof(played));
	memset(&run, 0, sizeof(run));
	memset(rounds, 0, sizeof(rounds));
	strcpy(run.op, "guest_take");
	run.clock = SMMUBENCH_CLOCK_INSN;
	run.batch = 1;
	run.rounds = ROUNDS;

	return 0;
}

static void measure(void)
{
	assert_int_equal(donation_run(&machine, &run, rounds, go_on), 0);
}

static void assert_all_rounds(unsigned int el2)
{
	unsigned int i;

	assert_int_equal(run.status, SMMUBENCH_OK);
	assert_int_equal(run.nr_rounds, ROUNDS);
	assert_int_equal(run.count, ROUNDS);
	for (i = 0; i < ROUNDS; i++) {
		assert_int_equal(rounds[i].ops, 1);
		assert_int_equal(rounds[i].counter[SMMUBENCH_INSTRUCTIONS_EL1], EL1);
		if (el2)
			assert_int_equal(rounds[i].counter[SMMUBENCH_INSTRUCTIONS_EL2], el2);
	}
	assert_int_equal(run.counter_error[SMMUBENCH_INSTRUCTIONS_EL1], 0);
}

/* One guest goes ahead of those that count. */
static void test_each_round_is_one_guest(void **state)
{
	(void)state;
	measure();
	assert_all_rounds(EL2 + UNSEEN);
	assert_int_equal(run.counter_error[SMMUBENCH_INSTRUCTIONS_EL2], 0);
	assert_int_equal(played.guests, 1 + ROUNDS);
}

static void test_a_disturbed_guest_is_tried_again(void **state)
{
	(void)state;
	played.disturbed_from = 2;
	played.disturbed_to = 2 + TRIES - 1;
	measure();
	assert_all_rounds(EL2 + UNSEEN);
	assert_int_equal(run.counter_error[SMMUBENCH_INSTRUCTIONS_EL2], 0);
	assert_int_equal(played.guests, 1 + TRIES - 1 + ROUNDS);
}

/* What is left is all but EL2's instructions, and for these the reason. */
static void test_always_disturbed_lacks_one_quantity(void **state)
{
	int error;

	(void)state;
	played.disturbed_from = 3;
	played.disturbed_to = 1000;
	measure();
	assert_all_rounds(0);
	error = run.counter_error[SMMUBENCH_INSTRUCTIONS_EL2];
	assert_string_equal(counter_problem(&machine, SMMUBENCH_INSTRUCTIONS_EL2, error),
			    "not counted: other tasks or interrupts ran beside the guest, "
			    "each time it was tried");
	/* Once it is known, no guest is tried for it again. */
	assert_int_equal(played.guests, 1 + 1 + TRIES + 1);
}

/* KVM_RUN may say EAGAIN as well, which no other task explains. */
static void test_a_guest_that_fails_is_not_tried_again(void **state)
{
	(void)state;
	played.failing = 3;
	measure();
	assert_int_equal(run.status, SMMUBENCH_FAILED);
	assert_int_equal(run.nr_rounds, 1);
	assert_int_equal(played.guests, 3);
	assert_non_null(strstr(run.reason, " failed after 1 page: "));
	assert_non_null(strstr(run.reason, strerror(EAGAIN)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_each_round_is_one_guest, start),
		cmocka_unit_test_setup(test_a_disturbed_guest_is_tried_again, start),
		cmocka_unit_test_setup(test_always_disturbed_lacks_one_quantity, start),
		cmocka_unit_test_setup(test_a_guest_that_fails_is_not_tried_again, start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
