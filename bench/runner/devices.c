// SPDX-License-Identifier: GPL-2.0-only
/*
 * A device that carries a mounted disk or a network interface that is up loses
 * it when it is taken from its driver. What cannot be told is refused.
 */

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "devices.h"
#include "inuse.h"
#include "sysfs.h"

/* Made for tests of IOMMUs: nothing can depend on them. */
static const char *const test_devices[] = { "1b36:0005", "1234:11e8" };

static void read_pci_id(struct device *d)
{
	char vendor[16], device[16];

	if (sysfs_read(vendor, sizeof(vendor), "%s/vendor", d->path) ||
	    sysfs_read(device, sizeof(device), "%s/device", d->path) ||
	    strncmp(vendor, "0x", 2) || strncmp(device, "0x", 2))
		return;
	snprintf(d->id, sizeof(d->id), "%.8s:%.8s", vendor + 2, device + 2);
}

static void read_id(struct device *d)
{
	if (!strcmp(d->bus, "pci")) {
		read_pci_id(d);
		return;
	}
	/* A list of NUL-terminated strings, of which this takes the first. */
	if (sysfs_read(d->id, sizeof(d->id), "%s/of_node/compatible", d->path))
		d->id[0] = '\0';
}

static bool is_bridge(const struct device *d)
{
	char class[16];

	return !strcmp(d->bus, "pci") && !sysfs_read(class, sizeof(class), "%s/class", d->path) &&
	       !strncmp(class, "0x06", 4);
}

/* Of the many platform devices only those that are meant to be behind an IOMMU. */
static bool worth_showing(const struct device *d)
{
	return !strcmp(d->bus, "pci") || d->group[0] ||
	       sysfs_exists("%s/of_node/iommus", d->path);
}

static int read_device(const struct device_source *source, const struct in_use *in_use,
		       const char *bus, const char *name, struct device *d)
{
	int ret;

	memset(d, 0, sizeof(*d));
	d->bus = bus;
	if (strlen(name) >= sizeof(d->name))
		return -ENAMETOOLONG;
	strcpy(d->name, name);
	ret = sysfs_resolve(d->path, "%s/bus/%s/devices/%s", source->sysfs, bus, name);
	if (ret)
		return ret;

	if (sysfs_link_name(d->driver, sizeof(d->driver), "%s/driver", d->path))
		d->driver[0] = '\0';
	if (sysfs_link_name(d->group, sizeof(d->group), "%s/iommu_group", d->path))
		d->group[0] = '\0';
	read_id(d);

	in_use_by(in_use, d->path, d->vital, sizeof(d->vital));
	if (d->vital[0])
		snprintf(d->refused, sizeof(d->refused), "%s", d->vital);
	else if (is_bridge(d))
		snprintf(d->refused, sizeof(d->refused), "is a bridge");
	else if (!d->group[0] && !source->ungrouped_ok)
		snprintf(d->refused, sizeof(d->refused), "is behind no IOMMU");

	return 0;
}

/* Unbinding one member and changing the domain of all hits the others too. */
static void refuse_group_mates(struct device *list, size_t n)
{
	size_t i, k;

	for (i = 0; i < n; i++) {
		for (k = 0; k < n && list[i].group[0] && !list[i].refused[0]; k++) {
			const struct device *mate = &list[k];

			if (i == k || strcmp(list[i].group, mate->group))
				continue;
			if (mate->vital[0])
				snprintf(list[i].refused, sizeof(list[i].refused),
					 "shares IOMMU group %s with %s, which %s", mate->group,
					 mate->name, mate->vital);
			else if (mate->driver[0] && strcmp(mate->driver, "pcieport"))
				snprintf(list[i].refused, sizeof(list[i].refused),
					 "shares IOMMU group %s with %s, which driver %s uses",
					 mate->group, mate->name, mate->driver);
		}
	}
}

static int add_bus(const struct device_source *source, const struct in_use *in_use,
		   const char *bus, struct device **list, size_t *n)
{
	struct device *grown;
	char **names;
	int count, i;

	count = sysfs_list(&names, "%s/bus/%s/devices", source->sysfs, bus);
	if (count == -ENOENT)
		return 0;
	if (count < 0)
		return count;

	grown = realloc(*list, (*n + count + 1) * sizeof(**list));
	if (!grown) {
		sysfs_list_free(names, count);
		return -ENOMEM;
	}
	*list = grown;

	for (i = 0; i < count; i++) {
		struct device *d = &(*list)[*n];

		if (!read_device(source, in_use, bus, names[i], d) && worth_showing(d))
			(*n)++;
	}
	sysfs_list_free(names, count);

	return 0;
}

int devices_find(const struct device_source *source, struct device **list, size_t *n)
{
	struct in_use *in_use;
	int ret;

	*list = NULL;
	*n = 0;
	if (!sysfs_exists("%s/bus", source->sysfs))
		return -ENOENT;

	in_use = in_use_read(source->sysfs, source->proc);
	if (!in_use)
		return -ENOMEM;

	ret = add_bus(source, in_use, "pci", list, n);
	if (!ret)
		ret = add_bus(source, in_use, "platform", list, n);
	in_use_free(in_use);
	if (ret) {
		free(*list);
		*list = NULL;
		*n = 0;
		return ret;
	}
	refuse_group_mates(*list, *n);

	return 0;
}

static bool idle(const struct device *d)
{
	return !d->refused[0] && !d->driver[0];
}

const struct device *devices_pick(const struct device *list, size_t n)
{
	size_t i, k;

	for (k = 0; k < sizeof(test_devices) / sizeof(test_devices[0]); k++) {
		for (i = 0; i < n; i++) {
			if (idle(&list[i]) && !strcmp(list[i].id, test_devices[k]))
				return &list[i];
		}
	}
	for (i = 0; i < n; i++) {
		if (idle(&list[i]))
			return &list[i];
	}

	return NULL;
}

bool devices_ungrouped(const struct device *list, size_t n)
{
	size_t i;

	for (i = 0; i < n && !list[i].group[0]; i++)
		;

	return i == n;
}

const struct device *devices_by_name(const struct device *list, size_t n, const char *name)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (!strcmp(list[i].name, name))
			return &list[i];
	}

	return NULL;
}
