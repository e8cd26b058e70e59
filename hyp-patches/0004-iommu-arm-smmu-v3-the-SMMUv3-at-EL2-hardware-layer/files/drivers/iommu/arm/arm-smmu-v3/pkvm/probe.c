// SPDX-License-Identifier: GPL-2.0-only
/*
 * From an SMMU in whatever state firmware left it to one that EL2 owns: closed, set
 * up, invalidated, opened. What EL2 can read from the SMMU it reads itself; features
 * that it does not know stay off.
 */

#include "smmu.h"

/* Enhanced command queues, whose control pages may lie outside the frame. */
#define IDR1_ECMDQ		BIT(31)

#define IIDR_IMPLEMENTER_ARM	0x43b
#define PRODUCT_MMU_600		0x483
#define PRODUCT_MMU_700		0x487
#define PRODUCT_MMU_L1		0x48a
#define PRODUCT_MMU_S3		0x498

static int wait_for(struct smmu *smmu, u32 reg, u32 mask, u32 value)
{
	struct smmu_deadline deadline = {};

	while ((readl_relaxed(smmu->page0 + reg) & mask) != value) {
		if (smmu_expired(&deadline))
			return -ETIMEDOUT;
		cpu_relax();
	}

	return 0;
}

static int write_ack(struct smmu *smmu, u32 value, u32 reg, u32 ack)
{
	writel(value, smmu->page0 + reg);

	return wait_for(smmu, ack, GENMASK(31, 0), value);
}

/* What happens to transactions while the SMMU is disabled: nothing gets through. */
static int close_bypass(struct smmu *smmu)
{
	u32 gbpa;
	int ret;

	ret = wait_for(smmu, ARM_SMMU_GBPA, GBPA_UPDATE, 0);
	if (ret)
		return ret;

	gbpa = readl_relaxed(smmu->page0 + ARM_SMMU_GBPA);
	writel(gbpa | GBPA_UPDATE | GBPA_ABORT, smmu->page0 + ARM_SMMU_GBPA);

	return wait_for(smmu, ARM_SMMU_GBPA, GBPA_UPDATE | GBPA_ABORT, GBPA_ABORT);
}

/**
 * smmu_close() - no transaction gets through from here on
 *
 * Also for an SMMU that firmware left enabled. Its queues go on, so that what it
 * has cached can be invalidated, and so does the check of translated requests.
 *
 * Return: 0, or -ETIMEDOUT when the SMMU does not confirm. One that may let everything
 * through while it is disabled stays enabled.
 */
int smmu_close(struct smmu *smmu)
{
	u32 cr0 = readl_relaxed(smmu->page0 + ARM_SMMU_CR0ACK) & ~CR0_SMMUEN;

	return close_bypass(smmu) ?: write_ack(smmu, cr0, ARM_SMMU_CR0, ARM_SMMU_CR0ACK);
}

/**
 * smmu_open() - from closed to what the stream table says
 *
 * Whatever the SMMU has cached is gone by then: that it was off is no reason to
 * believe so.
 *
 * Return: 0; or an error, after which it lets through nothing, or what the table says.
 */
int smmu_open(struct smmu *smmu)
{
	u32 cr0 = readl_relaxed(smmu->page0 + ARM_SMMU_CR0ACK);
	struct smmu_deadline deadline = {};
	struct smmu_batch batch;
	int ret;

	smmu_batch_begin(&batch, smmu, &deadline);
	smmu_invalidate_all(&batch);
	smmu_batch_submit(&batch);
	ret = smmu_batch_wait(&batch);

	return ret ?: write_ack(smmu, cr0 | CR0_SMMUEN, ARM_SMMU_CR0, ARM_SMMU_CR0ACK);
}

/* Errata are known by part. What is not in here may have any. */
static bool part_known(struct smmu *smmu, u32 iidr)
{
	u32 variant = FIELD_GET(IIDR_VARIANT, iidr);
	u32 revision = FIELD_GET(IIDR_REVISION, iidr);

	/* Models do not say what they are. */
	if (!iidr)
		return true;

	if (FIELD_GET(IIDR_IMPLEMENTER, iidr) != IIDR_IMPLEMENTER_ARM)
		return false;

	switch (FIELD_GET(IIDR_PRODUCTID, iidr)) {
	case PRODUCT_MMU_600:
	case PRODUCT_MMU_L1:
	case PRODUCT_MMU_S3:
		/* Their errata are about SEV, nesting and broadcast: all unused. */
		return true;
	case PRODUCT_MMU_700:
		smmu->force_sync = variant < 1 || revision < 1;
		return true;
	default:
		return false;
	}
}

