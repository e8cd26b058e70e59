// SPDX-License-Identifier: GPL-2.0-only
/* Devices that go from domain to domain, and domains that end. */

#include <errno.h>

#include "cases.h"
#include "domain.h"
#include "testdev.h"

#define TESTDEV		(&f->streams[0])
#define EDU		(&f->streams[1])

/* Pages of A and of B, at addresses that the other has nothing at. */
#define IOVA_A		DOMAIN_IOVA
#define IOVA_B		(DOMAIN_IOVA + (16ull << 20))

static size_t page_b(const struct fixture *f)
{
	return f->page + 1;
}

/* B has a page; the device, which has used A's, is in B then. */
static int move_to_b(struct fixture *f)
{
	int ret = domain_map_victim(f);

	if (!ret)
		ret = domain_alloc(f, DOMAIN_B);
	if (!ret)
		ret = domain_map(f, DOMAIN_B, IOVA_B, f->mem.phys[page_b(f)]);
	if (!ret)
		ret = domain_detach(f, DOMAIN_A, TESTDEV);
	if (!ret)
		ret = domain_attach(f, DOMAIN_B, TESTDEV);

	return ret;
}

int other_domain_write(struct fixture *f)
{
	int ret = move_to_b(f);

	return ret ? ret : domain_hits(f, IOVA_B, page_b(f));
}

/* The other device is still there, and reaches it. */
int left_domain_write(struct fixture *f)
{
	int ret = move_to_b(f);

	if (!ret)
		ret = domain_hits(f, IOVA_B, page_b(f));
	if (ret != REACHED)
		return ret < 0 ? ret : -EIO;
	*mem_word(&f->mem, f->page) = 4;
	ret = device_sees(f, IOVA_A, 4);
	if (ret != REACHED)
		return ret < 0 ? ret : -EIO;

	return domain_hits(f, IOVA_A, f->page);
}

int detached_write(struct fixture *f)
{
	int ret = domain_map_victim(f);

	if (!ret)
		ret = domain_detach(f, DOMAIN_A, TESTDEV);
	if (!ret)
		ret = domain_hits(f, IOVA_A, f->page);

	return ret == BLOCKED ? domain_hits(f, f->mem.phys[f->page], f->page) : ret;
}

/* What it got shows only once it is attached again, for it to write that. */
int detached_read(struct fixture *f)
{
	uint64_t seen;
	int ret = domain_map_victim(f);

	*mem_word(&f->mem, f->page) = 5;
	if (!ret)
		ret = device_sees(f, IOVA_A, 5);
	if (ret != REACHED)
		return ret < 0 ? ret : -EIO;
	ret = domain_detach(f, DOMAIN_A, EDU);
	if (!ret)
		ret = device_takes(f, IOVA_A, sizeof(seen));
	if (!ret)
		ret = domain_attach(f, DOMAIN_A, EDU);
	if (!ret)
		ret = device_gives(f, &seen, sizeof(seen));
	if (ret)
		return ret;

	return seen == 5 ? REACHED : seen ? -EBADMSG : BLOCKED;
}

static int free_a(struct fixture *f)
{
	int ret = domain_map_victim(f);

	if (!ret)
		ret = domain_detach(f, DOMAIN_A, TESTDEV);
	if (!ret)
		ret = domain_detach(f, DOMAIN_A, EDU);

	return ret ? ret : domain_free(f, DOMAIN_A);
}

int freed_domain_write(struct fixture *f)
{
	int ret = free_a(f);

	if (!ret)
		ret = domain_attach(f, DOMAIN_A, TESTDEV);
	if (ret != -ENOENT)
		return ret < 0 ? ret : -EBADMSG;

	return domain_hits(f, IOVA_A, f->page);
}

/* It is refused, and all goes on. */
int freed_while_attached(struct fixture *f)
{
	int ret = domain_map_victim(f);

	if (!ret)
		ret = domain_free(f, DOMAIN_A);
	if (ret != -EBUSY)
		return ret < 0 ? ret : -EBADMSG;

	return domain_hits(f, IOVA_A, f->page);
}

int reused_id_write(struct fixture *f)
{
	int ret = free_a(f);

	if (!ret)
		ret = domain_alloc(f, DOMAIN_A);
	if (!ret)
		ret = domain_attach(f, DOMAIN_A, TESTDEV);

	return ret ? ret : domain_hits(f, IOVA_A, f->page);
}

/*
 * B has a page that the device must not reach, by an attach that is refused.
 * @error: what it must say
 */
static int refused_attach(struct fixture *f, uint32_t id, const struct stream *s, uint64_t pasid,
			  int error)
{
	uint64_t x[ISOLATION_HVC_REGS] = { f->ids.attach, id, s->iommu, s->id, pasid };
	int ret = domain_alloc(f, DOMAIN_B);

	if (!ret)
		ret = domain_map(f, DOMAIN_B, IOVA_B, f->mem.phys[page_b(f)]);
	if (ret)
		return ret;
	ret = domain_call(f, x);
	if (ret != error)
		return ret < 0 ? ret : REACHED;
	ret = domain_map_victim(f);

	return ret ? ret : domain_hits(f, IOVA_B, page_b(f));
}

int attached_twice(struct fixture *f)
{
	return refused_attach(f, DOMAIN_B, TESTDEV, 0, -EBUSY);
}

int attach_beside_mirror(struct fixture *f)
{
	int ret = refused_attach(f, DOMAIN_IDENTITY, TESTDEV, 0, -EBUSY);

	return ret == BLOCKED ? domain_hits(f, f->mem.phys[page_b(f)], page_b(f)) : ret;
}

int attach_unknown_domain(struct fixture *f)
{
	int ret = domain_map_victim(f);

	if (!ret)
		ret = domain_detach(f, DOMAIN_A, TESTDEV);
	if (!ret)
		ret = domain_attach(f, DOMAIN_B + 1, TESTDEV);
	if (ret != -ENOENT)
		return ret < 0 ? ret : -EBADMSG;

	return domain_hits(f, IOVA_A, f->page);
}

int attach_unknown_iommu(struct fixture *f)
{
	const struct stream s = { .iommu = 32, .id = TESTDEV->id };

	return refused_attach(f, DOMAIN_B, &s, 0, -EINVAL);
}

int attach_beyond_table(struct fixture *f)
{
	const struct stream s = { .iommu = TESTDEV->iommu, .id = TESTDEV->id | 1u << 31 };

	return refused_attach(f, DOMAIN_B, &s, 0, -ENXIO);
}

int attach_pasid(struct fixture *f)
{
	int ret = domain_detach(f, DOMAIN_A, TESTDEV);

	if (!ret)
		ret = refused_attach(f, DOMAIN_B, TESTDEV, 1, -EOPNOTSUPP);

	/* It is attached to nothing, so that it cannot even reach what is A's. */
	return ret == -EIO ? domain_hits(f, IOVA_B, page_b(f)) : ret;
}
