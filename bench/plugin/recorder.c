// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>

#include "code.h"
#include "recorder.h"

/* Longer ones are kept in pieces. */
#define MOST_WORDS	2048
#define MOST_BLOCKS	65536

/* Words of a block come behind its address. */
#define ADDRESS		2

/* Where there is no memory, nothing more is recorded. */
static bool room(struct recorder *r, void *array, size_t nr, size_t *has, size_t size)
{
	void **pointer = array;
	void *grown = array_room(*pointer, nr, has, size);

	if (grown)
		*pointer = grown;
	else
		r->error = -ENOMEM;

	return grown;
}

static void push_block(struct recorder *r, uint32_t value)
{
	if (room(r, &r->block, r->nr_block, &r->room_block, sizeof(*r->block)))
		r->block[r->nr_block++] = value;
}

static void end_path(struct recorder *r)
{
	int64_t number;

	if (!r->nr_path)
		return;
	number = sequences_number(&r->paths, r->path, r->nr_path);
	r->nr_path = 0;
	if (number < 0)
		r->error = number;
	else if (room(r, &r->in_windows, r->nr_in_windows, &r->room_in_windows,
		      sizeof(*r->in_windows)))
		r->in_windows[r->nr_in_windows++] = number;
}

static void end_block(struct recorder *r)
{
	int64_t number;

	if (r->nr_block <= ADDRESS) {
		r->nr_block = 0;
		return;
	}
	number = sequences_number(&r->blocks, r->block, r->nr_block);
	r->nr_block = 0;
	if (number < 0)
		r->error = number;
	else if (room(r, &r->path, r->nr_path, &r->room_path, sizeof(*r->path)))
		r->path[r->nr_path++] = 2 * number + r->led_by_exception;
	if (r->nr_path == MOST_BLOCKS)
		end_path(r);
}

static void cut(struct recorder *r)
{
	end_block(r);
	end_path(r);
}

static void begin_window(struct recorder *r)
{
	if (r->active || !r->nr_rows ||
	    !room(r, &r->windows, r->nr_windows, &r->room_windows, sizeof(*r->windows)))
		return;
	r->windows[r->nr_windows] = (struct recorder_window){ r->nr_in_windows, 0 };
	r->exception = false;
	r->active = true;
}

static void end_window(struct recorder *r)
{
	if (!r->active)
		return;
	cut(r);
	r->active = false;
	if (r->error)
		return;
	r->windows[r->nr_windows].nr = r->nr_in_windows - r->windows[r->nr_windows].first;
	r->nr_windows++;
	r->rows[r->nr_rows - 1].nr++;
}

static void begin_row(struct recorder *r, bool guest)
{
	end_window(r);
	if (room(r, &r->rows, r->nr_rows, &r->room_rows, sizeof(*r->rows)))
		r->rows[r->nr_rows++] = (struct recorder_row){ guest, r->nr_windows, 0 };
}

static void record(struct recorder *r, uint64_t at, uint32_t word)
{
	if (r->nr_block && (at != r->next || r->exception || r->nr_block == ADDRESS + MOST_WORDS))
		end_block(r);
	if (!r->nr_block) {
		push_block(r, at);
		push_block(r, at >> 32);
		r->led_by_exception = r->exception;
	}
	push_block(r, word);
	r->exception = false;
	r->next = at + 4;
}

void recorder_insn(struct recorder *r, uint64_t at, uint32_t word, enum mark mark)
{
	bool was_active = r->active;

	if (r->error)
		return;
	switch (mark) {
	case MARK_ROW:
	case MARK_GUEST_ROW:
		begin_row(r, mark == MARK_GUEST_ROW);
		break;
	case MARK_CLOCK:
		/* What the clock counts begins with its first reading, and ends before the next. */
		if (was_active)
			end_window(r);
		else
			begin_window(r);
		break;
	case MARK_BEGIN:
		begin_window(r);
		break;
	case MARK_END:
		end_window(r);
		break;
	case MARK_CUT:
		if (was_active)
			cut(r);
		break;
	default:
		break;
	}
	if (r->active && !r->error)
		record(r, at, word);
}

void recorder_exception(struct recorder *r, bool interrupt, uint64_t from)
{
	if (!r->active || r->error)
		return;
	r->exception = true;
	if (interrupt || r->nr_block <= ADDRESS || from != r->next - 4 ||
	    code_raises(r->block[r->nr_block - 1]))
		return;
	r->nr_block--;
	r->next -= 4;
}

void recorder_free(struct recorder *r)
{
	sequences_free(&r->blocks);
	sequences_free(&r->paths);
	free(r->in_windows);
	free(r->windows);
	free(r->rows);
	free(r->block);
	free(r->path);
	*r = (struct recorder){ 0 };
}
