// SPDX-License-Identifier: GPL-2.0-only
/* What is left of an SMMU after its power was away (IHI 0070, 3.19). */

#include "model_priv.h"
#include "random.h"

static void lose_ack(struct model_ack *ack)
{
	*ack = (struct model_ack){};
}

/*
 * Of the caches it is implementation specific what they hold (3.11): here what they
 * held, and something besides.
 */
static void stale(struct model *m, u64 seed)
{
	u64 ste[STE_WORDS] = { 1 | 4 << 1 };
	u32 sid;

	for (sid = 0; sid < STES; sid++)
		ste_add(m, sid, ste);
	tlb_add(m, &(struct tlb_entry){
			   .tag = random_below(&seed, 2) ? 1 : TAG_STAGE1 | 1,
			   .iova = RAM_START + SZ_1G,
			   .size = SZ_1G,
			   .pa = RAM_START + random_below(&seed, 4) * SZ_1G,
			   .granule = PAGE_SHIFT,
		   });
}

void model_lose(struct model *m, u32 what, u64 seed)
{
	u64 junk = random_below(&seed, 1U << 31) << 32 | random_below(&seed, 1U << 31);

	if (what & MODEL_CR0)
		lose_ack(&m->cr0);
	if (what & MODEL_IRQ_CTRL)
		lose_ack(&m->irq_ctrl);
	if (what & MODEL_GBPA) {
		m->gbpa = m->config.gbpa_reset;
		m->gbpa_us_left = 0;
	}
	if (what & MODEL_GERROR)
		m->gerror = m->gerrorn = 0;

	/* All that follows is unknown after a reset (6.3.11 and others). */
	if (what & MODEL_CR1)
		m->cr1 = BITS(junk, 11, 0);
	if (what & MODEL_CR2)
		m->cr2 = BITS(junk, 2, 0);
	if (what & MODEL_STRTAB_BASE)
		m->strtab_base = junk & ~0x3fULL;
	if (what & MODEL_STRTAB_CFG)
		m->strtab_cfg = BITS(junk, 16, 0);
	/* A queue that is in order, and somewhere else. */
	if (what & MODEL_CMDQ) {
		m->cmdq_base = (junk & ~0xfffULL) | 8;
		m->cmdq_prod = m->cmdq_cons = BITS(junk, 40, 32);
		m->nr_pending = 0;
		m->command_us_left = 0;
		m->refused_at = 0;
	}
	if (what & MODEL_EVTQ) {
		m->evtq_base = junk >> 3;
		m->evtq_prod = BITS(junk, 40, 32);
		m->evtq_cons = BITS(junk, 50, 42);
	}
	if (what & MODEL_MSI) {
		m->gerror_msi = junk & ~3ULL;
		m->evtq_msi = ~junk & ~3ULL;
	}
	if (what & MODEL_CACHES)
		stale(m, seed);
}
