// SPDX-License-Identifier: GPL-2.0-only
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "pci.h"
#include "sysfile.h"

#define PCI_DEVICES	"/sys/bus/pci/devices"
#define PCI_COMMAND	0x04
#define PCI_COMMAND_ON	0x06	/* memory space, bus master */

static int id_is(const char *name, const char *file, unsigned int id)
{
	char text[16];

	return !sysfile_read(text, sizeof(text), PCI_DEVICES "/%s/%s", name, file) &&
	       strtoul(text, NULL, 16) == id;
}

static int is_device(const char *name, const char *where, unsigned int vendor,
		     unsigned int device)
{
	return !strncmp(name, where, strlen(where)) && id_is(name, "vendor", vendor) &&
	       id_is(name, "device", device);
}

static int find(char *found, size_t size, const char *where, unsigned int vendor,
		unsigned int device)
{
	struct dirent *entry;
	DIR *dir;

	dir = opendir(PCI_DEVICES);
	if (!dir)
		return -errno;
	found[0] = '\0';
	while ((entry = readdir(dir))) {
		if (strlen(entry->d_name) < size && is_device(entry->d_name, where, vendor, device) &&
		    (!found[0] || strcmp(entry->d_name, found) < 0))
			strcpy(found, entry->d_name);
	}
	closedir(dir);

	return found[0] ? 0 : -ENODEV;
}

static int switch_on(const char *name)
{
	char path[256];
	uint16_t command;
	int fd, ret = 0;

	snprintf(path, sizeof(path), PCI_DEVICES "/%s/config", name);
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (pread(fd, &command, sizeof(command), PCI_COMMAND) != sizeof(command))
		ret = -EIO;
	command |= PCI_COMMAND_ON;
	if (!ret && pwrite(fd, &command, sizeof(command), PCI_COMMAND) != sizeof(command))
		ret = -EIO;
	close(fd);

	return ret;
}

static int map_bar0(struct pci_device *dev)
{
	char text[2048], path[256];
	uint64_t start, end, before;
	int fd, ret = 0;

	ret = sysfile_read(text, sizeof(text), PCI_DEVICES "/%s/resource", dev->name);
	if (ret)
		return ret;
	if (sscanf(text, "%" SCNx64 " %" SCNx64, &start, &end) != 2 || !start)
		return -ENXIO;
	dev->phys = start;
	before = start % (uint64_t)sysconf(_SC_PAGESIZE);
	dev->mapping_size = before + end - start + 1;

	snprintf(path, sizeof(path), PCI_DEVICES "/%s/resource0", dev->name);
	fd = open(path, O_RDWR | O_SYNC | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	dev->mapping = mmap(NULL, dev->mapping_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (dev->mapping == MAP_FAILED) {
		ret = -errno;
		dev->mapping_size = 0;
	} else {
		dev->bar0 = (char *)dev->mapping + before;
	}
	close(fd);

	return ret;
}

int pci_open(struct pci_device *dev, const char *where, unsigned int vendor, unsigned int device)
{
	int ret;

	memset(dev, 0, sizeof(*dev));
	ret = find(dev->name, sizeof(dev->name), where, vendor, device);
	if (!ret)
		ret = sysfile_write("identity", PCI_DEVICES "/%s/iommu_group/type", dev->name);
	dev->identity = ret != -EINVAL;
	/* Bridges in between, then the device. */
	if (!ret || ret == -ENOENT || ret == -EINVAL)
		ret = sysfile_write("1", PCI_DEVICES "/%s/enable", dev->name);
	if (!ret)
		ret = switch_on(dev->name);
	if (!ret)
		ret = map_bar0(dev);

	return ret;
}

void pci_close(struct pci_device *dev)
{
	if (dev->mapping_size)
		munmap(dev->mapping, dev->mapping_size);
	dev->mapping_size = 0;
}
