// SPDX-License-Identifier: GPL-2.0-only
/*
 * Domains: what the host asks for, what came of it by what EL2 said, and whether devices
 * reach that and nothing else. What others did in the midst of an operation is looked up.
 */

#include "sequence_priv.h"

#include "domains.h"

#define DOMAINS 4
#define STREAMS 3
#define WINDOWS 3
#define WINDOW	16 /* pages */
#define SLOTS	(WINDOWS * WINDOW)
#define NOBODY	(-1)
#define MIRROR	DOMAINS

static const u32 streams[STREAMS] = { 8, 9, 700 };
static const u32 ids[DOMAINS + 1] = { 0, 1, 77, PKVM_IOMMU_MAX_DOMAINS - 1,
				      PKVM_IOMMU_DOMAIN_IDENTITY };

/* Of one that is there: what it maps, slot by slot of the windows; 0 for nothing. */
static struct {
	bool live;
	struct {
		u64 phys;
		u32 prot;
	} slots[SLOTS];
} domains[DOMAINS];

static int attached[SEQUENCE_SMMUS][STREAMS];

/* Pages that an unmap left pending: until the end of a domain their counts say more. */
static bool pending;
/* An SMMU that once did not do as it was told may keep devices from what they may reach. */
static bool vague;
static u32 look_at;

static u64 slot_iova(u32 slot)
{
	static const u64 windows[WINDOWS] = { 0x10000000, 0x20000000 - 8 * PAGE_SIZE, 0x3f000000 };

	return windows[slot / WINDOW] + slot % WINDOW * PAGE_SIZE;
}

/* How many slots follow, with this one, without a gap. */
static u32 slots_left(u32 slot)
{
	return WINDOW - slot % WINDOW;
}

static bool all_well(void)
{
	u32 i;

	for (i = 0; i < seq.nr_smmus; i++) {
		if (seq.smmus[i].lost || memcmp(model_knobs(seq.smmus[i].m), &seq.smmus[i].well,
						sizeof(seq.smmus[i].well)))
			return false;
	}

	return true;
}

static void expect(bool is, const char *what, int ret)
{
	if (!is)
		world_bug("%s: %d", what, ret);
	say(": %d", ret);
	seq.counts.failed += ret == -ENOMEM || ret == -EIO || ret == -ETIMEDOUT;
	vague |= !all_well();
}

static bool no_answer(int ret)
{
	return ret == -EIO || ret == -ETIMEDOUT;
}

static void alloc(u32 d, u32 iommu)
{
	u64 bits;
	int ret = __pkvm_iommu_domain_alloc(ids[d], iommu, &bits);

	say("alloc %u for SMMU %u", ids[d], iommu);
	expect(!ret || ret == -EEXIST || ret == -ENOMEM || ret == -EINVAL, "alloc", ret);
	if (ret)
		return;
	memset(&domains[d], 0, sizeof(domains[d]));
	domains[d].live = true;
}

static u64 op_alloc(void)
{
	u32 d = next_byte() % (DOMAINS + 1);
	u64 bits;

	if (d < DOMAINS)
		alloc(d, next_byte() % 4);
	else if (__pkvm_iommu_domain_alloc(ids[d], 0, &bits) != -EINVAL)
		world_bug("a domain that has the mirror's name");

	return 0;
}

static u64 op_free(void)
{
	u32 d = next_byte() % DOMAINS;
	int ret = __pkvm_iommu_domain_free(ids[d]);

	say("free %u", ids[d]);
	expect(ret <= 0, "free", ret);
	seq.allowed_us += TIMEOUT_US;
	if (!ret || ret == -EAGAIN || no_answer(ret))
		memset(&domains[d], 0, sizeof(domains[d]));

	return 0;
}

