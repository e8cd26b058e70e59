// SPDX-License-Identifier: GPL-2.0-only
/* Puts rows beside the rows they may be compared with, and notes what has no partner. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "compare.h"
#include "error.h"
#include "mem.h"
#include "setup.h"

/* The label says domain and invalidation, which modes may name differently. */
static bool is_in_label(const char *parameter)
{
	return !strcmp(parameter, "domain") || !strcmp(parameter, "invalidation");
}

static bool same_parameters(const json_t *a, const json_t *b, bool modes)
{
	const json_t *value;
	const char *name;

	json_object_foreach((json_t *)a, name, value)
		if (!(modes && is_in_label(name)) &&
		    !json_equal(value, json_object_get(b, name)))
			return false;
	return true;
}

static bool is_same_row(const struct row *base, const struct row *change, enum axis axis)
{
	bool modes = axis == AXIS_MODE;

	if (strcmp(base->name, change->name) || base->guarantee != change->guarantee)
		return false;
	if (modes ? strcmp(base->mode, "native") || strcmp(base->kvm_mode, change->kvm_mode) :
		    strcmp(base->label, change->label))
		return false;
	return same_parameters(base->parameters, change->parameters, modes) &&
	       same_parameters(change->parameters, base->parameters, modes);
}

static bool is_wanted(const struct row *row, const struct compare_request *request)
{
	enum guarantee guarantee;

	if (!request->baseline)
		return true;
	if (request->axis != AXIS_MODE)
		return !strcmp(row->label, request->baseline);
	return label_is_baseline(request->baseline, &guarantee) && row->guarantee == guarantee;
}

static bool is_ok(const struct row *row)
{
	return !strcmp(row->status, "ok");
}

static char *status_text(const struct row *row)
{
	if (is_ok(row) || !row->reason)
		return mem_string(row->status);
	return mem_format("%s (%s)", row->status, row->reason);
}

/*
 * What a mode cannot do is no loss of the mode, and what one commit could not do is none of the next:
 * lost is what was measured in the base, and should have been here.
 */
static bool is_lost(const struct row *base, const struct row *change, enum axis axis)
{
	if (!base->nr_parts || is_ok(change))
		return false;
	if (axis == AXIS_MODE)
		return strcmp(change->status, "unsupported") && strcmp(change->status, "skipped");
	return is_ok(base);
}

static void note_pair(struct comparisons *all, const struct row *base, bool lost, char *why)
{
	unmatched_add_row(&all->unmatched, SIDE_BOTH, base, lost, why);
}

/* Says that the status differs; true when there are figures on both sides all the same. */
static bool check_status(struct comparisons *all, const struct row *base, const struct row *row)
{
	bool measured = base->nr_parts && row->nr_parts;
	char *before, *after;

	if (strcmp(base->status, row->status) || (!is_ok(row) && !measured)) {
		before = status_text(base);
		after = status_text(row);
		note_pair(all, base, is_lost(base, row, all->axis),
			  mem_format("%s: %s in the base, %s in %s", measured ? "compared all the same" :
				     "not compared", before, after,
				     all->axis == AXIS_MODE ? row->label : "the change"));
		free(before);
		free(after);
	}
	return measured;
}

/* Counters of @has that @lacks does not have, or cannot tell. */
static char *further_counters(const struct row *has, const struct row *lacks)
{
	char *names = mem_string(""), *longer;
	const struct counter *other;
	size_t i;

	for (i = 0; i < has->nr_counters; i++) {
		if (isnan(has->counters[i].mean.raw))
			continue;
		other = row_counter(lacks, has->counters[i].name);
		if (other && !isnan(other->mean.raw))
			continue;
		longer = mem_format("%s%s%s", names, *names ? ", " : "", has->counters[i].name);
		free(names);
		names = longer;
	}
	return names;
}

/* Rows that lack the same counters share an item. */
static void note_counters(struct comparisons *all, enum side side, const struct row *row, char *names)
{
	struct unmatched *item;
	char *longer;
	size_t i;

	for (i = 0; *names && i < all->unmatched.nr; i++) {
		item = &all->unmatched.items[i];
		if (item->kind != UNMATCHED_COUNTER || item->side != side || strcmp(item->name, names))
			continue;
		longer = mem_format("%s, %s %s %s", item->why, row->label, row->name, row->method);
		free(item->why);
		item->why = longer;
		free(names);
		return;
	}
	if (*names)
		unmatched_add(&all->unmatched, UNMATCHED_COUNTER, side, names, false,
			      mem_format("only in the %s: of %s %s %s", side == SIDE_BASE ? "base" :
					 "change", row->label, row->name, row->method));
	else
		free(names);
}

