// SPDX-License-Identifier: GPL-2.0-only
/* What a guest that obeys a mailbox is told, where the guest is played here. */

#include "fake_kvm.h"
#include "mailbox.h"
#include "mailbox_abi.h"
#include "vmm.h"

enum { PAGE = 4096, PAGES = 3 };

static _Alignas(PAGE) unsigned char memory[PAGES * PAGE];

/* The guest: how many of its four accesses are done, what it was told, what it answers. */
static struct {
	unsigned int accesses;
	uint64_t told[3];
	uint64_t answer;
} played;

static struct vmm *guest;

static int obeys(struct kvm_run *run)
{
	if (played.accesses)
		memcpy(&played.told[played.accesses - 1], run->mmio.data, sizeof(uint64_t));
	if (played.accesses++ < 3)
		return fake_access(run, MAILBOX_COMMAND + 8 * (played.accesses - 1), false);
	memcpy(run->mmio.data, &played.answer, sizeof(played.answer));
	played.accesses = 0;

	return fake_access(run, MAILBOX_ANSWER, true);
}

static int start(void **state)
{
	(void)state;
	memset(&fake, 0, sizeof(fake));
	memset(&played, 0, sizeof(played));
	fake.guest = obeys;

	return mailbox_start(&guest, memory, PAGES, PAGE);
}

static int end(void **state)
{
	(void)state;
	vmm_destroy(guest);

	return fake_has_all() ? 0 : -1;
}

static void assert_told(uint64_t command, uint64_t address, uint64_t argument)
{
	assert_int_equal(played.told[0], command);
	assert_int_equal(played.told[1], address);
	assert_int_equal(played.told[2], argument);
	assert_int_equal(played.accesses, 0);
}

static void test_it_waits_for_commands(void **state)
{
	(void)state;
	assert_int_equal(fake.calls, FAKE_CREATED);
	assert_int_equal(fake.region.memory_size, sizeof(memory));
	assert_int_equal(fake.reg[0], VMM_DEVICE);
	assert_int_equal(fake.reg[1], PAGE);
}

static void test_pages_are_filled(void **state)
{
	(void)state;
	assert_int_equal(mailbox_fill(guest, 1, 2), 0);
	assert_told(MAILBOX_FILL, VMM_MEMORY + PAGE, 2);
	assert_int_equal(mailbox_fill(guest, 1, 0), 0);
	assert_told(MAILBOX_FILL, VMM_MEMORY + PAGE, 0);
	/* As obey_mailbox.S makes it: the number, 40 bits further up than the address. */
	assert_int_equal(mailbox_secret(guest, 2), 0x5ec2e70040002000);
}

static void test_a_word_is_read(void **state)
{
	uint64_t word = 0;

	(void)state;
	played.answer = 0x0123456789abcdef;
	assert_int_equal(mailbox_read(guest, 2, 16, &word), 0);
	assert_told(MAILBOX_READ, VMM_MEMORY + 2 * PAGE + 16, 0);
	assert_int_equal(word, played.answer);
}

static void test_a_page_is_shared_and_taken_back(void **state)
{
	(void)state;
	assert_int_equal(mailbox_share(guest, 1), 0);
	assert_told(MAILBOX_SHARE, VMM_MEMORY + PAGE, 0);
	assert_int_equal(mailbox_unshare(guest, 1), 0);
	assert_told(MAILBOX_UNSHARE, VMM_MEMORY + PAGE, 0);
	/* SMCCC's NOT_SUPPORTED, in the answer. */
	played.answer = -1;
	assert_int_equal(mailbox_share(guest, 1), -EREMOTEIO);
	assert_int_equal(mailbox_unshare(guest, 1), -EREMOTEIO);
}

static void test_a_page_it_has_not_is_not_told(void **state)
{
	uint64_t word;

	(void)state;
	assert_int_equal(mailbox_fill(guest, 1, PAGES), -EINVAL);
	assert_int_equal(mailbox_read(guest, PAGES, 0, &word), -EINVAL);
	assert_int_equal(mailbox_share(guest, PAGES), -EINVAL);
	assert_int_equal(mailbox_unshare(guest, PAGES), -EINVAL);
	assert_int_equal(mailbox_secret(guest, PAGES), 0);
	assert_int_equal(fake.calls, FAKE_CREATED);
}

/* Each does that once, so that a monitor which takes it for a command comes to an end. */
static int once(struct kvm_run *run, uint64_t offset, bool write)
{
	return played.accesses++ ? ENOMEM : fake_access(run, offset, write);
}

static int writes_command(struct kvm_run *run)
{
	return once(run, MAILBOX_COMMAND, true);
}

static int reads_answer(struct kvm_run *run)
{
	return once(run, MAILBOX_ANSWER, false);
}

static int reads_behind_answer(struct kvm_run *run)
{
	return once(run, MAILBOX_ANSWER + 8, false);
}

static int has_no_memory(struct kvm_run *run)
{
	(void)run;

	return ENOMEM;
}

static void test_a_guest_that_does_not_obey(void **state)
{
	int (*const others[])(struct kvm_run *run) = {
		writes_command, reads_answer, reads_behind_answer,
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(others); i++) {
		played.accesses = 0;
		fake.guest = others[i];
		assert_int_equal(mailbox_fill(guest, 1, 1), -EPROTO);
	}
	fake.guest = has_no_memory;
	assert_int_equal(mailbox_fill(guest, 1, 1), -ENOMEM);
	assert_int_equal(mailbox_share(guest, 1), -ENOMEM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_it_waits_for_commands, start, end),
		cmocka_unit_test_setup_teardown(test_pages_are_filled, start, end),
		cmocka_unit_test_setup_teardown(test_a_word_is_read, start, end),
		cmocka_unit_test_setup_teardown(test_a_page_is_shared_and_taken_back, start, end),
		cmocka_unit_test_setup_teardown(test_a_page_it_has_not_is_not_told, start, end),
		cmocka_unit_test_setup_teardown(test_a_guest_that_does_not_obey, start, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
