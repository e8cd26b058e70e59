// SPDX-License-Identifier: GPL-2.0-only
/*
 * Stage 1 of an SMMU that has no stage 2: stream table entries with one context descriptor
 * (IHI 0070, 5.2 and 5.4), in the EL1 regime, and of their fields those that EL2 has a use for.
 */

#include "model_priv.h"

#define ADDRESS 0xfffffffffffffULL /* bits 51 to 0 */

u32 s1_check_ste(const struct model *m, const u64 *ste)
{
	u64 known = 0xfc, s1stalld = 1ULL << 27; /* S1CIR, S1COR, S1CSH */
	u32 stall_model = BITS(m->config.idr0, 25, 24);

	if (!(m->config.idr0 & IDR0_S1P))
		return EVENT_BAD_STE;
	if (m->config.idr0 & IDR0_S2P)
		world_bug("stage 1 where there is stage 2");
	if (ste[1] & s1stalld && stall_model)
		return EVENT_BAD_STE;
	if (!(ste[1] & s1stalld) && !stall_model)
		world_bug("a device could be stalled");

	/* One context descriptor; no ATS, NS-EL1. */
	if (ste[0] & ~(ADDRESS & ~0x3fULL) & ~0xfULL || ste[1] & ~(known | s1stalld) || ste[2] |
	    ste[3] | ste[4] | ste[5] | ste[6] | ste[7])
		world_bug("a stream table entry sets fields that the model does not know");
	if ((ste[0] & ADDRESS) >> oas_bits(m))
		world_bug("a context descriptor beyond what the SMMU can address");

	return MODEL_REACHED;
}

static u32 granule_of(const u64 *cd)
{
	static const u32 shifts[] = { 12, 16, 14, 0 };

	return shifts[BITS(cd[0], 7, 6)];
}

static u32 output_bits(const struct model *m, const u64 *cd)
{
	static const u32 bits[] = { 32, 36, 40, 42, 44, 48, 48, 48 };

	return min(bits[BITS(cd[0], 34, 32)], oas_bits(m));
}

/* What makes a context descriptor ILLEGAL; 0, or the event. */
static u32 check_cd(const struct model *m, const u64 *cd)
{
	/* A, R, ASET and V; the lower half only. */
	u64 wanted = 1ULL << 46 | 1ULL << 45 | 1ULL << 47 | 1ULL << 31 | 1ULL << 30;
	u64 fields = wanted | 1ULL << 41 | 0xffffULL << 48 | 7ULL << 32 | 0x3fff;
	u32 granule = granule_of(cd), t0sz = BITS(cd[0], 5, 0);

	/* V, and AA64. */
	if (!(cd[0] >> 31 & 1) || !(cd[0] >> 41 & 1))
		return EVENT_BAD_CD;
	if (t0sz < 16 || t0sz > 39)
		return EVENT_BAD_CD;
	if (!granule || !(BITS(m->config.idr5, 6, 4) & (granule == 12 ? 1 : granule == 14 ? 2 : 4)))
		return EVENT_BAD_CD;
	if (cd[0] >> 56 && !(m->config.idr0 & IDR0_ASID16))
		return EVENT_BAD_CD;
	if ((cd[1] & ADDRESS) >> output_bits(m, cd))
		return EVENT_BAD_CD;
	if ((cd[0] & wanted) != wanted || cd[0] & ~fields || cd[1] & ~(ADDRESS & ~0xfULL) ||
	    cd[2] | cd[4] | cd[5] | cd[6] | cd[7])
		world_bug("a context descriptor sets fields that the model does not know");

	return MODEL_REACHED;
}

/* The context descriptor of a stream: MODEL_REACHED with @cd, or what is wrong. */
u32 s1_cd(struct model *m, u32 sid, const u64 *ste, u64 *cd, bool cached)
{
	const struct cd_entry *entry = cached ? cd_find(m, sid) : NULL;
	enum visibility seen = seen_by(m, BITS(ste[1], 3, 2), BITS(ste[1], 5, 4), BITS(ste[1], 7, 6));
	u32 i;

	for (i = 0; i < CD_WORDS; i++) {
		cd[i] = entry ? entry->cd[i] :
				world_device_read((ste[0] & ADDRESS & ~0x3fULL) + 8 * i, seen);
	}
	/* Valid or not, as it is with the others. */
	if (!entry && cached)
		cd_add(m, sid, cd);

	return check_cd(m, cd);
}

struct regime s1_regime(const struct model *m, const u64 *cd)
{
	u32 granule = granule_of(cd), ia = 64 - BITS(cd[0], 5, 0);
	u32 levels = (ia - 4) / (granule - 3); /* rounded up */
	u64 size = 8ULL << (ia - granule - (levels - 1) * (granule - 3));

	if (cd[1] & (max(size, 64ULL) - 1))
		world_bug("the first level of a stage 1 at %#llx is not aligned", cd[1] & ADDRESS);

	return (struct regime){
		.stage1 = true,
		.quiet = !BITS(cd[0], 45, 45),
		.no_fault = BITS(cd[0], 35, 35),
		.tag = TAG_STAGE1 | BITS(cd[0], 63, 48),
		.granule = granule,
		.level = 4 - levels,
		.ia = ia,
		.out = output_bits(m, cd),
		.table = cd[1] & ADDRESS,
		.mair = cd[3],
		.visibility = seen_by(m, BITS(cd[0], 9, 8), BITS(cd[0], 11, 10), BITS(cd[0], 13, 12)),
	};
}
