// SPDX-License-Identifier: GPL-2.0-only
/* Judges a change against its base, figure by figure. */
#include "gate.h"

#include <fnmatch.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "mem.h"

static bool is_wanted(const struct gate_request *request, const struct metric *metric)
{
	return metric->judged &&
	       (!request->pattern || !fnmatch(request->pattern, metric->name, 0));
}

/**
 * metrics_alike() - see that two figures of one name measure the same thing
 * @base: one
 * @change: the other
 * @request: what the user allows
 * @error: the reason on failure
 *
 * Return: 0 or SMMUSTAT_USAGE.
 */
int metrics_alike(const struct metric *base, const struct metric *change,
		  const struct compare_request *request, struct error *error)
{
	if (base->revision != change->revision && !compare_is_allowed(request, "revision"))
		return error_set(error, SMMUSTAT_USAGE, "%s differs in revision (%lld and %lld), so "
				 "it measures different things: measure both alike, or give "
				 "--allow revision", base->name, (long long)base->revision,
				 (long long)change->revision);
	if (strcmp(base->unit ? base->unit : "", change->unit ? change->unit : ""))
		return error_set(error, SMMUSTAT_USAGE, "%s has two units: measure both alike",
				 base->name);
	return 0;
}

static int pair(struct gate *gate, struct error *error)
{
	const struct figures *base = gate->base, *change = gate->change;
	const struct metric *other;
	size_t i;

	for (i = 0; i < base->nr; i++) {
		if (!is_wanted(gate->request, &base->metrics[i]))
			continue;
		other = figures_metric(change, base->metrics[i].name);
		if (other && metrics_alike(&base->metrics[i], other, &gate->request->setups, error))
			return SMMUSTAT_USAGE;
		if (other) {
			gate->list = mem_grow(gate->list, gate->nr);
			gate->list[gate->nr++] = (struct gated){ .base = &base->metrics[i],
								 .change = other };
		} else {
			gate->gone = mem_grow(gate->gone, gate->nr_gone);
			gate->gone[gate->nr_gone++] = &base->metrics[i];
		}
	}
	for (i = 0; i < change->nr; i++) {
		if (!is_wanted(gate->request, &change->metrics[i]) ||
		    figures_metric(base, change->metrics[i].name))
			continue;
		gate->added = mem_grow(gate->added, gate->nr_added);
		gate->added[gate->nr_added++] = &change->metrics[i];
	}
	return 0;
}

/* What only explains. A counter that is 0 in all boots is not kept, so it may be that. */
static void note_further(struct gate *gate, const struct figures *has, const struct figures *lacks)
{
	const struct gate_request *request = gate->request;
	size_t i;

	for (i = 0; i < has->nr; i++) {
		const struct metric *metric = &has->metrics[i];

		if (metric->judged || figures_metric(lacks, metric->name) ||
		    (request->pattern && fnmatch(request->pattern, metric->name, 0)))
			continue;
		gate->further = mem_grow(gate->further, gate->nr_further);
		gate->further[gate->nr_further++] = metric;
	}
}

static size_t count_runs(const struct figures *figures)
{
	size_t nr = 0, i;

	for (i = 0; i < figures->nr_left_out; i++)
		nr += figures->left_out[i].run;
	return nr;
}

/**
 * gate_run() - a run that is not complete
 * @gate: the gate
 * @index: below its nr_runs
 * @path: set to the file that has it
 *
 * Return: the run.
 */
const struct left_out *gate_run(const struct gate *gate, size_t index, const char **path)
{
	const struct figures *sides[] = { gate->base, gate->change };
	size_t side, i;

	for (side = 0; side < 2; side++) {
		*path = sides[side]->path;
		for (i = 0; i < sides[side]->nr_left_out; i++)
			if (sides[side]->left_out[i].run && !index--)
				return &sides[side]->left_out[i];
	}
	return NULL;
}

/**
 * gate_why_gone() - what became of a figure that the change does not have
 * @gate: the gate
 * @metric: of the base
 *
 * Return: for example "the row is failed: no memory", or NULL when the change does not say.
 */
const char *gate_why_gone(const struct gate *gate, const struct metric *metric)
{
	return figures_why_not(gate->change, metric->name);
}

static void judge_all(struct gate *gate)
{
	struct judgement *judgements = mem_zero(gate->nr, sizeof(*judgements));
	struct sides *sides = mem_zero(gate->nr, sizeof(*sides));
	size_t i;

	for (i = 0; i < gate->nr; i++) {
		const struct metric *base = gate->list[i].base, *change = gate->list[i].change;

		sides[i] = (struct sides){
			.base = base->values, .nr_base = base->nr,
			.change = change->values, .nr_change = change->nr,
			.grain = fmax(base->grain, change->grain),
			.exact = base->exact,
			.count = !base->unit,
		};
	}
	judge(sides, gate->nr, &gate->request->demand, judgements);
	for (i = 0; i < gate->nr; i++) {
		gate->list[i].judgement = judgements[i];
		gate->nr_by[judgements[i].verdict]++;
		gate->nr_below += judgements[i].below > 0;
		if (judgements[i].verdict == VERDICT_UNCLEAR && judgements[i].boots > gate->boots)
			gate->boots = judgements[i].boots;
	}
	free(sides);
	free(judgements);
}

