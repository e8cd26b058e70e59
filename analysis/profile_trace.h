/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SMMUSTAT_PROFILE_TRACE_H
#define SMMUSTAT_PROFILE_TRACE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct error;

enum level { LEVEL_EL0, LEVEL_EL1, LEVEL_EL2, LEVEL_GUEST, LEVELS };

/* Strings belong to the document. */
struct trace_function {
	const char *name;
	const char *file;	/* NULL where it is not known */
	enum level level;
	uint64_t at;
	uint64_t size;
};

/* Instructions of a block that are of one function. */
struct trace_piece {
	uint32_t function;
	uint32_t nr;
};

struct trace_block {
	uint64_t at;
	uint32_t *words;
	uint32_t nr;
	struct trace_piece *pieces;
	uint32_t nr_pieces;
};

/* Steps of a path that are taken so many times in a row. */
struct trace_stretch {
	uint32_t first;
	uint32_t nr;
	uint32_t times;
};

struct trace_path {
	uint32_t *steps;	/* twice the number of a block, and 1 where an exception led there */
	uint32_t nr;
	struct trace_stretch *stretches;	/* one behind the other, of all steps */
	uint32_t nr_stretches;
};

/* The paths of a window, by number. */
struct trace_window {
	uint32_t *paths;
	uint32_t nr;
};

/* One row of the bench: the paths of each window that was measured. */
struct trace_row {
	bool guest;
	const json_t *of;	/* what it says of the row; NULL in the trace of a boot */
	struct trace_window *windows;
	size_t nr;
};

/*
 * What QEMU executed, as the plugin of bench/plugin wrote it (see write.h there): of a boot, or of a
 * single row that was cut out of that.
 */
struct trace {
	char *path;
	json_t *root;
	struct trace_function *functions;
	size_t nr_functions;
	struct trace_block *blocks;
	size_t nr_blocks;
	struct trace_path *paths;
	size_t nr_paths;
	struct trace_row *rows;
	size_t nr_rows;
};

int trace_load(const char *path, struct trace **trace, struct error *error);
int trace_new(const char *path, json_t *root, struct trace **trace, struct error *error);
void trace_free(struct trace *trace);
const char *level_name(enum level level);
void window_walk(const struct trace *trace, const struct trace_window *window,
		 void (*step)(void *context, const struct trace_block *block, bool by_exception),
		 void *context);

#endif
