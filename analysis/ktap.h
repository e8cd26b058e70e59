/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SMMUSTAT_KTAP_H
#define SMMUSTAT_KTAP_H

#include <stdbool.h>
#include <stddef.h>

/* One result that stands for no others. Strings lie in the text that was read. */
struct ktap_result {
	bool ok;
	char *description;	/* without number and directive */
	char *skip;		/* why it was skipped, or NULL */
	char *note;		/* what another directive says, or NULL */
};

/* What a file says besides its results. */
struct ktap_end {
	bool planned;		/* there is a plan */
	bool whole;		/* every plan was kept, of the file and of each suite in it */
	long plan;		/* the one that was not kept, or that of the file; -1: a suite has none */
	char *bail_out;		/* why the tests ended early, or NULL */
	char *skip;		/* why nothing was tried: the reason of the plan 1..0; or NULL */
};

typedef void (*ktap_case)(void *context, const struct ktap_result *result);

void ktap_read(char *text, ktap_case report, void *context, struct ktap_end *end);

#endif
