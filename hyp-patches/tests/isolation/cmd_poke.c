// SPDX-License-Identifier: GPL-2.0-only
/*
 * The host CPU at every register of every SMMU: each word of both register pages,
 * and each smaller or larger unit, read and written. All of it must abort. Where
 * the host owns the SMMU only reading is tried, a word at a time, and all of it
 * must work: then the aborts above are not the bus's own.
 */

#include <inttypes.h>
#include <string.h>

#include "cases.h"
#include "commands.h"
#include "ktap.h"
#include "poke.h"
#include "state.h"

#define FRAME_SIZE	(2 * SMMU_PAGE)
#define WIDTHS		4	/* 1, 2, 4 and 8 bytes, each read and written */

struct tally {
	size_t tried;
	size_t aborted;
};

static struct tally poke_frame(const struct poke *frame, unsigned int width, bool write)
{
	struct tally tally = { 0, 0 };
	uint64_t value;
	size_t at;

	for (at = 0; at < FRAME_SIZE; at += width) {
		int happened = write ? poke_write(frame, at, width, ~0ull) :
				       poke_read(frame, at, width, &value);

		tally.tried++;
		tally.aborted += !happened;
	}

	return tally;
}

static void try_width(struct fixture *f, size_t smmu, const struct poke *frame, unsigned int width,
		      bool write)
{
	const char *counter = write ? "mmio_write" : "mmio_read";
	const char *what = write ? "writes" : "reads";
	struct state before, after;
	struct tally tally;
	uint64_t seen;

	if (!f->isolating && (write || width != sizeof(uint32_t))) {
		ktap_skip("the SMMU is the host's", "%s poke: SMMU %zu, %s of %u bytes", f->mode,
			  smmu, what, width);
		return;
	}
	state_read(&before, STATE_COUNTERS);
	tally = poke_frame(frame, width, write);
	state_read(&after, STATE_COUNTERS);
	seen = state_value(&after, counter) - state_value(&before, counter);
	ktap_result(f->isolating ? tally.aborted == tally.tried && seen == tally.tried :
				   !tally.aborted,
		    "%s poke: SMMU %zu, %s of %u bytes: %zu of %zu aborted, EL2 saw %" PRIu64,
		    f->mode, smmu, what, width, tally.aborted, tally.tried, seen);
}

static void poke_smmu(struct fixture *f, size_t smmu)
{
	struct poke frame;
	unsigned int i;
	int ret;

	ret = poke_map(&frame, f->memmap.smmu[smmu], FRAME_SIZE);
	for (i = 0; i < 2 * WIDTHS; i++) {
		if (ret)
			ktap_result(false, "%s poke: SMMU %zu: %s", f->mode, smmu, strerror(-ret));
		else
			try_width(f, smmu, &frame, 1u << i / 2, i % 2);
	}
	if (!ret)
		poke_unmap(&frame);
}

int cmd_poke(struct fixture *f, const char *argument)
{
	size_t i;
	int ret;

	(void)argument;
	ktap_begin((f->memmap.smmu_count ? 2 * WIDTHS * f->memmap.smmu_count : 1) + 1);
	for (i = 0; i < f->memmap.smmu_count; i++)
		poke_smmu(f, i);
	if (!f->memmap.smmu_count)
		ktap_skip("no SMMU in the device tree", "%s poke", f->mode);

	ret = fixture_set_up(f, false);
	if (!ret)
		ret = host_write(f);
	fixture_tear_down(f);
	ktap_result(ret == REACHED, "%s poke: devices still reach the host's memory", f->mode);

	return ktap_end();
}
