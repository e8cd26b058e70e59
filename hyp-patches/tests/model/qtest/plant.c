// SPDX-License-Identifier: GPL-2.0-only
/*
 * The model's own functions, with a fault in front of them: the linker leads calls from
 * one file to another through __wrap_ (its option --wrap).
 */

#include "plant.h"

#include "sides.h"

static const char *const names[] = { "none", "tlbi", "cfgi", "permission", "level1", "s2r", "event",
				     "httu" };
static u32 planted;

void __real_cache_apply(struct model *m, const struct model_command *cmd);
void __wrap_cache_apply(struct model *m, const struct model_command *cmd);
u64 __real_world_device_read(u64 phys, enum visibility v);
u64 __wrap_world_device_read(u64 phys, enum visibility v);
void __real_event_record(struct model *m, const struct model_view *view, u32 sid, u64 iova, bool write);
void __wrap_event_record(struct model *m, const struct model_view *view, u32 sid, u64 iova, bool write);
u32 __real_walk_check_ste(struct model *m, const u64 *ste);
u32 __wrap_walk_check_ste(struct model *m, const u64 *ste);

static bool is(const char *name)
{
	return !strcmp(names[planted], name);
}

bool plant(const char *name)
{
	for (planted = 0; planted < ARRAY_SIZE(names); planted++) {
		if (is(name))
			return true;
	}

	return false;
}

/* Invalidations by address, or of one stream, do nothing. */
void __wrap_cache_apply(struct model *m, const struct model_command *cmd)
{
	u32 opcode = cmd->word[0] & 0xff;

	if ((is("tlbi") && opcode == 0x2a) || (is("cfgi") && opcode == 0x03))
		return;
	__real_cache_apply(m, cmd);
}

/* The bits of S2AP change places, or a first-level entry has a Span of one more. */
u64 __wrap_world_device_read(u64 phys, enum visibility v)
{
	u64 value = __real_world_device_read(phys, v);

	if (is("permission") && phys >= TABLES + 0x400000)
		return (value & ~0xc0ULL) | BITS(value, 6, 6) << 7 | BITS(value, 7, 7) << 6;
	if (is("level1") && phys >= TABLES + 0x2000 && phys < TABLES + 0x3000 && value)
		return value + 1;

	return value;
}

/* Reads are recorded as writes. */
void __wrap_event_record(struct model *m, const struct model_view *view, u32 sid, u64 iova, bool write)
{
	__real_event_record(m, view, sid, iova, write || is("event"));
}

/* Only entries that have faults recorded (S2R) are valid, or it ignores what QEMU does. */
u32 __wrap_walk_check_ste(struct model *m, const u64 *ste)
{
	u64 lax[STE_WORDS];

	if (is("httu")) {
		memcpy(lax, ste, sizeof(lax));
		lax[2] &= ~(3ULL << 55);
		return __real_walk_check_ste(m, lax);
	}
	if (is("s2r") && BITS(ste[0], 3, 0) == 0xd && !BITS(ste[2], 58, 58))
		return EVENT_BAD_STE;

	return __real_walk_check_ste(m, ste);
}
