// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "poke.h"

static sigjmp_buf aborted;
static volatile sig_atomic_t armed;

static void on_abort(int sig)
{
	if (!armed) {
		/* Not ours: let it end the program. */
		signal(sig, SIG_DFL);
		return;
	}
	armed = 0;
	siglongjmp(aborted, 1);
}

void poke_watch(void)
{
	static bool done;
	struct sigaction action = { .sa_handler = on_abort, .sa_flags = SA_NODEFER };

	if (done)
		return;
	sigaction(SIGBUS, &action, NULL);
	sigaction(SIGSEGV, &action, NULL);
	done = true;
}

int poke_map(struct poke *poke, uint64_t phys, size_t size)
{
	int fd, ret = 0;
	void *at;

	poke_watch();
	fd = open("/dev/mem", O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, (off_t)phys);
	if (at == MAP_FAILED)
		ret = -errno;
	close(fd);
	poke->at = ret ? NULL : at;
	poke->size = ret ? 0 : size;

	return ret;
}

void poke_unmap(struct poke *poke)
{
	if (poke->size)
		munmap((void *)poke->at, poke->size);
	memset(poke, 0, sizeof(*poke));
}

int poke_read(const struct poke *poke, size_t offset, unsigned int width, uint64_t *value)
{
	volatile void *at = poke->at + offset;

	if (sigsetjmp(aborted, 0))
		return 0;
	armed = 1;
	switch (width) {
	case 1:
		*value = *(volatile uint8_t *)at;
		break;
	case 2:
		*value = *(volatile uint16_t *)at;
		break;
	case 4:
		*value = *(volatile uint32_t *)at;
		break;
	default:
		*value = *(volatile uint64_t *)at;
		break;
	}
	armed = 0;

	return 1;
}

int poke_write(const struct poke *poke, size_t offset, unsigned int width, uint64_t value)
{
	volatile void *at = poke->at + offset;

	if (sigsetjmp(aborted, 0))
		return 0;
	armed = 1;
	switch (width) {
	case 1:
		*(volatile uint8_t *)at = (uint8_t)value;
		break;
	case 2:
		*(volatile uint16_t *)at = (uint16_t)value;
		break;
	case 4:
		*(volatile uint32_t *)at = (uint32_t)value;
		break;
	default:
		*(volatile uint64_t *)at = value;
		break;
	}
	armed = 0;

	return 1;
}