static size_t boots_of(const struct stats *stats, const struct row *row)
{
	const struct result *result = stats->result;
	size_t nr = 0, i;

	for (i = 0; i < result->nr_runs; i++)
		nr += !strcmp(result->runs[i].mode, row->mode) &&
		      !strcmp(result->runs[i].kvm_mode, row->kvm_mode);
	return nr;
}

/* A row that some boots do not have at all. */
static void check_boots(struct comparisons *all, const struct stats *stats, const struct row *row,
			const char *where)
{
	size_t boots = boots_of(stats, row);

	if (is_ok(row) && row->nr_parts < boots)
		note_pair(all, row, true, mem_format("compared all the same: %s has it in %zu of %zu boots",
						     where, row->nr_parts, boots));
}

static int pair(struct comparisons *all, const struct row *base, const struct row *row,
		const struct compare_request *request, struct error *error)
{
	if (base->revision != row->revision && !compare_is_allowed(request, "revision"))
		return error_set(error, -EINVAL, "%s %s differ in revision (%lld and %lld), so "
				 "they measure different things: measure both alike, or give "
				 "--allow revision", row->label, row->name,
				 (long long)base->revision, (long long)row->revision);
	if (!check_status(all, base, row))
		return 0;
	check_boots(all, all->base, base, "the base");
	if (row != base)
		check_boots(all, all->change, row, all->axis == AXIS_MODE ? row->label : "the change");
	note_counters(all, SIDE_BASE, row, further_counters(base, row));
	note_counters(all, SIDE_CHANGE, row, further_counters(row, base));
	if (row->counted) {
		note_pair(all, row, false, mem_string("not compared: it has no clock: see its counters "
						      "in smmustat report"));
		return 0;
	}
	if (base->null_subtracted != row->null_subtracted) {
		note_pair(all, base, true, mem_format("not compared: only the %s has a null row",
						      base->null_subtracted ? "base" : "change"));
		return 0;
	}
	all->list = mem_grow(all->list, all->nr);
	all->list[all->nr++] = (struct comparison){ .base = base, .change = row };
	return 0;
}

static const struct row *partner(const struct row *row, const struct stats *stats, enum axis axis,
				 bool of_base)
{
	size_t i;

	for (i = 0; i < stats->nr_rows; i++) {
		const struct row *other = &stats->rows[i];

		if (of_base ? is_same_row(row, other, axis) : is_same_row(other, row, axis))
			return other;
	}
	return NULL;
}

/* ": it has one with batch=32, not 64" of the row that is most like the one that is missing. */
static char *nearest(const struct row *row, const struct stats *stats, enum axis axis)
{
	const json_t *value, *other;
	char *best = mem_string(""), *text, *longer, *is, *was;
	size_t least = SIZE_MAX, nr, i;
	const char *name;

	for (i = 0; i < stats->nr_rows; i++) {
		const struct row *like = &stats->rows[i];

		if (strcmp(like->name, row->name) || strcmp(like->method, row->method) ||
		    like->guarantee != row->guarantee || strcmp(like->kvm_mode, row->kvm_mode) ||
		    (axis != AXIS_MODE && strcmp(like->label, row->label)))
			continue;
		text = mem_string("");
		nr = 0;
		json_object_foreach((json_t *)row->parameters, name, value) {
			other = json_object_get(like->parameters, name);
			if (json_equal(value, other) || (axis == AXIS_MODE && is_in_label(name)))
				continue;
			is = setup_value(like->parameters, name);
			was = setup_value(row->parameters, name);
			longer = mem_format("%s%s %s=%s, not %s", text, nr++ ? "," : "", name,
					    other ? is : "(none)", was);
			free(is);
			free(was);
			free(text);
			text = longer;
		}
		/* Another size is another row, which stands for itself. */
		if (nr && nr < least && !strstr(text, " size=")) {
			least = nr;
			free(best);
			best = mem_format("; there is one with%s", text);
		}
		free(text);
	}
	return best;
}

static void note_single(struct comparisons *all, enum side side, const struct row *row, bool lost,
			const char *where)
{
	const struct stats *others = side == SIDE_BASE ? all->change : all->base;
	char *hint = nearest(row, others, all->axis);

	unmatched_add_row(&all->unmatched, side, row, lost, mem_format("not compared: %s%s", where, hint));
	free(hint);
}

static bool same_mode(const struct row *a, const struct row *b)
{
	return !strcmp(a->mode, b->mode) && !strcmp(a->kvm_mode, b->kvm_mode);
}

