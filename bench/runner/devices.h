/* SPDX-License-Identifier: GPL-2.0-only */
/* Devices that could be measured with, and which of them must be left alone. */

#ifndef SMMUBENCH_DEVICES_H
#define SMMUBENCH_DEVICES_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#define DEVICE_NAME_MAX		64
#define DEVICE_REASON_MAX	256

/**
 * struct device - a PCI or platform device
 * @bus: "pci" or "platform"
 * @id: "vendor:device" in hex, or what the device tree calls it; may be empty
 * @driver: empty when none is bound
 * @group: IOMMU group, empty when there is none
 * @refused: empty if the device may be used, else why not: one clause
 * @vital: why the device itself must not be touched; a part of @refused
 * @path: in sysfs, without links
 */
struct device {
	const char *bus;
	char name[DEVICE_NAME_MAX];
	char id[DEVICE_NAME_MAX];
	char driver[DEVICE_NAME_MAX];
	char group[16];
	char refused[DEVICE_REASON_MAX];
	char vital[DEVICE_REASON_MAX / 2];
	char path[PATH_MAX];
};

/**
 * struct device_source - where to look
 * @sysfs: "/sys", or a copy of one
 * @proc: "/proc", or a folder with `self/mountinfo` and `swaps`
 * @ungrouped_ok: devices without an IOMMU group may be used (mode identity)
 */
struct device_source {
	const char *sysfs;
	const char *proc;
	bool ungrouped_ok;
};

/**
 * devices_find() - all devices worth showing, sorted by bus and name
 * @list: allocated; free() it
 * @n: how many
 *
 * Return: 0 or -errno. Without readable mount information every device that has
 * a disk is refused.
 */
int devices_find(const struct device_source *source, struct device **list, size_t *n);

/**
 * devices_pick() - the device to measure with when the user does not say
 *
 * A usable device without a driver; those made for testing first.
 *
 * Return: NULL if there is none.
 */
const struct device *devices_pick(const struct device *list, size_t n);

/* Whether no device at all has an IOMMU group. */
bool devices_ungrouped(const struct device *list, size_t n);

const struct device *devices_by_name(const struct device *list, size_t n, const char *name);

#endif /* SMMUBENCH_DEVICES_H */
