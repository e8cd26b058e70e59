// SPDX-License-Identifier: GPL-2.0-only
/* A profile as JSON: whole numbers of all operations, which nobody has to round. */
#include "profile.h"

static json_t *functions_json(const struct profile *p)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < p->trace->nr_functions; i++) {
		const struct trace_function *f = &p->trace->functions[i];
		const struct profile_share *s = &p->functions[i];

		if (s->inclusive)
			json_array_append_new(list, json_pack("{s:s, s:s, s:s?, s:s, s:I, s:I, s:I}",
				"name", f->name, "level", level_name(f->level), "file", f->file, "part",
				part_name(part_of(f)), "own", (json_int_t)s->own, "inclusive",
				(json_int_t)s->inclusive, "entries", (json_int_t)s->entries));
	}
	return list;
}

static json_t *parts_json(const struct profile *p)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < parts_nr(); i++)
		if (p->parts[i].inclusive)
			json_array_append_new(list, json_pack("{s:s, s:I, s:I}", "name", part_name(i),
				"own", (json_int_t)p->parts[i].own, "inclusive",
				(json_int_t)p->parts[i].inclusive));
	return list;
}

static json_t *calls_json(const struct profile *p, uint32_t node)
{
	json_t *list = json_array();
	uint32_t child;

	for (child = p->calls->nodes[node].child; child; child = p->calls->nodes[child].sibling) {
		const struct call *call = &p->calls->nodes[child];
		const struct trace_function *f = &p->trace->functions[call->function];

		json_array_append_new(list, json_pack("{s:s, s:s, s:I, s:I, s:I, s:o}", "name", f->name,
			"level", level_name(f->level), "own", (json_int_t)call->own, "inclusive",
			(json_int_t)p->inclusive[child], "entries", (json_int_t)call->entries, "calls",
			calls_json(p, child)));
	}
	return list;
}

/**
 * profile_json() - a profile as JSON
 * @profile: the profile
 *
 * Return: a new reference.
 */
json_t *profile_json(const struct profile *profile)
{
	const struct profile *p = profile;

	return json_pack("{s:s, s:s, s:b, s:O, s:I, s:I, s:{s:I, s:I, s:I}, s:{s:I, s:I, s:I}, s:o, s:o, s:o}",
		"name", p->name, "run_id", p->run_id, "agrees", !p->differs, "counted",
		(json_t *)p->row->of, "ops", (json_int_t)p->ops, "instructions", (json_int_t)p->all,
		"levels", "el0", (json_int_t)p->levels[LEVEL_EL0], "el1",
		(json_int_t)p->levels[LEVEL_EL1], "el2", (json_int_t)p->levels[LEVEL_EL2],
		"unseen_by_pmu", "runs_of_guest", (json_int_t)p->calls->trips, "instructions_el2",
		(json_int_t)p->calls->hidden, "clock_off", (json_int_t)p->clock_off, "parts", parts_json(p), "functions", functions_json(p),
		"calls", calls_json(p, 0));
}
