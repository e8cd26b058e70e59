// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hypercalls of the IOMMU core with arguments that are wrong. Each must be an
 * error, change nothing, and leave a correct one working.
 */

#include <errno.h>
#include <string.h>

#include "abuse.h"
#include "cases.h"
#include "commands.h"
#include "kmod.h"
#include "ktap.h"
#include "mailbox.h"
#include "state.h"
#include "testdev.h"

#define UART		0x9000000ull	/* QEMU's, host MMIO */

/* Results of abuse_topup_ranges(), _owners(), topup_once(), abuse_arguments() and _ids(). */
enum { RANGES = 18, OWNERS = 5, ONCE = 2, ARGUMENTS = 3, IDS = 3 };
#define RESULTS		(RANGES + OWNERS + ONCE + 3 * ARGUMENTS + IDS)

struct topup {
	const char *what;
	uint64_t pfn;
	uint64_t pages;
};

static bool refused(struct fixture *f, uint64_t id, uint64_t arg1, uint64_t arg2, int64_t *error)
{
	int ret = kmod_call(f->kmod, id, arg1, arg2, error);

	if (ret) {
		*error = ret;
		return false;
	}

	return *error < 0;
}

static void try_topup(struct fixture *f, const struct topup *t)
{
	struct state before = { 0 }, after = { 0 };
	int64_t error;
	bool ok;

	state_read(&before, STATE_MEMORY);
	ok = refused(f, f->ids.topup, t->pfn, t->pages, &error);
	state_read(&after, STATE_MEMORY);
	ok &= !state_differences(&before, &after);
	ktap_result(ok, "%s abuse: topup %s: %s", f->mode, t->what,
		    error < 0 ? strerror((int)-error) : "taken");
}

/*
 * Arguments that no owner of any page could make right.
 * @own: a page of the host, by its number
 */
static void abuse_topup_ranges(struct fixture *f, uint64_t own)
{
	const uint64_t size = f->mem.page_size, end = f->memmap.ram_end / size;
	const struct topup all[] = {
		{ "with no page", own, 0 },
		{ "with all pages there can be", own, ~0ull },
		{ "that ends at 2^64", own, ~0ull - own + 1 },
		{ "that wraps in bytes", own, 1ull << 52 },
		{ "with 2^32 pages and one", own, (1ull << 32) + 1 },
		{ "with more than RAM has", own, end },
		{ "of page 0", 0, 1 },
		{ "of the highest page number", ~0ull, 1 },
		{ "of a page number that wraps in bytes", own | 1ull << 52, 1 },
		{ "of a page number with bit 63 set", own | 1ull << 63, 1 },
		{ "of the page above RAM", end, 1 },
		{ "across the end of RAM", end - 1, 2 },
		{ "of a device's registers", UART / size, 1 },
		{ "of another device's registers", f->edu.phys / size, 1 },
		{ "of the SMMU's registers", f->memmap.smmu[0] / size, 1 },
		{ "of EL2's own memory", f->memmap.carveout.start / size, 1 },
		{ "of all of EL2's own memory", f->memmap.carveout.start / size,
		  f->memmap.carveout.size / size },
		{ "that starts before EL2's own memory", f->memmap.carveout.start / size - 1, 2 },
	};
	size_t i;

	_Static_assert(sizeof(all) / sizeof(all[0]) == RANGES, "the plan counts them");
	for (i = 0; i < RANGES; i++)
		try_topup(f, &all[i]);
}

static void abuse_topup_owners(struct fixture *f)
{
	uint64_t size = f->mem.page_size;
	struct topup t = { .pages = 1 };

	t.pfn = f->mem.phys[f->page] / size;
	t.what = "of a page that a guest took";
	ktap_result(!mailbox_fill(f->guest, f->page, 1), "%s abuse: the guest takes a page",
		    f->mode);
	try_topup(f, &t);

	t.what = "of a page that a guest shares";
	ktap_result(!mailbox_share(f->guest, f->page), "%s abuse: the guest shares a page",
		    f->mode);
	try_topup(f, &t);

	t.what = "of a host's page and a guest's beside it";
	t.pages = 2;
	if (f->mem.phys[f->page - 1] != f->mem.phys[f->page] - size ||
	    mailbox_unshare(f->guest, f->page)) {
		ktap_skip("the host has no page before it", "%s abuse: topup %s", f->mode, t.what);
		return;
	}
	t.pfn--;
	try_topup(f, &t);
}

