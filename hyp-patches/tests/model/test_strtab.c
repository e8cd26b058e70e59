// SPDX-License-Identifier: GPL-2.0-only
/* Streams that are treated one by one: no other stream notices, whatever the SMMU caches. */

#include "streams.h"

#include "firmware.h"
#include "points.h"

#define SPLIT		   (PAGE_SHIFT - 6)
#define NR_L2		   (1U << SPLIT)
#define SID		   9U

#define EVENT_BAD_STREAMID 0x02
#define EVENT_TRANSLATION  0x10

/* A page that any transition may move. */
#define SPARE (LOW_BASE + BLOCK_SIZE + 4 * PAGE_SIZE)

static struct model *busy;
static u32 sids; /* bits of a stream ID, as the SMMU has it */

static void set_sids(struct model_config *config, bool two_level, u32 bits)
{
	config->idr0 &= ~(1U << 27);
	config->idr0 |= (u32)two_level << 27;
	config->idr1 = (config->idr1 & ~0x3fU) | bits;
	sids = bits;
}

static void two_level(struct model_config *config)
{
	set_sids(config, true, 16);
}

static void linear(struct model_config *config)
{
	set_sids(config, false, 6);
}

/* No more streams than a second level has. */
static void few(struct model_config *config)
{
	set_sids(config, true, SPLIT);
}

static void two_descriptors(struct model_config *config)
{
	set_sids(config, true, SPLIT + 1);
}

static void many(struct model_config *config)
{
	set_sids(config, true, 24);
}

/* More than there are entries for. */
static void most(struct model_config *config)
{
	set_sids(config, true, 32);
}

static void without_snooping(struct model_config *config)
{
	two_level(config);
	config->idr0 &= ~(1U << 4);
}

static void linear_without_snooping(struct model_config *config)
{
	linear(config);
	config->idr0 &= ~(1U << 4);
}

static void adventurous(struct model_config *config)
{
	two_level(config);
	config->ahead_in = 3;
	config->partial = true;
	config->seed = 5;
}

static void adventurous_linear(struct model_config *config)
{
	adventurous(config);
	linear(config);
	config->idr0 &= ~(1U << 4);
}

/* Those that differ in what is done, then those that differ in size. */
static void (*const shapes[])(struct model_config *config) = {
	two_level,   without_snooping,
	linear,	     linear_without_snooping,
	adventurous, adventurous_linear,
	few,	     two_descriptors,
	many,	     most,
};

#define KINDS 6

/* Enough for the largest table, and for its alignment. */
static struct model *boot(void (*change)(struct model_config *config))
{
	struct model_config config = machine_default(0);

	machine_new();
	world_reserve(POOL_BASE, 4 * POOL_SIZE >> PAGE_SHIFT);
	change(&config);
	busy = machine_add(&config, config.idr0 & 1 << 4);
	assert_int_equal(machine_boot(), 0);

	return busy;
}

static bool window(u32 sid, u32 domain, u64 page)
{
	u64 addr = STREAMS_WINDOW(domain) + page * PAGE_SIZE, pa;

	if (model_access(busy, sid, addr, true, &pa))
		return false;
	if (pa != addr)
		world_bug("stream %#x: %#llx translates to %#llx", sid, addr, pa);

	return true;
}

/* Twice, since what is cached by then answers the second time. */
static bool is_attached(u32 sid, u32 domain)
{
	u32 other = !domain, i;

	for (i = 0; i < 2; i++) {
		if (window(sid, other, i))
			world_bug("stream %#x reaches what domain %u does", sid, other);
		if (!window(sid, domain, i))
			return false;
	}

	return true;
}

static bool is_detached(u32 sid)
{
	return !window(sid, 0, 0) && !window(sid, 1, 0) && !window(sid, 0, 0) &&
	       !window(sid, 1, 0) &&
	       model_access(busy, sid, STREAMS_WINDOW(0), true, NULL) == MODEL_ABORTED;
}

