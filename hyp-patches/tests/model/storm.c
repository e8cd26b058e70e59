// SPDX-License-Identifier: GPL-2.0-only
/* A host that calls EL2 at random: storm.h */

#include "machine.h"

#include <stdio.h>

#include "domains.h"
#include "points.h"
#include "random.h"
#include "storm.h"

#define SMMUS  2
#define ROUNDS 1000

/* Pages that are free when it begins: few, so that the host has to top up. */
#define FREE_PAGES 24

/* The domain, the stream and the pages that are used as they should be. */
#define RIGHT_ID     0
#define RIGHT_STREAM 8
#define RIGHT_IOVA   (3ULL * SZ_1G)
#define RIGHT_AT     (HIGH_BASE + 4 * BLOCK_SIZE)
#define RIGHT_PAGES  8

/* And those that the host donates then: no random call reaches them. */
#define RIGHT_TOPUP_AT	  (HIGH_BASE + 8 * BLOCK_SIZE)
#define RIGHT_TOPUP_PAGES 4

/* Memory that random calls are about, and memory that they donate. Blocks are split at once. */
#define PAGES_AT     HIGH_BASE
#define PAGES_BLOCKS 2
#define TOPUP_AT     (HIGH_BASE + 6 * BLOCK_SIZE)
#define BLOCKS	     9

enum call {
	ALLOC, FREE, ATTACH, DETACH, MAP, UNMAP, LOOKUP, TRIM, TOPUP, GIVE_BACK, EVENT, STATS, LEAVE,
	RETURN, NR_CALLS,
};

static const char *const names[NR_CALLS] = {
	"domain_alloc", "domain_free", "attach", "detach", "map", "unmap", "iova_to_phys", "trim",
	"topup", "give_back", "event", "stats", "page leaves", "page returns",
};

/* A CPU, or a device; only it changes this. */
struct agent {
	pthread_t thread;
	u32 number;
	u64 random;
	u64 calls;
	u64 sum;
	u64 made[NR_CALLS], worked[NR_CALLS];
	u64 rounds;
	u64 given, given_pages; /* to a guest */
};

static struct agent cpus[MODEL_CPUS], devices[SMMUS];
static struct model *smmus[SMMUS];
static bool stop;

static const u32 ids[] = { 1, 2, 3, 4, PKVM_IOMMU_MAX_DOMAINS - 1 };
static const u32 no_ids[] = {
	PKVM_IOMMU_MAX_DOMAINS, PKVM_IOMMU_MAX_DOMAINS + 1, 0x7fffffff, 0x80000000, 0xfffffffe,
	PKVM_IOMMU_DOMAIN_IDENTITY,
};
static const u32 streams[] = { 9, 10, 0, 0xff, 0x100, 0xffff };
static const u32 no_streams[] = { RIGHT_STREAM, 0x10000, 0x7fffffff, 0x80000000, ~0U };
static const u64 edges[] = {
	0, 1, PAGE_SIZE - 1, PAGE_SIZE, BLOCK_SIZE - PAGE_SIZE, BLOCK_SIZE, SZ_1G, 1ULL << 32,
	(1ULL << 39) - PAGE_SIZE, 1ULL << 39, (1ULL << 40) - PAGE_SIZE, 1ULL << 40,
	(1ULL << 44) - PAGE_SIZE, 1ULL << 44, 1ULL << 48, 1ULL << 52, 1ULL << 63, ~0ULL << PAGE_SHIFT,
	~0ULL - 1, ~0ULL,
};
static const u64 places[] = {
	0, PAGE_SIZE, 0x09000000, 0x09050000, 0x09050000 - PAGE_SIZE, ITS_BASE, ITS_TRANSLATER - PAGE_SIZE,
	LOW_BASE - PAGE_SIZE, LOW_BASE,
	IMAGE_BASE, POOL_BASE, POOL_BASE - PAGE_SIZE, NOMAP_BASE, NOMAP_BASE - PAGE_SIZE,
	LOW_BASE + LOW_SIZE - PAGE_SIZE, LOW_BASE + LOW_SIZE, HIGH_BASE + HIGH_SIZE - PAGE_SIZE,
	HIGH_BASE + HIGH_SIZE, MMIO_LIMIT - PAGE_SIZE, MMIO_LIMIT, (1ULL << 44) - PAGE_SIZE, 1ULL << 44,
	1ULL << 48, ~0ULL << PAGE_SHIFT,
};

