// SPDX-License-Identifier: GPL-2.0-only
/* The command queue: full, wrapped, slow, refusing and dead. */

#include "machine.h"

#include "smmu.h"

static struct pkvm_iommu_desc desc;
static struct smmu smmu;

#define MMU_700_R0P0 (0x487 << 20 | 0x43b)

/* An SMMU of our own, below any mode; @iidr 0 for no particular part. */
static struct model *own_part(u32 shift, u32 commands_per_us, u32 iidr)
{
	struct model_config config = machine_default(0);
	struct model *m;

	config.idr1 = shift << 21 | 7 << 16 | 8;
	config.commands_per_us = commands_per_us;
	config.iidr = iidr;
	machine_new();
	m = machine_add(&config, true);
	assert_int_equal(pkvm_iommu_early_alloc(), 0);
	smmu = (struct smmu){};
	desc = pkvm_iommu_machine.descs[0];
	assert_int_equal(smmu_probe(&smmu, &desc), 0);
	assert_int_equal(smmu_enable(&smmu), 0);

	return m;
}

static struct model *own_smmu(u32 shift, u32 commands_per_us)
{
	return own_part(shift, commands_per_us, 0);
}

static void add(struct smmu_batch *b, u32 commands)
{
	while (commands--)
		smmu_batch_add(b, arm_smmu_make_cmd_op(CMDQ_OP_TLBI_NSNH_ALL));
}

/* Each with a deadline of its own. */
static void begin(struct smmu_batch *b)
{
	static struct smmu_deadline deadlines[8];
	static u32 next;
	struct smmu_deadline *deadline = &deadlines[next++ % ARRAY_SIZE(deadlines)];

	*deadline = (struct smmu_deadline){};
	smmu_batch_begin(b, &smmu, deadline);
}

static void submit(struct smmu_batch *b, u32 commands)
{
	begin(b);
	add(b, commands);
	smmu_batch_submit(b);
}

/* Batches of all lengths, so that each ends at each place of a queue of each size. */
static void batches_wrap(void **state)
{
	struct smmu_batch b;
	struct model *m;
	u32 shift, i;
	u64 commands;

	(void)state;
	for (shift = 0; shift <= 9; shift++) {
		m = own_smmu(shift, 2);
		commands = model_counts(m)->commands;
		for (i = 0; i < 1200; i++) {
			submit(&b, i % 7);
			commands += i % 7;
			assert_int_equal(smmu_batch_wait(&b), 0);
			assert_int_equal(model_counts(m)->commands, commands);
			assert_int_equal(model_counts(m)->syncs, i + 2);
		}
		assert_true(model_counts(m)->queued_max <= 1U << min(shift, 8U));
	}
}

static void longer_than_the_queue(void **state)
{
	struct smmu_batch b;
	struct model *m;
	u32 shift;

	(void)state;
	for (shift = 0; shift <= 8; shift++) {
		m = own_smmu(shift, 1);
		submit(&b, 3000);
		assert_int_equal(smmu_batch_wait(&b), 0);
		assert_int_equal(model_counts(m)->commands, 3000 + 2);
		assert_int_equal(model_counts(m)->syncs, 2);
		assert_int_equal(model_counts(m)->queued_max, 1U << shift);
	}
}

/* Waiting long after, in another order, and when the queue's index says the same again. */
static void waits_in_any_order(void **state)
{
	struct smmu_batch first, b[3];
	struct model *m = own_smmu(4, 1);
	u32 i;

	(void)state;
	submit(&first, 1);
	for (i = 0; i < 100; i++) {
		submit(&b[0], 1);
		submit(&b[1], 2);
		submit(&b[2], i % 3);
		assert_int_equal(smmu_batch_wait(&b[2]), 0);
		assert_int_equal(smmu_batch_wait(&b[0]), 0);
		assert_int_equal(smmu_batch_wait(&b[1]), 0);
		assert_int_equal(smmu_batch_wait(&first), 0);
	}

	/* Not done, though the index is the same but for the wrap bit. */
	for (i = 0; i < 40; i++) {
		model_knobs(m)->commands_per_us = 1;
		submit(&b[0], i);
		assert_int_equal(smmu_batch_wait(&b[0]), 0);
		model_knobs(m)->commands_per_us = 0;
		submit(&b[0], 15);
		assert_int_equal(smmu_batch_wait(&b[0]), -ETIMEDOUT);
		model_knobs(m)->commands_per_us = 1;
		submit(&b[1], 0);
		assert_int_equal(smmu_batch_wait(&b[1]), 0);
	}
}

/* Other CPUs use the queue while one waits for room, and while it waits for the end. */
static u32 others;

