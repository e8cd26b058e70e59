// SPDX-License-Identifier: GPL-2.0-only
/*
 * The SMMU's register frames, from a device and from the CPU. The registers to be
 * written do nothing in QEMU: the payload of an MSI that it does not send, and a
 * reserved word.
 */

#include <errno.h>

#include "cases.h"
#include "edu.h"
#include "poke.h"
#include "testdev.h"

#define SMMU_IDR1		0x04
#define SMMU_EVENTQ_IRQ_CFG1	0xb8
#define SMMU_PAGE1_RESERVED	(SMMU_PAGE + 0xf00)

/* What one SMMU lets happen, all must. */
static int each_frame(struct world *w, uint64_t offset,
		      int (*attempt)(struct world *w, uint64_t phys))
{
	int outcome = -ENODEV, ret;
	size_t i;

	if (!w->places.smmu_count)
		return world_lacks(w, "no SMMU in the device tree");
	for (i = 0; i < w->places.smmu_count; i++) {
		ret = attempt(w, w->places.smmu[i] + offset);
		if (ret < 0)
			return ret;
		if (i && ret != outcome)
			return -EBADMSG;
		outcome = ret;
	}

	return outcome;
}

static int write_register(struct world *w, uint64_t phys)
{
	return testdev_write(&w->testdev, phys);
}

/* None of those that are read here is 0. */
static int read_register(struct world *w, uint64_t phys)
{
	uint32_t value;
	int ret = device_read(w, phys, &value, sizeof(value));

	if (ret)
		return ret;

	return value ? REACHED : BLOCKED;
}

static int cpu_access(struct world *w, uint64_t phys, bool write)
{
	uint64_t offset = phys % w->bounce.page_size, value;
	struct poke poke;
	int ret;

	ret = poke_map(&poke, phys - offset, w->bounce.page_size);
	if (ret)
		return ret;
	ret = write ? poke_write(&poke, offset, sizeof(uint32_t), 0) :
		      poke_read(&poke, offset, sizeof(uint32_t), &value);
	poke_unmap(&poke);

	return ret;
}

static int cpu_read(struct world *w, uint64_t phys)
{
	return cpu_access(w, phys, false);
}

static int cpu_write(struct world *w, uint64_t phys)
{
	return cpu_access(w, phys, true);
}

int smmu_page0_write(struct world *w)
{
	return each_frame(w, SMMU_EVENTQ_IRQ_CFG1, write_register);
}

int smmu_page1_write(struct world *w)
{
	return each_frame(w, SMMU_PAGE1_RESERVED, write_register);
}

int smmu_page0_read(struct world *w)
{
	return each_frame(w, SMMU_IDR1, read_register);
}

int cpu_mmio_read(struct world *w)
{
	return cpu_read(w, w->edu.phys + EDU_LIVENESS);
}

int cpu_smmu_page0_read(struct world *w)
{
	return each_frame(w, SMMU_IDR1, cpu_read);
}

int cpu_smmu_page0_write(struct world *w)
{
	return each_frame(w, SMMU_EVENTQ_IRQ_CFG1, cpu_write);
}

int cpu_smmu_page1_read(struct world *w)
{
	return each_frame(w, SMMU_PAGE1_RESERVED, cpu_read);
}

int cpu_smmu_page1_write(struct world *w)
{
	return each_frame(w, SMMU_PAGE1_RESERVED, cpu_write);
}
