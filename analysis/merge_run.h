/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SMMUSTAT_MERGE_RUN_H
#define SMMUSTAT_MERGE_RUN_H

#include <jansson.h>
#include <stddef.h>

struct error;

/* One boot, as it was when it was measured. */
struct merge_run {
	json_t *json;
	const char *run_id;
	json_int_t sequence;
	char *path;		/* of the file it is from */
	char *session;		/* runs of one session were measured into one folder */
};

enum merge_found { MERGE_NEW, MERGE_KNOWN };

int merge_run_read(struct merge_run *run, const char *path, json_t *json, size_t index,
		   struct error *error);
void merge_run_free(struct merge_run *run);
int merge_run_find(const struct merge_run *runs, size_t nr, const struct merge_run *run,
		   enum merge_found *found, struct error *error);
size_t merge_sessions(struct merge_run *runs, size_t nr);

#endif
