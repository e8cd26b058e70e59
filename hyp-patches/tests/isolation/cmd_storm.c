// SPDX-License-Identifier: GPL-2.0-only
/*
 * Random hypercalls, all that the paravirt mode has, from all CPUs at once, with arguments at the
 * edges of what is right: domains that all of them make, fill, use and free, pages that are the
 * host's and pages that are not, streams that there are and others. Meanwhile a domain that they leave
 * alone works. Then they are cleared away: no page is counted as mapped any more, so that a
 * guest can have it; and EL2's memory is what it was and what it got.
 *
 * What each process asks for is told by the seed, which is printed; in which order EL2 hears
 * them is not.
 */

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cases.h"
#include "commands.h"
#include "domain.h"
#include "kmod.h"
#include "ktap.h"
#include "mailbox.h"
#include "state.h"

#define CALLS		200000
#define ROUNDS		1000
#define RESULTS		4	/* of cmd_storm() */
#define CPUS_MAX	16
#define IDS		8	/* domains that the random calls share, from FIRST_ID on */
#define FIRST_ID	(DOMAIN_A + 8)
#define STREAMS		8	/* streams without a device that they use, from FIRST_STREAM on */
#define FIRST_STREAM	0x7f8u
#define OWN_FIRST	2	/* pages of the fixture that they map */
#define OWN		16
#define VICTIM		1	/* the right domain's */
#define TOPUPS		64	/* of each process */

struct tally {
	uint64_t calls;
	uint64_t worked;
};

/* xorshift64* */
static uint64_t next(uint64_t *seed)
{
	*seed ^= *seed >> 12;
	*seed ^= *seed << 25;
	*seed ^= *seed >> 27;

	return *seed * 0x2545f4914f6cdd1dull;
}

static uint64_t below(uint64_t *seed, uint64_t n)
{
	return (next(seed) >> 16) % n;
}

static uint64_t edge(uint64_t *seed)
{
	static const uint64_t edges[] = {
		0, 1, 0xfff, 0x1000, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xfffffffe,
		0xffffffff, 1ull << 32, 1ull << 39, 1ull << 40, 1ull << 44, 1ull << 48, 1ull << 52,
		1ull << 63, ~0ull << 12, ~0ull,
	};

	return edges[below(seed, sizeof(edges) / sizeof(edges[0]))];
}

static uint64_t id(uint64_t *seed)
{
	static const uint64_t others[] = {
		DOMAIN_MAX, DOMAIN_MAX + 1, 0x7fffffff, 0xfffffffe, DOMAIN_IDENTITY,
	};

	return below(seed, 10) ? FIRST_ID + below(seed, IDS) : others[below(seed, 5)];
}

/* Few addresses, so that they meet; some at the ends of tables, some beyond. */
static uint64_t iova(uint64_t *seed, uint64_t size)
{
	switch (below(seed, 8)) {
	case 0:
		return edge(seed);
	case 1:
		return DOMAIN_IOVA - size;
	case 2:
		return DOMAIN_IOVA + size / 2;
	case 3:
		return DOMAIN_IOVA + (below(seed, 4) << 30) - below(seed, 4) * size;
	default:
		return DOMAIN_IOVA + below(seed, 32) * size;
	}
}

static uint64_t phys(struct fixture *f, uint64_t *seed)
{
	const uint64_t size = f->mem.page_size;

	switch (below(seed, 12)) {
	case 0:
		return edge(seed) / size * size;
	case 1:
		return f->memmap.carveout.start +
		       below(seed, f->memmap.carveout.size / size) * size;
	case 2:
		return f->memmap.smmu[0] + below(seed, 4) * SMMU_PAGE;
	case 3:
		return f->memmap.ram_end - below(seed, 2) * size;
	case 4:
		return f->edu.phys / size * size;
	default:
		return f->mem.phys[OWN_FIRST + below(seed, OWN)];
	}
}

/* Mostly one page: what lies behind a page of ours is another's, and the host could lose it. */
static uint64_t count(uint64_t *seed)
{
	return below(seed, 16) ? 1 : below(seed, 2) ? 0 : 1 + below(seed, 3);
}

static uint64_t stream(struct fixture *f, uint64_t *seed)
{
	switch (below(seed, 8)) {
	case 0:
		return edge(seed) | 1ull << 31;
	case 1:
		return f->streams[below(seed, FIXTURE_STREAMS)].id;
	default:
		return FIRST_STREAM + below(seed, STREAMS);
	}
}

