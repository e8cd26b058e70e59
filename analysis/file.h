/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SMMUSTAT_FILE_H
#define SMMUSTAT_FILE_H

#include <stddef.h>

struct error;

int file_read(const char *path, char **data, size_t *length, struct error *error);
int file_write(const char *path, const char *data, size_t length, struct error *error);
int file_is_directory(const char *path);
char *file_beside(const char *path, const char *name);

#endif
