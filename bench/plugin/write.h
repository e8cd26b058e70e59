/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef PLUGIN_WRITE_H
#define PLUGIN_WRITE_H

#include <stdio.h>

#include "names.h"
#include "recorder.h"

/**
 * write_trace() - all that was recorded in one boot, as JSON
 *
 * schema {major, minor}; kind "profile"; functions[] {name, file, level, at, size}; blocks[]
 * {at, code}, eight hexadecimal digits for each instruction; paths[][], twice the number of a
 * block, and 1 where an exception led there, or -N,M for a loop: the M steps before are taken
 * N times more; rows[] {guest, windows[][], numbers of paths}. Addresses are strings, since
 * they do not fit the numbers of JSON.
 *
 * Return: 0 or -errno.
 */
int write_trace(const struct recorder *recorder, const struct names *names, FILE *out);

#endif /* PLUGIN_WRITE_H */