static u32 last_sid(void)
{
	return ~0U >> (32 - min(sids, 25U));
}

static u64 tables(void)
{
	return memory_of(PKVM_IOMMU_MEM_STREAM_TABLES);
}

/* What it takes to attach a stream where none was attached before. */
static u64 cost(void)
{
	return smmus[0].two_level ? PAGE_SIZE : 0;
}

/* Nothing outlived what it was made from. */
static void settled(void)
{
	model_settled(SPARE, PAGE_SIZE);
}

static void others_abort(u32 sid)
{
	const u32 others[] = { sid ^ 1, sid ^ 2, 0, NR_L2 - 1, NR_L2, last_sid() };
	u32 i;

	for (i = 0; i < ARRAY_SIZE(others); i++) {
		if (others[i] != sid && others[i] <= last_sid())
			assert_true(is_detached(others[i]));
	}
}

static void one_stream_alone(void **state)
{
	struct arm_smmu_ste ste, wanted;
	size_t i;
	u32 n;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(shapes); i++) {
		boot(shapes[i]);
		const u32 streams[] = { SID, 0, NR_L2 - 1, last_sid() };

		for (n = 0; n < ARRAY_SIZE(streams); n++) {
			u32 sid = min(streams[n], last_sid());

			others_abort(sid);
			assert_true(is_detached(sid));
			assert_int_equal(streams_attach(0, sid, 0), 0);
			settled();
			assert_true(is_attached(sid, 0));
			others_abort(sid);
			wanted = streams_ste(0, 0);
			assert_int_equal(streams_get(0, sid, &ste), 0);
			assert_memory_equal(&ste, &wanted, sizeof(ste));

			assert_int_equal(streams_attach(0, sid, 1), 0);
			settled();
			assert_true(is_attached(sid, 1));
			others_abort(sid);

			assert_int_equal(streams_detach(0, sid), 0);
			settled();
			assert_true(is_detached(sid));
			others_abort(sid);
			assert_int_equal(streams_get(0, sid, &ste), 0);
			assert_int_equal(ste.data[0], STRTAB_STE_0_V);
			assert_int_equal(ste.data[3], 0);
		}
	}
}

/* A page for each descriptor whose streams were ever treated one by one, and not more. */
static void memory_is_bounded(void **state)
{
	u64 before;
	u32 sid, i;

	(void)state;
	boot(two_level);
	before = tables();
	/* As all of them are: nothing to change. */
	assert_int_equal(streams_detach(0, SID), 0);
	assert_int_equal(tables(), before);
	for (i = 0; i < 3; i++) {
		for (sid = 0; sid < 4 * NR_L2; sid += NR_L2 / 4)
			assert_int_equal(streams_attach(0, sid, i & 1), 0);
		assert_int_equal(tables(), before + 4 * cost());
	}
	for (sid = 0; sid < 4 * NR_L2; sid++)
		assert_int_equal(streams_detach(0, sid), 0);
	assert_int_equal(tables(), before + 4 * cost());

	boot(linear);
	before = tables();
	for (sid = 0; sid < 64; sid++)
		assert_int_equal(streams_attach(0, sid, 0), 0);
	assert_int_equal(tables(), before);
}

/* Bytes of the first level, by hand: strtab.c has the same table. */
static void first_level(void **state)
{
	static const u64 by_page[][3] = {
		[12] = { 8192, 2097152, 4194304 },
		[14] = { 2048, 524288, 1048576 },
		[16] = { 512, 131072, 262144 },
	};

	(void)state;
	boot(two_level);
	assert_int_equal(tables(), by_page[PAGE_SHIFT][0] + PAGE_SIZE);
	boot(many);
	assert_int_equal(tables(), by_page[PAGE_SHIFT][1] + PAGE_SIZE);
	boot(most);
	assert_int_equal(tables(), by_page[PAGE_SHIFT][2] + PAGE_SIZE);
}

