// SPDX-License-Identifier: GPL-2.0-only
/* Figures as they are kept: one line for each metric, so that a diff shows what moved. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "figures.h"
#include "json_out.h"
#include "mem.h"
#include "result.h"
#include "stats.h"

enum { MAJOR = 1, MINOR = 1, MOST_VALUES = 10000 };

/**
 * figures_are_kept() - tell a file of figures from a result file
 * @root: the document
 *
 * Return: true when figures_read() is the one to read it.
 */
bool figures_are_kept(const json_t *root)
{
	return json_is_array(json_object_get(root, "metrics"));
}

static int damaged(const char *path, const char *what, struct error *error)
{
	return error_set(error, -EINVAL, "%s: is damaged: %s; make it again with smmustat figures "
			 "--format json", path, what);
}

static const char *known_unit(const json_t *unit)
{
	static const char *const units[] = { "insn", "ns", "bytes" };
	size_t i;

	for (i = 0; i < sizeof(units) / sizeof(*units); i++)
		if (json_is_string(unit) && !strcmp(json_string_value(unit), units[i]))
			return units[i];
	return NULL;
}

static int read_metric(struct figures *figures, const json_t *json, struct error *error)
{
	const char *name = json_string_value(json_object_get(json, "name"));
	const json_t *unit = json_object_get(json, "unit"), *value;
	const json_t *grain = json_object_get(json, "grain");
	const json_t *revision = json_object_get(json, "revision");
	struct metric *metric;
	size_t i;

	if (!name || !strchr(name, '/') || (unit && !known_unit(unit)))
		return damaged(figures->path, "a metric has no name or no known unit", error);
	if (unit && !strcmp(known_unit(unit), strcmp(figures->clock, "insn") ? "insn" : "ns") &&
	    strncmp(strrchr(name, '/') + 1, "instructions", 12))
		return damaged(figures->path, "a metric has the unit of another clock", error);
	if ((grain && (!json_is_number(grain) || json_number_value(grain) < 0)) ||
	    (revision && !json_is_integer(revision)))
		return damaged(figures->path, "a grain or a revision is no number", error);
	if (!figures_has_mode(figures, name))
		return damaged(figures->path, "a metric is of a mode without a setup", error);
	metric = figures_add(figures, mem_string(name), known_unit(unit));
	metric->grain = json_number_value(grain);
	metric->revision = json_integer_value(revision);
	json_array_foreach(json_object_get(json, "values"), i, value) {
		if (!json_is_number(value))
			return damaged(figures->path, "a value is no number", error);
		metric_value(metric, json_number_value(value));
	}
	if (!metric->nr || metric->nr > MOST_VALUES)
		return damaged(figures->path, "a metric has no value, or too many", error);
	return 0;
}

static int read_setup(struct figures *figures, const json_t *json, struct error *error)
{
	const char *mode = json_string_value(json_object_get(json, "mode"));
	const char *kvm_mode = json_string_value(json_object_get(json, "kvm_mode"));
	const json_t *setup = json_object_get(json, "setup");

	if (!mode || !kvm_mode || !json_is_object(setup))
		return damaged(figures->path, "a setup is not whole", error);
	return figures_add_setup(figures, mode, kvm_mode, setup, error);
}

/* Since 1.1, where there is anything to say. */
static int read_left_out(struct figures *figures, const json_t *json, struct error *error)
{
	const char *row = json_string_value(json_object_get(json, "row"));
	const char *run = json_string_value(json_object_get(json, "run"));
	const char *why = json_string_value(json_object_get(json, "why"));

	if (!why || !row == !run)
		return damaged(figures->path, "what was left out has no name or no reason", error);
	figures_leave_out(figures, mem_string(row ? row : run), mem_string(why), !row);
	return 0;
}

/**
 * figures_read() - read figures that were kept
 * @path: for messages
 * @root: the document
 * @out: set to the figures, which the caller frees with figures_free()
 * @error: the reason on failure
 *
 * Return: 0 or -EINVAL.
 */
