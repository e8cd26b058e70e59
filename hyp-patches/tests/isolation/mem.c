// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "kmod.h"
#include "mem.h"

#define BLOCK_SIZE	(2u << 20)

int mem_alloc(struct mem *mem, int kmod, size_t pages)
{
	size_t i;
	void *at;
	int ret;

	memset(mem, 0, sizeof(*mem));
	mem->page_size = (size_t)sysconf(_SC_PAGESIZE);
	mem->phys = calloc(pages, sizeof(*mem->phys));
	if (!mem->phys)
		return -ENOMEM;
	/* Shared: of private pages a child's birth would leave us with copies elsewhere. */
	at = mmap(NULL, pages * mem->page_size, PROT_READ | PROT_WRITE,
		  MAP_SHARED | MAP_ANONYMOUS | MAP_LOCKED | MAP_POPULATE, -1, 0);
	if (at == MAP_FAILED)
		return -errno;
	mem->at = at;
	mem->pages = pages;
	for (i = 0; i < pages; i++) {
		ret = kmod_phys(kmod, mem->at + i * mem->page_size, &mem->phys[i]);
		if (ret)
			return ret;
	}

	return 0;
}

void mem_free(struct mem *mem)
{
	if (mem->at)
		munmap(mem->at, mem->pages * mem->page_size);
	free(mem->phys);
	memset(mem, 0, sizeof(*mem));
}

int mem_neighbours(const struct mem *mem, size_t *first, size_t *second)
{
	size_t a, b;

	for (a = 1; a < mem->pages; a++) {
		for (b = 1; b < mem->pages; b++) {
			if (mem->phys[b] != mem->phys[a] + mem->page_size ||
			    mem->phys[a] / BLOCK_SIZE != mem->phys[b] / BLOCK_SIZE)
				continue;
			*first = a;
			*second = b;
			return 0;
		}
	}

	return -ENOENT;
}