static void beyond_the_table(void **state)
{
	struct arm_smmu_ste ste;
	size_t i;
	u64 sid;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(shapes); i++) {
		u64 before, commands;

		boot(shapes[i]);
		before = tables();
		commands = model_counts(busy)->commands;
		for (sid = 1ULL << min(sids, 25U); sid < 1ULL << 32; sid = 2 * sid + 1) {
			assert_int_equal(streams_attach(0, sid, 0), -ENXIO);
			assert_int_equal(streams_detach(0, sid), -ENXIO);
			assert_int_equal(streams_get(0, sid, &ste), -ENXIO);
			assert_int_equal(model_access(busy, sid, STREAMS_WINDOW(0), true, NULL),
					 EVENT_BAD_STREAMID);
		}
		assert_int_equal(tables(), before);
		assert_int_equal(model_counts(busy)->commands, commands);
		others_abort(0);
	}
}

static void pool_is_empty(void **state)
{
	u64 before;

	(void)state;
	boot(two_level);
	assert_int_equal(streams_attach(0, SID, 0), 0);
	while (pool_take(PKVM_IOMMU_MEM_QUEUES))
		;
	before = tables();
	assert_int_equal(streams_attach(0, NR_L2, 0), -ENOMEM);
	assert_int_equal(streams_attach(0, NR_L2, 0), -ENOMEM);
	assert_int_equal(tables(), before);
	settled();
	assert_true(is_detached(NR_L2) && is_attached(SID, 0));
	assert_int_equal(streams_detach(0, NR_L2), 0);

	/* What is beside one that is attached has its page. */
	assert_int_equal(streams_attach(0, SID + 1, 1), 0);
	assert_int_equal(streams_detach(0, SID), 0);
	assert_true(is_attached(SID + 1, 1) && is_detached(SID));

	assert_int_equal(__pkvm_iommu_topup(SPARE >> PAGE_SHIFT, 1), 0);
	assert_int_equal(streams_attach(0, NR_L2, 0), 0);
	assert_true(is_attached(NR_L2, 0) && is_attached(SID + 1, 1));
	assert_int_equal(tables(), before + PAGE_SIZE);

	boot(linear);
	while (pool_take(PKVM_IOMMU_MEM_QUEUES))
		;
	assert_int_equal(streams_attach(0, SID, 0), 0);
	assert_true(is_attached(SID, 0));
}

static void no_stage2(struct model_config *config)
{
	two_level(config);
	config->idr0 &= ~1U;
}

static void cannot_translate(void **state)
{
	u64 before;

	(void)state;
	boot(no_stage2);
	before = tables();
	assert_int_equal(streams_attach(0, SID, 0), -EOPNOTSUPP);
	assert_int_equal(streams_detach(0, SID), 0);
	assert_int_equal(tables(), before);
	assert_true(is_detached(SID));
}

/* From one state of a stream to another: a domain, or NONE. */
#define NONE STREAMS_DOMAINS

static const struct {
	u32 from, to;
	u64 syncs;
} ways[] = { { NONE, 0, 2 }, { 0, 1, 3 }, { 1, NONE, 1 }, { 0, 0, 1 } };

static int go(u32 sid, u32 to)
{
	return to == NONE ? streams_detach(0, sid) : streams_attach(0, sid, to);
}

static bool is_at(u32 sid, u32 where)
{
	return where == NONE ? is_detached(sid) : is_attached(sid, where);
}

/* As many commands as it takes, and no more. */
static void what_it_costs(void **state)
{
	struct model_counts before;
	size_t i;

	(void)state;
	boot(two_level);
	for (i = 0; i < ARRAY_SIZE(ways); i++) {
		assert_int_equal(go(SID, ways[i].from), 0);
		before = *model_counts(busy);
		assert_int_equal(go(SID, ways[i].to), 0);
		assert_int_equal(model_counts(busy)->syncs - before.syncs, ways[i].syncs);
		assert_int_equal(model_counts(busy)->commands - before.commands, ways[i].syncs);
	}
}

