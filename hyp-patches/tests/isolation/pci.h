/* SPDX-License-Identifier: GPL-2.0-only */
/* A PCI device without a driver, programmed from here. */

#ifndef ISOLATION_PCI_H
#define ISOLATION_PCI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pci_device {
	char name[32];		/* 0000:00:01.0 */
	volatile void *bar0;
	uint64_t phys;		/* where BAR 0 lies */
	void *mapping;		/* with what is around it in its first page */
	size_t mapping_size;
	bool identity;		/* no IOMMU, or one that can leave addresses as they are */
};

/**
 * pci_open() - find a device, switch on its memory space and bus mastering, map BAR 0
 * @where: what its name starts with, as "0001:", or ""; the first one by name is taken
 *
 * A hostile host sets up its own IOMMU as it likes: where the device is in an
 * IOMMU group, the group's domain becomes "identity", unless the kernel says that
 * its IOMMU has none.
 *
 * Return: 0, -ENODEV without such a device, or -errno.
 */
int pci_open(struct pci_device *dev, const char *where, unsigned int vendor, unsigned int device);
void pci_close(struct pci_device *dev);

static inline uint32_t pci_read32(const struct pci_device *dev, size_t offset)
{
	return *(volatile uint32_t *)((volatile char *)dev->bar0 + offset);
}

static inline void pci_write32(const struct pci_device *dev, size_t offset, uint32_t value)
{
	*(volatile uint32_t *)((volatile char *)dev->bar0 + offset) = value;
}

static inline uint64_t pci_read64(const struct pci_device *dev, size_t offset)
{
	return *(volatile uint64_t *)((volatile char *)dev->bar0 + offset);
}

static inline void pci_write64(const struct pci_device *dev, size_t offset, uint64_t value)
{
	*(volatile uint64_t *)((volatile char *)dev->bar0 + offset) = value;
}

#endif /* ISOLATION_PCI_H */
