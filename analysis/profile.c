// SPDX-License-Identifier: GPL-2.0-only
#include "profile.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "mem.h"
#include "profile_sum.h"

static bool get(const json_t *of, const char *name, uint64_t *value)
{
	const json_t *json = json_object_get(of, name);

	if (!json_is_integer(json) || json_integer_value(json) < 0)
		return false;
	*value = json_integer_value(json);
	return true;
}

static uint64_t add_inclusive(struct profile *p, uint32_t node)
{
	const struct call *call = &p->calls->nodes[node];
	uint32_t child;

	p->inclusive[node] = call->own;
	for (child = call->child; child; child = p->calls->nodes[child].sibling)
		p->inclusive[node] += add_inclusive(p, child);
	return p->inclusive[node];
}

/* What is on the stack twice includes what it calls once. */
static void add_shares(struct profile *p, uint32_t node, uint32_t *functions, uint32_t *parts)
{
	const struct call *call = &p->calls->nodes[node];
	uint32_t function = call->function, child;
	struct profile_share *f, *part;
	size_t of = 0;

	if (node) {
		of = part_of(&p->trace->functions[function]);
		f = &p->functions[function];
		part = &p->parts[of];
		f->own += call->own;
		f->entries += call->entries;
		part->own += call->own;
		if (!functions[function]++)
			f->inclusive += p->inclusive[node];
		if (!parts[of]++)
			part->inclusive += p->inclusive[node];
	}
	for (child = call->child; child; child = p->calls->nodes[child].sibling)
		add_shares(p, child, functions, parts);
	if (node) {
		functions[function]--;
		parts[of]--;
	}
}

static void derive(struct profile *p)
{
	uint32_t *functions = mem_zero(p->trace->nr_functions, sizeof(*functions));
	uint32_t *parts = mem_zero(parts_nr(), sizeof(*parts));

	p->inclusive = mem_zero(p->calls->nr, sizeof(*p->inclusive));
	p->functions = mem_zero(p->trace->nr_functions, sizeof(*p->functions));
	p->parts = mem_zero(parts_nr(), sizeof(*p->parts));
	add_inclusive(p, 0);
	add_shares(p, 0, functions, parts);
	free(functions);
	free(parts);
}

static bool is_as_counted(struct profile *p)
{
	uint64_t slack = p->calls->trips ? CLOCK_SLACK * p->row->nr : 0, all, el1, el2;

	if (!p->row->guest)
		return get(p->row->of, "sum", &all) && all == p->all;
	if (!get(p->row->of, "instructions_el1", &el1) || el1 != p->levels[LEVEL_EL1] ||
	    !get(p->row->of, "instructions_el2", &el2) ||
	    !agrees_at_el2(p->levels[LEVEL_EL2], el2, slack))
		return false;
	p->clock_off = el2 - p->levels[LEVEL_EL2];
	return true;
}

/**
 * profile_new() - replay a row
 * @trace: the trace
 * @row: of it, which says what it is of
 * @out: set to the profile, which the caller frees with profile_free()
 * @error: one line on failure
 *
 * Return: 0 or -EINVAL.
 */
int profile_new(const struct trace *trace, const struct trace_row *row, struct profile **out,
		struct error *error)
{
	struct profile *p;
	struct window_sum sum;
	size_t i;
	int k;

	p = mem_zero(1, sizeof(*p));
	p->trace = trace;
	p->row = row;
	p->name = json_string_value(json_object_get(row->of, "name"));
	p->run_id = json_string_value(json_object_get(row->of, "run_id"));
	if (!p->name || !p->run_id || !get(row->of, "count", &p->ops) || !p->ops) {
		free(p);
		return error_set(error, -EINVAL, "%s: does not say what row it is of: give a file that "
				 "scripts/bench --profile left in the folder profile", trace->path);
	}
	p->calls = calls_new(trace);
	for (i = 0; i < row->nr; i++) {
		window_sum(trace, row->guest, &row->windows[i], &sum);
		calls_add(p->calls, &row->windows[i], sum.spans);
		for (k = 0; k < LEVELS; k++) {
			p->levels[k] += sum.levels[k];
			p->all += sum.levels[k];
		}
		window_sum_free(&sum);
	}
	derive(p);
	p->differs = !is_as_counted(p);
	*out = p;
	return 0;
}

/**
 * profile_free() - release a profile
 * @profile: what to free; may be NULL
 */
void profile_free(struct profile *profile)
{
	if (!profile)
		return;
	calls_free(profile->calls);
	free(profile->inclusive);
	free(profile->functions);
	free(profile->parts);
	free(profile);
}
