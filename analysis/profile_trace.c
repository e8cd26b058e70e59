// SPDX-License-Identifier: GPL-2.0-only
#include "profile_trace.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "mem.h"
#include "result.h"

/* What a replay of all windows may come to: a file can name a long path very often. */
static const uint64_t most_steps = 4000000000;

static const char *const levels[LEVELS] = {
	[LEVEL_EL0] = "el0", [LEVEL_EL1] = "el1", [LEVEL_EL2] = "el2", [LEVEL_GUEST] = "guest",
};

/**
 * level_name() - the name of an exception level in files
 * @level: the level
 *
 * Return: a constant string.
 */
const char *level_name(enum level level)
{
	return levels[level];
}

static int damaged(const struct trace *trace, const char *what, size_t index, struct error *error)
{
	return error_set(error, -EINVAL, "%s: is no whole trace: %s (%zu); measure again with "
			 "scripts/bench --profile", trace->path, what, index);
}

/* An address: 0x and up to 16 digits. */
static bool read_address(const json_t *json, uint64_t *at)
{
	const char *text = json_string_value(json);
	char *end;

	if (!text || strncmp(text, "0x", 2) || !text[2] || strlen(text) > 18 ||
	    strspn(text + 2, "0123456789abcdef") != strlen(text + 2))
		return false;
	*at = strtoull(text, &end, 16);
	return *at % 4 == 0;
}

static bool read_level(const json_t *json, enum level *level)
{
	const char *text = json_string_value(json);
	int i;

	for (i = 0; text && i < LEVELS; i++) {
		if (!strcmp(text, levels[i])) {
			*level = i;
			return true;
		}
	}
	return false;
}

/* Sorted and apart, so that an address is of one function. */
static int read_functions(struct trace *trace, struct error *error)
{
	const json_t *list = json_object_get(trace->root, "functions"), *json, *file, *size;
	uint64_t end = 0;
	size_t i;

	if (!json_array_size(list))
		return damaged(trace, "it has no functions", 0, error);
	trace->functions = mem_zero(json_array_size(list), sizeof(*trace->functions));
	json_array_foreach((json_t *)list, i, json) {
		struct trace_function *f = &trace->functions[trace->nr_functions++];

		f->name = json_string_value(json_object_get(json, "name"));
		file = json_object_get(json, "file");
		f->file = json_string_value(file);
		size = json_object_get(json, "size");
		if (!f->name || !*f->name || (file && !f->file) ||
		    !read_level(json_object_get(json, "level"), &f->level) ||
		    !read_address(json_object_get(json, "at"), &f->at) ||
		    !json_is_integer(size) || json_integer_value(size) < 4)
			return damaged(trace, "a function is not described", i, error);
		f->size = json_integer_value(size);
		if (f->at < end || f->at + f->size < f->at)
			return damaged(trace, "a function overlaps another", i, error);
		end = f->at + f->size;
	}
	return 0;
}

static const struct trace_function *function_at(const struct trace *trace, uint64_t at)
{
	size_t low = 0, high = trace->nr_functions, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (trace->functions[middle].at <= at)
			low = middle + 1;
		else
			high = middle;
	}
	if (!low || at - trace->functions[low - 1].at >= trace->functions[low - 1].size)
		return NULL;
	return &trace->functions[low - 1];
}

static int hex_digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool read_words(const json_t *json, struct trace_block *block)
{
	const char *text = json_string_value(json);
	size_t length = json_string_length(json), i;

	if (!text || !length || length % 8 || length > UINT32_MAX)
		return false;
	block->nr = length / 8;
	block->words = mem_zero(block->nr, sizeof(*block->words));
	for (i = 0; i < length; i++) {
		if (hex_digit(text[i]) < 0)
			return false;
		block->words[i / 8] = block->words[i / 8] << 4 | hex_digit(text[i]);
	}
	return true;
}

static bool find_pieces(const struct trace *trace, struct trace_block *block)
{
	uint64_t at = block->at, end = at + 4 * (uint64_t)block->nr, until;
	const struct trace_function *f;

	if (end < at)
		return false;
	while (at < end) {
		f = function_at(trace, at);
		if (!f)
			return false;
		until = f->at + f->size < end ? f->at + f->size : end;
		block->pieces = mem_grow(block->pieces, block->nr_pieces);
		block->pieces[block->nr_pieces++] = (struct trace_piece){
			f - trace->functions, (until - at + 3) / 4,
		};
		at += (until - at + 3) / 4 * 4;
	}
	return true;
}

