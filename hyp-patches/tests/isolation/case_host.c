// SPDX-License-Identifier: GPL-2.0-only
/* Devices, memory of the host, and addresses where nothing is. */

#include <errno.h>

#include "cases.h"
#include "edu.h"
#include "testdev.h"

#define HOST_WORD	0x1057da7a1057da7aull

/* Who says it went through must have changed the word, and the other way round. */
int host_write(struct world *w)
{
	volatile uint64_t *word = mem_word(&w->mem, w->page);
	int ret;

	*word = HOST_WORD;
	ret = device_writes(w, w->page);
	if (ret < 0)
		return ret;
	if ((uint32_t)*word != (ret == REACHED ? TESTDEV_PATTERN : (uint32_t)HOST_WORD))
		return -EBADMSG;

	return ret;
}

int host_read(struct world *w)
{
	*mem_word(&w->mem, w->page) = HOST_WORD;

	return device_sees(w, w->mem.phys[w->page], HOST_WORD);
}

int mmio_write(struct world *w)
{
	int ret;

	pci_write32(&w->edu, EDU_LIVENESS, 0);
	ret = testdev_write(&w->testdev, w->edu.phys + EDU_LIVENESS);
	if (ret < 0)
		return ret;

	return pci_read32(&w->edu, EDU_LIVENESS) == ~TESTDEV_PATTERN ? REACHED : BLOCKED;
}

/* The pattern is the number of an interrupt that nobody set up: nothing comes of it. */
int doorbell_write(struct world *w)
{
	if (!w->places.its_doorbell)
		return world_lacks(w, "no ITS");

	return testdev_write(&w->testdev, w->places.its_doorbell);
}

int above_ram_write(struct world *w)
{
	return testdev_write(&w->testdev, w->places.ram_end);
}

int beyond_bus_write(struct world *w)
{
	return testdev_write(&w->testdev, 1ull << 52);
}
