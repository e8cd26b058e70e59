/* SPDX-License-Identifier: GPL-2.0-only */
/* The rows of ../rows.h, and what each is run as. */

#ifndef SMMUBENCH_TABLE_H
#define SMMUBENCH_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "abi.h"

enum row_suite {
	IN_QUICK = 1,
	IN_FULL = 2,
};

enum row_domain {
	NO_DOMAIN,
	NEEDS_DOMAIN,
};

enum row_kvm {
	KVM_ANY,
	KVM_HYP,
	KVM_GUEST,
};

/* More rounds in the full suite. */
#define FULL_FACTOR	4

#define NR_METHODS	(SMMUBENCH_COUNTED + 1)

/* Operations before measuring, of each method: see module/measure.c. */
#define WARMUP_OPS	1024

struct row {
	const char *name;
	const char *op;
	unsigned long long size;
	unsigned int batch_rounds;
	unsigned int single_rounds;
	unsigned int suites;
	enum row_domain domain;
	enum row_kvm kvm;
	unsigned int revision;
	const char *text;
};

#define ROW_KEY_MAX 96

const struct row *rows(size_t *n);

/* "dma_map/64k", "null": unique in the table. */
void row_key(const struct row *row, char *key, size_t size);
const char *method_name(enum smmubench_method method);
bool row_has_method(const struct row *row, enum smmubench_method method);
unsigned int row_rounds(const struct row *row, enum smmubench_method method, bool full);

/**
 * row_matches() - whether a pattern picks a row
 * @glob: matched against "dma_map", "dma_map/64k" and "dma_map/64k/batch";
 *	  NULL picks every row
 *
 * None is picked for a method it does not have.
 */
bool row_matches(const struct row *row, enum smmubench_method method, const char *glob);

/**
 * row_in_suite() - whether a suite has a row
 * @suite: "quick", "full", or the name or key of a benchmark
 */
bool row_in_suite(const struct row *row, const char *suite);

#endif /* SMMUBENCH_TABLE_H */
