// SPDX-License-Identifier: GPL-2.0-only
/* A profile as tables, as a tree and as collapsed stacks. */
#include <inttypes.h>
#include <stdlib.h>

#include "mem.h"
#include "plural.h"
#include "profile.h"
#include "table.h"

static double each(const struct profile *p, uint64_t number)
{
	return (double)number / p->ops;
}

static double share(const struct profile *p, uint64_t number)
{
	return p->all ? 100.0 * number / p->all : 0;
}

static uint64_t of_integer(const json_t *of, const char *name)
{
	return json_integer_value(json_object_get(of, name));
}

static void print_text(const char *text, FILE *out)
{
	print_escaped(out, text, TABLE_TEXT);
}

/* What smmustat figures calls the mean. */
static void print_net(const struct profile *p, FILE *out)
{
	const json_t *overhead = json_object_get(p->row->of, "overhead");
	uint64_t count = of_integer(overhead, "count");
	double mean;

	if (p->row->guest || !count)
		return;
	mean = (double)of_integer(overhead, "sum") / count;
	fprintf(out, "  less the %.3f of ", mean);
	print_text(json_string_value(json_object_get(overhead, "name")), out);
	fprintf(out, ": %.3f\n", each(p, p->all) - mean);
}

static void print_clock(const struct profile *p, FILE *out)
{
	uint64_t sum = of_integer(p->row->of, "sum");

	if (!p->differs)
		fputs("  as many as the clock counted, to the last one\n", out);
	else
		fprintf(out, "  NOT what the clock counted: that is %" PRIu64 "\n", sum);
}

/* Where a guest ran, the PMU lacks some, and the clock that stands in for it may be off. */
static void print_unseen(const struct profile *p, FILE *out)
{
	uint64_t trips = p->calls->trips;

	fprintf(out, "  %" PRIu64 " of those at EL2, %.3f in each of %" PRIu64 " run%s of the guest, the PMU does "
		"not\n  count: they lie between two writes of MDCR_EL2, while it is the guest's, with HPMN\n"
		"  and HPME 0. The result has them from the clock.\n", p->calls->hidden,
		(double)p->calls->hidden / trips, trips, plural(trips));
	if (p->clock_off)
		fprintf(out, "  That clock is off by %" PRId64 ", %.3f in each of %zu round%s: the empty window "
			"that the\n  bench takes off has other code around it, see calibrate() in "
			"bench/runner/levels.c.\n", p->clock_off, (double)p->clock_off / p->row->nr,
			p->row->nr, plural(p->row->nr));
}

static void print_counters(const struct profile *p, FILE *out)
{
	uint64_t el1 = of_integer(p->row->of, "instructions_el1");
	uint64_t el2 = of_integer(p->row->of, "instructions_el2");

	if (p->differs)
		fprintf(out, "  NOT what the result has: that is %" PRIu64 " at EL1, %" PRIu64 " at EL2\n",
			el1, el2);
	else if (p->clock_off)
		fprintf(out, "  at EL1 as many as the result has, to the last one; at EL2 that has %" PRIu64
			"\n", el2);
	else
		fputs("  as many as the result has at EL1 and at EL2, to the last one\n", out);
	if (p->calls->trips)
		print_unseen(p, out);
}

static void print_head(const struct profile *p, FILE *out)
{
	print_text(p->name, out);
	fputs(", boot ", out);
	print_text(p->run_id, out);
	fprintf(out, "\n  %" PRIu64 " instructions of %" PRIu64 " operation%s: %.3f each, %.3f at EL1, %.3f "
		"at EL2", p->all, p->ops, plural(p->ops), each(p, p->all), each(p, p->levels[LEVEL_EL1]),
		each(p, p->levels[LEVEL_EL2]));
	if (p->levels[LEVEL_EL0])
		fprintf(out, ", %.3f at EL0", each(p, p->levels[LEVEL_EL0]));
	fputc('\n', out);
	if (p->row->guest)
		print_counters(p, out);
	else
		print_clock(p, out);
	print_net(p, out);
	fputc('\n', out);
}

/* Numbers in the order of what they share, most first. */
struct order {
	size_t index;
	uint64_t own, inclusive;
};

static int compare(const void *a, const void *b)
{
	const struct order *x = a, *y = b;

	if (x->own != y->own)
		return x->own < y->own ? 1 : -1;
	if (x->inclusive != y->inclusive)
		return x->inclusive < y->inclusive ? 1 : -1;
	return x->index < y->index ? -1 : x->index > y->index;
}

static struct order *in_order(const struct profile_share *shares, size_t nr)
{
	struct order *order = mem_zero(nr, sizeof(*order));
	size_t i;

	for (i = 0; i < nr; i++)
		order[i] = (struct order){ i, shares[i].own, shares[i].inclusive };
	qsort(order, nr, sizeof(*order), compare);
	return order;
}

static void add_numbers(struct table *table, const struct profile *p, const struct profile_share *s)
{
	table_number(table, each(p, s->own), 3);
	table_number(table, share(p, s->own), 1);
	table_number(table, each(p, s->inclusive), 3);
}

