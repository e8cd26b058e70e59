// SPDX-License-Identifier: GPL-2.0-only
/* Refuses to compare what was not measured alike. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "compare.h"
#include "error.h"
#include "gate.h"
#include "mem.h"
#include "setup.h"

/* A commit changes these by its nature. */
static const char *const waived_by_commit[] = {
	"kernel_release", "kernel_version", "config_hash", "series_hash", "suite_version", NULL
};

struct waiver {
	const struct compare_request *request;
	bool axis;
	bool modes;		/* the two runs are of two modes */
	char **waived;		/* fields found to differ and let through, "; " between them */
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

/**
 * compare_allow() - let a field differ
 * @request: grows by the field, until compare_allow_none()
 * @field: a field of the setup, kvm_mode or revision; has to live as long as @request
 * @error: one line on failure
 *
 * Return: 0, or EINVAL for what must never be compared.
 */
error_t compare_allow(struct compare_request *request, const char *field, struct error *error)
{
	static const char *const guarantees[] = {
		"domain", "invalidation", "guarantee", "label", NULL
	};
	const char **allowed = (const char **)request->allowed;
	int i;

	if (!strcmp(field, "clock") || !strcmp(field, "unit")) {
		error_set(error, 0, "--allow %s is refused: insn and ns are never compared", field);
		return EINVAL;
	}
	for (i = 0; guarantees[i]; i++) {
		if (strcmp(field, guarantees[i]))
			continue;
		error_set(error, 0, "--allow %s is refused: strict and lazy are never compared",
			  field);
		return EINVAL;
	}
	allowed = mem_grow(allowed, request->nr_allowed);
	allowed[request->nr_allowed++] = field;
	request->allowed = allowed;
	return 0;
}

/**
 * compare_allow_none() - forget what may differ
 * @request: what compare_allow() filled
 */
void compare_allow_none(struct compare_request *request)
{
	free((void *)request->allowed);
	request->allowed = NULL;
	request->nr_allowed = 0;
}

/* Whether a list of fields names this one. */
static bool is_listed(const char *list, const char *field)
{
	size_t length = strlen(field);
	const char *at;

	for (at = list; (at = strstr(at, field)); at += length)
		if ((at == list || at[-1] == ' ') && (!at[length] || at[length] == ','))
			return true;
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
	return is_listed(*waiver->waived, field);
}

static void note_waived(char **waived, const char *field)
{
	char *longer;

	if (is_listed(*waived, field))
		return;
	longer = mem_format("%s%s%s", *waived, **waived ? ", " : "", field);
	free(*waived);
	*waived = longer;
}

/*
 * The first field that may not differ and does, which the caller frees. One that differs because
 * the user allows it is noted, since whoever reads the figures has to know.
 */
static char *first_difference(const json_t *x, const json_t *y, const struct waiver *waiver)
{
	char *field;

	while ((field = setup_difference(x, y, is_waived, waiver))) {
		if (!compare_is_allowed(waiver->request, field))
			return field;
		note_waived(waiver->waived, field);
		free(field);
	}
	return NULL;
}

/* Whether a run does not say a field at all: it comes from tools that did not know it yet. */
static bool lacks(const json_t *setup, const char *field)
{
	return !strpbrk(field, ".[") && !json_object_get(setup, field);
}

static int refuse(const struct result *a, const struct run *x, const struct result *b,
		  const struct run *y, const char *field, struct error *error)
{
	if (lacks(x->setup, field) != lacks(y->setup, field))
		return error_set(error, -EINVAL, "only %s of %s says %s, so they differ in it: "
				 "measure both alike, or give --allow %s",
				 lacks(x->setup, field) ? y->run_id : x->run_id,
				 lacks(x->setup, field) ? b->path : a->path, field, field);
	return error_set(error, -EINVAL, "%s of %s and %s of %s differ in %s: measure both alike, "
			 "or give --allow %s", x->run_id, a->path, y->run_id, b->path, field,
			 field);
}

static int compare_runs(const struct result *a, const struct run *x, const struct result *b,
			const struct run *y, const struct waiver *of_files, bool kvm_mode,
			struct error *error)
{
	const struct waiver waiver = {
		of_files->request, of_files->axis, strcmp(x->mode, y->mode) != 0, of_files->waived,
	};
	char *field;
	int code;

	if (kvm_mode && strcmp(x->kvm_mode, y->kvm_mode)) {
		if (!compare_is_allowed(waiver.request, "kvm_mode"))
			return refuse(a, x, b, y, "kvm_mode", error);
		note_waived(waiver.waived, "kvm_mode");
	}
	field = first_difference(x->setup, y->setup, &waiver);
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
 * @waived: a string, which grows by the fields that differ and were let through
 * @error: names the first field that differs
 *
 * Return: 0 or -EINVAL.
 */
int compare_setups(const struct stats *base, const struct stats *change,
		   const struct compare_request *request, char **waived, struct error *error)
{
	struct waiver within = { request, false, false, waived };
	struct waiver across = { request, request->axis != AXIS_MODE, false, waived };
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

/**
 * figures_alike() - see that two sets of figures were measured alike, mode by mode
 * @base: the baseline
 * @change: what is held against it
 * @request: the axis, commit or kernel, and what the user allows
 * @waived: a string, which grows by the fields that differ and were let through
 * @error: names the first field that differs
 *
 * Return: 0 or -EINVAL.
 */
int figures_alike(const struct figures *base, const struct figures *change,
		  const struct compare_request *request, char **waived, struct error *error)
{
	const struct waiver waiver = { request, true, false, waived };
	const json_t *ours = NULL, *theirs = NULL;
	char *field = NULL;
	size_t i, k;

	if (strcmp(base->clock, change->clock))
		return error_set(error, -EINVAL, "%s has clock %s and %s has clock %s: insn and ns "
				 "are never compared; measure both with one clock", base->path,
				 base->clock, change->path, change->clock);
	for (i = 0; !field && i < base->nr_setups; i++) {
		for (k = 0; !field && k < change->nr_setups; k++) {
			const struct figures_setup *x = &base->setups[i], *y = &change->setups[k];

			if (strcmp(x->mode, y->mode) || strcmp(x->kvm_mode, y->kvm_mode))
				continue;
			ours = x->setup;
			theirs = y->setup;
			field = first_difference(ours, theirs, &waiver);
		}
	}
	if (!field)
		return 0;
	if (lacks(ours, field) != lacks(theirs, field))
		error_set(error, -EINVAL, "only %s says %s, so they differ in it: measure both "
			  "alike, or give --allow %s", lacks(ours, field) ? change->path : base->path,
			  field, field);
	else
		error_set(error, -EINVAL, "%s and %s differ in %s: measure both alike, or give "
			  "--allow %s", base->path, change->path, field, field);
	free(field);
	return -EINVAL;
}
