// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is in memory, as the CPUs see it and as devices see it. Only pages of the
 * hypervisor's have content: nothing here looks into others.
 */

#include "cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "points.h"
#include "world.h"

/* What nobody has written yet. As an entry of any table it leads astray. */
#define JUNK 0x5b

/*
 * What the CPUs see, what devices see that do not snoop, and what both agreed on
 * when a line was last cleaned. All of RAM, of which little is ever touched.
 */
static u8 *cpu_view, *device_view, *agreed;
static bool weak;
static void (*on_store)(void);

/* 1 GiB aligned, as the hypervisor's map of memory is to its physical addresses. */
static u8 *map_ram(void)
{
	size_t size = RAM_END - RAM_START;
	u8 *p = mmap(NULL, size + SZ_1G, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED) {
		perror("mmap");
		abort();
	}

	return PTR_ALIGN(p, SZ_1G);
}

void view_reset(void)
{
	if (!cpu_view) {
		cpu_view = map_ram();
		device_view = map_ram();
		agreed = map_ram();
	}
	weak = false;
	on_store = NULL;
}

void view_junk(u64 phys, u64 size)
{
	memset(cpu_view + (phys - RAM_START), JUNK, size);
	memset(device_view + (phys - RAM_START), JUNK, size);
	memset(agreed + (phys - RAM_START), JUNK, size);
}

phys_addr_t hyp_virt_to_phys(const volatile void *va)
{
	u64 offset = (const volatile u8 *)va - cpu_view;

	if (offset >= RAM_END - RAM_START)
		world_bug("%p is not in the hypervisor's map of memory", va);

	return RAM_START + offset;
}

void *hyp_phys_to_virt(phys_addr_t phys)
{
	if (world_owner(phys) != OWNER_HYP)
		world_bug("EL2 follows a pointer to %#llx, which is not its", phys);

	return cpu_view + (phys - RAM_START);
}

/* Cleaned and invalidated, line by line: the newer of the two views wins. */
void iommu_clean(void *va, size_t size)
{
	u64 from = ALIGN_DOWN(hyp_virt_to_phys(va), 64ULL) - RAM_START;
	u64 to = ALIGN(hyp_virt_to_phys(va) + size, 64ULL) - RAM_START;

	world_enter();
	for (; from < to; from += 64) {
		bool dirty = memcmp(cpu_view + from, agreed + from, 64);
		bool written = memcmp(device_view + from, agreed + from, 64);

		if (dirty && written)
			world_bug("a line at %#llx is written back over what a device wrote",
				  from + RAM_START);
		if (dirty)
			memcpy(device_view + from, cpu_view + from, 64);
		else if (written)
			memcpy(cpu_view + from, device_view + from, 64);
		memcpy(agreed + from, device_view + from, 64);
	}
	world_leave();
}

void world_weak(bool on)
{
	weak = on;
	world_barrier();
}

void world_on_store(void (*fn)(void))
{
	on_store = fn;
}

/* All that the hypervisor wrote so far becomes visible. */
void world_barrier(void)
{
	u64 at;

	for (at = 0; weak && at < RAM_END - RAM_START; at += PAGE_SIZE) {
		if (world_owner(RAM_START + at) == OWNER_HYP &&
		    memcmp(device_view + at, cpu_view + at, PAGE_SIZE))
			memcpy(device_view + at, cpu_view + at, PAGE_SIZE);
	}
}

void world_stored(const volatile void *va, size_t size)
{
	u64 offset = (const volatile u8 *)va - cpu_view;

	if (cpu_view && offset < RAM_END - RAM_START) {
		if (weak)
			memcpy(device_view + offset, cpu_view + offset, size);
		if (on_store)
			on_store();
	}
	point();
}

static u64 *device_word(u64 phys, enum visibility v)
{
	if (phys % sizeof(u64))
		world_bug("a device accesses %#llx, which is not aligned", phys);
	if (world_owner(phys) != OWNER_HYP)
		world_bug("an SMMU accesses %#llx, which is not the hypervisor's", phys);

	return (u64 *)((v == VISIBLE_AT_ONCE && !weak ? cpu_view : device_view) +
		       (phys - RAM_START));
}

u64 world_device_read(u64 phys, enum visibility v)
{
	return READ_ONCE(*device_word(phys, v));
}

void world_device_write(u64 phys, u64 value, enum visibility v)
{
	*device_word(phys, v) = value;
	if (weak)
		memcpy(cpu_view + (phys - RAM_START), &value, sizeof(value));
}
