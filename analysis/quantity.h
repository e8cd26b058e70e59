/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SMMUSTAT_QUANTITY_H
#define SMMUSTAT_QUANTITY_H

#include "stats.h"

/* What stands for an operation of a row. */
enum quantity {
	QUANTITY_MEAN,		/* over all operations */
	QUANTITY_MEDIAN,	/* over the rounds */
	QUANTITY_LEAST,		/* of single operations */
};

/* One start: a boot, or on the clock insn all boots with the same perturbation. */
struct start {
	int64_t id;
	double value;		/* net, per operation */
};

enum quantity row_quantity(const struct row *row);
const char *quantity_name(enum quantity quantity);
size_t row_starts(const struct row *row, enum quantity quantity, struct start **starts);

#endif