/* One that does not answer may cost a wait for the stream, and one for the domain. */
static u64 op_attach(void)
{
	u32 d = next_byte() % (DOMAINS + 1), i = next_byte() % 4, s = next_byte() % (STREAMS + 1);
	u32 stream = s < STREAMS ? streams[s] : ~0U;
	int ret = __pkvm_iommu_attach(ids[d], i, stream, 0);

	say("attach %u to SMMU %u, stream %#x", ids[d], i, stream);
	seq.allowed_us += TIMEOUT_US;
	expect(ret <= 0, "attach", ret);
	if (!ret && (s == STREAMS || i >= seq.nr_smmus))
		world_bug("a stream that there is not was attached");
	if (!ret)
		attached[i][s] = d;

	return 0;
}

static u64 op_detach(void)
{
	u32 d = next_byte() % (DOMAINS + 1), i = next_byte() % 4, s = next_byte() % STREAMS;
	int ret;

	/* Most often what is attached. */
	if (d < DOMAINS && i < seq.nr_smmus && attached[i][s] != NOBODY)
		d = attached[i][s];
	ret = __pkvm_iommu_detach(ids[d], i, streams[s], 0);
	say("detach %u from SMMU %u, stream %#x", ids[d], i, streams[s]);
	seq.allowed_us += TIMEOUT_US;
	expect(ret <= 0, "detach", ret);
	if (!ret)
		attached[i][s] = NOBODY;

	return 0;
}

static u64 op_map(void)
{
	u32 d = next_byte() % DOMAINS, slot = next_byte() % SLOTS, prot = next_byte(), nr, n, i;
	u64 ranges[PKVM_IOMMU_RANGES_MAX], did = 0, place = 0, phys, page, k;
	int ret;

	/* Most often it is there. */
	if (!domains[d].live && prot & 0xc0)
		alloc(d, 0);
	prot %= 8;
	nr = 1 + next_byte() % 3;
	say("map in %u, %#llx, %u:", ids[d], slot_iova(slot), prot);
	for (i = 0; i < nr; i++) {
		phys = next_place();
		n = next_byte() % 12;
		/* Of another window nothing is known. */
		n = min(n, slots_left(slot) / nr);
		ranges[i] = domain_range(phys & ~PKVM_IOMMU_RANGE_PAGES, n);
		place = phys;
		say(" %#llx %u", phys, n);
	}
	ret = __pkvm_iommu_map(ids[d], slot_iova(slot), prot, ranges, nr, &did);
	expect(ret <= 0 && !did == !!ret, "map", ret);
	say(" %llu", did);
	seq.counts.mapped += did;
	for (i = 0, k = 0; i < nr && k < did; i++) {
		page = ranges[i] & ~PKVM_IOMMU_RANGE_PAGES;
		for (n = ranges[i] & PKVM_IOMMU_RANGE_PAGES; n && k < did; n--, k++) {
			domains[d].slots[slot + k].phys = page;
			domains[d].slots[slot + k].prot = prot;
			page += PAGE_SIZE;
		}
	}
	look_at = slot;

	return place;
}

static u64 op_unmap(void)
{
	u32 d = next_byte() % DOMAINS, nr = 1 + next_byte() % 3, slot[3], n[3], i, k;
	u64 ranges[3], did = 0, left;
	int ret;

	say("unmap in %u:", ids[d]);
	for (i = 0; i < nr; i++) {
		slot[i] = next_byte();
		/* Most often something that is mapped. */
		for (k = slot[i] / 64 * SLOTS; k && !domains[d].slots[slot[i] % SLOTS].phys; k--)
			slot[i]++;
		slot[i] %= SLOTS;
		n[i] = min(next_byte() % 12, slots_left(slot[i]));
		ranges[i] = domain_range(slot_iova(slot[i]), n[i]);
		say(" %#llx %u", slot_iova(slot[i]), n[i]);
	}
	ret = __pkvm_iommu_unmap(ids[d], ranges, nr, &did);
	expect(!ret || ret == -ENOENT || no_answer(ret), "unmap", ret);
	say(" %llu", did);
	seq.counts.unmapped += did;
	pending |= ret && ret != -ENOENT;
	left = did;
	for (i = 0; i < nr; i++) {
		for (k = 0; k < n[i] && left; k++, left--)
			domains[d].slots[slot[i] + k].phys = 0;
	}
	look_at = slot[0];

	return 0;
}

