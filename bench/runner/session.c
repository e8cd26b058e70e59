// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "bind.h"
#include "donation.h"
#include "hist.h"
#include "session.h"

#define DRIVER "smmubench"

/* Of a row whose threads did not measure at the same time. */
#define MOST_TRIES 32

static volatile sig_atomic_t interrupted;

static void on_signal(int sig)
{
	(void)sig;
	interrupted = 1;
}

bool session_interrupted(void)
{
	return interrupted;
}

/* Without SA_RESTART: the module ends its run, and returns what it has. */
static void catch_signals(void)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
	struct sigaction action = { .sa_handler = on_signal };
	size_t i;

	sigemptyset(&action.sa_mask);
	for (i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		sigaction(signals[i], &action, NULL);
}

static const char *group_type(enum baseline baseline)
{
	switch (baseline) {
	case BASELINE_STRICT:
		return "DMA";
	case BASELINE_LAZY:
		return "DMA-FQ";
	case BASELINE_PASSTHROUGH:
		return "identity";
	default:
		return NULL;
	}
}

/* In identity no IOMMU driver is in the way: a domain would be another mode's figure. */
static bool domain_is(enum baseline baseline, unsigned int domain, bool identity)
{
	switch (baseline) {
	case BASELINE_STRICT:
		return domain == SMMUBENCH_DOMAIN_STRICT;
	case BASELINE_LAZY:
		return domain == SMMUBENCH_DOMAIN_LAZY;
	case BASELINE_PASSTHROUGH:
		return domain == SMMUBENCH_DOMAIN_IDENTITY;
	default:
		return identity ? domain == SMMUBENCH_DOMAIN_NONE :
				  domain != SMMUBENCH_DOMAIN_OTHER;
	}
}

static void __attribute__((format(printf, 2, 3)))
fail(struct record *r, const char *fmt, ...)
{
	va_list ap;

	r->status = RECORD_FAILED;
	va_start(ap, fmt);
	vsnprintf(r->reason, sizeof(r->reason), fmt, ap);
	va_end(ap);
}

static int prepare_run(const struct session *s, struct record *r)
{
	struct smmubench_run *run = &r->run;

	run->abi = SMMUBENCH_ABI;
	run->clock = s->clock;
	run->method = r->method;
	run->rounds = row_rounds(r->row, r->method, s->full);
	run->warmup = WARMUP_OPS / run->batch;
	run->perturb = s->perturb;
	run->size = r->row->size;
	snprintf(run->op, sizeof(run->op), "%s", r->row->op);
	if (r->row->domain == NEEDS_DOMAIN)
		snprintf(run->device, sizeof(run->device), "%s", s->dev->name);

	if (r->method != SMMUBENCH_SINGLE) {
		run->rounds_cap = run->threads * run->rounds;
		r->rounds = calloc(run->rounds_cap, sizeof(*r->rounds));
		run->rounds_ptr = (uintptr_t)r->rounds;
	} else {
		run->hist_cap = HIST_BUCKETS;
		r->hist = calloc(HIST_BUCKETS, sizeof(*r->hist));
		run->hist_ptr = (uintptr_t)r->hist;
	}

	return r->rounds || r->hist ? 0 : -ENOMEM;
}

/* The first thread that measured nothing; run->threads where all did. */
static unsigned int first_idle(const struct smmubench_run *run)
{
	unsigned int i = 0;

	while (i < run->threads && run->thread[i].ops)
		i++;

	return i;
}

static void read_status(const struct session *s, struct record *r)
{
	const struct smmubench_run *run = &r->run;
	unsigned int i;

	snprintf(r->reason, sizeof(r->reason), "%.*s", SMMUBENCH_REASON_LEN, run->reason);
	switch (run->status) {
	case SMMUBENCH_OK:
		r->status = RECORD_OK;
		break;
	case SMMUBENCH_PARTIAL:
		r->status = run->count ? RECORD_PARTIAL : RECORD_SKIPPED;
		snprintf(r->reason, sizeof(r->reason), "interrupted");
		break;
	case SMMUBENCH_UNSUPPORTED:
		r->status = RECORD_UNSUPPORTED;
		break;
	default:
		r->status = RECORD_FAILED;
	}
	i = first_idle(run);
	if (r->status == RECORD_OK && i < run->threads)
		fail(r, "thread %u measured nothing while the others ran", i);
	if (run->count && r->row->domain == NEEDS_DOMAIN &&
	    !domain_is(r->baseline, run->domain, machine_is_identity(&s->machine)))
		fail(r, "the device's domain is not the one asked for (%s)",
		     baseline_name(r->baseline));
}

/*
 * On a busy machine the CPU of one thread may be away for as long as a short row takes the
 * others. Only what all of them measured at the same time counts, so that is tried again.
 */
static int measure_together(const struct session *s, struct record *r)
{
	const struct smmubench_run asked = r->run;
	unsigned int tries = 0;

	do {
		r->run = asked;
		if (ioctl(s->machine.fd, SMMUBENCH_RUN, &r->run))
			return -errno;
	} while (r->run.status == SMMUBENCH_OK && first_idle(&r->run) < r->run.threads &&
		 ++tries < MOST_TRIES && !session_interrupted());

	return 0;
}

static int measure(const struct session *s, struct record *r)
{
	if (r->method == SMMUBENCH_COUNTED)
		return donation_run(&s->machine, &r->run, r->rounds, session_interrupted);

	return measure_together(s, r);
}

