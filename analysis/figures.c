// SPDX-License-Identifier: GPL-2.0-only
/* A set of figures by name, wherever they come from. */
#include "figures.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "mem.h"
#include "result.h"
#include "setup.h"
#include "stats.h"

/**
 * figures_new() - an empty set
 * @path: where it is read from, for messages
 * @clock: insn or wall
 *
 * Return: a set the caller frees with figures_free().
 */
struct figures *figures_new(const char *path, const char *clock)
{
	struct figures *figures = mem_zero(1, sizeof(*figures));

	figures->path = mem_string(path);
	figures->clock = strcmp(clock, "insn") ? "wall" : "insn";
	return figures;
}

/**
 * figures_add() - add a metric without values
 * @figures: the set
 * @name: taken over
 * @unit: a constant
 *
 * Return: the metric, valid until the next one is added.
 */
struct metric *figures_add(struct figures *figures, char *name, const char *unit)
{
	struct metric *metric;

	figures->metrics = mem_grow(figures->metrics, figures->nr);
	metric = &figures->metrics[figures->nr++];
	*metric = (struct metric){ .name = name, .unit = unit };
	return metric;
}

/**
 * figures_leave_out() - note what gives no figures
 * @figures: the set
 * @name: of a row without its quantity, or of a run; taken over
 * @why: taken over
 * @run: which of them it is
 */
void figures_leave_out(struct figures *figures, char *name, char *why, bool run)
{
	figures->left_out = mem_grow(figures->left_out, figures->nr_left_out);
	figures->left_out[figures->nr_left_out++] = (struct left_out){ name, why, run };
}

/**
 * figures_why_not() - why a metric is not there
 * @figures: the set
 * @name: of the metric
 *
 * Return: what became of its row, or NULL when the set does not know.
 */
const char *figures_why_not(const struct figures *figures, const char *name)
{
	size_t i, length;

	for (i = 0; i < figures->nr_left_out; i++) {
		length = strlen(figures->left_out[i].name);
		if (!figures->left_out[i].run && !strncmp(figures->left_out[i].name, name, length) &&
		    name[length] == '/')
			return figures->left_out[i].why;
	}
	return NULL;
}

/**
 * figures_no_metric() - say that a metric is not there, and why
 * @figures: the set
 * @name: of the metric
 * @error: filled in
 *
 * Return: SMMUSTAT_USAGE.
 */
int figures_no_metric(const struct figures *figures, const char *name, struct error *error)
{
	const char *why = figures_why_not(figures, name);

	if (why)
		return error_set(error, SMMUSTAT_USAGE, "%s has no metric %s: %s", figures->path, name,
				 why);
	return error_set(error, SMMUSTAT_USAGE, "%s has no metric %s: smmustat figures lists those it "
			 "has", figures->path, name);
}

/**
 * metric_value() - add the value of one more boot
 * @metric: the metric
 * @value: it
 */
void metric_value(struct metric *metric, double value)
{
	metric->values = mem_grow(metric->values, metric->nr);
	metric->values[metric->nr++] = value;
}

/**
 * figures_add_setup() - note how a run was made
 * @figures: the set
 * @mode: its mode
 * @kvm_mode: its KVM mode
 * @setup: its setup; a reference is taken
 * @error: the reason on failure
 *
 * Return: 0, or -EINVAL when an earlier run of the same mode was made in another way.
 */
int figures_add_setup(struct figures *figures, const char *mode, const char *kvm_mode,
		      const json_t *setup, struct error *error)
{
	char *field;
	size_t i;

	for (i = 0; i < figures->nr_setups; i++) {
		const struct figures_setup *other = &figures->setups[i];

		if (strcmp(other->mode, mode) || strcmp(other->kvm_mode, kvm_mode))
			continue;
		field = setup_difference(other->setup, setup, NULL, NULL);
		if (!field)
			return 0;
		error_set(error, -EINVAL, "%s: runs of %s differ in %s, so they are not repetitions "
			  "of each other: measure them into folders of their own", figures->path,
			  mode, field);
		free(field);
		return -EINVAL;
	}
	figures->setups = mem_grow(figures->setups, figures->nr_setups);
	figures->setups[figures->nr_setups++] = (struct figures_setup){
		mem_string(mode), mem_string(kvm_mode), json_incref((json_t *)setup),
	};
	return 0;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct metric *)a)->name, ((const struct metric *)b)->name);
}

