// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <libgen.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "domain.h"
#include "kmod.h"

#define BOUNCE_IOVA	(DOMAIN_IOVA - (1ull << 30))

#define TOPUPS_MAX	64	/* pages that one call may want */
#define FREES_MAX	100000	/* calls that the end of one domain may take */

int domain_topup(struct fixture *f)
{
	int64_t error;
	uint64_t phys;
	int ret = kmod_pages(f->kmod, 0, &phys);

	if (!ret)
		ret = kmod_call(f->kmod, f->ids.topup, phys / f->bounce.page_size, 1, &error);

	return ret ? ret : (int)error;
}

int domain_give_back(struct fixture *f)
{
	uint64_t x[ISOLATION_HVC_REGS];
	int ret;

	do {
		memset(x, 0, sizeof(x));
		x[0] = f->ids.give_back;
		ret = kmod_hvc(f->kmod, x);
	} while (!ret && x[1]);

	return ret;
}

int domain_trim(struct fixture *f, uint32_t id)
{
	uint64_t iova = 0;
	int ret;

	do {
		uint64_t x[ISOLATION_HVC_REGS] = { f->ids.trim, id, iova };

		ret = domain_call(f, x);
		iova = x[2];
	} while (!ret && iova);

	return ret;
}

int domain_call(struct fixture *f, uint64_t x[ISOLATION_HVC_REGS])
{
	uint64_t in[ISOLATION_HVC_REGS];
	int i, ret;

	memcpy(in, x, sizeof(in));
	for (i = 0; i <= TOPUPS_MAX; i++) {
		memcpy(x, in, sizeof(in));
		ret = kmod_hvc(f->kmod, x);
		if (!ret)
			ret = (int)x[1];
		if (ret != -ENOMEM || domain_topup(f))
			break;
	}

	return ret;
}

int domain_alloc(struct fixture *f, uint32_t id)
{
	uint64_t x[ISOLATION_HVC_REGS] = { f->ids.domain_alloc, id, f->streams[0].iommu };

	return domain_call(f, x);
}

int domain_free(struct fixture *f, uint32_t id)
{
	int i, ret = -EAGAIN;

	for (i = 0; i < FREES_MAX && ret == -EAGAIN; i++) {
		uint64_t x[ISOLATION_HVC_REGS] = { f->ids.domain_free, id };

		ret = domain_call(f, x);
	}

	return ret;
}

int domain_attach(struct fixture *f, uint32_t id, const struct stream *s)
{
	uint64_t x[ISOLATION_HVC_REGS] = { f->ids.attach, id, s->iommu, s->id };

	return domain_call(f, x);
}

int domain_detach(struct fixture *f, uint32_t id, const struct stream *s)
{
	uint64_t x[ISOLATION_HVC_REGS] = { f->ids.detach, id, s->iommu, s->id };

	return domain_call(f, x);
}

int domain_map_list(struct fixture *f, uint32_t id, uint64_t iova, uint32_t prot,
		    const uint64_t *ranges, size_t n, uint64_t *mapped)
{
	uint64_t x[ISOLATION_HVC_REGS] = { f->ids.map, id, iova, (uint64_t)n << 32 | prot };
	int ret;

	memcpy(x + 4, ranges, n * sizeof(*ranges));
	ret = domain_call(f, x);
	*mapped = x[2];

	return ret;
}

int domain_unmap_list(struct fixture *f, uint32_t id, const uint64_t *ranges, size_t n,
		      uint64_t *unmapped)
{
	uint64_t x[ISOLATION_HVC_REGS] = { f->ids.unmap, id, 0, n };
	int ret;

	memcpy(x + 4, ranges, n * sizeof(*ranges));
	ret = domain_call(f, x);
	*unmapped = x[2];

	return ret;
}

int domain_map(struct fixture *f, uint32_t id, uint64_t iova, uint64_t phys)
{
	uint64_t range = phys | 1, mapped;

	return domain_map_list(f, id, iova, DOMAIN_MEMORY, &range, 1, &mapped);
}

int domain_unmap(struct fixture *f, uint32_t id, uint64_t iova)
{
	uint64_t range = iova | 1, unmapped;
	int ret = domain_unmap_list(f, id, &range, 1, &unmapped);

	return ret || unmapped ? ret : -ENXIO;
}

/* The stream of a PCI device is its bus, device and function; its IOMMU by EL2's number. */
static int find_stream(const struct pci_device *dev, struct stream *s)
{
	unsigned int domain, bus, slot, function;
	char path[64], target[512];
	ssize_t n;

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/iommu", dev->name);
	n = readlink(path, target, sizeof(target) - 1);
	if (n < 0)
		return -errno;
	target[n] = '\0';
	if (sscanf(basename(target), "pkvm-iommu.%u", &s->iommu) != 1 ||
	    sscanf(dev->name, "%x:%x:%x.%x", &domain, &bus, &slot, &function) != 4)
		return -ENODEV;
	s->id = bus << 8 | slot << 3 | function;

	return 0;
}

/* From what it is attached to: the mirror, or what the host's driver gave it, if anything. */
static int leave(struct fixture *f, const struct stream *s)
{
	int ret = domain_detach(f, DOMAIN_IDENTITY, s);
	uint32_t id;

	for (id = 0; !f->mirror && ret == -ENOENT && id < DRIVER_DOMAINS; id++)
		ret = domain_detach(f, id, s);

	return !f->mirror && ret == -ENOENT ? 0 : ret;
}

int domain_begin(struct fixture *f)
{
	int i, ret;

	ret = find_stream(&f->testdev, &f->streams[0]);
	if (!ret)
		ret = find_stream(&f->edu, &f->streams[1]);
	if (!ret)
		ret = domain_alloc(f, DOMAIN_A);
	for (i = 0; !ret && i < FIXTURE_STREAMS; i++) {
		ret = leave(f, &f->streams[i]);
		if (!ret)
			ret = domain_attach(f, DOMAIN_A, &f->streams[i]);
	}
	if (!ret)
		ret = domain_map(f, DOMAIN_A, BOUNCE_IOVA, f->bounce.phys[0]);
	f->bounce_dma = BOUNCE_IOVA;

	return ret;
}

int domain_end(struct fixture *f)
{
	static const uint32_t all[] = { DOMAIN_A, DOMAIN_B };
	int i, ret, worst = 0;
	size_t d;

	for (d = 0; d < sizeof(all) / sizeof(all[0]); d++) {
		for (i = 0; i < FIXTURE_STREAMS; i++)
			domain_detach(f, all[d], &f->streams[i]);
		ret = domain_free(f, all[d]);
		if (ret && ret != -ENOENT)
			worst = ret;
	}
	for (i = 0; f->mirror && i < FIXTURE_STREAMS; i++) {
		ret = domain_attach(f, DOMAIN_IDENTITY, &f->streams[i]);
		if (ret && ret != -EBUSY)
			worst = ret;
	}
	f->bounce_dma = f->bounce.phys[0];

	return worst;
}