/* However it is mapped, and whoever else unmaps some of it. */
static void unmap_all(u32 id, u64 iova, u64 nr_pages)
{
	int did;

	for (; nr_pages; nr_pages -= did, iova += did * PAGE_SIZE) {
		did = domain_unmap(id, iova, nr_pages);
		/* The rest ends with the domain. */
		if (no_answer(did)) {
			pending = true;
			return;
		}
		did = max(did, 1);
	}
}

/* Apart from the windows, with pages of 64 KiB as well. */
#define BLOCK_IOVA 0x18000000ULL

/* As much as one entry to EL2 maps: a block, where it is aligned; perhaps over a table. */
static u64 op_block(void)
{
	u32 d = next_byte() % DOMAINS, flags = next_byte(), nr = PKVM_IOMMU_PAGES_MAX;
	u64 phys = next_place() & PAGE_MASK, inside = BLOCK_IOVA + flags / 8 * PAGE_SIZE;
	int ret, part;

	if (flags & 1)
		phys &= ~(BLOCK_SIZE - 1);
	if (flags & 2 && domain_map(ids[d], inside, phys, 1, DOMAIN_RW) == 1 && flags & 4)
		unmap_all(ids[d], inside, 1);
	ret = domain_map(ids[d], BLOCK_IOVA, phys, nr, DOMAIN_RW);
	say("block in %u, %#llx, %u", ids[d], phys, flags);
	expect(ret > 0 || ret == -ENOENT || ret == -EPERM || ret == -EEXIST || ret == -ENOMEM ||
	       ret == -ERANGE || ret == -EOVERFLOW, "block", ret);
	if (flags & 16 && domain_map(ids[d], inside, phys, 1, DOMAIN_RW) == 1)
		unmap_all(ids[d], inside, 1);
	part = domain_unmap(ids[d], inside, nr / 2);
	say(" %d", part);
	pending |= no_answer(part);
	vague |= !all_well() || no_answer(part);
	seq.allowed_us += 3 * TIMEOUT_US;
	if (ret != -ENOENT)
		unmap_all(ids[d], BLOCK_IOVA, nr);

	return phys;
}

/* Tables that map nothing are given back: what is mapped stays. */
static void trim(u32 id, u64 iova)
{
	u64 next;
	int ret;

	do {
		ret = __pkvm_iommu_trim(id, iova, &next);
		say("; trim %u %#llx: %d, %#llx", id, iova, ret, next);
		if (next && next <= iova)
			world_bug("a trim from %#llx is to go on at %#llx", iova, next);
		iova = next;
	} while (!ret && next);
	/* Another CPU may work on the domain. */
	expect(!ret || ret == -ENOENT || ret == -EINVAL || ret == -EBUSY || no_answer(ret), "trim",
	       ret);
	seq.allowed_us += TIMEOUT_US;
}

static u64 op_lookup(void)
{
	u32 d = next_byte() % DOMAINS;
	u64 iova = next_word();

	say("lookup %u %#llx: %#llx", ids[d], iova, __pkvm_iommu_iova_to_phys(ids[d], iova));
	trim(ids[d], iova & PAGE_SIZE ? 0 : iova);

	return 0;
}

static bool is_there(u32 id)
{
	u32 d;

	for (d = 0; d < DOMAINS; d++) {
		if (ids[d] == id)
			return domains[d].live;
	}

	return id == ids[MIRROR];
}

/* Arguments without any sense; what it maps is unmapped. */
static u64 op_any(void)
{
	u32 id = next_byte() % 3 ? next_byte() : next_word(), nr = next_byte() % 16, prot = next_byte();
	u64 ranges[16], did, iova = next_word(), i;
	int ret;

	for (i = 0; i < 16; i++)
		ranges[i] = i < 3 ? next_word() : ranges[i - 3] + PAGE_SIZE;
	if (prot & 0x10)
		iova &= PAGE_MASK;
	prot &= ~0x10U;
	say("any %u %#llx %u", id, iova, nr);
	/* More of them than a call takes. */
	if (__pkvm_iommu_unmap(id, ranges, nr | 13, &did) != -EINVAL)
		world_bug("an unmap of %u ranges", nr | 13);
	ret = __pkvm_iommu_map(id, iova, prot, ranges, nr, &did);
	if (!ret)
		unmap_all(id, iova, did);
	pending |= !all_well();
	/* What is attached is known: by chance nothing is. */
	if (is_there(id))
		prot |= 1;
	__pkvm_iommu_attach(id, next_word(), next_word(), prot);
	__pkvm_iommu_detach(id, next_word(), next_word(), prot);

	return 0;
}

