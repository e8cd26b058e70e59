// SPDX-License-Identifier: GPL-2.0-only
/* From what reset and firmware leave to an SMMU that EL2 owns, or that stays closed. */

#include "machine.h"

static const struct pkvm_iommu_desc *desc(void)
{
	return &pkvm_iommu_machine.descs[0];
}

/* Boots with one SMMU, changed. */
static int boot_with(void (*change)(struct model_config *config), struct model **m)
{
	struct model_config config = machine_default(0);

	machine_new();
	change(&config);
	*m = machine_add(&config, true);

	return machine_boot();
}

static void from_reset(void **state)
{
	struct model *m = machine_one(NULL);

	(void)state;
	assert_int_equal(desc()->state, PKVM_IOMMU_ISOLATING);
	assert_int_equal(desc()->reason, PKVM_IOMMU_REASON_NONE);
	assert_int_equal(desc()->id[0], model_knobs(m)->idr0);
	assert_int_equal(desc()->id[3], model_knobs(m)->idr5);
	assert_true(reaches(m, LOW_BASE));
	assert_false(reaches(m, POOL_BASE));
	assert_false(reaches(m, IMAGE_BASE));
	assert_false(reaches(m, model_knobs(m)->base));
	assert_mirror(m);
}

/* Nothing of firmware's works any more: streams, translations, errors, messages. */
static void from_a_live_state(void **state)
{
	struct model_config config = machine_default(0);
	struct model *m;

	(void)state;
	config.idr0 |= 1 << 13;
	machine_new();
	m = machine_add(&config, true);
	model_live(m);
	assert_int_equal(machine_boot(), 0);
	assert_true(reaches(m, LOW_BASE));
	assert_true(reaches(m, LOW_BASE + 5 * PAGE_SIZE));
	assert_false(reaches(m, POOL_BASE));
	assert_int_equal(model_access(m, 0, POOL_BASE, true, NULL), 0x10);
	model_gerror(m, 1 << 2);
	assert_mirror(m);
}

/* Whatever else it is about, no transaction passes from the first moment on. */
static struct model *watched;

static void watch(void)
{
	u64 pa;

	if (!model_access(watched, 3, POOL_BASE, true, &pa) && pa == POOL_BASE)
		world_bug("a device reaches the hypervisor while EL2 takes the SMMU");
}

static void closed_while_it_is_taken(void **state)
{
	struct model_config config = machine_default(0);

	(void)state;
	config.gbpa_us = 0;
	machine_new();
	watched = machine_add(&config, true);
	/* It starts disabled and open; GBPA comes before anything that waits. */
	world_meanwhile(watch);
	assert_int_equal(machine_boot(), 0);
}

static void no_stage2(struct model_config *config)
{
	config->idr0 &= ~(1U << 0);
}

static void no_granule(struct model_config *config)
{
	config->idr5 &= ~(7U << 4) | (PAGE_SHIFT == 12 ? 6U << 4 : 1U << 4);
}

static void no_aarch64(struct model_config *config)
{
	config->idr0 &= ~(2U << 2);
}

static void big_endian(struct model_config *config)
{
	config->idr0 |= 3U << 21;
}

static void only_stalls(struct model_config *config)
{
	config->idr0 |= 2U << 24;
}

/* EL2 can program these, but not isolate with them: boot goes on, nothing passes. */
static void closed_where_it_cannot_isolate(void **state)
{
	static const struct {
		void (*change)(struct model_config *config);
		u32 reason;
	} cases[] = {
		{ no_stage2, PKVM_IOMMU_REASON_NO_STAGE2 },
		{ no_granule, PKVM_IOMMU_REASON_NO_GRANULE },
		{ no_aarch64, PKVM_IOMMU_REASON_NO_FORMAT },
		{ big_endian, PKVM_IOMMU_REASON_NO_FORMAT },
		{ only_stalls, PKVM_IOMMU_REASON_STALLS },
	};
	struct model *m;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(boot_with(cases[i].change, &m), 0);
		assert_int_equal(desc()->state, PKVM_IOMMU_ABORTING);
		assert_int_equal(desc()->reason, cases[i].reason);
		assert_closed(m);
		/* Without a record for each, which would drown all others. */
		assert_int_equal(model_access(m, 8, LOW_BASE, true, NULL), MODEL_ABORTED);
		/* Transitions go on without it. */
		assert_int_equal(world_give(HIGH_BASE, 3), 0);
		world_take(HIGH_BASE, 3);
		assert_closed(m);
	}
}