/* What a stream that is on its way from one domain to another may meet. */
static struct {
	u32 sid, from, to;
	bool alone;
} moving;

/* Its words are of one entry: it reaches one window as a whole, or aborts without a record. */
static void device(void)
{
	u32 domain, fault;

	for (domain = 0; domain < STREAMS_DOMAINS; domain++) {
		fault = model_access(busy, moving.sid, STREAMS_WINDOW(domain), true, NULL);
		if (!fault && domain != moving.from && domain != moving.to)
			world_bug("stream %#x reaches domain %u from %u to %u", moving.sid, domain,
				  moving.from, moving.to);
		if (fault && fault != MODEL_ABORTED && fault != EVENT_TRANSLATION)
			world_bug("stream %#x meets %#x from domain %u to %u", moving.sid, fault,
				  moving.from, moving.to);
		/* Next to it nothing moves. */
		if (moving.alone)
			continue;
		if (!window(moving.sid + 2, 0, 3) || window(moving.sid + 2, 1, 3))
			world_bug("stream %#x is disturbed", moving.sid + 2);
		if (window(moving.sid ^ 1, domain, 3))
			world_bug("stream %#x is not aborted", moving.sid ^ 1);
	}
}

/*
 * At every point a device comes in, so that the SMMU has fetched and cached all that can be
 * fetched then. At the end no TLB entry of one domain leads to what the other reaches.
 */
static void move_watched(u32 sid, size_t way, u64 at, u64 seed)
{
	moving.sid = sid;
	moving.from = ways[way].from;
	moving.to = ways[way].to;
	assert_int_equal(go(sid, moving.from), 0);
	assert_true(is_at(sid, moving.from));
	world_act(&(struct act){
		.fn = device, .at = at, .one_in = seed ? 2 : 0, .seed = seed, .blocks = true });
	assert_int_equal(go(sid, moving.to), 0);
	world_act_end();
	settled();
	assert_true(is_at(sid, moving.to));
	assert_true(is_attached(sid + 2, 0));
	/* Domain 1, by a stream that did not move. */
	assert_true(is_attached(sid + 4, 1));
}

static void watched(void **state)
{
	size_t shape, way;
	u64 round;

	(void)state;
	for (shape = 0; shape < KINDS; shape++) {
		for (way = 0; way < ARRAY_SIZE(ways); way++) {
			boot(shapes[shape]);
			assert_int_equal(streams_attach(0, SID + 2, 0), 0);
			assert_int_equal(streams_attach(0, SID + 4, 1), 0);
			move_watched(SID, way, 0, 0);
			for (round = 1; round <= (PAGE_SHIFT == 12 ? 160 : 20); round++)
				move_watched(SID, way, 0, round);
		}
	}
}

/* The first change of a page's worth of streams, with a device that comes in at one point. */
static bool watched_first(u32 sid, bool known, u64 at, bool blocks)
{
	moving.sid = sid;
	moving.from = NONE;
	moving.to = known;
	moving.alone = true;
	/* The SMMU knows what leads to them, or is about to look it up in memory. */
	if (known)
		assert_true(is_detached(sid));
	world_act(&(struct act){ .fn = device, .at = at, .blocks = blocks });
	assert_int_equal(streams_attach(0, sid, moving.to), 0);
	known = world_act_end();
	moving.alone = false;
	settled();
	assert_true(is_attached(sid, moving.to) && is_detached(sid ^ 1));

	return known;
}

static void first_time(void **state)
{
	void (*const both[])(struct model_config * config) = { adventurous, without_snooping };
	bool acted, weak;
	size_t i;
	u64 at;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(both); i++) {
		weak = both[i] == adventurous;
		boot(both[i]);
		for (at = 1, acted = true; acted; at++) {
			/* Of the largest pages there are few descriptors. */
			if (at % 16 == 0)
				boot(both[i]);
			/* With it points are dear; each store is one in any case. */
			world_weak(weak);
			acted = watched_first(at % 16 * 2 * NR_L2, false, at, !weak);
			acted |= watched_first((at % 16 * 2 + 1) * NR_L2, true, at, !weak);
			world_weak(false);
		}
		assert_true(at > 20);
	}
}