/* What is right works, once, where there is a pool; the same page again does not. */
static void topup_once(struct fixture *f)
{
	struct topup again = { .what = "of a page that is in the pool already", .pages = 1 };
	struct state before = { 0 }, after = { 0 };
	int64_t error = 0;
	uint64_t phys;
	int ret;

	state_read(&before, STATE_MEMORY);
	ret = kmod_pages(f->kmod, 0, &phys);
	if (!ret)
		ret = kmod_call(f->kmod, f->ids.topup, phys / f->mem.page_size, 1, &error);
	state_read(&after, STATE_MEMORY);
	if (f->isolating && !ret && (error == -ENOSPC || error == -ENOMEM))
		ktap_skip(error == -ENOSPC ? "EL2's pool is full" :
					     "to EL2's pool the page would cost more than it brings",
			  "%s abuse: topup of a page of the host is taken", f->mode);
	else if (f->isolating)
		ktap_result(!ret && !error && state_value(&after, "donated") ==
			    state_value(&before, "donated") + f->mem.page_size,
			    "%s abuse: topup of a page of the host is taken", f->mode);
	else
		ktap_result(!ret && error < 0, "%s abuse: topup without an IOMMU of EL2's: %s",
			    f->mode, strerror((int)-error));
	if (ret || (f->isolating && error)) {
		ktap_skip("it is not", "%s abuse: topup %s", f->mode, again.what);
		return;
	}
	again.pfn = phys / f->mem.page_size;
	try_topup(f, &again);
}

/* An IOMMU that does not exist has no events; statistics that do not exist are an error. */
static void abuse_arguments(struct fixture *f)
{
	static const uint64_t wrong[ARGUMENTS] = { 64, 1ull << 31, 0xffffffff };
	int64_t result;
	size_t i;

	for (i = 0; i < ARGUMENTS; i++) {
		ktap_result(!kmod_call(f->kmod, f->ids.event, wrong[i], 0, &result) && !result,
			    "%s abuse: events of IOMMU 0x%llx: none", f->mode,
			    (unsigned long long)wrong[i]);
		ktap_result(kmod_call(f->kmod, f->ids.stats, wrong[i], 0, &result) == -EINVAL,
			    "%s abuse: statistics of kind 0x%llx: none", f->mode,
			    (unsigned long long)wrong[i]);
		ktap_result(kmod_call(f->kmod, f->ids.stats, 0, wrong[i], &result) == -EINVAL,
			    "%s abuse: statistics from number 0x%llx on: none", f->mode,
			    (unsigned long long)wrong[i]);
	}
}

static void abuse_ids(struct fixture *f)
{
	const uint64_t wrong[IDS] = { f->ids.end, f->ids.end + 1, f->ids.end | 0xffff };
	int64_t result;
	size_t i;

	for (i = 0; i < IDS; i++)
		ktap_result(kmod_call(f->kmod, wrong[i], 1, 1, &result) == -EOPNOTSUPP,
			    "%s abuse: hypercall 0x%llx: unknown", f->mode,
			    (unsigned long long)wrong[i]);
}

int cmd_abuse(struct fixture *f, const char *argument)
{
	uint64_t own;
	int ret;

	(void)argument;
	if (!f->ids.topup) {
		ktap_begin(1);
		ktap_skip("this kernel has no such hypercalls", "%s abuse", f->mode);
		return ktap_end();
	}
	ret = fixture_set_up(f, true);
	if (!ret)
		ret = kmod_pages(f->kmod, 0, &own);
	ktap_begin(ret ? 1 : RESULTS + abuse_domains_count(f));
	if (ret) {
		ktap_result(false, "%s abuse: a guest and a page to offer: %s", f->mode,
			    strerror(-ret));
	} else {
		abuse_topup_ranges(f, own / f->mem.page_size);
		abuse_topup_owners(f);
		topup_once(f);
		abuse_arguments(f);
		abuse_ids(f);
		abuse_domains(f);
	}
	fixture_tear_down(f);

	return ktap_end();
}
