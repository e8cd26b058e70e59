// SPDX-License-Identifier: GPL-2.0-only
#include "hardware.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sysfs.h"

enum { KINDS = 16 };

/* CPUs that call themselves alike. */
struct kind {
	char name[160];
	unsigned int count;
};

static void __attribute__((format(printf, 3, 4)))
append(char *text, size_t size, const char *fmt, ...)
{
	size_t used = strlen(text);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text + used, size - used, fmt, ap);
	va_end(ap);
}

/* One line without what separates fields here, and without blanks at its ends. */
static void tidy(char *text)
{
	char *from = text + strspn(text, " \t"), *to = text;

	for (; *from; from++) {
		if (isspace((unsigned char)*from) && (isspace((unsigned char)from[1]) || !from[1]))
			continue;
		*to++ = *from == ';' || !isprint((unsigned char)*from) ? ' ' : *from;
	}
	*to = '\0';
}

/* The device tree's model, or what firmware calls the product. */
static void add_product(const struct hardware_source *s, char *text, size_t size)
{
	char vendor[128], product[128];

	if (!sysfs_read(product, sizeof(product), "%s/firmware/devicetree/base/model", s->sysfs)) {
		tidy(product);
		append(text, size, "%s", product);
		return;
	}
	if (sysfs_read(product, sizeof(product), "%s/class/dmi/id/product_name", s->sysfs))
		return;
	if (sysfs_read(vendor, sizeof(vendor), "%s/class/dmi/id/sys_vendor", s->sysfs))
		vendor[0] = '\0';
	tidy(vendor);
	tidy(product);
	append(text, size, "%s%s%s", vendor, vendor[0] ? " " : "", product);
}

static void count(struct kind *kinds, size_t *n, const char *name)
{
	size_t i;

	for (i = 0; i < *n && strcmp(kinds[i].name, name); i++)
		;
	if (i == KINDS)
		return;
	if (i == *n)
		snprintf(kinds[(*n)++].name, sizeof(kinds[0].name), "%s", name);
	kinds[i].count++;
}

/* MIDR_EL1 of each CPU, which holds its part and revision; offline ones have no such file. */
static void count_midrs(const struct hardware_source *s, struct kind *kinds, size_t *n)
{
	char midr[128], **names;
	int nr = sysfs_list(&names, "%s/devices/system/cpu", s->sysfs), i;

	for (i = 0; i < nr; i++) {
		if (strncmp(names[i], "cpu", 3) || !isdigit((unsigned char)names[i][3]) ||
		    sysfs_read(midr, sizeof(midr), "%s/devices/system/cpu/%s/regs/identification/midr_el1",
			       s->sysfs, names[i]))
			continue;
		tidy(midr);
		count(kinds, n, midr);
	}
	sysfs_list_free(names, nr);
}

/* The value behind "KEY<tab>: " where a line of /proc/cpuinfo starts with it. */
static bool value_of(const char *line, const char *key, char *value, size_t size)
{
	size_t length = strlen(key);
	const char *colon;

	if (strncmp(line, key, length) || !strchr(" \t:", line[length]))
		return false;
	colon = strchr(line, ':');
	if (!colon || strspn(line + length, " \t") != (size_t)(colon - line) - length)
		return false;
	snprintf(value, size, "%s", colon + 1);
	tidy(value);
	return true;
}

struct x86 {
	char name[64], family[16], model[16], stepping[16];
};

static void count_x86(struct x86 *cpu, struct kind *kinds, size_t *n)
{
	char text[160];

	if (!cpu->name[0] && !cpu->family[0])
		return;
	snprintf(text, sizeof(text), "%s family %s model %s stepping %s", cpu->name, cpu->family,
		 cpu->model, cpu->stepping);
	count(kinds, n, text);
	memset(cpu, 0, sizeof(*cpu));
}

/* Where there is no MIDR. A CPU's lines end in an empty one. */
static void count_cpuinfo(const struct hardware_source *s, struct kind *kinds, size_t *n)
{
	char path[4096], line[4096];
	struct x86 cpu = { .name = "" };
	FILE *f;

	snprintf(path, sizeof(path), "%s/cpuinfo", s->proc);
	f = fopen(path, "re");
	if (!f)
		return;
	while (fgets(line, sizeof(line), f)) {
		if (line[0] == '\n')
			count_x86(&cpu, kinds, n);
		else if (!value_of(line, "model name", cpu.name, sizeof(cpu.name)) &&
			 !value_of(line, "cpu family", cpu.family, sizeof(cpu.family)) &&
			 !value_of(line, "model", cpu.model, sizeof(cpu.model)))
			value_of(line, "stepping", cpu.stepping, sizeof(cpu.stepping));
	}
	count_x86(&cpu, kinds, n);
	fclose(f);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct kind *)a)->name, ((const struct kind *)b)->name);
}

static void add_cpus(const struct hardware_source *s, char *text, size_t size)
{
	struct kind kinds[KINDS] = { { "", 0 } };
	unsigned int cpus = 0;
	size_t n = 0, i;

	count_midrs(s, kinds, &n);
	if (!n)
		count_cpuinfo(s, kinds, &n);
	if (!n)
		return;
	qsort(kinds, n, sizeof(kinds[0]), by_name);
	append(text, size, "%s", text[0] ? "; " : "");
	for (i = 0; i < n; i++) {
		append(text, size, "%s%u x %s", i ? ", " : "", kinds[i].count, kinds[i].name);
		cpus += kinds[i].count;
	}
	append(text, size, "; %u CPU%s", cpus, cpus == 1 ? "" : "s");
}

/*
 * What firmware gave to Linux, in bytes. Of the three that tell, this one is the same in all modes
 * and page sizes: EL2's memory is reserved within System RAM and only leaves MemTotal, and the
 * memory blocks of sysfs need memory hotplug and are 128 or 512 MiB each. Without CAP_SYS_ADMIN
 * the kernel prints 0 for all addresses: 0.
 */
static unsigned long long system_ram(const struct hardware_source *s)
{
	unsigned long long start, last, sum = 0;
	char path[4096], line[256];
	int name;
	FILE *f;

	snprintf(path, sizeof(path), "%s/iomem", s->proc);
	f = fopen(path, "re");
	if (!f)
		return 0;
	while (fgets(line, sizeof(line), f)) {
		name = 0;
		if (sscanf(line, "%llx-%llx : %n", &start, &last, &name) == 2 && name &&
		    !strcmp(line + name, "System RAM\n") && last > start)
			sum += last - start + 1;
	}
	fclose(f);
	return sum;
}

static unsigned long long mem_total(const struct hardware_source *s)
{
	unsigned long long kib;
	char meminfo[256];

	if (sysfs_read_lines(meminfo, sizeof(meminfo), "%s/meminfo", s->proc) ||
	    sscanf(meminfo, "MemTotal: %llu kB", &kib) != 1)
		return 0;
	return kib * 1024;
}

static void add_memory(const struct hardware_source *s, char *text, size_t size)
{
	unsigned long long mib = (system_ram(s) ?: mem_total(s)) >> 20, step = 1;

	if (!mib)
		return;
	while (step * 16 <= mib)
		step *= 2;
	append(text, size, "%s%llu MiB", text[0] ? "; " : "", (mib + step - 1) / step * step);
}

void hardware_text(const struct hardware_source *source, char *text, size_t size)
{
	text[0] = '\0';
	add_product(source, text, size);
	add_cpus(source, text, size);
	add_memory(source, text, size);
}
