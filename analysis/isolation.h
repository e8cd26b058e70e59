/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SMMUSTAT_ISOLATION_H
#define SMMUSTAT_ISOLATION_H

#include <jansson.h>
#include <stddef.h>

struct error;
struct table;

/* One case: what became of it in each mode, or NULL where it was not tried. */
struct isolation_case {
	char *name;
	char *attempt;		/* in words; may be empty */
	char **cells;
};

/* What the isolation tests said, case by mode. */
struct isolation {
	char **modes;
	size_t nr_modes;
	struct isolation_case *cases;
	size_t nr_cases;
	char *remarks;		/* verdicts of each mode, and why cases were skipped */
};

int isolation_load(const char *beside, struct isolation **isolation, struct error *error);
void isolation_free(struct isolation *isolation);
struct table *isolation_table(const struct isolation *isolation);
json_t *isolation_json(const struct isolation *isolation);

#endif
