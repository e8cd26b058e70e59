// SPDX-License-Identifier: GPL-2.0-only
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "error.h"
#include "mem.h"

/* What was read and cannot be read again: a pipe, a terminal, a socket. */
static struct {
	dev_t device;
	ino_t inode;
	char *path;
} *spent;
static size_t nr_spent;

/* The descriptor that a path stands for, or -1. A socket has a name there, but cannot be opened. */
static int descriptor_of(const char *path)
{
	static const char *const folders[] = { "/dev/fd/", "/proc/self/fd/" };
	size_t i;

	if (!strcmp(path, "/dev/stdin"))
		return STDIN_FILENO;
	for (i = 0; i < sizeof(folders) / sizeof(*folders); i++) {
		const char *number = path + strlen(folders[i]);

		if (!strncmp(path, folders[i], strlen(folders[i])) && *number &&
		    strlen(number) < 9 && strspn(number, "0123456789") == strlen(number))
			return atoi(number);
	}
	return -1;
}

/*
 * A second reader of a pipe finds it empty, and one of a FIFO waits for another writer while it opens
 * it; neither says what is wrong.
 */
static int spend(const char *path, struct error *error)
{
	struct stat status;
	size_t i;

	if (stat(path, &status) || S_ISREG(status.st_mode) || S_ISDIR(status.st_mode))
		return 0;
	for (i = 0; i < nr_spent; i++)
		if (spent[i].device == status.st_dev && spent[i].inode == status.st_ino)
			return error_set(error, SMMUSTAT_USAGE, "%s: was read already, as %s, and "
					 "can be read only once: save it in a file and name that",
					 path, spent[i].path);
	spent = mem_grow(spent, nr_spent);
	spent[nr_spent].device = status.st_dev;
	spent[nr_spent].inode = status.st_ino;
	spent[nr_spent++].path = mem_string(path);
	return 0;
}

/* A descriptor, or -1 with @code set to what file_read() returns. */
static int open_input(const char *path, int *code, struct error *error)
{
	int fd;

	if (!strcmp(path, "-"))
		path = "/dev/stdin";
	*code = spend(path, error);
	if (*code)
		return -1;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 && errno == ENXIO && descriptor_of(path) >= 0)
		fd = fcntl(descriptor_of(path), F_DUPFD_CLOEXEC, 0);
	if (fd < 0)
		*code = error_set(error, -errno, "%s: cannot read: %s; give an existing result "
				  "file", path, strerror(errno));
	return fd;
}

/**
 * file_read() - read a whole file
 * @path: the file; - is standard input
 * @data: set to its content, with a NUL behind it; the caller frees it
 * @length: set to its length without that NUL
 * @error: the reason on failure
 *
 * A pipe can be read once: a second time, whatever it is called then, is refused.
 *
 * Return: 0, -errno or SMMUSTAT_USAGE.
 */
int file_read(const char *path, char **data, size_t *length, struct error *error)
{
	size_t room = 1 << 16, used = 0;
	char *buffer;
	ssize_t got;
	int fd, code;

	fd = open_input(path, &code, error);
	if (fd < 0)
		return code;
	buffer = mem_resize(NULL, room + 1, 1);
	while ((got = read(fd, buffer + used, room - used)) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0) {
			code = -errno;
			close(fd);
			free(buffer);
			return error_set(error, code, "%s: cannot read: %s; give a result file",
					 path, strerror(-code));
		}
		used += got;
		if (used == room) {
			room *= 2;
			buffer = mem_resize(buffer, room + 1, 1);
		}
	}
	close(fd);
	buffer[used] = '\0';
	*data = buffer;
	*length = used;
	return 0;
}

static int write_all(int fd, const char *data, size_t length)
{
	ssize_t done;

	while (length) {
		done = write(fd, data, length);
		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return -errno;
		data += done;
		length -= done;
	}
	return 0;
}

/* The rename is durable only when the folder that holds the name is on disk too. */
static int sync_folder(const char *path)
{
	char *folder = file_beside(path, ".");
	int code = 0, fd;

	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	free(folder);
	if (fd < 0)
		return -errno;
	/* Some file systems cannot sync a folder; there is nothing more to be done on them. */
	if (fsync(fd) && errno != EINVAL && errno != EROFS)
		code = -errno;
	close(fd);
	return code;
}

static int write_stdout(const char *data, size_t length, struct error *error)
{
	int code = write_all(STDOUT_FILENO, data, length);

	if (code)
		return error_set(error, code, "cannot write to standard output: %s; use --out FILE",
				 strerror(-code));
	return 0;
}

/**
 * file_write() - replace a file, all of it or not at all
 * @path: the file, or NULL or "-" for standard output
 * @data: its new content
 * @length: bytes of it
 * @error: the reason on failure
 *
 * The content goes to a temporary file in the same folder, which is synced and renamed, so that a
 * reader and a crash see the old file or the new one. A failure leaves the old one untouched.
 *
 * Return: 0 or -errno.
 */
int file_write(const char *path, const char *data, size_t length, struct error *error)
{
	struct stat status;
	const char *base;
	mode_t mask;
	char *name;
	int code, fd;

	if (!path || !strcmp(path, "-"))
		return write_stdout(data, length, error);
	if (!stat(path, &status) && !S_ISREG(status.st_mode))
		return error_set(error, -EINVAL, "%s: cannot write: not a regular file; give --out "
				 "the name of a file", path);
	/* A name that nobody gives a file of his own: what is left of one may be removed. */
	base = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
	name = mem_format("%.*s.%s.tmp.XXXXXX", (int)(base - path), path, base);
	fd = mkostemp(name, O_CLOEXEC);
	if (fd < 0) {
		code = -errno;
		goto free_name;
	}
	mask = umask(0);
	umask(mask);
	code = write_all(fd, data, length);
	if (!code && fchmod(fd, 0666 & ~mask))
		code = -errno;
	if (!code && fsync(fd))
		code = -errno;
	if (close(fd) && !code)
		code = -errno;
	if (!code && rename(name, path))
		code = -errno;
	if (code)
		unlink(name);
	else
		code = sync_folder(path);
free_name:
	free(name);
	if (code)
		return error_set(error, code, "%s: cannot write: %s; give --out a file in a folder "
				 "that can be written", path, strerror(-code));
	return 0;
}

/**
 * file_is_directory() - tell a folder from a file
 * @path: what to look at
 *
 * Return: 1 for a folder, 0 for anything else, also when there is nothing.
 */
int file_is_directory(const char *path)
{
	struct stat status;

	return !stat(path, &status) && S_ISDIR(status.st_mode);
}

/**
 * file_beside() - the path of a file in the same folder as another
 * @path: the other file
 * @name: name of the wanted file
 *
 * Return: a path the caller frees.
 */
char *file_beside(const char *path, const char *name)
{
	char *copy = mem_string(path);
	char *result = mem_format("%s/%s", dirname(copy), name);

	free(copy);
	return result;
}