static u32 read_features(struct smmu *smmu)
{
	static const u8 oas_bits[] = { 32, 36, 40, 42, 44, 48, 52 };
	u32 *id = smmu->desc->id;
	u32 granule = IS_ENABLED(CONFIG_ARM64_4K_PAGES) ? IDR5_GRAN4K :
		      IS_ENABLED(CONFIG_ARM64_16K_PAGES) ? IDR5_GRAN16K : IDR5_GRAN64K;
	u32 oas, endian;

	id[0] = readl_relaxed(smmu->page0 + ARM_SMMU_IDR0);
	id[1] = readl_relaxed(smmu->page0 + ARM_SMMU_IDR1);
	id[2] = readl_relaxed(smmu->page0 + ARM_SMMU_IDR3);
	id[3] = readl_relaxed(smmu->page0 + ARM_SMMU_IDR5);
	id[4] = readl_relaxed(smmu->page0 + ARM_SMMU_IIDR);

	if (!part_known(smmu, id[4]))
		return PKVM_IOMMU_REASON_UNKNOWN_PART;
	if (id[1] & (IDR1_TABLES_PRESET | IDR1_QUEUES_PRESET | IDR1_REL))
		return PKVM_IOMMU_REASON_PRESET;
	if (id[1] & IDR1_ECMDQ)
		return PKVM_IOMMU_REASON_ECMDQ;

	/* Coherent only where firmware and the SMMU agree on it. */
	smmu->coherent = smmu->desc->coherent && (id[0] & IDR0_COHACC);
	smmu->has_s2 = id[0] & IDR0_S2P;
	smmu->has_ats = id[0] & IDR0_ATS;
	smmu->two_level = FIELD_GET(IDR0_ST_LVL, id[0]) == IDR0_ST_LVL_2LVL;
	smmu->range_inval = id[2] & IDR3_RIL;
	smmu->live_split = FIELD_GET(IDR3_BBM, id[2]) == 2;
	smmu->sid_bits = min_t(u32, FIELD_GET(IDR1_SIDSIZE, id[1]), 32);
	/* A second level for 256 streams is no use when there are fewer. */
	if (smmu->sid_bits <= STRTAB_SPLIT)
		smmu->two_level = false;
	oas = min_t(u32, FIELD_GET(IDR5_OAS, id[3]), ARRAY_SIZE(oas_bits) - 1);
	smmu->oas_bits = oas_bits[oas];

	if (!smmu->has_s2)
		return PKVM_IOMMU_REASON_NO_STAGE2;
	if (FIELD_GET(IDR0_STALL_MODEL, id[0]) == IDR0_STALL_MODEL_FORCE)
		return PKVM_IOMMU_REASON_STALLS;
	if (!(id[3] & granule))
		return PKVM_IOMMU_REASON_NO_GRANULE;
	endian = FIELD_GET(IDR0_TTENDIAN, id[0]);
	if (!(FIELD_GET(IDR0_TTF, id[0]) & IDR0_TTF_AARCH64) ||
	    (endian != IDR0_TTENDIAN_MIXED && endian != IDR0_TTENDIAN_LE))
		return PKVM_IOMMU_REASON_NO_FORMAT;

	return PKVM_IOMMU_REASON_NONE;
}

/* Whether an SMMU of that kind can at least be made to let nothing through. */
static bool closable(u32 reason)
{
	switch (reason) {
	case PKVM_IOMMU_REASON_UNKNOWN_PART:
	case PKVM_IOMMU_REASON_PRESET:
	case PKVM_IOMMU_REASON_ECMDQ:
		return false;
	default:
		return true;
	}
}

static int fail(struct smmu *smmu, u32 reason)
{
	smmu->desc->state = PKVM_IOMMU_FAILED;
	smmu->desc->reason = reason;

	return -ENODEV;
}

/**
 * smmu_probe() - look at an SMMU, and get what it needs
 * @smmu: zeroed; filled
 * @desc: what the host said; reason and id are filled, and state for an error
 *
 * The SMMU goes on with what it does. Its stream table says that every stream is
 * aborted; a reason other than NONE means that it can do no better.
 *
 * Return: 0, or an error that must stop the boot.
 */
