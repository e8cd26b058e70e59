// SPDX-License-Identifier: GPL-2.0-only
/* Runs the table of cases.c. */

#include <errno.h>
#include <fnmatch.h>
#include <string.h>

#include "cases.h"
#include "commands.h"
#include "domain.h"
#include "ktap.h"

static const char *outcome_name(int outcome)
{
	return outcome == REACHED ? "reached" : outcome == BLOCKED ? "blocked" : strerror(-outcome);
}

/* The attempt; in a domain of its own where @domains. */
static int attempt(struct fixture *f, const struct isolation_case *c, bool domains)
{
	int outcome, ret;

	if (!domains)
		return c->run(f);

	outcome = domain_begin(f);
	if (!outcome)
		outcome = c->run(f);
	ret = domain_end(f);

	return ret ? ret : outcome;
}

static void run_case(struct fixture *f, const struct isolation_case *c, bool domains)
{
	enum outcome wanted = f->isolating ? c->isolated : c->native;
	const char *since = "";
	int outcome;

	if (wanted == UNTRIED) {
		ktap_skip("it would break the machine, or there is nothing to break", "%s %s: %s",
			  f->mode, c->name, c->attempt);
		return;
	}
	if (wanted == UNGUARDED) {
		wanted = REACHED;
		since = ", since no SMMU stands before the GIC";
	}
	outcome = fixture_set_up(f, c->guest);
	if (!outcome && !domains && !f->mirror)
		outcome = fixture_skip(f, "devices have no identity domain behind this SMMU");
	if (!outcome)
		outcome = attempt(f, c, domains);
	fixture_tear_down(f);

	if (outcome == -ENODATA)
		ktap_skip(f->why_skipped, "%s %s: %s", f->mode, c->name, c->attempt);
	else if (outcome == (int)wanted)
		ktap_result(true, "%s %s: %s: %s%s", f->mode, c->name, c->attempt,
			    outcome_name(outcome), since);
	else
		ktap_result(false, "%s %s: %s: %s, should be %s", f->mode, c->name, c->attempt,
			    outcome_name(outcome), outcome_name(wanted));
}

static bool is_asked_for(const struct isolation_case *c, const char *filter)
{
	return !filter || !fnmatch(filter, c->name, 0);
}

static size_t count(const struct isolation_case *c, size_t n, const char *filter)
{
	size_t i, asked = 0;

	for (i = 0; i < n; i++)
		asked += is_asked_for(&c[i], filter);

	return asked;
}

static void run(struct fixture *f, const struct isolation_case *c, size_t n, const char *filter,
		bool domains)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (is_asked_for(&c[i], filter))
			run_case(f, &c[i], domains);
	}
}

int cmd_cases(struct fixture *f, const char *filter)
{
	size_t domain = f->domains ? domain_cases_count : 0;

	ktap_begin(count(cases, cases_count, filter) + count(domain_cases, domain, filter));
	/* First, so that what is to work after all of this does. */
	run(f, domain_cases, domain, filter, true);
	run(f, cases, cases_count, filter, false);

	return ktap_end();
}