/* A change of one word is one write: the device works on. */
static void never_a_gap(void)
{
	u32 i;

	for (i = 0; i < 2; i++) {
		if (!window(SID, 0, i))
			world_bug("stream %#x is interrupted", SID);
	}
}

static void one_word(void **state)
{
	size_t shape;
	u32 i;

	(void)state;
	for (shape = 0; shape < ARRAY_SIZE(shapes); shape++) {
		struct arm_smmu_ste ste;

		boot(shapes[shape]);
		ste = streams_ste(0, 0);
		assert_int_equal(streams_set(0, SID, &ste), 0);
		for (i = 0; i < 20; i++) {
			ste.data[2] ^= STRTAB_STE_2_S2R;
			world_act(&(struct act){ .fn = never_a_gap, .blocks = true });
			assert_int_equal(streams_set(0, SID, &ste), 0);
			world_act_end();
			settled();
		}
	}
}

/* Where the table says that it is, or nowhere. */
static u32 where(u32 sid)
{
	struct arm_smmu_ste ste, of;
	u32 domain;

	assert_int_equal(streams_get(0, sid, &ste), 0);
	for (domain = 0; domain < STREAMS_DOMAINS; domain++) {
		of = streams_ste(0, domain);
		if (!memcmp(&ste, &of, sizeof(ste)))
			return domain;
	}
	assert_int_equal(ste.data[0], STRTAB_STE_0_V);

	return NONE;
}

static void at_most_where_it_is(u32 sid)
{
	u32 at = where(sid), domain;

	for (domain = 0; domain < STREAMS_DOMAINS; domain++) {
		if (domain != at)
			assert_false(window(sid, domain, 5));
		else
			window(sid, domain, 5);
	}
}

static void is_well(void)
{
	u32 i;

	model_knobs(busy)->commands_per_us = 3;
	model_knobs(busy)->refuse_in = 0;
	for (i = 0; i < 1000; i++)
		model_tick();
}

/* Refuses the command of that number, or carries out none from then on. */
static void fails(size_t shape, size_t way, u32 at, bool refuse)
{
	u64 before, time;
	int ret;

	boot(shapes[shape]);
	assert_int_equal(go(SID, ways[way].from), 0);
	assert_int_equal(streams_attach(0, SID + 2, 0), 0);
	before = tables();
	assert_true(is_at(SID, ways[way].from));
	if (refuse) {
		model_knobs(busy)->refuse_in = at;
	} else {
		model_knobs(busy)->us_per_command = 0;
		model_knobs(busy)->commands_per_us = 0;
	}
	time = world_time();
	ret = go(SID, ways[way].to);
	time = world_time() - time;
	assert_int_equal(ret, refuse ? -EIO : -ETIMEDOUT);
	assert_true(time < 110000);
	at_most_where_it_is(SID);
	assert_true(is_attached(SID + 2, 0) && is_detached(SID ^ 1));
	assert_int_equal(tables(), before);
	/* What is in the queue is carried out: the SMMU is as the table says. */
	is_well();
	at_most_where_it_is(SID);
	settled();
	assert_true(is_at(SID, where(SID)));
	/* And the same works now. */
	assert_int_equal(go(SID, ways[way].to), 0);
	assert_true(is_at(SID, ways[way].to));
	assert_true(is_attached(SID + 2, 0) && is_detached(SID ^ 1));
	settled();
}

static void does_not_answer(void **state)
{
	size_t shape, way;
	u32 at;

	(void)state;
	for (shape = 0; shape < KINDS; shape++) {
		for (way = 0; way < ARRAY_SIZE(ways); way++) {
			fails(shape, way, 0, false);
			/* A command and a CMD_SYNC each. */
			for (at = 1; at <= 2 * ways[way].syncs; at++)
				fails(shape, way, at, true);
		}
	}
}

