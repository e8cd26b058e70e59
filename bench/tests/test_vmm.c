// SPDX-License-Identifier: GPL-2.0-only
/* What the library for guests asks of KVM, and what becomes of it when KVM refuses. */

#include "fake_kvm.h"
#include "touch.h"
#include "vmm.h"

enum { PAGE = 4096, PAGES = 3 };

static _Alignas(PAGE) unsigned char memory[PAGES * PAGE];

static const unsigned char code[] = "not run by anybody";

static const struct vmm_program program = {
	.start = code,
	.entry = code + 8,
	.end = code + sizeof(code),
};

static const struct vmm_config config = {
	.memory = memory,
	.pages = PAGES,
	.page_size = PAGE,
	.program = &program,
	.argument = { 11, 12, 13, 14 },
};

static int writes_first_word(struct kvm_run *run)
{
	memset(run->mmio.data, 0x5a, sizeof(run->mmio.data));

	return fake_access(run, 0, true);
}

static int reads_second_word(struct kvm_run *run)
{
	return fake_access(run, 8, false);
}

static int start(void **state)
{
	(void)state;
	memset(&fake, 0, sizeof(fake));
	memset(memory, 0, sizeof(memory));
	fake.error = EPERM;
	fake.guest = writes_first_word;

	return 0;
}

static struct vmm *create(void)
{
	struct vmm *vmm;

	assert_int_equal(vmm_create(&vmm, &config), 0);
	assert_non_null(vmm);

	return vmm;
}

static void test_a_guest_is_made_as_it_should(void **state)
{
	struct vmm *vmm = create();
	size_t i;

	(void)state;
	assert_int_equal(fake.calls, FAKE_CREATED);
	assert_int_equal(fake.type, 1ul << 31);
	assert_int_equal(fake.region.slot, 0);
	assert_int_equal(fake.region.guest_phys_addr, VMM_MEMORY);
	assert_int_equal(fake.region.memory_size, sizeof(memory));
	assert_int_equal(fake.region.userspace_addr, (uintptr_t)memory);
	assert_int_equal(fake.init.target, 5);
	assert_int_equal(fake.init.features[0], 1u << KVM_ARM_VCPU_PSCI_0_2);
	assert_memory_equal(memory, code, sizeof(code));
	/* As struct user_pt_regs has it, the PC lies behind 31 registers and SP. */
	assert_int_equal(fake.reg[32], VMM_MEMORY + 8);
	for (i = 0; i < VMM_ARGUMENTS; i++)
		assert_int_equal(fake.reg[i], config.argument[i]);

	vmm_destroy(vmm);
	assert_true(fake_has_all());
}

static void test_no_guest_is_destroyed(void **state)
{
	(void)state;
	vmm_destroy(NULL);
	assert_int_equal(fake.calls, 0);
}

static void test_each_refusal_is_told_and_leaves_nothing(void **state)
{
	struct vmm *vmm;

	(void)state;
	for (fake.refused = 1; fake.refused <= FAKE_CREATED; fake.refused++) {
		vmm = (void *)memory;
		fake.calls = 0;
		assert_int_equal(vmm_create(&vmm, &config), -EPERM);
		assert_int_equal(fake.calls, fake.refused);
		assert_null(vmm);
		assert_true(fake_has_all());
	}
}

/* Elsewhere, what KVM calls invalid is. */
static void test_no_protected_guests_are_told_apart(void **state)
{
	struct vmm *vmm;

	(void)state;
	fake.error = EINVAL;
	for (fake.refused = FAKE_CREATE_VM; fake.refused <= FAKE_CREATE_VM + 1;
	     fake.refused++) {
		fake.calls = 0;
		assert_int_equal(vmm_create(&vmm, &config),
				 fake.refused == FAKE_CREATE_VM ? -EOPNOTSUPP : -EINVAL);
		assert_true(fake_has_all());
	}
}

static void assert_cannot_be(struct vmm_config wrong)
{
	struct vmm *vmm = (void *)memory;

	assert_int_equal(vmm_create(&vmm, &wrong), -EINVAL);
	assert_null(vmm);
	assert_int_equal(fake.calls, 0);
}

static void test_wrong_arguments_reach_no_kvm(void **state)
{
	struct vmm_config wrong = config;
	struct vmm_program large = program;

	(void)state;
	wrong.memory = NULL;
	assert_cannot_be(wrong);
	wrong.memory = memory + 8;
	assert_cannot_be(wrong);
	wrong = config;
	wrong.pages = 0;
	assert_cannot_be(wrong);
	wrong.pages = SIZE_MAX / PAGE + 1;
	assert_cannot_be(wrong);
	wrong = config;
	wrong.page_size = 0;
	assert_cannot_be(wrong);
	wrong = config;
	large.start = memory;
	large.end = memory + PAGE + 1;
	wrong.program = &large;
	assert_cannot_be(wrong);
}

static void test_what_the_guest_does_with_its_device(void **state)
{
	struct vmm_access access;
	struct vmm *vmm = create();
	uint64_t answered;

	(void)state;
	assert_int_equal(vmm_run(vmm, &access), 0);
	assert_int_equal(access.offset, 0);
	assert_true(access.write);
	assert_int_equal(access.value, 0x5a5a5a5a5a5a5a5a);

	fake.guest = reads_second_word;
	assert_int_equal(vmm_run(vmm, &access), 0);
	assert_int_equal(access.offset, 8);
	assert_false(access.write);
	vmm_answer(vmm, 0x0123456789abcdef);
	memcpy(&answered, fake.run.mmio.data, sizeof(answered));
	assert_int_equal(answered, 0x0123456789abcdef);
	vmm_destroy(vmm);
}

