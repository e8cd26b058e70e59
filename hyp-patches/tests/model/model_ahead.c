// SPDX-License-Identifier: GPL-2.0-only
/*
 * What an SMMU does that nobody asked for. It may fetch any entry that can be reached at
 * any time, and cache it, but not while SMMUEN is 0 (IHI 0070, 3.21.1 and 3.21.3); and it
 * may drop any entry.
 */

#include "model_priv.h"
#include "random.h"

void ahead_asked(struct model *m, u32 sid, u64 iova)
{
	m->requests[m->next_request++ % REQUESTS] = (struct request){ sid, iova };
}

void ahead(struct model *m)
{
	const struct request *r;
	u64 pages;

	/* model_live() leaves no tables. */
	if (!m->config.ahead_in || random_below(&m->random, m->config.ahead_in) ||
	    !(m->cr0.have & CR0_SMMUEN) || !m->strtab_base)
		return;

	/* Around what devices asked for last: of that stream, or of another one. */
	r = &m->requests[random_below(&m->random, REQUESTS)];
	pages = random_below(&m->random, 2) ? 0 : random_below(&m->random, 9);
	transaction(m, r->sid ^ random_below(&m->random, 2), r->iova + pages * PAGE_SIZE, true);
	if (!random_below(&m->random, 4))
		cache_forget(m);
}