int figures_read(const char *path, const json_t *root, struct figures **out, struct error *error)
{
	const char *clock = json_string_value(json_object_get(root, "clock"));
	const json_t *json;
	struct figures *figures;
	int code = 0;
	size_t i;

	if (!clock || (strcmp(clock, "insn") && strcmp(clock, "wall")))
		return damaged(path, "it has no known clock", error);
	figures = figures_new(path, clock);
	json_array_foreach(json_object_get(root, "setups"), i, json)
		if (!code)
			code = read_setup(figures, json, error);
	json_array_foreach(json_object_get(root, "metrics"), i, json)
		if (!code)
			code = read_metric(figures, json, error);
	json_array_foreach(json_object_get(root, "left_out"), i, json)
		if (!code)
			code = read_left_out(figures, json, error);
	if (!code && !figures->nr_setups)
		code = damaged(path, "it does not say how it was measured", error);
	if (!code)
		code = figures_index(figures, error);
	if (code) {
		figures_free(figures);
		return code;
	}
	*out = figures;
	return 0;
}

static json_t *metric_json(const struct metric *metric)
{
	json_t *json = json_pack("{s:s}", "name", metric->name), *values = json_array();
	size_t i;

	if (metric->unit)
		json_object_set_new(json, "unit", json_string(metric->unit));
	if (metric->revision)
		json_object_set_new(json, "revision", json_integer(metric->revision));
	if (metric->grain > 0)
		json_object_set_new(json, "grain", json_real(metric->grain));
	for (i = 0; i < metric->nr; i++)
		json_array_append_new(values, json_number(metric->values[i]));
	json_object_set_new(json, "values", values);
	return json;
}

static void print_line(json_t *json, bool last, FILE *out)
{
	/* As many digits as a double keeps for certain: what is read is what was written. */
	char *text = json_dumps(json, JSON_COMPACT | JSON_REAL_PRECISION(15));

	fprintf(out, "%s%s\n", text, last ? "" : ",");
	free(text);
	json_decref(json);
}

/**
 * figures_print() - print figures so that they can be kept
 * @figures: what to print
 * @out: where to
 *
 * Return: 0 or -EIO.
 */
int figures_print(const struct figures *figures, FILE *out)
{
	size_t i;

	fprintf(out, "{\"schema\":{\"major\":%d,\"minor\":%d},\"clock\":\"%s\",\n\"setups\":[\n",
		MAJOR, figures->nr_left_out ? MINOR : 0, figures->clock);
	for (i = 0; i < figures->nr_setups; i++) {
		const struct figures_setup *of = &figures->setups[i];

		print_line(json_pack("{s:s, s:s, s:O}", "mode", of->mode, "kvm_mode", of->kvm_mode,
				     "setup", of->setup), i + 1 == figures->nr_setups, out);
	}
	fputs("],\n\"metrics\":[\n", out);
	for (i = 0; i < figures->nr; i++)
		print_line(metric_json(&figures->metrics[i]), i + 1 == figures->nr, out);
	if (figures->nr_left_out)
		fputs("],\n\"left_out\":[\n", out);
	for (i = 0; i < figures->nr_left_out; i++) {
		const struct left_out *left = &figures->left_out[i];

		print_line(json_pack("{s:s, s:s}", left->run ? "run" : "row", left->name, "why", left->why),
			   i + 1 == figures->nr_left_out, out);
	}
	fputs("]}\n", out);
	return ferror(out) ? -EIO : 0;
}

/**
 * figures_load() - all figures of a file by name
 * @path: a result file, a folder with a results.json, or a file of figures
 * @out: set to the figures, which the caller frees with figures_free()
 * @error: the reason on failure
 *
 * Return: 0, -errno or a SMMUSTAT_ code.
 */
int figures_load(const char *path, struct figures **out, struct error *error)
{
	struct result *result = NULL;
	struct stats *stats = NULL;
	char *file = result_path(path);
	json_t *root;
	int code;

	/* Read once, whatever it is: a pipe has nothing to say a second time. */
	code = document_load(file, &root, error);
	if (!code && figures_are_kept(root)) {
		code = figures_read(file, root, out, error);
		json_decref(root);
	} else if (!code) {
		code = result_new(file, root, &result, error);
		if (!code)
			code = stats_build(result, &stats, error);
		if (!code)
			code = figures_build(stats, out, error);
		stats_free(stats);
		result_free(result);
	}
	free(file);
	return code;
}
