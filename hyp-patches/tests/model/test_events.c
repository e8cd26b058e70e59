// SPDX-License-Identifier: GPL-2.0-only
/* The events of the EL2 code: which, in which order, and with which numbers. */

#include "machine.h"

#include <stdio.h>

#include "domains.h"
#include "events.h"
#include "firmware.h"
#include "points.h"
#include "smmu.h"

static void assert_text(const char *event, const char *fmt, va_list ap) __printf(2, 0);
static void assert_next(const char *fmt, ...) __printf(1, 2);
static void assert_next_of(const char *name, const char *fmt, ...) __printf(2, 3);

static void assert_text(const char *event, const char *fmt, va_list ap)
{
	char wanted[160];

	vsnprintf(wanted, sizeof(wanted), fmt, ap);
	assert_non_null(event);
	/* What differs from page size to page size stands at the end. */
	if (strncmp(event, wanted, strlen(wanted)))
		fail_msg("'%s' where '%s' was expected", event, wanted);
}

/* The next event is that. */
static void assert_next(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	assert_text(events_next(), fmt, ap);
	va_end(ap);
}

/* The next of that name; those before it are passed over. */
static const char *next_of(const char *name)
{
	size_t length = strlen(name);
	const char *event;

	do {
		event = events_next();
		if (!event)
			fail_msg("no %s any more", name);
	} while (strncmp(event, name, length) || event[length] != ' ');

	return event;
}

/* And its fields are these. */
static void assert_next_of(const char *name, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	assert_text(next_of(name) + strlen(name) + 1, fmt, ap);
	va_end(ap);
}

static u64 base_of(u32 index)
{
	return pkvm_iommu_machine.descs[index].base;
}

/* A page of a block that leaves, and comes back: all that happens, and nothing else. */
static void a_page_leaves(void **state)
{
	u64 page = HIGH_BASE + 17 * PAGE_SIZE, size = PAGE_SIZE, smmu, n;
	const char *event;

	(void)state;
	machine_one(NULL);
	smmu = base_of(0);
	assert_int_equal(world_give(HIGH_BASE + 5 * BLOCK_SIZE, 1), 0);
	events_on();
	assert_int_equal(world_give(page, 1), 0);

	assert_next("iommu_host_leave addr=0x%llx size=0x%llx", page, size);
	assert_next("smmu_split addr=0x%llx size=0x%llx", HIGH_BASE, BLOCK_SIZE);
	event = events_next();
	assert_non_null(event);
	assert_int_equal(sscanf(event, "smmu_command smmu=%*x n=%llu op=TLBI_S2_IPA cmd=", &n), 1);
	assert_next("smmu_command smmu=0x%llx n=%llu op=CMD_SYNC cmd=", smmu, n + 1);
	assert_next("smmu_sync_issued smmu=0x%llx n=%llu ret=0", smmu, n + 2);
	assert_next("smmu_doorbell smmu=0x%llx n=%llu", smmu, n + 2);
	assert_next("smmu_sync_completed smmu=0x%llx n=%llu ret=0", smmu, n + 2);
	assert_next("iommu_host_left addr=0x%llx size=0x%llx ret=0", page, size);
	assert_null(events_next());

	assert_int_equal(world_take(page, 1), 0);
	assert_next("iommu_host_return addr=0x%llx size=0x%llx", page, size);
	assert_null(events_next());
}

/* Of two SMMUs, both get their commands before the first is waited for; each pair matches. */
static void syncs_pair_up(void **state)
{
	static const char *const order[] = { "issued", "issued", "completed", "completed" };
	struct model_config config = machine_default(0), second = machine_default(1);
	unsigned long long smmu, n, issued[2][2], i;
	const char *event;
	char what[16];
	int ret;

	(void)state;
	machine_new();
	machine_add(&config, true);
	machine_add(&second, true);
	assert_int_equal(machine_boot(), 0);
	events_on();
	assert_int_equal(world_give(HIGH_BASE, 3), 0);

	for (i = 0; (event = events_next());) {
		if (sscanf(event, "smmu_sync_%9[a-z] smmu=%llx n=%llu ret=%d", what, &smmu, &n,
			   &ret) != 4)
			continue;
		assert_in_range(i, 0, 3);
		assert_string_equal(what, order[i]);
		assert_int_equal(ret, 0);
		assert_int_equal(smmu, base_of(i % 2));
		if (i < 2) {
			issued[i][0] = smmu;
			issued[i][1] = n;
		} else {
			assert_int_equal(smmu, issued[i - 2][0]);
			assert_int_equal(n, issued[i - 2][1]);
		}
		i++;
	}
	assert_int_equal(i, 4);
}