/* It may know the one or the other: neither is left in the table. */
static void one_word_fails(void **state)
{
	struct arm_smmu_ste ste;
	u32 refuse;

	(void)state;
	for (refuse = 0; refuse < 2; refuse++) {
		boot(two_level);
		ste = streams_ste(0, 0);
		assert_int_equal(streams_set(0, SID, &ste), 0);
		assert_true(is_attached(SID, 0));
		ste.data[2] ^= STRTAB_STE_2_S2R;
		if (refuse)
			model_knobs(busy)->refuse_in = 1;
		else
			model_knobs(busy)->commands_per_us = 0;
		assert_int_equal(streams_set(0, SID, &ste), refuse ? -EIO : -ETIMEDOUT);
		is_well();
		settled();
		assert_int_equal(where(SID), NONE);
		assert_true(is_detached(SID));
		assert_int_equal(streams_set(0, SID, &ste), 0);
		assert_true(is_attached(SID, 0));
	}
}

/* What may come in while a stream moves: another CPU that reads it, and moves its neighbour. */
static void other_cpu(void)
{
	struct arm_smmu_ste ste;
	u32 sid = moving.sid, n;

	for (n = 0; n < 3; n++) {
		if (streams_get(0, sid + 1, &ste) || streams_get(0, sid, &ste))
			world_bug("a stream cannot be read");
		/* Between two changes there is nothing half done. */
		if (ste.data[0] != STRTAB_STE_0_V && ste.data[0] != streams_ste(0, 0).data[0])
			world_bug("half an entry");
		if (n < 2 && (n ? streams_detach(0, sid + 1) : streams_attach(0, sid + 1, 1)))
			world_bug("a stream cannot be moved");
	}
}

/* Both make the first change among their streams. */
static void two_cpus(void **state)
{
	struct act act = { .fn = other_cpu, .cpu = 1 };
	bool acted = true;
	u64 before;

	(void)state;
	for (act.at = 1; acted; act.at++) {
		boot(two_level);
		for (act.back = 0; act.back < 40; act.back += 13) {
			before = tables();
			moving.sid = act.back * NR_L2;
			world_act(&act);
			assert_int_equal(streams_attach(0, moving.sid, 0), 0);
			assert_int_equal(streams_attach(0, moving.sid, 1), 0);
			acted = world_act_end();
			settled();
			assert_true(is_attached(moving.sid, 1) && is_detached(moving.sid + 1));
			assert_int_equal(tables(), before + PAGE_SIZE);
		}
	}
	assert_true(act.at > 20);
}

static void lose(void)
{
	model_lose(busy, MODEL_ALL, 7);
}

static void suspend(void)
{
	host_psci(PSCI_0_2_FN64_CPU_SUSPEND, 0x1010033, 0x80001000, 0);
}

/* Each stream is as it was before, and may be changed again. */
static void power_was_lost(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(shapes); i++) {
		boot(shapes[i]);
		firmware.power = lose;
		assert_int_equal(streams_attach(0, SID, 0), 0);
		assert_int_equal(streams_attach(0, 0, 1), 0);
		assert_int_equal(streams_attach(0, SID + 2, 1), 0);
		assert_int_equal(streams_detach(0, SID + 2), 0);
		suspend();
		assert_int_equal(counter(PKVM_IOMMU_POWER_LOSSES), 1);
		assert_true(is_attached(SID, 0) && is_attached(0, 1) && is_detached(SID + 2));
		assert_int_equal(streams_attach(0, SID, 1), 0);
		assert_int_equal(streams_detach(0, 0), 0);
		settled();
		suspend();
		assert_true(is_attached(SID, 1) && is_detached(0) && is_detached(SID + 2));
	}
}

