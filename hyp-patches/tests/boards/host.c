// SPDX-License-Identifier: GPL-2.0-only
/* Initcalls, parameters and sysfs files, kept in lists. */

#include "boards.h"

#include <stdio.h>

#define MAX_ENTRIES 64

static struct {
	enum initcall_level level;
	int (*call)(void);
} initcalls[MAX_ENTRIES];
static unsigned int nr_initcalls;

static struct {
	const char *name;
	early_param_fn parse;
} params[MAX_ENTRIES];
static unsigned int nr_params;

static const struct kobj_attribute *files[MAX_ENTRIES];
static unsigned int nr_files;

static const struct bin_attribute *bin_files[MAX_ENTRIES];
static unsigned int nr_bin_files;

struct kobject *kernel_kobj, *firmware_kobj;

static void count(unsigned int *nr)
{
	if (++*nr > MAX_ENTRIES)
		abort();
}

void initcall_add(enum initcall_level level, int (*call)(void))
{
	count(&nr_initcalls);
	initcalls[nr_initcalls - 1].level = level;
	initcalls[nr_initcalls - 1].call = call;
}

void initcalls_run(enum initcall_level from, enum initcall_level to)
{
	unsigned int level, i;

	for (level = from; level <= to; level++) {
		for (i = 0; i < nr_initcalls; i++) {
			if (initcalls[i].level == level)
				initcalls[i].call();
		}
	}
}

void early_param_add(const char *name, early_param_fn parse)
{
	count(&nr_params);
	params[nr_params - 1].name = name;
	params[nr_params - 1].parse = parse;
}

void early_param_set(const char *name, char *value)
{
	unsigned int i;

	for (i = 0; i < nr_params; i++) {
		if (!strcmp(params[i].name, name))
			params[i].parse(value);
	}
}

struct kobject *kobject_create_and_add(const char *name, struct kobject *parent)
{
	struct kobject *kobj = calloc(1, sizeof(*kobj));

	kobj->name = name;

	return kobj;
}

int sysfs_create_file(struct kobject *kobj, const struct attribute *attr)
{
	count(&nr_files);
	files[nr_files - 1] = container_of(attr, struct kobj_attribute, attr);

	return 0;
}

int sysfs_create_bin_file(struct kobject *kobj, const struct bin_attribute *attr)
{
	count(&nr_bin_files);
	bin_files[nr_bin_files - 1] = attr;

	return 0;
}

ssize_t sysfs_bin_attr_simple_read(struct file *file, struct kobject *kobj,
				   const struct bin_attribute *attr, char *buf, loff_t off,
				   size_t count)
{
	memcpy(buf, attr->private + off, count);

	return count;
}

ssize_t memory_read_from_buffer(void *to, size_t count, loff_t *at, const void *from,
				size_t available)
{
	size_t left = *at < (loff_t)available ? available - *at : 0, bytes = min(count, left);

	memcpy(to, (const char *)from + *at, bytes);
	*at += bytes;

	return bytes;
}

/* A file is one page at most. */
int sysfs_emit_at(char *buf, int at, const char *fmt, ...)
{
	va_list args;
	int len;

	if (at < 0 || at >= (int)PAGE_SIZE) {
		printf("broken: a sysfs file of more than a page\n");
		exit(EX_BROKEN);
	}
	va_start(args, fmt);
	len = vscnprintf(buf + at, PAGE_SIZE - at, fmt, args);
	va_end(args);

	return len;
}

/* Return: the length of the file, whose content is left in @buf, or -1. */
static ssize_t read_file(const char *name, char **buf)
{
	unsigned int i;

	for (i = 0; i < nr_bin_files; i++) {
		const struct bin_attribute *attr = bin_files[i];

		if (strcmp(attr->attr.name, name))
			continue;
		/* As sysfs does, which takes a size of 0 for none. */
		*buf = calloc(1, (attr->size ?: PAGE_SIZE) + 1);
		return attr->read(NULL, NULL, attr, *buf, 0, attr->size ?: PAGE_SIZE);
	}
	for (i = 0; i < nr_files; i++) {
		if (strcmp(files[i]->attr.name, name))
			continue;
		*buf = calloc(1, PAGE_SIZE + 1);
		return files[i]->show(NULL, (struct kobj_attribute *)files[i], *buf);
	}

	return -1;
}

void sysfs_print(const char *name)
{
	char *buf = NULL, *line, *rest;

	if (read_file(name, &buf) < 0)
		return;
	for (rest = buf; (line = strsep(&rest, "\n")) && *line;)
		printf("%s %s\n", name, line);
	free(buf);
}
