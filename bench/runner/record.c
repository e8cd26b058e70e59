// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include "donation.h"
#include "hist.h"
#include "json.h"
#include "machine.h"
#include "record.h"

const char *baseline_name(enum baseline baseline)
{
	switch (baseline) {
	case BASELINE_STRICT:
		return "strict";
	case BASELINE_LAZY:
		return "lazy";
	case BASELINE_PASSTHROUGH:
		return "passthrough";
	case BASELINE_OWN:
		return "own";
	case BASELINE_GUEST:
		return "guest";
	default:
		return "none";
	}
}

static const char *status_name(enum record_status status)
{
	switch (status) {
	case RECORD_OK:
		return "ok";
	case RECORD_PARTIAL:
		return "partial";
	case RECORD_UNSUPPORTED:
		return "unsupported";
	case RECORD_FAILED:
		return "failed";
	default:
		return "skipped";
	}
}

struct domain_words {
	const char *domain;
	const char *invalidation;
};

/* As measured if it was, else as asked for. */
static struct domain_words domain_words(const struct record *r, const struct machine *m)
{
	const struct domain_words none = { "none", "none" }, identity = { "identity", "none" },
				  strict = { "dma", "strict" }, lazy = { "dma", "lazy" };

	if (r->row->domain == NO_DOMAIN)
		return none;
	if (r->run.count) {
		switch (r->run.domain) {
		case SMMUBENCH_DOMAIN_STRICT:
			return strict;
		case SMMUBENCH_DOMAIN_LAZY:
			return lazy;
		default:
			return identity;
		}
	}
	switch (r->baseline) {
	case BASELINE_STRICT:
		return strict;
	case BASELINE_LAZY:
		return lazy;
	case BASELINE_PASSTHROUGH:
		return identity;
	default:
		return machine_is_identity(m) ? identity : strict;
	}
}

static void write_parameters(const struct record *r, const struct machine *m, struct json *j)
{
	struct domain_words words = domain_words(r, m);
	bool maps = r->row->domain == NEEDS_DOMAIN, gives = r->row->kvm == KVM_GUEST;

	json_put_object(j, "parameters");
	json_put_string(j, "api", maps ? "single" : gives ? "kvm" : "none");
	json_put_uint(j, "size", gives ? m->info.page_size : r->row->size);
	json_put_uint(j, "sg", maps ? 1 : 0);
	json_put_string(j, "dir", maps ? "bidirectional" : "none");
	json_put_uint(j, "live", 0);
	json_put_string(j, "pages", maps || gives ? "distinct" : "none");
	json_put_string(j, "tables", maps || gives ? "warm" : "none");
	json_put_string(j, "invalidation", words.invalidation);
	json_put_string(j, "domain", words.domain);
	json_put_uint(j, "threads", r->run.threads);
	json_put_string(j, "method", method_name(r->method));
	json_put_uint(j, "batch", r->run.batch);
	json_end_object(j);
}

static void write_histogram(const struct record *r, struct json *j)
{
	unsigned int i;

	json_put_object(j, "histogram");
	json_put_string(j, "type", "log-linear");
	json_put_uint(j, "precision_bits", HIST_PRECISION_BITS);
	json_put_array(j, "buckets");
	for (i = 0; i < HIST_BUCKETS; i++) {
		if (!r->hist[i])
			continue;
		json_put_array(j, NULL);
		json_put_uint(j, NULL, hist_low(i));
		json_put_uint(j, NULL, hist_high(i));
		json_put_uint(j, NULL, r->hist[i]);
		json_end_array(j);
	}
	json_end_array(j);
	json_end_object(j);
}

static const char single_problem[] =
	"not counted: method single reads the clock alone around each operation";

static const char *problem(const struct record *r, const struct machine *m, unsigned int i)
{
	if (r->method == SMMUBENCH_SINGLE)
		return single_problem;

	return counter_problem(m, i, r->run.counter_error[i]);
}

/* What goes to an SMMU. Where the host owns it, EL2 has a true 0 that is not the row's. */
static bool counts_traffic(const char *name)
{
	return !strncmp(name, "commands", strlen("commands")) || !strcmp(name, "cmd_sync") ||
	       !strncmp(name, "mmio", strlen("mmio"));
}

static const char *problem_el2(const struct record *r, const struct machine *m, const char *name)
{
	if (r->method == SMMUBENCH_SINGLE)
		return single_problem;
	if (machine_is_native(m) && r->row->domain == NEEDS_DOMAIN && counts_traffic(name))
		return "not counted: the host drives the SMMU itself, out of EL2's sight";

	return el2_problem(r->run.el2_error);
}

