// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "inuse.h"
#include "sysfs.h"

/* Stacked block devices (device mapper, md) are followed this far down. */
#define MAX_STACK 8

#define WHY_MAX 128

struct user {
	char path[PATH_MAX];
	char why[WHY_MAX];
};

struct in_use {
	const char *sysfs;
	struct user *users;
	size_t n;
	bool failed;
};

static void __attribute__((format(printf, 3, 4)))
add_user(struct in_use *u, const char *path, const char *fmt, ...)
{
	struct user *grown = realloc(u->users, (u->n + 1) * sizeof(*grown));
	va_list ap;

	if (!grown) {
		u->failed = true;
		return;
	}
	u->users = grown;
	snprintf(grown[u->n].path, sizeof(grown[u->n].path), "%s", path);
	va_start(ap, fmt);
	vsnprintf(grown[u->n].why, sizeof(grown[u->n].why), fmt, ap);
	va_end(ap);
	u->n++;
}

/* A block device and whatever it is made of. */
static bool add_block(struct in_use *u, const char *path, const char *what, int depth)
{
	char slave[PATH_MAX];
	const char *name = strrchr(path, '/');
	char **names;
	int n, i;

	add_user(u, path, "carries %.40s, %.70s", name ? name + 1 : path, what);
	if (depth == MAX_STACK)
		return false;

	n = sysfs_list(&names, "%s/slaves", path);
	for (i = 0; i < n; i++) {
		if (!sysfs_resolve(slave, "%s/slaves/%s", path, names[i]))
			add_block(u, slave, what, depth + 1);
	}
	sysfs_list_free(names, n);

	return true;
}

static bool add_block_named(struct in_use *u, const char *node, const char *what)
{
	char path[PATH_MAX];
	const char *name = strrchr(node, '/');

	return !strncmp(node, "/dev/", 5) &&
	       !sysfs_resolve(path, "%s/class/block/%s", u->sysfs, name + 1) &&
	       add_block(u, path, what, 0);
}

/* File systems that have no disk of this machine below them. */
static bool is_diskless(const char *fstype)
{
	static const char *const types[] = {
		"rootfs", "ramfs", "tmpfs", "devtmpfs", "proc", "sysfs", "devpts", "cgroup",
		"cgroup2", "debugfs", "tracefs", "securityfs", "pstore", "bpf", "mqueue",
		"hugetlbfs", "configfs", "fusectl", "binfmt_misc", "autofs", "efivarfs", "nsfs",
		"overlay", "9p", "virtiofs", "nfs", "nfs4", "rpc_pipefs", "fuse", "squashfs",
	};
	size_t i;

	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (!strcmp(fstype, types[i]))
			return true;
	}

	return false;
}

/* Nothing is known about some file system: everything with a disk may be below it. */
static void add_all_blocks(struct in_use *u, const char *what)
{
	char path[PATH_MAX];
	char **names;
	int n, i;

	n = sysfs_list(&names, "%s/class/block", u->sysfs);
	for (i = 0; i < n; i++) {
		if (!sysfs_resolve(path, "%s/class/block/%s", u->sysfs, names[i]))
			add_block(u, path, what, 0);
	}
	sysfs_list_free(names, n);
}

/* "36 35 98:0 / /mnt rw - ext4 /dev/root rw": see proc_pid_mountinfo(5). */
static void add_mount(struct in_use *u, const char *line)
{
	char mount_point[PATH_MAX], fstype[64], source[PATH_MAX], path[PATH_MAX], what[WHY_MAX];
	const char *rest = strstr(line, " - ");
	unsigned int major, minor;

	if (!rest || sscanf(line, "%*s %*s %u:%u %*s %4095s", &major, &minor, mount_point) != 3 ||
	    sscanf(rest, " - %63s %4095s", fstype, source) != 2)
		return;

	snprintf(what, sizeof(what), "mounted on %.50s", mount_point);
	if (major && !sysfs_resolve(path, "%s/dev/block/%u:%u", u->sysfs, major, minor) &&
	    add_block(u, path, what, 0))
		return;
	/* btrfs and the like show a number of their own, but name a disk. */
	if (add_block_named(u, source, what))
		return;
	if (!is_diskless(fstype)) {
		snprintf(what, sizeof(what), "and %.50s may be on it", mount_point);
		add_all_blocks(u, what);
	}
}

static bool for_each_line(struct in_use *u, const char *proc, const char *name,
			  void (*add)(struct in_use *u, const char *line))
{
	char path[PATH_MAX], *line = NULL;
	size_t size = 0;
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", proc, name);
	f = fopen(path, "r");
	if (!f)
		return false;
	while (getline(&line, &size, f) > 0)
		add(u, line);
	free(line);
	fclose(f);

	return true;
}

static void add_swap(struct in_use *u, const char *line)
{
	char node[PATH_MAX];

	if (sscanf(line, "%4095s", node) == 1)
		add_block_named(u, node, "used for swap");
}

static void add_network(struct in_use *u)
{
	char path[PATH_MAX], flags[32], state[32];
	char **names;
	int n, i;

	n = sysfs_list(&names, "%s/class/net", u->sysfs);
	for (i = 0; i < n; i++) {
		bool up = false;

		/* IFF_UP is bit 0; an interface that has a link counts too. */
		if (!sysfs_read(flags, sizeof(flags), "%s/class/net/%s/flags", u->sysfs, names[i]))
			up = strtoul(flags, NULL, 16) & 1;
		if (!sysfs_read(state, sizeof(state), "%s/class/net/%s/operstate", u->sysfs,
				names[i]))
			up = up || !strcmp(state, "up");
		if (up && !sysfs_resolve(path, "%s/class/net/%s", u->sysfs, names[i]))
			add_user(u, path, "carries network interface %.40s, which is up", names[i]);
	}
	sysfs_list_free(names, n);
}

struct in_use *in_use_read(const char *sysfs, const char *proc)
{
	struct in_use *u = calloc(1, sizeof(*u));

	if (!u)
		return NULL;
	u->sysfs = sysfs;
	if (!for_each_line(u, proc, "self/mountinfo", add_mount))
		add_all_blocks(u, "and the mounts cannot be read");
	for_each_line(u, proc, "swaps", add_swap);
	add_network(u);

	if (u->failed) {
		in_use_free(u);
		return NULL;
	}

	return u;
}

void in_use_free(struct in_use *u)
{
	if (u)
		free(u->users);
	free(u);
}

void in_use_by(const struct in_use *u, const char *path, char *why, size_t size)
{
	size_t len = strlen(path), i;

	why[0] = '\0';
	for (i = 0; i < u->n; i++) {
		const char *user = u->users[i].path;

		if (!strncmp(user, path, len) && (user[len] == '/' || user[len] == '\0')) {
			snprintf(why, size, "%s", u->users[i].why);
			return;
		}
	}
}
