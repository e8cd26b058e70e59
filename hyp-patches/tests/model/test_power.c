// SPDX-License-Identifier: GPL-2.0-only
/* SMMUs that lose their power with the CPUs': before the host runs again, they guard again. */

#include "machine.h"

#include "firmware.h"
#include "points.h"

#define SUSPEND	   PSCI_0_2_FN64_CPU_SUSPEND
#define ANY_STATE  0x1010033
#define HOST_PC	   0x80001000
#define HOST_X0	   0x77

#define GUESTS	   HIGH_BASE
#define HOSTS	   (HIGH_BASE + BLOCK_SIZE)
#define NEXT	   (HIGH_BASE + 2 * BLOCK_SIZE)

static struct model *victim;
static u32 what;
static bool open_meanwhile;

/* Registers alone, or all of it; both where GBPA resets to bypass. */
static const u32 losses[] = {
	MODEL_CR0,  MODEL_CR0 | MODEL_GBPA,	    MODEL_GBPA, MODEL_STRTAB_BASE,
	MODEL_CMDQ, MODEL_EVTQ | MODEL_MSI,	    MODEL_CR1,	MODEL_STRTAB_CFG,
	MODEL_ALL,  MODEL_ALL & ~(u32)MODEL_CACHES,
};

static void lose(void)
{
	model_lose(victim, what, what + 1);
	if (what & MODEL_CR0 && what & MODEL_GBPA)
		open_meanwhile = reaches(victim, GUESTS);
}

/* A page of a guest's, known to the SMMU before it became one. */
static struct model *boot(void (*change)(struct model_config *config))
{
	victim = machine_one(change);
	what = MODEL_ALL;
	open_meanwhile = false;
	firmware.power = lose;
	assert_true(reaches(victim, GUESTS) && reaches(victim, HOSTS));
	assert_int_equal(world_give(GUESTS, 1), 0);

	return victim;
}

static void power_is_back(void)
{
}

static void suspend(void)
{
	struct host_at at = host_psci(SUSPEND, ANY_STATE, HOST_PC, HOST_X0);

	if (!firmware.standby) {
		assert_int_equal(at.pc, HOST_PC);
		assert_int_equal(at.x0, HOST_X0);
	} else {
		assert_int_equal(at.pc, 0);
		assert_int_equal(at.x0, PSCI_RET_SUCCESS);
	}
}

/* As before, and pages still come and go. */
static void assert_guarded(struct model *m)
{
	assert_false(reaches(m, GUESTS));
	assert_true(reaches(m, HOSTS));
	assert_mirror(m);
	assert_int_equal(world_give(HOSTS, 2), 0);
	assert_false(reaches(m, HOSTS));
	world_take(HOSTS, 2);
	assert_true(reaches(m, HOSTS));
}

static void every_register(void **state)
{
	size_t i;
	int standby;

	(void)state;
	for (standby = 0; standby < 2; standby++) {
		for (i = 0; i < ARRAY_SIZE(losses); i++) {
			boot(NULL);
			what = losses[i];
			firmware.standby = standby;
			suspend();
			assert_guarded(victim);
			assert_int_equal(counter(PKVM_IOMMU_POWER_LOSSES), 1);
			/* The hole that this is about, and that no software closes. */
			if (what == MODEL_ALL)
				assert_true(open_meanwhile);
		}
	}
}

/* Where GBPA resets to abort, nothing gets through meanwhile either. */
static void reset_to_abort(struct model_config *config)
{
	config->gbpa_reset = 1 << 20;
}

static void closed_by_reset(void **state)
{
	(void)state;
	boot(reset_to_abort);
	suspend();
	assert_false(open_meanwhile);
	assert_guarded(victim);
}

static void early_model(struct model_config *config)
{
	/* Not coherent, ATS, a linear table, no ranges, no blocks. */
	config->idr0 = (config->idr0 & ~(3U << 27 | 1U << 4)) | 1 << 10;
	config->idr1 = 8 << 21 | 7 << 16 | 8;
	config->idr3 = 0;
}

static void other_shapes(void **state)
{
	(void)state;
	boot(early_model);
	suspend();
	assert_guarded(victim);
	assert_int_not_equal(model_access_translated(victim, 8, GUESTS), MODEL_REACHED);
}

