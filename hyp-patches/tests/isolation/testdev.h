/* SPDX-License-Identifier: GPL-2.0-only */
/* QEMU's iommu-testdev: writes one pattern to any DMA address, at once. */

#ifndef ISOLATION_TESTDEV_H
#define ISOLATION_TESTDEV_H

#include "pci.h"

#define TESTDEV_PATTERN	0x12345678u

/* @where: as for pci_open() */
int testdev_open(struct pci_device *dev, const char *where);

/**
 * testdev_write() - have the device write TESTDEV_PATTERN, 4 bytes
 * @phys: DMA address, aligned to 4
 *
 * Return: 1 when the write went through, 0 when the bus refused it, or -EIO.
 * Whether it went where it should is for the caller to see.
 */
int testdev_write(const struct pci_device *dev, uint64_t phys);

#endif /* ISOLATION_TESTDEV_H */
