// SPDX-License-Identifier: GPL-2.0-only
/*
 * The paravirt mode: EL2 owns the page tables of devices, and the host asks it to fill them.
 * A stream reaches nothing until the host attaches it to a domain, or to the mirror of all
 * that the host may access. A page that a domain maps does not leave the host.
 */

#include "mirror.h"
#include "io_pgtable.h"

/* Entries of tables that one entry to EL2 lets go of, when a domain ends. */
#define DESTROY_BUDGET	1024

/**
 * struct smmu_domain - what a domain is made of
 * @tables: its stage 2
 * @vmid: that the TLBs know it by
 * @smmus: a bit for each SMMU that may have something of it cached. Changed under
 *	   host_mmu.lock, and looked at without.
 * @streams: attached, of each SMMU. Under host_mmu.lock.
 */
struct smmu_domain {
	struct smmu_pgtable tables;
	u16 vmid;
	u32 smmus;
	u16 streams[PKVM_IOMMU_MAX_DEVICES];
};

/* The mirror's streams, of each SMMU. Under host_mmu.lock. */
static u32 mirror_streams[PKVM_IOMMU_MAX_DEVICES];

static struct smmu_domain *smmu_domain(struct iommu_domain *d)
{
	BUILD_BUG_ON(sizeof(struct smmu_domain) > sizeof(d->words));

	return (struct smmu_domain *)d->words;
}

static int paravirt_alloc(struct iommu_domain *d, u32 iommu, u64 *bits)
{
	struct smmu_domain *sd = smmu_domain(d);
	struct smmu *smmu = &smmus[iommu];
	int ret;

	if (!smmu_isolates(smmu))
		return -EINVAL;

	*sd = (struct smmu_domain) { };
	ret = smmu_vmid_alloc(&sd->vmid);
	if (ret)
		return ret;
	ret = smmu_pgtable_init(&sd->tables, smmu);
	if (ret)
		smmu_vmid_free(sd->vmid);
	else
		*bits = sd->tables.shape.ia_bits;

	return ret;
}

static int paravirt_free(struct iommu_domain *d)
{
	struct smmu_domain *sd = smmu_domain(d);
	struct smmu_inv inv = { .what = SMMU_INV_VMID, .vmid = sd->vmid };
	u32 budget = DESTROY_BUDGET;
	int ret;

	/* Some SMMU did not confirm that it forgot what streams used that are gone. */
	ret = sd->smmus ? smmu_invalidate_some(sd->smmus, &inv, 1) : 0;
	if (ret)
		return ret;
	WRITE_ONCE(sd->smmus, 0);

	if (!smmu_pgtable_destroy(&sd->tables, &budget))
		return -EAGAIN;
	smmu_vmid_free(sd->vmid);

	return 0;
}

/* The tables are as @smmu needs them. */
static bool suits(const struct smmu_domain *sd, const struct smmu *smmu)
{
	struct smmu_pgtable wanted;

	smmu_pgtable_shape(&wanted, smmu);

	return wanted.coherent == sd->tables.coherent && wanted.oas_bits == sd->tables.oas_bits &&
	       wanted.shape.ia_bits == sd->tables.shape.ia_bits;
}

static u16 ste_vmid(const struct arm_smmu_ste *ste)
{
	return FIELD_GET(STRTAB_STE_2_S2VMID, le64_to_cpu(ste->data[2]));
}

/* Before the first stream of an SMMU uses a VMID, and after the last. */
static void vmid_used(struct smmu_domain *sd, u32 iommu, bool used)
{
	if (!sd)
		smmus[iommu].mirrored = used;
	else
		WRITE_ONCE(sd->smmus, used ? sd->smmus | BIT(iommu) : sd->smmus & ~BIT(iommu));
	/* Who takes entries out either sees it, or did so before the stream translates. */
	smp_mb();
}

/* One stream less uses a VMID: after the last, nothing of it is cached. */
static void stream_gone(struct smmu_domain *sd, u32 iommu)
{
	struct smmu_inv inv = {
		.what = SMMU_INV_VMID, .vmid = sd ? sd->vmid : SMMU_MIRROR_VMID,
	};

	if (sd ? --sd->streams[iommu] : --mirror_streams[iommu])
		return;

	/* An SMMU that does not answer goes on to be told what to forget. */
	if (!smmu_invalidate_some(BIT(iommu), &inv, 1))
		vmid_used(sd, iommu, false);
}

