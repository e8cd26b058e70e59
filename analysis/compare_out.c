// SPDX-License-Identifier: GPL-2.0-only
/* Prints comparisons; every format shows the same figures. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "compare.h"
#include "json_out.h"
#include "mail.h"
#include "mem.h"
#include "plural.h"
#include "report.h"
#include "setup.h"
#include "table.h"

static const char *const axes[] = {
	[AXIS_MODE] = "mode", [AXIS_COMMIT] = "commit", [AXIS_KERNEL] = "kernel",
};

static json_t *interval_json(const struct comparison *c)
{
	if (isnan(c->low))
		return json_null();
	return json_pack("[o, o]", json_number(c->low), json_number(c->high));
}

static json_t *counters_json(const struct comparison *c)
{
	json_t *object = json_object();
	const struct counter *base;
	size_t i;

	for (i = 0; i < c->change->nr_counters; i++) {
		const struct counter *change = &c->change->counters[i];
		bool subtracted = c->change->null_subtracted;

		base = row_counter(c->base, change->name);
		if (!base)
			continue;
		json_object_set_new(object, change->name, json_pack("{s:o, s:o}",
			"base", json_number(subtracted ? base->mean.net : base->mean.raw),
			"change", json_number(subtracted ? change->mean.net : change->mean.raw)));
	}
	return object;
}

static double mean(const struct row *row)
{
	return isnan(row->mean.net) ? row->mean.raw : row->mean.net;
}

static json_t *comparison_json(const struct comparison *c)
{
	return json_pack(
		"{s:s, s:O, s:s, s:s, s:s, s:s, s:s, s:s, s:o, s:o, s:o, s:b, s:o, s:o, s:o, s:o, "
		"s:s, s:b, s:o, s:o, s:o, s:o, s:o}",
		"name", c->change->name, "parameters", (json_t *)c->change->parameters,
		"mode", c->change->mode, "label", c->change->label, "baseline", c->base->label,
		"guarantee", label_promise(c->change->mode, c->change->guarantee),
		"unit", c->change->unit,
		"quantity", quantity_name(c->quantity),
		"base", json_number(c->judgement.base), "change", json_number(c->judgement.change),
		"difference", json_number(c->judgement.difference),
		"equal", c->judgement.difference == 0,
		"ratio", json_number(c->judgement.ratio), "interval", interval_json(c),
		"el2_entries_per_op", json_number(c->el2_entries),
		"counters", counters_json(c),
		"verdict", verdict_name(c->judgement.verdict),
		"below_effect", c->judgement.below > 0,
		"p_corrected", json_number(c->judgement.adjusted),
		"cliffs_delta", json_number(c->judgement.delta),
		"boots_needed", c->judgement.boots && c->judgement.boots != SIZE_MAX ?
			json_integer(c->judgement.boots) : json_null(),
		"base_mean", json_number(mean(c->base)), "mean", json_number(mean(c->change)));
}

static int print_json(const struct comparisons *all, FILE *out)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < all->nr; i++)
		json_array_append_new(list, comparison_json(&all->list[i]));
	return json_print(json_pack("{s:{s:i, s:i}, s:i, s:s, s:s, s:s, s:s, s:o, s:o}", "schema",
				    "major", 1, "minor", 2, "status",
				    comparisons_code(all), "by", axes[all->axis], "clock",
				    all->change->clock, "unit", all->change->unit, "waived",
				    all->waived, "comparisons", list, "unmatched",
				    unmatched_json(&all->unmatched)), out);
}

/* All parameters but the size, which has a column, and those that the label says. */
static char *parameters(const struct row *row)
{
	char *text = mem_string("");
	const json_t *json;
	const char *name;

	json_object_foreach((json_t *)row->parameters, name, json) {
		if (!strcmp(name, "size") || !strcmp(name, "domain") ||
		    !strcmp(name, "invalidation"))
			continue;
		text = append_value(text, row->parameters, name);
	}
	return text;
}

static bool differ(const struct comparisons *all, const char *parameter)
{
	size_t i;

	for (i = 1; i < all->nr; i++)
		if (!json_equal(json_object_get(all->list[i].change->parameters, parameter),
				json_object_get(all->list[0].change->parameters, parameter)))
			return true;
	return false;
}

static char *short_parameters(const struct comparisons *all, const struct row *row)
{
	static const char *const shown[] = {
		"method", "batch", "api", "sg", "dir", "live", "pages", "tables", "threads", NULL
	};
	char *text = mem_string(""), *longer;
	const json_t *value;
	int i;

	for (i = 0; shown[i]; i++) {
		value = json_object_get(row->parameters, shown[i]);
		if ((i && !differ(all, shown[i])) || !value || !strcmp(shown[i], "batch"))
			continue;
		if (json_is_string(value))
			longer = mem_format("%s%s%s%s%s", text, *text ? " " : "", i ? shown[i] : "",
					    i ? "=" : "", json_string_value(value));
		else
			longer = mem_format("%s%s%s=%lld", text, *text ? " " : "", shown[i],
					    (long long)json_integer_value(value));
		free(text);
		text = longer;
	}
	return text;
}