/* An SMMU that does not answer: each CMD_SYNC ends nevertheless, and the page stays. */
static void no_answer(void **state)
{
	struct model *m = machine_one(NULL);
	const char *event, *last = NULL;

	(void)state;
	model_knobs(m)->commands_per_us = 0;
	events_on();
	assert_int_equal(world_give(HIGH_BASE, 1), -ETIMEDOUT);
	assert_int_equal(events_nr("smmu_sync_issued"), 1);
	assert_int_equal(events_nr("smmu_sync_wait"), 1);
	assert_int_equal(events_nr("smmu_sync_completed"), 1);
	while ((event = events_next())) {
		if (!strncmp(event, "smmu_sync_completed", 19))
			assert_non_null(strstr(event, " ret=-110"));
		last = event;
	}
	assert_non_null(last);
	assert_non_null(strstr(last, "iommu_host_left"));
	assert_non_null(strstr(last, " ret=-110"));
}

/* A pool that runs dry says so, and what it is given. */
static void pool_is_low(void **state)
{
	const char *event, *low = NULL;
	u64 i, page, wanted, free;

	(void)state;
	machine_one(NULL);
	while (pool_has(1))
		pool_take(PKVM_IOMMU_MEM_QUEUES);
	events_on();
	assert_int_equal(world_give(HIGH_BASE, 1), -ENOMEM);
	while ((event = events_next())) {
		if (!strncmp(event, "iommu_pool_low", 14))
			low = event;
	}
	assert_non_null(low);
	assert_int_equal(sscanf(low, "iommu_pool_low wanted=%llu free=%llu", &wanted, &free), 2);
	assert_in_range(wanted, 1, 2);
	assert_int_equal(free << PAGE_SHIFT, memory_of(PKVM_IOMMU_MEM_POOL_FREE));
	assert_int_equal(events_nr("smmu_command"), 0);

	page = LOW_BASE + LOW_SIZE - 8 * PAGE_SIZE;
	events_on();
	assert_int_equal(__pkvm_iommu_topup(page >> PAGE_SHIFT, 8), 0);
	for (i = 0; (event = events_next());) {
		if (strncmp(event, "iommu_pool_topup", 16))
			continue;
		assert_non_null(strstr(event, " pages=8 ret=0"));
		i++;
	}
	assert_int_equal(i, 1);
}

/* No operation here has more points of its own before its first lock. */
#define BACKS 48

static void other_takes(void)
{
	pool_take(PKVM_IOMMU_MEM_QUEUES);
}

/* A CPU that finds a lock taken says which; one that does not, nothing. */
static void lock_is_contended(void **state)
{
	u32 n, back, contended = 0, tries = 0;
	const char *event;
	bool acted;

	(void)state;
	for (back = 0; back < BACKS; back++) {
		/* Its pool lasts for one of these. */
		machine_one(NULL);
		for (n = 1, acted = true; acted; n++, tries++) {
			events_on();
			world_act(&(struct act){ .fn = other_takes, .cpu = 1, .at = n,
						 .back = back, .blocks = true });
			assert_non_null(pool_take(PKVM_IOMMU_MEM_QUEUES));
			acted = world_act_end();
			while ((event = events_next())) {
				assert_string_equal(event,
						    "iommu_lock_contended lock=pool ahead=1");
				contended++;
			}
		}
	}
	assert_in_range(contended, 1, tries - 1);
}

/* A fault's record goes to the host, and into the trace. */
static void fault(void **state)
{
	struct model *m = machine_one(NULL);
	u64 record[PKVM_IOMMU_EVENT_WORDS];
	const char *event;

	(void)state;
	assert_int_equal(world_give(HIGH_BASE, 1), 0);
	assert_false(reaches(m, HIGH_BASE));
	events_on();
	assert_int_equal(__pkvm_iommu_event(0, record), PKVM_IOMMU_EVENT_RECORD);
	event = events_next();
	assert_non_null(event);
	assert_int_equal(strncmp(event, "smmu_fault ", 11), 0);
	/* F_TRANSLATION (IHI 0070, 7.3.13). */
	assert_non_null(strstr(event, " type=0x10 "));
	assert_non_null(strstr(event, " ipa=0x100000000"));
	assert_null(events_next());
}

/* A command that is refused: which, for what reason, and how that ends. */
static void refused(void **state)
{
	struct model *m = machine_one(NULL);
	unsigned long long n;

	(void)state;
	model_knobs(m)->refuse_in = 1;
	events_on();
	assert_int_equal(world_give(HIGH_BASE, 1), -EIO);
	assert_int_equal(sscanf(next_of("smmu_command"), "smmu_command smmu=%*x n=%llu", &n), 1);
	assert_next_of("smmu_command_error", "smmu=0x%llx n=%llu reason=%u", base_of(0), n,
		       CERROR_ILL);
	assert_next_of("smmu_sync_completed", "smmu=0x%llx n=%llu ret=-5", base_of(0), n + 2);
	assert_int_equal(events_nr("smmu_command_error"), 1);
}

