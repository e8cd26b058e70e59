/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SMMUSTAT_MAIL_H
#define SMMUSTAT_MAIL_H

#include <stdbool.h>
#include <stdio.h>

#include "compare.h"

/*
 * Plain text for the kernel lists: no line is wider than WRAP_WIDTH, there are no tabs, and the last
 * thing said is how to get the same figures.
 */
int comparisons_mail(const struct comparisons *comparisons, FILE *out);
const char *mail_not_shown(bool insn);
void mail_reservations(const char *side, const struct result *result, FILE *out);
void mail_bench(const struct result *result, bool isolation, const char *folder, FILE *out);
void mail_command(const char *const *words, size_t nr, FILE *out);

#endif
