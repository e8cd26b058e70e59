// SPDX-License-Identifier: GPL-2.0-only
/* The host's side of a PSCI call and firmware's, as psci-relay.c sees them. */

#include <setjmp.h>

#include "psci_shim.h"

#include "firmware.h"
#include "world.h"

struct firmware firmware;
struct kvm_nvhe_init_params kvm_init_params[MODEL_CPUS];

static __thread struct kvm_cpu_context host;
static __thread jmp_buf entered;
static __thread u64 elr;

/* Where firmware is told to start a CPU: addresses only, in this world. */
void kvm_hyp_cpu_entry(unsigned long r0)
{
	(void)r0;
}

void kvm_hyp_cpu_resume(unsigned long r0)
{
	(void)r0;
}

void firmware_reset(void)
{
	firmware = (struct firmware){ .version = PSCI_VERSION(1, 1) };
}

struct kvm_cpu_context *firmware_host_ctxt(void)
{
	return &host;
}

void firmware_write_sysreg(u64 value, int reg)
{
	if (reg == SYS_ELR)
		elr = value;
}

void world_wmb(void)
{
	world_barrier();
}

void __host_enter(struct kvm_cpu_context *ctxt)
{
	if (ctxt != &host)
		world_bug("the host goes on with the registers of another CPU");
	longjmp(entered, 1);
}

/* A CPU that goes to sleep, and wakes up where it was told to. */
static u64 sleep(u64 entry, u64 arg)
{
	if (entry != __hyp_pa(&kvm_hyp_cpu_resume) || arg != __hyp_pa(this_cpu_ptr(&kvm_init_params)))
		world_bug("a CPU would wake up at %#llx with %#llx", entry, arg);
	if (firmware.power)
		firmware.power();
	if (firmware.standby)
		return PSCI_RET_SUCCESS;
	__kvm_host_psci_cpu_resume_entry();
}

void firmware_smc(u64 fn, u64 arg0, u64 arg1, u64 arg2, struct arm_smccc_res *res)
{
	if (firmware.called)
		firmware.called(fn);
	switch (fn) {
	case FIRMWARE_0_1_SUSPEND:
	case PSCI_0_2_FN64_CPU_SUSPEND:
		res->a0 = sleep(arg1, arg2);
		return;
	case PSCI_1_0_FN64_SYSTEM_SUSPEND:
		res->a0 = firmware.offers_system_suspend ? sleep(arg0, arg1) :
							   (u64)PSCI_RET_NOT_SUPPORTED;
		return;
	case FIRMWARE_0_1_ON:
	case PSCI_0_2_FN64_CPU_ON:
		if (arg1 != __hyp_pa(&kvm_hyp_cpu_entry))
			world_bug("a CPU would start at %#llx", arg1);
		res->a0 = firmware.denies ? (u64)PSCI_RET_DENIED : PSCI_RET_SUCCESS;
		return;
	default:
		res->a0 = PSCI_RET_DENIED;
	}
}

static struct host_at goes_on(bool elsewhere)
{
	return (struct host_at){ .pc = elsewhere ? elr : 0, .x0 = cpu_reg(&host, 0) };
}

/* What the kernel found in the device tree, before EL2 was there. */
static void configure(void)
{
	struct kvm_host_psci_config *config = &kvm_host_psci_config;

	config->version = firmware.version;
	config->function_ids_0_1 = (struct psci_0_1_function_ids){
		.cpu_suspend = FIRMWARE_0_1_SUSPEND,
		.cpu_on = FIRMWARE_0_1_ON,
		.cpu_off = FIRMWARE_0_1_OFF,
		.migrate = FIRMWARE_0_1_MIGRATE,
	};
	config->psci_0_1_cpu_suspend_implemented = true;
	config->psci_0_1_cpu_on_implemented = firmware.names;
	config->psci_0_1_cpu_off_implemented = firmware.names;
	config->psci_0_1_migrate_implemented = firmware.names;
}

/* As hyp-main.c: hints are no part of the number. */
struct host_at host_psci(u64 fn, u64 arg0, u64 arg1, u64 arg2)
{
	const u64 regs[] = { fn, arg0, arg1, arg2 };
	u32 i;

	configure();
	for (i = 0; i < ARRAY_SIZE(regs); i++)
		cpu_reg(&host, i) = regs[i];
	if (setjmp(entered))
		return goes_on(true);
	if (!kvm_host_psci_handler(&host, fn & ~ARM_SMCCC_CALL_HINTS))
		return (struct host_at){ .x0 = fn, .others = true };

	return goes_on(false);
}

struct host_at host_starts(void)
{
	if (!setjmp(entered))
		__kvm_host_psci_cpu_on_entry();

	return goes_on(true);
}
