// SPDX-License-Identifier: GPL-2.0-only
/* Registers as docs/specs/edu.rst of QEMU has them. */

#include <errno.h>
#include <unistd.h>

#include "edu.h"

#define EDU_SOURCE	0x80
#define EDU_DESTINATION	0x88
#define EDU_COUNT	0x90
#define EDU_COMMAND	0x98
#define EDU_BUFFER	0x40000

#define EDU_RUN		1u
#define EDU_TO_MEMORY	2u

#define POLL_US		10000
#define POLL_MAX	300

int edu_open(struct pci_device *dev, const char *where)
{
	return pci_open(dev, where, 0x1234, 0x11e8);
}

static int transfer(const struct pci_device *dev, uint64_t from, uint64_t to, size_t size,
		    uint32_t command)
{
	int i;

	/* QEMU ends when asked to leave its buffer. */
	if (!size || size > EDU_BUFFER_SIZE)
		return -EINVAL;
	pci_write64(dev, EDU_SOURCE, from);
	pci_write64(dev, EDU_DESTINATION, to);
	pci_write64(dev, EDU_COUNT, size);
	pci_write64(dev, EDU_COMMAND, command);

	for (i = 0; i < POLL_MAX; i++) {
		usleep(POLL_US);
		if (!(pci_read64(dev, EDU_COMMAND) & EDU_RUN))
			return 0;
	}

	return -ETIMEDOUT;
}

int edu_from_memory(const struct pci_device *dev, uint64_t phys, size_t size)
{
	return transfer(dev, phys, EDU_BUFFER, size, EDU_RUN);
}

int edu_to_memory(const struct pci_device *dev, uint64_t phys, size_t size)
{
	return transfer(dev, EDU_BUFFER, phys, size, EDU_RUN | EDU_TO_MEMORY);
}
