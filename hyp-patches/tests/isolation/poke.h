/* SPDX-License-Identifier: GPL-2.0-only */
/* The host CPU's accesses to physical addresses, from user space through /dev/mem. */

#ifndef ISOLATION_POKE_H
#define ISOLATION_POKE_H

#include <stddef.h>
#include <stdint.h>

struct poke {
	volatile unsigned char *at;
	size_t size;
};

/* Aborts are survived from here on; poke_map() does it by itself. */
void poke_watch(void);

/* @phys and @size are multiples of the page size. 0 or -errno; touches nothing yet. */
int poke_map(struct poke *poke, uint64_t phys, size_t size);
void poke_unmap(struct poke *poke);

/**
 * poke_read() - one load of 1, 2, 4 or 8 bytes
 * @offset: aligned to @width
 *
 * Return: 1 when it happened, 0 when the CPU took an abort (SIGBUS or SIGSEGV).
 */
int poke_read(const struct poke *poke, size_t offset, unsigned int width, uint64_t *value);

/* The same with a store. */
int poke_write(const struct poke *poke, size_t offset, unsigned int width, uint64_t value);

#endif /* ISOLATION_POKE_H */
