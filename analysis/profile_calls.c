// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who called whom, from the instructions alone. A branch with link is a call, and a return is one to
 * the address behind such a call. A jump into another function takes the place of the one that jumps,
 * as its callee: where that returns, both have. An exception is a call, and an eret returns from the
 * last one to that level. A run of a guest is a call too, which the next exception ends.
 */
#include "profile_calls.h"

#include <stdlib.h>

#include "mem.h"
#include "profile_code.h"

enum { MOST_DEPTH = 256 };

enum how { CALLED, JUMPED, RAISED, ENTERED };

struct frame {
	uint32_t node;
	uint64_t back;	/* where it returns to */
	enum how how;
};

/* The state of the one CPU within a window. */
struct stack {
	struct calls *calls;
	const struct call_spans *spans;
	size_t at[LEVELS];
	struct frame frames[MOST_DEPTH];
	size_t depth;
	uint64_t done;		/* instructions since the window began */
	uint64_t last_at;
	uint32_t last_word;
	bool guest_mdcr;
};

/**
 * calls_new() - begin a call tree
 * @trace: what will be replayed
 *
 * Return: a tree the caller frees with calls_free().
 */
struct calls *calls_new(const struct trace *trace)
{
	struct calls *calls = mem_zero(1, sizeof(*calls));

	calls->trace = trace;
	calls->nodes = mem_grow(calls->nodes, calls->nr);
	calls->nodes[calls->nr++] = (struct call){ .function = UINT32_MAX };
	return calls;
}

/**
 * calls_free() - free a call tree
 * @calls: what to free; may be NULL
 */
void calls_free(struct calls *calls)
{
	if (!calls)
		return;
	free(calls->nodes);
	free(calls);
}

static uint32_t child_of(struct calls *calls, uint32_t parent, uint32_t function)
{
	uint32_t node = calls->nodes[parent].child;

	for (; node; node = calls->nodes[node].sibling)
		if (calls->nodes[node].function == function)
			return node;
	calls->nodes = mem_grow(calls->nodes, calls->nr);
	calls->nodes[calls->nr] = (struct call){
		.function = function, .parent = parent, .sibling = calls->nodes[parent].child,
	};
	calls->nodes[parent].child = calls->nr;
	return calls->nr++;
}

static uint32_t top_node(const struct stack *s)
{
	return s->depth ? s->frames[s->depth - 1].node : 0;
}

static uint32_t top_function(const struct stack *s)
{
	return s->calls->nodes[top_node(s)].function;
}

static enum level level_of(const struct stack *s, uint32_t function)
{
	return s->calls->trace->functions[function].level;
}

static enum level frame_level(const struct stack *s, size_t i)
{
	return level_of(s, s->calls->nodes[s->frames[i].node].function);
}

static bool is_boundary(const struct frame *frame)
{
	return frame->how == RAISED || frame->how == ENTERED;
}

/* Not called from anywhere that is known: whatever is on the stack, up to an exception, is gone. */
static void go_aside(struct stack *s, uint32_t function)
{
	uint32_t node;

	while (s->depth && !is_boundary(&s->frames[s->depth - 1]))
		s->depth--;
	if (s->depth && top_function(s) == function)
		return;
	if (s->depth == MOST_DEPTH)
		s->depth = 0;
	node = child_of(s->calls, top_node(s), function);
	s->calls->nodes[node].entries++;
	s->frames[s->depth++] = (struct frame){ node, 0, CALLED };
}

static void push(struct stack *s, uint32_t function, uint64_t back, enum how how)
{
	uint32_t node;

	if (s->depth == MOST_DEPTH) {
		go_aside(s, function);
		return;
	}
	node = child_of(s->calls, top_node(s), function);
	s->calls->nodes[node].entries++;
	s->frames[s->depth++] = (struct frame){ node, back, how };
}

/* Functions that jump to and fro are each there once. */
static void jump(struct stack *s, uint32_t function)
{
	size_t i;

	if (s->depth && top_function(s) == function)
		return;
	for (i = s->depth; i > 1 && s->frames[i - 1].how == JUMPED; i--) {
		if (s->calls->nodes[s->frames[i - 2].node].function == function) {
			s->depth = i - 1;
			return;
		}
	}
	push(s, function, s->depth ? s->frames[s->depth - 1].back : 0, JUMPED);
}