static int halts(struct kvm_run *run)
{
	run->exit_reason = KVM_EXIT_SYSTEM_EVENT;

	return 0;
}

static int writes_below_device(struct kvm_run *run)
{
	return fake_access(run, -8ul, true);
}

static int writes_behind_device(struct kvm_run *run)
{
	return fake_access(run, PAGE, true);
}

static int writes_four_bytes(struct kvm_run *run)
{
	fake_access(run, 0, true);
	run->mmio.len = 4;

	return 0;
}

static void test_all_else_is_an_error(void **state)
{
	int (*const others[])(struct kvm_run *run) = {
		halts, writes_below_device, writes_behind_device, writes_four_bytes,
	};
	struct vmm_access access;
	struct vmm *vmm = create();
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(others); i++) {
		writes_first_word(&fake.run);
		fake.guest = others[i];
		assert_int_equal(vmm_run(vmm, &access), -EPROTO);
	}
	vmm_destroy(vmm);
}

static int is_interrupted_twice(struct kvm_run *run)
{
	return fake.calls < FAKE_CREATED + 3 ? EINTR : writes_first_word(run);
}

static int has_no_memory(struct kvm_run *run)
{
	(void)run;

	return ENOMEM;
}

static void test_a_signal_is_no_end_of_a_run(void **state)
{
	struct vmm_access access;
	struct vmm *vmm = create();

	(void)state;
	fake.guest = is_interrupted_twice;
	assert_int_equal(vmm_run(vmm, &access), 0);
	assert_int_equal(fake.calls, FAKE_CREATED + 3);
	fake.guest = has_no_memory;
	assert_int_equal(vmm_run(vmm, &access), -ENOMEM);
	assert_int_equal(fake.calls, FAKE_CREATED + 4);
	vmm_destroy(vmm);
}

static void test_pages_are_those_it_has(void **state)
{
	struct vmm *vmm = create();
	uint64_t address;

	(void)state;
	assert_int_equal(vmm_address(vmm, 0, PAGES, &address), 0);
	assert_int_equal(address, VMM_MEMORY);
	assert_int_equal(vmm_address(vmm, PAGES - 1, 1, &address), 0);
	assert_int_equal(address, VMM_MEMORY + (PAGES - 1) * PAGE);
	assert_int_equal(vmm_address(vmm, PAGES, 0, &address), -EINVAL);
	assert_int_equal(vmm_address(vmm, 1, PAGES, &address), -EINVAL);
	assert_int_equal(vmm_address(vmm, 1, SIZE_MAX, &address), -EINVAL);
	vmm_destroy(vmm);
}

static void test_a_guest_that_touches(void **state)
{
	struct vmm *vmm;

	(void)state;
	assert_int_equal(touch_start(&vmm, memory, PAGES - 1, PAGE), 0);
	assert_int_equal(fake.calls, FAKE_CREATED + 1);
	assert_int_equal(fake.region.memory_size, sizeof(memory));
	assert_int_equal(fake.reg[0], VMM_MEMORY + PAGE);
	assert_int_equal(fake.reg[1], PAGES - 1);
	assert_int_equal(fake.reg[2], PAGE);
	assert_int_equal(fake.reg[3], VMM_DEVICE);
	assert_int_equal(touch_pages(vmm), 0);
	fake.guest = has_no_memory;
	assert_int_equal(touch_pages(vmm), -ENOMEM);
	fake.guest = reads_second_word;
	assert_int_equal(touch_pages(vmm), -EPROTO);
	vmm_destroy(vmm);
	assert_true(fake_has_all());
}

static void test_a_guest_that_does_not_start_leaves_nothing(void **state)
{
	struct vmm *vmm = (void *)memory;

	(void)state;
	fake.guest = has_no_memory;
	assert_int_equal(touch_start(&vmm, memory, PAGES - 1, PAGE), -ENOMEM);
	assert_null(vmm);
	assert_true(fake_has_all());

	fake.calls = 0;
	fake.guest = reads_second_word;
	assert_int_equal(touch_start(&vmm, memory, PAGES - 1, PAGE), -EPROTO);
	assert_int_equal(fake.calls, FAKE_CREATED + 1);
	assert_null(vmm);
	assert_true(fake_has_all());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_a_guest_is_made_as_it_should, start),
		cmocka_unit_test_setup(test_no_guest_is_destroyed, start),
		cmocka_unit_test_setup(test_each_refusal_is_told_and_leaves_nothing, start),
		cmocka_unit_test_setup(test_no_protected_guests_are_told_apart, start),
		cmocka_unit_test_setup(test_wrong_arguments_reach_no_kvm, start),
		cmocka_unit_test_setup(test_what_the_guest_does_with_its_device, start),
		cmocka_unit_test_setup(test_all_else_is_an_error, start),
		cmocka_unit_test_setup(test_a_signal_is_no_end_of_a_run, start),
		cmocka_unit_test_setup(test_pages_are_those_it_has, start),
		cmocka_unit_test_setup(test_a_guest_that_touches, start),
		cmocka_unit_test_setup(test_a_guest_that_does_not_start_leaves_nothing, start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
