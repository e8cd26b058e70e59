// SPDX-License-Identifier: GPL-2.0-only
#include "profile_sum.h"

#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "profile_code.h"

/*
 * One counter. The kernel takes it from another task that runs: it stops all counters, disables this one
 * and reads it; later it sets and enables it, and starts all.
 */
struct counter_state {
	int number;
	bool off;
	bool counts;		/* the last span is open */
};

/*
 * What becomes of the counters of a window. They are read in one order, first that of EL1, then that of
 * EL2 (bench/runner/levels.c). What is written to the registers is not known, but when.
 */
struct readings {
	const struct trace *trace;
	struct counter_state counters[2];
	struct call_spans spans[2];
	size_t nr;
	uint64_t done;
	bool stopped;		/* PMCR_EL0.E */
	bool disabling;		/* the one that is read next */
	int enabling;		/* the one that was set, or -1 */
	bool runs_guest;
};

static void set_counting(struct readings *r, size_t i, uint64_t when)
{
	bool counts = !r->stopped && !r->counters[i].off;
	struct call_spans *spans = &r->spans[i];

	if (counts == r->counters[i].counts)
		return;
	r->counters[i].counts = counts;
	if (!counts) {
		spans->items[spans->nr - 1].to = when;
		return;
	}
	spans->items = mem_grow(spans->items, spans->nr);
	spans->items[spans->nr++] = (struct call_span){ when, when };
}

static size_t find_counter(const struct readings *r, int number)
{
	size_t i;

	for (i = 0; i < r->nr && r->counters[i].number != number; i++)
		;
	return i;
}

/* Each reading may be the last one, up to which all count. */
static void note_reading(struct readings *r, int number, uint64_t when)
{
	size_t i = find_counter(r, number);

	if (i == r->nr && r->nr < 2) {
		r->counters[r->nr++] = (struct counter_state){ number, false, false };
		set_counting(r, i, when);
	}
	if (i >= r->nr)
		return;
	if (r->disabling)
		r->counters[i].off = true;
	r->disabling = false;
	set_counting(r, i, when);
	if (r->counters[i].counts)
		r->spans[i].items[r->spans[i].nr - 1].to = when;
}

/* The kernel starts the counters in one function of its driver, and stops them in another. */
static void note_switch(struct readings *r, uint32_t word, const char *function, uint64_t when)
{
	size_t i;

	if (writes_pmcr(word))
		r->stopped = strcmp(function, "armv8pmu_start");
	else if (writes_pmcntenclr(word))
		r->disabling = true;
	else if (counter_set_by(word) >= 0)
		r->enabling = counter_set_by(word);
	if (writes_pmcntenset(word) && find_counter(r, r->enabling) < r->nr)
		r->counters[find_counter(r, r->enabling)].off = false;
	if (writes_pmcntenset(word))
		r->enabling = -1;
	for (i = 0; i < r->nr; i++)
		set_counting(r, i, when);
}

static void find_readings(void *context, const struct trace_block *block, bool by_exception)
{
	struct readings *r = context;
	const struct trace_function *function = &r->trace->functions[block->pieces[0].function];
	uint32_t i;

	(void)by_exception;
	for (i = 0; i < block->nr; i++) {
		uint32_t word = block->words[i];

		/* Registers of the system, which are all that matters here. */
		if ((word & 0xffc00000) != 0xd5000000)
			continue;
		r->runs_guest |= writes_mdcr_el2(word);
		if (counter_read_by(word) >= 0)
			note_reading(r, counter_read_by(word), r->done + i);
		else if (function->level == LEVEL_EL1)
			note_switch(r, word, function->name, r->done + i);
	}
	r->done += block->nr;
}

struct summing {
	const struct trace *trace;
	struct window_sum *sum;
	size_t at[LEVELS];
};

static void add_block(void *context, const struct trace_block *block, bool by_exception)
{
	struct summing *summing = context;
	struct window_sum *sum = summing->sum;
	uint32_t i;

	(void)by_exception;
	for (i = 0; i < block->nr_pieces; i++) {
		const struct trace_piece *piece = &block->pieces[i];
		enum level level = summing->trace->functions[piece->function].level;

		sum->levels[level] += spans_overlap(&sum->spans[level], &summing->at[level], sum->all,
						    piece->nr);
		sum->all += piece->nr;
	}
}

/**
 * agrees_at_el2() - whether a result can have been measured where that was executed
 * @executed: instructions
 * @counted: what the result has
 * @slack: how much the clock may be off
 *
 * Return: true where it can.
 */
bool agrees_at_el2(uint64_t executed, uint64_t counted, uint64_t slack)
{
	return executed >= counted ? executed - counted <= slack : counted - executed <= slack;
}

/**
 * window_sum() - the instructions of a window by level
 * @trace: the trace
 * @guest: counted by the counters, and not by the clock
 * @window: of @trace
 * @sum: filled, for window_sum_free(); with a guest nothing counts that is not at EL1 or EL2
 */
void window_sum(const struct trace *trace, bool guest, const struct trace_window *window,
		struct window_sum *sum)
{
	struct readings readings = { .trace = trace, .enabling = -1 };
	struct summing summing = { .trace = trace, .sum = sum };
	int i;

	*sum = (struct window_sum){ .all = 0 };
	if (guest) {
		window_walk(trace, window, find_readings, &readings);
		sum->spans[LEVEL_EL1] = readings.spans[0];
		sum->spans[LEVEL_EL2] = readings.spans[1];
		sum->runs_guest = readings.runs_guest;
	} else {
		for (i = 0; i < LEVELS; i++) {
			sum->spans[i].items = mem_grow(sum->spans[i].items, sum->spans[i].nr);
			sum->spans[i].items[sum->spans[i].nr++] = (struct call_span){ 0, UINT64_MAX };
		}
	}
	window_walk(trace, window, add_block, &summing);
}

/**
 * window_sum_free() - free what window_sum() made
 * @sum: its sums stay
 */
void window_sum_free(struct window_sum *sum)
{
	int i;

	for (i = 0; i < LEVELS; i++)
		free(sum->spans[i].items);
}
