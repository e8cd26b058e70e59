/* SPDX-License-Identifier: GPL-2.0-only */
/* Memory of this process whose physical pages are known and stay. */

#ifndef ISOLATION_MEM_H
#define ISOLATION_MEM_H

#include <stddef.h>
#include <stdint.h>

struct mem {
	unsigned char *at;
	size_t pages;
	size_t page_size;
	uint64_t *phys;		/* of each page */
};

/**
 * mem_alloc() - zeroed anonymous pages, as a guest may get them
 *
 * Return: 0 or -errno; mem_free() also takes what failed.
 */
int mem_alloc(struct mem *mem, int kmod, size_t pages);
void mem_free(struct mem *mem);

/* The first 64-bit word of a page. */
static inline volatile uint64_t *mem_word(const struct mem *mem, size_t page)
{
	return (volatile uint64_t *)(mem->at + page * mem->page_size);
}

/**
 * mem_neighbours() - two pages, neither page 0, side by side in one aligned 2 MiB block
 * @first: the lower one's index; @second: the other's
 *
 * Return: 0 or -ENOENT.
 */
int mem_neighbours(const struct mem *mem, size_t *first, size_t *second);

#endif /* ISOLATION_MEM_H */
