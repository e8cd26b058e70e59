// SPDX-License-Identifier: GPL-2.0-only
/* The SMMUs of a machine, and how they follow their registers as time passes. */

#include <nvhe/iommu_shim.h>

#include "model_priv.h"

static struct model models[MODEL_MAX];
static u32 nr_models;

void model_reset(void)
{
	memset(models, 0, sizeof(models));
	nr_models = 0;
}

struct model *model_add(const struct model_config *config)
{
	struct model *m;

	if (nr_models == MODEL_MAX)
		world_bug("more than %d models", MODEL_MAX);

	m = &models[nr_models++];
	m->config = *config;
	m->random = config->seed;

	return m;
}

struct model_config *model_knobs(struct model *m)
{
	return &m->config;
}

struct model_counts *model_counts(struct model *m)
{
	return &m->counts;
}

void model_live(struct model *m)
{
	u64 ste[STE_WORDS] = { 1 | 4 << 1 };
	u32 sid;

	m->cr0.want = m->cr0.have = CR0_SMMUEN | CR0_EVTQEN | CR0_CMDQEN;
	m->irq_ctrl.want = m->irq_ctrl.have = IRQ_GERROR | IRQ_EVTQ;
	m->gerror = 0x3d;
	m->gerrorn = 0x10;
	m->cmdq_prod = 0x13;
	m->cmdq_cons = 0x11;
	m->evtq_prod = 0x7;
	m->evtq_cons = 0x3;
	m->gbpa = GBPA_UPDATE;
	m->gbpa_us_left = 5;
	m->gerror_msi = RAM_START;
	m->evtq_msi = RAM_START + 8;

	/* It let streams through, and had something of its own under VMIDs and ASIDs. */
	for (sid = 0; sid < 8; sid++) {
		ste_add(m, sid, ste);
		tlb_add(m, &(struct tlb_entry){
				   .tag = sid % 2 ? sid : TAG_STAGE1 | sid,
				   .iova = RAM_START,
				   .size = SZ_1G,
				   .pa = RAM_START + SZ_1G,
				   .granule = PAGE_SHIFT,
			   });
	}
}

static bool follow(struct model_ack *ack)
{
	if (ack->want == ack->have || ack->us_left == MODEL_NEVER || --ack->us_left)
		return false;
	ack->have = ack->want;

	return true;
}

void model_tick(void)
{
	struct model *m;

	for (m = models; m < models + nr_models; m++) {
		follow(&m->cr0);
		follow(&m->irq_ctrl);
		if (m->gbpa & GBPA_UPDATE && m->gbpa_us_left != MODEL_NEVER && !--m->gbpa_us_left)
			m->gbpa &= ~GBPA_UPDATE;
		ahead(m);
		cmdq_tick(m);
		ahead(m);
	}
}

void model_gerror(struct model *m, u32 bits)
{
	m->gerror ^= bits & ~(m->gerror ^ m->gerrorn);
	interrupt(m, IRQ_GERROR);
}

struct model *model_at(u32 index)
{
	return index < nr_models ? &models[index] : NULL;
}

u32 model_index(const struct model *m)
{
	return m - models;
}
