// SPDX-License-Identifier: GPL-2.0-only
/* Runs the table of cases.c. */

#include <errno.h>
#include <fnmatch.h>
#include <string.h>

#include "cases.h"
#include "commands.h"
#include "ktap.h"

static const char *outcome_name(int outcome)
{
	return outcome == REACHED ? "reached" : outcome == BLOCKED ? "blocked" : strerror(-outcome);
}

static void run_case(struct fixture *f, const struct isolation_case *c)
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
	if (!outcome)
		outcome = c->run(f);
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

int cmd_cases(struct fixture *f, const char *filter)
{
	size_t i, n = 0;

	for (i = 0; i < cases_count; i++)
		n += is_asked_for(&cases[i], filter);
	ktap_begin(n);
	for (i = 0; i < cases_count; i++) {
		if (is_asked_for(&cases[i], filter))
			run_case(f, &cases[i]);
	}

	return ktap_end();
}