static u64 (*const ops[])(void) = {
	op_alloc, op_alloc, op_free, op_attach, op_attach, op_attach, op_detach, op_map,
	op_map, op_map, op_block, op_unmap, op_unmap, op_unmap, op_lookup, op_any,
};

u64 domain_op(u32 number)
{
	return ops[number % ARRAY_SIZE(ops)]();
}

void domains_reset(void)
{
	u32 i;

	memset(domains, 0, sizeof(domains));
	for (i = 0; i < SEQUENCE_SMMUS * STREAMS; i++)
		attached[i / STREAMS][i % STREAMS] = NOBODY;
	pending = false;
	vague = false;
	look_at = 0;
}

/* Whether the stream uses the mirror, in modes in which not all do. */
bool domains_mirror(u32 smmu, u32 sid)
{
	u32 s;

	for (s = 0; s < STREAMS; s++) {
		if (streams[s] == sid && attached[smmu][s] == MIRROR)
			return true;
	}

	return false;
}

static u32 mapped_by_domains(u64 phys)
{
	u32 d, slot, n = 0;

	for (d = 0; d < DOMAINS; d++) {
		for (slot = 0; slot < SLOTS; slot++)
			n += domains[d].slots[slot].phys == phys;
	}

	return n;
}

/* Two that acted at once: which of them came last nobody here knows. */
void domains_look_up(void)
{
	u32 d, slot, i, s;
	u64 did;
	int ret;

	for (d = 0; d < DOMAINS; d++) {
		domains[d].live = !__pkvm_iommu_unmap(ids[d], NULL, 0, &did);
		for (slot = 0; slot < SLOTS; slot++) {
			domains[d].slots[slot].phys = __pkvm_iommu_iova_to_phys(ids[d], slot_iova(slot));
			domains[d].slots[slot].prot = PKVM_IOMMU_PROT;
		}
	}
	vague = true;
	pending = true;
	for (i = 0; i < seq.nr_smmus; i++) {
		for (s = 0; s < STREAMS; s++) {
			attached[i][s] = NOBODY;
			for (d = 0; d <= DOMAINS; d++) {
				ret = __pkvm_iommu_detach(ids[d], i, streams[s], 0);
				if (no_answer(ret))
					attached[i][s] = d;
			}
		}
	}
}

static void check_slot(u32 d, u32 slot)
{
	u64 phys = domains[d].slots[slot].phys, maps;

	if (__pkvm_iommu_iova_to_phys(ids[d], slot_iova(slot)) != (domains[d].live ? phys : 0))
		world_bug("domain %u maps %#llx to %#llx, and not to %#llx", ids[d], slot_iova(slot),
			  __pkvm_iommu_iova_to_phys(ids[d], slot_iova(slot)), phys);
	if (world_cpu_only(phys))
		world_bug("domain %u maps %#llx, which no device is to reach", ids[d], phys);
	if (!phys || !addr_is_memory(phys))
		return;
	maps = mapped_by_domains(phys);
	if (!world_host_may(phys, NULL))
		world_bug("domain %u maps %#llx, which is not the host's", ids[d], phys);
	if (domain_maps(phys) < maps || (!pending && domain_maps(phys) != maps))
		world_bug("%#llx is mapped %llu times, and counts %u", phys, maps, domain_maps(phys));
}

/* An unmap that no SMMU confirmed: its page is counted still, and does not leave the host. */
static bool unconfirmed(u64 pa)
{
	return pending && (!addr_is_memory(pa) || domain_maps(pa) > mapped_by_domains(pa));
}

