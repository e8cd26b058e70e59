/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SMMUSTAT_MERGE_H
#define SMMUSTAT_MERGE_H

#include <jansson.h>
#include <stdio.h>

struct error;

/* Collects the runs of several result files into one document. */
struct merge;

struct merge *merge_new(void);
void merge_free(struct merge *merge);
int merge_add(struct merge *merge, const char *path, struct error *error);
int merge_add_folder(struct merge *merge, const char *path, struct error *error);
int merge_print(struct merge *merge, FILE *out, struct error *error);
void merge_remarks(const struct merge *merge, FILE *out);

#endif
