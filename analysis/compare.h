/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SMMUSTAT_COMPARE_H
#define SMMUSTAT_COMPARE_H

#include <errno.h>
#include <stdio.h>

#include "quantity.h"
#include "stats.h"
#include "unmatched.h"
#include "verdict.h"

struct error;

enum axis { AXIS_MODE, AXIS_COMMIT, AXIS_KERNEL };

struct compare_request {
	enum axis axis;
	const char *baseline;		/* a label, or NULL for all */
	const char *const *allowed;	/* fields that may differ */
	size_t nr_allowed;
};

/* A row held against the same row of the baseline, per operation and less the null row. */
struct comparison {
	const struct row *base, *change;
	enum quantity quantity;		/* what stands for an operation, on both sides */
	double low, high;		/* of the ratio; NAN when there is no interval */
	double el2_entries;		/* of the changed row, per operation */
	struct judgement judgement;	/* figures of both sides, their difference and ratio */
};

struct comparisons {
	const struct stats *base, *change;
	enum axis axis;
	struct comparison *list;
	size_t nr;
	struct unmatched_list unmatched;
	char *waived;			/* fields that differ and were let through; may be empty */
};

int compare(const struct stats *base, const struct stats *change,
	    const struct compare_request *request, struct comparisons **out, struct error *error);
int compare_match(struct comparisons *comparisons, const struct compare_request *request,
		  struct error *error);
int comparisons_code(const struct comparisons *comparisons);
void comparisons_derive(struct comparisons *comparisons);
void comparisons_free(struct comparisons *comparisons);
int compare_setups(const struct stats *base, const struct stats *change,
		   const struct compare_request *request, char **waived, struct error *error);
error_t compare_allow(struct compare_request *request, const char *field, struct error *error);
void compare_allow_none(struct compare_request *request);
bool compare_is_allowed(const struct compare_request *request, const char *field);

int comparisons_print(const struct comparisons *comparisons, const char *format, FILE *out);

#endif
