// SPDX-License-Identifier: GPL-2.0-only
/* What a host, its devices and the hardware do. */

#include "sequence_priv.h"

#include "smmu.h"

/* Pages of the hypervisor's that may go back to the host: those of a guest that was set up. */
#define LOANS 4

static struct {
	u64 phys, nr_pages;
} loans[LOANS];

static u64 next_nr_pages(void)
{
	u32 n = next_byte();

	return n < 192 ? 1 + n % 12 : 1 + (n - 192) * 9;
}

/* Those that a transition may end with. */
static int outcome(int ret)
{
	seq.counts.left += !ret;
	seq.counts.failed += ret == -ENOMEM || ret == -EIO || ret == -ETIMEDOUT;
	if (ret && ret != -ENOMEM && ret != -EIO && ret != -ETIMEDOUT && ret != -EPERM &&
	    (ret != -EBUSY || !seq.paravirt))
		world_bug("a transition ends with %d", ret);
	say(": %d", ret);

	return ret;
}

/* mem_protect.c asks this first. */
static bool too_many(u64 nr_pages)
{
	bool refused = pkvm_iommu_too_many(nr_pages);

	if (refused != (nr_pages > PKVM_IOMMU_TRANSITION_MAX))
		world_bug("%llu pages are%s too many", nr_pages, refused ? "" : " not");
	if (refused)
		say(": too many");

	return refused;
}

static u64 op_give(void)
{
	u64 phys = next_place(), nr_pages = next_nr_pages();

	say("give %#llx %llu", phys, nr_pages);
	if (!too_many(nr_pages))
		outcome(world_give(phys, nr_pages));

	return phys;
}

static u64 op_take(void)
{
	u64 phys = next_place(), nr_pages = next_nr_pages();

	say("take %#llx %llu", phys, nr_pages);
	/* As many of them as are a guest's. */
	while (nr_pages && !world_all_owned_by(phys, nr_pages, OWNER_GUEST))
		nr_pages /= 2;
	if (nr_pages && !world_take(phys, nr_pages))
		say(": %llu", nr_pages);

	return phys;
}

static u64 op_lend(void)
{
	u64 phys = next_place(), nr_pages = next_nr_pages();
	u32 i;

	say("lend %#llx %llu", phys, nr_pages);
	for (i = 0; i < LOANS && loans[i].nr_pages; i++)
		;
	if (i < LOANS && !too_many(nr_pages) &&
	    !outcome(__pkvm_host_donate_hyp(phys >> PAGE_SHIFT, nr_pages))) {
		loans[i].phys = phys;
		loans[i].nr_pages = nr_pages;
	}

	return phys;
}

static u64 op_get_back(void)
{
	u32 i = next_byte() % LOANS;
	u64 phys = loans[i].phys;

	say("get back %#llx %llu", phys, loans[i].nr_pages);
	if (loans[i].nr_pages)
		world_take(phys, loans[i].nr_pages);
	else
		say(": %#llx of the pool", __pkvm_iommu_give_back());
	loans[i].nr_pages = 0;

	return phys;
}

static int top_up(u64 pfn, u64 nr_pages)
{
	u64 free = memory_of(PKVM_IOMMU_MEM_POOL_FREE);
	int ret = __pkvm_iommu_topup(pfn, nr_pages);

	say("top up %#llx %llu: %d", pfn, nr_pages, ret);
	seq.counts.topups += !ret;
	/* The pool has a bound that the host cannot move. */
	if (!ret && (nr_pages > PKVM_IOMMU_TOPUP_MAX || (free >> PAGE_SHIFT) > 256))
		world_bug("a top-up of %llu pages to %llu", nr_pages, free >> PAGE_SHIFT);

	return ret;
}

static u64 op_top_up(void)
{
	u64 phys = next_place();

	top_up(phys >> PAGE_SHIFT, next_byte() % 40);

	return phys;
}

static u64 op_top_up_any(void)
{
	u64 pfn = next_word(), nr_pages = next_word();

	top_up(pfn, nr_pages);

	return pfn << PAGE_SHIFT;
}

static u64 op_stats(void)
{
	u64 values[PKVM_IOMMU_STATS_BATCH];
	u32 kind = next_byte() % 5, first = next_byte();

	say("statistics %u %u: ", kind, first);
	say("%d", __pkvm_iommu_stats(kind, first, values));

	return 0;
}

static u64 op_event(void)
{
	u64 record[PKVM_IOMMU_EVENT_WORDS] = {};
	u32 index = next_byte() % 8, n = 1 + next_byte() % 8, ret = 0;

	say("event %u:", index);
	while (n--) {
		ret = __pkvm_iommu_event(index, record);
		say(" %u", ret);
		if (ret > PKVM_IOMMU_EVENT_LOST || (ret && index >= seq.nr_smmus) ||
		    (ret == PKVM_IOMMU_EVENT_GONE && !seq.smmus[index].was_lost))
			world_bug("an event of SMMU %u: %u", index, ret);
	}

	return 0;
}

