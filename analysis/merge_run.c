// SPDX-License-Identifier: GPL-2.0-only
/* Which boot a run is: what is measured twice, what is the same boot again, and what collides. */
#include "merge_run.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "mem.h"
#include "setup.h"

static const char *string_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

/*
 * The folder that a run was measured into stands for its session where the run does not name it: of
 * files that lie in a folder "runs" that folder, of all others the file.
 */
static char *session_of_path(const char *path)
{
	const char *slash = strrchr(path, '/');
	static const char runs[] = "/runs";
	size_t length = slash ? slash - path : 0;

	if (length >= strlen(runs) && !strncmp(slash - strlen(runs), runs, strlen(runs)))
		return mem_format("%.*s", (int)length, path);
	if (length == strlen("runs") && !strncmp(path, "runs", length))
		return mem_string("runs");
	return mem_string(path);
}

/* What an earlier merge changed is undone, so that merging merged files gives what merging all gives. */
static json_t *restore(const json_t *run)
{
	json_t *copy = json_copy((json_t *)run), *kept;
	json_t *merged = json_object_get(json_object_get(run, "volatile"), "merged");

	if (!json_is_string(json_object_get(merged, "run_id")) ||
	    !json_is_integer(json_object_get(merged, "sequence")))
		return copy;
	json_object_set(copy, "run_id", json_object_get(merged, "run_id"));
	json_object_set(copy, "sequence", json_object_get(merged, "sequence"));
	kept = json_copy(json_object_get(run, "volatile"));
	json_object_del(kept, "merged");
	json_object_set_new(copy, "volatile", kept);
	return copy;
}

/**
 * merge_run_read() - take a run of a file
 * @run: set; the caller frees it with merge_run_free()
 * @path: the file
 * @json: the run
 * @index: in the file, for messages
 * @error: the reason on failure
 *
 * Return: 0 or -EINVAL.
 */
int merge_run_read(struct merge_run *run, const char *path, json_t *json, size_t index,
		   struct error *error)
{
	const char *session = string_of(json_object_get(json, "volatile"), "session");

	if (!json_is_string(json_object_get(json, "run_id")) ||
	    !json_is_integer(json_object_get(json, "sequence")))
		return error_set(error, -EINVAL, "%s: runs[%zu] has no run_id or no sequence; run "
				 "smmustat check on it", path, index);
	run->json = restore(json);
	run->run_id = string_of(run->json, "run_id");
	run->sequence = json_integer_value(json_object_get(run->json, "sequence"));
	run->path = mem_string(path);
	run->session = *session ? mem_string(session) : session_of_path(path);
	return 0;
}

/**
 * merge_run_free() - free what a run holds
 * @run: the run
 */
void merge_run_free(struct merge_run *run)
{
	json_decref(run->json);
	free(run->path);
	free(run->session);
}

static bool same_key(const struct merge_run *a, const struct merge_run *b, const char *key)
{
	const json_t *x = json_object_get(a->json, key), *y = json_object_get(b->json, key);

	return x == y || json_equal(x, y);
}

/* All that was measured, and how; not when, in what order, or under which name. */
static bool same_content(const struct merge_run *a, const struct merge_run *b)
{
	static const char *const keys[] = {
		"mode", "mode_requested", "kvm_mode", "perturb", "status", "setup", "memory",
		"benchmarks", NULL
	};
	int i;

	for (i = 0; keys[i]; i++)
		if (!same_key(a, b, keys[i]))
			return false;
	return true;
}

static bool is_insn(const struct merge_run *run)
{
	return !strcmp(string_of(json_object_get(run->json, "setup"), "clock"), "insn");
}

/* Another start on insn is one with another perturbation: the same one repeats to the last digit. */
static int collide_on_insn(const struct merge_run *run, const struct merge_run *other,
			   struct error *error)
{
	if (!same_key(run, other, "perturb") || !same_key(run, other, "mode"))
		return error_set(error, -EEXIST, "%s: run_id %s is also in %s, with other content; "
				 "remove one of them", run->path, run->run_id, other->path);
	return error_set(error, -EEXIST, "%s: run %s is the same start as in %s, and has other figures: "
			 "insn repeats, so something differs that the setup does not name; measure "
			 "both again", run->path, run->run_id, other->path);
}

static int collide(const struct merge_run *run, const struct merge_run *other, struct error *error)
{
	char *field = setup_difference(json_object_get(other->json, "setup"),
				       json_object_get(run->json, "setup"), NULL, NULL);
	int code = 0;

	if (field)
		code = error_set(error, -EINVAL, "%s: run_id %s is also in %s, and they differ in %s: they "
				 "are no boots of one thing; compare them, or merge others", run->path,
				 run->run_id, other->path, field);
	else if (is_insn(run))
		code = collide_on_insn(run, other, error);
	else if (same_key(run, other, "boot_id") || !strcmp(run->session, other->session))
		code = error_set(error, -EEXIST, "%s: run_id %s is also in %s, with other content; "
				 "remove one of them", run->path, run->run_id, other->path);
	free(field);
	return code;
}

