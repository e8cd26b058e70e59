// SPDX-License-Identifier: GPL-2.0-only
/* The event queue and the interrupts. */

#include "model_priv.h"

/* A message, where an address is set for it, goes to memory: whose, is checked there. */
void interrupt(struct model *m, u32 which)
{
	u64 msi = which == IRQ_EVTQ ? m->evtq_msi : m->gerror_msi;

	if (!(m->irq_ctrl.have & which))
		return;
	m->counts.interrupts++;
	if (m->config.idr0 & IDR0_MSI && msi & 0xffffffffffffcULL)
		world_bug("an interrupt is written to memory at %#llx",
			  cut(m, msi & 0xffffffffffffcULL));
}

/* What a record says beside its number and the stream (IHI 0070, 7.3). */
static void describe(u64 *record, const struct model_view *view, u64 iova, bool write)
{
	const u64 class_in = 2;

	if (view->fault < EVENT_FORBIDDEN)
		return;
	record[1] = (u64)!write << 35;
	record[2] = iova;
	if (view->fault == EVENT_FORBIDDEN)
		return;
	record[1] |= (u64)view->stage2 << 39 | class_in << 40;
	if (view->stage2)
		record[3] = iova & 0xfffffffffffff000ULL;
}

void event_record(struct model *m, const struct model_view *view, u32 sid, u64 iova, bool write)
{
	u32 shift = BITS(m->evtq_base, 4, 0), mask = (2U << shift) - 1;
	u64 base = cut(m, m->evtq_base & 0xfffffffffffe0ULL), at;
	u32 used = (m->evtq_prod - m->evtq_cons) & mask, id = view->fault, i;
	u64 record[4] = { id | (u64)sid << 32 };

	if (!(m->cr0.have & CR0_EVTQEN) || (id == EVENT_BAD_STREAMID && !(m->cr2 & CR2_RECINVSID)))
		return;
	if (shift > IDR1_EVTQS(m->config.idr1) || base & ((32ULL << shift) - 1))
		world_bug("the event queue at %#llx is too large or misaligned", base);

	if (used == (mask + 1) / 2) {
		m->counts.events_lost++;
		/* Reported once, until software hands the flag back. */
		if (!((m->evtq_prod ^ m->evtq_cons) & QUEUE_OVERFLOW))
			m->evtq_prod ^= QUEUE_OVERFLOW;
		return;
	}

	at = base + 32 * (m->evtq_prod & (mask >> 1));
	describe(record, view, iova, write);
	for (i = 0; i < 4; i++)
		world_device_write(at + 8 * i, record[i], queue_seen_by(m));
	m->evtq_prod = (m->evtq_prod & QUEUE_OVERFLOW) | ((m->evtq_prod + 1) & mask);
	m->counts.events++;
	/* The line is raised when the queue stops being empty. */
	if (!used)
		interrupt(m, IRQ_EVTQ);
}

bool model_overflow_acknowledged(const struct model *m)
{
	return !((m->evtq_prod ^ m->evtq_cons) & QUEUE_OVERFLOW);
}
