// SPDX-License-Identifier: GPL-2.0-only
/* Tables of counters: those that have no column beside the headline. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "text.h"

static bool has_column(const char *counter)
{
	return !strcmp(counter, "instructions_el1") || !strcmp(counter, "instructions_el2");
}

/* That there are none of these is a result too; of the others a column of zeros is noise. */
static bool matters_as_zero(const char *counter)
{
	return !strncmp(counter, "el2_entries", strlen("el2_entries")) ||
	       !strcmp(counter, "cmd_sync");
}

static bool is_shown(const struct view *const *views, size_t nr, const char *counter)
{
	bool known = false;
	double value;
	size_t i;

	if (has_column(counter))
		return false;
	for (i = 0; i < nr; i++) {
		value = view_counter(views[i], counter);
		known |= !isnan(value);
		if (!isnan(value) && value != 0)
			return true;
	}
	return known && matters_as_zero(counter);
}

/* Names of the counters that are shown, in order of appearance. */
static size_t shown_counters(const struct view *const *views, size_t nr, const char ***names)
{
	size_t nr_names = 0, i, k, n;

	*names = NULL;
	for (i = 0; i < nr; i++) {
		const struct row *row = views[i]->row;

		for (k = 0; k < row->nr_counters; k++) {
			const char *name = row->counters[k].name;

			for (n = 0; n < nr_names && strcmp((*names)[n], name); n++)
				;
			if (n < nr_names || !is_shown(views, nr, name))
				continue;
			*names = mem_grow(*names, nr_names);
			(*names)[nr_names++] = name;
		}
	}
	return nr_names;
}

/* What happens once in thousands of operations still happens. */
static int decimals(double value)
{
	return value != 0 && fabs(value) < 0.001 ? 6 : 3;
}

/**
 * counters_table() - counters per operation
 * @views: the lines
 * @nr: their number
 *
 * Return: a table the caller frees with table_free(); NULL when there is nothing to show.
 */
struct table *counters_table(const struct view *const *views, size_t nr)
{
	const char **names, **heads;
	size_t nr_names = shown_counters(views, nr, &names), i, k;
	struct table *table = NULL;
	double value;
	char *name;

	heads = mem_zero(nr_names + 3, sizeof(*heads));
	heads[0] = "counts per operation";
	heads[1] = "label";
	heads[2] = "EL1 median";
	for (k = 0; k < nr_names; k++)
		heads[k + 3] = names[k];
	if (nr_names)
		table = table_new(nr_names + 3, heads, 2);
	for (i = 0; table && i < nr; i++) {
		name = view_name(views[i]);
		table_cell(table, "%s", name);
		table_cell(table, "%s", views[i]->label);
		table_number(table, view_counter_median(views[i], "instructions_el1"), 1);
		for (k = 0; k < nr_names; k++) {
			value = view_counter(views[i], names[k]);
			table_number(table, value, decimals(value));
		}
		free(name);
	}
	free(heads);
	free(names);
	return table;
}

/**
 * text_counters() - counters of one kind of guarantee that have no column of their own
 * @report: the report
 * @guarantee: the kind
 *
 * Return: a table the caller frees with table_free(); NULL when there is nothing to show.
 */
struct table *text_counters(const struct report *report, enum guarantee guarantee)
{
	const struct view **views = mem_zero(report->nr_views, sizeof(*views));
	struct table *table;
	size_t nr = 0, i;

	for (i = 0; i < report->nr_views; i++)
		if (report->views[i].row->guarantee == guarantee && report->views[i].row->nr_parts)
			views[nr++] = &report->views[i];
	table = counters_table(views, nr);
	free(views);
	return table;
}
