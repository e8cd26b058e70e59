// SPDX-License-Identifier: GPL-2.0-only
/* Registers as docs/specs/iommu-testdev.rst of QEMU 11.1 has them. */

#include <errno.h>

#include "testdev.h"

#define ITD_TRIGGER	0x00	/* a read runs the DMA */
#define ITD_IOVA_LO	0x04
#define ITD_IOVA_HI	0x08
#define ITD_LEN		0x0c
#define ITD_RESULT	0x10
#define ITD_DOORBELL	0x14
#define ITD_ATTRS	0x18	/* 0: non-secure */
#define ITD_GPA_LO	0x1c	/* where it reads back, around the SMMU */
#define ITD_GPA_HI	0x20

#define ITD_ARM		1
#define ITD_OK		0
#define ITD_TX_FAIL	0xdead0002u
#define ITD_RD_FAIL	0xdead0003u
#define ITD_MISMATCH	0xdead0004u

int testdev_open(struct pci_device *dev, const char *where)
{
	return pci_open(dev, where, 0x1b36, 0x0005);
}

int testdev_write(const struct pci_device *dev, uint64_t phys)
{
	pci_write32(dev, ITD_IOVA_LO, (uint32_t)phys);
	pci_write32(dev, ITD_IOVA_HI, (uint32_t)(phys >> 32));
	pci_write32(dev, ITD_GPA_LO, (uint32_t)phys);
	pci_write32(dev, ITD_GPA_HI, (uint32_t)(phys >> 32));
	pci_write32(dev, ITD_LEN, sizeof(uint32_t));
	pci_write32(dev, ITD_ATTRS, 0);
	pci_write32(dev, ITD_DOORBELL, ITD_ARM);
	(void)pci_read32(dev, ITD_TRIGGER);

	switch (pci_read32(dev, ITD_RESULT)) {
	case ITD_OK:
	case ITD_RD_FAIL:	/* a register need not give back what was written */
	case ITD_MISMATCH:
		return 1;
	case ITD_TX_FAIL:
		return 0;
	default:
		return -EIO;
	}
}