static void write_more(void)
{
	struct smmu_batch b;

	if (others && others-- % 3 == 0) {
		begin(&b);
		/* Only what fits: this CPU must not wait inside the other's wait. */
		if (smmu.cmdq.prod - smmu.cmdq.cons < 10)
			add(&b, 2);
		if (smmu.cmdq.prod - smmu.cmdq.cons < 1U << smmu.cmdq.shift) {
			smmu_batch_submit(&b);
		} else {
			hyp_spin_unlock(&smmu.cmdq.lock);
		}
	}
}

static void others_write_meanwhile(void **state)
{
	struct model *m = own_smmu(4, 2);
	struct smmu_batch b;
	u32 i;

	(void)state;
	world_meanwhile(write_more);
	for (i = 0; i < 300; i++) {
		others = 10;
		submit(&b, i % 64);
		assert_int_equal(smmu_batch_wait(&b), 0);
	}
	assert_true(model_counts(m)->syncs > 300 + 100);
}

/* Every command of a batch may be the one that is refused; those around it are carried out. */
static void refused_in_the_middle(void **state)
{
	struct model *m = own_smmu(5, 1);
	struct smmu_batch b, next;
	u32 at, done;

	(void)state;
	for (at = 1; at <= 12; at++) {
		done = model_counts(m)->commands;
		model_knobs(m)->refuse_in = at;
		submit(&b, 11);
		submit(&next, 2);
		assert_int_equal(smmu_batch_wait(&b), -EIO);
		assert_int_equal(smmu_batch_wait(&next), 0);
		submit(&next, 3);
		assert_int_equal(smmu_batch_wait(&next), 0);
		assert_int_equal(model_counts(m)->refused, at);
		assert_int_equal(model_counts(m)->commands, done + 16 - (at <= 11));
	}
}

/* Each command of three batches: whose it was fails, and the other two do not. */
static void refused_fails_its_issuer(void **state)
{
	static const u32 errors[] = { CERROR_ILL, CERROR_ATC_INV_SYNC };
	struct model *m = own_smmu(5, 1);
	struct smmu_batch b[3];
	u32 as, at, i;
	u64 done;

	(void)state;
	for (as = 0; as < ARRAY_SIZE(errors); as++) {
		for (at = 1; at <= 18; at++) {
			done = model_counts(m)->commands;
			model_knobs(m)->refuse_in = at;
			model_knobs(m)->refuse_as = errors[as];
			for (i = 0; i < 3; i++)
				submit(&b[i], 5);
			for (i = 3; i--;)
				assert_int_equal(smmu_batch_wait(&b[i]), i == (at - 1) / 6 ? -EIO : 0);
			/* A CMD_SYNC that could not complete is none that is lost. */
			assert_int_equal(model_counts(m)->commands - done,
					 15 - (errors[as] == CERROR_ILL && at % 6));
		}
	}
}

/* What is no command at all is read once more if its place is not taken before that. */
static void illegal_is_replaced_first(void **state)
{
	struct model *m = own_smmu(5, 1);
	struct smmu_batch b, next;

	(void)state;
	begin(&b);
	smmu_batch_add(&b, (struct arm_smmu_cmd){ .data = { 0x7f } });
	smmu_batch_submit(&b);
	submit(&next, 3);
	assert_int_equal(smmu_batch_wait(&b), -EIO);
	assert_int_equal(smmu_batch_wait(&next), 0);
	assert_int_equal(model_counts(m)->refused, 1);
}

/* Between the beginning of a batch and its wait, as many as EL2 remembers, and one more. */
static void many_refused(void **state)
{
	struct model *m = own_smmu(6, 4);
	struct smmu_batch good, bad, b;
	u32 n, i;

	(void)state;
	for (n = 0; n <= SMMU_CMDQ_REFUSED + 1; n++) {
		submit(&good, 2);
		assert_int_equal(smmu_batch_wait(&good), 0);
		model_knobs(m)->refuse_in = 4;
		submit(&good, 2);
		submit(&bad, 2);
		model_tick();
		assert_int_equal(smmu_take_gerror(&smmu), 1);
		model_tick();
		for (i = 0; i < n; i++) {
			model_knobs(m)->refuse_in = 1 + i % 3;
			submit(&b, 2);
			assert_int_equal(smmu_batch_wait(&b), -EIO);
		}
		assert_int_equal(smmu_batch_wait(&bad), -EIO);
		assert_int_equal(smmu_batch_wait(&good), n < SMMU_CMDQ_REFUSED ? 0 : -EIO);
	}
}

