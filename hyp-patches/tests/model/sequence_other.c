// SPDX-License-Identifier: GPL-2.0-only
/* Others, who act in the midst of the next operation: a device, or another CPU. */

#include "sequence_priv.h"

#include "points.h"

/* What another CPU does. */
static u8 bytes[8];

static struct {
	bool active;
	u32 smmu;
	u64 addr;
	u64 place;
} other;

static void device(void)
{
	model_access(seq.smmus[other.smmu].m, 8, other.addr, true, NULL);
}

static void cpu(void)
{
	sequence_read(bytes + 1, sizeof(bytes) - 1);
	seq.allowed_us += TIMEOUT_US + WORK_US;
	other.place = sequence_op_of_other(bytes[0]);
	say_line();
}

u64 op_meanwhile(void)
{
	struct act act = { .cpu = next_byte() % MODEL_CPUS, .at = next_byte() % 64 };
	u32 i;

	other_end();
	if (!act.cpu) {
		act.fn = device;
		other.smmu = next_byte() % seq.nr_smmus;
		other.addr = next_place();
		say("meanwhile SMMU %u, %#llx, point %llu", other.smmu, other.addr, act.at);
	} else {
		act.fn = cpu;
		act.at = max(act.at, 1ULL);
		act.back = next_byte() % 32;
		for (i = 0; i < sizeof(bytes); i++)
			bytes[i] = next_byte();
		say("meanwhile CPU %u, points %llu, %llu", act.cpu, act.at, act.back);
	}
	if (seq.entered[act.cpu])
		return 0;
	world_act(&act);
	other.active = true;

	return 0;
}

bool other_armed(void)
{
	return other.active;
}

u64 other_end(void)
{
	u64 place = other.place;

	if (other.active)
		world_act_end();
	memset(&other, 0, sizeof(other));

	return place;
}