#define ANY(random, of) ((of)[random_below(random, ARRAY_SIZE(of))])

static bool one_in(u64 *random, u64 n)
{
	return !random_below(random, n);
}

static u32 any_id(u64 *random)
{
	return one_in(random, 12) ? ANY(random, no_ids) : ANY(random, ids);
}

/* Of those that attach and detach, the mirror is one. */
static u32 any_domain(u64 *random)
{
	return one_in(random, 6) ? PKVM_IOMMU_DOMAIN_IDENTITY : any_id(random);
}

static u32 any_smmu(u64 *random)
{
	return one_in(random, 20) ? ANY(random, edges) | SMMUS : random_below(random, SMMUS);
}

static u32 any_stream(u64 *random)
{
	return one_in(random, 8) ? ANY(random, no_streams) : ANY(random, streams);
}

/* Around the end of a table of the level above the last but one, and of blocks behind it. */
static u64 any_iova(u64 *random)
{
	switch (random_below(random, 8)) {
	case 0:
		return ANY(random, edges);
	case 1:
		return 2ULL * SZ_1G + random_below(random, 4) * BLOCK_SIZE;
	default:
		return 2ULL * SZ_1G + random_below(random, 3) * BLOCK_SIZE +
		       (random_below(random, 32) - 16) * PAGE_SIZE;
	}
}

static u64 any_page(u64 *random)
{
	u64 block = PAGES_AT + random_below(random, PAGES_BLOCKS) * BLOCK_SIZE;

	return one_in(random, 8) ? block : block + random_below(random, 16) * PAGE_SIZE;
}

static u64 any_phys(u64 *random)
{
	switch (random_below(random, 16)) {
	case 0:
		return ANY(random, places);
	case 1:
		return ANY(random, edges) & PAGE_MASK;
	case 2:
		return RIGHT_AT + random_below(random, RIGHT_PAGES) * PAGE_SIZE;
	case 3:
		return TOPUP_AT + random_below(random, 16) * PAGE_SIZE;
	default:
		return any_page(random);
	}
}

static u64 any_count(u64 *random)
{
	static const u64 counts[] = { 0, 8, 16, 511, 512, 513, 4095 };

	return one_in(random, 16) ? ANY(random, counts) : 1 + random_below(random, 4);
}

static void answer(struct agent *a, enum call call, bool worked, u64 value)
{
	a->made[call]++;
	a->worked[call] += worked;
	a->sum = (a->sum ^ value) * 0x100000001b3ULL + call;
}

/* SMMUs do what they are told, so no call says otherwise; and none is about what is not its own. */
static void returned(struct agent *a, enum call call, int ret, u64 value)
{
	if (ret > 0 || ret == -EIO || ret == -ETIMEDOUT)
		world_bug("%s ends with %d", names[call], ret);
	answer(a, call, !ret, (u64)ret ^ value << 32);
}

static void call_streams(struct agent *a, enum call call)
{
	u32 id = any_domain(&a->random), smmu = any_smmu(&a->random), stream = any_stream(&a->random);
	u32 pasid = one_in(&a->random, 20) ? ANY(&a->random, edges) : 0;
	int ret = call == ATTACH ? __pkvm_iommu_attach(id, smmu, stream, pasid) :
				   __pkvm_iommu_detach(id, smmu, stream, pasid);

	if (!ret && (smmu >= SMMUS || stream == RIGHT_STREAM || stream > 0xffff || pasid))
		world_bug("%s of stream %#x of SMMU %u, PASID %u", names[call], stream, smmu, pasid);
	returned(a, call, ret, 0);
}