int smmu_probe(struct smmu *smmu, struct pkvm_iommu_desc *desc)
{
	struct arm_smmu_ste abort = { .data = { cpu_to_le64(STRTAB_STE_0_V) } };
	u32 reason;
	int ret;

	smmu->desc = desc;
	ret = iommu_map_frame(desc->base, desc->size, &smmu->page0);
	if (ret)
		return fail(smmu, PKVM_IOMMU_REASON_NO_MAPPING);
	smmu->page1 = smmu->page0 + SZ_64K;

	reason = read_features(smmu);
	if (!closable(reason))
		return fail(smmu, reason);

	/* An entry of a table, as we use them, has fewer bits than the longest address. */
	if (!iommu_pool_reach(BIT_ULL(min(smmu->oas_bits, SMMU_TABLE_BITS))))
		return fail(smmu, PKVM_IOMMU_REASON_OUT_OF_REACH);

	if (smmu_strtab_init(smmu) || smmu_cmdq_init(smmu) || smmu_evtq_init(smmu))
		return fail(smmu, PKVM_IOMMU_REASON_NO_MEMORY);

	smmu_strtab_fill(smmu, &abort);
	desc->reason = reason;

	return 0;
}

static void write_config(struct smmu *smmu)
{
	u32 sh = smmu->coherent ? ARM_SMMU_SH_ISH : ARM_SMMU_SH_OSH;
	u32 cache = smmu->coherent ? CR1_CACHE_WB : CR1_CACHE_NC;

	writel_relaxed(FIELD_PREP(CR1_TABLE_SH, sh) | FIELD_PREP(CR1_TABLE_OC, cache) |
		       FIELD_PREP(CR1_TABLE_IC, cache) | FIELD_PREP(CR1_QUEUE_SH, sh) |
		       FIELD_PREP(CR1_QUEUE_OC, cache) | FIELD_PREP(CR1_QUEUE_IC, cache),
		       smmu->page0 + ARM_SMMU_CR1);
	/* Interrupts are wired: no address that firmware left is written to. */
	writeq_relaxed(0, smmu->page0 + ARM_SMMU_GERROR_IRQ_CFG0);
	writeq_relaxed(0, smmu->page0 + ARM_SMMU_EVTQ_IRQ_CFG0);
	/* The CPUs' broadcasts are about other tables; unknown streams are worth a record. */
	writel_relaxed(CR2_PTM | CR2_RECINVSID, smmu->page0 + ARM_SMMU_CR2);
	writeq_relaxed(smmu_strtab_base(smmu), smmu->page0 + ARM_SMMU_STRTAB_BASE);
	writel_relaxed(smmu_strtab_cfg(smmu), smmu->page0 + ARM_SMMU_STRTAB_BASE_CFG);
	smmu_cmdq_reset(smmu);
	smmu_evtq_reset(smmu);
	/* Errors that firmware left are nobody's business any more. */
	writel(readl_relaxed(smmu->page0 + ARM_SMMU_GERROR), smmu->page0 + ARM_SMMU_GERRORN);
}

/**
 * smmu_enable() - from whatever firmware left to what the stream table says
 *
 * Return: 0; or an error that must stop the boot, after which the SMMU is as
 * closed as it lets itself be.
 */
int smmu_enable(struct smmu *smmu)
{
	u32 irqs = IRQ_CTRL_EVTQ_IRQEN | IRQ_CTRL_GERROR_IRQEN;
	u32 cr0 = CR0_CMDQEN | CR0_EVTQEN;

	/* Without the check, a device that claims to have translated goes unchecked. */
	if (smmu->has_ats)
		cr0 |= CR0_ATSCHK;

	if (smmu_close(smmu) ||
	    write_ack(smmu, 0, ARM_SMMU_CR0, ARM_SMMU_CR0ACK) ||
	    write_ack(smmu, 0, ARM_SMMU_IRQ_CTRL, ARM_SMMU_IRQ_CTRLACK))
		return fail(smmu, PKVM_IOMMU_REASON_TIMEOUT);

	write_config(smmu);

	if (write_ack(smmu, cr0, ARM_SMMU_CR0, ARM_SMMU_CR0ACK) ||
	    write_ack(smmu, irqs, ARM_SMMU_IRQ_CTRL, ARM_SMMU_IRQ_CTRLACK) ||
	    smmu_open(smmu)) {
		smmu_close(smmu);
		return fail(smmu, PKVM_IOMMU_REASON_TIMEOUT);
	}

	smmu->desc->state = smmu->desc->reason == PKVM_IOMMU_REASON_NONE ?
			    PKVM_IOMMU_ISOLATING : PKVM_IOMMU_ABORTING;

	return 0;
}
