/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * KVM's interface with what only arm64 has of it. The library is also built for the
 * build machine, where its tests play KVM; there it is written down here, as in
 * arch/arm64/include/uapi/asm/kvm.h.
 */

#ifndef VMM_KVM_ARM64_H
#define VMM_KVM_ARM64_H

#include <stddef.h>

#include <linux/kvm.h>

#ifndef __aarch64__

struct kvm_vcpu_init {
	__u32 target;
	__u32 features[7];
};

/* As struct kvm_regs begins there. */
struct arm64_kvm_regs {
	struct {
		__u64 regs[31];
		__u64 sp;
		__u64 pc;
		__u64 pstate;
	} regs;
};

#define KVM_ARM_VCPU_PSCI_0_2		2
#define KVM_REG_ARM_CORE		(0x0010 << 16)
#define KVM_REG_ARM_CORE_REG(name)	(offsetof(struct arm64_kvm_regs, name) / sizeof(__u32))

#endif

#ifndef KVM_VM_TYPE_ARM_PROTECTED
#define KVM_VM_TYPE_ARM_PROTECTED	(1UL << 31)
#endif

/* The id, for KVM_SET_ONE_REG, of a field of struct kvm_regs, 64 bits wide. */
#define KVM_REG_ARM_CORE_U64(field)	(KVM_REG_ARM64 | KVM_REG_SIZE_U64 | KVM_REG_ARM_CORE | \
					 KVM_REG_ARM_CORE_REG(field))

#endif /* VMM_KVM_ARM64_H */
