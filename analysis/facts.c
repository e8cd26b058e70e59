// SPDX-License-Identifier: GPL-2.0-only
/* The head of a report: clock, machine, how often, what was subtracted. */
#include <stdlib.h>
#include <string.h>

#include "label.h"
#include "mem.h"
#include "plural.h"
#include "quantity.h"
#include "report.h"
#include "setup.h"

static void add(struct report *report, const char *name, char *value)
{
	report->facts = mem_grow(report->facts, report->nr_facts);
	report->facts[report->nr_facts++] = (struct fact){ name, value };
}

/* Takes @item. */
static void add_item(char **list, char *item)
{
	char *longer = mem_format("%s%s%s", *list, **list ? ", " : "", item);

	free(*list);
	free(item);
	*list = longer;
}

static void add_setup(struct report *report, const char *name, const char *field)
{
	add(report, name, setup_value(report->stats->result->runs[0].setup, field));
}

static const struct {
	const char *name;
	const char *field;
} setup_fields[] = {
	{ "CPU model", "cpu_model" },
	{ "QEMU", "qemu" },
	{ "machine", "machine" },
	{ "CPUs", "cpus" },
	{ "page size", "page_size" },
	{ "kernel", "kernel_release" },
	{ "kernel config", "config_hash" },
	{ "patch series", "series_hash" },
	{ "compiler", "compiler" },
	{ "command line", "cmdline" },
	{ "EL2 debugging", "el2_debug" },
	{ "suite", "suite_version" },
};

static char *starts_of_modes(const struct report *report)
{
	const struct result *result = report->stats->result;
	char *text = mem_string("");
	size_t i, k, nr;

	for (i = 0; i < result->nr_runs; i++) {
		const struct run *run = &result->runs[i];

		for (k = 0; k < i && (strcmp(result->runs[k].mode, run->mode) ||
				      strcmp(result->runs[k].kvm_mode, run->kvm_mode)); k++)
			;
		if (k < i)
			continue;
		for (nr = 0, k = i; k < result->nr_runs; k++)
			nr += !strcmp(result->runs[k].mode, run->mode) &&
			      !strcmp(result->runs[k].kvm_mode, run->kvm_mode);
		add_item(&text, mem_format("%s under KVM mode %s: %zu boot%s", run->mode,
					   run->kvm_mode, nr, plural(nr)));
	}
	return text;
}

/* What drivers lose in the modes of the report; empty where they lose nothing. */
static char *limits_of_modes(const struct report *report)
{
	const struct result *result = report->stats->result;
	char *text = mem_string("");
	size_t i, k;

	for (i = 0; i < result->nr_runs; i++) {
		const char *mode = result->runs[i].mode;

		for (k = 0; k < i && strcmp(result->runs[k].mode, mode); k++)
			;
		if (k == i && label_limits(mode))
			add_item(&text, mem_format("%s: %s", mode, label_limits(mode)));
	}
	return text;
}

/* The widest spread of any batch row; the reader needs the worst, not the average. */
static char *spread(const struct report *report)
{
	double widest = -1, low = 0, high = 0, share;
	const char *starts_name = report->insn ? "perturbed starts" : "boots";
	const struct view *worst = NULL;
	struct start *starts;
	size_t i, k, nr, most = 1;
	char *name, *text;

	for (i = 0; i < report->nr_views; i++) {
		const struct view *view = &report->views[i];
		double lowest = INFINITY, highest = -INFINITY;

		nr = row_starts(view->row, QUANTITY_MEAN, &starts);
		for (k = 0; k < nr; k++) {
			lowest = fmin(lowest, starts[k].value);
			highest = fmax(highest, starts[k].value);
		}
		free(starts);
		if (nr < 2 || view->row->overhead)
			continue;
		most = nr > most ? nr : most;
		share = lowest > 0 ? (highest - lowest) / lowest : 0;
		if (share <= widest)
			continue;
		widest = share;
		worst = view;
		low = lowest;
		high = highest;
	}
	if (!worst)
		return mem_string(report->insn ? "one start" : "one boot: no spread is known");
	name = view_name(worst);
	text = mem_format("%zu %s; widest range of a mean: %.3g %%, %s %s, %.1f to %.1f %s", most,
			  starts_name, 100 * widest, worst->label, name, low, high,
			  report->stats->unit);
	free(name);
	return text;
}

/* Each value of a parameter once, in order of appearance. */
static char *values_of(const struct report *report, const char *parameter)
{
	char *text = mem_string("");
	size_t i, k;

	for (i = 0; i < report->nr_views; i++) {
		const json_t *json = json_object_get(report->views[i].row->parameters, parameter);

		for (k = 0; k < i && !json_equal(json, json_object_get(
				report->views[k].row->parameters, parameter)); k++)
			;
		if (k < i || !json)
			continue;
		add_item(&text, setup_value(report->views[i].row->parameters, parameter));
	}
	return text;
}

