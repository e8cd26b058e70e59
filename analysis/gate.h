/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SMMUSTAT_GATE_H
#define SMMUSTAT_GATE_H

#include <stdio.h>

#include "compare.h"
#include "figures.h"
#include "verdict.h"

struct gate_request {
	struct compare_request setups;	/* the axis, and what may differ */
	struct demand demand;
	const char *pattern;		/* only metrics whose name matches; NULL for all */
	bool any;			/* fail on what became better too */
};

/* A figure that both sides have, and what is to be said of it. */
struct gated {
	const struct metric *base, *change;
	struct judgement judgement;
};

struct gate {
	const struct figures *base, *change;
	const struct gate_request *request;
	struct gated *list;
	size_t nr;
	const struct metric **gone;	/* judged in the base, and not measured in the change */
	size_t nr_gone;
	const struct metric **added;	/* the other way round */
	size_t nr_added;
	const struct metric **further;	/* not judged, and on one side only: base, then change */
	size_t nr_further, nr_further_base;
	size_t nr_runs;			/* of both sides, that are not complete */
	size_t nr_by[4];		/* of each verdict */
	size_t nr_below;		/* that differ for certain, by less than matters */
	size_t boots;			/* most that an unclear figure asks for */
	char *waived;			/* fields that differ and were let through; may be empty */
};

int gate_new(const struct figures *base, const struct figures *change,
	     const struct gate_request *request, struct gate **gate, struct error *error);
void gate_free(struct gate *gate);
int gate_code(const struct gate *gate);
const struct left_out *gate_run(const struct gate *gate, size_t index, const char **path);
const char *gate_why_gone(const struct gate *gate, const struct metric *metric);
char *gate_summary(const struct gate *gate);
char *gated_sentence(const struct gated *gated);
char *gated_moved(const struct gate *gate, const struct gated *gated);
int gate_print(const struct gate *gate, const char *format, FILE *out);
int gate_print_tests(const struct gate *gate, bool junit, FILE *out);

int metrics_alike(const struct metric *base, const struct metric *change,
		  const struct compare_request *request, struct error *error);
int figures_alike(const struct figures *base, const struct figures *change,
		  const struct compare_request *request, char **waived, struct error *error);

#endif
