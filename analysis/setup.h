/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SMMUSTAT_SETUP_H
#define SMMUSTAT_SETUP_H

#include <jansson.h>
#include <stdbool.h>

/* Whether a field, for example smmus[0].idr5, may differ. */
typedef bool (*setup_waived)(const void *context, const char *field);

bool setup_is_of_driver(const char *field);
char *setup_difference(const json_t *a, const json_t *b, setup_waived waived, const void *context);
char *setup_value(const json_t *setup, const char *field);
char *append_value(char *text, const json_t *fields, const char *name);

#endif
