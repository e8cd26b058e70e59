// SPDX-License-Identifier: GPL-2.0-only
/*
 * How long each hypercall of the paravirt mode keeps a CPU at EL2, at the most: instructions
 * there, as the PMU counts them, of calls that are made as long as they can be. Each row has a
 * bound beyond which it fails: about a quarter above what was measured when it was written.
 *
 * Under the clock insn, with one CPU, the figures are the same each time. They are the length
 * of a path: what hardware takes to answer is not in them, and has a bound of its own.
 */

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "domain.h"
#include "insn.h"
#include "kmod.h"
#include "ktap.h"
#include "state.h"

#define GIB		(1ull << 30)
#define BLOCK		(1ull << 21)
#define FAR		0x4000ull	/* streams around it have no table of their own */
#define NEAR_NONE	4000u		/* as far from all domains that there are */
#define ORDER		10		/* the most that the kernel gives in one piece */
#define TOPUP_PAGES	32

struct stay {
	struct fixture *f;
	int counter;
	uint64_t area[3];	/* pages of the kernel: 4 MiB each, aligned */
	uint64_t insn;		/* of the longest call of the row at hand */
};

/* A call that counts. Return: EL2's answer, or what kmod_hvc() returned. */
static int64_t timed(struct stay *s, uint64_t x[ISOLATION_HVC_REGS])
{
	uint64_t before, after;
	int ret;

	if (read(s->counter, &before, sizeof(before)) != sizeof(before))
		return -EIO;
	ret = kmod_hvc(s->f->kmod, x);
	if (read(s->counter, &after, sizeof(after)) != sizeof(after))
		return -EIO;
	if (after - before > s->insn)
		s->insn = after - before;

	return ret ? ret : (int64_t)x[1];
}

/* One that must not want for memory: there is some before it begins. */
static int timed_call(struct stay *s, uint64_t x[ISOLATION_HVC_REGS])
{
	int i;

	for (i = 0; i < 64 && !domain_topup(s->f); i++)
		;

	return (int)timed(s, x);
}

static int null_call(struct stay *s)
{
	uint64_t x[ISOLATION_HVC_REGS] = { s->f->ids.end };

	return timed(s, x) == -EOPNOTSUPP ? 0 : -EBADMSG;
}

static int alloc(struct stay *s)
{
	uint64_t x[ISOLATION_HVC_REGS] = { s->f->ids.domain_alloc, NEAR_NONE,
					   s->f->streams[0].iommu };
	int ret = timed_call(s, x);

	return ret ? ret : domain_free(s->f, NEAR_NONE);
}

static int attach(struct stay *s)
{
	struct stream stream = { .iommu = s->f->streams[0].iommu, .id = FAR };
	uint64_t x[ISOLATION_HVC_REGS] = { s->f->ids.attach, DOMAIN_B, stream.iommu, stream.id };
	int ret = timed_call(s, x);

	return ret ? ret : domain_detach(s->f, DOMAIN_B, &stream);
}

static int detach(struct stay *s)
{
	struct stream stream = { .iommu = s->f->streams[0].iommu, .id = FAR };
	uint64_t x[ISOLATION_HVC_REGS] = { s->f->ids.detach, DOMAIN_B, stream.iommu, stream.id };
	int ret = domain_attach(s->f, DOMAIN_B, &stream);

	return ret ? ret : timed_call(s, x);
}

/* 512 pages in twelve ranges, @stride bytes between two of them. */
static void ranges_of_many(uint64_t x[ISOLATION_HVC_REGS], uint64_t first, uint64_t stride,
			   uint64_t page_size)
{
	uint64_t n, left = DOMAIN_BATCH, i;

	for (i = 0; i < DOMAIN_LIST; i++, left -= n, first += n * page_size + stride) {
		n = left / (DOMAIN_LIST - i);
		x[4 + i] = first | n;
	}
}