static void tables_preset(struct model_config *config)
{
	config->idr1 |= 1U << 30;
}

static void queues_preset(struct model_config *config)
{
	config->idr1 |= 1U << 29;
}

/* Command queues whose control pages may be outside the frame, in the host's hands. */
static void ecmdq(struct model_config *config)
{
	config->idr1 |= 1U << 31;
}

static void relative(struct model_config *config)
{
	config->idr1 |= 1U << 28;
}

static void unknown_implementer(struct model_config *config)
{
	config->iidr = 0x483 << 20 | 0x36;
}

static void unknown_product(struct model_config *config)
{
	config->iidr = 0x499u << 20 | 0x43b;
}

static void gbpa_never(struct model_config *config)
{
	config->gbpa_us = MODEL_NEVER;
}

static void cr0_never(struct model_config *config)
{
	config->ack_us = MODEL_NEVER;
}

static void cr0_late(struct model_config *config)
{
	config->ack_us = 110000;
}

static void commands_never(struct model_config *config)
{
	config->commands_per_us = 0;
}

static void commands_refused(struct model_config *config)
{
	config->refuse_in = 1;
}

static void other_place(struct model_config *config)
{
	pkvm_iommu_machine.descs[0].base = config->base + SZ_64K;
}

/* These stop the boot, in bounded time, and a waiting SMMU is not left open. */
static void boot_stops(void **state)
{
	static const struct {
		void (*change)(struct model_config *config);
		u32 reason;
	} cases[] = {
		{ tables_preset, PKVM_IOMMU_REASON_PRESET },
		{ queues_preset, PKVM_IOMMU_REASON_PRESET },
		{ relative, PKVM_IOMMU_REASON_PRESET },
		{ ecmdq, PKVM_IOMMU_REASON_ECMDQ },
		{ unknown_implementer, PKVM_IOMMU_REASON_UNKNOWN_PART },
		{ unknown_product, PKVM_IOMMU_REASON_UNKNOWN_PART },
		{ gbpa_never, PKVM_IOMMU_REASON_TIMEOUT },
		{ cr0_never, PKVM_IOMMU_REASON_TIMEOUT },
		{ cr0_late, PKVM_IOMMU_REASON_TIMEOUT },
		{ commands_never, PKVM_IOMMU_REASON_TIMEOUT },
		{ commands_refused, PKVM_IOMMU_REASON_TIMEOUT },
	};
	struct model *m;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_not_equal(boot_with(cases[i].change, &m), 0);
		assert_int_equal(desc()->state, PKVM_IOMMU_FAILED);
		assert_int_equal(desc()->reason, cases[i].reason);
		assert_false(pkvm_iommu_owned());
		assert_true(world_time() < 1000000 + 500000);
		if (cases[i].change == commands_never || cases[i].change == commands_refused)
			assert_closed(m);
	}
}

static struct model *slow;

/* From the moment on in which only the last step is left. */
static void slow_down(void)
{
	if (model_counts(slow)->syncs)
		model_knobs(slow)->ack_us = 110000;
}

/* It enables itself when EL2 has given up: what it was asked for is taken back. */
static void enabled_too_late(void **state)
{
	struct model_config config = machine_default(0);
	u32 us;

	(void)state;
	machine_new();
	slow = machine_add(&config, true);
	/* The CMD_SYNC completes while EL2 waits for it, and not while it looks. */
	world_pace(0, 0);
	world_meanwhile(slow_down);
	assert_int_not_equal(machine_boot(), 0);
	world_meanwhile(NULL);
	assert_int_equal(desc()->reason, PKVM_IOMMU_REASON_TIMEOUT);
	for (us = 0; us < 300000; us++)
		model_tick();
	assert_closed(slow);
}

