/* SPDX-License-Identifier: GPL-2.0-only */
/* Taking a device from its driver, changing its domain, and putting all back. */

#ifndef SMMUBENCH_BIND_H
#define SMMUBENCH_BIND_H

#include "devices.h"

/**
 * struct binding - how a device was before it was taken
 * @dev: borrowed from the caller
 */
struct binding {
	const struct device *dev;
	const char *sysfs;
	char driver[DEVICE_NAME_MAX];
	char override[DEVICE_NAME_MAX];
	char type[16];
	bool taken;
};

/**
 * binding_take() - remember the present state; changes nothing
 *
 * Return: 0 or -errno.
 */
int binding_take(struct binding *b, const struct device *dev, const char *sysfs);

/**
 * binding_use() - bind the device to a driver in a domain of some type
 * @driver: its name on the device's bus
 * @type: as the group's `type` file has it (DMA, DMA-FQ, identity); NULL: as it is
 *
 * Return: 0 or -errno, with @step naming what failed. Undo by binding_restore().
 */
int binding_use(struct binding *b, const char *driver, const char *type, const char **step);

/**
 * binding_restore() - previous type, driver_override and driver
 *
 * Goes on after a failure. Return: 0, or the first failure as -errno with @step.
 */
int binding_restore(struct binding *b, const char **step);

#endif /* SMMUBENCH_BIND_H */
