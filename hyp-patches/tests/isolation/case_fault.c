// SPDX-License-Identifier: GPL-2.0-only
/*
 * Faults of devices in the host's log: EL2 takes them from the SMMU, and the host from EL2,
 * when the SMMU interrupts it.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cases.h"
#include "domain.h"
#include "testdev.h"

#define QUIET_S		6	/* so that the log's limit of rate is over: 10 faults in 5 s */
#define PATIENCE_MS	3000

/* The log from here on. A descriptor or -errno. */
static int log_open(void)
{
	int fd;

	sleep(QUIET_S);
	fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0 || lseek(fd, 0, SEEK_END) < 0)
		return -errno;

	return fd;
}

/* Whether a line with all of that text comes, in time. It goes on behind that line. */
static bool log_says(int fd, const char *text)
{
	char line[1024];
	int waited = 0;
	ssize_t n;

	while (waited < PATIENCE_MS) {
		n = read(fd, line, sizeof(line) - 1);
		if (n < 0 && errno == EAGAIN) {
			usleep(10000);
			waited += 10;
			continue;
		}
		if (n < 0 && errno != EPIPE)
			return false;
		line[n < 0 ? 0 : n] = '\0';
		if (strstr(line, text))
			return true;
	}

	return false;
}

/* BLOCKED, once the log has that of the fault; -ENOMSG when it has not. */
static int told(int fd, const struct pci_device *dev, const struct stream *s, uint64_t iova,
		const char *kind)
{
	char text[256];

	snprintf(text, sizeof(text), "event: F_TRANSLATION client: %s sid: %#x ssid: 0x0 iova: %#llx ",
		 dev->name, s->id, (unsigned long long)iova);

	return log_says(fd, "event 0x10 received:") && log_says(fd, text) && log_says(fd, kind) ?
		BLOCKED : -ENOMSG;
}

int faulting_write(struct fixture *f)
{
	const uint64_t iova = DOMAIN_IOVA + 0x123450;
	int fd = log_open(), ret;

	if (fd < 0)
		return fd;
	ret = testdev_write(&f->testdev, iova);
	if (ret == BLOCKED)
		ret = told(fd, &f->testdev, &f->streams[0], iova, "unpriv data write s");
	close(fd);

	return ret;
}

int faulting_read(struct fixture *f)
{
	const uint64_t iova = DOMAIN_IOVA + 0x654320;
	int fd = log_open(), ret;
	uint64_t word;

	if (fd < 0)
		return fd;
	ret = device_read(f, iova, &word, sizeof(word));
	if (!ret)
		ret = word ? -EBADMSG : told(fd, &f->edu, &f->streams[1], iova, "unpriv data read s");
	close(fd);

	return ret;
}
