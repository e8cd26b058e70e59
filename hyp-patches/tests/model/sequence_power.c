// SPDX-License-Identifier: GPL-2.0-only
/* PSCI calls of the host's, and power that SMMUs lose while CPUs are without theirs. */

#include "sequence_priv.h"

#include "firmware.h"

#define HOST_PC 0x80001000
#define HOST_X0 0x77

/* Those of them that CPUs other than the first may be in for a while come first. */
static const u32 functions[] = {
	PSCI_0_2_FN_SYSTEM_OFF,
	PSCI_0_2_FN_SYSTEM_RESET,
	PSCI_0_2_FN_SYSTEM_RESET | ARM_SMCCC_CALL_HINTS,
	PSCI_1_1_FN64_SYSTEM_RESET2,
	PSCI_1_3_FN_SYSTEM_OFF2,
	PSCI_1_3_FN64_SYSTEM_OFF2,
	PSCI_1_0_FN_SYSTEM_SUSPEND,
	PSCI_1_0_FN64_SYSTEM_SUSPEND,
	PSCI_1_0_FN_PSCI_FEATURES,
	PSCI_0_2_FN_CPU_SUSPEND,
	PSCI_0_2_FN_CPU_OFF,
#define ENTERED 11
	PSCI_0_2_FN_PSCI_VERSION,
	PSCI_0_2_FN64_CPU_SUSPEND,
	PSCI_0_2_FN64_CPU_ON,
	PSCI_0_2_FN64_AFFINITY_INFO,
	PSCI_0_2_FN64_MIGRATE,
	PSCI_0_2_FN_MIGRATE_INFO_TYPE,
	PSCI_0_2_FN64_MIGRATE_INFO_UP_CPU,
	PSCI_1_0_FN_SET_SUSPEND_MODE,
	PSCI_0_2_FN64(31),
	FIRMWARE_0_1_ON,
	FIRMWARE_0_1_MIGRATE,
	/* Beside those that PSCI has. */
	PSCI_0_2_FN(0) - 1,
	PSCI_0_2_FN(31) + 1,
	PSCI_0_2_FN64(31) + 1,
};

/* The state of a CPU that goes to sleep, and of the SMMUs meanwhile. */
static __thread struct {
	bool standby, slept;
	u32 what[SEQUENCE_SMMUS];
} night;

/* CPUs that were without power and do not run the host yet. */
static u32 dark;

/* The one list of those that end what guards the memory, by the specification. */
static bool resets(u32 function)
{
	u32 i;

	for (i = 0; i < 6; i++) {
		if ((function & ~ARM_SMCCC_CALL_HINTS) == (functions[i] & ~ARM_SMCCC_CALL_HINTS))
			return true;
	}

	return false;
}

static bool is_well(u32 i)
{
	return !memcmp(model_knobs(seq.smmus[i].m), &seq.smmus[i].well, sizeof(seq.smmus[i].well));
}

static void may_be_lost(u32 i)
{
	seq.smmus[i].lost = true;
	seq.smmus[i].was_lost = true;
}

/* One after the other: three answers to close an SMMU, two to open those that were. */
static void all_change(void)
{
	u32 i;

	for (i = 0; i < seq.nr_smmus; i++) {
		if (!is_well(i))
			may_be_lost(i);
	}
	seq.allowed_us += 5 * TIMEOUT_US * seq.nr_smmus;
}

u64 op_psci_enter(void)
{
	u32 cpu = 1 + next_byte() % (MODEL_CPUS - 1);
	u32 function = functions[next_byte() % ENTERED];
	u32 arg = functions[next_byte() % ENTERED];

	all_change();
	say("CPU %u calls PSCI %#x %#x", cpu, function, arg);
	if (seq.entered[cpu])
		return 0;
	if (!pkvm_iommu_psci_enter(function, arg)) {
		say(": not supported");
		return 0;
	}
	seq.entered[cpu] = function;
	seq.closed += resets(function);

	return 0;
}

