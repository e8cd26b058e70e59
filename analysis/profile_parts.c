// SPDX-License-Identifier: GPL-2.0-only
/*
 * The parts that functions belong to, by the source file that the kernel's symbol table has them in,
 * and by name where two files are called alike or none is known. The first line that fits counts.
 */
#include <fnmatch.h>
#include <string.h>

#include "profile.h"

static const struct {
	enum level level;
	const char *file;	/* patterns with a space between; NULL: any, also none */
	const char *name;	/* the same */
	const char *part;
} parts[] = {
	{ LEVEL_EL0, NULL, NULL, "user space" },
	{ LEVEL_GUEST, NULL, NULL, "guest" },

	{ LEVEL_EL2, "hyp-entry.* entry.nvhe.o host.nvhe.o hyp-entry.o", NULL, "EL2 entry and exit" },
	{ LEVEL_EL2, NULL, "__bp_harden_* __kvm_hyp_* __host_* __guest_*", "EL2 entry and exit" },
	{ LEVEL_EL2, "hyp-main.c", NULL, "EL2 dispatch" },
	{ LEVEL_EL2, "driver.c probe.c bringup.c power.c cmdq.c inval.c strtab.c evtq.c vmid.c *smmu*",
	  NULL, "EL2 SMMU driver" },
	{ LEVEL_EL2, "core.c domain.c pages.c host.c mmio.c pool.c stats.c format.c mirror.c identity.c "
	  "io_pgtable.c paravirt.c *iommu*",
	  NULL, "EL2 IOMMU core and modes" },
	{ LEVEL_EL2, "mem_protect.c", NULL, "EL2 memory protection" },
	{ LEVEL_EL2, "pgtable.c", NULL, "EL2 page tables" },
	{ LEVEL_EL2, "tlb.c cache.*", NULL, "EL2 TLB and caches" },
	{ LEVEL_EL2, "mm.c page_alloc.c early_alloc.c setup.c", NULL, "EL2 memory" },
	{ LEVEL_EL2, "switch.c *-sr.c vgic* fpsimd* exception.c", NULL, "EL2 world switch" },
	{ LEVEL_EL2, "pkvm.c sys_regs.c", NULL, "EL2 guests" },
	{ LEVEL_EL2, "mem*.o clear_page.* copy_page.*", NULL, "EL2 memset and memcpy" },
	{ LEVEL_EL2, NULL, NULL, "rest of EL2" },

	{ LEVEL_EL1, "measure.c run.c counters.c el2.c", NULL, "the bench itself" },
	{ LEVEL_EL1, "op_*.c ops.c", NULL, "caller" },
	{ LEVEL_EL1, "mapping.c direct.c dma-mapping.c swiotlb.c", NULL, "kernel/dma" },
	{ LEVEL_EL1, "dma-iommu.c", NULL, "dma-iommu" },
	{ LEVEL_EL1, "iova.c", NULL, "IOVA" },
	{ LEVEL_EL1, "iommu.c iommu-pages.c iommu-traces.c iommu-sysfs.c", "iommu_* __iommu*",
	  "iommu core" },
	{ LEVEL_EL1, "io-pgtable*.c", NULL, "io-pgtable" },
	{ LEVEL_EL1, "arm-smmu-v3*.c", NULL, "arm-smmu-v3" },
	{ LEVEL_EL1, "pkvm-iommu.c", NULL, "pkvm-iommu" },
	{ LEVEL_EL1, "kvm_main.c arm.c mmu.c pkvm.c handle_exit.c hypercalls.c psci.c pvtime.c reset.c "
	  "inject_fault.c va_layout.c guest.c vgic*.c pmu-emul.c pmu.c arch_timer.c trng.c eventfd.c "
	  "nested.c sys_regs.c stacktrace.c hyp-stub.o hyp_trace.c",
	  NULL, "KVM at EL1" },
	{ LEVEL_EL1, NULL, "kvm_* __kvm_* pkvm_* user_mem_abort", "KVM at EL1" },
	{ LEVEL_EL1, NULL, "*spin_lock* *spin_unlock* *raw_read_* *raw_write_* mutex_* *_mutex_* "
	  "down_* up_* *rcu_* lock_* preempt_*", "locks, rcu" },
	{ LEVEL_EL1, "spinlock.c qspinlock.c osq_lock.c rwsem.c mutex.c tree.c update.c srcutree.c "
	  "mmap_lock.c", NULL, "locks, rcu" },
	{ LEVEL_EL1, "memset.o memcpy.o memmove.o clear_page.o copy_page.o", NULL, "memset and memcpy" },
	{ LEVEL_EL1, "entry.o entry-common.c syscall.c common.c entry-fpsimd.o fpsimd.c", NULL,
	  "EL1 entry and exit" },
	{ LEVEL_EL1, NULL, "el0* el1* ret_to_* vectors tramp_*", "EL1 entry and exit" },
	{ LEVEL_EL1, NULL, "perf_* armpmu_* armv8pmu_* *perf_event* event_*", "perf" },
	{ LEVEL_EL1, "timekeeping.c arm_arch_timer.c time.c ntp.c hrtimer.c timer.c tick-*.c "
	  "clockevents.c softirq.c irq*.c chip.c handle.c generic-chip.c timerqueue.c", NULL,
	  "time, timers, interrupts" },
	{ LEVEL_EL1, "memory.c gup.c page_alloc.c slub.c rmap.c swap.c mlock.c mmap.c vma.c filemap.c "
	  "maple_tree.c vmscan.c memcontrol.c huge_memory.c shmem.c util.c fault.c contpte.c", NULL,
	  "memory management" },
	{ LEVEL_EL1, NULL, NULL, "rest of the kernel" },
};

/* A list of patterns with a space between. */
static bool fits(const char *patterns, const char *text)
{
	char pattern[64];
	size_t length;

	for (; *patterns; patterns += length + strspn(patterns + length, " ")) {
		length = strcspn(patterns, " ");
		if (length >= sizeof(pattern))
			continue;
		memcpy(pattern, patterns, length);
		pattern[length] = '\0';
		if (!fnmatch(pattern, text, 0))
			return true;
	}
	return false;
}

/**
 * part_of() - the part that a function belongs to
 * @function: the function
 *
 * Return: a number, for part_name().
 */
size_t part_of(const struct trace_function *function)
{
	size_t i, k;

	for (i = 0; i + 1 < sizeof(parts) / sizeof(*parts); i++) {
		if (parts[i].level != function->level ||
		    (parts[i].file && (!function->file || !fits(parts[i].file, function->file))) ||
		    (parts[i].name && !fits(parts[i].name, function->name)))
			continue;
		break;
	}
	/* Parts with more than one line go by the first of them. */
	for (k = 0; strcmp(parts[k].part, parts[i].part); k++)
		;
	return k;
}

/**
 * part_name() - what a part is called
 * @part: from part_of()
 *
 * Return: a constant string.
 */
const char *part_name(size_t part)
{
	return parts[part].part;
}

/**
 * parts_nr() - one more than the highest number of a part
 *
 * Return: how many to make room for.
 */
size_t parts_nr(void)
{
	return sizeof(parts) / sizeof(*parts);
}