/**
 * gate_new() - judge a change
 * @base: what it is held against; has to live as long as the gate
 * @change: the change; likewise
 * @request: what may differ, and how sure is sure enough; likewise
 * @out: set to the gate, which the caller frees with gate_free()
 * @error: the reason on failure
 *
 * Return: 0, SMMUSTAT_USAGE when they were not measured alike, or SMMUSTAT_INCONCLUSIVE when they
 * have no figure in common.
 */
int gate_new(const struct figures *base, const struct figures *change,
	     const struct gate_request *request, struct gate **out, struct error *error)
{
	struct gate *gate = mem_zero(1, sizeof(*gate));
	int code;

	gate->base = base;
	gate->change = change;
	gate->request = request;
	gate->waived = mem_string("");
	code = figures_alike(base, change, &request->setups, &gate->waived, error);
	if (code) {
		code = SMMUSTAT_USAGE;
	} else {
		code = pair(gate, error);
		note_further(gate, base, change);
		gate->nr_further_base = gate->nr_further;
		note_further(gate, change, base);
		gate->nr_runs = count_runs(base) + count_runs(change);
		if (code || gate->nr || gate->nr_gone)
			;
		else if (request->pattern)
			code = error_set(error, SMMUSTAT_USAGE, "no figure of the base is "
					 "named %s: smmustat figures FILE lists the names",
					 request->pattern);
		else
			code = error_set(error, SMMUSTAT_INCONCLUSIVE, "%s and %s have no figure in "
					 "common: measure the same suite in the same modes",
					 base->path, change->path);
	}
	if (code) {
		gate_free(gate);
		return code;
	}
	judge_all(gate);
	*out = gate;
	return 0;
}

/**
 * gate_code() - what the gate says to a script
 * @gate: the gate
 *
 * A figure that is not measured any more counts as worse: else a benchmark that fails would pass. A
 * run that is not complete leaves open what it did not come to.
 *
 * Return: 0, SMMUSTAT_FAILED, or SMMUSTAT_INCONCLUSIVE when nothing failed and something is unclear.
 */
int gate_code(const struct gate *gate)
{
	if (gate->nr_by[VERDICT_WORSE] || gate->nr_gone ||
	    (gate->request->any && gate->nr_by[VERDICT_BETTER]))
		return SMMUSTAT_FAILED;
	return gate->nr_by[VERDICT_UNCLEAR] || gate->nr_runs ? SMMUSTAT_INCONCLUSIVE : 0;
}

/* Whether a metric is a counter of the row that the figure is from. */
static bool is_beside(const struct gated *gated, const struct metric *metric)
{
	size_t length = metric_quantity(gated->base) - gated->base->name;

	if (strncmp(metric->name, gated->base->name, length) || strchr(metric->name + length, '/'))
		return false;
	/* Not what the clock says in other ways. */
	return !metric->unit || !strncmp(metric_quantity(metric), "instructions", 12);
}

static void append_moved(char **text, const struct metric *base, const struct metric *change)
{
	const struct metric *known = base ? base : change;
	char *before = base ? mem_format("%.2f", metric_middle(base)) : mem_string("none");
	char *after = change ? mem_format("%.2f", metric_middle(change)) : mem_string("none");
	char *longer = mem_format("%s%s%s %s -> %s", *text, **text ? ", " : "",
				  metric_quantity(known), before, after);

	if (strcmp(before, after)) {
		free(*text);
		*text = longer;
	} else {
		free(longer);
	}
	free(before);
	free(after);
}

/**
 * gated_moved() - the counters that moved with a figure
 * @gate: the gate
 * @gated: the figure
 *
 * Return: "NAME BASE -> CHANGE, ...", or an empty string; the caller frees it.
 */
char *gated_moved(const struct gate *gate, const struct gated *gated)
{
	char *text = mem_string("");
	size_t i;

	for (i = 0; i < gate->base->nr; i++) {
		const struct metric *metric = &gate->base->metrics[i];

		if (metric != gated->base && is_beside(gated, metric))
			append_moved(&text, metric, figures_metric(gate->change, metric->name));
	}
	for (i = 0; i < gate->change->nr; i++) {
		const struct metric *metric = &gate->change->metrics[i];

		if (is_beside(gated, metric) && !figures_metric(gate->base, metric->name))
			append_moved(&text, NULL, metric);
	}
	return text;
}

/**
 * gate_free() - free a gate
 * @gate: what to free; may be NULL
 */
void gate_free(struct gate *gate)
{
	if (!gate)
		return;
	free(gate->list);
	free(gate->gone);
	free(gate->added);
	free(gate->further);
	free(gate->waived);
	free(gate);
}