/* A map or an unmap that does so many pages in one call. */
static int timed_pages(struct stay *s, uint64_t x[ISOLATION_HVC_REGS], uint64_t pages)
{
	int ret = timed_call(s, x);

	return ret ? ret : x[2] == pages ? 0 : -EBADMSG;
}

/* Behind a page of the last GiB: two tables of each level are missing. */
static int map_list(struct stay *s)
{
	const uint64_t size = s->f->bounce.page_size;
	uint64_t x[ISOLATION_HVC_REGS] = {
		s->f->ids.map, DOMAIN_B, DOMAIN_IOVA + 4 * GIB - DOMAIN_BATCH / 2 * size,
		(uint64_t)DOMAIN_LIST << 32 | DOMAIN_MEMORY,
	};

	ranges_of_many(x, s->area[0], size, size);

	return timed_pages(s, x, DOMAIN_BATCH);
}

/* One range that would be a block, if its last page were the host's. */
static int map_no_block(struct stay *s)
{
	const uint64_t size = s->f->bounce.page_size;
	uint64_t x[ISOLATION_HVC_REGS] = {
		s->f->ids.map, DOMAIN_B, DOMAIN_IOVA + 8 * GIB, 1ull << 32 | DOMAIN_MEMORY,
		s->area[1] | DOMAIN_BATCH,
	};
	int64_t error;
	int ret = kmod_call(s->f->kmod, s->f->ids.topup, (s->area[1] + BLOCK) / size - 1, 1, &error);

	if (ret || error)
		return ret ? ret : (int)error;

	return timed_pages(s, x, DOMAIN_BATCH - 1);
}

/* In place of a table that maps nothing any more. */
static int map_over_table(struct stay *s)
{
	const uint64_t iova = DOMAIN_IOVA + 12 * GIB;
	uint64_t x[ISOLATION_HVC_REGS] = {
		s->f->ids.map, DOMAIN_B, iova, 1ull << 32 | DOMAIN_MEMORY, s->area[0] | DOMAIN_BATCH,
	};
	int ret = domain_map(s->f, DOMAIN_B, iova + BLOCK - s->f->bounce.page_size, s->area[0]);

	if (!ret)
		ret = domain_unmap(s->f, DOMAIN_B, iova + BLOCK - s->f->bounce.page_size);

	return ret ? ret : timed_pages(s, x, DOMAIN_BATCH);
}

/* Of a block nothing has to be walked but its one entry. */
static int unmap_block(struct stay *s)
{
	uint64_t x[ISOLATION_HVC_REGS] = {
		s->f->ids.unmap, DOMAIN_B, 0, 1, (DOMAIN_IOVA + 12 * GIB) | DOMAIN_BATCH,
	};

	return timed_pages(s, x, DOMAIN_BATCH);
}

/* @pages from @iova on, each to a page that does not lie behind the one before. */
static int scatter(struct stay *s, uint32_t id, uint64_t iova, uint64_t pages)
{
	const uint64_t size = s->f->bounce.page_size;
	uint64_t ranges[DOMAIN_LIST], n, i, mapped;
	int ret = 0;

	for (; !ret && pages; pages -= mapped, iova += mapped * size) {
		n = pages < DOMAIN_LIST ? pages : DOMAIN_LIST;
		for (i = 0; i < n; i++)
			ranges[i] = (s->area[0] + 2 * i * size) | 1;
		ret = domain_map_list(s->f, id, iova, DOMAIN_MEMORY, ranges, n, &mapped);
	}

	return ret;
}

/* Twelve ranges far apart, each across two tables. */
static int unmap_list(struct stay *s)
{
	const uint64_t size = s->f->bounce.page_size, stride = 2 * GIB;
	uint64_t x[ISOLATION_HVC_REGS] = { s->f->ids.unmap, DOMAIN_B, 0, DOMAIN_LIST };
	uint64_t i;
	int ret = 0;

	ranges_of_many(x, DOMAIN_IOVA + 16 * GIB - 16 * size, stride, size);
	for (i = 0; !ret && i < DOMAIN_LIST; i++)
		ret = scatter(s, DOMAIN_B, x[4 + i] / size * size, x[4 + i] % size);

	return ret ? ret : timed_pages(s, x, DOMAIN_BATCH);
}