/* A CPU that was off, and one that the whole system's sleep is asked for on. */
static void other_calls(void **state)
{
	struct host_at at;

	(void)state;
	boot(NULL);
	assert_int_equal(host_psci(PSCI_0_2_FN64_CPU_ON, 2, HOST_PC, HOST_X0).x0, PSCI_RET_SUCCESS);
	lose();
	model_cpu = 2;
	at = host_starts();
	assert_int_equal(at.pc, HOST_PC);
	assert_int_equal(at.x0, HOST_X0);
	assert_guarded(victim);
	model_cpu = 0;

	firmware.offers_system_suspend = true;
	at = host_psci(PSCI_1_0_FN64_SYSTEM_SUSPEND, HOST_PC, HOST_X0, 0);
	assert_int_equal(at.pc, 0);
	assert_int_equal((int)at.x0, PSCI_RET_NOT_SUPPORTED);
	assert_int_equal(counter(PKVM_IOMMU_POWER_LOSSES), 1);
	assert_guarded(victim);

	/* Where the host owns the SMMUs, all of it is the host's. */
	machine_new();
	firmware.offers_system_suspend = true;
	assert_int_equal(host_psci(PSCI_1_0_FN64_SYSTEM_SUSPEND, HOST_PC, HOST_X0, 0).pc, HOST_PC);
}

/* Nothing was lost: reads of registers, no lock, no command. */
static void nothing_lost(void **state)
{
	u64 locks, doorbells, before;

	(void)state;
	boot(NULL);
	what = 0;
	locks = counter(PKVM_IOMMU_LOCK_HOST) + counter(PKVM_IOMMU_LOCK_CMDQ);
	doorbells = model_counts(victim)->doorbells;
	world_pace(1000, 0);
	before = world_time();
	suspend();
	assert_int_equal(world_time() - before, 7);
	assert_int_equal(counter(PKVM_IOMMU_LOCK_HOST) + counter(PKVM_IOMMU_LOCK_CMDQ), locks);
	assert_int_equal(model_counts(victim)->doorbells, doorbells);
	assert_int_equal(counter(PKVM_IOMMU_POWER_LOSSES), 0);
}

static u32 told(u32 index)
{
	u64 record[PKVM_IOMMU_EVENT_WORDS];
	u32 found, gone = 0;

	while ((found = __pkvm_iommu_event(index, record)) != PKVM_IOMMU_EVENT_NONE)
		gone += found == PKVM_IOMMU_EVENT_GONE;

	return gone;
}

/* It takes no command any more: it lets nothing through, and the others work on. */
static void does_not_come_back(void **state)
{
	struct model_config a = machine_default(0), b = machine_default(1);
	struct model *other;
	u64 before;

	(void)state;
	machine_new();
	victim = machine_add(&a, true);
	other = machine_add(&b, true);
	assert_int_equal(machine_boot(), 0);
	assert_true(reaches(victim, GUESTS) && reaches(other, GUESTS));
	what = MODEL_ALL;
	firmware.power = lose;
	model_knobs(victim)->commands_per_us = 0;
	suspend();
	assert_closed(victim);
	assert_true(reaches(other, HOSTS));
	assert_int_equal(told(0), 1);
	assert_int_equal(told(0), 0);
	assert_int_equal(told(1), 0);

	/* Nobody waits for it. */
	before = world_time();
	assert_int_equal(world_give(GUESTS, 1), 0);
	assert_true(world_time() - before < 1000);
	assert_false(reaches(other, GUESTS));

	/* A reset that does not come opens the others only. */
	host_psci(PSCI_0_2_FN_SYSTEM_RESET, 0, 0, 0);
	assert_closed(victim);
	assert_guarded(other);

	/* Neither does it open by itself, however often it loses its power. */
	suspend();
	assert_closed(victim);
	assert_int_equal(told(0), 0);

	/* Once it works again, it is as good as new. */
	model_knobs(victim)->commands_per_us = 3;
	suspend();
	assert_guarded(victim);
	assert_guarded(other);
	assert_int_equal(told(0), 0);

	/* And may be lost, and told of, again. */
	model_knobs(victim)->commands_per_us = 0;
	suspend();
	assert_closed(victim);
	assert_int_equal(told(0), 1);
}

