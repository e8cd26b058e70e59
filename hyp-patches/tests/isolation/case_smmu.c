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
static int each_frame(struct fixture *f, uint64_t offset,
		      int (*attempt)(struct fixture *f, uint64_t phys))
{
	int outcome = -ENODEV, ret;
	size_t i;

	if (!f->memmap.smmu_count)
		return fixture_skip(f, "no SMMU in the device tree");
	for (i = 0; i < f->memmap.smmu_count; i++) {
		ret = attempt(f, f->memmap.smmu[i] + offset);
		if (ret < 0)
			return ret;
		if (i && ret != outcome)
			return -EBADMSG;
		outcome = ret;
	}

	return outcome;
}

static int write_register(struct fixture *f, uint64_t phys)
{
	return testdev_write(&f->testdev, phys);
}

/* None of those that are read here is 0. */
static int read_register(struct fixture *f, uint64_t phys)
{
	uint32_t value;
	int ret = device_read(f, phys, &value, sizeof(value));

	if (ret)
		return ret;

	return value ? REACHED : BLOCKED;
}

static int cpu_access(struct fixture *f, uint64_t phys, bool write)
{
	uint64_t offset = phys % f->bounce.page_size, value;
	struct poke poke;
	int ret;

	ret = poke_map(&poke, phys - offset, f->bounce.page_size);
	if (ret)
		return ret;
	ret = write ? poke_write(&poke, offset, sizeof(uint32_t), 0) :
		      poke_read(&poke, offset, sizeof(uint32_t), &value);
	poke_unmap(&poke);

	return ret;
}

static int cpu_read(struct fixture *f, uint64_t phys)
{
	return cpu_access(f, phys, false);
}

static int cpu_write(struct fixture *f, uint64_t phys)
{
	return cpu_access(f, phys, true);
}

int smmu_page0_write(struct fixture *f)
{
	return each_frame(f, SMMU_EVENTQ_IRQ_CFG1, write_register);
}

int smmu_page1_write(struct fixture *f)
{
	return each_frame(f, SMMU_PAGE1_RESERVED, write_register);
}

int smmu_page0_read(struct fixture *f)
{
	return each_frame(f, SMMU_IDR1, read_register);
}

int cpu_mmio_read(struct fixture *f)
{
	return cpu_read(f, f->edu.phys + EDU_LIVENESS);
}

int cpu_smmu_page0_read(struct fixture *f)
{
	return each_frame(f, SMMU_IDR1, cpu_read);
}

int cpu_smmu_page0_write(struct fixture *f)
{
	return each_frame(f, SMMU_EVENTQ_IRQ_CFG1, cpu_write);
}

int cpu_smmu_page1_read(struct fixture *f)
{
	return each_frame(f, SMMU_PAGE1_RESERVED, cpu_read);
}

int cpu_smmu_page1_write(struct fixture *f)
{
	return each_frame(f, SMMU_PAGE1_RESERVED, cpu_write);
}
