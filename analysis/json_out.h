/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SMMUSTAT_JSON_OUT_H
#define SMMUSTAT_JSON_OUT_H

#include <jansson.h>
#include <stdio.h>

json_t *json_number(double number);
int json_print(json_t *json, FILE *out);

#endif