static void add_line(struct table *table, const struct comparisons *all,
		     const struct comparison *c)
{
	char *details = short_parameters(all, c->change), size[32];

	format_size(size, sizeof(size), parameter_integer(c->change->parameters, "size"));
	table_cell(table, "%s %s", c->change->name, details);
	free(details);
	table_cell(table, "%s", c->change->label);
	table_cell(table, "%s", c->base->label);
	table_cell(table, "%s", size);
	table_cell(table, "%s", quantity_name(c->quantity));
	table_number(table, c->judgement.base, 1);
	table_number(table, c->judgement.change, 1);
	if (c->judgement.difference == 0)
		table_cell(table, "0");
	else if (fabs(c->judgement.difference) < 0.05)
		table_cell(table, "%+.2g", c->judgement.difference);
	else
		table_cell(table, "%+.1f", c->judgement.difference);
	table_number(table, c->judgement.ratio, 3);
	if (isnan(c->low))
		table_cell(table, "-");
	else
		table_cell(table, "%.3f..%.3f", c->low, c->high);
	table_number(table, c->el2_entries, 3);
	if (c->judgement.below > 0)
		table_cell(table, "no change that matters");
	else if (c->judgement.verdict != VERDICT_UNCLEAR)
		table_cell(table, "%s", verdict_name(c->judgement.verdict));
	else if (c->judgement.boots == SIZE_MAX)
		table_cell(table, "inconclusive");
	else
		table_cell(table, "inconclusive: %zu %s", c->judgement.boots,
			   strcmp(c->base->unit, "insn") ? "boots" : "starts");
}

static void print_kind(const struct comparisons *all, enum guarantee guarantee, bool markdown,
		       FILE *out)
{
	const char *heads[] = {
		"name", "label", all->axis == AXIS_MODE ? "baseline" : "base", "size", "figure",
		"base/op", "new/op", "difference", "ratio", "interval", "EL2 entries/op", "verdict"
	};
	struct table *table = NULL;
	size_t i;

	for (i = 0; i < all->nr; i++) {
		const struct comparison *c = &all->list[i];

		if (c->change->guarantee != guarantee)
			continue;
		if (!table) {
			table = table_new(sizeof(heads) / sizeof(*heads), heads, 3);
			fprintf(out, "\n%s%s (%s per operation)\n%s", markdown ? "## " : "",
				label_kind(guarantee), all->change->unit, markdown ? "\n" : "");
		}
		add_line(table, all, c);
	}
	if (table)
		table_print(table, markdown ? TABLE_MARKDOWN : TABLE_TEXT, out);
	table_free(table);
}

static const struct row *side_of(const struct comparisons *all, size_t index)
{
	return index % 2 ? all->list[index / 2].change : all->list[index / 2].base;
}

/* Each label once, the baseline first. */
static void print_promises(const struct comparisons *all, bool markdown, FILE *out)
{
	size_t i, k;

	for (i = 0; i < 2 * all->nr; i++) {
		const struct row *row = side_of(all, i);

		for (k = 0; k < i; k++)
			if (!strcmp(side_of(all, k)->label, row->label) &&
			    side_of(all, k)->guarantee == row->guarantee)
				break;
		if (k < i)
			continue;
		fprintf(out, "%sguarantee of ", markdown ? "* " : "  ");
		print_escaped(out, row->label, markdown ? TABLE_MARKDOWN : TABLE_TEXT);
		fprintf(out, ": %s\n", label_promise(row->mode, row->guarantee));
	}
}

static void print_notes(const struct comparisons *all, bool insn, const char *bullet, FILE *out)
{
	if (insn)
		fprintf(out, "%sfigure: the median over rounds, or the least of single operations, where "
			"no more differ than the timer's ticks explain; else the mean, which holds "
			"what happens now and then\n"
			"%sinterval: range of the ratio over perturbed starts; - when there is "
			"only one\n%sverdict: worse or better when the starts of both sides lie apart, "
			"by more than one interrupt costs where the figure is the mean\n", bullet,
			bullet, bullet);
	else
		fprintf(out, "%sratio and interval (%g %%): of a boot to one of the baseline, by "
			"Hodges and Lehmann; - when there are too few boots\n"
			"%sverdict: by the rank test over boots, corrected for %zu row%s (Holm); no "
			"change: the interval, of each row alone, stays within %g %% of 1, and what "
			"differs by less does not matter; inconclusive: so many boots of each side "
			"would decide\n", bullet, 100 * demand_usual.confidence, bullet, all->nr,
			plural(all->nr), 100 * demand_usual.effect);
	if (*all->waived)
		fprintf(out, "%sthe setups differ in %s, which --allow let through\n", bullet,
			all->waived);
}

static void print_bullet(const char *text, bool markdown, FILE *out)
{
	fputs(markdown ? "* " : "  ", out);
	print_escaped(out, text, markdown ? TABLE_MARKDOWN : TABLE_TEXT);
	fputc('\n', out);
}