static void short_queue(struct model_config *config)
{
	config->idr1 = 1 << 21 | 7 << 16 | 8;
}

/* More commands than the queue has entries. */
static void queue_is_full(void **state)
{
	(void)state;
	machine_one(short_queue);
	events_on();
	assert_true(pkvm_iommu_psci_enter(PSCI_0_2_FN_SYSTEM_RESET, 0));
	pkvm_iommu_psci_return(PSCI_0_2_FN_SYSTEM_RESET);
	assert_next_of("smmu_queue_full", "smmu=0x%llx n=", base_of(0));
	assert_next_of("smmu_doorbell", "smmu=0x%llx n=", base_of(0));
	assert_next_of("smmu_command", "smmu=0x%llx n=", base_of(0));
}

static void global_error(void **state)
{
	struct model *m = machine_one(NULL);
	u64 record[PKVM_IOMMU_EVENT_WORDS];

	(void)state;
	model_gerror(m, 1 << 2);
	events_on();
	assert_int_equal(__pkvm_iommu_event(0, record), PKVM_IOMMU_EVENT_GERROR);
	assert_next("smmu_gerror smmu=0x%llx active=0x4", base_of(0));
	assert_null(events_next());
}

/* A search for tables that map nothing: from where, where it goes on, and how it ended. */
static void trim(void **state)
{
	u64 next;

	(void)state;
	machine_paravirt(NULL);
	assert_true(domain_alloc(1, 0) > 0);
	events_on();
	assert_int_equal(__pkvm_iommu_trim(1, PAGE_SIZE, &next), 0);
	assert_next("iommu_trim domain=1 iova=0x%llx next=0x%llx ret=0", (u64)PAGE_SIZE, next);
	assert_null(events_next());
}

/* Registers that the host must not reach; what lies beside them is no event. */
static void host_abort(void **state)
{
	u64 base;

	(void)state;
	machine_one(NULL);
	base = base_of(0);
	events_on();
	pkvm_iommu_host_abort(ESR_ELx_WNR, base + 0x10);
	pkvm_iommu_host_abort(ESR_ELx_WNR, base - 1);
	assert_next("iommu_host_abort addr=0x%llx esr=0x%llx", base + 0x10, (u64)ESR_ELx_WNR);
	assert_null(events_next());
}

static struct model *victim;

static void lose(void)
{
	model_lose(victim, MODEL_ALL, 1);
}

static void suspend(void)
{
	host_psci(PSCI_0_2_FN64_CPU_SUSPEND, 0x1010033, 0x80001000, 0);
}

/* An SMMU that loses its power, and does not come back the second time. */
static void power_is_lost(void **state)
{
	(void)state;
	victim = machine_one(NULL);
	firmware.power = lose;
	events_on();
	suspend();
	assert_next_of("smmu_lost", "smmu=0x%llx", base_of(0));
	assert_next_of("smmu_closed", "smmu=0x%llx ret=0", base_of(0));
	assert_next_of("smmu_opened", "smmu=0x%llx ret=0", base_of(0));
	assert_int_equal(events_nr("smmu_gone"), 0);

	model_knobs(victim)->commands_per_us = 0;
	events_on();
	suspend();
	assert_next_of("smmu_lost", "smmu=0x%llx", base_of(0));
	assert_next_of("smmu_opened", "smmu=0x%llx ret=-110", base_of(0));
	assert_next_of("smmu_closed", "smmu=0x%llx ret=0", base_of(0));
	assert_next_of("smmu_gone", "smmu=0x%llx", base_of(0));
	assert_null(events_next());
}

static void close_and_open(void **state)
{
	u64 smmu;

	(void)state;
	machine_one(NULL);
	smmu = base_of(0);
	events_on();
	assert_true(pkvm_iommu_psci_enter(PSCI_0_2_FN_SYSTEM_RESET, 0));
	assert_next("smmu_closed smmu=0x%llx ret=0", smmu);
	assert_null(events_next());
	pkvm_iommu_psci_return(PSCI_0_2_FN_SYSTEM_RESET);
	assert_int_equal(events_nr("smmu_opened"), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_page_leaves),     cmocka_unit_test(syncs_pair_up),
		cmocka_unit_test(trim),
		cmocka_unit_test(no_answer),	     cmocka_unit_test(pool_is_low),
		cmocka_unit_test(lock_is_contended), cmocka_unit_test(fault),
		cmocka_unit_test(refused),	     cmocka_unit_test(queue_is_full),
		cmocka_unit_test(global_error),	     cmocka_unit_test(host_abort),
		cmocka_unit_test(power_is_lost),     cmocka_unit_test(close_and_open),
	};

	return cmocka_run_group_tests_name("events", tests, NULL, NULL);
}
