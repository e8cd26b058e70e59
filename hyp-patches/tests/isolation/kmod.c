// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
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

static int locate(const char *device, uint32_t *pci_domain, uint32_t *bdf)
{
	unsigned int domain, bus, slot, function;

	if (sscanf(device, "%x:%x:%x.%x", &domain, &bus, &slot, &function) != 4)
		return -EINVAL;
	*pci_domain = domain;
	*bdf = bus << 8 | slot << 3 | function;

	return 0;
}

static int dma(int kmod, const char *device, struct isolation_dma *dma)
{
	int ret = locate(device, &dma->pci_domain, &dma->bdf);

	if (ret)
		return ret;

	return ioctl(kmod, ISOLATION_DMA, dma) ? -errno : 0;
}

int kmod_dma_map(int kmod, const char *device, uint64_t phys, uint64_t *iova)
{
	struct isolation_dma map = { .phys = phys };
	int ret = dma(kmod, device, &map);

	*iova = map.iova;

	return ret;
}

int kmod_dma_unmap(int kmod, const char *device, uint64_t phys, uint64_t iova)
{
	struct isolation_dma unmap = { .phys = phys, .iova = iova, .unmap = 1 };

	return dma(kmod, device, &unmap);
}

int kmod_link(int kmod, const char *device, const uint64_t phys[2], uint64_t *iova)
{
	struct isolation_link link = { .phys = { phys[0], phys[1] } };
	int ret = locate(device, &link.pci_domain, &link.bdf);

	if (!ret && ioctl(kmod, ISOLATION_LINK, &link))
		ret = -errno;
	*iova = link.iova;

	return ret;
}

int kmod_unlink(int kmod, const char *device)
{
	struct isolation_link link = { .unmap = 1 };
	int ret = locate(device, &link.pci_domain, &link.bdf);

	if (!ret && ioctl(kmod, ISOLATION_LINK, &link))
		ret = -errno;

	return ret;
}

int kmod_hvc(int kmod, uint64_t x[ISOLATION_HVC_REGS])
{
	struct isolation_hvc call;

	for (int i = 0; i < ISOLATION_HVC_REGS; i++)
		call.x[i] = x[i];
	if (ioctl(kmod, ISOLATION_HVC, &call))
		return -errno;
	for (int i = 0; i < ISOLATION_HVC_REGS; i++)
		x[i] = call.x[i];
	if ((int64_t)x[0] == SMCCC_INVALID_PARAMETER)
		return -EINVAL;

	return x[0] ? -EOPNOTSUPP : 0;
}

int kmod_call(int kmod, uint64_t id, uint64_t arg1, uint64_t arg2, int64_t *result)
{
	uint64_t x[ISOLATION_HVC_REGS] = { id, arg1, arg2 };
	int ret = kmod_hvc(kmod, x);

	if (!ret)
		*result = (int64_t)x[1];

	return ret;
}
