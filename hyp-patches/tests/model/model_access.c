// SPDX-License-Identifier: GPL-2.0-only
/* Transactions of devices: what stops them, or where they arrive. */

#include "model_priv.h"

/* The entry of a stream: MODEL_REACHED with @config, or what is wrong. */
static u32 stream(struct model *m, u32 sid, u64 *ste, bool cached)
{
	const struct ste_entry *entry = cached ? ste_find(m, sid) : NULL;
	u32 fault = MODEL_REACHED, i;

	if (!entry || !ste_complete(entry))
		fault = walk_ste(m, sid, ste, cached);
	for (i = 0; entry && i < STE_WORDS; i++) {
		if (entry->have >> i & 1)
			ste[i] = entry->ste[i];
	}
	/* Valid or not, it may be cached (IHI 0070, 3.21.3). */
	if (!fault && !entry && cached)
		ste_add(m, sid, ste);
	if (!fault)
		fault = walk_check_ste(m, ste);

	return fault;
}

static struct model_view translate(struct model *m, const struct regime *r, u64 iova, bool cached)
{
	const struct tlb_entry *t = NULL;
	struct model_view view = { .size = PAGE_SIZE };

	if (cached)
		view.fault = tlb_find(m, r->tag, iova, &t);
	if (view.fault)
		return view;
	if (t) {
		stale_hit(m, t, t->pa + (iova - t->iova));
		return (struct model_view){ .pa = t->pa + (iova - t->iova),
					    .size = t->size,
					    .may = t->may };
	}

	view = walk(m, r, iova, cached);
	if (cached && !view.fault)
		tlb_add(m, &(struct tlb_entry){ .tag = r->tag,
						.global = view.global,
						.iova = iova & ~(view.size - 1),
						.size = view.size,
						.pa = view.pa & ~(view.size - 1),
						.granule = r->granule,
						.may = view.may });

	return view;
}

/* Until an update of GBPA is done, what it said before may count (IHI 0070, 6.3.14). */
static bool may_bypass(const struct model *m)
{
	return !(m->gbpa & GBPA_ABORT) || (m->gbpa & GBPA_UPDATE && !(m->gbpa_before & GBPA_ABORT));
}

struct model_view transaction(struct model *m, u32 sid, u64 iova, bool cached)
{
	struct model_view view = {
		.fault = MODEL_ABORTED, .pa = iova, .size = ~0ULL, .may = MODEL_READ | MODEL_WRITE
	};
	u64 ste[STE_WORDS], cd[CD_WORDS];
	struct regime r;
	u32 config;

	if (!(m->cr0.have & CR0_SMMUEN)) {
		if (!(iova >> oas_bits(m)) && may_bypass(m))
			view.fault = MODEL_REACHED;
		return view;
	}

	view.fault = stream(m, sid, ste, cached);
	if (view.fault)
		return view;
	config = BITS(ste[0], 3, 1);
	if (config < 4)
		view.fault = MODEL_ABORTED;
	else if (config == 5)
		view.fault = s1_cd(m, sid, ste, cd, cached);
	else if (iova >> oas_bits(m))
		view.fault = EVENT_ADDR_SIZE;
	if (config == 4 || view.fault)
		return view;

	r = config == 5 ? s1_regime(m, cd) : s2_regime(m, ste);
	view = translate(m, &r, iova, cached);
	view.stage2 = !r.stage1;
	view.quiet = r.quiet;

	return view;
}

static void check_permission(struct model_view *view, u32 need)
{
	if (!view->fault && need & ~view->may)
		view->fault = EVENT_PERMISSION;
}

u32 model_access(struct model *m, u32 sid, u64 iova, bool write, u64 *pa)
{
	struct model_view view = transaction(m, sid, iova, true);

	ahead_asked(m, sid, iova);

	check_permission(&view, write ? MODEL_WRITE : MODEL_READ);
	if (view.fault > MODEL_ABORTED && !view.quiet)
		event_record(m, &view, sid, iova, write);
	if (pa)
		*pa = view.pa;

	return view.fault;
}

/* Unless it is told to check, the SMMU believes the device. */
u32 model_access_translated(struct model *m, u32 sid, u64 pa)
{
	if (!(m->cr0.have & CR0_SMMUEN) || !(m->config.idr0 & IDR0_ATS))
		return MODEL_ABORTED;
	if (!(m->cr0.have & CR0_ATSCHK))
		return MODEL_REACHED;

	/* No entry here enables it for its stream: walk_check_ste(). */
	event_record(m, &(struct model_view){ .fault = EVENT_FORBIDDEN }, sid, pa, true);

	return EVENT_FORBIDDEN;
}

struct model_view model_look(struct model *m, u32 sid, u64 iova)
{
	struct model_view view = transaction(m, sid, iova, false);

	check_permission(&view, MODEL_READ | MODEL_WRITE);

	return view;
}