/* Now and then it is said to be longer than one may be. */
static u32 list(struct agent *a, u64 ranges[PKVM_IOMMU_RANGES_MAX], u64 (*any)(u64 *random))
{
	u32 i;

	for (i = 0; i < PKVM_IOMMU_RANGES_MAX; i++) {
		ranges[i] = (any(&a->random) & ~PKVM_IOMMU_RANGE_PAGES) | any_count(&a->random);
		if (one_in(&a->random, 64))
			ranges[i] |= PAGE_SIZE / 2;
	}

	if (one_in(&a->random, 24))
		return max((u32)ANY(&a->random, edges), PKVM_IOMMU_RANGES_MAX + 1U);

	return 1 + random_below(&a->random, PKVM_IOMMU_RANGES_MAX);
}

static void call_map(struct agent *a)
{
	u32 prot = one_in(&a->random, 12) ? ANY(&a->random, edges) : random_below(&a->random, 8);
	u32 id = one_in(&a->random, 12) ? ANY(&a->random, no_ids) : ANY(&a->random, ids);
	u64 ranges[PKVM_IOMMU_RANGES_MAX], did = ~0ULL;
	u64 iova = any_iova(&a->random);
	u32 nr = list(a, ranges, any_phys);
	int ret;

	/* Otherwise they are rare. */
	if (one_in(&a->random, 8)) {
		iova = ALIGN_DOWN(iova, BLOCK_SIZE);
		ranges[0] = (one_in(&a->random, 2) ? RIGHT_AT : PAGES_AT) | PKVM_IOMMU_PAGES_MAX;
	}
	ret = __pkvm_iommu_map(id, iova, prot, ranges, nr, &did);
	if (did > PKVM_IOMMU_PAGES_MAX || !did != !!ret)
		world_bug("a map of %llu pages ends with %d", did, ret);
	returned(a, MAP, ret, did);
}

static void call_unmap(struct agent *a)
{
	u64 ranges[PKVM_IOMMU_RANGES_MAX], did = ~0ULL;
	u32 nr = list(a, ranges, any_iova), id = any_id(&a->random);
	int ret = __pkvm_iommu_unmap(id, ranges, nr, &did);

	if (did > PKVM_IOMMU_PAGES_MAX || (ret && did))
		world_bug("an unmap of %llu pages ends with %d", did, ret);
	answer(a, UNMAP, did, (u64)ret ^ did << 32);
}

static void call_trim(struct agent *a)
{
	u64 iova = one_in(&a->random, 2) ? 0 : any_iova(&a->random), next = ~0ULL;
	int ret = __pkvm_iommu_trim(any_id(&a->random), iova, &next);

	if (next && (next <= iova || !PAGE_ALIGNED(next)))
		world_bug("a trim from %#llx is to go on at %#llx", iova, next);
	returned(a, TRIM, ret, next);
}

static void call_topup(struct agent *a)
{
	static const u64 counts[] = { 0, 1, 2, 4, 32, 33, 256, 512, 1ULL << 52, ~0ULL };
	u64 page = TOPUP_AT + random_below(&a->random, 64) * PAGE_SIZE, pfn;

	if (one_in(&a->random, 4))
		page = one_in(&a->random, 2) ? ANY(&a->random, places) : any_page(&a->random);
	pfn = one_in(&a->random, 16) ? ANY(&a->random, edges) : page >> PAGE_SHIFT;

	returned(a, TOPUP, __pkvm_iommu_topup(pfn, ANY(&a->random, counts)), 0);
}

/* What a guest took of the host it gives back; a page that is the host's it cannot. */
static void call_return(struct agent *a)
{
	int ret = a->given_pages ? world_take(a->given, a->given_pages) : world_take(RIGHT_AT, 1);

	if (!ret != !!a->given_pages)
		world_bug("the return of %llu pages at %#llx ends with %d", a->given_pages, a->given,
			  ret);
	a->given_pages = 0;
	returned(a, RETURN, ret, 0);
}

static void call_leave(struct agent *a)
{
	/* Most often one that few calls map. */
	u64 page = one_in(&a->random, 8) ? ANY(&a->random, places) :
					   any_page(&a->random) + random_below(&a->random, 4) * 16 * PAGE_SIZE;
	u64 n = one_in(&a->random, 32) ? PKVM_IOMMU_TRANSITION_MAX : 1 + random_below(&a->random, 4);
	int ret;

	if (a->given_pages) {
		call_return(a);
		return;
	}
	/* As the kernel does, before it looks at any of them. */
	ret = page + n * PAGE_SIZE < page ? -EINVAL : world_give(page, n);
	if (!ret) {
		a->given = page;
		a->given_pages = n;
	}
	returned(a, LEAVE, ret, 0);
}

