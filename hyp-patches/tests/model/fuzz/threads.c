// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hostile CPUs and devices as threads, all at once, on EL2 code that ThreadSanitizer
 * watches: transitions, top-ups, resets, events, aborts and statistics against each other,
 * every other time in the mode with domains, which all of the CPUs map, attach and end.
 * Devices compare what they reach with who owns it.
 *
 *	threads [SECONDS]
 */

#include "machine.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "domains.h"
#include "points.h"
#include "random.h"

/* So many operations of each on one machine; then another one boots. */
#define OPERATIONS 200
#define DEVICES	   2

static struct model *smmus[2];
static bool paravirt;
static u64 transitions, failures, topups, resets, transactions, maps, unmaps, ends, attached;

struct agent {
	pthread_t thread;
	u32 number;
	u64 random;
};

static void count(u64 *counter)
{
	__atomic_fetch_add(counter, 1, __ATOMIC_RELAXED);
}

/* Few enough for CPUs to meet in a block, and blocks enough to be split all the time. */
static u64 random_page(u64 *random)
{
	u64 block = random_below(random, 64), page = random_below(random, 16);

	return HIGH_BASE + block * BLOCK_SIZE + page * PAGE_SIZE;
}

static void give_and_take(u64 *random)
{
	u64 page = random_page(random), nr_pages = 1 + random_below(random, 8);
	int ret = world_give(page, nr_pages);

	if (ret == -ENOMEM && !__pkvm_iommu_topup(random_page(random) >> PAGE_SHIFT, 4))
		count(&topups);
	else if (ret && ret != -EPERM && ret != -ENOMEM && (ret != -EBUSY || !paravirt))
		world_bug("a transition ends with %d", ret);
	if (!ret && random_below(random, 4) && world_take(page, nr_pages))
		world_bug("the pages of a guest at %#llx became those of another", page);
	count(ret ? &failures : &transitions);
}

static void reset(void)
{
	if (!pkvm_iommu_psci_enter(PSCI_0_2_FN_SYSTEM_RESET, 0))
		world_bug("SMMUs that answer cannot be closed");
	pkvm_iommu_psci_return(PSCI_0_2_FN_SYSTEM_RESET);
	count(&resets);
}

static void touch(u64 *random)
{
	u64 start = 0, end = MMIO_LIMIT, addr = 0x09040000 + random_below(random, SZ_1M);

	pkvm_iommu_host_abort(random_below(random, 128), addr);
	pkvm_iommu_clip_range(addr, &start, &end);
}

/* Few, so that CPUs meet in them; addresses and pages as well. */
#define DOMAINS 3
#define STREAM	8

static u64 random_iova(u64 *random)
{
	return 0x20000000 - (random_below(random, 16)) * PAGE_SIZE;
}

static void use_domains(u64 *random)
{
	u32 id = random_below(random, DOMAINS), iommu = random_below(random, 2);
	u64 iova = random_iova(random), page = random_page(random), bits, next;

	switch (random_below(random, 16)) {
	case 0:
		__pkvm_iommu_domain_alloc(id, iommu, &bits);
		break;
	case 1:
		if (!__pkvm_iommu_domain_free(id))
			count(&ends);
		break;
	case 2:
	case 3:
		if (!__pkvm_iommu_attach(random_below(random, 8) ? id : PKVM_IOMMU_DOMAIN_IDENTITY,
					 iommu, STREAM + random_below(random, 2), 0))
			count(&attached);
		break;
	case 4:
		__pkvm_iommu_detach(random_below(random, 4) ? id : PKVM_IOMMU_DOMAIN_IDENTITY, iommu,
				    STREAM + random_below(random, 2), 0);
		break;
	case 5:
		__pkvm_iommu_iova_to_phys(id, iova);
		break;
	case 6:
		__pkvm_iommu_trim(id, random_below(random, 2) ? iova : 0, &next);
		break;
	case 7:
	case 8:
	case 9:
	case 10:
		if (domain_map(id, iova, page, 1 + random_below(random, 4), DOMAIN_RW) > 0)
			count(&maps);
		break;
	default:
		if (domain_unmap(id, iova, 1 + random_below(random, 8)) > 0)
			count(&unmaps);
	}
}

/* Nothing is left of them. */
static void end_domains(void)
{
	u32 id, i;
	u64 block, page;

	for (i = 0; i < 2 * 2; i++) {
		for (id = 0; id < DOMAINS; id++)
			__pkvm_iommu_detach(id, i / 2, STREAM + i % 2, 0);
		__pkvm_iommu_detach(PKVM_IOMMU_DOMAIN_IDENTITY, i / 2, STREAM + i % 2, 0);
	}
	for (id = 0; id < DOMAINS; id++) {
		int ret = domain_free(id);

		if (ret < 0 && ret != -ENOENT)
			world_bug("a domain does not end: %d", ret);
	}
	for (block = 0; block < 64; block++) {
		for (page = 0; page < 20; page++) {
			if (domain_maps(HIGH_BASE + block * BLOCK_SIZE + page * PAGE_SIZE))
				world_bug("a page is still counted");
		}
	}
}