/* An entry that could not be read is read again: nothing was lost, so nobody fails. */
static void fetch_aborts(void **state)
{
	struct model *m = own_smmu(5, 1);
	struct smmu_batch b, next;
	u64 done;
	u32 at;

	(void)state;
	model_knobs(m)->refuse_as = CERROR_ABT;
	for (at = 1; at <= 12; at++) {
		done = model_counts(m)->commands;
		model_knobs(m)->refuse_in = at;
		submit(&b, 8);
		submit(&next, 2);
		assert_int_equal(smmu_batch_wait(&next), 0);
		assert_int_equal(smmu_batch_wait(&b), 0);
		assert_int_equal(model_counts(m)->refused, at);
		assert_int_equal(model_counts(m)->commands, done + 10);
	}

	model_knobs(m)->refuse_in = 2;
	model_knobs(m)->keep_refused = true;
	submit(&b, 3);
	assert_int_equal(smmu_batch_wait(&b), -ETIMEDOUT);
	model_knobs(m)->refuse_in = 0;
	submit(&b, 3);
	assert_int_equal(smmu_batch_wait(&b), 0);
}

/* The SMMU says that it stopped where there is no command: whoever waits fails. */
static void refused_nobody_knows_where(void **state)
{
	struct model *m;
	struct smmu_batch b, next;
	u32 lie;

	(void)state;
	for (lie = 9; lie < 40; lie++) {
		m = own_smmu(5, 1);
		submit(&b, 3);
		submit(&next, 3);
		model_knobs(m)->refuse_in = 1;
		model_knobs(m)->cons_lie = lie;
		model_tick();
		assert_int_equal(smmu_take_gerror(&smmu), 1);
		model_knobs(m)->cons_lie = 0;
		assert_int_equal(smmu_batch_wait(&b), -EIO);
		assert_int_equal(smmu_batch_wait(&next), -EIO);
		submit(&next, 3);
		assert_int_equal(smmu_batch_wait(&next), 0);
	}
}

static void refused_for_ever(void **state)
{
	struct model *m = own_smmu(5, 1);
	struct smmu_batch b;
	u64 start;

	(void)state;
	model_knobs(m)->refuse_in = 2;
	model_knobs(m)->keep_refused = true;
	start = world_time();
	submit(&b, 11);
	assert_int_equal(smmu_batch_wait(&b), -ETIMEDOUT);
	assert_true(world_time() - start < 2 * SMMU_TIMEOUT_US);

	model_knobs(m)->refuse_in = 0;
	submit(&b, 1);
	smmu_batch_wait(&b);
	submit(&b, 1);
	assert_int_equal(smmu_batch_wait(&b), 0);
}

/* The handler of the error interrupt sees it first, on another CPU. */
static u32 seen;

static void take_gerror(void)
{
	seen |= smmu_take_gerror(&smmu);
}

static void another_cpu_takes_the_error(void **state)
{
	struct model *m = own_smmu(5, 1);
	struct smmu_batch b;

	(void)state;
	/* The SMMU stops while this CPU waits, and not while it looks. */
	world_pace(0, 0);
	world_meanwhile(take_gerror);
	seen = 0;
	model_knobs(m)->refuse_in = 3;
	submit(&b, 5);
	assert_int_equal(smmu_batch_wait(&b), -EIO);
	assert_int_equal(seen, 1);
}

static void never_answers(void **state)
{
	struct model *m = own_smmu(5, 0 + 1);
	struct smmu_batch b;
	u64 start;
	u32 i;

	(void)state;
	model_knobs(m)->commands_per_us = 0;
	for (i = 0; i < 20; i++) {
		start = world_time();
		submit(&b, 7);
		assert_int_equal(smmu_batch_wait(&b), -ETIMEDOUT);
		assert_true(world_time() - start >= SMMU_TIMEOUT_US / 2);
		assert_true(world_time() - start < SMMU_TIMEOUT_US + 100);
	}

	/* Once it does, all of what was written is carried out. */
	model_knobs(m)->commands_per_us = 1;
	submit(&b, 40);
	assert_int_equal(smmu_batch_wait(&b), 0);
}

/* A register that claims more than was ever written is no proof of anything. */
static void consumed_more_than_there_is(void **state)
{
	struct model *m = own_smmu(5, 1);
	struct smmu_batch b;
	u32 lie;

	(void)state;
	for (lie = 1; lie < 64; lie++) {
		if (lie == 8)
			continue;
		model_knobs(m)->commands_per_us = 0;
		model_knobs(m)->cons_lie = lie;
		submit(&b, 7);
		/* Any value between is one that it could have reached. */
		assert_int_equal(smmu_batch_wait(&b), -ETIMEDOUT);
		model_knobs(m)->cons_lie = 0;
		model_knobs(m)->commands_per_us = 1;
		if (lie < 8) {
			m = own_smmu(5, 1);
			continue;
		}
		submit(&b, 0);
		assert_int_equal(smmu_batch_wait(&b), 0);
	}
}

