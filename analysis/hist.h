/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SMMUSTAT_HIST_H
#define SMMUSTAT_HIST_H

#include <stdint.h>

/* Counts of single operations by value: sparse half-open buckets [low, high), ascending. */
struct hist;

struct hist *hist_new(unsigned int precision_bits);
void hist_free(struct hist *hist);
int hist_append(struct hist *hist, uint64_t low, uint64_t high, uint64_t count);
int hist_merge(struct hist *into, const struct hist *from);
uint64_t hist_count(const struct hist *hist);
double hist_resolution(const struct hist *hist, double value);
double hist_percentile(const struct hist *hist, double percent, uint64_t min, uint64_t max);

#endif
