// SPDX-License-Identifier: GPL-2.0-only
/* What every rendering shows: rows put beside each other, in order. */
#include "report.h"

#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "setup.h"

/**
 * format_size() - bytes for people
 * @text: where to
 * @room: size of @text
 * @bytes: 0 for rows that have no size
 */
void format_size(char *text, size_t room, int64_t bytes)
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB" };
	size_t unit = 0;

	while (bytes && bytes % 1024 == 0 && unit + 1 < sizeof(units) / sizeof(*units)) {
		bytes /= 1024;
		unit++;
	}
	if (bytes)
		snprintf(text, room, "%lld %s", (long long)bytes, units[unit]);
	else
		snprintf(text, room, "-");
}

/* Parameters that have a column of their own, or are said by the label. */
static bool is_column(const char *parameter)
{
	static const char *const columns[] = {
		"size", "method", "batch", "domain", "invalidation", NULL
	};
	int i;

	for (i = 0; columns[i]; i++)
		if (!strcmp(parameter, columns[i]))
			return true;
	return false;
}

static bool same_line(const struct row *a, const struct row *b)
{
	const json_t *value;
	const char *name;

	if (strcmp(a->label, b->label) || strcmp(a->kvm_mode, b->kvm_mode) ||
	    strcmp(a->name, b->name) || a->revision != b->revision)
		return false;
	json_object_foreach((json_t *)a->parameters, name, value)
		if (strcmp(name, "method") && strcmp(name, "batch") &&
		    !json_equal(value, json_object_get(b->parameters, name)))
			return false;
	return true;
}

/* A parameter is shown where rows of the same name differ in it, the batch size among batches. */
static bool varies(const struct report *report, const struct row *row, const char *parameter)
{
	const json_t *mine = json_object_get(row->parameters, parameter), *other;
	size_t i;

	for (i = 0; i < report->nr_views; i++) {
		const struct row *with = report->views[i].row;

		if (strcmp(with->name, row->name) || strcmp(with->method, row->method) ||
		    !with->nr_parts)
			continue;
		other = json_object_get(with->parameters, parameter);
		if ((mine || other) && !json_equal(mine, other))
			return true;
	}
	return false;
}

static char *details(const struct report *report, const struct row *row)
{
	char *text = mem_string("");
	const json_t *json;
	const char *name;

	json_object_foreach((json_t *)row->parameters, name, json) {
		if ((is_column(name) && strcmp(name, "batch")) || !varies(report, row, name))
			continue;
		text = append_value(text, row->parameters, name);
	}
	return text;
}

static char *label_of(const struct row *row)
{
	return strcmp(row->kvm_mode, "protected") ?
		       mem_format("%s (KVM mode %s)", row->label, row->kvm_mode) :
		       mem_string(row->label);
}

static void add_view(struct report *report, const struct row *row)
{
	bool single = !strcmp(row->method, "single");
	struct view *view;
	bool joined = false;
	size_t i;

	for (i = 0; single && i < report->nr_views; i++) {
		view = &report->views[i];
		if (view->batch && !view->single && same_line(view->batch, row)) {
			view->single = row;
			joined = true;
		}
	}
	if (joined)
		return;
	report->views = mem_grow(report->views, report->nr_views);
	view = &report->views[report->nr_views++];
	*view = (struct view){ .row = row };
	*(single ? &view->single : &view->batch) = row;
	view->label = label_of(row);
}

static void add_counted(struct report *report, const struct row *row)
{
	report->counted = mem_grow(report->counted, report->nr_counted);
	report->counted[report->nr_counted++] = (struct view){
		.row = row,
		.label = label_of(row),
		.details = mem_string(""),
	};
}

/* Where a name first appears in the file: the suite lists its rows in a sensible order. */
static size_t first_use(const struct view *views, size_t nr, const char *name)
{
	size_t i;

	for (i = 0; i < nr; i++)
		if (!strcmp(views[i].row->name, name))
			break;
	return i;
}

static int compare_views(const void *a, const void *b)
{
	const struct view *x = a, *y = b;
	int64_t size_x = parameter_integer(x->row->parameters, "size");
	int64_t size_y = parameter_integer(y->row->parameters, "size");
	int order;

	if (x->row->guarantee != y->row->guarantee)
		return x->row->guarantee < y->row->guarantee ? -1 : 1;
	if (x->order != y->order)
		return x->order < y->order ? -1 : 1;
	if (size_x != size_y)
		return size_x < size_y ? -1 : 1;
	order = strcmp(x->details, y->details);
	if (order)
		return order;
	/* The baseline comes first, then the modes that are held against it. */
	order = !!strcmp(x->row->mode, "native") - !!strcmp(y->row->mode, "native");
	return order ? order : strcmp(x->label, y->label);
}

static void sort_views(struct view *views, size_t nr)
{
	size_t i;

	for (i = 0; i < nr; i++)
		views[i].order = first_use(views, nr, views[i].row->name);
	if (nr)
		qsort(views, nr, sizeof(*views), compare_views);
}

static void free_views(struct view *views, size_t nr)
{
	size_t i;

	for (i = 0; i < nr; i++) {
		free(views[i].label);
		free(views[i].details);
	}
	free(views);
}

