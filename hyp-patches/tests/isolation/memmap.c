// SPDX-License-Identifier: GPL-2.0-only
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/klog.h>

#include "memmap.h"
#include "sysfile.h"

#define DEVICE_TREE		"/sys/firmware/devicetree/base"
#define GITS_TRANSLATER		0x10040
#define SYSLOG_READ_ALL		3
#define SYSLOG_SIZE		10

/* The lines of /proc/iomem that are called @name: "START-END : NAME", hexadecimal. */
static size_t find_iomem(const char *name, struct phys_range *found, size_t max)
{
	char line[256], what[128];
	uint64_t start, end;
	size_t n = 0;
	FILE *f;

	f = fopen("/proc/iomem", "re");
	if (!f)
		return 0;
	while (n < max && fgets(line, sizeof(line), f)) {
		if (sscanf(line, " %" SCNx64 "-%" SCNx64 " : %127[^\n]", &start, &end, what) != 3 ||
		    strcmp(what, name))
			continue;
		found[n].start = start;
		found[n++].size = end - start + 1;
	}
	fclose(f);

	return n;
}

/* "Reserved N MiB at 0xADDRESS", which KVM says once it set memory aside. */
static void find_carveout(struct phys_range *carveout)
{
	int size = klogctl(SYSLOG_SIZE, NULL, 0);
	const char *line;
	char *log;

	if (size <= 0)
		return;
	log = calloc(1, (size_t)size + 1);
	if (!log)
		return;
	if (klogctl(SYSLOG_READ_ALL, log, size) > 0) {
		line = strstr(log, "Reserved ");
		while (line && sscanf(line, "Reserved %" SCNu64 " MiB at %" SCNx64, &carveout->size,
				      &carveout->start) != 2)
			line = strstr(line + 1, "Reserved ");
		carveout->size <<= 20;
	}
	free(log);
}

static uint64_t cells(const unsigned char *at)
{
	uint64_t value = 0;
	int i;

	for (i = 0; i < 8; i++)
		value = value << 8 | at[i];

	return value;
}

/* Whether @node is compatible with @what; its first register frame, two cells each. */
static int node_is(const char *dir, const char *node, const char *what, uint64_t *base)
{
	char text[256] = "";
	unsigned char reg[17];

	if (sysfile_read(text, sizeof(text), "%s/%s/compatible", dir, node) || strcmp(text, what))
		return 0;
	if (sysfile_read((char *)reg, sizeof(reg), "%s/%s/reg", dir, node))
		return 0;
	*base = cells(reg);

	return 1;
}

static void find_nodes(const char *dir, const char *what, uint64_t *base, size_t max, size_t *n)
{
	struct dirent *entry;
	DIR *d = opendir(dir);

	while (d && *n < max && (entry = readdir(d))) {
		if (entry->d_name[0] != '.' && node_is(dir, entry->d_name, what, &base[*n]))
			(*n)++;
	}
	if (d)
		closedir(d);
}

/* A GICv3's registers are those of the distributor, then those of the redistributors. */
static void find_its(struct memmap *map)
{
	unsigned char reg[4 * sizeof(uint64_t) + 1];
	struct dirent *entry;
	DIR *d = opendir(DEVICE_TREE);
	char gic[512];
	size_t n = 0;

	while (d && !n && (entry = readdir(d))) {
		if (strncmp(entry->d_name, "intc@", 5))
			continue;
		snprintf(gic, sizeof(gic), DEVICE_TREE "/%s", entry->d_name);
		find_nodes(gic, "arm,gic-v3-its", &map->its, 1, &n);
		if (n && !sysfile_read((char *)reg, sizeof(reg), "%s/reg", gic))
			map->redistributor = cells(reg + 2 * sizeof(uint64_t));
	}
	if (d)
		closedir(d);
	map->its_doorbell = n ? map->its + GITS_TRANSLATER : 0;
}

/* A region of memory that the device tree says the kernel must not map. */
static void find_nomap(struct memmap *map)
{
	const char *dir = DEVICE_TREE "/reserved-memory";
	struct dirent *entry;
	DIR *d = opendir(dir);
	unsigned char reg[17];
	char text[2];

	while (d && !map->nomap && (entry = readdir(d))) {
		if (entry->d_name[0] == '.' ||
		    sysfile_read(text, sizeof(text), "%s/%s/no-map", dir, entry->d_name) ||
		    sysfile_read((char *)reg, sizeof(reg), "%s/%s/reg", dir, entry->d_name))
			continue;
		if (cells(reg) >= map->ram[0].start && cells(reg) < map->ram_end)
			map->nomap = cells(reg);
	}
	if (d)
		closedir(d);
}

int memmap_read(struct memmap *map)
{
	const struct phys_range *last;

	memset(map, 0, sizeof(*map));
	map->ram_count = find_iomem("System RAM", map->ram, MEMMAP_RAM);
	if (!map->ram_count || !map->ram[0].start)
		return -ENOENT;
	last = &map->ram[map->ram_count - 1];
	map->ram_end = last->start + last->size;
	find_carveout(&map->carveout);
	find_nodes(DEVICE_TREE, "arm,smmu-v3", map->smmu, MEMMAP_SMMUS, &map->smmu_count);
	find_its(map);
	find_nomap(map);

	return 0;
}

static int find_symbol(const char *system_map, const char *name, uint64_t *value)
{
	char line[256], symbol[128], type;
	int ret = -ENOENT;
	FILE *f;

	f = fopen(system_map, "re");
	if (!f)
		return -errno;
	while (ret && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%" SCNx64 " %c %127s", value, &type, symbol) == 3 &&
		    !strcmp(symbol, name))
			ret = 0;
	}
	fclose(f);

	return ret;
}

int memmap_symbol(const char *system_map, const char *name, uint64_t *phys)
{
	struct phys_range code;
	uint64_t text, value;
	int ret;

	if (!system_map || !find_iomem("Kernel code", &code, 1))
		return -ENOENT;
	ret = find_symbol(system_map, "_text", &text);
	if (!ret)
		ret = find_symbol(system_map, name, &value);
	if (!ret)
		*phys = code.start + (value - text);

	return ret;
}
