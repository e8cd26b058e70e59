// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hypercalls about domains with arguments that are wrong. Each is the error that says so, and
 * costs EL2 no memory; so do thousands of them.
 */

#include <errno.h>
#include <string.h>

#include "abuse.h"
#include "domain.h"
#include "kmod.h"
#include "ktap.h"
#include "state.h"
#include "testdev.h"

#define NOBODY		(DOMAIN_B + 1)	/* there is no such domain */
#define MANY		10000
#define NR(n)		((uint64_t)(n) << 32)

/* @error: what EL2 must say; for the lookup, which has no errors, it is what it leads to: 0 */
struct wrong {
	const char *what;
	uint64_t x[6];
	int error;
};

#define WRONG_MAX	64

static size_t list_wrong(const struct fixture *f, struct wrong *w)
{
	const uint64_t alloc = f->ids.domain_alloc, end = f->ids.domain_free;
	const uint64_t attach = f->ids.attach, detach = f->ids.detach, map = f->ids.map;
	const uint64_t unmap = f->ids.unmap, lookup = f->ids.iova_to_phys, trim = f->ids.trim;
	const uint64_t smmu = f->streams[0].iommu, sid = f->streams[0].id;
	const uint64_t own = f->mem.phys[f->page], one = own | 1, size = f->mem.page_size;
	const uint64_t a = DOMAIN_A, b = DOMAIN_B, rw = DOMAIN_MEMORY, iova = DOMAIN_IOVA;
	const uint64_t el2 = f->memmap.carveout.start | 1, frame = f->memmap.smmu[0] | 1;
	const struct wrong all[] = {
		{ "alloc of id 8192", { alloc, DOMAIN_MAX, smmu }, -EINVAL },
		{ "alloc of the mirror's id", { alloc, DOMAIN_IDENTITY, smmu }, -EINVAL },
		{ "alloc for SMMU 32", { alloc, NOBODY, 32 }, -EINVAL },
		{ "alloc for SMMU 2^32 - 1", { alloc, NOBODY, 0xffffffff }, -EINVAL },
		{ "alloc of an id in use", { alloc, a, smmu }, -EEXIST },

		{ "free of no domain", { end, NOBODY }, -ENOENT },
		{ "free of id 8192", { end, DOMAIN_MAX }, -ENOENT },
		{ "free of the mirror", { end, DOMAIN_IDENTITY }, -ENOENT },
		{ "free of a domain with devices", { end, a }, -EBUSY },

		{ "attach to no domain", { attach, NOBODY, smmu, sid }, -ENOENT },
		{ "attach to id 8192", { attach, DOMAIN_MAX, smmu, sid }, -ENOENT },
		{ "attach at SMMU 32", { attach, b, 32, sid }, -EINVAL },
		{ "attach at SMMU 2^31", { attach, b, 1ull << 31, sid }, -EINVAL },
		{ "attach of a stream beyond the table", { attach, b, smmu, 1ull << 31 }, -ENXIO },
		{ "attach of the highest stream", { attach, b, smmu, 0xffffffff }, -ENXIO },
		{ "attach of a PASID", { attach, b, smmu, sid, 1 }, -EOPNOTSUPP },
		{ "attach of what is attached", { attach, b, smmu, sid }, -EBUSY },
		{ "attach of that to the mirror", { attach, DOMAIN_IDENTITY, smmu, sid }, -EBUSY },

		{ "detach from no domain", { detach, NOBODY, smmu, sid }, -ENOENT },
		{ "detach from another domain", { detach, b, smmu, sid }, -ENOENT },
		{ "detach from the mirror", { detach, DOMAIN_IDENTITY, smmu, sid }, -ENOENT },
		{ "detach at SMMU 32", { detach, a, 32, sid }, -EINVAL },
		{ "detach of a stream beyond the table", { detach, a, smmu, 1ull << 31 }, -ENXIO },
		{ "detach of a PASID", { detach, a, smmu, sid, 1 }, -EOPNOTSUPP },
		{ "detach of what is not attached", { detach, a, smmu, sid ^ 7 }, -ENOENT },

		{ "map in no domain", { map, NOBODY, iova, NR(1) | rw, one }, -ENOENT },
		{ "map in the mirror", { map, DOMAIN_IDENTITY, iova, NR(1) | rw, one }, -ENOENT },
		{ "map at half a page", { map, a, iova + size / 2, NR(1) | rw, one }, -EINVAL },
		{ "map with an unknown right", { map, a, iova, NR(1) | 8, one }, -EINVAL },
		{ "map with all rights", { map, a, iova, NR(1) | 0xffffffff, one }, -EINVAL },
		{ "map of no ranges", { map, a, iova, rw, one }, -EINVAL },
		{ "map of 13 ranges", { map, a, iova, NR(13) | rw, one }, -EINVAL },
		{ "map of 2^32 - 1 ranges", { map, a, iova, NR(0xffffffff) | rw, one }, -EINVAL },
		{ "map of no pages", { map, a, iova, NR(1) | rw, own }, -EINVAL },
		{ "map of page 2^52 - 1", { map, a, iova, NR(1) | rw, ~0ull << 12 | 1 }, -ERANGE },
		{ "map at the highest address", { map, a, ~0ull << 16, NR(1) | rw, one }, -ERANGE },
		{ "map at 2^48", { map, a, 1ull << 48, NR(1) | rw, one }, -ERANGE },
		{ "map of EL2's own memory", { map, a, iova, NR(1) | rw, el2 }, -EPERM },
		{ "map of the SMMU's registers", { map, a, iova, NR(1) | rw, frame }, -EPERM },

		{ "unmap in no domain", { unmap, NOBODY, 0, 1, iova | 1 }, -ENOENT },
		{ "unmap of 13 ranges", { unmap, a, 0, 13, iova | 1 }, -EINVAL },
		{ "unmap of 2^32 - 1 ranges", { unmap, a, 0, 0xffffffff, iova | 1 }, -EINVAL },
		{ "unmap of what is not mapped", { unmap, a, 0, 1, iova | 1 }, 0 },
		{ "unmap at the highest address", { unmap, a, 0, 1, ~0ull }, 0 },

		{ "lookup in no domain", { lookup, NOBODY, iova }, 0 },
		{ "lookup of what is not mapped", { lookup, a, iova }, 0 },
		{ "lookup at the highest address", { lookup, a, ~0ull }, 0 },

		{ "trim of no domain", { trim, NOBODY }, -ENOENT },
		{ "trim of id 8192", { trim, DOMAIN_MAX }, -ENOENT },
		{ "trim of the mirror", { trim, DOMAIN_IDENTITY }, -ENOENT },
		{ "trim from half a page on", { trim, a, iova + size / 2 }, -EINVAL },
		{ "trim from the highest address on", { trim, a, ~0ull << 16 }, 0 },
	};

	_Static_assert(sizeof(all) / sizeof(all[0]) <= WRONG_MAX, "all must fit");
	if (w)
		memcpy(w, all, sizeof(all));

	return sizeof(all) / sizeof(all[0]);
}

