/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the relay of PSCI calls (psci-relay.c) takes from the kernel. CPUs, the host and
 * firmware behind it: firmware.c.
 */

#ifndef MODEL_PSCI_SHIM_H
#define MODEL_PSCI_SHIM_H

#include <nvhe/iommu_shim.h>

#define asmlinkage
#define __noreturn	__attribute__((noreturn))
#define __ro_after_init

/* An initial value, which is one for all CPUs, must be 0 here. */
#undef DEFINE_PER_CPU
#define DEFINE_PER_CPU(type, name)                                                                 \
	__typeof__(type) name[MODEL_CPUS];                                                         \
	static __attribute__((unused)) const __typeof__(type) name##_initial

typedef struct {
	int counter;
} atomic_t;

#define ATOMIC_INIT(i) { i }
#define atomic_cmpxchg_acquire(v, old, new)                                                        \
	__sync_val_compare_and_swap(&(v)->counter, old, new)
#define atomic_set_release(v, i) __atomic_store_n(&(v)->counter, i, __ATOMIC_RELEASE)
#define wmb()			 world_wmb()
void world_wmb(void);

/* The host's registers, by CPU. */
struct kvm_cpu_context {
	struct {
		unsigned long regs[31];
	} regs;
};

#define cpu_reg(ctxt, r)		  ((ctxt)->regs.regs[r])
#define DECLARE_REG(type, name, ctxt, r)  type name = (type)cpu_reg(ctxt, r)
#define host_data_ptr(member)		  firmware_host_ctxt()
struct kvm_cpu_context *firmware_host_ctxt(void);

/* Where the host goes on: __host_enter() takes it there. */
#define SYS_ELR			   0
#define SYS_SCTLR		   1
#define SPSR_EL2		   2
#define INIT_SCTLR_EL1_MMU_OFF	   0
#define INIT_PSTATE_EL1		   0
#define write_sysreg_el2(v, r)	   firmware_write_sysreg(v, r)
#define write_sysreg_el1(v, r)	   firmware_write_sysreg(v, r)
#define write_sysreg(v, r)	   firmware_write_sysreg(v, r)
void firmware_write_sysreg(u64 value, int reg);

#define HYP_REASON_PSCI		   0
#define trace_hyp_enter(ctxt, why) ((void)(ctxt))
#define trace_hyp_exit(ctxt, why)  ((void)(ctxt))

struct psci_0_1_function_ids {
	u32 cpu_suspend;
	u32 cpu_on;
	u32 cpu_off;
	u32 migrate;
};

struct kvm_host_psci_config {
	u32 version;
	u32 smccc_version;
	struct psci_0_1_function_ids function_ids_0_1;
	bool psci_0_1_cpu_suspend_implemented;
	bool psci_0_1_cpu_on_implemented;
	bool psci_0_1_cpu_off_implemented;
	bool psci_0_1_migrate_implemented;
};

extern struct kvm_host_psci_config kvm_host_psci_config;

struct kvm_nvhe_init_params {
	u64 unused;
};

DECLARE_PER_CPU(struct kvm_nvhe_init_params, kvm_init_params);

#define NR_CPUS		    MODEL_CPUS
#define MPIDR_HWID_BITMASK  0xff00ffffffUL
#define cpu_logical_map(i)  ((u64)(i))
#define __hyp_pa(p)	    ((unsigned long)(p))

struct arm_smccc_res {
	unsigned long a0;
};

#define hyp_smccc_1_1_smc(fn, a0, a1, a2, res) firmware_smc(fn, a0, a1, a2, res)
void firmware_smc(u64 fn, u64 arg0, u64 arg1, u64 arg2, struct arm_smccc_res *res);

bool kvm_host_psci_handler(struct kvm_cpu_context *host_ctxt, u32 func_id);
void __kvm_host_psci_cpu_on_entry(void) __noreturn;
void __kvm_host_psci_cpu_resume_entry(void) __noreturn;
void __host_enter(struct kvm_cpu_context *host_ctxt) __noreturn;
void kvm_hyp_cpu_entry(unsigned long r0);
void kvm_hyp_cpu_resume(unsigned long r0);

#endif /* MODEL_PSCI_SHIM_H */