/* First that there is something without an answer, then the answers, then what it is. */
static void print_summary(const struct comparisons *all, bool markdown, FILE *out)
{
	char *summary = unmatched_summary(&all->unmatched), *text;

	if (*summary) {
		text = mem_format("%s: %s; see the end", all->unmatched.nr_lost ? "NOT ALL IS COMPARED" :
				  "not all is compared", summary);
		print_bullet(text, markdown, out);
		free(text);
	}
	free(summary);
}

static void print_unmatched(const struct comparisons *all, bool markdown, FILE *out)
{
	char *text;
	size_t i;

	if (all->unmatched.nr)
		fprintf(out, "\n%sNot compared, or not alike\n%s", markdown ? "## " : "",
			markdown ? "\n" : "");
	for (i = 0; i < all->unmatched.nr; i++) {
		text = unmatched_text(&all->unmatched.items[i]);
		print_bullet(text, markdown, out);
		free(text);
	}
}

static int print_tables(const struct comparisons *all, bool markdown, FILE *out)
{
	bool insn = !strcmp(all->change->unit, "insn");
	int kind;

	fprintf(out, "%sComparison by %s, clock %s, null row %s\n\n", markdown ? "# " : "",
		axes[all->axis], insn ? "insn (path length, exact)" : "wall (real time)",
		"subtracted per operation where there is one");
	print_summary(all, markdown, out);
	print_notes(all, insn, markdown ? "* " : "  ", out);
	print_promises(all, markdown, out);
	for (kind = 0; kind < GUARANTEE_KINDS; kind++)
		print_kind(all, kind, markdown, out);
	print_unmatched(all, markdown, out);
	return 0;
}

/* A line for each thing without a verdict, with what it is in place of one. */
static void add_unmatched(struct table *table, const struct unmatched *item)
{
	const struct row *row = item->row;
	char *text;
	int i;

	table_cell(table, "%s", row ? row->name : item->name);
	if (row) {
		text = parameters(row);
		table_cell(table, "%lld", (long long)parameter_integer(row->parameters, "size"));
		table_cell(table, "%s", text);
		table_cell(table, "%s", row->mode);
		table_cell(table, "%s", row->label);
		free(text);
	}
	for (i = row ? 5 : 1; i < 15; i++)
		table_cell(table, "%s", "");
	table_cell(table, "%s", item->side == SIDE_BOTH ? "not alike" :
		   item->side == SIDE_BASE ? "base only" : "change only");
	table_cell(table, "%s", item->why);
}

static int print_csv(const struct comparisons *all, FILE *out)
{
	static const char *const heads[] = {
		"name", "size", "parameters", "mode", "label", "baseline", "unit", "quantity",
		"base", "change", "difference", "ratio", "interval_low", "interval_high",
		"el2_entries_per_op", "verdict", "reason"
	};
	struct table *table = table_new(sizeof(heads) / sizeof(*heads), heads, 0);
	char *text;
	size_t i, k;

	for (i = 0; i < all->nr; i++) {
		const struct comparison *c = &all->list[i];
		const double numbers[] = {
			c->judgement.base, c->judgement.change, c->judgement.difference,
			c->judgement.ratio, c->low, c->high, c->el2_entries,
		};

		text = parameters(c->change);
		table_cell(table, "%s", c->change->name);
		table_cell(table, "%lld",
			   (long long)parameter_integer(c->change->parameters, "size"));
		table_cell(table, "%s", text);
		table_cell(table, "%s", c->change->mode);
		table_cell(table, "%s", c->change->label);
		table_cell(table, "%s", c->base->label);
		table_cell(table, "%s", c->change->unit);
		table_cell(table, "%s", quantity_name(c->quantity));
		/* An empty field is not known, which is not 0. */
		for (k = 0; k < sizeof(numbers) / sizeof(*numbers); k++) {
			if (isnan(numbers[k]))
				table_cell(table, "%s", "");
			else
				table_cell(table, "%.15g", numbers[k]);
		}
		table_cell(table, "%s", verdict_name(c->judgement.verdict));
		table_cell(table, "%s", "");
		free(text);
	}
	for (i = 0; i < all->unmatched.nr; i++)
		add_unmatched(table, &all->unmatched.items[i]);
	table_print(table, TABLE_CSV, out);
	table_free(table);
	return 0;
}

/**
 * comparisons_print() - print comparisons
 * @comparisons: what to print
 * @format: text, mail, md, csv or json
 * @out: where to
 *
 * Return: 0 or -errno.
 */
int comparisons_print(const struct comparisons *comparisons, const char *format, FILE *out)
{
	if (!strcmp(format, "json"))
		return print_json(comparisons, out);
	if (!strcmp(format, "csv"))
		return print_csv(comparisons, out);
	if (!strcmp(format, "mail"))
		return comparisons_mail(comparisons, out);
	return print_tables(comparisons, !strcmp(format, "md"), out);
}
