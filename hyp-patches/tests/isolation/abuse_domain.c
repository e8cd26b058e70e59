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
	const struct isolation_ids *id = &f->ids;
	const uint64_t smmu = f->streams[0].iommu, stream = f->streams[0].id;
	const uint64_t own = f->mem.phys[f->page], size = f->mem.page_size;
	const uint64_t a = DOMAIN_A, b = DOMAIN_B, rw = DOMAIN_MEMORY, iova = DOMAIN_IOVA;
	const struct wrong all[] = {
		{ "alloc of the id behind the last", { id->domain_alloc, DOMAIN_MAX, smmu }, -EINVAL },
		{ "alloc of the mirror's id", { id->domain_alloc, DOMAIN_IDENTITY, smmu }, -EINVAL },
		{ "alloc for an SMMU that there is not", { id->domain_alloc, NOBODY, 32 }, -EINVAL },
		{ "alloc for SMMU 2^32 - 1", { id->domain_alloc, NOBODY, 0xffffffff }, -EINVAL },
		{ "alloc of an id in use", { id->domain_alloc, a, smmu }, -EEXIST },

		{ "free of no domain", { id->domain_free, NOBODY }, -ENOENT },
		{ "free of the id behind the last", { id->domain_free, DOMAIN_MAX }, -ENOENT },
		{ "free of the mirror", { id->domain_free, DOMAIN_IDENTITY }, -ENOENT },
		{ "free of a domain with devices", { id->domain_free, a }, -EBUSY },

		{ "attach to no domain", { id->attach, NOBODY, smmu, stream }, -ENOENT },
		{ "attach to the id behind the last", { id->attach, DOMAIN_MAX, smmu, stream }, -ENOENT },
		{ "attach at an SMMU that there is not", { id->attach, b, 32, stream }, -EINVAL },
		{ "attach at SMMU 2^31", { id->attach, b, 1ull << 31, stream }, -EINVAL },
		{ "attach of a stream beyond the table", { id->attach, b, smmu, 1ull << 31 }, -ENXIO },
		{ "attach of the highest stream", { id->attach, b, smmu, 0xffffffff }, -ENXIO },
		{ "attach of a PASID", { id->attach, b, smmu, stream, 1 }, -EOPNOTSUPP },
		{ "attach of what is attached", { id->attach, b, smmu, stream }, -EBUSY },
		{ "attach of that to the mirror", { id->attach, DOMAIN_IDENTITY, smmu, stream }, -EBUSY },

		{ "detach from no domain", { id->detach, NOBODY, smmu, stream }, -ENOENT },
		{ "detach from another domain", { id->detach, b, smmu, stream }, -ENOENT },
		{ "detach from the mirror", { id->detach, DOMAIN_IDENTITY, smmu, stream }, -ENOENT },
		{ "detach at an SMMU that there is not", { id->detach, a, 32, stream }, -EINVAL },
		{ "detach of a stream beyond the table", { id->detach, a, smmu, 1ull << 31 }, -ENXIO },
		{ "detach of a PASID", { id->detach, a, smmu, stream, 1 }, -EOPNOTSUPP },
		{ "detach of what is not attached", { id->detach, a, smmu, stream ^ 7 }, -ENOENT },

		{ "map in no domain", { id->map, NOBODY, iova, NR(1) | rw, own | 1 }, -ENOENT },
		{ "map in the mirror", { id->map, DOMAIN_IDENTITY, iova, NR(1) | rw, own | 1 }, -ENOENT },
		{ "map at half a page", { id->map, a, iova + size / 2, NR(1) | rw, own | 1 }, -EINVAL },
		{ "map with a right that there is not", { id->map, a, iova, NR(1) | 8, own | 1 }, -EINVAL },
		{ "map with all rights", { id->map, a, iova, NR(1) | 0xffffffff, own | 1 }, -EINVAL },
		{ "map of no ranges", { id->map, a, iova, rw, own | 1 }, -EINVAL },
		{ "map of more ranges than registers", { id->map, a, iova, NR(13) | rw, own | 1 }, -EINVAL },
		{ "map of 2^32 - 1 ranges", { id->map, a, iova, NR(0xffffffff) | rw, own | 1 }, -EINVAL },
		{ "map of no pages", { id->map, a, iova, NR(1) | rw, own }, -EINVAL },
		{ "map of page 2^52 - 1", { id->map, a, iova, NR(1) | rw, ~0ull << 12 | 1 }, -ERANGE },
		{ "map at the highest address", { id->map, a, ~0ull << 16, NR(1) | rw, own | 1 }, -ERANGE },
		{ "map at 2^48", { id->map, a, 1ull << 48, NR(1) | rw, own | 1 }, -ERANGE },
		{ "map of EL2's own memory", { id->map, a, iova, NR(1) | rw, f->memmap.carveout.start | 1 },
		  -EPERM },
		{ "map of the SMMU's registers", { id->map, a, iova, NR(1) | rw, f->memmap.smmu[0] | 1 },
		  -EPERM },

		{ "unmap in no domain", { id->unmap, NOBODY, 0, 1, iova | 1 }, -ENOENT },
		{ "unmap of more ranges than registers", { id->unmap, a, 0, 13, iova | 1 }, -EINVAL },
		{ "unmap of 2^32 - 1 ranges", { id->unmap, a, 0, 0xffffffff, iova | 1 }, -EINVAL },
		{ "unmap of what is not mapped", { id->unmap, a, 0, 1, iova | 1 }, 0 },
		{ "unmap at the highest address", { id->unmap, a, 0, 1, ~0ull }, 0 },

		{ "lookup in no domain", { id->iova_to_phys, NOBODY, iova }, 0 },
		{ "lookup of what is not mapped", { id->iova_to_phys, a, iova }, 0 },
		{ "lookup at the highest address", { id->iova_to_phys, a, ~0ull }, 0 },
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
