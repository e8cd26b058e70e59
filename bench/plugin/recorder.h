/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The instructions of what is measured, in the order they were executed. A block is those
 * that lie one behind the other; a path the blocks of one operation; a window the paths
 * between two marks; a row of the bench has many windows. Operations take few ways, so
 * each block and each path is kept once.
 */

#ifndef PLUGIN_RECORDER_H
#define PLUGIN_RECORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "marks.h"
#include "sequences.h"

struct recorder_window {
	size_t first;		/* into recorder.in_windows */
	size_t nr;
};

struct recorder_row {
	bool guest;
	size_t first;		/* into recorder.windows */
	size_t nr;
};

/**
 * struct recorder - what was recorded, and what is under way
 * @blocks: the address, lower half first, and the words
 * @paths: twice the number of a block, and 1 where an exception or interrupt led there
 * @in_windows: numbers of paths
 * @active: within a window
 * @error: why nothing more is recorded (-errno)
 */
struct recorder {
	struct sequences blocks;
	struct sequences paths;
	uint32_t *in_windows;
	size_t nr_in_windows, room_in_windows;
	struct recorder_window *windows;
	size_t nr_windows, room_windows;
	struct recorder_row *rows;
	size_t nr_rows, room_rows;
	bool active;
	int error;

	uint32_t *block;	/* as in @blocks */
	size_t nr_block, room_block;
	uint64_t next;		/* the address behind it */
	bool led_by_exception;
	bool exception;		/* one came since the last instruction */
	uint32_t *path;
	size_t nr_path, room_path;
};

/* recorder_insn() - an instruction is executed; records it where that is measured */
void recorder_insn(struct recorder *r, uint64_t at, uint32_t word, enum mark mark);

/**
 * recorder_exception() - something else than what comes next is executed next
 * @from: the instruction that caused it, where it is no interrupt
 *
 * One that faults is not executed; it comes again when its cause is gone.
 */
void recorder_exception(struct recorder *r, bool interrupt, uint64_t from);
void recorder_free(struct recorder *r);

#endif /* PLUGIN_RECORDER_H */