static int read_blocks(struct trace *trace, struct error *error)
{
	const json_t *list = json_object_get(trace->root, "blocks"), *json;
	size_t i;

	trace->blocks = mem_zero(json_array_size(list) + 1, sizeof(*trace->blocks));
	json_array_foreach((json_t *)list, i, json) {
		struct trace_block *block = &trace->blocks[trace->nr_blocks++];

		if (!read_address(json_object_get(json, "at"), &block->at) ||
		    !read_words(json_object_get(json, "code"), block))
			return damaged(trace, "a block has no address or no code", i, error);
		if (!find_pieces(trace, block))
			return damaged(trace, "a block is of no function", i, error);
	}
	return 0;
}

static bool is_number(const json_t *json, json_int_t low, uint64_t end)
{
	return json_is_integer(json) && json_integer_value(json) >= low &&
	       (json_integer_value(json) < 0 || (uint64_t)json_integer_value(json) < end);
}

static void add_stretch(struct trace_path *path, uint32_t first, uint32_t nr, uint32_t times)
{
	if (!nr)
		return;
	path->stretches = mem_grow(path->stretches, path->nr_stretches);
	path->stretches[path->nr_stretches++] = (struct trace_stretch){ first, nr, times };
}

/*
 * Numbers of steps, and where one below 0 is, a loop: the next number is how many of the steps just
 * before it are taken that many times more. No step is in two of them.
 */
static bool read_path(const struct trace *trace, const json_t *json, struct trace_path *path)
{
	uint32_t plain = 0, loop;
	const json_t *item, *next;
	size_t i;

	if (!json_is_array(json) || json_array_size(json) > UINT32_MAX)
		return false;
	path->steps = mem_zero(json_array_size(json) + 1, sizeof(*path->steps));
	for (i = 0; i < json_array_size(json); i++) {
		item = json_array_get(json, i);
		if (!is_number(item, -(json_int_t)INT32_MAX, 2 * trace->nr_blocks))
			return false;
		if (json_integer_value(item) >= 0) {
			path->steps[path->nr++] = json_integer_value(item);
			continue;
		}
		next = json_array_get(json, ++i);
		if (!is_number(next, 1, path->nr - plain + 1))
			return false;
		loop = json_integer_value(next);
		add_stretch(path, plain, path->nr - plain - loop, 1);
		add_stretch(path, path->nr - loop, loop, 1 - json_integer_value(item));
		plain = path->nr;
	}
	add_stretch(path, plain, path->nr - plain, 1);
	return true;
}

static int read_paths(struct trace *trace, struct error *error)
{
	const json_t *list = json_object_get(trace->root, "paths"), *json;
	size_t i;

	trace->paths = mem_zero(json_array_size(list) + 1, sizeof(*trace->paths));
	json_array_foreach((json_t *)list, i, json)
		if (!read_path(trace, json, &trace->paths[trace->nr_paths++]))
			return damaged(trace, "a path leads elsewhere", i, error);
	return 0;
}

static bool read_window(const struct trace *trace, const json_t *json, struct trace_window *window,
			uint64_t *steps)
{
	const struct trace_path *path;
	const json_t *item;
	uint32_t k;
	size_t i;

	if (!json_is_array(json) || json_array_size(json) > UINT32_MAX)
		return false;
	window->paths = mem_zero(json_array_size(json) + 1, sizeof(*window->paths));
	json_array_foreach((json_t *)json, i, item) {
		if (!is_number(item, 0, trace->nr_paths))
			return false;
		path = &trace->paths[json_integer_value(item)];
		window->paths[window->nr++] = json_integer_value(item);
		for (k = 0; k < path->nr_stretches && *steps <= most_steps; k++)
			*steps += (uint64_t)path->stretches[k].nr * path->stretches[k].times;
	}
	return true;
}

static int read_windows(struct trace *trace, struct trace_row *row, const json_t *list,
			uint64_t *steps, struct error *error)
{
	const json_t *json;
	size_t i;

	row->windows = mem_zero(json_array_size(list) + 1, sizeof(*row->windows));
	json_array_foreach((json_t *)list, i, json) {
		if (!read_window(trace, json, &row->windows[row->nr++], steps))
			return damaged(trace, "a window has other paths", i, error);
		if (*steps > most_steps)
			return damaged(trace, "it is too long", i, error);
	}
	return 0;
}

