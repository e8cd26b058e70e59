// SPDX-License-Identifier: GPL-2.0-only
/* Locks, where EL2 waits, and its static data. */

#include "model.h"
#include "world.h"

unsigned int model_cpu;
unsigned long hyp_nr_cpus = MODEL_CPUS;

static hyp_spinlock_t host_lock;
static unsigned int leaves_held;
static void (*meanwhile)(void);
static bool in_meanwhile;

/* The linker's names for where the static data of the EL2 objects lie. */
extern char __start_el2_data[], __stop_el2_data[], __start_el2_bss[], __stop_el2_bss[];

/* Redzones of the sanitizer lie between the variables. */
__attribute__((no_sanitize("address"))) static void copy(volatile char *to, const char *from,
							 size_t size)
{
	size_t i;

	for (i = 0; i < size; i++)
		to[i] = from ? from[i] : 0;
}

static void el2_reset(void)
{
	static char initial[SZ_64K];
	static bool saved;
	size_t size = __stop_el2_data - __start_el2_data;

	if (size > sizeof(initial))
		world_bug("%zu bytes of initialised data in EL2: raise the limit", size);
	if (!saved)
		copy(initial, __start_el2_data, size);
	saved = true;
	copy(__start_el2_data, initial, size);
	copy(__start_el2_bss, NULL, __stop_el2_bss - __start_el2_bss);
}

void world_reset(void)
{
	el2_reset();
	world_owners_reset();
	view_reset();
	model_reset();
	host_lock.held = false;
	leaves_held = 0;
	model_cpu = 0;
	clock_reset();
	meanwhile = NULL;
	in_meanwhile = false;
}

void hyp_spin_lock_init(hyp_spinlock_t *lock)
{
	lock->held = false;
}

void hyp_spin_lock(hyp_spinlock_t *lock)
{
	if (lock->held)
		world_bug("a lock is taken twice");
	if (leaves_held)
		world_bug("a lock is taken while another is held that must be the last");
	lock->held = true;
	leaves_held++;
}

void hyp_spin_unlock(hyp_spinlock_t *lock)
{
	if (!lock->held)
		world_bug("a lock is released that was not taken");
	lock->held = false;
	leaves_held--;
}

void iommu_host_lock(void)
{
	if (host_lock.held)
		world_bug("host_mmu.lock is taken twice");
	if (leaves_held)
		world_bug("host_mmu.lock is taken inside a lock of the IOMMU code");
	host_lock.held = true;
}

void iommu_host_unlock(void)
{
	if (!host_lock.held)
		world_bug("host_mmu.lock is released but was not taken");
	host_lock.held = false;
}

void world_meanwhile(void (*fn)(void))
{
	meanwhile = fn;
}

void cpu_relax(void)
{
	if (leaves_held)
		world_bug("the code waits with a lock held");

	clock_wait();
	if (meanwhile && !in_meanwhile) {
		in_meanwhile = true;
		meanwhile();
		in_meanwhile = false;
	}
}

void dma_wmb(void)
{
	world_barrier();
}
