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
#include "hist.h"
#include "session.h"

#define DRIVER "smmubench"

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

static int plan_baseline(struct session *s, enum baseline baseline, const char *suite,
			 const char *filter)
{
	static const enum smmubench_method methods[] = { SMMUBENCH_BATCHED, SMMUBENCH_SINGLE };
	size_t nr_rows, i, k;
	const struct row *row = rows(&nr_rows);

	for (i = 0; i < nr_rows; i++) {
		for (k = 0; k < 2; k++) {
			struct record *grown;

			if ((row[i].domain == NO_DOMAIN) != (baseline == BASELINE_NONE) ||
			    !row_in_suite(&row[i], suite) ||
			    !row_matches(&row[i], methods[k], filter))
				continue;
			grown = realloc(s->records, (s->n + 1) * sizeof(*grown));
			if (!grown)
				return -ENOMEM;
			s->records = grown;
			memset(&grown[s->n], 0, sizeof(*grown));
			grown[s->n].row = &row[i];
			grown[s->n].method = methods[k];
			grown[s->n].baseline = baseline;
			grown[s->n].run.threads = s->threads;
			grown[s->n].run.batch = methods[k] == SMMUBENCH_BATCHED ? SMMUBENCH_BATCH : 1;
			s->n++;
		}
	}

	return 0;
}

int session_plan(struct session *s, const char *suite, const char *filter)
{
	static const enum baseline native[] = {
		BASELINE_NONE, BASELINE_STRICT, BASELINE_LAZY, BASELINE_PASSTHROUGH,
	};
	static const enum baseline other[] = { BASELINE_NONE, BASELINE_OWN };
	bool is_native = machine_is_native(&s->machine);
	size_t n = is_native ? 4 : 2, i;
	int ret = 0;

	for (i = 0; i < n && !ret; i++)
		ret = plan_baseline(s, is_native ? native[i] : other[i], suite, filter);
	if (!ret && !s->n)
		ret = -ENOENT;

	return ret;
}

bool session_needs_device(const struct session *s)
{
	size_t i;

	for (i = 0; i < s->n; i++) {
		if (s->records[i].row->domain == NEEDS_DOMAIN)
			return true;
	}

	return false;
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

static bool domain_is(enum baseline baseline, unsigned int domain)
{
	switch (baseline) {
	case BASELINE_STRICT:
		return domain == SMMUBENCH_DOMAIN_STRICT;
	case BASELINE_LAZY:
		return domain == SMMUBENCH_DOMAIN_LAZY;
	case BASELINE_PASSTHROUGH:
		return domain == SMMUBENCH_DOMAIN_IDENTITY;
	default:
		return domain != SMMUBENCH_DOMAIN_OTHER;
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

	if (r->method == SMMUBENCH_BATCHED) {
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

static void read_status(struct record *r)
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
	for (i = 0; r->status == RECORD_OK && i < run->threads; i++) {
		if (!run->thread[i].ops)
			fail(r, "thread %u measured nothing while the others ran", i);
	}
	if (run->count && r->row->domain == NEEDS_DOMAIN && !domain_is(r->baseline, run->domain))
		fail(r, "the device's domain is not the one asked for (%s)",
		     baseline_name(r->baseline));
}

static void run_record(const struct session *s, struct record *r)
{
	int ret = prepare_run(s, r);

	if (!ret && ioctl(s->machine.fd, SMMUBENCH_RUN, &r->run))
		ret = -errno;
	if (ret == -EINTR)
		r->status = RECORD_SKIPPED;
	else if (ret)
		fail(r, "the module refused to run it: %s", strerror(-ret));
	else
		read_status(r);
}

static void report(const struct session *s, size_t i)
{
	const struct record *r = &s->records[i];
	char key[ROW_KEY_MAX];

	row_key(r->row, key, sizeof(key));
	fprintf(stderr, "smmubench: %zu/%zu %s %s %s: ", i + 1, s->n, key, method_name(r->method),
		baseline_name(r->baseline));
	if (r->status == RECORD_OK || r->status == RECORD_PARTIAL)
		fprintf(stderr, "%.1f %s%s\n", (double)r->run.sum / (double)r->run.count,
			s->clock == SMMUBENCH_CLOCK_INSN ? "insn" : "ns",
			r->status == RECORD_PARTIAL ? " (interrupted)" : "");
	else
		fprintf(stderr, "%s\n", r->reason);
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

		ret = 0;
		if (baseline != BASELINE_NONE)
			ret = binding_use(&binding, DRIVER, group_type(baseline), &step);
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
