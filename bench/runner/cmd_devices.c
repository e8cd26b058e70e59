// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "devices.h"
#include "machine.h"
#include "sysfs.h"

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct device_source *source = state->input;

	if (key != 'y')
		return ARGP_ERR_UNKNOWN;
	source->sysfs = arg;

	return 0;
}

static const struct argp_option options[] = {
	{ "sysfs", 'y', "DIR", 0, "look in a copy of sysfs instead of /sys", 0 },
	{ 0 },
};

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.doc = "Lists PCI devices, and platform devices behind an IOMMU, with their IOMMU group "
	       "and whether they may be measured with. What carries a mounted disk or a network "
	       "interface that is up is refused, and so is whatever shares its group.\v"
	       "Example:\n  smmubench devices",
};

int cmd_devices(int argc, char **argv)
{
	struct device_source source = { .sysfs = "/sys", .proc = "/proc" };
	const struct device *pick;
	struct device *list;
	char mode[32];
	size_t n, i;
	int ret;

	ret = parse_options(&argp, argc, argv, &source);
	if (ret)
		return ret;
	source.ungrouped_ok = !sysfs_read(mode, sizeof(mode), "%s/kernel/pkvm_iommu/mode",
					  source.sysfs) && !strcmp(mode, "identity");
	ret = devices_find(&source, &list, &n);
	if (ret)
		return failed("cannot read the devices in %s: %s", source.sysfs, strerror(-ret));

	printf("%-8s %-24s %-20s %-18s %-5s %s\n", "BUS", "NAME", "ID", "DRIVER", "GROUP", "USABLE");
	pick = devices_pick(list, n);
	for (i = 0; i < n; i++) {
		const struct device *d = &list[i];

		printf("%-8s %-24s %-20s %-18s %-5s %s%s%s\n", d->bus, d->name,
		       d->id[0] ? d->id : "-", d->driver[0] ? d->driver : "-",
		       d->group[0] ? d->group : "-", d->refused[0] ? "no: " : "yes", d->refused,
		       d == pick ? ", used by --device auto" : "");
	}
	free(list);

	return EX_OK;
}