static char *null_fact(const struct report *report)
{
	char *text = mem_string(""), *longer;
	size_t with = 0, without = 0, i;

	for (i = 0; i < report->stats->nr_rows; i++) {
		const struct row *row = &report->stats->rows[i];

		if (row->overhead && row->nr_parts && !row->counted) {
			add_item(&text, mem_format("%s %s %.1f %s", row->mode, row->method,
						   null_overhead(row->parts[0].row), row->unit));
		} else if (row->nr_parts && !row->counted) {
			row->null_subtracted ? with++ : without++;
		}
	}
	if (!with) {
		free(text);
		return mem_string("not subtracted: no null row with the same method, threads and "
				  "batch");
	}
	longer = mem_format("the median of the null row of the same run is subtracted per operation "
			    "(%s)%s", text, without ? "; not from rows marked !, which have none" :
						      "");
	free(text);
	return longer;
}

static bool known_somewhere(const struct report *report, const char *name)
{
	const struct counter *counter;
	size_t i;

	for (i = 0; i < report->stats->nr_rows; i++) {
		counter = row_counter(&report->stats->rows[i], name);
		if (counter && !isnan(counter->mean.raw))
			return true;
	}
	return false;
}

/*
 * A count that cannot be trusted is not shown as 0; its source says why. One
 * that some rows have is no matter for the head.
 */
static char *unknown_counters(const struct report *report)
{
	char *text = mem_string(""), *name;
	size_t i, k;

	for (i = 0; i < report->stats->nr_rows; i++) {
		const struct row *row = &report->stats->rows[i];

		for (k = 0; k < row->nr_counters; k++) {
			if (known_somewhere(report, row->counters[k].name))
				continue;
			name = mem_format("%s (", row->counters[k].name);
			if (!strstr(text, name))
				add_item(&text, mem_format("%s%s)", name, row->counters[k].source));
			free(name);
		}
	}
	return text;
}

/* The context says whether the runs are of two modes. */
static bool may_differ(const void *context, const char *field)
{
	return *(const bool *)context && setup_is_of_driver(field);
}

static char *mixed_setup(const struct report *report)
{
	const struct result *result = report->stats->result;
	char *field, *text;
	size_t i;

	for (i = 1; i < result->nr_runs; i++) {
		bool modes = strcmp(result->runs[0].mode, result->runs[i].mode) != 0;

		field = setup_difference(result->runs[0].setup, result->runs[i].setup, may_differ,
					 &modes);
		if (!field)
			continue;
		text = mem_format("runs %s and %s differ in setup field %s: their figures are not "
				  "of one machine", result->runs[0].run_id, result->runs[i].run_id,
				  field);
		free(field);
		return text;
	}
	return NULL;
}

static void add_broken_runs(struct report *report)
{
	const struct result *result = report->stats->result;
	char *text = mem_string("");
	size_t i;

	for (i = 0; i < result->nr_runs; i++)
		if (strcmp(result->runs[i].status, "ok"))
			add_item(&text, mem_format("run %s is %s", result->runs[i].run_id,
						   result->runs[i].status));
	if (*text)
		add(report, "incomplete", text);
	else
		free(text);
}

/**
 * report_clock() - what the figures of a report are
 * @report: the report
 *
 * Return: a constant string.
 */
const char *report_clock(const struct report *report)
{
	const json_t *setup = report->stats->result->runs[0].setup;

	if (report->insn)
		return "insn (path length in instructions, not duration)";
	if (json_is_string(json_object_get(setup, "qemu")))
		return "wall (ns on an emulator: a smoke test, no claim rests on it)";
	return "wall (real time in ns)";
}

/* How rows with a clock came about, and how to read them. */
static void add_method(struct report *report)
{
	char *tables, *live;

	add(report, "spread", spread(report));
	add(report, "n", mem_string("operations in batches / single operations, in the last "
				    "column"));
	tables = values_of(report, "tables");
	live = values_of(report, "live");
	add(report, "warm-up", mem_format("page tables %s; %s other live mappings; the suite warms "
					  "up before each row", tables, live));
	free(tables);
	free(live);
	add(report, "null row", null_fact(report));
	add(report, "columns", mem_string("mean is of batches; p50, p99 and max are of single "
					  "operations; EL1 and EL2 are instructions; EL1 median "
					  "is over rounds, which leaves ticks of the timer out"));
}

/**
 * report_facts() - fill in the head of a report
 * @report: the views have to be there
 */
void report_facts(struct report *report)
{
	char *unknown, *mixed, *limits;
	size_t i;

	add(report, "clock", mem_string(report_clock(report)));
	for (i = 0; i < sizeof(setup_fields) / sizeof(*setup_fields); i++) {
		/* Instructions do not depend on it, and so it is not noted. */
		if (!report->insn || strcmp(setup_fields[i].field, "machine"))
			add_setup(report, setup_fields[i].name, setup_fields[i].field);
	}
	add(report, "boots", starts_of_modes(report));
	limits = limits_of_modes(report);
	if (*limits)
		add(report, "limits", limits);
	else
		free(limits);
	if (report->nr_views)
		add_method(report);
	unknown = unknown_counters(report);
	if (*unknown)
		add(report, "not known", unknown);
	else
		free(unknown);
	add_broken_runs(report);
	mixed = mixed_setup(report);
	if (mixed)
		add(report, "warning", mixed);
}