static void call_others(struct agent *a)
{
	u64 record[PKVM_IOMMU_EVENT_WORDS] = {}, values[PKVM_IOMMU_STATS_BATCH] = {};
	u64 edge = ANY(&a->random, edges), start = 0, end = MMIO_LIMIT;
	int ret;

	switch (random_below(&a->random, 4)) {
	case 0:
		ret = __pkvm_iommu_event(any_smmu(&a->random), record);
		answer(a, EVENT, ret != PKVM_IOMMU_EVENT_NONE, ret);
		break;
	case 1:
		ret = __pkvm_iommu_stats(random_below(&a->random, 3), one_in(&a->random, 2) ? edge :
					 random_below(&a->random, 24), values);
		/* What they count differs between two that run at once. */
		returned(a, STATS, ret, 0);
		break;
	default:
		pkvm_iommu_host_abort(random_below(&a->random, 128), edge);
		pkvm_iommu_clip_range(edge, &start, &end);
	}
}

/* Every other time without its streams, which keep a domain alive. */
static void call_free(struct agent *a)
{
	u32 i, id = any_id(&a->random);

	for (i = one_in(&a->random, 2) ? 0 : SMMUS * ARRAY_SIZE(streams); i < SMMUS * ARRAY_SIZE(streams);
	     i++)
		returned(a, DETACH, __pkvm_iommu_detach(id, i % SMMUS, streams[i / SMMUS], 0), 0);
	returned(a, FREE, __pkvm_iommu_domain_free(id), 0);
}

static void call_once(struct agent *a)
{
	u64 shape = 0, back;
	int ret;

	switch (random_below(&a->random, 33)) {
	case 0 ... 2:
		ret = __pkvm_iommu_domain_alloc(any_id(&a->random), any_smmu(&a->random), &shape);
		returned(a, ALLOC, ret, shape);
		break;
	case 3:
		call_free(a);
		break;
	case 4 ... 6:
		call_streams(a, ATTACH);
		break;
	case 7 ... 8:
		call_streams(a, DETACH);
		break;
	case 9 ... 15:
		call_map(a);
		break;
	case 16 ... 22:
		call_unmap(a);
		break;
	case 23:
		back = __pkvm_iommu_iova_to_phys(any_id(&a->random), any_iova(&a->random));
		answer(a, LOOKUP, back, back);
		break;
	case 24:
		call_topup(a);
		break;
	case 25 ... 26:
		back = __pkvm_iommu_give_back();
		answer(a, GIVE_BACK, back, back);
		break;
	case 27 ... 29:
		call_leave(a);
		break;
	case 30:
		call_return(a);
		break;
	case 31:
		call_trim(a);
		break;
	default:
		call_others(a);
	}
	a->calls++;
}

/* A device of a stream that random calls attach: wherever it comes to, the host may be there. */
static void device_acts(u32 smmu, u64 *random)
{
	u64 iova = one_in(random, 4) ? any_phys(random) : any_iova(random), pa;
	u32 stream = ANY(random, streams);

	world_enter();
	if (!model_access(smmus[smmu], stream, iova, random_below(random, 2), &pa) &&
	    !world_host_may(pa, NULL))
		world_bug("SMMU %u lets a device of stream %#x reach %#llx", smmu, stream, pa);
	world_leave();
}

/* What a host does that is not hostile: where EL2 has no memory, it gets some. */
static void right_topup(u64 *random)
{
	u32 tries;

	for (tries = 0; tries < 1000; tries++) {
		u64 page = RIGHT_TOPUP_AT +
			   random_below(random, 128) * RIGHT_TOPUP_PAGES * PAGE_SIZE;
		int ret = __pkvm_iommu_topup(page >> PAGE_SHIFT, RIGHT_TOPUP_PAGES);

		if (!ret || ret == -ENOSPC)
			return;
	}
	world_bug("the host cannot top up any more");
}