/* A mode that has rows with that guarantee, of which none is this one. */
static void note_modes_without(struct comparisons *all, const struct row *base)
{
	const struct stats *change = all->change;
	size_t i, k;

	for (i = 0; i < change->nr_rows; i++) {
		const struct row *row = &change->rows[i];
		bool first = true, has = false;
		char *where;

		if (!strcmp(row->mode, "native") || strcmp(row->kvm_mode, base->kvm_mode) ||
		    row->guarantee != base->guarantee)
			continue;
		for (k = 0; k < change->nr_rows; k++) {
			const struct row *other = &change->rows[k];

			if (!same_mode(other, row) || other->guarantee != row->guarantee)
				continue;
			first &= k >= i;
			has |= is_same_row(base, other, AXIS_MODE);
		}
		if (!first || has)
			continue;
		where = mem_format("only in the base, %s has no such row", row->label);
		note_single(all, SIDE_BASE, base, false, where);
		free(where);
	}
}

static void note_base(struct comparisons *all, const struct row *base)
{
	if (all->axis == AXIS_MODE) {
		if (!strcmp(base->mode, "native"))
			note_modes_without(all, base);
	} else if (!partner(base, all->change, all->axis, true)) {
		note_single(all, SIDE_BASE, base, base->nr_parts > 0, "only in the base");
	}
}

/* Below @end; KVM modes that may differ are held against each other. */
static bool has_mode(const struct result *result, size_t end, const struct run *run, bool any_kvm_mode)
{
	size_t i;

	for (i = 0; i < end; i++)
		if (!strcmp(result->runs[i].mode, run->mode) &&
		    (any_kvm_mode || !strcmp(result->runs[i].kvm_mode, run->kvm_mode)))
			return true;
	return false;
}

static void note_modes(struct comparisons *all, enum side side, bool any_kvm_mode)
{
	const struct result *has = (side == SIDE_BASE ? all->base : all->change)->result;
	const struct result *lacks = (side == SIDE_BASE ? all->change : all->base)->result;
	const char *where = side == SIDE_BASE ? "base" : "change";
	size_t i;

	for (i = 0; i < has->nr_runs; i++) {
		const struct run *run = &has->runs[i];

		if (!has_mode(has, i, run, any_kvm_mode) &&
		    !has_mode(lacks, lacks->nr_runs, run, any_kvm_mode))
			unmatched_add(&all->unmatched, UNMATCHED_MODE, side, mem_string(run->mode),
				      side == SIDE_BASE, mem_format("under KVM mode %s: only in the %s",
								    run->kvm_mode, where));
	}
}

static void note_runs(struct comparisons *all, enum side side)
{
	const struct result *result = (side == SIDE_BASE ? all->base : all->change)->result;
	size_t i;

	for (i = 0; i < result->nr_runs; i++)
		if (strcmp(result->runs[i].status, "ok"))
			unmatched_add(&all->unmatched, UNMATCHED_RUN, side,
				      mem_string(result->runs[i].run_id), true,
				      mem_format("is %s in %s: it lacks what it did not come to",
						 result->runs[i].status, result->path));
}

/**
 * compare_match() - put each row beside its partner
 * @all: grows by comparisons, and by what has no partner
 * @request: what the user asked for
 * @error: the reason on failure
 *
 * Return: 0, or -EINVAL when two rows of one name measure different things.
 */
int compare_match(struct comparisons *all, const struct compare_request *request, struct error *error)
{
	bool two = all->base != all->change;
	const struct row *base;
	size_t i;
	int code = 0;

	note_runs(all, SIDE_BASE);
	if (two)
		note_runs(all, SIDE_CHANGE);
	if (all->axis != AXIS_MODE && !request->baseline) {
		note_modes(all, SIDE_BASE, compare_is_allowed(request, "kvm_mode"));
		note_modes(all, SIDE_CHANGE, compare_is_allowed(request, "kvm_mode"));
	}
	for (i = 0; i < all->base->nr_rows; i++)
		if (is_wanted(&all->base->rows[i], request))
			note_base(all, &all->base->rows[i]);
	for (i = 0; !code && i < all->change->nr_rows; i++) {
		const struct row *row = &all->change->rows[i];

		/* What native is held against itself says nothing. */
		if ((all->axis == AXIS_MODE && !strcmp(row->mode, "native")) ||
		    !is_wanted(row, request))
			continue;
		base = partner(row, all->base, all->axis, false);
		if (base)
			code = pair(all, base, row, request, error);
		else
			note_single(all, SIDE_CHANGE, row, false, all->axis == AXIS_MODE ?
				    "the baseline has no such row" : "only in the change");
	}
	return code;
}

/**
 * comparisons_code() - what a comparison says to a script
 * @comparisons: the comparison
 *
 * A row of the base that is gone is not "no change".
 *
 * Return: 0, or SMMUSTAT_INCONCLUSIVE when something of the base has no answer.
 */
int comparisons_code(const struct comparisons *comparisons)
{
	return comparisons->unmatched.nr_lost ? SMMUSTAT_INCONCLUSIVE : 0;
}
