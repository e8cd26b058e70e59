// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "bind.h"
#include "sysfs.h"

static int current_driver(const struct binding *b, char *name)
{
	int ret = sysfs_link_name(name, DEVICE_NAME_MAX, "%s/driver", b->dev->path);

	if (ret == -ENOENT) {
		name[0] = '\0';
		ret = 0;
	}

	return ret;
}

static int unbind(const struct binding *b)
{
	char driver[DEVICE_NAME_MAX];
	int ret = current_driver(b, driver);

	if (ret || !driver[0])
		return ret;

	return sysfs_write(b->dev->name, "%s/bus/%s/drivers/%s/unbind", b->sysfs, b->dev->bus,
			   driver);
}

static int bind(const struct binding *b, const char *driver)
{
	return sysfs_write(b->dev->name, "%s/bus/%s/drivers/%s/bind", b->sysfs, b->dev->bus,
			   driver);
}

static int read_type(const struct binding *b, char *type, size_t size)
{
	type[0] = '\0';
	if (!b->dev->group[0])
		return 0;

	return sysfs_read(type, size, "%s/kernel/iommu_groups/%s/type", b->sysfs, b->dev->group);
}

/* No driver may be bound. The kernel makes a new domain even for the same type. */
static int set_type(const struct binding *b, const char *type)
{
	char now[16];
	int ret = read_type(b, now, sizeof(now));

	if (ret || !strcmp(now, type))
		return ret;

	return sysfs_write(type, "%s/kernel/iommu_groups/%s/type", b->sysfs, b->dev->group);
}

static int set_override(const struct binding *b, const char *driver)
{
	return sysfs_write(driver[0] ? driver : "\n", "%s/driver_override", b->dev->path);
}

int binding_take(struct binding *b, const struct device *dev, const char *sysfs)
{
	int ret;

	memset(b, 0, sizeof(*b));
	b->dev = dev;
	b->sysfs = sysfs;

	ret = current_driver(b, b->driver);
	if (!ret)
		ret = sysfs_read(b->override, sizeof(b->override), "%s/driver_override", dev->path);
	if (!ret)
		ret = read_type(b, b->type, sizeof(b->type));
	if (!strcmp(b->override, "(null)"))
		b->override[0] = '\0';
	b->taken = !ret;

	return ret;
}

int binding_use(struct binding *b, const char *driver, const char *type, const char **step)
{
	int ret;

	*step = "unbinding it from its driver";
	ret = unbind(b);
	if (ret)
		return ret;

	*step = "changing the type of its IOMMU group";
	ret = type ? set_type(b, type) : 0;
	if (ret)
		return ret;

	*step = "setting its driver_override";
	ret = set_override(b, driver);
	if (ret)
		return ret;

	*step = "binding it";
	return bind(b, driver);
}

int binding_restore(struct binding *b, const char **step)
{
	int first = 0, ret;

	if (!b->taken)
		return 0;
	b->taken = false;

	ret = unbind(b);
	if (ret && !first) {
		first = ret;
		*step = "unbinding it";
	}
	ret = b->type[0] ? set_type(b, b->type) : 0;
	if (ret && !first) {
		first = ret;
		*step = "restoring the type of its IOMMU group";
	}
	ret = set_override(b, b->override);
	if (ret && !first) {
		first = ret;
		*step = "restoring its driver_override";
	}
	ret = b->driver[0] ? bind(b, b->driver) : 0;
	if (ret && !first) {
		first = ret;
		*step = "binding it to its previous driver";
	}

	return first;
}
