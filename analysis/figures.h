/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SMMUSTAT_FIGURES_H
#define SMMUSTAT_FIGURES_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct error;
struct result;
struct stats;

/* One figure with a name of its own: its value at each boot, or on insn at each perturbed start. */
struct metric {
	char *name;		/* LABEL/BENCHMARK[/SIZE]/METHOD/QUANTITY */
	const char *unit;	/* insn, ns, bytes, or NULL for counts; all but bytes per operation */
	double *values;
	size_t nr;
	double grain;	/* of exact ones: differences up to this are none */
	bool judged;		/* the others only explain what moved */
	bool exact;		/* on insn: no noise but what a perturbed start changes */
	int64_t revision;	/* of the benchmark; 0 for what is of none */
};

/* A row, or a run, that gave no figures, or not all. */
struct left_out {
	char *name;		/* LABEL/BENCHMARK[/SIZE]/METHOD, or the id of a run */
	char *why;
	bool run;
};

/* How the runs of one mode were made. */
struct figures_setup {
	char *mode;
	char *kvm_mode;
	json_t *setup;
};

/*
 * All figures of a result file by name. It is what the gate and bisection work on, and small enough
 * to be kept: results/baseline/quick.json is one.
 */
struct figures {
	char *path;
	const char *clock;
	struct figures_setup *setups;
	size_t nr_setups;
	struct metric *metrics;
	size_t nr;
	struct left_out *left_out;
	size_t nr_left_out;
};

int figures_load(const char *path, struct figures **figures, struct error *error);
int figures_build(const struct stats *stats, struct figures **figures, struct error *error);
void figures_free(struct figures *figures);
const struct metric *figures_metric(const struct figures *figures, const char *name);
const char *figures_why_not(const struct figures *figures, const char *name);
int figures_no_metric(const struct figures *figures, const char *name, struct error *error);
const char *metric_quantity(const struct metric *metric);
double metric_middle(const struct metric *metric);

/* For the files that together make up figures. */
struct figures *figures_new(const char *path, const char *clock);
struct metric *figures_add(struct figures *figures, char *name, const char *unit);
void figures_leave_out(struct figures *figures, char *name, char *why, bool run);
void metric_value(struct metric *metric, double value);
int figures_add_setup(struct figures *figures, const char *mode, const char *kvm_mode,
		      const json_t *setup, struct error *error);
int figures_index(struct figures *figures, struct error *error);
bool figures_has_mode(const struct figures *figures, const char *name);
int figures_read(const char *path, const json_t *root, struct figures **figures,
		 struct error *error);
bool figures_are_kept(const json_t *root);
char *row_name(const char *label, const char *kvm_mode, const char *benchmark,
	       const json_t *parameters);
int figures_print(const struct figures *figures, FILE *out);

#endif