/* However slowly it goes on, one batch waits about as long as it waits for a dead one. */
static void slow_is_bounded(void **state)
{
	struct model *m = own_smmu(2, 1);
	struct smmu_batch b;
	u64 start = world_time();

	(void)state;
	model_knobs(m)->us_per_command = SMMU_TIMEOUT_US / 2;
	submit(&b, 64);
	smmu_batch_wait(&b);
	assert_true(world_time() - start < 3 * SMMU_TIMEOUT_US);
}

/* MMU-700 up to r1p0: a CMD_SYNC at the latest after 60 commands; later ones need none. */
static void force_sync(void **state)
{
	static const struct {
		u32 revision; /* variant and revision */
		bool forced;
	} cases[] = { { 0x00, true }, { 0x01, true }, { 0x10, true }, { 0x11, false } };
	struct model_config config = machine_default(0);
	struct model *m;
	u64 syncs;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		config.iidr = 0x487 << 20 | cases[i].revision << 12 | 0x43b;
		config.idr3 &= ~(1U << 10);
		machine_new();
		m = machine_add(&config, true);
		assert_int_equal(machine_boot(), 0);
		syncs = model_counts(m)->syncs;
		assert_int_equal(world_give(HIGH_BASE, 64), 0);
		assert_int_equal(model_counts(m)->syncs - syncs, cases[i].forced ? 2 : 1);
		if (cases[i].forced)
			assert_true(model_counts(m)->unsynced_max <= 60);
	}
}

/* Whose commands they are does not matter: another CPU writes while this one waits for room. */
static u32 other_adds;

static void write_others(void)
{
	struct smmu_batch b;

	if (!others)
		return;
	others--;
	submit(&b, other_adds);
}

static void force_sync_two_cpus(void **state)
{
	struct model *m = own_part(6, 14, MMU_700_R0P0);
	struct smmu_batch before, b;
	u32 i;

	(void)state;
	assert_true(smmu.force_sync);
	world_meanwhile(write_others);
	for (i = 0; i < 2000; i++) {
		model_knobs(m)->commands_per_us = 1 + i % 23;
		others = i % 4;
		other_adds = i % 13;
		submit(&before, i % 29);
		submit(&b, i % 191);
		assert_int_equal(smmu_batch_wait(&b), 0);
		assert_true(model_counts(m)->unsynced_max <= 60);
	}
	assert_int_equal(model_counts(m)->unsynced_max, 60);
}

/* A batch that found no room has left commands without its CMD_SYNC: they count as well. */
static void force_sync_after_no_room(void **state)
{
	struct model *m = own_part(6, 1, MMU_700_R0P0);
	struct smmu_batch b;
	u32 i;

	(void)state;
	for (i = 0; i < 60; i++) {
		model_knobs(m)->commands_per_us = 0;
		submit(&b, 64 + i);
		assert_int_equal(smmu_batch_wait(&b), -ETIMEDOUT);
		model_knobs(m)->commands_per_us = 1;
		submit(&b, i);
		assert_int_equal(smmu_batch_wait(&b), 0);
	}
	assert_true(model_counts(m)->unsynced_max <= 60);
}

/* Once there is no room, nothing that the SMMU does later makes up for what was not written. */
static void no_room(void **state)
{
	struct model *m = own_smmu(3, 1);
	struct smmu_batch b;
	u32 i;

	(void)state;
	model_knobs(m)->commands_per_us = 0;
	submit(&b, 12);
	model_knobs(m)->commands_per_us = 8;
	for (i = 0; i < 20; i++)
		model_tick();
	assert_int_equal(smmu_batch_wait(&b), -ETIMEDOUT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(batches_wrap),
		cmocka_unit_test(longer_than_the_queue),
		cmocka_unit_test(waits_in_any_order),
		cmocka_unit_test(others_write_meanwhile),
		cmocka_unit_test(refused_in_the_middle),
		cmocka_unit_test(refused_fails_its_issuer),
		cmocka_unit_test(illegal_is_replaced_first),
		cmocka_unit_test(many_refused),
		cmocka_unit_test(fetch_aborts),
		cmocka_unit_test(refused_nobody_knows_where),
		cmocka_unit_test(refused_for_ever),
		cmocka_unit_test(another_cpu_takes_the_error),
		cmocka_unit_test(never_answers),
		cmocka_unit_test(consumed_more_than_there_is),
		cmocka_unit_test(slow_is_bounded),
		cmocka_unit_test(force_sync),
		cmocka_unit_test(force_sync_two_cpus),
		cmocka_unit_test(force_sync_after_no_room),
		cmocka_unit_test(no_room),
	};

	return cmocka_run_group_tests_name("cmdq", tests, NULL, NULL);
}