/* The reach of a device by way of whatever is cached is looked at after each operation. */
static u64 op_dma(void)
{
	static const u32 sids[] = { 8, 0, 1, 9, 63, 64, 255, 1023, 1024, 65535, 1 << 20, ~0U };
	u32 i = next_byte() % seq.nr_smmus, n = 1 + next_byte() % 32;
	u32 sid = sids[next_byte() % ARRAY_SIZE(sids)], fault = 0;
	bool write = next_byte() & 1;
	u64 addr = next_place(), pa;

	say("%s SMMU %u, stream %#x, %#llx, %u pages:", write ? "write" : "read", i, sid, addr, n);
	while (n--) {
		pa = ~0ULL;
		fault = model_access(seq.smmus[i].m, sid, addr, write, &pa);
		if (!fault && (pa != addr || !check_may_reach(i, sid, addr)))
			world_bug("stream %#x of SMMU %u reaches %#llx", sid, i, addr);
		addr += PAGE_SIZE;
	}
	say(" %#x", fault);

	return addr - PAGE_SIZE;
}

static u64 op_dma_translated(void)
{
	u32 i = next_byte() % seq.nr_smmus;
	u64 addr = next_place();

	say("translated SMMU %u, %#llx", i, addr);
	if (!model_access_translated(seq.smmus[i].m, 8, addr))
		world_bug("SMMU %u believes a device that %#llx is translated", i, addr);

	return addr;
}

/* The host touches what it has no mapping for. */
static u64 op_host_abort(void)
{
	u64 addr = next_place(), start = 0, end = MMIO_LIMIT, frame;
	u32 esr = next_byte() & 1 ? ESR_ELx_WNR : 0, i;
	bool inside = false;
	int ret;

	addr += next_byte() * 0x1000ULL;
	say("host touches %#llx", addr);
	if (pkvm_iommu_host_abort(esr, addr))
		world_bug("an access to %#llx was carried out", addr);
	ret = pkvm_iommu_clip_range(addr, &start, &end);
	say(": %d %#llx-%#llx", ret, start, end);
	if (addr_is_memory(addr))
		return addr;
	for (i = 0; i < seq.nr_smmus; i++) {
		frame = seq.smmus[i].well.base;
		inside |= addr >= frame && addr < frame + SZ_128K;
		if (!ret && start < frame + SZ_128K && frame < end)
			world_bug("the host gets %#llx to %#llx", start, end);
	}
	if (ret != (inside ? -EPERM : 0))
		world_bug("%#llx is%s the host's to map", addr, ret ? " not" : "");

	return addr;
}

static u64 op_misbehave(void)
{
	static const u32 rates[] = { 0, 1, 2, 4, MODEL_AT_ONCE };
	static const u32 waits[] = { 1, 3, 200, MODEL_NEVER };
	u32 i = next_byte() % seq.nr_smmus, what = next_byte() % 8, value = next_byte();
	struct model_config *c = model_knobs(seq.smmus[i].m);

	switch (what) {
	case 0:
		c->commands_per_us = rates[value % ARRAY_SIZE(rates)];
		break;
	case 1:
		c->us_per_command = value;
		break;
	case 2:
		c->ack_us = waits[value % ARRAY_SIZE(waits)];
		break;
	case 3:
		c->gbpa_us = waits[value % ARRAY_SIZE(waits)];
		break;
	case 4:
		c->refuse_as = value % 4;
		c->refuse_in = 1 + value / 4 % 16;
		c->keep_refused = value >= 0xe0;
		break;
	case 5:
		c->idle_us = value;
		break;
	case 6:
		c->ahead_in = value % 16;
		break;
	default:
		model_gerror(seq.smmus[i].m, value & 0x1f4);
	}
	say("SMMU %u: %u %u", i, what, value);

	return 0;
}

static void well(u32 i)
{
	*model_knobs(seq.smmus[i].m) = seq.smmus[i].well;
}

static u64 op_well(void)
{
	u32 i = next_byte() % seq.nr_smmus;

	well(i);
	say("SMMU %u is well", i);

	return 0;
}

static void pass(u32 us)
{
	while (us--)
		model_tick();
}

static u64 op_time(void)
{
	u32 us = 1 + next_byte();

	pass(us);
	say("%u us pass", us);

	return 0;
}