/**
 * report_new() - arrange statistics for rendering
 * @stats: has to live as long as the report
 * @isolation: what isolation tests said, or NULL; has to live as long
 *
 * Rows with the same guarantee stand together, so that like stands beside like.
 *
 * Return: a report the caller frees with report_free().
 */
struct report *report_new(const struct stats *stats, const struct isolation *isolation)
{
	struct report *report = mem_zero(1, sizeof(*report));
	size_t i;

	report->stats = stats;
	report->isolation = isolation;
	report->insn = !strcmp(stats->unit, "insn");
	for (i = 0; i < stats->nr_rows; i++)
		if (!strcmp(stats->rows[i].method, "batch"))
			add_view(report, &stats->rows[i]);
	for (i = 0; i < stats->nr_rows; i++) {
		if (stats->rows[i].counted)
			add_counted(report, &stats->rows[i]);
		else if (strcmp(stats->rows[i].method, "batch"))
			add_view(report, &stats->rows[i]);
	}
	for (i = 0; i < report->nr_views; i++)
		report->views[i].details = details(report, report->views[i].row);
	sort_views(report->views, report->nr_views);
	sort_views(report->counted, report->nr_counted);
	report_facts(report);
	return report;
}

/**
 * report_free() - free a report
 * @report: what to free; may be NULL
 */
void report_free(struct report *report)
{
	size_t i;

	if (!report)
		return;
	free_views(report->views, report->nr_views);
	free_views(report->counted, report->nr_counted);
	for (i = 0; i < report->nr_facts; i++)
		free(report->facts[i].value);
	free(report->facts);
	free(report);
}

static double best(const struct figure *figure)
{
	return isnan(figure->net) ? figure->raw : figure->net;
}

/**
 * view_mean() - the headline
 * @view: the line
 *
 * Return: mean per operation less that of the null row; of batches where there are some. NAN when
 * nothing was measured.
 */
double view_mean(const struct view *view)
{
	return best(&view->row->mean);
}

/**
 * view_percentile() - a percentile of single operations
 * @view: the line
 * @percent: 0 to 100
 *
 * Return: the percentile less the null row's, NAN when there are no single operations.
 */
double view_percentile(const struct view *view, double percent)
{
	const struct row *row = view->single;

	if (!row)
		return NAN;
	return row_percentile(row, percent) - (row->null_subtracted ? row->null_mean : 0);
}

/**
 * view_counter() - mean of a counter per operation
 * @view: the line
 * @name: of the counter
 *
 * Return: the mean less that of the null row, NAN when it is not known.
 */
double view_counter(const struct view *view, const char *name)
{
	const struct counter *counter = row_counter(view->row, name);

	if (!counter)
		return NAN;
	return view->row->null_subtracted ? counter->mean.net : counter->mean.raw;
}

/**
 * view_counter_median() - median over the rounds of a counter per operation
 * @view: the line
 * @name: of the counter
 *
 * A tick of the timer is in the mean of the rounds that it hits; here it is not.
 *
 * Return: the median less that of the null row, NAN when it is not known.
 */
double view_counter_median(const struct view *view, const char *name)
{
	const struct counter *counter = row_counter(view->row, name);

	if (!counter)
		return NAN;
	return view->row->null_subtracted ? counter->median.net : counter->median.raw;
}

/**
 * view_name() - what was measured, for a table or a chart
 * @view: the line
 *
 * Return: name, size and distinguishing parameters; the caller frees it.
 */
char *view_name(const struct view *view)
{
	char size[32];

	format_size(size, sizeof(size), parameter_integer(view->row->parameters, "size"));
	return mem_format("%s%s%s%s%s", view->row->name, *size == '-' ? "" : " ",
			  *size == '-' ? "" : size, *view->details ? " " : "", view->details);
}

/**
 * report_has() - whether a report has rows of one kind of guarantee
 * @report: the report
 * @guarantee: the kind
 *
 * Return: true when it has one.
 */
bool report_has(const struct report *report, enum guarantee guarantee)
{
	size_t i;

	for (i = 0; i < report->nr_views; i++)
		if (report->views[i].row->guarantee == guarantee)
			return true;
	return false;
}

/**
 * report_promises() - what the labels of one kind guarantee
 * @report: the report
 * @guarantee: the kind
 * @separator: put between two labels
 *
 * Return: a text with each label once, that the caller frees.
 */
char *report_promises(const struct report *report, enum guarantee guarantee, const char *separator)
{
	char *text = mem_string(""), *longer;
	size_t i, k;

	for (i = 0; i < report->nr_views; i++) {
		const struct view *view = &report->views[i];

		if (view->row->guarantee != guarantee)
			continue;
		for (k = 0; k < i; k++)
			if (report->views[k].row->guarantee == guarantee &&
			    !strcmp(report->views[k].label, view->label))
				break;
		if (k < i)
			continue;
		longer = mem_format("%s%sguarantee of %s: %s", text, *text ? separator : "",
				    view->label, label_promise(view->row->mode, guarantee));
		free(text);
		text = longer;
	}
	return text;
}