/* Those that name no domain. What is topped up is nobody's to give: pages of ours have a use. */
static void other_call(struct fixture *f, uint64_t *seed, uint64_t x[ISOLATION_HVC_REGS])
{
	const struct isolation_ids *ids = &f->ids;

	switch (below(seed, 4)) {
	case 0:
		x[0] = ids->topup;
		x[1] = (below(seed, 2) ? f->memmap.carveout.start : f->memmap.ram_end) /
		       f->mem.page_size + below(seed, 4);
		x[2] = below(seed, 2) ? 1 + below(seed, 32) : edge(seed);
		break;
	case 1:
		x[0] = ids->give_back;
		break;
	case 2:
		x[0] = ids->event;
		x[1] = below(seed, 2) ? below(seed, 3) : edge(seed);
		break;
	default:
		x[0] = ids->stats;
		x[1] = below(seed, 2) ? below(seed, 3) : edge(seed);
		x[2] = below(seed, 2) ? below(seed, 24) : edge(seed);
		break;
	}
}

static void random_call(struct fixture *f, uint64_t *seed, uint64_t x[ISOLATION_HVC_REGS])
{
	const struct isolation_ids *ids = &f->ids;
	const uint64_t size = f->mem.page_size, smmu = below(seed, 20) ? f->streams[0].iommu :
									edge(seed);
	uint64_t n = below(seed, 30) ? 1 + below(seed, DOMAIN_LIST) : edge(seed);
	size_t i;

	memset(x, 0, ISOLATION_HVC_REGS * sizeof(*x));
	x[1] = id(seed);
	switch (below(seed, 19)) {
	case 0:
		x[0] = ids->domain_alloc;
		x[2] = smmu;
		break;
	case 1:
		x[0] = below(seed, 5) ? ids->iova_to_phys : ids->domain_free;
		x[2] = iova(seed, size);
		break;
	case 2:
	case 3:
		x[0] = ids->attach;
		x[2] = smmu;
		x[3] = stream(f, seed);
		x[4] = below(seed, 20) ? 0 : edge(seed);
		break;
	case 4:
	case 5:
		x[0] = ids->detach;
		x[2] = smmu;
		x[3] = stream(f, seed);
		x[4] = below(seed, 20) ? 0 : edge(seed);
		break;
	case 6:
		x[0] = ids->iova_to_phys;
		x[2] = iova(seed, size);
		break;
	case 7:
	case 8:
	case 9:
	case 10:
	case 11:
		x[0] = ids->map;
		x[2] = iova(seed, size);
		x[3] = n << 32 | (below(seed, 20) ? below(seed, 8) : edge(seed) & 0xffffffff);
		for (i = 0; i < DOMAIN_LIST; i++)
			x[4 + i] = phys(f, seed) | count(seed);
		break;
	case 12:
		other_call(f, seed, x);
		break;
	case 13:
		x[0] = ids->trim;
		x[2] = below(seed, 2) ? iova(seed, size) : 0;
		break;
	default:
		x[0] = ids->unmap;
		x[3] = n;
		for (i = 0; i < DOMAIN_LIST; i++)
			x[4 + i] = iova(seed, size) / size * size | count(seed);
		break;
	}
}

static void storm(struct fixture *f, uint64_t seed, uint64_t calls, struct tally *t)
{
	uint64_t x[ISOLATION_HVC_REGS];
	int topups = 0;

	for (t->calls = 0; t->calls < calls; t->calls++) {
		random_call(f, &seed, x);
		if (kmod_hvc(f->kmod, x))
			continue;
		t->worked += !x[1];
		if ((int)x[1] == -ENOMEM && topups++ < TOPUPS)
			domain_topup(f);
	}
}

/* One round in the right domain. 0 or -errno. */
static int round_trip(struct fixture *f)
{
	int ret = domain_map(f, DOMAIN_A, DOMAIN_IOVA, f->mem.phys[VICTIM]);

	if (!ret)
		ret = domain_hits(f, DOMAIN_IOVA, VICTIM);
	if (ret != REACHED)
		return ret < 0 ? ret : -EIO;
	ret = domain_unmap(f, DOMAIN_A, DOMAIN_IOVA);
	if (!ret)
		ret = domain_hits(f, DOMAIN_IOVA, VICTIM);

	return ret == REACHED ? -EBADMSG : ret;
}

/* Return: how many processes there are, and less than wanted when one could not be had. */
static long start(struct fixture *f, uint64_t seed, long cpus, pid_t *pid, struct tally *t)
{
	long i;

	for (i = 0; i < cpus; i++) {
		pid[i] = fork();
		if (pid[i] < 0)
			return i;
		if (!pid[i]) {
			storm(f, (seed + (uint64_t)i) * 0x9e3779b97f4a7c15ull | 1,
			      (uint64_t)(CALLS / cpus), &t[i]);
			_exit(0);
		}
	}

	return cpus;
}