/* It is shut and takes no command: what changes meanwhile counts once it is back. */
static void changed_while_gone(void **state)
{
	u64 before;

	(void)state;
	boot(two_level);
	firmware.power = lose;
	assert_int_equal(streams_attach(0, SID, 0), 0);
	model_knobs(busy)->commands_per_us = 0;
	suspend();
	assert_closed(busy);
	before = world_time();
	assert_int_equal(streams_attach(0, SID, 1), 0);
	assert_int_equal(streams_attach(0, NR_L2, 0), 0);
	assert_true(world_time() - before < 100);
	assert_closed(busy);
	model_knobs(busy)->commands_per_us = 3;
	suspend();
	assert_true(is_attached(SID, 1) && is_attached(NR_L2, 0) && is_detached(0));
	settled();
}

/* Nobody knows what it translates with. */
static void unknown(void **state)
{
	struct arm_smmu_ste ste, wanted;
	u64 before;

	(void)state;
	boot(two_level);
	firmware.power = lose;
	assert_int_equal(streams_attach(0, SID, 0), 0);
	before = tables();
	model_knobs(busy)->gbpa_us = MODEL_NEVER;
	suspend();
	assert_int_equal(streams_attach(0, SID, 1), -EIO);
	assert_int_equal(streams_detach(0, SID), -EIO);
	assert_int_equal(streams_attach(0, NR_L2, 1), -EIO);
	wanted = streams_ste(0, 0);
	assert_int_equal(streams_get(0, SID, &ste), 0);
	assert_memory_equal(&ste, &wanted, sizeof(ste));
	assert_int_equal(tables(), before);
	model_knobs(busy)->gbpa_us = 2;
	suspend();
	assert_true(is_attached(SID, 0) && is_detached(NR_L2));
}

/* The machine is about to end, and does not. */
static void changed_while_closed(void **state)
{
	(void)state;
	boot(two_level);
	assert_int_equal(streams_attach(0, SID, 0), 0);
	assert_true(is_attached(SID, 0));
	assert_true(pkvm_iommu_psci_enter(PSCI_0_2_FN_SYSTEM_RESET, 0));
	assert_int_equal(streams_attach(0, SID, 1), 0);
	assert_int_equal(streams_attach(0, NR_L2, 0), 0);
	assert_closed(busy);
	pkvm_iommu_psci_return(PSCI_0_2_FN_SYSTEM_RESET);
	assert_true(is_attached(SID, 1) && is_attached(NR_L2, 0) && is_detached(0));
}

static void set_without_lock(void)
{
	smmu_ste_clear(&smmus[0], SID);
}

static void get_without_lock(void)
{
	struct arm_smmu_ste ste;

	smmu_ste_get(&smmus[0], SID, &ste);
}

static void needs_the_host_lock(void **state)
{
	(void)state;
	boot(two_level);
	assert_non_null(strstr(world_bug_of(set_without_lock), "host_mmu.lock is not held"));
	assert_non_null(strstr(world_bug_of(get_without_lock), "host_mmu.lock is not held"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_stream_alone),
		cmocka_unit_test(memory_is_bounded),
		cmocka_unit_test(first_level),
		cmocka_unit_test(beyond_the_table),
		cmocka_unit_test(pool_is_empty),
		cmocka_unit_test(cannot_translate),
		cmocka_unit_test(what_it_costs),
		cmocka_unit_test(watched),
		cmocka_unit_test(first_time),
		cmocka_unit_test(one_word),
		cmocka_unit_test(does_not_answer),
		cmocka_unit_test(one_word_fails),
		cmocka_unit_test(two_cpus),
		cmocka_unit_test(power_was_lost),
		cmocka_unit_test(changed_while_gone),
		cmocka_unit_test(unknown),
		cmocka_unit_test(changed_while_closed),
		cmocka_unit_test(needs_the_host_lock),
	};

	return cmocka_run_group_tests_name("strtab", tests, NULL, NULL);
}