/* Everything answers again, nothing waits any more. */
void sequence_settle(void)
{
	u64 record[PKVM_IOMMU_EVENT_WORDS];
	u32 i, n;

	for (i = 0; i < seq.nr_smmus; i++)
		well(i);
	power_settle();
	/* More than a queue that was full takes. */
	pass(2000);
	for (i = 0; i < seq.nr_smmus; i++) {
		for (n = 0; __pkvm_iommu_event(i, record); n++) {
			/* There is no end while a device faults as fast as it is read. */
			if (n == 1000 && other_armed())
				break;
			if (n == 1000)
				world_bug("SMMU %u has more than %u events", i, n);
		}
	}
	pass(2000);
}

static u64 op_settle(void)
{
	sequence_settle();
	seq.allowed_us = ~0ULL;
	say("settle");

	return 0;
}

static int set_stream(u32 i, u32 sid, const struct arm_smmu_ste *ste)
{
	int ret;

	iommu_host_lock();
	ret = ste ? smmu_ste_set(&smmus[i], sid, ste) : smmu_ste_clear(&smmus[i], sid);
	iommu_host_unlock();

	return ret;
}

/*
 * What the table says, with so many words changed: whether faults are recorded, and where
 * the tables of a stage 1 were that is bypassed.
 */
static int get_stream(u32 i, u32 sid, struct arm_smmu_ste *ste, u32 words)
{
	int ret;

	iommu_host_lock();
	ret = smmu_ste_get(&smmus[i], sid, ste);
	iommu_host_unlock();
	if (words && smmu_ste_translates(ste))
		ste->data[2] ^= STRTAB_STE_2_S2R;
	if (words > 1 && smmu_ste_translates(ste))
		ste->data[0] ^= 1 << 6;

	return ret;
}

/*
 * No host can have this done yet. Of the stream that others look at nothing changes, and an
 * SMMU that did not answer is well before the next operation.
 */
static u64 op_stream(void)
{
	static const u32 sids[] = { 0, 1, 9, 10, 63, 64, 65, 255, 1023, 1024, ~0U };
	u32 i = next_byte() % seq.nr_smmus, sid = sids[next_byte() % ARRAY_SIZE(sids)];
	u32 what = next_byte() % 5;
	struct arm_smmu_ste ste = { .data = { STRTAB_STE_0_V } };
	int ret = 0;

	say("stream %#x of SMMU %u: %u", sid, i, what);
	if (what >= 2)
		ret = get_stream(i, sid, &ste, what - 2);
	if (!ret)
		ret = set_stream(i, sid, what ? &ste : NULL);
	say(": %d", ret);
	if (ret == -EIO || ret == -ETIMEDOUT) {
		well(i);
		pass(2000);
		seq.allowed_us += TIMEOUT_US + WORK_US;
		ret = set_stream(i, sid, what ? &ste : NULL);
		if (ret && !seq.smmus[i].lost)
			world_bug("a stream of an SMMU that is well stays as it was: %d", ret);
		say(" %d", ret);
	}
	if (ret && ret != -ENXIO && ret != -ENOMEM && ret != -EIO && ret != -ETIMEDOUT)
		world_bug("the change of a stream ends with %d", ret);
	if (!ret && what == 1 && !model_access(seq.smmus[i].m, sid, HIGH_BASE, true, NULL))
		world_bug("stream %#x of SMMU %u aborts, and reaches memory", sid, i);

	return HIGH_BASE;
}

/* What is there more than once is done more often. */
static u64 (*const ops[])(void) = {
	op_give,	   op_give,	  op_give,	 op_take,	 op_take,	op_top_up,
	op_top_up,	   op_stats,	  op_event,	 op_event,	 op_host_abort, op_lend,
	op_get_back,	   op_top_up_any, op_psci_enter, op_psci_return, op_dma,	op_dma,
	op_dma_translated, op_misbehave,  op_misbehave,	 op_well,	 op_time,	op_settle,
	op_meanwhile,	   op_meanwhile,  op_psci,	 op_sleep,	 op_sleep,	op_start,
};

/* Those of other CPUs. */
static u64 (*const ops_of_others[])(void) = {
	op_give,  op_give,  op_give,  op_take,	     op_take, op_top_up, op_top_up,
	op_stats, op_event, op_event, op_host_abort, op_psci, op_sleep,
};

u64 sequence_op(u32 number)
{
	if (seq.paravirt && number & 1)
		return domain_op(number / 2);
	/* Of its own, so that the others are what they were in sequences of older times. */
	if (!seq.paravirt && number >= 248)
		return op_stream();

	return ops[number % ARRAY_SIZE(ops)]();
}

u64 sequence_op_of_other(u32 number)
{
	if (seq.paravirt && number & 1)
		return domain_op(number / 2);

	return ops_of_others[number % ARRAY_SIZE(ops_of_others)]();
}

void ops_reset(void)
{
	memset(loans, 0, sizeof(loans));
	domains_reset();
}
