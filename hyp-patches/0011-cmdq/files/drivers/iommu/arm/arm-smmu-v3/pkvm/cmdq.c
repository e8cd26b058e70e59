// SPDX-License-Identifier: GPL-2.0-only
/*
 * The command queue. Commands are written under its lock and the doorbell rings
 * once for a batch; whoever needs to know that they are done waits without it.
 */

#include "smmu.h"

#define SLOT_MASK(q)	((1U << (q)->shift) - 1)
#define INDEX_MASK(q)	((2U << (q)->shift) - 1)	/* with the wrap bit */

/* Arm erratum 2812531 wants a CMD_SYNC at the latest after this many commands in the queue. */
#define FORCE_SYNC_AFTER	60

static __le64 *cmdq_slot(struct smmu_cmdq *q, u64 n)
{
	return q->base + (n & SLOT_MASK(q)) * CMDQ_ENT_DWORDS;
}

/* Counts a command on its way into the queue. */
static __always_inline void count_command(u64 op)
{
	switch (op) {
	case CMDQ_OP_CFGI_STE:
	case CMDQ_OP_CFGI_ALL:
		pkvm_iommu_count(PKVM_IOMMU_COMMANDS_CFGI);
		break;
	case CMDQ_OP_TLBI_S2_IPA:
		pkvm_iommu_count(PKVM_IOMMU_COMMANDS_TLBI_IPA);
		break;
	case CMDQ_OP_TLBI_S12_VMALL:
		pkvm_iommu_count(PKVM_IOMMU_COMMANDS_TLBI_VMID);
		break;
	case CMDQ_OP_TLBI_NSNH_ALL:
	case CMDQ_OP_TLBI_EL2_ALL:
		pkvm_iommu_count(PKVM_IOMMU_COMMANDS_TLBI_ALL);
		break;
	case CMDQ_OP_CMD_SYNC:
		pkvm_iommu_count(PKVM_IOMMU_CMD_SYNC);
		break;
	default:
		pkvm_iommu_count(PKVM_IOMMU_COMMANDS_OTHER);
		break;
	}
}

static void cmdq_write(struct smmu *smmu, __le64 *slot, const struct arm_smmu_cmd *cmd)
{
	slot[0] = cpu_to_le64(cmd->data[0]);
	slot[1] = cpu_to_le64(cmd->data[1]);
	smmu_publish(smmu, slot, sizeof(*cmd));
}

/* How far the SMMU has got. With the lock held. */
static void cmdq_update_cons(struct smmu *smmu, u32 hw)
{
	struct smmu_cmdq *q = &smmu->cmdq;
	u64 progress = (hw - (u32)q->cons) & INDEX_MASK(q);

	/* A CONS beyond what was written says nothing about what was consumed. */
	if (progress <= q->prod - q->cons)
		WRITE_ONCE(q->cons, q->cons + progress);
}

/* What the SMMU has done so far. With the lock held. */
static void cmdq_refresh(struct smmu *smmu)
{
	cmdq_update_cons(smmu, readl_relaxed(smmu->page0 + ARM_SMMU_CMDQ_CONS));
}

static void cmdq_doorbell(struct smmu *smmu)
{
	struct smmu_cmdq *q = &smmu->cmdq;

	/* writel() orders the commands, and the tables they are about, before it. */
	writel((u32)q->prod & INDEX_MASK(q), smmu->page0 + ARM_SMMU_CMDQ_PROD);
}

static void cmdq_lock(struct smmu *smmu)
{
	iommu_lock(&smmu->cmdq.lock, PKVM_IOMMU_LOCK_CMDQ);
}

static void cmdq_unlock(struct smmu *smmu)
{
	iommu_unlock(&smmu->cmdq.lock);
}

/**
 * smmu_cmdq_init() - memory for the queue
 *
 * Return: 0 or -ENOMEM.
 */
int smmu_cmdq_init(struct smmu *smmu)
{
	struct smmu_cmdq *q = &smmu->cmdq;
	u32 max = FIELD_GET(IDR1_CMDQS, smmu->desc->id[1]);

	hyp_spin_lock_init(&q->lock);
	q->shift = min_t(u32, SMMU_CMDQ_SHIFT, max);
	q->base = iommu_boot_alloc(SMMU_QUEUE_SIZE, PKVM_IOMMU_MEM_QUEUES);

	return q->base ? 0 : -ENOMEM;
}

/**
 * smmu_batch_begin() - commands that share one doorbell and one CMD_SYNC
 * @deadline: of all its waits; it lives as long as the batch
 *
 * Takes the queue's lock, which smmu_batch_submit() releases.
 */