static int look_up(struct stay *s)
{
	uint64_t x[ISOLATION_HVC_REGS] = { s->f->ids.iova_to_phys, DOMAIN_B, DOMAIN_IOVA + 4 * GIB };

	return timed(s, x) ? 0 : -EBADMSG;
}

/* As many entries as one call looks at, and a table behind them that it looks through twice. */
static int trim(struct stay *s)
{
	const uint64_t size = s->f->bounce.page_size, iova = DOMAIN_IOVA + 20 * GIB;
	uint64_t x[ISOLATION_HVC_REGS] = { s->f->ids.trim, DOMAIN_B, iova };
	int ret = domain_map(s->f, DOMAIN_B, iova + (DOMAIN_BATCH - 3) * size, s->area[0]);

	if (!ret)
		ret = domain_map(s->f, DOMAIN_B, iova + BLOCK, s->area[0]);
	if (!ret)
		ret = domain_unmap(s->f, DOMAIN_B, iova + BLOCK);
	if (!ret)
		ret = timed_call(s, x);

	return ret ? ret : x[2] == iova + 2 * BLOCK ? 0 : -EBADMSG;
}

/* All calls that the end of a domain takes; @fill has put something into it. */
static int end(struct stay *s, int (*fill)(struct stay *s, uint64_t i), uint64_t times)
{
	uint64_t x[ISOLATION_HVC_REGS], i;
	int ret = domain_alloc(s->f, NEAR_NONE);

	for (i = 0; !ret && i < times; i++)
		ret = fill(s, i);
	if (ret)
		return ret;
	do {
		memset(x, 0, sizeof(x));
		x[0] = s->f->ids.domain_free;
		x[1] = NEAR_NONE;
		ret = (int)timed(s, x);
	} while (ret == -EAGAIN);

	return ret;
}

static int fill_dense(struct stay *s, uint64_t i)
{
	return scatter(s, NEAR_NONE, DOMAIN_IOVA + i * BLOCK, DOMAIN_BATCH);
}

static int fill_sparse(struct stay *s, uint64_t i)
{
	return domain_map(s->f, NEAR_NONE, DOMAIN_IOVA + (i + 1) * BLOCK - s->f->bounce.page_size,
			  s->area[0]);
}

static int fill_far(struct stay *s, uint64_t i)
{
	return domain_map(s->f, NEAR_NONE, DOMAIN_IOVA + (i + 1) * GIB - s->f->bounce.page_size,
			  s->area[0]);
}

static int fill_blocks(struct stay *s, uint64_t i)
{
	uint64_t range = s->area[0] | DOMAIN_BATCH, mapped;

	return domain_map_list(s->f, NEAR_NONE, DOMAIN_IOVA + i * BLOCK, DOMAIN_MEMORY, &range, 1,
			       &mapped);
}

static int end_dense(struct stay *s)
{
	return end(s, fill_dense, 8);
}

static int end_sparse(struct stay *s)
{
	return end(s, fill_sparse, 64);
}

static int end_far(struct stay *s)
{
	return end(s, fill_far, 32);
}

static int end_blocks(struct stay *s)
{
	return end(s, fill_blocks, 8);
}

/* Across two blocks of the mirror that nothing has split yet. */
static int topup(struct stay *s)
{
	const uint64_t size = s->f->bounce.page_size;
	uint64_t x[ISOLATION_HVC_REGS] = {
		s->f->ids.topup, (s->area[2] + BLOCK) / size - TOPUP_PAGES / 2, TOPUP_PAGES,
	};
	/* The pool is to have room for them. */
	int ret = domain_give_back(s->f);

	return ret ? ret : (int)timed(s, x);
}

