/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SMMUSTAT_INFERENCE_H
#define SMMUSTAT_INFERENCE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * What can be concluded from a few boots. Nothing here assumes a shape of the noise: boots of a
 * machine with other users are skewed and have more than one mode.
 */

/* How much larger the second sample is than the first. */
struct shift {
	double estimate;
	double low, high;	/* NAN when there are too few values for that confidence */
};

double rank_test(const double *base, size_t nr_base, const double *change, size_t nr_change);
double rank_least_p(size_t nr);
double rank_superiority(const double *base, size_t nr_base, const double *change,
			size_t nr_change);
double cliffs_delta(const double *base, size_t nr_base, const double *change, size_t nr_change);
struct shift rank_shift(const double *base, size_t nr_base, const double *change, size_t nr_change,
			double confidence);
bool median_interval(double *values, size_t nr, double confidence, double *low, double *high);
void holm_adjust(const double *p, size_t nr, double *adjusted);
double normal_quantile(double probability);
size_t boots_needed(double superiority, double alpha, double power);

#endif
