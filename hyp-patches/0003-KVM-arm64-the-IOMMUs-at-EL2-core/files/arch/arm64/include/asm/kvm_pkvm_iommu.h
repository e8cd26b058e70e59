/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the host and EL2 agree on where EL2 owns the IOMMUs: the modes, the
 * description of the machine, the counters, and the numbers behind statistics.
 */

#ifndef __ARM64_KVM_PKVM_IOMMU_H__
#define __ARM64_KVM_PKVM_IOMMU_H__

#include <linux/types.h>

#include <asm/kvm_asm.h>

enum pkvm_iommu_mode {
	PKVM_IOMMU_NATIVE,
	PKVM_IOMMU_IDENTITY,
	PKVM_IOMMU_PARAVIRT,
	PKVM_IOMMU_NESTED,
	PKVM_IOMMU_UNKNOWN,
};

#define PKVM_IOMMU_MAX_DEVICES	32
#define PKVM_IOMMU_MAX_FRAMES	128

/* Why EL2 cannot isolate with an IOMMU, or cannot even program it. */
enum pkvm_iommu_reason {
	PKVM_IOMMU_REASON_NONE,
	PKVM_IOMMU_REASON_NO_STAGE2,
	PKVM_IOMMU_REASON_NO_GRANULE,
	PKVM_IOMMU_REASON_NO_FORMAT,
	PKVM_IOMMU_REASON_STALLS,
	PKVM_IOMMU_REASON_PRESET,
	PKVM_IOMMU_REASON_ECMDQ,
	PKVM_IOMMU_REASON_UNKNOWN_PART,
	PKVM_IOMMU_REASON_TIMEOUT,
	PKVM_IOMMU_REASON_NO_MEMORY,
	PKVM_IOMMU_REASON_OUT_OF_REACH,
	PKVM_IOMMU_REASON_NO_MAPPING,
	PKVM_IOMMU_NR_REASONS,
};

enum pkvm_iommu_state {
	PKVM_IOMMU_UNTOUCHED,
	PKVM_IOMMU_FAILED,	/* EL2 cannot program it: the boot stops */
	PKVM_IOMMU_ABORTING,	/* programmed to let no transaction through */
	PKVM_IOMMU_ISOLATING,
};

#define PKVM_IOMMU_NR_ID	5

/* The one of the ID registers that tells the part: IIDR. */
#define PKVM_IOMMU_ID_PART	4

/**
 * struct pkvm_iommu_desc - one IOMMU
 * @base: of the register frame, page aligned
 * @size: of the register frame, page aligned
 * @coherent: its accesses to tables and queues snoop the CPUs' caches
 * @state: from EL2: enum pkvm_iommu_state
 * @reason: from EL2: enum pkvm_iommu_reason
 * @id: from EL2: the ID registers; for an SMMUv3 IDR0, IDR1, IDR3, IDR5, IIDR
 *
 * The host fills the first three before it loses its privileges, and is not
 * believed afterwards.
 */
struct pkvm_iommu_desc {
	u64 base;
	u64 size;
	u32 coherent;
	u32 state;
	u32 reason;
	u32 id[PKVM_IOMMU_NR_ID];
};

/*
 * MMIO that neither the host nor any device may reach, [start, end): registers of
 * IOMMUs and of their parts, also of those that are not among the descriptions.
 */
struct pkvm_iommu_frame {
	u64 start;
	u64 end;
};

/* Counters at EL2, for each CPU, always on. */
enum pkvm_iommu_counter {
	PKVM_IOMMU_EL2_ENTRIES_HVC,
	PKVM_IOMMU_EL2_ENTRIES_SMC,
	PKVM_IOMMU_EL2_ENTRIES_ABORT,
	PKVM_IOMMU_EL2_ENTRIES_OTHER,
	PKVM_IOMMU_MMIO_READ,
	PKVM_IOMMU_MMIO_WRITE,
	PKVM_IOMMU_COMMANDS_CFGI,
	PKVM_IOMMU_COMMANDS_TLBI_IPA,
	PKVM_IOMMU_COMMANDS_TLBI_VMID,
	PKVM_IOMMU_COMMANDS_TLBI_ALL,
	PKVM_IOMMU_COMMANDS_OTHER,
	PKVM_IOMMU_CMD_SYNC,
	PKVM_IOMMU_LOCK_HOST,
	PKVM_IOMMU_LOCK_POOL,
	PKVM_IOMMU_LOCK_CMDQ,
	PKVM_IOMMU_LOCK_EVTQ,
	PKVM_IOMMU_TRANSITIONS_OUT,
	PKVM_IOMMU_TRANSITIONS_IN,
	PKVM_IOMMU_TABLE_SPLITS,
	PKVM_IOMMU_NR_COUNTERS,
};