static void psci_return(u32 cpu)
{
	if (!seq.entered[cpu])
		return;
	if (resets(seq.entered[cpu])) {
		all_change();
		seq.closed--;
		seq.counts.resets++;
	}
	pkvm_iommu_psci_return(seq.entered[cpu]);
	seq.entered[cpu] = 0;
}

u64 op_psci_return(void)
{
	u32 cpu = 1 + next_byte() % (MODEL_CPUS - 1);

	say("PSCI returns to CPU %u", cpu);
	psci_return(cpu);

	return 0;
}

/* What firmware will end finds that nothing gets through; but for power that just came back. */
static void called(u32 function)
{
	u32 i;

	for (i = 0; resets(function) && !dark && i < seq.nr_smmus; i++) {
		if (reaches(seq.smmus[i].m, LOW_BASE) || reaches(seq.smmus[i].m, HIGH_BASE))
			world_bug("SMMU %u is open, and firmware has %#x", i, function);
	}
}

static void power(void)
{
	u32 i;

	night.slept = true;
	firmware.standby = night.standby;
	dark++;
	for (i = 0; i < seq.nr_smmus; i++)
		model_lose(seq.smmus[i].m, night.what[i], seq.counts.operations + i);
}

/* The version that firmware is of, and functions that it has. */
void power_boot(u32 bits)
{
	static const u32 versions[] = {
		PSCI_VERSION(1, 1),
		PSCI_VERSION(0, 2),
		PSCI_VERSION(0, 1),
		PSCI_VERSION(0, 1),
	};

	dark = 0;
	firmware.version = versions[bits & 3];
	firmware.names = (bits & 3) == 2;
	firmware.offers_system_suspend = bits & 4;
	firmware.called = called;
	firmware.power = power;
	seq.gbpa_reset = bits & 8 ? 1 << 20 : 0;
}

static bool goes_on_well(const struct host_at *at, u32 function)
{
	if (!night.slept)
		return !at->pc && (!at->others || at->x0 == function);
	if (night.standby)
		return !at->pc && at->x0 == PSCI_RET_SUCCESS;

	return at->pc == HOST_PC && at->x0 == HOST_X0;
}

static void call(u32 function, u64 arg0, u64 arg1, u64 arg2)
{
	struct host_at at;

	night.slept = false;
	at = host_psci(function, arg0, arg1, arg2);
	say(": %#llx %d", at.pc, (int)at.x0);
	dark -= night.slept;
	seq.counts.slept += night.slept;
	if (!goes_on_well(&at, function))
		world_bug("the host goes on at %#llx with %#llx", at.pc, at.x0);
	if (function == PSCI_1_0_FN64_SYSTEM_SUSPEND && night.slept)
		world_bug("the whole machine slept");
}

/*
 * What an SMMU loses. The model ends the test where it uses tables or queues that lead
 * nowhere, so they are lost with CR0 only, and not at all while another CPU may be about
 * to set it. Where the bypass of a reset cannot be closed, nothing can be done.
 */
static u32 what_is_lost(u32 i, u32 number)
{
	static const u32 losses[] = {
		0,
		MODEL_ALL,
		MODEL_ALL & ~MODEL_CACHES,
		MODEL_CR0,
		MODEL_CR0 | MODEL_GBPA,
		MODEL_GBPA,
		MODEL_CR0 | MODEL_CMDQ,
		MODEL_CR0 | MODEL_CR1,
		MODEL_CR0 | MODEL_EVTQ | MODEL_MSI,
		MODEL_CR0 | MODEL_STRTAB_BASE,
	};
	const struct model_config *knobs = model_knobs(seq.smmus[i].m);
	u32 what = losses[number % ARRAY_SIZE(losses)];

	if (what && other_armed()) {
		what = MODEL_CR0 | MODEL_GBPA | MODEL_EVTQ | MODEL_CACHES;
		may_be_lost(i);
	}
	if (!knobs->gbpa_reset && knobs->gbpa_us == MODEL_NEVER)
		what &= ~MODEL_GBPA;

	return what;
}

