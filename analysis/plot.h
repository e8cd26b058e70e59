/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SMMUSTAT_PLOT_H
#define SMMUSTAT_PLOT_H

#include <stddef.h>
#include <stdio.h>

struct error;

int plot_run(const char *script, char **svg, size_t *length, struct error *error);
void plot_string(FILE *script, const char *text);

#endif