/* With nothing that could be topped up: these want no memory. Return: EL2's answer in x1. */
static int call(struct fixture *f, const struct wrong *w, uint64_t *pages)
{
	uint64_t x[ISOLATION_HVC_REGS] = { 0 };
	int ret;

	memcpy(x, w->x, sizeof(w->x));
	ret = kmod_hvc(f->kmod, x);
	*pages = x[2];

	return ret ? ret : (int)x[1];
}

static void try_each(struct fixture *f, const struct wrong *w, size_t n)
{
	struct state before = { 0 }, after = { 0 };
	uint64_t pages;
	size_t i;
	int ret;

	for (i = 0; i < n; i++) {
		state_read(&before, STATE_MEMORY);
		ret = call(f, &w[i], &pages);
		state_read(&after, STATE_MEMORY);
		if (w[i].x[0] == f->ids.unmap && !ret)
			ret = (int)pages;
		ktap_result(ret == w[i].error && !state_differences(&before, &after),
			    "%s abuse: %s: %s", f->mode, w[i].what, strerror(-ret));
	}
}

/* Thousands of each; what they cost is what one did. */
static void try_many(struct fixture *f, const struct wrong *w, size_t n)
{
	struct state before = { 0 }, after = { 0 };
	size_t i, right = 0;
	uint64_t pages;

	state_read(&before, STATE_MEMORY);
	for (i = 0; i < MANY; i++)
		right += call(f, &w[i % n], &pages) == w[i % n].error;
	state_read(&after, STATE_MEMORY);
	ktap_result(right == MANY && !state_differences(&before, &after),
		    "%s abuse: %zu of %d such calls fail as they should, and cost nothing", f->mode,
		    right, MANY);
}

/* What is right works. */
static void still_works(struct fixture *f)
{
	int ret = domain_map(f, DOMAIN_A, DOMAIN_IOVA, f->mem.phys[f->page]);

	if (!ret)
		ret = domain_hits(f, DOMAIN_IOVA, f->page);
	ktap_result(ret == REACHED, "%s abuse: a device reaches what is mapped then", f->mode);
	ret = domain_unmap(f, DOMAIN_A, DOMAIN_IOVA);
	if (!ret)
		ret = domain_hits(f, DOMAIN_IOVA, f->page);
	ktap_result(ret == BLOCKED, "%s abuse: and not what is unmapped", f->mode);
}

#define BESIDES		4	/* results but those of the list */

size_t abuse_domains_count(const struct fixture *f)
{
	return f->domains ? BESIDES + list_wrong(f, NULL) : 0;
}

void abuse_domains(struct fixture *f)
{
	struct wrong wrong[WRONG_MAX];
	int ret, end;
	size_t n;

	if (!f->domains)
		return;
	/* The page that it has is to be the host's. */
	fixture_end_guest(f);
	ret = domain_begin(f);
	if (!ret)
		ret = domain_alloc(f, DOMAIN_B);
	/* A table that a map wanted stays, even if the page is refused. */
	if (!ret)
		ret = domain_map_victim(f);
	if (!ret)
		ret = domain_unmap(f, DOMAIN_A, DOMAIN_IOVA);
	n = list_wrong(f, wrong);
	try_each(f, wrong, n);
	try_many(f, wrong, n);
	still_works(f);
	end = domain_end(f);
	ret = ret ? ret : end;
	ktap_result(!ret, "%s abuse: its domains come and go: %s", f->mode, strerror(-ret));
}
