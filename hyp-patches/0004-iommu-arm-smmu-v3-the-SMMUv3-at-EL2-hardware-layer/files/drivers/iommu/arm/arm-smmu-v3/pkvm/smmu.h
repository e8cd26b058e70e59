/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The SMMUv3 at EL2: the hardware layer that all modes share.
 */

#ifndef __PKVM_SMMU_H__
#define __PKVM_SMMU_H__

#include <nvhe/iommu_core.h>

#include "../arm-smmu-v3-regs.h"

/* Longest time the hardware may take for anything; then it counts as broken. */
#define SMMU_TIMEOUT_US		100000

/* Entries of the queues, as a power of two, and the memory of one, however short. */
#define SMMU_CMDQ_SHIFT		8
#define SMMU_EVTQ_SHIFT		7
#define SMMU_QUEUE_SIZE		SZ_4K

/* Without a bit in its tables for more, the format of stage 2 reaches so many bits. */
#define SMMU_TABLE_BITS		48U

/* Refused commands that a command queue remembers; more fail whoever waits. */
#define SMMU_CMDQ_REFUSED	8

/* The VMID of the mirror. Others belong to domains of the host. */
#define SMMU_MIRROR_VMID	1

/**
 * struct smmu_cmdq - the command queue
 * @lock: a leaf; never held while waiting
 * @base: 1 << @shift entries
 * @prod: entries ever written; its low bits are the register's value
 * @cons: entries ever consumed, as far as EL2 has seen
 * @unsynced: commands behind the last CMD_SYNC, whoever wrote them
 * @errors: commands that the SMMU refused
 * @refused: which entries the last of them were, counted like @prod
 */
struct smmu_cmdq {
	hyp_spinlock_t lock;
	__le64 *base;
	u32 shift;
	u64 prod;
	u64 cons;
	u32 unsynced;
	u32 errors;
	u64 refused[SMMU_CMDQ_REFUSED];
};

/**
 * struct smmu_evtq - the event queue
 * @lock: a leaf
 * @base: 1 << @shift entries
 * @cons: the register's value
 */
struct smmu_evtq {
	hyp_spinlock_t lock;
	__le64 *base;
	u32 shift;
	u32 cons;
};

/*
 * When waits end in any case, however many there are: the first of them sets it.
 * Zeroed before.
 */
struct smmu_deadline {
	u64 until;
};

static inline bool smmu_expired(struct smmu_deadline *d)
{
	u64 now = iommu_clock_us();

	if (!d->until)
		d->until = now + SMMU_TIMEOUT_US;

	return now > d->until;
}

/**
 * struct smmu_batch - commands that share one doorbell and one CMD_SYNC
 * @smmu: where they go
 * @first: of its entries, counted like smmu_cmdq::prod
 * @seq: of the entry behind the CMD_SYNC
 * @errors: of the queue when the batch began
 * @deadline: for all that the batch waits for; the caller may share it
 * @error: 0, or why not all of the commands were written
 */
struct smmu_batch {
	struct smmu *smmu;
	u64 first;
	u64 seq;
	u32 errors;
	struct smmu_deadline *deadline;
	int error;
};

/**
 * struct smmu - one SMMUv3
 * @desc: what the host said of it, and what EL2 found
 * @page0: first 64 KiB of registers
 * @page1: second; the event queue's pointers lie there
 * @coherent: walks and queue accesses snoop the CPUs' caches
 * @has_s2: stage 2 exists
 * @two_level: the stream table may have two levels
 * @range_inval: TLBI commands take ranges
 * @bbml2: a block may be replaced by a table while in use (IDR3.BBML)
 * @has_ats: devices may send translated requests
 * @force_sync: a CMD_SYNC must follow after some commands (MMU-700 erratum 2812531)
 * @translates: its stream table has entries that do not abort
 * @sid_bits: of a stream ID
 * @oas_bits: of an output address
 * @strtab: stream table: linear, or the first level
 * @strtab_leaf: the second level that every first-level entry points to
 */
struct smmu {
	struct pkvm_iommu_desc *desc;
	void __iomem *page0;
	void __iomem *page1;
	bool coherent;
	bool has_s2;
	bool two_level;
	bool range_inval;
	bool bbml2;
	bool has_ats;
	bool force_sync;
	bool translates;
	u32 sid_bits;
	u32 oas_bits;
	void *strtab;
	struct arm_smmu_ste *strtab_leaf;
	struct smmu_cmdq cmdq;
	struct smmu_evtq evtq;
};

/* What SMMUs are to forget. */
enum smmu_inv_what {
	SMMU_INV_IPA,		/* the last level of a range of a stage 2 */
	SMMU_INV_ALL,		/* configuration and translations of any owner */
};

/**
 * struct smmu_inv - something that SMMUs are to forget
 * @what: enum smmu_inv_what
 * @vmid: for IPA: of the stage 2
 * @addr: for IPA: page aligned
 * @size: for IPA: whole pages
 */
struct smmu_inv {
	enum smmu_inv_what what;
	u16 vmid;
	u64 addr;
	u64 size;
};

/* Makes [@va, @va + @size) visible to the SMMU; a barrier stands before doorbells. */
static inline void smmu_publish(const struct smmu *smmu, void *va, size_t size)
{
	if (!smmu->coherent)
		iommu_clean(va, size);
}

/* driver.c */
extern struct smmu smmus[PKVM_IOMMU_MAX_DEVICES];

#define for_each_smmu(smmu) \
	for ((smmu) = smmus; (smmu) < smmus + pkvm_iommu_machine.nr_descs; (smmu)++)

/* probe.c */
int smmu_probe(struct smmu *smmu, struct pkvm_iommu_desc *desc);
int smmu_fail(struct smmu *smmu, u32 reason);

/* bringup.c */
int smmu_enable(struct smmu *smmu);
int smmu_start(struct smmu *smmu, bool open);
int smmu_close(struct smmu *smmu);
int smmu_open(struct smmu *smmu);

/* cmdq.c */
int smmu_cmdq_init(struct smmu *smmu);
void smmu_cmdq_reset(struct smmu *smmu);
void smmu_batch_begin(struct smmu_batch *b, struct smmu *smmu, struct smmu_deadline *deadline);
void smmu_batch_add(struct smmu_batch *b, struct arm_smmu_cmd cmd);
void smmu_batch_submit(struct smmu_batch *b);
int smmu_batch_wait(struct smmu_batch *b);
u32 smmu_take_gerror(struct smmu *smmu);

/* inval.c */
int smmu_invalidate(struct smmu *smmu, const struct smmu_inv *list, u32 nr);
int smmu_invalidate_each(const struct smmu_inv *list, u32 nr);

/* strtab.c */
int smmu_strtab_init(struct smmu *smmu);
void smmu_strtab_fill(struct smmu *smmu, const struct arm_smmu_ste *ste);
u64 smmu_strtab_base(const struct smmu *smmu);
u32 smmu_strtab_cfg(const struct smmu *smmu);

/* evtq.c */
int smmu_evtq_init(struct smmu *smmu);
void smmu_evtq_reset(struct smmu *smmu);
u32 smmu_event(struct smmu *smmu, u64 *record);

#endif /* __PKVM_SMMU_H__ */
