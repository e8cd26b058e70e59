// SPDX-License-Identifier: GPL-2.0-only
/* list and show: the table of benchmarks, for reading. */

#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "table.h"

struct list_options {
	const char *suite;
	const char *filter;
	const char *name;
};

static const struct argp_option list_argp_options[] = {
	{ "suite", 's', "SUITE", 0, "only rows of this suite: quick, full, or a benchmark's name", 0 },
	{ "filter", 'f', "GLOB", 0, "only rows whose name, name/size or name/size/method matches", 0 },
	{ 0 },
};

static error_t parse_list(int key, char *arg, struct argp_state *state)
{
	struct list_options *o = state->input;

	switch (key) {
	case 's':
		o->suite = arg;
		return 0;
	case 'f':
		o->filter = arg;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp list_argp = {
	.options = list_argp_options,
	.parser = parse_list,
	.doc = "Lists the benchmarks, their methods and their suites.\v"
	       "Example:\n  smmubench list --suite quick --filter 'dma_*/4k*'",
};

static const char *suites_of(const struct row *row)
{
	switch (row->suites) {
	case IN_QUICK:
		return "quick";
	case IN_FULL:
		return "full";
	default:
		return "quick,full";
	}
}

/* Those that a pattern picks, as "batch,single". */
static bool methods_of(const struct row *row, const char *filter, char *names, size_t size)
{
	int method, used = 0;

	names[0] = '\0';
	for (method = 0; method < NR_METHODS; method++) {
		if (row_matches(row, method, filter))
			used += snprintf(names + used, size - used, "%s%s", used ? "," : "",
					 method_name(method));
	}

	return used;
}

static const char *domains_of(const struct row *row)
{
	return row->domain == NEEDS_DOMAIN ? "strict,lazy,passthrough" : "-";
}

int cmd_list(int argc, char **argv)
{
	struct list_options o = { .suite = NULL };
	size_t n, i, shown = 0;
	const struct row *row = rows(&n);
	char key[ROW_KEY_MAX], methods[32];
	int ret;

	ret = parse_options(&list_argp, argc, argv, &o);
	if (ret)
		return ret;

	for (i = 0; i < n; i++) {
		if ((o.suite && !row_in_suite(&row[i], o.suite)) ||
		    !methods_of(&row[i], o.filter, methods, sizeof(methods)))
			continue;
		if (!shown++)
			printf("%-18s %-13s %-11s %-24s %s\n", "BENCHMARK", "METHODS", "SUITES",
			       "DOMAINS (native)", "WHAT");
		row_key(&row[i], key, sizeof(key));
		printf("%-18s %-13s %-11s %-24s %s\n", key, methods, suites_of(&row[i]),
		       domains_of(&row[i]), row[i].text);
	}
	if (shown)
		return EX_OK;
	if (o.filter)
		return wrong_usage("no benchmark matches --filter '%s'%s%s; see smmubench list", o.filter,
				   o.suite ? " in suite " : "", o.suite ? o.suite : "");

	return wrong_usage("unknown suite '%s'; it is quick, full, or a name from smmubench list",
			   o.suite);
}

static error_t parse_show(int key, char *arg, struct argp_state *state)
{
	struct list_options *o = state->input;

	if (key != ARGP_KEY_ARG || o->name)
		return ARGP_ERR_UNKNOWN;
	o->name = arg;

	return 0;
}

static const struct argp show_argp = {
	.parser = parse_show,
	.args_doc = "NAME",
	.doc = "Explains one benchmark: what it measures, how, and where it does not apply.\v"
	       "Example:\n  smmubench show dma_map/64k",
};

static void show_where(const struct row *row)
{
	if (row->domain == NEEDS_DOMAIN)
		puts("domains      native: strict, lazy, passthrough (the IOMMU group's types DMA, DMA-FQ,\n"
		     "             identity); other modes: the one the mode has. Needs a device.");
	else
		puts("domains      none: no device takes part, so it is run once, whatever the domain");
	if (row->kvm == KVM_GUEST)
		puts("does not     KVM modes vhe, nvhe and none: there, a guest's pages stay the host's.\n"
		     "apply to     It is unsupported in the results, with the reason.");
	else if (row->kvm == KVM_HYP)
		puts("does not     KVM modes vhe and none: there, no hypervisor answers the kernel's HVC.\n"
		     "apply to     It is unsupported in the results, with the reason.");
	else
		puts("does not     nothing: it applies in every mode\napply to");
}

static const char *check_of(const struct row *row)
{
	if (row->domain == NEEDS_DOMAIN)
		return "first and last page of a mapping lead to the buffer: through the domain's\n"
		       "             page tables, or directly in passthrough; and nowhere after a strict unmap";
	if (row->kvm == KVM_GUEST)
		return "the guest ends each run where it should, behind the last of its pages";
	if (row->kvm == KVM_HYP)
		return "the hypercall returns SMCCC_RET_NOT_SUPPORTED, then and in each operation";

	return "none: there is nothing that could be wrong";
}

static void show_methods(const struct row *row)
{
	if (row->kvm == KVM_GUEST) {
		printf("counted      %u guests of %u pages, %u in full: instructions of each level, and\n"
		       "             what EL2 counts. No clock: it jumps while the machine is idle.\n"
		       "warm-up      one guest, which splits what is mapped in blocks\n",
		       row_rounds(row, SMMUBENCH_COUNTED, false), SMMUBENCH_BATCH,
		       row_rounds(row, SMMUBENCH_COUNTED, true));
		return;
	}
	printf("batch        %u operations between two clock reads; %u rounds, %u in full\n",
	       SMMUBENCH_BATCH, row_rounds(row, SMMUBENCH_BATCHED, false),
	       row_rounds(row, SMMUBENCH_BATCHED, true));
	printf("single       each operation timed alone; %u samples, %u in full\n",
	       row_rounds(row, SMMUBENCH_SINGLE, false), row_rounds(row, SMMUBENCH_SINGLE, true));
	printf("warm-up      %u operations\n", WARMUP_OPS);
}

static const char *overhead_of(const struct row *row)
{
	if (row->kvm == KVM_GUEST)
		return "the rows guest_touch and guest_end";

	return "the row `null` of the same method";
}

static void show(const struct row *row)
{
	char key[ROW_KEY_MAX];

	row_key(row, key, sizeof(key));
	printf("%s\n\n", key);
	printf("what         %s\n", row->text);
	printf("operation    %s, revision %u of the row\n", row->op, row->revision);
	if (row->size)
		printf("size         %llu bytes for each operation, in distinct pages, bidirectional\n",
		       row->size);
	show_methods(row);
	printf("suites       %s\n", suites_of(row));
	show_where(row);
	printf("check        %s\n", check_of(row));
	printf("overhead     %s; subtracted when rendering only\n", overhead_of(row));
}

int cmd_show(int argc, char **argv)
{
	struct list_options o = { .name = NULL };
	size_t n, i, shown = 0;
	const struct row *row = rows(&n);
	int ret;

	ret = parse_options(&show_argp, argc, argv, &o);
	if (ret)
		return ret;
	if (!o.name)
		return wrong_usage("show needs a benchmark; smmubench list has them");

	for (i = 0; i < n; i++) {
		char key[ROW_KEY_MAX];

		row_key(&row[i], key, sizeof(key));
		if (strcmp(o.name, row[i].name) && strcmp(o.name, key))
			continue;
		if (shown++)
			putchar('\n');
		show(&row[i]);
	}
	if (!shown)
		return wrong_usage("unknown benchmark '%s'; smmubench list has them", o.name);

	return EX_OK;
}