static void right_map(u64 *random, u64 iova, u64 phys, u64 nr_pages)
{
	u32 tries = 0;
	u64 done = 0;
	int did;

	while (done < nr_pages) {
		did = domain_map(RIGHT_ID, iova + done * PAGE_SIZE, phys + done * PAGE_SIZE,
				 nr_pages - done, DOMAIN_RW);
		if (did == -ENOMEM && tries++ < 100)
			right_topup(random);
		else if (did < 0)
			world_bug("page %llu at %#llx cannot be mapped: %d", done, iova, did);
		else
			done += did;
	}
}

static void right_arrives(u64 iova, u64 at)
{
	u64 pa = ~0ULL;
	u32 i, fault;

	for (i = 0; i < 2 * SMMUS; i++) {
		world_enter();
		fault = model_access(smmus[i / 2], RIGHT_STREAM, iova, i % 2, &pa);
		world_leave();
		if (at ? fault || pa != at : !fault)
			world_bug("SMMU %u: %#llx leads to %#llx, and should to %#llx", i / 2, iova,
				  fault ? 0 : pa, at);
	}
	pa = __pkvm_iommu_iova_to_phys(RIGHT_ID, iova);
	if (pa != at)
		world_bug("%#llx is %#llx, and should be %#llx", iova, pa, at);
}

/* One round in the domain that is used as it should be. */
static void right_round(struct agent *a)
{
	bool block = one_in(&a->random, 8);
	u64 nr = block ? PKVM_IOMMU_PAGES_MAX : 1 + random_below(&a->random, RIGHT_PAGES);
	u64 iova = RIGHT_IOVA + (block ? 0 : random_below(&a->random, 64)) * PAGE_SIZE, done = 0;
	int did;

	right_map(&a->random, iova, RIGHT_AT, nr);
	right_arrives(iova, RIGHT_AT);
	right_arrives(iova + (nr - 1) * PAGE_SIZE, RIGHT_AT + (nr - 1) * PAGE_SIZE);
	did = world_give(RIGHT_AT + random_below(&a->random, nr) * PAGE_SIZE, 1);
	if (did != -EBUSY)
		world_bug("a page that a domain maps leaves the host: %d", did);
	while (done < nr) {
		did = domain_unmap(RIGHT_ID, iova + done * PAGE_SIZE, nr - done);
		if (did <= 0)
			world_bug("page %llu at %#llx cannot be unmapped: %d", done, iova, did);
		done += did;
	}
	right_arrives(iova, 0);
	right_arrives(iova + (nr - 1) * PAGE_SIZE, 0);
	a->rounds++;
}

/* All that is to be the same in the end. */
struct holdings {
	u64 memory[PKVM_IOMMU_NR_MEMORY];
	u64 maps;
};

static struct holdings holdings(void)
{
	struct holdings h = {};
	u64 phys;
	u32 i;

	for (i = 0; i < PKVM_IOMMU_NR_MEMORY; i++)
		h.memory[i] = memory_of(i);
	for (i = 0; i < hyp_memblock_nr; i++) {
		for (phys = hyp_memory[i].base; phys < hyp_memory[i].base + hyp_memory[i].size;
		     phys += PAGE_SIZE)
			h.maps += domain_maps(phys);
	}

	return h;
}

static void must(int ret, const char *what)
{
	if (ret)
		world_bug("%s, where all is well: %d", what, ret);
}

/* Tables that stay for ever are there before it begins: of domains, of streams, split blocks. */
static void prepare(void)
{
	u32 i, smmu;
	u64 n;

	for (i = 0; i < ARRAY_SIZE(ids); i++) {
		must(domain_alloc(ids[i], 0) < 0, "alloc");
		must(domain_free(ids[i]) < 0, "free");
	}
	must(domain_alloc(RIGHT_ID, 0) < 0, "alloc");
	for (smmu = 0; smmu < SMMUS; smmu++) {
		for (i = 0; i < ARRAY_SIZE(streams); i++) {
			must(__pkvm_iommu_attach(RIGHT_ID, smmu, streams[i], 0), "attach");
			must(__pkvm_iommu_detach(RIGHT_ID, smmu, streams[i], 0), "detach");
		}
	}
	for (n = 0; n < BLOCKS; n++) {
		must(world_give(HIGH_BASE + n * BLOCK_SIZE, 1), "a page leaves");
		must(world_take(HIGH_BASE + n * BLOCK_SIZE, 1), "a page returns");
	}
	for (i = 0; i < ARRAY_SIZE(places); i++) {
		for (n = 1; n <= 4; n++) {
			if (places[i] + n * PAGE_SIZE > places[i] && !world_give(places[i], n))
				must(world_take(places[i], n), "a page returns");
		}
	}
	while (pool_has(FREE_PAGES + 1))
		pool_take(PKVM_IOMMU_MEM_QUEUES);
}