/* The same where reset leaves it as closed as EL2 did. */
static void comes_back_closed(void **state)
{
	(void)state;
	boot(reset_to_abort);
	model_knobs(victim)->commands_per_us = 0;
	suspend();
	assert_closed(victim);
	assert_int_equal(told(0), 1);
	model_knobs(victim)->commands_per_us = 3;
	suspend();
	assert_guarded(victim);
	assert_int_equal(told(0), 0);
}

/* It does not even confirm that it is closed: no page leaves the host. */
static void does_not_answer(void **state)
{
	(void)state;
	boot(NULL);
	model_knobs(victim)->ack_us = MODEL_NEVER;
	suspend();
	assert_int_equal(told(0), 1);
	assert_int_not_equal(world_give(HOSTS, 1), 0);
	suspend();
	assert_int_equal(told(0), 0);

	model_knobs(victim)->ack_us = 3;
	suspend();
	assert_guarded(victim);
}

/* The power goes again, at any point: of its return EL2 sees to it again, or it is closed. */
static void lost_again(void **state)
{
	u64 n, guarded = 0, closed = 0;
	bool acted = true;

	(void)state;
	for (n = 1; acted; n++) {
		boot(NULL);
		/* Else the model ends the test: its queue leads nowhere, and is enabled. */
		what = MODEL_ALL & ~MODEL_CMDQ;
		lose();
		firmware.power = NULL;
		world_act(&(struct act){ .fn = lose, .at = n });
		suspend();
		acted = world_act_end();
		suspend();
		assert_false(reaches(victim, GUESTS));
		if (reaches(victim, HOSTS)) {
			assert_guarded(victim);
			guarded++;
		} else {
			assert_closed(victim);
			assert_int_equal(told(0), 1);
			closed++;
		}
	}
	assert_true(guarded > 5 && closed > 5);
}

/* Another CPU has closed them, since the machine is about to end: closed they stay. */
static void while_closed(void **state)
{
	(void)state;
	boot(NULL);
	assert_true(pkvm_iommu_psci_enter(PSCI_0_2_FN_SYSTEM_OFF, 0));
	suspend();
	assert_closed(victim);
	assert_int_equal(counter(PKVM_IOMMU_POWER_LOSSES), 1);
	suspend();
	assert_closed(victim);
	pkvm_iommu_psci_return(PSCI_0_2_FN_SYSTEM_OFF);
	assert_guarded(victim);

	what = 0;
	assert_true(pkvm_iommu_psci_enter(PSCI_0_2_FN_SYSTEM_OFF, 0));
	suspend();
	assert_closed(victim);
	pkvm_iommu_psci_return(PSCI_0_2_FN_SYSTEM_OFF);
	assert_guarded(victim);
	assert_int_equal(counter(PKVM_IOMMU_POWER_LOSSES), 2);
}

/*
 * Another CPU closes the SMMU while it is off, for a reset that does not come, and so does
 * not know what ran before: what was lost is set up again all the same.
 */
static void closed_while_lost(void **state)
{
	(void)state;
	boot(NULL);
	what = MODEL_CR0 | MODEL_GBPA;
	lose();
	firmware.power = NULL;
	host_psci(PSCI_0_2_FN_SYSTEM_RESET, 0, 0, 0);
	suspend();
	assert_guarded(victim);
	assert_int_equal(counter(PKVM_IOMMU_POWER_LOSSES), 1);
}

/*
 * It lost its stream table while it was closed for a reset that does not come, and then does
 * not answer the CPU that finds out, or no CPU does: it is not opened with whatever it has
 * for a table now.
 */