/* What is judged; everything else is there to explain it. */
static bool is_judged(const char *name)
{
	static const char *const endings[] = {
		"/batch/mean", "/batch/median", "/batch/mean_raw", "/batch/median_raw",
		"/batch/el2_entries", "/batch/cmd_sync",
		"/single/p50", "/single/p99",
		"/counted/instructions_el1", "/counted/instructions_el2", "/counted/el2_entries",
		"/counted/cmd_sync", "/memory/reserved", "/memory/page_tables",
	};
	size_t length = strlen(name), i;

	for (i = 0; i < sizeof(endings) / sizeof(*endings); i++)
		if (length > strlen(endings[i]) &&
		    !strcmp(name + length - strlen(endings[i]), endings[i]))
			return true;
	return false;
}

/* Names are printed in lines of their own, and into KTAP. */
static bool is_printable(const char *name)
{
	for (; *name; name++)
		if (*name <= ' ' || *name > '~' || *name == '#')
			return false;
	return true;
}

/**
 * figures_index() - make the set ready to be asked, once all metrics are in it
 * @figures: the set
 * @error: the reason on failure
 *
 * Return: 0, or -EINVAL when two metrics have one name, or one that cannot be printed.
 */
int figures_index(struct figures *figures, struct error *error)
{
	size_t i;

	/* qsort() must not be given NULL, not even for nothing. */
	if (figures->nr)
		qsort(figures->metrics, figures->nr, sizeof(*figures->metrics), by_name);
	for (i = 0; i < figures->nr; i++) {
		struct metric *metric = &figures->metrics[i];

		metric->judged = is_judged(metric->name);
		metric->exact = !strcmp(figures->clock, "insn");
		if (!metric->exact)
			metric->grain = 0;
		if (!is_printable(metric->name))
			return error_set(error, -EINVAL, "%s: the name of a benchmark, a mode or a "
					 "parameter has spaces or unusual characters; rename it",
					 figures->path);
		if (i && !strcmp(figures->metrics[i - 1].name, figures->metrics[i].name))
			return error_set(error, -EINVAL, "%s: has two rows for %s: merge only runs "
					 "of one version of the suite", figures->path,
					 figures->metrics[i].name);
	}
	return 0;
}

/**
 * figures_metric() - look a metric up
 * @figures: the set
 * @name: its whole name
 *
 * Return: the metric, or NULL.
 */
const struct metric *figures_metric(const struct figures *figures, const char *name)
{
	const struct metric key = { .name = (char *)name };

	if (!figures->nr)
		return NULL;
	return bsearch(&key, figures->metrics, figures->nr, sizeof(key), by_name);
}

/**
 * metric_quantity() - the last part of a metric's name
 * @metric: the metric
 *
 * Return: a string that lives as long as the metric.
 */
const char *metric_quantity(const struct metric *metric)
{
	return strrchr(metric->name, '/') + 1;
}

/**
 * metric_middle() - what one value says of a metric
 * @metric: the metric
 *
 * Return: the median of its values.
 */
double metric_middle(const struct metric *metric)
{
	return stats_median_of(metric->values, metric->nr);
}

/**
 * figures_has_mode() - whether the setup behind a metric is known
 * @figures: the set
 * @name: of the metric; it begins with its mode
 *
 * Return: true when the set has a setup of that mode.
 */
bool figures_has_mode(const struct figures *figures, const char *name)
{
	size_t length = strcspn(name, ":@/"), i;

	for (i = 0; i < figures->nr_setups; i++)
		if (strlen(figures->setups[i].mode) == length &&
		    !strncmp(figures->setups[i].mode, name, length))
			return true;
	return false;
}

/**
 * figures_free() - free a set
 * @figures: what to free; may be NULL
 */
void figures_free(struct figures *figures)
{
	size_t i;

	if (!figures)
		return;
	for (i = 0; i < figures->nr; i++) {
		free(figures->metrics[i].name);
		free(figures->metrics[i].values);
	}
	for (i = 0; i < figures->nr_setups; i++) {
		free(figures->setups[i].mode);
		free(figures->setups[i].kvm_mode);
		json_decref(figures->setups[i].setup);
	}
	for (i = 0; i < figures->nr_left_out; i++) {
		free(figures->left_out[i].name);
		free(figures->left_out[i].why);
	}
	free(figures->left_out);
	free(figures->metrics);
	free(figures->setups);
	free(figures->path);
	free(figures);
}
