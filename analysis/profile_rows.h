/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SMMUSTAT_PROFILE_ROWS_H
#define SMMUSTAT_PROFILE_ROWS_H

#include "profile_trace.h"

struct result;

int profile_rows(const struct trace *boot, const struct result *result, const char *folder,
		 struct error *error);
int profile_cut(const struct trace *boot, size_t row, const uint32_t *windows, size_t nr,
		json_t *of, char **text, size_t *length, struct error *error);

#endif
