// SPDX-License-Identifier: GPL-2.0-only
/* Puts rows beside the rows they may be compared with. */
#include "compare.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "mem.h"

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

static void add_unmatched(struct comparisons *all, const struct row *row, const char *why)
{
	all->unmatched = mem_grow(all->unmatched, all->nr_unmatched);
	all->unmatched[all->nr_unmatched++] = (struct unmatched){ row, why };
}

static int match(struct comparisons *all, const struct row *row,
		 const struct compare_request *request, struct error *error)
{
	const struct row *base = NULL;
	size_t i;

	for (i = 0; !base && i < all->base->nr_rows; i++)
		if (is_same_row(&all->base->rows[i], row, request->axis))
			base = &all->base->rows[i];
	if (!base) {
		add_unmatched(all, row, "the baseline has no such row");
		return 0;
	}
	if (base->revision != row->revision && !compare_is_allowed(request, "revision"))
		return error_set(error, -EINVAL, "%s %s differ in revision (%lld and %lld), so "
				 "they measure different things: measure both alike, or give "
				 "--allow revision", row->label, row->name,
				 (long long)base->revision, (long long)row->revision);
	if (row->counted) {
		add_unmatched(all, row, "it has no clock: see its counters in smmustat report");
		return 0;
	}
	if (!base->nr_parts || !row->nr_parts) {
		add_unmatched(all, row, base->nr_parts ? "it was not measured" :
							 "the baseline was not measured");
		return 0;
	}
	if (base->null_subtracted != row->null_subtracted) {
		add_unmatched(all, row, "only one side has a null row");
		return 0;
	}
	all->list = mem_grow(all->list, all->nr);
	all->list[all->nr++] = (struct comparison){ .base = base, .change = row };
	return 0;
}

static bool has_label(const struct stats *stats, const char *label)
{
	size_t i;

	for (i = 0; i < stats->nr_rows; i++)
		if (!strcmp(stats->rows[i].label, label))
			return true;
	return false;
}

/* Says why nothing was compared, and tells a question that is refused from one without answer. */
static int explain_nothing(const struct comparisons *all, const struct compare_request *request,
			   struct error *error)
{
	enum guarantee guarantee;
	size_t i;

	if (request->baseline && request->axis == AXIS_MODE &&
	    label_is_baseline(request->baseline, &guarantee)) {
		for (i = 0; i < all->change->nr_rows; i++) {
			const struct row *row = &all->change->rows[i];

			if (row->guarantee == guarantee || row->guarantee == GUARANTEE_NO_DOMAIN)
				continue;
			return error_set(error, SMMUSTAT_USAGE, "%s against %s is refused: they "
					 "guarantee different things; strict, lazy and passthrough "
					 "are each compared with their own baseline", row->label,
					 request->baseline);
		}
	}
	if (request->axis == AXIS_MODE)
		return error_set(error, SMMUSTAT_INCONCLUSIVE, "%s: nothing comparable: no mode "
				 "beside native has rows with the guarantee of a native baseline; "
				 "measure more modes, or give a second file with --by commit",
				 all->change->result->path);
	return error_set(error, SMMUSTAT_INCONCLUSIVE, "%s and %s have no measured row in common: "
			 "measure the same suite in the same modes", all->base->result->path,
			 all->change->result->path);
}

/* In the order of the baseline's file, so that the modes of one row stand together. */
static int by_base(const void *a, const void *b)
{
	const struct comparison *x = a, *y = b;

	if (x->base != y->base)
		return x->base < y->base ? -1 : 1;
	return x->change < y->change ? -1 : x->change > y->change;
}

/**
 * compare() - compare all rows that may be compared
 * @base: the baseline; has to live as long as the result
 * @change: what is held against it; the same as @base to compare the modes of one file
 * @request: what the user asked for
 * @out: set to the comparisons, which the caller frees with comparisons_free()
 * @error: the reason on failure
 *
 * Return: 0, -errno, SMMUSTAT_USAGE for a comparison that is refused on principle, or
 * SMMUSTAT_INCONCLUSIVE when nothing can be compared.
 */
int compare(const struct stats *base, const struct stats *change,
	    const struct compare_request *request, struct comparisons **out, struct error *error)
{
	struct comparisons *all;
	enum guarantee guarantee;
	size_t i;
	int code;

	if (request->baseline && !label_is_baseline(request->baseline, &guarantee) &&
	    (request->axis == AXIS_MODE || !has_label(base, request->baseline)))
		return error_set(error, SMMUSTAT_USAGE, "unknown baseline %s: use native:strict, "
				 "native:lazy or native:passthrough", request->baseline);
	all = mem_zero(1, sizeof(*all));
	all->base = base;
	all->change = change;
	all->axis = request->axis;
	all->waived = mem_string("");
	code = compare_setups(base, change, request, &all->waived, error);
	for (i = 0; !code && i < change->nr_rows; i++) {
		const struct row *row = &change->rows[i];

		/* What native is held against itself says nothing. */
		if (request->axis == AXIS_MODE && !strcmp(row->mode, "native"))
			continue;
		if (is_wanted(row, request))
			code = match(all, row, request, error);
	}
	if (!code && !all->nr)
		code = explain_nothing(all, request, error);
	if (code) {
		comparisons_free(all);
		return code;
	}
	comparisons_derive(all);
	qsort(all->list, all->nr, sizeof(*all->list), by_base);
	*out = all;
	return 0;
}

/**
 * comparisons_free() - free comparisons
 * @comparisons: what to free; may be NULL
 */
void comparisons_free(struct comparisons *comparisons)
{
	if (!comparisons)
		return;
	free(comparisons->list);
	free(comparisons->unmatched);
	free(comparisons->waived);
	free(comparisons);
}
