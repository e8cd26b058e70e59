// SPDX-License-Identifier: GPL-2.0-only
/* The registers: what is written when, and the way from EL2 to them. */

#include "model_priv.h"

#define FRAME SZ_128K

/* Software that waited for that long may take the hardware for broken. */
#define PATIENCE_US 50000

/* Where EL2 sees the frames: addresses that nothing may dereference. */
static u8 *const frames = (u8 *)0x100000;

static void write_ack(struct model *m, struct model_ack *ack, u32 value)
{
	if (ack->want != ack->have && world_time() - ack->written < PATIENCE_US)
		world_bug("a register is written before it acknowledged the last value");
	ack->want = value;
	ack->written = world_time();
	ack->us_left = m->config.ack_us;
	if (!ack->us_left)
		ack->have = value;
}

static void must_be_off(struct model *m, u32 enable, const char *what)
{
	if ((m->cr0.have | m->cr0.want) & enable)
		world_bug("%s is written while what it is about is enabled", what);
}

/* Tables and queues lead nowhere before this, so a barrier must stand before it. */
static void must_be_ordered(bool ordered, const char *what)
{
	if (!ordered)
		world_bug("%s is written without a barrier before it", what);
}

/* Each TLBI of a CPU would wait for the SMMU too, whose tables none of them is about. */
static void must_be_private(const struct model *m, u32 cr0)
{
	if (cr0 & CR0_SMMUEN && m->config.idr0 & IDR0_BTM && !(m->cr2 & CR2_PTM))
		world_bug("the SMMU takes part in broadcast TLB maintenance");
}

static void write_gbpa(struct model *m, u32 value)
{
	if (!(value & GBPA_UPDATE))
		return;
	if (m->gbpa & GBPA_UPDATE)
		world_bug("GBPA is written before the last update was done");
	m->gbpa_before = m->gbpa;
	m->gbpa = value;
	m->gbpa_us_left = m->config.gbpa_us;
	if (!m->gbpa_us_left)
		m->gbpa &= ~GBPA_UPDATE;
}

static void write_gerrorn(struct model *m, u32 value)
{
	if ((value ^ m->gerrorn) & ~(m->gerror ^ m->gerrorn))
		world_bug("GERRORN %#x acknowledges what GERROR %#x does not report", value,
			  m->gerror);
	m->gerrorn = value;
}

static void write_cmdq_prod(struct model *m, u32 value, bool ordered)
{
	u32 mask = (2U << BITS(m->cmdq_base, 4, 0)) - 1, queued;

	if (!(m->cr0.have & CR0_CMDQEN)) {
		m->cmdq_prod = value;
		return;
	}
	must_be_ordered(ordered, "CMDQ_PROD");
	queued = (value - m->cmdq_cons) & mask;
	if (value & ~mask || queued > (mask + 1) / 2)
		world_bug("CMDQ_PROD %#x overtakes CMDQ_CONS %#x", value, m->cmdq_cons);
	cmdq_doorbell(m, queued);
	m->cmdq_prod = value;
	m->counts.doorbells++;
	m->counts.queued_max = max(m->counts.queued_max, queued);
}

static void write32(struct model *m, u32 offset, u32 value, bool ordered)
{
	switch (offset) {
	case 0x20:
		must_be_ordered(ordered, "CR0");
		must_be_private(m, value);
		write_ack(m, &m->cr0, value & (m->config.idr0 & IDR0_ATS ? 0x1f : 0xf));
		return;
	case 0x28:
		must_be_off(m, CR0_SMMUEN | CR0_EVTQEN | CR0_CMDQEN, "CR1");
		m->cr1 = value;
		return;
	case 0x2c:
		must_be_off(m, CR0_SMMUEN, "CR2");
		m->cr2 = value;
		return;
	case 0x44:
		write_gbpa(m, value);
		return;
	case 0x50:
		write_ack(m, &m->irq_ctrl, value);
		return;
	case 0x64:
		must_be_ordered(ordered, "GERRORN");
		write_gerrorn(m, value);
		return;
	case 0x88:
		must_be_off(m, CR0_SMMUEN, "STRTAB_BASE_CFG");
		m->strtab_cfg = value;
		return;
	case 0x98:
		write_cmdq_prod(m, value, ordered);
		return;
	case 0x9c:
		must_be_off(m, CR0_CMDQEN, "CMDQ_CONS");
		m->cmdq_cons = value;
		return;
	case SZ_64K + 0xa8:
		must_be_off(m, CR0_EVTQEN, "EVTQ_PROD");
		m->evtq_prod = value;
		return;
	case SZ_64K + 0xac:
		m->evtq_cons = value;
		return;
	default:
		world_bug("%#x is written to the register at %#x", value, offset);
	}
}