/* What a device of a stream reaches at one address. */
static void check_stream(u32 i, u32 s, u32 slot)
{
	int d = attached[i][s];
	u64 pa = 0, phys = d >= 0 && d < DOMAINS ? domains[d].slots[slot].phys : 0;
	u32 prot = phys ? domains[d].slots[slot].prot : 0, write;
	bool does;

	if (d == MIRROR)
		return;
	/* Stage 1 has no right to write without that to read. */
	if (seq.smmus[i].stage1 && prot & PKVM_IOMMU_WRITE)
		prot |= PKVM_IOMMU_READ;
	for (write = 0; write < 2; write++) {
		does = !model_access(seq.smmus[i].m, streams[s], slot_iova(slot), write, &pa);
		if (does && !unconfirmed(pa) &&
		    (pa != phys || !(prot & (write ? PKVM_IOMMU_WRITE : PKVM_IOMMU_READ))))
			world_bug("SMMU %u, stream %#x: %#llx leads to %#llx, and should to %#llx, %u",
				  i, streams[s], slot_iova(slot), pa, phys, prot);
		if (does && seq.closed)
			world_bug("SMMU %u is closed, and reaches %#llx", i, pa);
		if (!does && prot & (write ? PKVM_IOMMU_WRITE : PKVM_IOMMU_READ) && !seq.closed &&
		    !vague && all_well())
			world_bug("SMMU %u, stream %#x: %#llx does not lead to %#llx", i, streams[s],
				  slot_iova(slot), phys);
	}
}

void domains_check(void)
{
	u32 i, s, d, k;

	vague |= !all_well();
	for (k = 0; k < 4; k++) {
		u32 slot = (look_at + k) % SLOTS;

		for (d = 0; d < DOMAINS; d++)
			check_slot(d, slot);
		for (i = 0; i < seq.nr_smmus; i++) {
			for (s = 0; s < STREAMS; s++)
				check_stream(i, s, slot);
		}
	}
	look_at = (look_at + 1) % SLOTS;
}

static void must(int ret, const char *what, u32 id)
{
	if (ret < 0)
		world_bug("%s of domain %u, where all is well: %d", what, id, ret);
}

/* All is let go of: nothing is mapped, counted or cached. Then all streams get the mirror. */
void domains_end(void)
{
	u32 i, s, d;
	u64 phys;
	int ret;

	for (i = 0; i < seq.nr_smmus; i++) {
		for (s = 0; s < STREAMS; s++) {
			d = attached[i][s];
			if (attached[i][s] == NOBODY || seq.smmus[i].lost)
				continue;
			must(__pkvm_iommu_detach(ids[d], i, streams[s], 0), "detach", ids[d]);
			attached[i][s] = NOBODY;
		}
		if (seq.smmus[i].lost)
			return;
	}
	for (d = 0; d < DOMAINS; d++) {
		ret = domain_free(ids[d]);
		must(ret == -ENOENT ? 0 : ret, "end", ids[d]);
	}
	for (phys = LOW_BASE; phys < seq.high_end - PAGE_SIZE; phys += PAGE_SIZE) {
		if (phys == seq.low_end)
			phys = HIGH_BASE;
		if (domain_maps(phys))
			world_bug("%#llx counts %u, and nothing is mapped", phys, domain_maps(phys));
	}
	domains_reset();
	for (i = 0; i < seq.nr_smmus; i++) {
		if (seq.smmus[i].stage1) {
			if (__pkvm_iommu_attach(ids[MIRROR], i, 8, 0) != -EINVAL)
				world_bug("SMMU %u has no stage 2, and a mirror", i);
			continue;
		}
		ret = __pkvm_iommu_attach(ids[MIRROR], i, 8, 0);
		for (phys = LOW_BASE + BLOCK_SIZE; ret == -ENOMEM && phys < seq.low_end; phys += 4 * PAGE_SIZE) {
			__pkvm_iommu_topup(phys >> PAGE_SHIFT, 4);
			ret = __pkvm_iommu_attach(ids[MIRROR], i, 8, 0);
		}
		must(ret, "attach", ids[MIRROR]);
		attached[i][0] = MIRROR;
	}
}