void smmu_batch_begin(struct smmu_batch *b, struct smmu *smmu, struct smmu_deadline *deadline)
{
	*b = (struct smmu_batch){ .smmu = smmu, .deadline = deadline };
	cmdq_lock(smmu);
}

/*
 * Waits until there is room for another entry, without the lock: batches may be
 * longer than the queue, and others may write in between.
 */
static int cmdq_make_room(struct smmu_batch *b)
{
	struct smmu *smmu = b->smmu;
	struct smmu_cmdq *q = &smmu->cmdq;
	bool expired;

	for (;;) {
		cmdq_refresh(smmu);
		if (q->prod - q->cons < 1UL << q->shift)
			return 0;

		cmdq_doorbell(smmu);
		cmdq_unlock(smmu);
		cpu_relax();
		expired = smmu_expired(b->deadline);
		cmdq_lock(smmu);
		if (expired)
			return -ETIMEDOUT;
	}
}

static bool batch_has_room(struct smmu_batch *b)
{
	struct smmu_cmdq *q = &b->smmu->cmdq;

	if (!b->error && q->prod - q->cons >= 1UL << q->shift)
		b->error = cmdq_make_room(b);

	return !b->error;
}

/* Where there is room. Inline, since most often the command is known: a CMD_SYNC. */
static __always_inline void cmdq_append(struct smmu *smmu, const struct arm_smmu_cmd *cmd)
{
	u64 op = FIELD_GET(CMDQ_0_OP, cmd->data[0]);
	struct smmu_cmdq *q = &smmu->cmdq;

	cmdq_write(smmu, cmdq_slot(q, q->prod), cmd);
	q->prod++;
	q->unsynced = op == CMDQ_OP_CMD_SYNC ? 0 : q->unsynced + 1;
	count_command(op);
}

/** smmu_batch_add() - one command more; what goes wrong shows in the wait */
void smmu_batch_add(struct smmu_batch *b, struct arm_smmu_cmd cmd)
{
	struct arm_smmu_cmd sync = arm_smmu_make_cmd_sync(CMDQ_SYNC_0_CS_NONE, 0);
	struct smmu *smmu = b->smmu;

	/* Again after each wait for room, in which other CPUs write commands. */
	while (batch_has_room(b)) {
		if (!smmu->force_sync || smmu->cmdq.unsynced < FORCE_SYNC_AFTER) {
			cmdq_append(smmu, &cmd);
			return;
		}
		cmdq_append(smmu, &sync);
	}
}

/** smmu_batch_submit() - CMD_SYNC behind the commands, the doorbell, the lock released */
void smmu_batch_submit(struct smmu_batch *b)
{
	struct arm_smmu_cmd sync = arm_smmu_make_cmd_sync(CMDQ_SYNC_0_CS_NONE, 0);

	if (batch_has_room(b))
		cmdq_append(b->smmu, &sync);
	b->seq = b->smmu->cmdq.prod;
	cmdq_doorbell(b->smmu);
	cmdq_unlock(b->smmu);
}

/*
 * Whether the SMMU has consumed everything up to entry @seq, by its register
 * alone. Never true too early: where others have since filled the queue again it
 * may look undone, and the locked look, which counts in 64 bits, decides.
 */
static bool cmdq_passed(struct smmu *smmu, u64 seq)
{
	struct smmu_cmdq *q = &smmu->cmdq;
	/* Ordered before the page is given away. */
	u32 hw = readl(smmu->page0 + ARM_SMMU_CMDQ_CONS) & INDEX_MASK(q);

	return hw == ((u32)seq & INDEX_MASK(q)) || READ_ONCE(q->cons) >= seq;
}

/**
 * smmu_batch_wait() - until all commands of a submitted batch have completed
 *
 * Without the queue's lock, and bounded.
 *
 * Return: 0; or -ETIMEDOUT: the caller cannot know that its invalidations took
 * effect.
 */
int smmu_batch_wait(struct smmu_batch *b)
{
	struct smmu *smmu = b->smmu;
	bool done;

	if (b->error)
		return b->error;

	done = cmdq_passed(smmu, b->seq);
	while (!done) {
		if (smmu_expired(b->deadline))
			return -ETIMEDOUT;

		cpu_relax();
		cmdq_lock(smmu);
		cmdq_refresh(smmu);
		done = smmu->cmdq.cons >= b->seq;
		cmdq_unlock(smmu);
	}

	return 0;
}
