// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>

#include "kmod.h"

/* What x0 holds after a hypercall, include/linux/arm-smccc.h. */
#define SMCCC_INVALID_PARAMETER	(-3)

int kmod_open(void)
{
	int fd = open(ISOLATION_DEVICE, O_RDWR | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

int kmod_phys(int kmod, const void *address, uint64_t *phys)
{
	struct isolation_phys where = { .address = (uintptr_t)address };

	if (ioctl(kmod, ISOLATION_PHYS, &where))
		return -errno;
	*phys = where.phys;

	return 0;
}

int kmod_pages(int kmod, unsigned int order, uint64_t *phys)
{
	struct isolation_pages pages = { .order = order };

	if (ioctl(kmod, ISOLATION_PAGES, &pages))
		return -errno;
	*phys = pages.phys;

	return 0;
}

int kmod_hoard(int kmod, unsigned int order, uint64_t keep)
{
	struct isolation_hoard hoard = { .order = order, .keep = keep };

	return ioctl(kmod, ISOLATION_HOARD, &hoard) ? -errno : 0;
}

int kmod_ids(int kmod, struct isolation_ids *ids)
{
	return ioctl(kmod, ISOLATION_IDS, ids) ? -errno : 0;
}

int kmod_call(int kmod, uint64_t id, uint64_t arg1, uint64_t arg2, int64_t *result)
{
	struct isolation_hvc call = { .x = { id, arg1, arg2 } };

	if (ioctl(kmod, ISOLATION_HVC, &call))
		return -errno;
	if ((int64_t)call.x[0] == SMCCC_INVALID_PARAMETER)
		return -EINVAL;
	if (call.x[0])
		return -EOPNOTSUPP;
	*result = (int64_t)call.x[1];

	return 0;
}