static void right_begin(void)
{
	u32 smmu;

	for (smmu = 0; smmu < SMMUS; smmu++)
		must(__pkvm_iommu_attach(RIGHT_ID, smmu, RIGHT_STREAM, 0), "attach");
}

static void right_end(void)
{
	u32 smmu;

	for (smmu = 0; smmu < SMMUS; smmu++)
		must(__pkvm_iommu_detach(RIGHT_ID, smmu, RIGHT_STREAM, 0), "detach");
	must(domain_free(RIGHT_ID) < 0, "free");
}

/* All that random calls may have left. */
static void clear_away(void)
{
	u32 i, smmu, d;
	int ret;

	for (i = 0; i < MODEL_CPUS; i++) {
		if (cpus[i].given_pages)
			must(world_take(cpus[i].given, cpus[i].given_pages), "a page returns");
	}
	for (i = 0; i < SMMUS * ARRAY_SIZE(streams); i++) {
		smmu = i % SMMUS;
		__pkvm_iommu_detach(PKVM_IOMMU_DOMAIN_IDENTITY, smmu, streams[i / SMMUS], 0);
		for (d = 0; d < ARRAY_SIZE(ids); d++)
			__pkvm_iommu_detach(ids[d], smmu, streams[i / SMMUS], 0);
	}
	for (d = 0; d < ARRAY_SIZE(ids); d++) {
		ret = domain_free(ids[d]);
		must(ret < 0 && ret != -ENOENT ? ret : 0, "free");
	}
}

static void compare(const struct holdings *before, const struct holdings *after)
{
	u32 i;

	if (before->maps != after->maps)
		world_bug("pages count as mapped %llu times, and did %llu times", after->maps,
			  before->maps);
	for (i = 0; i < PKVM_IOMMU_NR_MEMORY; i++) {
		if (before->memory[i] != after->memory[i])
			world_bug("EL2's memory, use %u: %llu bytes, and %llu before", i,
				  after->memory[i], before->memory[i]);
	}
}

static void boot(u64 seed)
{
	struct model_config a = machine_default(0), b = machine_default(1);

	/* The second invalidates page by page, and is slow. */
	b.idr1 = 3 << 21 | 2 << 16 | 16;
	b.idr3 = 2 << 11;
	b.commands_per_us = 1;
	a.ahead_in = b.ahead_in = 16;
	a.seed = b.seed = seed;
	machine_new();
	pkvm_iommu_machine.mode = PKVM_IOMMU_PARAVIRT;
	smmus[0] = machine_add(&a, true);
	smmus[1] = machine_add(&b, true);
	must(machine_boot(), "boot");
}

static void *cpu_thread(void *arg)
{
	struct agent *a = arg;
	u64 calls = a->calls;

	model_cpu = a->number;
	for (a->calls = 0; a->calls < calls;) {
		call_once(a);
		if (!a->number && one_in(&a->random, 16))
			right_round(a);
	}

	return NULL;
}

static void *device_thread(void *arg)
{
	struct agent *a = arg;

	while (!__atomic_load_n(&stop, __ATOMIC_RELAXED))
		device_acts(a->number, &a->random);

	return NULL;
}

static void start(struct agent *a, void *(*fn)(void *))
{
	if (pthread_create(&a->thread, NULL, fn, a))
		world_bug("no thread can be started");
}