static int paravirt_attach(struct iommu_domain *d, u32 iommu, u32 stream)
{
	struct smmu_domain *sd = d ? smmu_domain(d) : NULL;
	struct smmu *smmu = &smmus[iommu];
	struct arm_smmu_ste ste;
	int ret;

	if (!smmu_isolates(smmu) || (sd && !suits(sd, smmu)))
		return -EINVAL;

	ret = smmu_ste_get(smmu, stream, &ste);
	if (ret)
		return ret;
	if (smmu_ste_translates(&ste))
		return -EBUSY;
	if (sd && sd->streams[iommu] == U16_MAX)
		return -EOVERFLOW;

	if (sd)
		smmu_s2_ste(&sd->tables.shape, hyp_virt_to_phys(sd->tables.pgd), sd->vmid,
			    sd->tables.coherent, &ste);
	else
		ret = smmu_mirror_ste(smmu, &ste);
	if (ret)
		return ret;

	if (sd)
		sd->streams[iommu]++;
	else
		mirror_streams[iommu]++;
	vmid_used(sd, iommu, true);
	ret = smmu_ste_set(smmu, stream, &ste);
	if (!ret)
		return 0;

	/* It did not confirm; what the table says it may do. */
	smmu_ste_get(smmu, stream, &ste);
	if (smmu_ste_translates(&ste))
		return 0;
	stream_gone(sd, iommu);

	return ret;
}

static int paravirt_detach(struct iommu_domain *d, u32 iommu, u32 stream)
{
	struct smmu_domain *sd = d ? smmu_domain(d) : NULL;
	struct smmu *smmu = &smmus[iommu];
	struct arm_smmu_ste ste;
	int ret;

	ret = smmu_ste_get(smmu, stream, &ste);
	if (ret)
		return ret;
	if (!smmu_ste_translates(&ste) || ste_vmid(&ste) != (sd ? sd->vmid : SMMU_MIRROR_VMID))
		return -ENOENT;

	ret = smmu_ste_clear(smmu, stream);
	if (!ret)
		stream_gone(sd, iommu);

	return ret;
}

static int paravirt_map(struct iommu_domain *d, u64 iova, phys_addr_t phys, u64 nr_pages,
			u32 prot, u64 *did)
{
	return smmu_pgtable_map(&smmu_domain(d)->tables, iova, phys, nr_pages, prot, did);
}

static int paravirt_unmap(struct iommu_domain *d, const u64 *ranges, u32 nr, u64 *unmapped)
{
	struct smmu_inv inv[PKVM_IOMMU_RANGES_MAX] __uninitialized;
	struct smmu_domain *sd = smmu_domain(d);
	u64 left = PKVM_IOMMU_PAGES_MAX, did;
	u32 i, n = 0;
	int ret;

	for (i = 0; i < nr && left; i++) {
		u64 iova = ranges[i] & ~PKVM_IOMMU_RANGE_PAGES;
		u64 pages = ranges[i] & PKVM_IOMMU_RANGE_PAGES;

		did = smmu_pgtable_take_out(&sd->tables, iova, min(pages, left));
		if (!did)
			break;
		inv[n++] = (struct smmu_inv) {
			.what = SMMU_INV_IPA, .vmid = sd->vmid,
			.addr = iova, .size = did << PAGE_SHIFT,
		};
		*unmapped += did;
		left -= did;
		if (did < pages)
			break;
	}

	/* A stream that is attached behind this look finds the entries out. */
	smp_mb();
	ret = n ? smmu_invalidate_some(READ_ONCE(sd->smmus), inv, n) : 0;
	if (ret)
		return ret;

	for (i = 0; i < n; i++)
		smmu_pgtable_let_go(&sd->tables, inv[i].addr, inv[i].size >> PAGE_SHIFT);

	return 0;
}

static u64 paravirt_iova_to_phys(struct iommu_domain *d, u64 iova)
{
	return smmu_pgtable_lookup(&smmu_domain(d)->tables, iova);
}

static const struct pkvm_iommu_domain_ops domain_ops = {
	.alloc = paravirt_alloc,
	.free = paravirt_free,
	.attach = paravirt_attach,
	.detach = paravirt_detach,
	.map = paravirt_map,
	.unmap = paravirt_unmap,
	.iova_to_phys = paravirt_iova_to_phys,
};

/* The mirrors are there from the start, whether a stream will use them or not. */
static int paravirt_init(void)
{
	struct arm_smmu_ste ste;
	struct smmu *smmu;
	int ret;

	for_each_smmu(smmu) {
		ret = smmu_isolates(smmu) ? smmu_mirror_ste(smmu, &ste) : 0;
		if (ret)
			return ret;
	}
	iommu_pages_init();

	return smmu_vmid_init() ?: iommu_domains_init(&domain_ops);
}

static int paravirt_host_leave(phys_addr_t phys, u64 size)
{
	int ret = iommu_pages_close(phys, size >> PAGE_SHIFT);

	if (ret)
		return ret;

	ret = pkvm_smmu_identity_ops.host_leave(phys, size);
	if (ret)
		iommu_pages_open(phys, size >> PAGE_SHIFT);

	return ret;
}

static void paravirt_host_return(phys_addr_t phys, u64 size)
{
	pkvm_smmu_identity_ops.host_return(phys, size);
	iommu_pages_open(phys, size >> PAGE_SHIFT);
}

const struct pkvm_iommu_mode_ops pkvm_smmu_paravirt_ops = {
	.init = paravirt_init,
	.host_leave = paravirt_host_leave,
	.host_return = paravirt_host_return,
};
