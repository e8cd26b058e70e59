// SPDX-License-Identifier: GPL-2.0-only
/* Where EL2 waits, and its static data. */

#include "events.h"
#include "firmware.h"
#include "model.h"
#include "points.h"
#include "world.h"

__thread unsigned int model_cpu;
unsigned long hyp_nr_cpus = MODEL_CPUS;

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
	locks_reset();
	points_reset();
	events_reset();
	smp_reset();
	model_cpu = 0;
	clock_reset();
	firmware_reset();
	world_threads(false);
	meanwhile = NULL;
	in_meanwhile = false;
}

void world_meanwhile(void (*fn)(void))
{
	meanwhile = fn;
}

void cpu_relax(void)
{
	locks_may_wait();
	/* Who waits for hardware looks at it, or at the clock. */
	if (!world_has_threads() && !clock_looked()) {
		smp_wait();
		return;
	}
	world_enter();
	clock_wait();
	world_leave();
	point();
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
