/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SMMUSTAT_TEXT_H
#define SMMUSTAT_TEXT_H

#include "report.h"
#include "table.h"

struct table *text_table(const struct report *report, enum guarantee guarantee);
struct table *text_counters(const struct report *report, enum guarantee guarantee);
struct table *counters_table(const struct view *const *views, size_t nr);
char *text_missing(const struct report *report, size_t index);

#endif
