// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>

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
	bool maps = r->row->domain == NEEDS_DOMAIN;

	json_put_object(j, "parameters");
	json_put_string(j, "api", maps ? "single" : "none");
	json_put_uint(j, "size", r->row->size);
	json_put_uint(j, "sg", maps ? 1 : 0);
	json_put_string(j, "dir", maps ? "bidirectional" : "none");
	json_put_uint(j, "live", 0);
	json_put_string(j, "pages", maps ? "distinct" : "none");
	json_put_string(j, "tables", maps ? "warm" : "none");
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

static const char *problem(const struct record *r, const struct machine *m, unsigned int i)
{
	if (r->method == SMMUBENCH_SINGLE)
		return "not counted: method single reads the clock alone around each operation";

	return counter_problem(m, i, r->run.counter_error[i]);
}

static void write_rounds(const struct record *r, const struct machine *m, struct json *j)
{
	unsigned int i, k;

	json_put_array(j, "rounds");
	for (i = 0; r->rounds && i < r->run.nr_rounds; i++) {
		json_put_object(j, NULL);
		json_put_uint(j, "ops", r->rounds[i].ops);
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

static void write_counters(const struct record *r, const struct machine *m, struct json *j)
{
	unsigned int i, k;

	json_put_object(j, "counters");
	for (i = 0; i < SMMUBENCH_NR_COUNTERS; i++) {
		const char *why = problem(r, m, i);
		uint64_t value = 0;

		for (k = 0; r->rounds && k < r->run.nr_rounds; k++)
			value += r->rounds[k].counter[i];
		json_put_object(j, counter_name(i));
		if (why)
			json_put_null(j, "value");
		else
			json_put_uint(j, "value", value);
		json_put_uint(j, "ops", r->run.count);
		json_put_string(j, "source", why ? why : "pmu");
		json_end_object(j);
	}
	json_end_object(j);
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
		json_put_string(j, "unit", r->run.clock == SMMUBENCH_CLOCK_INSN ? "insn" : "ns");
		json_put_uint(j, "count", r->run.count);
		json_put_uint(j, "sum", r->run.sum);
		json_put_uint(j, "min", r->run.min);
		json_put_uint(j, "max", r->run.max);
		if (r->hist)
			write_histogram(r, j);
		write_rounds(r, m, j);
		write_threads(r, j);
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
