// SPDX-License-Identifier: GPL-2.0-only
/* Compares two results, or the modes of one. */
#include "compare.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "mem.h"

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
 * @out: set to the comparisons, which the caller frees with comparisons_free(); NULL on a failure
 * @error: the reason on failure
 *
 * Return: 0, -errno, SMMUSTAT_USAGE for a comparison that is refused on principle, or
 * SMMUSTAT_INCONCLUSIVE when nothing can be compared: what there is on either side is in @out then.
 */
int compare(const struct stats *base, const struct stats *change,
	    const struct compare_request *request, struct comparisons **out, struct error *error)
{
	struct comparisons *all;
	enum guarantee guarantee;
	int code;

	*out = NULL;
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
	if (!code)
		code = compare_match(all, request, error);
	if (!code && !all->nr)
		code = explain_nothing(all, request, error);
	if (code && (code != SMMUSTAT_INCONCLUSIVE || !all->unmatched.nr)) {
		comparisons_free(all);
		return code;
	}
	comparisons_derive(all);
	if (all->nr)
		qsort(all->list, all->nr, sizeof(*all->list), by_base);
	*out = all;
	return code;
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
	unmatched_free(&comparisons->unmatched);
	free(comparisons->waived);
	free(comparisons);
}
