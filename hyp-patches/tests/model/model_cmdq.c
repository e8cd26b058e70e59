// SPDX-License-Identifier: GPL-2.0-only
/*
 * The command queue. What a command invalidates stays in use until the CMD_SYNC
 * behind it is consumed: the architecture promises no more.
 */

#include "model_priv.h"
#include "random.h"

#define OP_PREFETCH   0x01
#define OP_CFGI_STE   0x03
#define OP_CFGI_RANGE 0x04
#define OP_CFGI_CD    0x05
#define OP_CFGI_CDS   0x06
#define OP_NH_ALL     0x10
#define OP_NH_ASID    0x11
#define OP_NH_VA      0x12
#define OP_EL2_ALL    0x20
#define OP_S12_VMALL  0x28
#define OP_S2_IPA     0x2a
#define OP_NSNH_ALL   0x30
#define OP_SYNC	      0x46

/* The encodings that the architecture gives a meaning to. */
static bool legal_address(const struct model *m, const struct model_command *cmd)
{
	u32 tg = BITS(cmd->word[1], 11, 10), ttl = BITS(cmd->word[1], 9, 8);
	u32 num = BITS(cmd->word[0], 16, 12), scale = BITS(cmd->word[0], 25, 20);

	if (!(m->config.idr3 & IDR3_RIL))
		return !tg && !ttl && !num && !scale;
	if (!tg)
		return !num && !scale;

	/* One page without a level: reserved. */
	return scale <= 39 && (num || scale || ttl);
}

static bool legal(const struct model *m, const struct model_command *cmd)
{
	const u32 idr0 = m->config.idr0;

	switch (cmd->word[0] & 0xff) {
	case OP_PREFETCH:
	case OP_CFGI_STE:
	case OP_CFGI_RANGE:
		/* SSec: about Secure streams, which this queue is not for (IHI 0070, 4.1.6). */
		return !BITS(cmd->word[0], 10, 10);
	case OP_NSNH_ALL:
		return true;
	case OP_CFGI_CD:
	case OP_CFGI_CDS:
	case OP_NH_ALL:
	case OP_NH_ASID:
		return idr0 & IDR0_S1P;
	case OP_NH_VA:
		return idr0 & IDR0_S1P && legal_address(m, cmd);
	case OP_EL2_ALL:
		return idr0 & IDR0_HYP;
	case OP_S12_VMALL:
		return idr0 & IDR0_S2P;
	case OP_S2_IPA:
		return idr0 & IDR0_S2P && legal_address(m, cmd);
	case OP_SYNC:
		/* Of the signals of completion one is reserved (IHI 0070, 4.7.3). */
		return BITS(cmd->word[0], 13, 12) != 3;
	default:
		return false;
	}
}

static void refuse(struct model *m, u32 cerror)
{
	m->cmdq_cons = (m->cmdq_cons & 0xfffff) | cerror << 24;
	m->counts.refused++;
	model_gerror(m, GERROR_CMDQ);
}

static void count(struct model *m, const struct model_command *cmd)
{
	m->counts.commands++;
	switch (cmd->word[0] & 0xff) {
	case OP_S2_IPA:
		m->counts.tlbi_ipa++;
		m->counts.tlbi_range += BITS(cmd->word[1], 11, 10) != 0;
		break;
	case OP_NH_VA:
		m->counts.tlbi_va++;
		m->counts.tlbi_range += BITS(cmd->word[1], 11, 10) != 0;
		break;
	case OP_S12_VMALL:
		m->counts.tlbi_vmall++;
		break;
	case OP_NH_ASID:
		m->counts.tlbi_asid++;
		break;
	}
}

static void consume(struct model *m, const struct model_command *cmd)
{
	u32 i;

	if ((cmd->word[0] & 0xff) == OP_SYNC) {
		for (i = 0; i < m->nr_pending; i++) {
			cache_apply(m, &m->pending[i]);
			ahead(m);
		}
		m->nr_pending = 0;
		m->unsynced = 0;
		m->counts.syncs++;
		return;
	}

	if (m->nr_pending == PENDING)
		world_bug("%d commands without a CMD_SYNC", PENDING);
	m->pending[m->nr_pending++] = *cmd;
	m->unsynced++;
	m->counts.unsynced_max = max(m->counts.unsynced_max, m->unsynced);
	count(m, cmd);
}

/*
 * A command that is read again as it was is refused again. Not so a CMD_SYNC, nor what
 * could not be fetched: nothing is wrong with those.
 */
static bool is_refused(struct model *m, u64 at, const struct model_command *cmd)
{
	bool again = m->refused_at == at && !memcmp(&m->refused, cmd, sizeof(*cmd));
	bool sync = (cmd->word[0] & 0xff) == OP_SYNC;
	bool later = m->config.refuse_as == CERROR_ATC_INV_SYNC && m->config.refuse_in == 1 && !sync;

	m->refused_at = 0;
	if (!again && (!m->config.refuse_in || later || --m->config.refuse_in))
		return false;
	if (m->config.keep_refused)
		m->config.refuse_in = 1;
	if (!sync && m->config.refuse_as != CERROR_ABT) {
		m->refused_at = at;
		m->refused = *cmd;
	}

	return true;
}

static void consume_one(struct model *m)
{
	u32 shift = BITS(m->cmdq_base, 4, 0), mask = (2U << shift) - 1;
	u64 base = cut(m, m->cmdq_base & 0xfffffffffffe0ULL), at;
	u64 size = 16ULL << shift;
	struct model_command cmd;

	if (shift > IDR1_CMDQS(m->config.idr1))
		world_bug("the command queue is larger than the SMMU can");
	if (base & (max(size, 32ULL) - 1))
		world_bug("the command queue at %#llx is not aligned to its size", base);

	at = base + 16 * (m->cmdq_cons & (mask >> 1));
	cmd.word[0] = world_device_read(at, queue_seen_by(m));
	cmd.word[1] = world_device_read(at + 8, queue_seen_by(m));
	if (!legal(m, &cmd)) {
		refuse(m, CERROR_ILL);
		return;
	}
	if (is_refused(m, at, &cmd)) {
		refuse(m, m->config.refuse_as ? m->config.refuse_as : CERROR_ILL);
		return;
	}

	m->cmdq_cons = (m->cmdq_cons + 1) & mask;
	consume(m, &cmd);
}

static bool is_empty(const struct model *m)
{
	u32 mask = (2U << BITS(m->cmdq_base, 4, 0)) - 1;

	return (m->cmdq_prod & mask) == (m->cmdq_cons & mask);
}

/* Commands wait, or for the CMD_SYNC behind them. */
bool cmdq_busy(const struct model *m)
{
	return !is_empty(m) || m->nr_pending;
}

/* A doorbell behind which @queued entries wait. */
void cmdq_doorbell(struct model *m, u32 queued)
{
	if (is_empty(m) && queued && m->config.idle_us)
		m->idle_us_left = random_below(&m->random, m->config.idle_us + 1);
}

void cmdq_tick(struct model *m)
{
	u32 n = m->config.commands_per_us;

	if (m->idle_us_left) {
		m->idle_us_left--;
		return;
	}

	if (m->config.us_per_command > 1) {
		if (m->command_us_left) {
			m->command_us_left--;
			return;
		}
		m->command_us_left = m->config.us_per_command - 1;
	}

	/* With an error that is not acknowledged, nothing more is read. */
	while (n-- && m->cr0.have & CR0_CMDQEN && !((m->gerror ^ m->gerrorn) & GERROR_CMDQ)) {
		if (is_empty(m))
			return;
		consume_one(m);
	}
}