static void print_functions(const struct profile *p, double least, FILE *out)
{
	static const char *const heads[] = {
		"function", "level", "file", "own", "%", "inclusive", "entered",
	};
	struct order *order = in_order(p->functions, p->trace->nr_functions);
	struct table *table = table_new(sizeof(heads) / sizeof(*heads), heads, 3);
	struct profile_share rest = { 0, 0, 0 };
	size_t others = 0, i;

	for (i = 0; i < p->trace->nr_functions; i++) {
		const struct trace_function *f = &p->trace->functions[order[i].index];
		const struct profile_share *s = &p->functions[order[i].index];

		if (!s->inclusive)
			continue;
		if (each(p, s->inclusive) < least) {
			rest.own += s->own;
			others++;
			continue;
		}
		table_cell(table, "%s", f->name);
		table_cell(table, "%s", level_name(f->level));
		table_cell(table, "%s", f->file ? f->file : "-");
		add_numbers(table, p, s);
		table_number(table, each(p, s->entries), 3);
	}
	if (others) {
		table_cell(table, "(%zu other%s)", others, plural(others));
		table_cell(table, "-");
		table_cell(table, "-");
		table_number(table, each(p, rest.own), 3);
		table_number(table, share(p, rest.own), 1);
		table_cell(table, "-");
		table_cell(table, "-");
	}
	table_print(table, TABLE_TEXT, out);
	table_free(table);
	free(order);
}

static void print_parts(const struct profile *p, FILE *out)
{
	static const char *const heads[] = { "part", "own", "%", "inclusive" };
	struct order *order = in_order(p->parts, parts_nr());
	struct table *table = table_new(sizeof(heads) / sizeof(*heads), heads, 1);
	size_t i;

	for (i = 0; i < parts_nr(); i++) {
		if (!p->parts[order[i].index].inclusive)
			continue;
		table_cell(table, "%s", part_name(order[i].index));
		add_numbers(table, p, &p->parts[order[i].index]);
	}
	table_print(table, TABLE_TEXT, out);
	table_free(table);
	free(order);
	fputs("\n  a part is the source files that it is made of, by the kernel's symbol table, and names "
	      "where that\n  does not tell: see analysis/profile_parts.c\n", out);
}

/* Children of a node, those that include most first. */
static struct order *children(const struct profile *p, uint32_t node, size_t *nr)
{
	struct order *order = NULL;
	uint32_t child;

	*nr = 0;
	for (child = p->calls->nodes[node].child; child; child = p->calls->nodes[child].sibling) {
		order = mem_grow(order, *nr);
		order[(*nr)++] = (struct order){ child, p->inclusive[child], p->calls->nodes[child].own };
	}
	if (order)
		qsort(order, *nr, sizeof(*order), compare);
	return order;
}

static const char *suffix(const struct profile *p, uint32_t function)
{
	static const char *const suffixes[LEVELS] = {
		[LEVEL_EL0] = " [el0]", [LEVEL_EL1] = "", [LEVEL_EL2] = " [el2]", [LEVEL_GUEST] = "",
	};

	return suffixes[p->trace->functions[function].level];
}

static void print_node(const struct profile *p, uint32_t node, unsigned int depth, double least,
		       FILE *out)
{
	const struct call *call = &p->calls->nodes[node];
	struct order *order;
	uint64_t rest = 0;
	size_t nr, others = 0, i;

	if (node) {
		fprintf(out, "  %12.3f %10.3f %9.3f  %*s", each(p, p->inclusive[node]),
			each(p, call->own), each(p, call->entries), 2 * depth, "");
		print_text(p->trace->functions[call->function].name, out);
		fprintf(out, "%s\n", suffix(p, call->function));
	}
	order = children(p, node, &nr);
	for (i = 0; i < nr; i++) {
		if (!p->inclusive[order[i].index])
			continue;
		if (each(p, p->inclusive[order[i].index]) < least) {
			rest += p->inclusive[order[i].index];
			others++;
			continue;
		}
		print_node(p, order[i].index, depth + !!node, least, out);
	}
	if (others)
		fprintf(out, "  %12.3f %10s %9s  %*s(%zu other%s)\n", each(p, rest), "-", "-",
			2 * (depth + !!node), "", others, plural(others));
	free(order);
}

static void print_tree(const struct profile *p, double least, FILE *out)
{
	fprintf(out, "  %12s %10s %9s  function\n", "inclusive", "own", "entered");
	print_node(p, 0, 0, least, out);
}

/* A semicolon would be the end of a frame, and a space at its end that of the stack. */
static char *frame_name(const char *name)
{
	char *copy = mem_string(name), *c;

	for (c = copy; *c; c++)
		if (*c == ';' || *c == ' ' || (unsigned char)*c < ' ' || *c == 0x7f)
			*c = '_';
	return copy;
}

static void print_stacks(const struct profile *p, uint32_t node, const char *above, FILE *out)
{
	static const char *const levels[LEVELS] = {
		[LEVEL_EL0] = "_[el0]", [LEVEL_EL1] = "", [LEVEL_EL2] = "_[el2]", [LEVEL_GUEST] = "",
	};
	const struct call *call = &p->calls->nodes[node];
	const struct trace_function *f;
	char *name, *stack;
	uint32_t child;

	if (node) {
		f = &p->trace->functions[call->function];
		name = frame_name(f->name);
		stack = mem_format("%s;%s%s", above, name, levels[f->level]);
		free(name);
		if (call->own)
			fprintf(out, "%s %" PRIu64 "\n", stack, call->own);
	} else {
		stack = frame_name(p->name);
	}
	for (child = call->child; child; child = p->calls->nodes[child].sibling)
		print_stacks(p, child, stack, out);
	free(stack);
}

/**
 * profile_print() - print a profile as text
 * @profile: the profile
 * @view: what of it
 * @least: what includes fewer instructions an operation is one line; nothing goes from a sum
 * @out: where to
 */
void profile_print(const struct profile *profile, enum profile_view view, double least, FILE *out)
{
	if (view == VIEW_COLLAPSED) {
		print_stacks(profile, 0, "", out);
		return;
	}
	print_head(profile, out);
	switch (view) {
	case VIEW_PARTS:
		print_parts(profile, out);
		break;
	case VIEW_TREE:
		print_tree(profile, least, out);
		break;
	default:
		print_functions(profile, least, out);
	}
}