static void *cpu(void *arg)
{
	u64 record[PKVM_IOMMU_EVENT_WORDS], values[PKVM_IOMMU_STATS_BATCH];
	struct agent *self = arg;
	u64 *random = &self->random;
	u32 i;

	model_cpu = self->number;
	for (i = 0; i < OPERATIONS; i++) {
		while (paravirt && random_below(random, 4))
			use_domains(random);
		switch (random_below(random, 16)) {
		case 0:
			__pkvm_iommu_event(random_below(random, 3), record);
			break;
		case 1:
			__pkvm_iommu_stats(random_below(random, 3), random_below(random, 20),
					   values);
			break;
		case 2:
			touch(random);
			break;
		case 3:
			if (!random_below(random, 8))
				reset();
			break;
		case 4:
			if (!__pkvm_iommu_topup(random_page(random) >> PAGE_SHIFT, 2))
				count(&topups);
			break;
		default:
			give_and_take(random);
		}
	}

	return NULL;
}

static bool stop;

/* Devices do nothing else: without a pause they would keep the CPUs out for seconds. */
static void give_way(void)
{
	nanosleep(&(struct timespec){ .tv_nsec = 1000 }, NULL);
}

static void *device(void *arg)
{
	struct agent *self = arg;
	struct model *m = smmus[self->number];
	u64 addr, pa;
	bool may;

	for (; !__atomic_load_n(&stop, __ATOMIC_RELAXED); give_way()) {
		addr = random_page(&self->random);
		world_enter();
		may = world_host_may(addr, NULL);
		if (paravirt) {
			/* Wherever that leads. */
			addr = random_below(&self->random, 2) ? addr : random_iova(&self->random);
			if (!model_access(m, STREAM, addr, true, &pa) && !world_host_may(pa, NULL))
				world_bug("SMMU %u lets a device reach %#llx", self->number, pa);
			world_leave();
			count(&transactions);
			continue;
		}
		if (reaches(m, addr) && !may)
			world_bug("SMMU %u lets a device reach %#llx", self->number, addr);
		world_leave();
		count(&transactions);
	}

	return NULL;
}

static void start(struct agent *agent, void *(*fn)(void *), u32 number, u64 seed)
{
	agent->number = number;
	agent->random = seed + number;
	if (pthread_create(&agent->thread, NULL, fn, agent))
		world_bug("no thread can be started");
}

static void boot(u64 seed)
{
	struct model_config a = machine_default(0), b = machine_default(1);

	/* The second snoops nothing, invalidates page by page, and is slow. */
	b.idr0 &= ~(1U << 4);
	b.idr1 = 3 << 21 | 2 << 16 | 16;
	b.idr3 = 2 << 11;
	b.commands_per_us = 1;
	a.ahead_in = b.ahead_in = 16;
	a.seed = b.seed = seed;
	paravirt = seed % 2;
	if (paravirt)
		b.idr0 |= 1U << 4;
	machine_new();
	pkvm_iommu_machine.mode = paravirt ? PKVM_IOMMU_PARAVIRT : PKVM_IOMMU_IDENTITY;
	world_reserve(POOL_BASE, 256);
	smmus[0] = machine_add(&a, true);
	smmus[1] = machine_add(&b, paravirt);
	if (machine_boot())
		world_bug("the machine does not boot");
	while (pool_has(8))
		pool_take(PKVM_IOMMU_MEM_QUEUES);
}

static void run(u64 seed)
{
	struct agent cpus[MODEL_CPUS], devices[DEVICES];
	u32 i;

	boot(seed);
	__atomic_store_n(&stop, false, __ATOMIC_RELAXED);
	world_threads(true);
	for (i = 0; i < DEVICES; i++)
		start(&devices[i], device, i, seed * 100 + 50);
	for (i = 0; i < MODEL_CPUS; i++)
		start(&cpus[i], cpu, i, seed * 100);
	for (i = 0; i < MODEL_CPUS; i++)
		pthread_join(cpus[i].thread, NULL);
	__atomic_store_n(&stop, true, __ATOMIC_RELAXED);
	for (i = 0; i < DEVICES; i++)
		pthread_join(devices[i].thread, NULL);
	world_threads(false);

	locks_all_free();
	if (paravirt)
		end_domains();
	for (i = 0; i < ARRAY_SIZE(smmus); i++) {
		if (paravirt)
			assert_closed(smmus[i]);
		else
			assert_mirror(smmus[i]);
	}
}

int main(int argc, char **argv)
{
	time_t end = time(NULL) + (argc > 1 ? atoi(argv[1]) : 10);
	u64 seed = 0;

	do {
		run(++seed);
	} while (time(NULL) < end);
	if (!transitions || !topups || !resets || !transactions || !maps || !unmaps || !ends ||
	    !attached)
		world_bug("some of it never happened");
	printf("# %llu machines: %llu transitions, %llu refused, %llu top-ups, %llu resets, %llu "
	       "transactions of devices, %llu maps, %llu unmaps, %llu streams attached, %llu domains "
	       "ended\n",
	       seed, transitions, failures, topups, resets, transactions, maps, unmaps, attached, ends);
	printf("ok 1 - no race, no lock held, no page out of place\n1..1\n");

	return 0;
}
