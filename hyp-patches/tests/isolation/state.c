// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ktap.h"
#include "state.h"

int state_read(struct state *state, const char *path)
{
	FILE *f;

	memset(state, 0, sizeof(*state));
	f = fopen(path, "re");
	if (!f)
		return -errno;
	while (state->n < STATE_MAX && fscanf(f, "%39s %" SCNu64, state->line[state->n].name,
					      &state->line[state->n].value) == 2)
		state->n++;
	fclose(f);

	return state->n ? 0 : -ENODATA;
}

uint64_t state_value(const struct state *state, const char *name)
{
	size_t i;

	for (i = 0; i < state->n; i++) {
		if (!strcmp(state->line[i].name, name))
			return state->line[i].value;
	}

	return 0;
}

size_t state_differences(const struct state *before, const struct state *after)
{
	size_t i, n = 0;

	for (i = 0; i < after->n; i++) {
		const char *name = after->line[i].name;
		uint64_t was = state_value(before, name), is = after->line[i].value;

		if (was == is)
			continue;
		ktap_note("%s was %" PRIu64 ", is %" PRIu64, name, was, is);
		n++;
	}

	return n;
}

struct holdings state_holdings(void)
{
	struct state memory = { 0 }, counters = { 0 };
	uint64_t tables;

	state_read(&memory, STATE_MEMORY);
	state_read(&counters, STATE_COUNTERS);
	tables = state_value(&memory, "page_tables");

	return (struct holdings){
		.own = tables + state_value(&memory, "pool_free") +
		       state_value(&memory, "stream_tables") + state_value(&memory, "domains") +
		       state_value(&memory, "queues") - state_value(&memory, "donated"),
		.tables = tables - state_value(&counters, "table_splits") *
				   (uint64_t)sysconf(_SC_PAGESIZE),
	};
}