static void at_once(u64 calls)
{
	u32 i;

	__atomic_store_n(&stop, false, __ATOMIC_RELAXED);
	world_threads(true);
	for (i = 0; i < SMMUS; i++)
		start(&devices[i], device_thread);
	for (i = 0; i < MODEL_CPUS; i++) {
		cpus[i].calls = calls / MODEL_CPUS;
		start(&cpus[i], cpu_thread);
	}
	for (i = 0; i < MODEL_CPUS; i++)
		pthread_join(cpus[i].thread, NULL);
	__atomic_store_n(&stop, true, __ATOMIC_RELAXED);
	for (i = 0; i < SMMUS; i++)
		pthread_join(devices[i].thread, NULL);
	world_threads(false);
}

static void comes_in(void)
{
	call_once(&cpus[model_cpu]);
}

static u64 calls_made(void)
{
	u64 n = 0;
	u32 i;

	for (i = 0; i < MODEL_CPUS; i++)
		n += cpus[i].calls;

	return n;
}

/* Whoever is not the first may also come in amid what that one does, and be interrupted then. */
static void in_turn(u64 seed, u64 calls)
{
	u64 random = seed;
	bool blocks;
	u32 cpu;

	while (calls_made() < calls) {
		cpu = random_below(&random, MODEL_CPUS);
		if (cpu && !one_in(&random, 6)) {
			model_cpu = cpu;
			call_once(&cpus[cpu]);
			model_cpu = 0;
			continue;
		}
		/* Half of them with the same call. */
		if (cpu && one_in(&random, 2))
			cpus[cpu].random = cpus[0].random;
		blocks = one_in(&random, 2);
		if (cpu)
			world_act(&(struct act){
				.fn = comes_in, .cpu = cpu, .blocks = blocks, .seed = random,
				.one_in = 1 + random_below(&random, blocks ? 256 : 16),
			});
		if (one_in(&random, 8))
			right_round(&cpus[0]);
		else
			call_once(&cpus[0]);
		world_act_end();
		locks_all_free();
		device_acts(random_below(&random, SMMUS), &devices[0].random);
	}
}

u64 storm_run(u64 seed, u64 calls, bool threads)
{
	struct holdings before, after;
	u64 rounds, sum = 0;
	u32 i;

	memset(cpus, 0, sizeof(cpus));
	memset(devices, 0, sizeof(devices));
	for (i = 0; i < MODEL_CPUS; i++) {
		cpus[i].number = i;
		cpus[i].random = seed * 100 + i;
	}
	for (i = 0; i < SMMUS; i++) {
		devices[i].number = i;
		devices[i].random = seed * 100 + 50 + i;
	}
	boot(seed);
	prepare();
	must(domain_free(RIGHT_ID) < 0, "free");
	before = holdings();
	must(domain_alloc(RIGHT_ID, 0) < 0, "alloc");
	right_begin();

	if (threads)
		at_once(calls);
	else
		in_turn(seed, calls);

	locks_all_free();
	clear_away();
	if (!cpus[0].rounds)
		world_bug("no domain was used as it should be meanwhile");
	for (rounds = 0; rounds < ROUNDS; rounds++)
		right_round(&cpus[0]);
	right_end();
	while (__pkvm_iommu_give_back())
		;
	after = holdings();
	compare(&before, &after);
	for (i = 0; i < SMMUS; i++)
		assert_closed(smmus[i]);
	for (i = 0; i < MODEL_CPUS; i++)
		sum = (sum ^ cpus[i].sum) * 0x100000001b3ULL;

	return sum;
}

static void tally(u32 call, u64 *made, u64 *worked)
{
	u32 i;

	for (*made = *worked = 0, i = 0; i < MODEL_CPUS; i++) {
		*made += cpus[i].made[call];
		*worked += cpus[i].worked[call];
	}
}

void storm_print(void)
{
	u64 made, worked;
	u32 call;

	for (call = 0; call < NR_CALLS; call++) {
		tally(call, &made, &worked);
		printf("# %s: %llu, %llu of them worked\n", names[call], made, worked);
	}
	printf("# %llu random calls, %llu rounds of map, DMA, unmap in a domain of its own\n",
	       calls_made(), cpus[0].rounds);
}

bool storm_covers(void)
{
	u64 made, worked;
	u32 call;

	for (call = 0; call < NR_CALLS; call++) {
		tally(call, &made, &worked);
		if (!worked || worked == made)
			return false;
	}

	return true;
}
