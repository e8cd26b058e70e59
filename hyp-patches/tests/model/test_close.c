// SPDX-License-Identifier: GPL-2.0-only
/* What PSCI calls do to the SMMUs: closed before the machine ends, open if it does not. */

#include "machine.h"

#include "points.h"

#define HINT 0x10000

static const u32 ends[] = {
	PSCI_0_2_FN_SYSTEM_OFF,	 PSCI_0_2_FN_SYSTEM_RESET,  PSCI_1_1_FN64_SYSTEM_RESET2,
	PSCI_1_3_FN_SYSTEM_OFF2, PSCI_1_3_FN64_SYSTEM_OFF2, PSCI_0_2_FN_SYSTEM_RESET | HINT,
};

/* Firmware that is never reached again finds the SMMUs closed; one that says no, as before. */
static void closed_and_open(void **state)
{
	struct model *m = machine_one(NULL);
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(ends); i++) {
		assert_true(reaches(m, HIGH_BASE));
		assert_true(pkvm_iommu_psci_enter(ends[i], 0));
		assert_closed(m);
		pkvm_iommu_psci_return(ends[i]);
		assert_true(reaches(m, HIGH_BASE));
		assert_mirror(m);
	}
}

/* Pages that change hands meanwhile are out of reach, also of what was cached before. */
static void transitions_while_closed(void **state)
{
	struct model *m = machine_one(NULL);

	(void)state;
	assert_true(reaches(m, HIGH_BASE) && reaches(m, HIGH_BASE + BLOCK_SIZE));
	assert_int_equal(world_give(HIGH_BASE + BLOCK_SIZE, 3), 0);
	assert_true(pkvm_iommu_psci_enter(PSCI_0_2_FN_SYSTEM_OFF, 0));
	assert_int_equal(world_give(HIGH_BASE, 5), 0);
	world_take(HIGH_BASE + BLOCK_SIZE, 3);
	assert_closed(m);
	pkvm_iommu_psci_return(PSCI_0_2_FN_SYSTEM_OFF);
	assert_false(reaches(m, HIGH_BASE));
	assert_true(reaches(m, HIGH_BASE + BLOCK_SIZE));
	assert_mirror(m);
}

/* Two CPUs at once: open only when both have come back. */
static void closed_twice(void **state)
{
	struct model *m = machine_one(NULL);

	(void)state;
	assert_true(pkvm_iommu_psci_enter(PSCI_0_2_FN_SYSTEM_OFF, 0));
	assert_true(pkvm_iommu_psci_enter(PSCI_0_2_FN_SYSTEM_RESET, 0));
	pkvm_iommu_psci_return(PSCI_0_2_FN_SYSTEM_OFF);
	assert_closed(m);
	pkvm_iommu_psci_return(PSCI_0_2_FN_SYSTEM_RESET);
	assert_mirror(m);
}

static void cr0_is_dead(struct model_config *config)
{
	config->ack_us = MODEL_NEVER;
}

static void gbpa_is_dead(struct model_config *config)
{
	config->gbpa_us = MODEL_NEVER;
}

static void cr0_is_late(struct model_config *config)
{
	config->ack_us = 110000;
}

/*
 * One of two does not confirm that it is closed: the reset does not take place, both
 * go on as before, and so do transitions.
 */
static void does_not_close(void **state)
{
	static void (*const kinds[])(struct model_config *config) = {
		cr0_is_dead, gbpa_is_dead, cr0_is_late,
	};
	struct model_config a = machine_default(0), b = machine_default(1);
	struct model *smmus[2];
	u64 start, page = HIGH_BASE;
	size_t kind;
	u32 i, n;

	(void)state;
	for (kind = 0; kind < ARRAY_SIZE(kinds); kind++) {
		for (i = 0; i < 2; i++) {
			machine_new();
			smmus[0] = machine_add(&a, true);
			smmus[1] = machine_add(&b, true);
			assert_int_equal(machine_boot(), 0);
			kinds[kind](model_knobs(smmus[i]));
			for (n = 0; n < ARRAY_SIZE(ends); n++) {
				start = world_time();
				assert_false(pkvm_iommu_psci_enter(ends[n], 0));
				assert_true(world_time() - start < 450000);
			}
			assert_true(reaches(smmus[0], page) && reaches(smmus[1], page));
			assert_int_equal(world_give(page, 1), 0);
			assert_false(reaches(smmus[0], page) || reaches(smmus[1], page));
			assert_mirror(smmus[0]);
			assert_mirror(smmus[1]);
		}
	}
}