static void run_record(const struct session *s, struct record *r)
{
	int ret = prepare_run(s, r);

	if (!ret)
		ret = measure(s, r);
	if (ret == -EINTR)
		r->status = RECORD_SKIPPED;
	else if (ret)
		fail(r, "the module refused to run it: %s", strerror(-ret));
	else
		read_status(s, r);
}

static void report_counts(const struct record *r)
{
	double el1 = 0, el2 = 0;
	unsigned int i;

	if (r->run.counter_error[SMMUBENCH_INSTRUCTIONS_EL1] ||
	    r->run.counter_error[SMMUBENCH_INSTRUCTIONS_EL2]) {
		fprintf(stderr, "%llu page%s", r->run.count, r->run.count == 1 ? "" : "s");
		return;
	}
	for (i = 0; i < r->run.nr_rounds; i++) {
		el1 += (double)r->rounds[i].counter[SMMUBENCH_INSTRUCTIONS_EL1];
		el2 += (double)r->rounds[i].counter[SMMUBENCH_INSTRUCTIONS_EL2];
	}
	fprintf(stderr, "%.1f instructions at EL1, %.1f at EL2", el1 / (double)r->run.count,
		el2 / (double)r->run.count);
}

static void report(const struct session *s, size_t i)
{
	const struct record *r = &s->records[i];
	char key[ROW_KEY_MAX];

	row_key(r->row, key, sizeof(key));
	fprintf(stderr, "smmubench: %zu/%zu %s %s %s: ", i + 1, s->n, key, method_name(r->method),
		baseline_name(r->baseline));
	if (r->status != RECORD_OK && r->status != RECORD_PARTIAL) {
		fprintf(stderr, "%s\n", r->reason);
		return;
	}
	if (r->method == SMMUBENCH_COUNTED)
		report_counts(r);
	else
		fprintf(stderr, "%.1f %s", (double)r->run.sum / (double)r->run.count,
			s->clock == SMMUBENCH_CLOCK_INSN ? "insn" : "ns");
	fputs(r->status == RECORD_PARTIAL ? " (interrupted)\n" : "\n", stderr);
}

/* All rows of one baseline; the device is bound if they need it. */
static size_t run_baseline(struct session *s, size_t first)
{
	enum baseline baseline = s->records[first].baseline;
	size_t i;

	for (i = first; i < s->n && s->records[i].baseline == baseline && !interrupted; i++) {
		run_record(s, &s->records[i]);
		if (s->records[i].reason[0] || s->records[i].status != RECORD_SKIPPED)
			report(s, i);
	}

	return i;
}

static size_t fail_baseline(struct session *s, size_t first, const char *step, int error)
{
	enum baseline baseline = s->records[first].baseline;
	size_t i;

	for (i = first; i < s->n && s->records[i].baseline == baseline; i++) {
		fail(&s->records[i], "%s failed: %s", step, strerror(-error));
		report(s, i);
	}

	return i;
}

/* The others run all the same: a row that cannot be is no reason to lack the rest. */
static size_t lack_device(struct session *s, size_t first)
{
	enum baseline baseline = s->records[first].baseline;
	size_t i;

	for (i = first; i < s->n && s->records[i].baseline == baseline; i++) {
		struct record *r = &s->records[i];

		r->status = RECORD_UNSUPPORTED;
		snprintf(r->reason, sizeof(r->reason), "%s", s->no_device);
		report(s, i);
	}

	return i;
}

int session_run(struct session *s, char *problem, size_t size)
{
	const char *step = "looking at it";
	struct binding binding = { 0 };
	int ret = 0;
	size_t i = 0;

	catch_signals();
	if (s->dev)
		ret = binding_take(&binding, s->dev, "/sys");
	if (ret) {
		snprintf(problem, size, "%s failed", step);
		return ret;
	}

	while (i < s->n && !interrupted) {
		enum baseline baseline = s->records[i].baseline;
		bool needs_device = s->records[i].row->domain == NEEDS_DOMAIN;

		if (needs_device && !s->dev) {
			i = lack_device(s, i);
			continue;
		}
		ret = 0;
		if (needs_device)
			ret = binding_use(&binding, DRIVER, group_type(baseline), &step);
		else if (baseline == BASELINE_GUEST)
			/* What a page costs depends on what devices may reach. */
			ret = binding_restore(&binding, &step);
		i = ret ? fail_baseline(s, i, step, ret) : run_baseline(s, i);
	}
	for (i = 0; i < s->n; i++) {
		if (s->records[i].status == RECORD_SKIPPED)
			snprintf(s->records[i].reason, sizeof(s->records[i].reason),
				 "the run was interrupted before it");
	}

	ret = binding_restore(&binding, &step);
	if (ret)
		snprintf(problem, size, "%s failed", step);

	return ret;
}

const char *session_status(const struct session *s)
{
	bool measured = false, lacking = false;
	size_t i;

	for (i = 0; i < s->n; i++) {
		enum record_status status = s->records[i].status;

		measured |= status == RECORD_OK || status == RECORD_PARTIAL;
		lacking |= status == RECORD_FAILED || status == RECORD_PARTIAL ||
			   status == RECORD_SKIPPED;
	}
	if (!lacking)
		return "ok";

	return measured || interrupted ? "partial" : "failed";
}

void session_free(struct session *s)
{
	size_t i;

	for (i = 0; i < s->n; i++)
		record_free(&s->records[i]);
	free(s->records);
	s->records = NULL;
	s->n = 0;
}
