// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table of operations, and those that need no device.
 *
 * To add one: a struct bench_op here or in a file of its own, an entry in ops[],
 * and a line in ../rows.h that uses it.
 */

#include <linux/arm-smccc.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/timekeeping.h>

#include "smmubench.h"

/* As KVM_HOST_SMCCC_ID() makes them; no KVM has as many functions. */
#define NO_SUCH_HYPERCALL	ARM_SMCCC_CALL_VAL(ARM_SMCCC_FAST_CALL, ARM_SMCCC_SMC_64, \
						   ARM_SMCCC_OWNER_VENDOR_HYP, 0xffff)

static int null_run(struct bench_thread *t, unsigned int i)
{
	return 0;
}

static const struct bench_op op_null = {
	.name = "null",
	.run = null_run,
};

static int null_hypercall_supported(char *reason)
{
	switch (bench_kvm_mode()) {
	case SMMUBENCH_KVM_PROTECTED:
	case SMMUBENCH_KVM_NVHE:
		return 0;
	case SMMUBENCH_KVM_VHE:
		strscpy(reason, "the kernel itself runs at EL2 (VHE), so it has no hypercalls",
			SMMUBENCH_REASON_LEN);
		break;
	case SMMUBENCH_KVM_NONE:
		strscpy(reason, "KVM is not in force, so no hypervisor answers",
			SMMUBENCH_REASON_LEN);
		break;
	}

	return -EOPNOTSUPP;
}

static int null_hypercall_run(struct bench_thread *t, unsigned int i)
{
	struct arm_smccc_res res;

	arm_smccc_1_1_hvc(NO_SUCH_HYPERCALL, &res);

	return res.a0 == (unsigned long)SMCCC_RET_NOT_SUPPORTED ? 0 : -EPROTO;
}

static int null_hypercall_check(struct bench_thread *t, char *reason)
{
	struct arm_smccc_res res;

	arm_smccc_1_1_hvc(NO_SUCH_HYPERCALL, &res);
	if (res.a0 == (unsigned long)SMCCC_RET_NOT_SUPPORTED)
		return 0;

	snprintf(reason, SMMUBENCH_REASON_LEN,
		 "the hypercall returned %#lx instead of SMCCC_RET_NOT_SUPPORTED", res.a0);

	return -EINVAL;
}

static const struct bench_op op_null_hypercall = {
	.name = "null_hypercall",
	.supported = null_hypercall_supported,
	.check = null_hypercall_check,
	.run = null_hypercall_run,
};

/* What dma_map_benchmark reads as its clock: no row, but tests compare with that. */
static int ktime_get_run(struct bench_thread *t, unsigned int i)
{
	ktime_get();

	return 0;
}

static const struct bench_op op_ktime_get = {
	.name = "ktime_get",
	.run = ktime_get_run,
};

static const struct bench_op *const ops[] = {
	&op_null,
	&op_ktime_get,
	&op_null_hypercall,
	&bench_op_dma_map,
	&bench_op_dma_unmap,
};

/**
 * bench_op_find() - the operation of that name
 *
 * Return: NULL if there is none.
 */
const struct bench_op *bench_op_find(const char *name)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(ops); i++) {
		if (!strcmp(ops[i]->name, name))
			return ops[i];
	}

	return NULL;
}
