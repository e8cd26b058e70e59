// SPDX-License-Identifier: GPL-2.0-only
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sysfs.h"

#define FORMAT_PATH(buf, fmt) __extension__({			\
	va_list ap_;						\
	int n_;							\
								\
	va_start(ap_, fmt);					\
	n_ = vsnprintf(buf, sizeof(buf), fmt, ap_);		\
	va_end(ap_);						\
	n_ < 0 || (size_t)n_ >= sizeof(buf) ? -ENAMETOOLONG : 0; \
})

static int read_file(char *text, size_t size, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), ret;
	ssize_t n;

	if (fd < 0)
		return -errno;
	n = read(fd, text, size - 1);
	ret = n < 0 ? -errno : 0;
	close(fd);
	text[n < 0 ? 0 : n] = '\0';

	return ret;
}

int sysfs_read(char *value, size_t size, const char *fmt, ...)
{
	char path[PATH_MAX];
	int ret;

	ret = FORMAT_PATH(path, fmt);
	if (!ret)
		ret = read_file(value, size, path);
	if (!ret)
		value[strcspn(value, "\n")] = '\0';

	return ret;
}

int sysfs_read_lines(char *text, size_t size, const char *fmt, ...)
{
	char path[PATH_MAX];
	int ret;

	ret = FORMAT_PATH(path, fmt);

	return ret ? ret : read_file(text, size, path);
}

int sysfs_write(const char *value, const char *fmt, ...)
{
	char path[PATH_MAX];
	int fd, ret;

	ret = FORMAT_PATH(path, fmt);
	if (ret)
		return ret;
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	ret = write(fd, value, strlen(value)) < 0 ? -errno : 0;
	close(fd);

	return ret;
}

int sysfs_link_name(char *name, size_t size, const char *fmt, ...)
{
	char path[PATH_MAX], target[PATH_MAX];
	const char *last;
	ssize_t n;
	int ret;

	ret = FORMAT_PATH(path, fmt);
	if (ret)
		return ret;
	n = readlink(path, target, sizeof(target) - 1);
	if (n < 0)
		return -errno;
	target[n] = '\0';

	last = strrchr(target, '/');
	last = last ? last + 1 : target;
	if (strlen(last) >= size)
		return -ENAMETOOLONG;
	strcpy(name, last);

	return 0;
}

int sysfs_resolve(char *resolved, const char *fmt, ...)
{
	char path[PATH_MAX];
	int ret;

	ret = FORMAT_PATH(path, fmt);
	if (ret)
		return ret;

	return realpath(path, resolved) ? 0 : -errno;
}

bool sysfs_exists(const char *fmt, ...)
{
	char path[PATH_MAX];

	return !FORMAT_PATH(path, fmt) && access(path, F_OK) == 0;
}

static int visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

int sysfs_list(char ***names, const char *fmt, ...)
{
	struct dirent **entries;
	char path[PATH_MAX];
	int n, i, ret;

	ret = FORMAT_PATH(path, fmt);
	if (ret)
		return ret;
	n = scandir(path, &entries, visible, by_name);
	if (n < 0)
		return -errno;

	*names = calloc(n ? n : 1, sizeof(**names));
	ret = *names ? n : -ENOMEM;
	for (i = 0; i < n; i++) {
		if (ret >= 0) {
			(*names)[i] = strdup(entries[i]->d_name);
			if (!(*names)[i]) {
				sysfs_list_free(*names, i);
				ret = -ENOMEM;
			}
		}
		free(entries[i]);
	}
	free(entries);

	return ret;
}

void sysfs_list_free(char **names, int n)
{
	int i;

	for (i = 0; i < n; i++)
		free(names[i]);
	if (n >= 0)
		free(names);
}
