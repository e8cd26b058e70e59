// SPDX-License-Identifier: GPL-2.0-only
/* Devices, memory of the host, and addresses where nothing is. */

#include <errno.h>

#include "cases.h"
#include "edu.h"
#include "testdev.h"

#define HOST_WORD	0x1057da7a1057da7aull

/* Who says it went through must have changed the word, and the other way round. */
int host_write(struct fixture *f)
{
	volatile uint64_t *word = mem_word(&f->mem, f->page);
	int ret;

	*word = HOST_WORD;
	ret = device_writes(f, f->page);
	if (ret < 0)
		return ret;
	if ((uint32_t)*word != (ret == REACHED ? TESTDEV_PATTERN : (uint32_t)HOST_WORD))
		return -EBADMSG;

	return ret;
}

int host_read(struct fixture *f)
{
	*mem_word(&f->mem, f->page) = HOST_WORD;

	return device_sees(f, f->mem.phys[f->page], HOST_WORD);
}

int mmio_write(struct fixture *f)
{
	int ret;

	pci_write32(&f->edu, EDU_LIVENESS, 0);
	ret = testdev_write(&f->testdev, f->edu.phys + EDU_LIVENESS);
	if (ret < 0)
		return ret;

	return pci_read32(&f->edu, EDU_LIVENESS) == ~TESTDEV_PATTERN ? REACHED : BLOCKED;
}

/* The pattern is the number of an interrupt that nobody set up: nothing comes of it. */
int doorbell_write(struct fixture *f)
{
	if (!f->memmap.its_doorbell)
		return fixture_skip(f, "no ITS");

	return testdev_write(&f->testdev, f->memmap.its_doorbell);
}

int above_ram_write(struct fixture *f)
{
	return testdev_write(&f->testdev, f->memmap.ram_end);
}

int beyond_bus_write(struct fixture *f)
{
	return testdev_write(&f->testdev, 1ull << 52);
}