/* All that random calls may have left. 0 or -errno. */
static int clear_away(struct fixture *f)
{
	struct stream s = { .iommu = f->streams[0].iommu };
	uint32_t d, i;
	int ret, worst = 0;

	for (i = 0; i < STREAMS; i++) {
		s.id = FIRST_STREAM + i;
		domain_detach(f, DOMAIN_IDENTITY, &s);
		for (d = FIRST_ID; d < FIRST_ID + IDS; d++)
			domain_detach(f, d, &s);
	}
	for (d = FIRST_ID; d < FIRST_ID + IDS; d++) {
		ret = domain_free(f, d);
		if (ret && ret != -ENOENT)
			worst = ret;
	}

	return worst;
}

/* A guest takes the pages that were mapped and unmapped. 0 or -errno. */
static int guest_has_them(struct fixture *f)
{
	return mailbox_fill(f->guest, OWN_FIRST, OWN);
}

static void run(struct fixture *f, uint64_t seed, struct tally *t, const struct holdings *before)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN), left, i;
	uint64_t calls = 0, worked = 0;
	struct holdings after;
	size_t beside = 0, rounds;
	pid_t pid[CPUS_MAX];
	int status, ret, bad = 0;

	if (cpus > CPUS_MAX)
		cpus = CPUS_MAX;
	left = start(f, seed, cpus, pid, t);
	bad = left != cpus;
	for (i = 0; i < left; i++) {
		for (ret = 0; !ret && !waitpid(pid[i], &status, WNOHANG); beside++)
			ret = round_trip(f);
		if (ret) {
			ktap_note("round %zu beside them: %s", beside, strerror(-ret));
			waitpid(pid[i], &status, 0);
		}
		bad |= ret || !WIFEXITED(status) || WEXITSTATUS(status);
	}
	for (i = 0; i < cpus; i++) {
		calls += t[i].calls;
		worked += t[i].worked;
	}
	ktap_result(!bad && beside && calls == (uint64_t)(CALLS / cpus * cpus) && worked,
		    "%s storm: seed %" PRIu64 ": %" PRIu64 " random calls on %ld CPUs, %" PRIu64
		    " worked, and %zu rounds of map, DMA, unmap beside them", f->mode, seed, calls,
		    cpus, worked, beside);

	ret = clear_away(f);
	for (rounds = 0; !ret && rounds < ROUNDS; rounds++)
		ret = round_trip(f);
	ktap_result(!ret, "%s storm: then %zu rounds of map, DMA, unmap: %s", f->mode, rounds,
		    strerror(-ret));
	ret = domain_end(f);
	after = state_holdings();
	ktap_result(!ret && after.own == before->own && after.tables == before->tables,
		    "%s storm: EL2 has %" PRIu64 " bytes besides what it was given, and had %" PRIu64
		    "; %" PRIu64 " of tables, and had %" PRIu64, f->mode, after.own, before->own,
		    after.tables, before->tables);
	ret = guest_has_them(f);
	ktap_result(!ret, "%s storm: a guest gets the pages that were mapped: %s", f->mode,
		    strerror(-ret));
}

/* Any; what the clock shows differs little between boots. */
static uint64_t some_seed(void)
{
	uint32_t seed = 0;

	return getrandom(&seed, sizeof(seed), GRND_NONBLOCK) == sizeof(seed) ? seed :
									      (uint64_t)getpid();
}

int cmd_storm(struct fixture *f, const char *argument)
{
	char *rest = "";
	uint64_t seed = argument ? strtoull(argument, &rest, 0) : some_seed();
	struct holdings before = state_holdings();
	struct tally *t;
	int ret;

	if (*rest) {
		fprintf(stderr, "isolation: storm wants a number, not '%s'\n", argument);
		return EX_WRONG_USAGE;
	}
	t = mmap(NULL, CPUS_MAX * sizeof(*t), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		 -1, 0);
	if (t == MAP_FAILED || !f->domains) {
		ktap_begin(1);
		ktap_skip("the host makes no domains in this mode", "%s storm", f->mode);
		return ktap_end();
	}
	ret = fixture_set_up(f, true);
	if (!ret)
		ret = domain_begin(f);
	ktap_begin(ret ? 1 : RESULTS);
	if (ret)
		ktap_result(false, "%s storm: a guest and a domain: %s", f->mode, strerror(-ret));
	else
		run(f, seed, t, &before);
	domain_end(f);
	fixture_tear_down(f);

	return ktap_end();
}
