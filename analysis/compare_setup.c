// SPDX-License-Identifier: GPL-2.0-only
/* Refuses to compare what was not measured alike. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "compare.h"
#include "error.h"
#include "setup.h"

/* A commit changes these by its nature. */
static const char *const waived_by_commit[] = {
	"kernel_release", "kernel_version", "config_hash", "series_hash", "suite_version", NULL
};

struct waiver {
	const struct compare_request *request;
	bool axis;
	bool modes;		/* the two runs are of two modes */
};

/**
 * compare_is_allowed() - whether the user lets a field differ
 * @request: what the user asked for
 * @field: for example smmus[0].idr5; allowing smmus covers it
 *
 * Return: true when it may differ.
 */
bool compare_is_allowed(const struct compare_request *request, const char *field)
{
	size_t i, length;

	for (i = 0; i < request->nr_allowed; i++) {
		length = strlen(request->allowed[i]);
		if (!strncmp(request->allowed[i], field, length) &&
		    (!field[length] || field[length] == '[' || field[length] == '.'))
			return true;
	}
	return false;
}

static bool is_waived(const void *context, const char *field)
{
	const struct waiver *waiver = context;
	int i;

	for (i = 0; waiver->axis && waived_by_commit[i]; i++)
		if (!strcmp(field, waived_by_commit[i]))
			return true;
	if (waiver->modes && setup_is_of_driver(field))
		return true;
	return compare_is_allowed(waiver->request, field);
}

static int refuse(const struct result *a, const struct run *x, const struct result *b,
		  const struct run *y, const char *field, struct error *error)
{
	return error_set(error, -EINVAL, "%s of %s and %s of %s differ in %s: measure both alike, "
			 "or give --allow %s", x->run_id, a->path, y->run_id, b->path, field,
			 field);
}

static int compare_runs(const struct result *a, const struct run *x, const struct result *b,
			const struct run *y, const struct waiver *of_files, bool kvm_mode,
			struct error *error)
{
	const struct waiver of_runs = {
		of_files->request, of_files->axis, strcmp(x->mode, y->mode) != 0,
	}, *waiver = &of_runs;
	char *field;
	int code;

	if (kvm_mode && strcmp(x->kvm_mode, y->kvm_mode) && !is_waived(waiver, "kvm_mode"))
		return refuse(a, x, b, y, "kvm_mode", error);
	field = setup_difference(x->setup, y->setup, is_waived, waiver);
	if (!field)
		return 0;
	code = refuse(a, x, b, y, field, error);
	free(field);
	return code;
}

/**
 * compare_setups() - see that all runs were made alike
 * @base: the baseline
 * @change: what is held against it; may be @base
 * @request: the axis, which waives its own fields, and what the user allows
 * @error: names the first field that differs
 *
 * Return: 0 or -EINVAL.
 */
int compare_setups(const struct stats *base, const struct stats *change,
		   const struct compare_request *request, struct error *error)
{
	struct waiver within = { request, false, false };
	struct waiver across = { request, request->axis != AXIS_MODE, false };
	const struct result *a = base->result, *b = change->result;
	size_t i;
	int code = 0;

	if (strcmp(base->clock, change->clock))
		return error_set(error, -EINVAL, "%s has clock %s and %s has clock %s: insn and ns "
				 "are never compared; measure both with one clock", a->path,
				 base->clock, b->path, change->clock);
	/* The runs of one file are pooled, so nothing is waived among them. */
	for (i = 1; !code && i < a->nr_runs; i++)
		code = compare_runs(a, &a->runs[0], a, &a->runs[i], &within, a != b, error);
	if (a == b)
		return code;
	for (i = 1; !code && i < b->nr_runs; i++)
		code = compare_runs(b, &b->runs[0], b, &b->runs[i], &within, true, error);
	if (!code)
		code = compare_runs(a, &a->runs[0], b, &b->runs[0], &across, true, error);
	return code;
}