static void write_rounds(const struct record *r, const struct machine *m, struct json *j)
{
	unsigned int i, k;

	json_put_array(j, "rounds");
	for (i = 0; r->rounds && i < r->run.nr_rounds; i++) {
		json_put_object(j, NULL);
		json_put_uint(j, "ops", r->rounds[i].ops);
		if (r->method != SMMUBENCH_COUNTED)
			json_put_uint(j, "sum", r->rounds[i].sum);
		json_put_object(j, "counters");
		for (k = 0; k < SMMUBENCH_NR_COUNTERS; k++) {
			if (!problem(r, m, k))
				json_put_uint(j, counter_name(k), r->rounds[i].counter[k]);
		}
		json_end_object(j);
		json_end_object(j);
	}
	json_end_array(j);
}

static void write_threads(const struct record *r, struct json *j)
{
	unsigned int i;

	json_put_array(j, "threads");
	for (i = 0; i < r->run.threads; i++) {
		json_put_object(j, NULL);
		json_put_uint(j, "cpu", r->run.thread[i].cpu);
		json_put_uint(j, "ops", r->run.thread[i].ops);
		json_put_uint(j, "sum", r->run.thread[i].sum);
		json_end_object(j);
	}
	json_end_array(j);
}

struct count {
	const char *name;
	const char *source;
	const char *why;	/* it is not known; else NULL */
	uint64_t value;
};

static void write_counter(const struct record *r, const struct count *count, struct json *j)
{
	json_put_object(j, count->name);
	if (count->why)
		json_put_null(j, "value");
	else
		json_put_uint(j, "value", count->value);
	json_put_uint(j, "ops", r->run.count);
	json_put_string(j, "source", count->why ? count->why : count->source);
	json_end_object(j);
}

/* A kernel whose EL2 does not count has no names for what is missing either. */
static const char *const unnamed[] = { "el2_entries", "commands", "cmd_sync", "mmio" };

static void write_el2(const struct record *r, const struct machine *m, struct json *j)
{
	struct count count = { .source = "pkvm_iommu" };
	unsigned int i;

	for (i = 0; !m->info.nr_el2 && i < sizeof(unnamed) / sizeof(unnamed[0]); i++) {
		count.name = unnamed[i];
		count.why = problem_el2(r, m, count.name);
		write_counter(r, &count, j);
	}
	for (i = 0; i < m->info.nr_el2; i++) {
		count.name = m->info.el2_name[i];
		count.why = problem_el2(r, m, count.name);
		count.value = r->run.el2[i];
		write_counter(r, &count, j);
	}
}

static const char *pmu_source(const struct record *r, unsigned int i)
{
	bool el2 = i == SMMUBENCH_INSTRUCTIONS_EL2 || i == SMMUBENCH_CYCLES_EL2;

	if (!donation_runs_guest(r->row->op) || !el2)
		return "pmu";
	if (r->run.clock == SMMUBENCH_CLOCK_INSN)
		return "pmu, and the clock around the run of a protected guest, where KVM stops the PMU";

	return "pmu, without what EL2 does around the run of a protected guest, where KVM stops the PMU";
}

static void write_counters(const struct record *r, const struct machine *m, struct json *j)
{
	unsigned int i, k;

	json_put_object(j, "counters");
	for (i = 0; i < SMMUBENCH_NR_COUNTERS; i++) {
		struct count count = {
			.name = counter_name(i), .source = pmu_source(r, i),
			.why = problem(r, m, i),
		};

		for (k = 0; r->rounds && k < r->run.nr_rounds; k++)
			count.value += r->rounds[k].counter[i];
		write_counter(r, &count, j);
	}
	write_el2(r, m, j);
	json_end_object(j);
}

/* What only a row with a clock has. */
static void write_times(const struct record *r, struct json *j)
{
	json_put_uint(j, "sum", r->run.sum);
	json_put_uint(j, "min", r->run.min);
	json_put_uint(j, "max", r->run.max);
	if (r->hist)
		write_histogram(r, j);
	write_threads(r, j);
}

/**
 * record_write() - one entry of `benchmarks`
 */
void record_write(const struct record *r, const struct machine *m, struct json *j)
{
	json_put_object(j, NULL);
	json_put_string(j, "name", r->row->name);
	json_put_uint(j, "revision", r->row->revision);
	write_parameters(r, m, j);
	json_put_string(j, "status", status_name(r->status));
	json_put_string(j, "reason", r->reason[0] ? r->reason : NULL);

	if (r->status == RECORD_OK || r->status == RECORD_PARTIAL) {
		bool clocked = r->method != SMMUBENCH_COUNTED;

		json_put_string(j, "unit", !clocked ? NULL :
				r->run.clock == SMMUBENCH_CLOCK_INSN ? "insn" : "ns");
		json_put_uint(j, "count", r->run.count);
		if (clocked)
			write_times(r, j);
		write_rounds(r, m, j);
		write_counters(r, m, j);
	}
	json_end_object(j);
}

void record_free(struct record *r)
{
	free(r->rounds);
	free(r->hist);
	r->rounds = NULL;
	r->hist = NULL;
}
