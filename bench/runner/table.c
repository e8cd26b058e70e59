// SPDX-License-Identifier: GPL-2.0-only
#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

#include "table.h"

static const struct row table[] = {
#define ROW(...) { __VA_ARGS__ },
#include "rows.h"
#undef ROW
};

const struct row *rows(size_t *n)
{
	*n = sizeof(table) / sizeof(table[0]);

	return table;
}

void row_key(const struct row *row, char *key, size_t size)
{
	if (!row->size)
		snprintf(key, size, "%s", row->name);
	else if (row->size % (1 << 20) == 0)
		snprintf(key, size, "%s/%llum", row->name, row->size >> 20);
	else if (row->size % (1 << 10) == 0)
		snprintf(key, size, "%s/%lluk", row->name, row->size >> 10);
	else
		snprintf(key, size, "%s/%llu", row->name, row->size);
}

const char *method_name(enum smmubench_method method)
{
	static const char *const names[NR_METHODS] = {
		[SMMUBENCH_BATCHED] = "batch",
		[SMMUBENCH_SINGLE] = "single",
		[SMMUBENCH_COUNTED] = "counted",
	};

	return names[method];
}

bool row_has_method(const struct row *row, enum smmubench_method method)
{
	return (row->kvm == KVM_GUEST) == (method == SMMUBENCH_COUNTED);
}

unsigned int row_rounds(const struct row *row, enum smmubench_method method, bool full)
{
	unsigned int rounds = method == SMMUBENCH_SINGLE ? row->single_rounds : row->batch_rounds;

	return full ? rounds * FULL_FACTOR : rounds;
}

bool row_matches(const struct row *row, enum smmubench_method method, const char *glob)
{
	char key[ROW_KEY_MAX], whole[ROW_KEY_MAX + 8];

	if (!row_has_method(row, method))
		return false;
	if (!glob)
		return true;
	row_key(row, key, sizeof(key));
	snprintf(whole, sizeof(whole), "%s/%s", key, method_name(method));

	return !fnmatch(glob, row->name, 0) || !fnmatch(glob, key, 0) || !fnmatch(glob, whole, 0);
}

bool row_in_suite(const struct row *row, const char *suite)
{
	char key[ROW_KEY_MAX];

	if (!strcmp(suite, "quick"))
		return row->suites & IN_QUICK;
	if (!strcmp(suite, "full"))
		return row->suites & IN_FULL;
	row_key(row, key, sizeof(key));

	return !strcmp(suite, row->name) || !strcmp(suite, key);
}
