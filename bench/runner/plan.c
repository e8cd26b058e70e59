// SPDX-License-Identifier: GPL-2.0-only
/* Which rows are run, in which domain and by which method, and in what order. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "session.h"

static bool belongs_to(const struct row *row, enum baseline baseline)
{
	if (row->kvm == KVM_GUEST)
		return baseline == BASELINE_GUEST;
	if (row->domain == NO_DOMAIN)
		return baseline == BASELINE_NONE;

	return baseline != BASELINE_NONE && baseline != BASELINE_GUEST;
}

static int plan_record(struct session *s, const struct row *row, enum smmubench_method method,
		       enum baseline baseline)
{
	struct record *grown = realloc(s->records, (s->n + 1) * sizeof(*grown)), *r;

	if (!grown)
		return -ENOMEM;
	s->records = grown;
	r = &grown[s->n++];
	memset(r, 0, sizeof(*r));
	r->row = row;
	r->method = method;
	r->baseline = baseline;
	r->run.threads = method == SMMUBENCH_COUNTED ? 1 : s->threads;
	r->run.batch = method == SMMUBENCH_SINGLE ? 1 : SMMUBENCH_BATCH;

	return 0;
}

static int plan_baseline(struct session *s, enum baseline baseline, const char *suite,
			 const char *filter)
{
	size_t nr_rows, i;
	const struct row *row = rows(&nr_rows);
	int method, ret;

	for (i = 0; i < nr_rows; i++) {
		if (!belongs_to(&row[i], baseline) || !row_in_suite(&row[i], suite))
			continue;
		for (method = 0; method < NR_METHODS; method++) {
			if (!row_matches(&row[i], method, filter))
				continue;
			ret = plan_record(s, &row[i], method, baseline);
			if (ret)
				return ret;
		}
	}

	return 0;
}

int session_plan(struct session *s, const char *suite, const char *filter)
{
	/* Where the host has an IOMMU driver; its domains are what the groups' types say. */
	static const enum baseline domains[] = {
		BASELINE_NONE, BASELINE_STRICT, BASELINE_LAZY, BASELINE_PASSTHROUGH, BASELINE_GUEST,
	};
	static const enum baseline none[] = { BASELINE_NONE, BASELINE_OWN, BASELINE_GUEST };
	bool identity = machine_is_identity(&s->machine);
	size_t n = identity ? sizeof(none) / sizeof(none[0]) : sizeof(domains) / sizeof(domains[0]);
	size_t i;
	int ret = 0;

	for (i = 0; i < n && !ret; i++)
		ret = plan_baseline(s, identity ? none[i] : domains[i], suite, filter);
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