static void write64(struct model *m, u32 offset, u64 value)
{
	switch (offset) {
	case 0x68:
		m->gerror_msi = value;
		return;
	case 0x80:
		must_be_off(m, CR0_SMMUEN, "STRTAB_BASE");
		m->strtab_base = value;
		return;
	case 0x90:
		must_be_off(m, CR0_CMDQEN, "CMDQ_BASE");
		m->cmdq_base = value;
		return;
	case 0xa0:
		must_be_off(m, CR0_EVTQEN, "EVTQ_BASE");
		m->evtq_base = value;
		return;
	case 0xb0:
		m->evtq_msi = value;
		return;
	default:
		world_bug("%#llx is written to the 64-bit register at %#x", value, offset);
	}
}

static u32 read32(struct model *m, u32 offset)
{
	switch (offset) {
	case 0x00:
		return m->config.idr0;
	case 0x04:
		return m->config.idr1;
	case 0x0c:
		return m->config.idr3;
	case 0x14:
		return m->config.idr5;
	case 0x18:
		return m->config.iidr;
	case 0x20:
		return m->cr0.want;
	case 0x24:
		return m->cr0.have;
	case 0x28:
		return m->cr1;
	case 0x44:
		return m->gbpa;
	case 0x50:
		return m->irq_ctrl.want;
	case 0x54:
		return m->irq_ctrl.have;
	case 0x60:
		return m->gerror;
	case 0x64:
		return m->gerrorn;
	case 0x88:
		return m->strtab_cfg;
	case 0x98:
		return m->cmdq_prod;
	case 0x9c:
		return m->cmdq_cons + m->config.cons_lie;
	case SZ_64K + 0xa8:
		return m->evtq_prod;
	case SZ_64K + 0xac:
		return m->evtq_cons;
	default:
		world_bug("the register at %#x is read", offset);
	}
}

static u64 read64(struct model *m, u32 offset)
{
	switch (offset) {
	case 0x80:
		return m->strtab_base;
	case 0x90:
		return m->cmdq_base;
	case 0xa0:
		return m->evtq_base;
	default:
		world_bug("the 64-bit register at %#x is read", offset);
	}
}

/* The way of an access from EL2 to the model. */

static struct model *decode(const void *addr, u32 *offset)
{
	uintptr_t at = (uintptr_t)addr - (uintptr_t)frames;
	struct model *m = model_at(at / FRAME);

	if (!m)
		world_bug("%p is no register", addr);
	*offset = at % FRAME;

	return m;
}

int iommu_map_frame(phys_addr_t base, size_t size, void **va)
{
	struct model *m;
	u32 i;

	for (i = 0; (m = model_at(i)); i++) {
		if (m->config.base == base && size == FRAME) {
			*va = frames + i * FRAME;
			return 0;
		}
	}

	return -EINVAL;
}

u32 readl(const void *addr)
{
	u32 offset, value;
	struct model *m = decode(addr, &offset);

	world_enter();
	clock_access();
	value = read32(m, offset);
	world_leave();

	return value;
}

u32 readl_relaxed(const void *addr)
{
	return readl(addr);
}

u64 readq_relaxed(const void *addr)
{
	u32 offset;
	u64 value;
	struct model *m = decode(addr, &offset);

	world_enter();
	clock_access();
	value = read64(m, offset);
	world_leave();

	return value;
}

/* The write has arrived. What follows from it at once, and what while EL2 goes on. */
static void written(struct model *m)
{
	if (m->config.commands_per_us == MODEL_AT_ONCE)
		cmdq_tick(m);
	clock_access();
	world_leave();
}

void writel(u32 value, void *addr)
{
	u32 offset;
	struct model *m = decode(addr, &offset);

	world_enter();
	world_barrier();
	write32(m, offset, value, true);
	written(m);
}

void writel_relaxed(u32 value, void *addr)
{
	u32 offset;
	struct model *m = decode(addr, &offset);

	world_enter();
	write32(m, offset, value, false);
	written(m);
}

void writeq_relaxed(u64 value, void *addr)
{
	u32 offset;
	struct model *m = decode(addr, &offset);

	world_enter();
	write64(m, offset, value);
	written(m);
}
