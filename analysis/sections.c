// SPDX-License-Identifier: GPL-2.0-only
/* Sections of a report behind the rows: pages given to guests, memory, isolation. */
#include <stdlib.h>
#include <string.h>

#include "isolation.h"
#include "mem.h"
#include "text.h"

enum { MAX_SECTIONS = 3 };

/* Pages that were given or taken back: not what is subtracted from them. */
static size_t donations(const struct report *report, const struct view ***views)
{
	size_t nr = 0, i;

	*views = mem_zero(report->nr_counted, sizeof(**views));
	for (i = 0; i < report->nr_counted; i++) {
		const struct row *row = report->counted[i].row;

		if (row->nr_parts && !row->overhead)
			(*views)[nr++] = &report->counted[i];
	}
	return nr;
}

static double instructions(const struct view *view)
{
	return view_counter(view, "instructions_el1") + view_counter(view, "instructions_el2");
}

/* The same row where the host owns the SMMU. */
static const struct view *native_of(const struct view *const *views, size_t nr,
				    const struct view *view)
{
	size_t i;

	for (i = 0; i < nr; i++)
		if (!strcmp(views[i]->row->mode, "native") &&
		    !strcmp(views[i]->row->name, view->row->name) &&
		    !strcmp(views[i]->row->kvm_mode, view->row->kvm_mode))
			return views[i];
	return NULL;
}

static struct table *donation_table(const struct view *const *views, size_t nr)
{
	static const char *const heads[] = {
		"per page", "label", "EL1", "EL2", "EL1+EL2", "ratio to native", "EL2 entries",
		"CMD_SYNC", "pages"
	};
	struct table *table = table_new(sizeof(heads) / sizeof(*heads), heads, 2);
	const struct view *native;
	size_t i;

	for (i = 0; i < nr; i++) {
		native = native_of(views, nr, views[i]);
		table_cell(table, "%s%s", views[i]->row->name,
			   views[i]->row->null_subtracted ? "" : " !");
		table_cell(table, "%s", views[i]->label);
		table_number(table, view_counter(views[i], "instructions_el1"), 1);
		table_number(table, view_counter(views[i], "instructions_el2"), 1);
		table_number(table, instructions(views[i]), 1);
		table_number(table, native ? instructions(views[i]) / instructions(native) : NAN, 3);
		table_number(table, row_el2_entries(views[i]->row), 3);
		table_number(table, view_counter(views[i], "cmd_sync"), 3);
		table_cell(table, "%llu", (unsigned long long)views[i]->row->count);
	}
	return table;
}

/* How instructions at EL2 were counted, where it was not by the PMU alone; NULL if it was. */
static const char *el2_source(const struct view *const *views, size_t nr)
{
	const struct counter *counter;
	size_t i;

	for (i = 0; i < nr; i++) {
		counter = row_counter(views[i]->row, "instructions_el2");
		if (counter && !isnan(counter->mean.raw) && strcmp(counter->source, "pmu"))
			return counter->source;
	}
	return NULL;
}

static char *donation_note(const struct view *const *views, size_t nr)
{
	const char *source = el2_source(views, nr);
	char *text = mem_format("from counters alone, since this blocks; less guest_touch and "
				"guest_end of the same run, which rows marked ! lack%s%s",
				source ? "; instructions_el2 by " : "", source ? source : ""), *longer;
	size_t i, k;

	for (i = 0; i < nr; i++) {
		for (k = 0; k < i && strcmp(views[k]->label, views[i]->label); k++)
			;
		if (k < i)
			continue;
		longer = mem_format("%s; guarantee of %s: %s", text, views[i]->label,
				    label_donation(views[i]->row->mode));
		free(text);
		text = longer;
	}
	return text;
}

static size_t add_donations(const struct report *report, struct section *section)
{
	const struct view **views;
	size_t nr = donations(report, &views);

	if (nr)
		*section = (struct section){
			.title = "A page given to a protected guest, and taken back",
			.note = donation_note(views, nr),
			.table = donation_table(views, nr),
			.counters = counters_table(views, nr),
		};
	free(views);
	return nr > 0;
}

