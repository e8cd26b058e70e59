// SPDX-License-Identifier: GPL-2.0-only
/* Questions about one row of a report. */
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "stats.h"

/**
 * row_percentile() - a percentile of single operations, as measured
 * @row: the row
 * @percent: 0 to 100
 *
 * Return: the percentile in the unit of the row, NAN when it has no histogram.
 */
double row_percentile(const struct row *row, double percent)
{
	return row->hist ? hist_percentile(row->hist, percent, row->min, row->max) : NAN;
}

/**
 * row_counter() - find a counter by name
 * @row: the row
 * @name: for example instructions_el2
 *
 * Return: the counter, or NULL when no run has it.
 */
const struct counter *row_counter(const struct row *row, const char *name)
{
	size_t i;

	for (i = 0; i < row->nr_counters; i++)
		if (!strcmp(row->counters[i].name, name))
			return &row->counters[i];
	return NULL;
}

static double best(const struct figure *figure)
{
	return isnan(figure->net) ? figure->raw : figure->net;
}

/**
 * row_el2_entries() - entries to EL2 per operation
 * @row: the row
 *
 * The counter el2_entries when there is one, else the sum of those that begin with its name, which
 * tell the entries by reason.
 *
 * Return: entries per operation, NAN when nothing counted them or a count cannot be trusted.
 */
double row_el2_entries(const struct row *row)
{
	static const char name[] = "el2_entries";
	const struct counter *total = row_counter(row, name);
	double entries = NAN;
	size_t i;

	if (total)
		return best(&total->mean);
	for (i = 0; i < row->nr_counters; i++) {
		if (strncmp(row->counters[i].name, name, strlen(name)))
			continue;
		entries = (isnan(entries) ? 0 : entries) + best(&row->counters[i].mean);
		if (isnan(entries))
			break;
	}
	return entries;
}

/* Of a round: its sum, or a counter of it; NAN when it is not known. */
static double of_round(const json_t *round, const char *counter)
{
	const json_t *value = json_object_get(round, "sum");

	if (counter)
		value = json_object_get(json_object_get(round, "counters"), counter);
	return json_is_integer(value) ? json_integer_value(value) : NAN;
}

static double part_interrupt(const struct part *part, const char *counter)
{
	double least = INFINITY, most = -INFINITY, sum;
	const json_t *round;
	size_t i;

	json_array_foreach(part->row->rounds, i, round) {
		sum = of_round(round, counter);
		if (isnan(sum))
			return 0;
		least = fmin(least, sum);
		most = fmax(most, sum);
	}
	return most > least ? (most - least) / part->row->count : 0;
}

/**
 * row_interrupt() - what one interrupt more would add to the mean
 * @row: the row
 * @counter: of this counter; NULL for the clock
 *
 * What the round that took most took more than the one that took least, spread over all operations:
 * it had the timer tick, or whatever else does not happen in every round, and another boot may have
 * one such round more or less.
 *
 * Return: per operation; 0 when the rounds do not tell.
 */
double row_interrupt(const struct row *row, const char *counter)
{
	double most = 0;
	size_t i;

	for (i = 0; i < row->nr_parts; i++)
		most = fmax(most, part_interrupt(&row->parts[i], counter));
	return most;
}
