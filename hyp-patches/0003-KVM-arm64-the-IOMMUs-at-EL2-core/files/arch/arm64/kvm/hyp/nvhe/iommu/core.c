// SPDX-License-Identifier: GPL-2.0-only
/*
 * The IOMMUs at EL2: which mode is in force, and the way from the ownership
 * transitions of pages to the driver.
 */

#include <nvhe/iommu_core.h>

/* From the host, before it lost its privileges. */
struct pkvm_iommu_machine pkvm_iommu_machine;

/* The kind of IOMMUs that there is. */
static const struct pkvm_iommu_driver_ops *const driver =
	IS_ENABLED(CONFIG_PKVM_SMMU_V3) ? &pkvm_smmu_v3_driver_ops : NULL;

static const struct pkvm_iommu_mode_ops *const mode_ops[] = {
	[PKVM_IOMMU_NESTED] = NULL,
};

/* Set once, before the host loses its privileges. NULL: the host owns the IOMMUs. */
static const struct pkvm_iommu_mode_ops *iommu_mode;

/**
 * pkvm_iommu_early_alloc() - take our share of what the host reserved
 *
 * Return: 0, or -ENOMEM.
 */
int pkvm_iommu_early_alloc(void)
{
	void *base;

	if (!pkvm_iommu_machine.pages)
		return 0;

	base = hyp_early_alloc_contig(pkvm_iommu_machine.pages);
	if (!base)
		return -ENOMEM;

	iommu_pool_init(base, pkvm_iommu_machine.pages << PAGE_SHIFT);

	return 0;
}

/**
 * pkvm_iommu_init() - take the IOMMUs from the host
 *
 * When EL2's own page tables and the host's stage 2 are complete, on one CPU.
 *
 * Return: 0, or an error that must stop the boot; the descriptions say why.
 */
int pkvm_iommu_init(void)
{
	const struct pkvm_iommu_mode_ops *ops;
	int ret;

	if (pkvm_iommu_machine.mode == PKVM_IOMMU_NATIVE)
		return 0;

	if (pkvm_iommu_machine.mode >= ARRAY_SIZE(mode_ops) ||
	    pkvm_iommu_machine.nr_descs > PKVM_IOMMU_MAX_DEVICES ||
	    pkvm_iommu_machine.nr_frames > PKVM_IOMMU_MAX_FRAMES)
		return -EINVAL;

	ops = mode_ops[pkvm_iommu_machine.mode];
	if (!driver || !ops)
		return -ENODEV;

	ret = driver->probe() ?: ops->init() ?: driver->enable();
	if (ret)
		return ret;

	iommu_pool_fill();
	iommu_mode = ops;

	return 0;
}

/** pkvm_iommu_owned() - whether EL2 owns the IOMMUs of this machine */
bool pkvm_iommu_owned(void)
{
	return iommu_mode;
}

/**
 * pkvm_iommu_too_many() - whether a transition would take too long
 * @nr_pages: from the host
 *
 * Each page costs an invalidation, with all CPUs waiting.
 */
bool pkvm_iommu_too_many(u64 nr_pages)
{
	return iommu_mode && nr_pages > PKVM_IOMMU_TRANSITION_MAX;
}

/**
 * pkvm_iommu_host_leave() - memory is about to become inaccessible to the host
 * @phys: page aligned
 * @size: whole pages, not pkvm_iommu_too_many()
 *
 * Under host_mmu.lock. The part of a transition that can fail, so it comes before
 * the first change of state. When it returns 0, no device reaches the memory:
 * tables changed, caches invalidated, CMD_SYNC completed.
 *
 * Return: 0; -ENOMEM when the host has to top up the pool; -EIO or -ETIMEDOUT
 * when an IOMMU does not answer. After an error nothing has changed.
 */
int pkvm_iommu_host_leave(phys_addr_t phys, u64 size)
{
	int ret;

	if (!iommu_mode)
		return 0;

	iommu_assert_host_lock();
	if (size > (u64)PKVM_IOMMU_TRANSITION_MAX << PAGE_SHIFT)
		return -E2BIG;

	ret = iommu_mode->host_leave(phys, size);
	if (!ret)
		pkvm_iommu_count(PKVM_IOMMU_TRANSITIONS_OUT);

	return ret;
}

/**
 * pkvm_iommu_host_return() - memory has become accessible to the host
 * @phys: page aligned
 * @size: whole pages
 *
 * Under host_mmu.lock.
 */
void pkvm_iommu_host_return(phys_addr_t phys, u64 size)
{
	if (!iommu_mode)
		return;

	iommu_assert_host_lock();
	iommu_mode->host_return(phys, size);
	pkvm_iommu_count(PKVM_IOMMU_TRANSITIONS_IN);
}

/* Whether a PSCI call that firmware will see ends what guards the memory. */
static bool psci_ends_all(u32 func_id)
{
	switch (func_id & ~ARM_SMCCC_CALL_HINTS) {
	case PSCI_0_2_FN_SYSTEM_OFF:
	case PSCI_0_2_FN_SYSTEM_RESET:
	case PSCI_1_1_FN64_SYSTEM_RESET2:
	case PSCI_1_3_FN_SYSTEM_OFF2:
	case PSCI_1_3_FN64_SYSTEM_OFF2:
		return true;
	default:
		return false;
	}
}

static bool psci_is_suspend(u32 func_id)
{
	func_id &= ~ARM_SMCCC_CALL_HINTS;

	return func_id == PSCI_1_0_FN_SYSTEM_SUSPEND || func_id == PSCI_1_0_FN64_SYSTEM_SUSPEND;
}

/**
 * pkvm_iommu_psci_enter() - a PSCI call of the host's goes on to firmware
 * @func_id: from the host, hint bits included: firmware ignores them
 * @arg: its first argument, from the host
 *
 * The IOMMUs are closed before the machine is reset or switched off: until its
 * next owner takes over, devices that still run must find nothing. As long as one
 * does not confirm that, the machine goes on, and EL2 with it. From a system
 * suspend they could wake up open, with nobody there to close them: there is none.
 *
 * Return: whether the call may go on; else it is not supported.
 */
bool pkvm_iommu_psci_enter(u32 func_id, u32 arg)
{
	if (!iommu_mode)
		return true;

	if (psci_is_suspend(func_id) ||
	    ((func_id & ~ARM_SMCCC_CALL_HINTS) == PSCI_1_0_FN_PSCI_FEATURES &&
	     psci_is_suspend(arg)))
		return false;

	return !psci_ends_all(func_id) || !driver->close();
}

/**
 * pkvm_iommu_psci_return() - firmware came back from a PSCI call
 * @func_id: as given to pkvm_iommu_psci_enter()
 *
 * A reset that firmware turned down leaves the machine as it was.
 */
void pkvm_iommu_psci_return(u32 func_id)
{
	if (iommu_mode && psci_ends_all(func_id))
		driver->open();
}

/**
 * __pkvm_iommu_event() - hand the host the next fault of an IOMMU
 * @index: from the host
 * @record: PKVM_IOMMU_EVENT_WORDS words, filled for an event
 *
 * Return: one of PKVM_IOMMU_EVENT_*; NONE also where there is no such IOMMU.
 */
u32 __pkvm_iommu_event(u32 index, u64 *record)
{
	if (!iommu_mode || index >= pkvm_iommu_machine.nr_descs)
		return PKVM_IOMMU_EVENT_NONE;

	index = array_index_nospec(index, pkvm_iommu_machine.nr_descs);

	return driver->event(index, record);
}