static void opened_while_lost(void **state)
{
	int answers, noticed;

	(void)state;
	for (answers = 0; answers < 2; answers++) {
		for (noticed = 0; noticed < 2; noticed++) {
			boot(NULL);
			assert_true(pkvm_iommu_psci_enter(PSCI_0_2_FN_SYSTEM_OFF, 0));
			what = MODEL_STRTAB_BASE | MODEL_STRTAB_CFG;
			lose();
			firmware.power = power_is_back;
			if (!answers)
				model_knobs(victim)->gbpa_us = MODEL_NEVER;
			if (noticed)
				suspend();
			pkvm_iommu_psci_return(PSCI_0_2_FN_SYSTEM_OFF);
			if (answers) {
				assert_guarded(victim);
				continue;
			}
			assert_int_equal(told(0), 1);
			assert_closed(victim);

			/* Nor is it by a reset that cannot take place since it does not close. */
			assert_false(pkvm_iommu_psci_enter(PSCI_0_2_FN_SYSTEM_OFF, 0));
			assert_closed(victim);
			assert_int_not_equal(world_give(HOSTS, 1), 0);

			/* The update is never done; a reset ends it. */
			model_knobs(victim)->gbpa_us = 3;
			what = MODEL_ALL;
			firmware.power = lose;
			suspend();
			assert_guarded(victim);
			assert_int_equal(told(0), 0);
		}
	}
}

/* An update of GBPA that is never done, to the value that it had: nothing gets through. */
static void update_under_way(void **state)
{
	(void)state;
	boot(NULL);
	model_knobs(victim)->gbpa_us = MODEL_NEVER;
	assert_false(pkvm_iommu_psci_enter(PSCI_0_2_FN_SYSTEM_OFF, 0));
	assert_guarded(victim);
	model_lose(victim, MODEL_CR0, 1);
	assert_closed(victim);
}

static bool other_found_it_guarded;

/* The power came back once for all; nobody runs the host before the SMMU guards. */
static void other_wakes_up(void)
{
	host_psci(SUSPEND, ANY_STATE, HOST_PC, HOST_X0);
	other_found_it_guarded = !reaches(victim, GUESTS) && reaches(victim, HOSTS);
}

static void two_wake_up(void **state)
{
	u64 n, back;
	bool acted;

	(void)state;
	boot(NULL);
	firmware.power = power_is_back;
	for (back = 0; back < 24; back += 3) {
		for (n = 1, acted = true; acted; n++) {
			other_found_it_guarded = true;
			lose();
			world_act(&(struct act){ .fn = other_wakes_up, .cpu = 1, .at = n,
						 .back = back });
			suspend();
			acted = world_act_end();
			assert_true(other_found_it_guarded);
			assert_true(reaches(victim, HOSTS) && !reaches(victim, GUESTS));
		}
		assert_true(n > 20);
	}
	assert_guarded(victim);
}

static int result_of_other;

static void other_gives(void)
{
	result_of_other = world_give(NEXT, 1);
}

static void other_takes_events(void)
{
	told(0);
}

static void other_resets(void)
{
	host_psci(PSCI_0_2_FN_SYSTEM_RESET, 0, 0, 0);
}

/* What else goes on meanwhile: a page that changes hands, events, a reset that does not come. */
static void others_at_work(void **state)
{
	static void (*const others[])(void) = { other_gives, other_takes_events, other_resets };
	bool acted;
	size_t i;
	u64 n, back;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(others); i++) {
		boot(NULL);
		firmware.power = power_is_back;
		for (back = 0; back < 24; back += 6) {
			for (n = 1, acted = true; acted; n++) {
				result_of_other = -ENOENT;
				lose();
				world_act(&(struct act){ .fn = others[i], .cpu = 2, .at = n,
							 .back = back });
				suspend();
				acted = world_act_end();
				assert_false(reaches(victim, GUESTS));
				assert_true(reaches(victim, HOSTS));
				if (others[i] == other_gives && !result_of_other) {
					assert_false(reaches(victim, NEXT));
					world_take(NEXT, 1);
				}
				assert_true(reaches(victim, NEXT));
			}
		}
		assert_guarded(victim);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_register),
		cmocka_unit_test(closed_by_reset),
		cmocka_unit_test(other_shapes),
		cmocka_unit_test(other_calls),
		cmocka_unit_test(nothing_lost),
		cmocka_unit_test(does_not_come_back),
		cmocka_unit_test(comes_back_closed),
		cmocka_unit_test(does_not_answer),
		cmocka_unit_test(lost_again),
		cmocka_unit_test(while_closed),
		cmocka_unit_test(closed_while_lost),
		cmocka_unit_test(opened_while_lost),
		cmocka_unit_test(update_under_way),
		cmocka_unit_test(two_wake_up),
		cmocka_unit_test(others_at_work),
	};

	return cmocka_run_group_tests_name("power", tests, NULL, NULL);
}