static void go_back(struct stack *s, uint64_t at, uint32_t function)
{
	size_t i;

	for (i = s->depth; i; i--) {
		if (is_boundary(&s->frames[i - 1])) {
			i = 0;
			break;
		}
		if (s->frames[i - 1].back == at && s->frames[i - 1].how == CALLED)
			break;
	}
	if (!i || i == 1) {
		go_aside(s, function);
		return;
	}
	s->depth = i - 1;
	jump(s, function);
}

/* To the level below: out of the last exception to this one, or into a guest. */
static void exception_return(struct stack *s, uint32_t function)
{
	enum level level = s->depth ? frame_level(s, s->depth - 1) : LEVEL_EL0;
	size_t i;

	if (level_of(s, function) == LEVEL_GUEST) {
		push(s, function, 0, ENTERED);
		return;
	}
	for (i = s->depth; i > 1; i--)
		if (s->frames[i - 1].how == RAISED && frame_level(s, i - 1) == level)
			break;
	if (i <= 1) {
		go_aside(s, function);
		return;
	}
	s->depth = i - 1;
	jump(s, function);
}

static void exception(struct stack *s, uint32_t function)
{
	size_t i;

	for (i = s->depth; i; i--) {
		if (s->frames[i - 1].how != ENTERED)
			continue;
		/* It is the guest that ends with this, and EL2 goes on where it entered it. */
		if (i == s->depth && level_of(s, function) == LEVEL_EL2) {
			s->depth = i - 1;
			jump(s, function);
			return;
		}
		break;
	}
	push(s, function, 0, RAISED);
}

/* From the last instruction to one at @at. */
static void go_on(struct stack *s, uint64_t at, uint32_t function, bool by_exception)
{
	if (!s->depth) {
		go_aside(s, function);
		return;
	}
	if (by_exception) {
		exception(s, function);
		return;
	}
	switch (course_of(s->last_word)) {
	case COURSE_CALL:
		push(s, function, s->last_at + 4, CALLED);
		break;
	case COURSE_RETURN:
		go_back(s, at, function);
		break;
	case COURSE_ERET:
		exception_return(s, function);
		break;
	default:
		jump(s, function);
	}
}

/*
 * KVM writes MDCR_EL2 before it enters a guest and once it is back. From the one write to the other the
 * register holds what the guest is to have.
 */
static void count_hidden(struct stack *s, const uint32_t *words, uint32_t nr)
{
	uint64_t counts;
	uint32_t i;

	for (i = 0; i < nr; i++) {
		counts = spans_overlap(&s->spans[LEVEL_EL2], &s->at[LEVEL_EL2], s->done + i, 1);
		if (s->guest_mdcr)
			s->calls->hidden += counts;
		if (!writes_mdcr_el2(words[i]))
			continue;
		s->guest_mdcr = !s->guest_mdcr;
		s->calls->trips += s->guest_mdcr && counts;
	}
}

static void add_block(struct stack *s, const struct trace_block *block, bool by_exception)
{
	const uint32_t *words = block->words;
	uint64_t at = block->at;
	uint32_t i;

	for (i = 0; i < block->nr_pieces; i++) {
		const struct trace_piece *piece = &block->pieces[i];
		enum level level = level_of(s, piece->function);

		go_on(s, at, piece->function, by_exception);
		by_exception = false;
		s->calls->nodes[top_node(s)].own +=
			spans_overlap(&s->spans[level], &s->at[level], s->done, piece->nr);
		if (level == LEVEL_EL2)
			count_hidden(s, words, piece->nr);
		s->done += piece->nr;
		words += piece->nr;
		at += 4 * (uint64_t)piece->nr;
		s->last_at = at - 4;
		s->last_word = words[-1];
	}
}

static void take_step(void *context, const struct trace_block *block, bool by_exception)
{
	add_block(context, block, by_exception);
}

/**
 * calls_add() - replay a window
 * @calls: the tree to add it to
 * @window: of @calls->trace
 * @spans: for each level, which instructions count
 */
void calls_add(struct calls *calls, const struct trace_window *window, const struct call_spans *spans)
{
	struct stack s = { .calls = calls, .spans = spans };

	window_walk(calls->trace, window, take_step, &s);
}