static int give_back(struct stay *s)
{
	uint64_t x[ISOLATION_HVC_REGS] = { s->f->ids.give_back };
	int ret = domain_topup(s->f);

	if (ret)
		return ret;

	return timed(s, x) > 0 ? 0 : -EBADMSG;
}

static int event(struct stay *s)
{
	uint64_t x[ISOLATION_HVC_REGS] = { s->f->ids.event, s->f->streams[0].iommu };

	return timed(s, x) < 0 ? -EBADMSG : 0;
}

static int stats(struct stay *s)
{
	uint64_t x[ISOLATION_HVC_REGS] = { s->f->ids.stats };

	timed(s, x);

	return 0;
}

/* In this order: some use what those before left. */
static const struct row {
	const char *what;
	uint64_t bound;
	int (*run)(struct stay *s);
} rows[] = {
	{ "a hypercall that there is not", 120, null_call },
	{ "domain_alloc, with a page for domains", 750, alloc },
	{ "attach, with a page for the stream table", 2600, attach },
	{ "detach of the last stream", 1400, detach },
	{ "map of 512 pages in 12 ranges, with 4 new tables", 22000, map_list },
	{ "map of 2 MiB, of which the last page is not the host's", 39000, map_no_block },
	{ "map of a block in place of an empty table", 16500, map_over_table },
	{ "unmap of a block", 9600, unmap_block },
	{ "unmap of 512 scattered pages in 12 ranges", 38000, unmap_list },
	{ "iova_to_phys", 320, look_up },
	{ "trim, of a table behind one that maps a page", 12700, trim },
	{ "domain_free, scattered pages", 61000, end_dense },
	{ "domain_free, a page every 2 MiB", 68000, end_sparse },
	{ "domain_free, a page every GiB", 64000, end_far },
	{ "domain_free, blocks", 26000, end_blocks },
	{ "topup of 32 pages, with 2 blocks to split", 57000, topup },
	{ "give_back", 3500, give_back },
	{ "event", 320, event },
	{ "stats", 330, stats },
};

#define ROWS	(sizeof(rows) / sizeof(rows[0]))

static int prepare(struct stay *s)
{
	size_t i;
	int ret = 0;

	s->counter = insn_open(EL2);
	if (s->counter < 0)
		return s->counter;
	for (i = 0; !ret && i < sizeof(s->area) / sizeof(s->area[0]); i++)
		ret = kmod_pages(s->f->kmod, ORDER, &s->area[i]);
	if (!ret)
		ret = domain_begin(s->f);

	return ret ? ret : domain_alloc(s->f, DOMAIN_B);
}

int cmd_stay(struct fixture *f, const char *argument)
{
	struct stay s = { .f = f, .counter = -1 };
	size_t i;
	int ret;

	if (argument) {
		fprintf(stderr, "isolation: stay wants no '%s'\n", argument);
		return EX_WRONG_USAGE;
	}
	if (!f->domains || sysconf(_SC_PAGESIZE) != 4096) {
		ktap_begin(1);
		ktap_skip("the host makes no domains in this mode, or pages have not 4 KiB", "%s stay",
			  f->mode);
		return ktap_end();
	}
	ktap_begin(ROWS + 1);
	ret = prepare(&s);
	ktap_result(!ret, "%s stay: a domain: %s", f->mode, strerror(-ret));
	for (i = 0; i < ROWS; i++) {
		s.insn = 0;
		if (!ret)
			ret = rows[i].run(&s);
		ktap_result(!ret && s.insn && s.insn <= rows[i].bound,
			    "%s stay: %s: %" PRIu64 " instructions at EL2, %" PRIu64 " at the most: %s",
			    f->mode, rows[i].what, s.insn, rows[i].bound, strerror(-ret));
	}
	domain_end(f);

	return ktap_end();
}