static struct model *busy;
static u32 tries;

static void device(void)
{
	assert_false(reaches(busy, HIGH_BASE));
	tries++;
}

/*
 * One that does not confirm what it does while it is disabled is not disabled: it would
 * let devices to guests' pages, and for good if it takes no commands any more.
 */
static void never_open(void **state)
{
	(void)state;
	busy = machine_one(NULL);
	assert_int_equal(world_give(HIGH_BASE, 1), 0);
	model_knobs(busy)->gbpa_us = MODEL_NEVER;
	model_knobs(busy)->commands_per_us = 0;
	world_act(&(struct act){ .fn = device, .one_in = 100 });
	assert_false(pkvm_iommu_psci_enter(PSCI_0_2_FN_SYSTEM_RESET, 0));
	world_act_end();
	assert_true(tries > 10);
	assert_false(reaches(busy, HIGH_BASE));
	assert_mirror(busy);
}

/* Once it answers again the machine can end, and a reset that firmware turns down goes on. */
static void closes_later(void **state)
{
	struct model *m = machine_one(NULL);

	(void)state;
	model_knobs(m)->ack_us = 110000;
	assert_false(pkvm_iommu_psci_enter(PSCI_0_2_FN_SYSTEM_RESET, 0));
	model_knobs(m)->ack_us = 3;
	assert_false(pkvm_iommu_psci_enter(PSCI_1_0_FN64_SYSTEM_SUSPEND, 0));
	assert_true(pkvm_iommu_psci_enter(PSCI_0_2_FN_SYSTEM_RESET, 0));
	assert_closed(m);
	pkvm_iommu_psci_return(PSCI_0_2_FN_SYSTEM_RESET);
	assert_mirror(m);
	assert_true(reaches(m, HIGH_BASE));
}

/* An SMMU that does not come back stays closed, and so do its caches. */
static void does_not_open(void **state)
{
	struct model *m = machine_one(NULL);

	(void)state;
	assert_true(reaches(m, HIGH_BASE));
	assert_true(pkvm_iommu_psci_enter(PSCI_0_2_FN_SYSTEM_OFF, 0));
	model_knobs(m)->commands_per_us = 0;
	pkvm_iommu_psci_return(PSCI_0_2_FN_SYSTEM_OFF);
	assert_closed(m);
}

/* There is no suspend: SMMUs could wake up open. Everything else is not ours to judge. */
static void other_calls(void **state)
{
	static const u32 suspends[] = { PSCI_1_0_FN_SYSTEM_SUSPEND, PSCI_1_0_FN64_SYSTEM_SUSPEND };
	struct model *m = machine_one(NULL);
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(suspends); i++) {
		assert_false(pkvm_iommu_psci_enter(suspends[i], 0));
		assert_false(pkvm_iommu_psci_enter(suspends[i] | HINT, 0));
		assert_false(pkvm_iommu_psci_enter(PSCI_1_0_FN_PSCI_FEATURES, suspends[i]));
	}
	assert_true(pkvm_iommu_psci_enter(PSCI_1_0_FN_PSCI_FEATURES, PSCI_0_2_FN_SYSTEM_OFF));
	assert_true(pkvm_iommu_psci_enter(0x84000002, 0));
	pkvm_iommu_psci_return(0x84000002);
	assert_mirror(m);

	machine_new();
	assert_true(pkvm_iommu_psci_enter(PSCI_1_0_FN64_SYSTEM_SUSPEND, 0));
	assert_true(pkvm_iommu_psci_enter(PSCI_0_2_FN_SYSTEM_OFF, 0));
	pkvm_iommu_psci_return(PSCI_0_2_FN_SYSTEM_OFF);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(closed_and_open),
		cmocka_unit_test(transitions_while_closed),
		cmocka_unit_test(closed_twice),
		cmocka_unit_test(does_not_close),
		cmocka_unit_test(never_open),
		cmocka_unit_test(closes_later),
		cmocka_unit_test(does_not_open),
		cmocka_unit_test(other_calls),
	};

	return cmocka_run_group_tests_name("close", tests, NULL, NULL);
}