/* Where firmware's registers are not what the host said, and where memory is short. */
static void boot_stops_without_means(void **state)
{
	struct model_config config = machine_default(0);
	u64 pages;

	(void)state;
	machine_new();
	machine_add(&config, true);
	other_place(&config);
	assert_int_not_equal(machine_boot(), 0);
	assert_int_equal(desc()->reason, PKVM_IOMMU_REASON_NO_MAPPING);

	/* From none to what is enough: an error each time, never a crash. */
	for (pages = 0;; pages++) {
		struct model *m;
		int ret;

		machine_new();
		world_set_owner(POOL_BASE, POOL_SIZE, OWNER_HOST);
		world_reserve(POOL_BASE, pages);
		m = machine_add(&config, true);
		ret = machine_boot();
		if (!ret) {
			assert_mirror(m);
			break;
		}
		assert_int_equal(desc()->reason, PKVM_IOMMU_REASON_NO_MEMORY);
	}
	assert_true(pages > 1 && pages < POOL_SIZE >> PAGE_SHIFT);
}

/* The parts that are known, whatever their revision. */
static void known_parts(void **state)
{
	static const u32 products[] = { 0x483, 0x487, 0x48a, 0x498 };
	struct model_config config = machine_default(0);
	size_t i;
	u32 rev;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(products); i++) {
		for (rev = 0; rev < 0x22; rev += 0x11) {
			machine_new();
			config.iidr = products[i] << 20 | rev << 12 | 0x43b;
			machine_add(&config, true);
			assert_int_equal(machine_boot(), 0);
			assert_int_equal(desc()->state, PKVM_IOMMU_ISOLATING);
		}
	}
}

/*
 * What else an SMMU can: EL2's own translations are forgotten, claims of devices are checked,
 * the CPUs' broadcasts are left alone.
 */
static void more_features(void **state)
{
	struct model_config config = machine_default(0);
	struct model *m;

	(void)state;
	machine_new();
	config.idr0 |= 1 << 5 | 1 << 9 | 1 << 10 | 1 << 14 | 1 << 16;
	m = machine_add(&config, true);
	model_live(m);
	assert_int_equal(machine_boot(), 0);
	assert_int_equal(counter(PKVM_IOMMU_COMMANDS_TLBI_ALL), 2);
	assert_int_not_equal(model_access_translated(m, 8, POOL_BASE), MODEL_REACHED);
	assert_mirror(m);
}

/* What the host asks for that does not exist. */
static void bad_machines(void **state)
{
	struct model_config config = machine_default(0);

	(void)state;
	machine_new();
	machine_add(&config, true);
	pkvm_iommu_machine.mode = PKVM_IOMMU_NESTED + 7;
	assert_int_equal(machine_boot(), -EINVAL);
	pkvm_iommu_machine.mode = PKVM_IOMMU_NESTED;
	assert_int_equal(pkvm_iommu_init(), -ENODEV);
	pkvm_iommu_machine.mode = PKVM_IOMMU_IDENTITY;
	pkvm_iommu_machine.nr_descs = PKVM_IOMMU_MAX_DEVICES + 1;
	assert_int_equal(pkvm_iommu_init(), -EINVAL);
	pkvm_iommu_machine.nr_descs = 1;
	pkvm_iommu_machine.nr_frames = PKVM_IOMMU_MAX_FRAMES + 1;
	assert_int_equal(pkvm_iommu_init(), -EINVAL);
	pkvm_iommu_machine.nr_frames = 1;
	pkvm_iommu_machine.nr_host_frames = PKVM_IOMMU_MAX_FRAMES + 1;
	assert_int_equal(pkvm_iommu_init(), -EINVAL);
	assert_false(pkvm_iommu_owned());

	machine_new();
	pkvm_iommu_machine.pages = 1ULL << 20;
	assert_int_equal(machine_boot(), -ENOMEM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(from_reset),
		cmocka_unit_test(from_a_live_state),
		cmocka_unit_test(closed_while_it_is_taken),
		cmocka_unit_test(closed_where_it_cannot_isolate),
		cmocka_unit_test(boot_stops),
		cmocka_unit_test(enabled_too_late),
		cmocka_unit_test(boot_stops_without_means),
		cmocka_unit_test(known_parts),
		cmocka_unit_test(more_features),
		cmocka_unit_test(bad_machines),
	};

	return cmocka_run_group_tests_name("enable", tests, NULL, NULL);
}
