/* SPDX-License-Identifier: GPL-2.0-only */
/* One measured row, and how it is written into a result file. */

#ifndef SMMUBENCH_RECORD_H
#define SMMUBENCH_RECORD_H

#include <stdint.h>

#include "abi.h"
#include "table.h"

struct json;
struct machine;

/* What stands between the device and memory, as asked for. */
enum baseline {
	BASELINE_NONE,		/* rows without a device */
	BASELINE_STRICT,
	BASELINE_LAZY,
	BASELINE_PASSTHROUGH,
	BASELINE_OWN,		/* whatever the mode gives */
	BASELINE_GUEST,		/* rows with a guest: last, since they leave traces */
};

enum record_status {
	RECORD_SKIPPED,
	RECORD_OK,
	RECORD_PARTIAL,
	RECORD_UNSUPPORTED,
	RECORD_FAILED,
};

/**
 * struct record - one row as it came out
 * @run: the module's answer; counts are valid with status ok and partial
 * @rounds: run.nr_rounds entries (batch, counted)
 * @hist: HIST_BUCKETS entries (single)
 * @reason: empty, or one sentence
 */
struct record {
	const struct row *row;
	enum smmubench_method method;
	enum baseline baseline;
	enum record_status status;
	char reason[256];
	struct smmubench_run run;
	struct smmubench_round *rounds;
	uint64_t *hist;
};

const char *baseline_name(enum baseline baseline);

void record_write(const struct record *r, const struct machine *m, struct json *j);
void record_free(struct record *r);

#endif /* SMMUBENCH_RECORD_H */
