/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SMMUSTAT_CMD_H
#define SMMUSTAT_CMD_H

#include <argp.h>
#include <stdbool.h>

#include "error.h"

/*
 * A command takes its own arguments, argv[0] being "smmustat NAME". It returns 0, -errno or a
 * SMMUSTAT_ code, with one line in @error unless it has printed what is wrong itself.
 */
int cmd_check(int argc, char **argv, struct error *error);
int cmd_compare(int argc, char **argv, struct error *error);
int cmd_figures(int argc, char **argv, struct error *error);
int cmd_gate(int argc, char **argv, struct error *error);
int cmd_merge(int argc, char **argv, struct error *error);
int cmd_place(int argc, char **argv, struct error *error);
int cmd_profile(int argc, char **argv, struct error *error);
int cmd_report(int argc, char **argv, struct error *error);
int cmd_trend(int argc, char **argv, struct error *error);

int cmd_parse(const struct argp *argp, int argc, char **argv, void *options, struct error *error);
error_t cmd_one_of(const char *what, const char *value, const char *const *known,
		   struct error *error);
error_t cmd_text_or_json(const char *value, bool *json, struct error *error);
error_t cmd_percent(const char *what, const char *value, double *share, struct error *error);

#endif
