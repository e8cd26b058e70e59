/* SPDX-License-Identifier: GPL-2.0-only */
/* QEMU's edu device: copies between memory and a buffer of its own. */

#ifndef ISOLATION_EDU_H
#define ISOLATION_EDU_H

#include "pci.h"

#define EDU_BUFFER_SIZE	4096u
#define EDU_LIVENESS	0x04u	/* a register that gives back the inverse of what was written */

/* @where: as for pci_open() */
int edu_open(struct pci_device *dev, const char *where);

/*
 * Both return 0, -EINVAL for a size the buffer does not hold, -ETIMEDOUT. The
 * device does not say whether a transfer was refused: its buffer is full of
 * zeros after a read that was, and nothing changed after such a write. Each
 * takes the 100 ms of the device.
 */
int edu_from_memory(const struct pci_device *dev, uint64_t phys, size_t size);
int edu_to_memory(const struct pci_device *dev, uint64_t phys, size_t size);

#endif /* ISOLATION_EDU_H */