static int read_rows(struct trace *trace, struct error *error)
{
	const json_t *list = json_object_get(trace->root, "rows"), *json, *guest, *windows;
	uint64_t steps = 0;
	int code = 0;
	size_t i;

	if (!json_is_array(list))
		return damaged(trace, "it has no rows", 0, error);
	trace->rows = mem_zero(json_array_size(list) + 1, sizeof(*trace->rows));
	json_array_foreach((json_t *)list, i, json) {
		struct trace_row *row = &trace->rows[trace->nr_rows++];

		guest = json_object_get(json, "guest");
		windows = json_object_get(json, "windows");
		if (!json_is_boolean(guest) || !json_is_array(windows))
			return damaged(trace, "a row has no windows", i, error);
		row->guest = json_is_true(guest);
		row->of = json_object_get(json, "of");
		code = read_windows(trace, row, windows, &steps, error);
		if (code)
			break;
	}
	return code;
}

/**
 * trace_new() - validate and index a document
 * @path: where it was read from, for messages
 * @root: the document; a reference is taken over, also on a failure
 * @out: set to the trace, which the caller frees with trace_free()
 * @error: the reason on failure
 *
 * Return: 0 or -EINVAL.
 */
int trace_new(const char *path, json_t *root, struct trace **out, struct error *error)
{
	struct trace *trace = mem_zero(1, sizeof(*trace));
	const char *kind = json_string_value(json_object_get(root, "kind"));
	int code;

	trace->path = mem_string(path);
	trace->root = root;
	if (!kind || strcmp(kind, "profile"))
		code = error_set(error, -EINVAL, "%s: is no trace of scripts/bench --profile: give "
				 "the folder that it wrote, or a file of its folder profile", path);
	else
		code = read_functions(trace, error);
	if (!code)
		code = read_blocks(trace, error);
	if (!code)
		code = read_paths(trace, error);
	if (!code)
		code = read_rows(trace, error);
	if (code)
		trace_free(trace);
	else
		*out = trace;
	return code;
}

/**
 * trace_load() - read a trace
 * @path: the file
 * @out: set to the trace, which the caller frees with trace_free()
 * @error: the reason on failure
 *
 * Return: 0, -errno or a SMMUSTAT_ code.
 */
int trace_load(const char *path, struct trace **out, struct error *error)
{
	json_t *root;
	int code = document_load(path, &root, error);

	return code ? code : trace_new(path, root, out, error);
}

/**
 * window_walk() - every block of a window, in the order they were executed
 * @trace: the trace
 * @window: of it
 * @step: called for each
 * @context: handed to @step
 */
void window_walk(const struct trace *trace, const struct trace_window *window,
		 void (*step)(void *context, const struct trace_block *block, bool by_exception),
		 void *context)
{
	uint32_t i, k, time, at;

	for (i = 0; i < window->nr; i++) {
		const struct trace_path *path = &trace->paths[window->paths[i]];

		for (k = 0; k < path->nr_stretches; k++) {
			const struct trace_stretch *s = &path->stretches[k];

			for (time = 0; time < s->times; time++)
				for (at = s->first; at < s->first + s->nr; at++)
					step(context, &trace->blocks[path->steps[at] / 2],
					     path->steps[at] % 2);
		}
	}
}

/**
 * trace_free() - release a trace
 * @trace: what to free; may be NULL
 */
void trace_free(struct trace *trace)
{
	size_t i, k;

	if (!trace)
		return;
	for (i = 0; i < trace->nr_blocks; i++) {
		free(trace->blocks[i].words);
		free(trace->blocks[i].pieces);
	}
	free(trace->blocks);
	for (i = 0; i < trace->nr_paths; i++) {
		free(trace->paths[i].steps);
		free(trace->paths[i].stretches);
	}
	free(trace->paths);
	for (i = 0; i < trace->nr_rows; i++) {
		for (k = 0; k < trace->rows[i].nr; k++)
			free(trace->rows[i].windows[k].paths);
		free(trace->rows[i].windows);
	}
	free(trace->rows);
	free(trace->functions);
	json_decref(trace->root);
	free(trace->path);
	free(trace);
}