/* The first argument of a suspend of all is another one's second. */
static void call_host(u32 function, u64 arg)
{
	/* To close the SMMUs, and as much to start them again. */
	all_change();
	all_change();
	if (function == PSCI_1_0_FN64_SYSTEM_SUSPEND)
		call(function, HOST_PC, HOST_X0, 0);
	else
		call(function, arg, HOST_PC, HOST_X0);
}

static void sleep_now(u32 function)
{
	bool well[SEQUENCE_SMMUS];
	u32 i;

	/* A command that will be refused may be one of those that start it. */
	for (i = 0; i < seq.nr_smmus; i++)
		well[i] = is_well(i);
	call_host(function, 0x1010033);
	/* Power that comes back to hardware that works leaves nothing undone. */
	for (i = 0; i < seq.nr_smmus && night.slept && !other_armed(); i++) {
		if (night.what[i] == MODEL_ALL && well[i] && is_well(i))
			seq.smmus[i].lost = false;
	}
}

static u32 suspend_function(void)
{
	if (firmware.version == PSCI_VERSION(0, 1))
		return FIRMWARE_0_1_SUSPEND;

	return PSCI_0_2_FN64_CPU_SUSPEND;
}

u64 op_sleep(void)
{
	u32 how = next_byte(), i;

	night.standby = how & 1;
	say("sleep");
	for (i = 0; i < seq.nr_smmus; i++) {
		night.what[i] = what_is_lost(i, next_byte());
		say(" %#x", night.what[i]);
	}
	sleep_now(how & 2 ? PSCI_1_0_FN64_SYSTEM_SUSPEND : suspend_function());

	return 0;
}

u64 op_psci(void)
{
	u32 function = functions[next_byte() % ARRAY_SIZE(functions)], how = next_byte();
	u64 arg = how & 8 ? functions[how / 16] : how & 7;

	memset(&night, 0, sizeof(night));
	firmware.denies = how & 16;
	say("PSCI %#x %#llx", function, arg);
	seq.counts.resets += resets(function);
	call_host(function, arg);

	return 0;
}

/* A CPU that firmware was told to start may not have been off, for all that EL2 knows. */
u64 op_start(void)
{
	u32 cpu = next_byte() % MODEL_CPUS, i;
	struct host_at at;
	u32 function;

	say("CPU %u is started", cpu);
	for (i = 0; i < seq.nr_smmus; i++)
		night.what[i] = what_is_lost(i, next_byte());
	if (other_armed())
		return 0;
	firmware.denies = false;
	all_change();
	all_change();
	function = firmware.version == PSCI_VERSION(0, 1) ? FIRMWARE_0_1_ON : PSCI_0_2_FN64_CPU_ON;
	at = host_psci(function, cpu, HOST_PC, HOST_X0);
	say(": %d", (int)at.x0);
	if ((int)at.x0 != PSCI_RET_SUCCESS && (int)at.x0 != PSCI_RET_ALREADY_ON)
		return 0;
	for (i = 0; i < seq.nr_smmus; i++)
		model_lose(seq.smmus[i].m, night.what[i], seq.counts.operations + i);
	seq.counts.slept++;
	model_cpu = cpu;
	at = host_starts();
	model_cpu = 0;
	if (at.pc != HOST_PC || at.x0 != HOST_X0)
		world_bug("CPU %u starts at %#llx with %#llx", cpu, at.pc, at.x0);

	return 0;
}

/* Calls of the host's return, and SMMUs that may have gone for good get their power anew. */
void power_settle(void)
{
	bool any = false;
	u32 cpu, i;

	for (cpu = 0; cpu < MODEL_CPUS; cpu++)
		psci_return(cpu);
	memset(&night, 0, sizeof(night));
	for (i = 0; i < seq.nr_smmus; i++) {
		if (seq.smmus[i].lost && seq.counts.slept) {
			night.what[i] = what_is_lost(i, 1);
			any = true;
		}
	}
	if (any)
		sleep_now(suspend_function());
}