/* Memory of EL2 that the IOMMUs cost, in bytes. */
enum pkvm_iommu_memory {
	PKVM_IOMMU_MEM_RESERVED,
	PKVM_IOMMU_MEM_STREAM_TABLES,
	PKVM_IOMMU_MEM_QUEUES,
	PKVM_IOMMU_MEM_PAGE_TABLES,
	PKVM_IOMMU_MEM_POOL_FREE,
	PKVM_IOMMU_MEM_DONATED,
	PKVM_IOMMU_NR_MEMORY,
};

/* Numbers that one hypercall of the statistics returns. */
#define PKVM_IOMMU_STATS_BATCH	3

/* What __pkvm_iommu_event found: registers 1 and, for an event, 2 to 5. */
#define PKVM_IOMMU_EVENT_NONE	0
#define PKVM_IOMMU_EVENT_RECORD	1
#define PKVM_IOMMU_EVENT_GERROR	2
#define PKVM_IOMMU_EVENT_WORDS	4

/* Pages that one __pkvm_iommu_topup takes at the most. */
#define PKVM_IOMMU_TOPUP_MAX	32

/**
 * struct pkvm_iommu_machine - what EL2 is told of this machine
 * @mode: enum pkvm_iommu_mode
 * @nr_descs: of @descs
 * @descs: the IOMMUs
 * @nr_frames: of @frames
 * @frames: page aligned, in ascending order, apart from each other, not in memory
 * @pages: set aside for EL2's IOMMU code
 * @limit: the end of the addresses that anything here has, a multiple of 1 GiB
 *
 * In EL2's memory, written by the host before it loses its privileges.
 */
struct pkvm_iommu_machine {
	u32 mode;
	u32 nr_descs;
	struct pkvm_iommu_desc descs[PKVM_IOMMU_MAX_DEVICES];
	u32 nr_frames;
	struct pkvm_iommu_frame frames[PKVM_IOMMU_MAX_FRAMES];
	u64 pages;
	u64 limit;
};

extern struct pkvm_iommu_machine kvm_nvhe_sym(pkvm_iommu_machine);

#ifndef __KVM_NVHE_HYPERVISOR__

#ifdef CONFIG_PKVM_IOMMU
enum pkvm_iommu_mode pkvm_iommu_requested_mode(void);
void pkvm_iommu_refuse(const char *fmt, ...) __printf(1, 2);
u64 pkvm_iommu_reserve(void);
unsigned long pkvm_iommu_topups(void);
bool pkvm_iommu_topup(unsigned long seen);
const char *pkvm_iommu_counter_name(unsigned int i);
int pkvm_iommu_read_counters(u64 *values);
#else
static inline enum pkvm_iommu_mode pkvm_iommu_requested_mode(void)
{
	return PKVM_IOMMU_NATIVE;
}

static inline u64 pkvm_iommu_reserve(void) { return 0; }
static inline unsigned long pkvm_iommu_topups(void) { return 0; }
static inline bool pkvm_iommu_topup(unsigned long seen) { return false; }
#endif

/*
 * Repeats a hypercall that donates pages as long as EL2 has no memory to split
 * its tables with, and takes some of ours. EL2 turns down more than it needs,
 * so a call that fails for another reason ends the loop.
 */
#define pkvm_iommu_retry(call)						\
({									\
	unsigned long __seen;						\
	int __ret;							\
									\
	do {								\
		__seen = pkvm_iommu_topups();				\
		__ret = (call);						\
	} while (__ret == -ENOMEM && pkvm_iommu_topup(__seen));		\
	__ret;								\
})

#endif /* !__KVM_NVHE_HYPERVISOR__ */

#endif /* __ARM64_KVM_PKVM_IOMMU_H__ */