/* Boots of one mode that hold the same are one line. */
static bool is_new(const struct result *result, size_t index)
{
	const struct run *run = &result->runs[index];
	size_t i;

	for (i = 0; i < index; i++)
		if (!strcmp(result->runs[i].mode, run->mode) &&
		    json_equal(result->runs[i].memory, run->memory))
			return false;
	return json_object_size(run->memory) > 0;
}

/* Names of what is held, over all runs. */
static size_t memory_names(const struct result *result, const char ***names)
{
	const json_t *value;
	const char *name;
	size_t nr = 0, i, k;

	*names = NULL;
	for (i = 0; i < result->nr_runs; i++) {
		json_object_foreach((json_t *)result->runs[i].memory, name, value) {
			for (k = 0; k < nr && strcmp((*names)[k], name); k++)
				;
			if (k < nr)
				continue;
			*names = mem_grow(*names, nr);
			(*names)[nr++] = name;
		}
	}
	return nr;
}

static void add_bytes(struct table *table, const json_t *value)
{
	const json_int_t mib = 1 << 20, bytes = json_integer_value(value);
	char size[32];

	format_size(size, sizeof(size), bytes);
	if (!value)
		table_cell(table, "-");
	else if (!bytes)
		table_cell(table, "0");
	else if (bytes > 10 * mib && bytes % mib)
		table_cell(table, "%.1f MiB", (double)bytes / mib);
	else
		table_cell(table, "%s", size);
}

static struct table *memory_table(const struct result *result, const char *const *names, size_t nr)
{
	const char **heads = mem_zero(nr + 1, sizeof(*heads));
	struct table *table;
	size_t i, k;

	heads[0] = "mode";
	for (k = 0; k < nr; k++)
		heads[k + 1] = names[k];
	table = table_new(nr + 1, heads, 1);
	free(heads);
	for (i = 0; i < result->nr_runs; i++) {
		if (!is_new(result, i))
			continue;
		table_cell(table, "%s", result->runs[i].mode);
		for (k = 0; k < nr; k++)
			add_bytes(table, json_object_get(result->runs[i].memory, names[k]));
	}
	return table;
}

/* The memory of the host, which every run has, says nothing alone. */
static size_t add_memory(const struct report *report, struct section *section)
{
	const struct result *result = report->stats->result;
	const char **names;
	size_t nr = memory_names(result, &names);

	if (nr > 1)
		*section = (struct section){
			.title = "Memory of EL2 for the SMMUs",
			.note = mem_string("when the run ended; host is the RAM the host has"),
			.table = memory_table(result, names, nr),
		};
	free(names);
	return nr > 1;
}

static size_t add_isolation(const struct report *report, struct section *section)
{
	if (!report->isolation)
		return 0;
	*section = (struct section){
		.title = "Isolation: what devices and the host's CPUs reach",
		.note = mem_string(report->isolation->remarks),
		.table = isolation_table(report->isolation),
	};
	return 1;
}

/**
 * report_sections() - what a report shows behind its rows
 * @report: the report
 * @sections: set to them, which the caller frees with sections_free()
 *
 * Return: their number; those without content are left out.
 */
size_t report_sections(const struct report *report, struct section **sections)
{
	size_t nr = 0;

	*sections = mem_zero(MAX_SECTIONS, sizeof(**sections));
	nr += add_donations(report, &(*sections)[nr]);
	nr += add_memory(report, &(*sections)[nr]);
	nr += add_isolation(report, &(*sections)[nr]);
	return nr;
}

/**
 * sections_free() - free sections
 * @sections: what to free
 * @nr: their number
 */
void sections_free(struct section *sections, size_t nr)
{
	size_t i;

	for (i = 0; i < nr; i++) {
		free(sections[i].note);
		table_free(sections[i].table);
		table_free(sections[i].counters);
	}
	free(sections);
}