/**
 * merge_run_find() - look for a boot among those that are there
 * @runs: those that are there
 * @nr: how many
 * @run: the other
 * @found: set to whether it is one of them
 * @error: the reason on failure
 *
 * On wall a boot is what its random id says; on insn a start gives the same content each time, whenever
 * it is made. Boots of two sessions have the same run ids, and are different boots of one thing: that is
 * no collision, as long as they were made alike.
 *
 * Return: 0 or -errno.
 */
int merge_run_find(const struct merge_run *runs, size_t nr, const struct merge_run *run,
		   enum merge_found *found, struct error *error)
{
	size_t i;
	int code;

	*found = MERGE_NEW;
	for (i = 0; i < nr; i++) {
		if (strcmp(runs[i].run_id, run->run_id))
			continue;
		if ((is_insn(run) || same_key(&runs[i], run, "boot_id")) && same_content(&runs[i], run)) {
			*found = MERGE_KNOWN;
			return 0;
		}
	}
	for (i = 0; i < nr; i++) {
		if (strcmp(runs[i].run_id, run->run_id))
			continue;
		code = collide(run, &runs[i], error);
		if (code)
			return code;
	}
	return 0;
}

/* One session: the runs that were measured into one folder, in the order of their sequence. */
struct session {
	const char *name;
	char *since;		/* date and boot id of its first boot, which name it if nothing does */
	json_int_t end;		/* above all of its sequences */
};

/* The boot id tells sessions apart that began in one second. */
static char *since(const struct merge_run *run)
{
	const char *date = string_of(json_object_get(run->json, "volatile"), "date");

	return mem_format("%s%s%s", date, *date ? " " : "", string_of(run->json, "boot_id"));
}

static int by_age(const void *a, const void *b)
{
	const struct session *x = a, *y = b;
	int order = strcmp(x->since, y->since);

	return order ? order : strcmp(x->name, y->name);
}

static struct session *find_sessions(const struct merge_run *runs, size_t nr, size_t *count)
{
	struct session *sessions = NULL, *of;
	char *begin;
	size_t i, k;

	*count = 0;
	for (i = 0; i < nr; i++) {
		begin = since(&runs[i]);
		for (k = 0; k < *count && strcmp(sessions[k].name, runs[i].session); k++)
			;
		if (k == *count) {
			sessions = mem_grow(sessions, *count);
			sessions[(*count)++] = (struct session){ runs[i].session, mem_string(begin), 0 };
		}
		of = &sessions[k];
		if (strcmp(begin, of->since) < 0) {
			free(of->since);
			of->since = begin;
			begin = NULL;
		}
		free(begin);
		if (runs[i].sequence >= of->end)
			of->end = runs[i].sequence + 1;
	}
	qsort(sessions, *count, sizeof(*sessions), by_age);
	return sessions;
}

/* A run of the session with that number, from 0, whose sequences begin at @first. */
static void rename_run(struct merge_run *run, const struct session *session, size_t number,
		       json_int_t first)
{
	json_t *kept = json_copy(json_object_get(run->json, "volatile"));
	char *run_id;

	if (!*string_of(kept, "session"))
		json_object_set_new(kept, "session", json_string(session->since));
	if (number) {
		json_object_set_new(kept, "merged", json_pack("{s:s, s:I}", "run_id", run->run_id,
							      "sequence", run->sequence));
		run_id = mem_format("%s.%zu", run->run_id, number + 1);
		run->sequence += first;
		json_object_set_new(run->json, "run_id", json_string(run_id));
		json_object_set_new(run->json, "sequence", json_integer(run->sequence));
		run->run_id = string_of(run->json, "run_id");
		free(run_id);
	}
	json_object_set_new(run->json, "volatile", kept);
}

static bool any_collide(const struct merge_run *runs, size_t nr)
{
	size_t i, k;

	for (i = 0; i < nr; i++)
		for (k = 0; k < i; k++)
			if (!strcmp(runs[i].run_id, runs[k].run_id))
				return true;
	return false;
}

/**
 * merge_sessions() - give the boots of several sessions ids and an order of their own
 * @runs: their run_id, sequence and volatile change where two have one id
 * @nr: how many
 *
 * The oldest session keeps its names, the runs of the next end in ".2", and their sequence goes on where
 * that of the session before ends. What they were is kept in volatile.merged.
 *
 * Return: the number of sessions, 1 when nothing was changed.
 */
size_t merge_sessions(struct merge_run *runs, size_t nr)
{
	struct session *sessions;
	size_t count, i, k;
	json_int_t first;

	if (!any_collide(runs, nr))
		return 1;
	sessions = find_sessions(runs, nr, &count);
	for (i = 0; i < nr; i++) {
		first = 0;
		for (k = 0; strcmp(sessions[k].name, runs[i].session); k++)
			first += sessions[k].end;
		rename_run(&runs[i], &sessions[k], k, first);
	}
	for (k = 0; k < count; k++)
		free(sessions[k].since);
	free(sessions);
	return count;
}
