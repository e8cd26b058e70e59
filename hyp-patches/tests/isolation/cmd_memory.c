// SPDX-License-Identifier: GPL-2.0-only
/*
 * What EL2's tables for domains cost, as EL2 counts them in sysfs, against how many there must
 * be by the architecture (Arm DDI 0487, D8.2: a table of 4 KiB maps 2 MiB, one above it 1 GiB):
 * a domain is filled in different ways, and ends. All of its tables are back in the pool then,
 * and what the host gave for them is the host's again, once it asks for it. What stays are the
 * tables that a donation itself takes, one for a block of the mirror that it splits.
 */

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "domain.h"
#include "kmod.h"
#include "ktap.h"
#include "state.h"

#define KIB		1024ull
#define MIB		(1ull << 20)
#define GIB		(1ull << 30)
#define ORDER		10

/**
 * struct fill - a way to fill a domain
 * @step: from one mapping to the next, bytes
 * @pages: of each
 * @times: how many of them
 * @aligned: memory is aligned to 2 MiB, too, so that a block maps it
 * @tables: besides the first, which each domain has
 */
static const struct fill {
	const char *what;
	uint64_t step;
	uint64_t pages;
	uint64_t times;
	bool aligned;
	uint64_t tables;
} fills[] = {
	{ "one page", GIB, 1, 1, false, 2 },
	{ "2 MiB by pages", 2 * MIB, 512, 1, false, 2 },
	{ "2 MiB as a block", 2 * MIB, 512, 1, true, 1 },
	{ "1 GiB by pages", 2 * MIB, 512, 512, false, 1 + 512 },
	{ "1 GiB as blocks", 2 * MIB, 512, 512, true, 1 },
	{ "a page every 2 MiB of 1 GiB", 2 * MIB, 1, 512, false, 1 + 512 },
	{ "a page every GiB of 64 GiB", GIB, 1, 64, false, 64 + 64 },
};

#define FILLS	(sizeof(fills) / sizeof(fills[0]))
#define RESULTS	(FILLS + 3)

static int fill(struct fixture *f, const struct fill *how, uint64_t area)
{
	const uint64_t size = f->bounce.page_size;
	uint64_t i, done, did, range;
	int ret = domain_alloc(f, DOMAIN_B);

	for (i = 0; !ret && i < how->times; i++) {
		for (done = 0; !ret && done < how->pages; done += did) {
			range = (area + (how->aligned ? 0 : size) + done * size) |
				(how->pages - done);
			ret = domain_map_list(f, DOMAIN_B, DOMAIN_IOVA + i * how->step + done * size,
					      DOMAIN_MEMORY, &range, 1, &did);
		}
	}

	return ret;
}

static void try(struct fixture *f, const struct fill *how, uint64_t area)
{
	const uint64_t size = f->bounce.page_size, pages = how->times * how->pages;
	struct holdings before = state_holdings(), filled, after;
	uint64_t tables;
	int ret, end;

	ret = fill(f, how, area);
	filled = state_holdings();
	end = domain_free(f, DOMAIN_B);
	if (!end)
		end = domain_give_back(f);
	after = state_holdings();
	tables = filled.tables - before.tables;
	ktap_result(!ret && !end && tables == (1 + how->tables) * size &&
		    filled.own == before.own && after.own == before.own &&
		    after.tables == before.tables,
		    "%s memory: %s: %" PRIu64 " pages, %" PRIu64 " bytes of tables, %.2f each; then none: %s",
		    f->mode, how->what, pages, tables, (double)tables / (double)pages,
		    strerror(ret ? -ret : -end));
}

/* A page of which the address moves on: tables map nothing any more, and a trim has them all. */
static void wander(struct fixture *f, uint64_t area)
{
	const uint64_t times = 512;
	struct holdings before, kept, after;
	uint64_t i;
	int ret, end;

	ret = domain_alloc(f, DOMAIN_B);
	/* With the table above, which stays. */
	if (!ret)
		ret = domain_map(f, DOMAIN_B, DOMAIN_IOVA, area);
	before = state_holdings();
	for (i = 1; !ret && i < times; i++) {
		ret = domain_map(f, DOMAIN_B, DOMAIN_IOVA + i * 2 * MIB, area);
		if (!ret)
			ret = domain_unmap(f, DOMAIN_B, DOMAIN_IOVA + i * 2 * MIB);
	}
	kept = state_holdings();
	if (!ret)
		ret = domain_trim(f, DOMAIN_B);
	after = state_holdings();
	end = domain_free(f, DOMAIN_B);
	if (!end)
		end = domain_give_back(f);
	ktap_result(!ret && !end && kept.tables == before.tables + (times - 1) * f->bounce.page_size &&
		    after.tables == before.tables && after.own == before.own,
		    "%s memory: a page that moved through 1 GiB: %" PRIu64 " bytes of tables, %" PRIu64
		    " after a trim: %s", f->mode, kept.tables - before.tables,
		    after.tables - before.tables, strerror(ret ? -ret : -end));
}

/* What the first domain, and the first stream among others, cost for ever. */
static void what_stays(struct fixture *f)
{
	struct stream s = { .iommu = f->streams[0].iommu, .id = 0x6000 };
	struct state before = { 0 }, after = { 0 };
	uint64_t domains, streams;
	int ret;

	state_read(&before, STATE_MEMORY);
	ret = domain_alloc(f, DOMAIN_B - 6000);
	if (!ret)
		ret = domain_attach(f, DOMAIN_B - 6000, &s);
	if (!ret)
		ret = domain_detach(f, DOMAIN_B - 6000, &s);
	if (!ret)
		ret = domain_free(f, DOMAIN_B - 6000);
	state_read(&after, STATE_MEMORY);
	domains = state_value(&after, "domains") - state_value(&before, "domains");
	streams = state_value(&after, "stream_tables") - state_value(&before, "stream_tables");
	ktap_result(!ret && domains <= f->bounce.page_size && streams <= f->bounce.page_size,
		    "%s memory: a domain and a stream far from others: %" PRIu64 " and %" PRIu64
		    " bytes stay: %s", f->mode, domains, streams, strerror(-ret));
}

int cmd_memory(struct fixture *f, const char *argument)
{
	uint64_t area = 0;
	size_t i;
	int ret;

	if (argument) {
		fprintf(stderr, "isolation: memory wants no '%s'\n", argument);
		return EX_WRONG_USAGE;
	}
	if (!f->domains || sysconf(_SC_PAGESIZE) != 4 * KIB) {
		ktap_begin(1);
		ktap_skip("the host makes no domains in this mode, or pages have not 4 KiB",
			  "%s memory", f->mode);
		return ktap_end();
	}
	ktap_begin(RESULTS);
	ret = kmod_pages(f->kmod, ORDER, &area);
	if (!ret)
		ret = domain_begin(f);
	/* So that each of the others finds the page with its domain. */
	if (!ret)
		ret = domain_alloc(f, DOMAIN_B);
	if (!ret)
		ret = domain_free(f, DOMAIN_B);
	if (!ret)
		ret = domain_give_back(f);
	ktap_result(!ret, "%s memory: a domain: %s", f->mode, strerror(-ret));
	for (i = 0; i < FILLS; i++)
		try(f, &fills[i], area);
	wander(f, area);
	what_stays(f);
	domain_end(f);

	return ktap_end();
}
